"""The query protocol of STS: parameters as the body of a request, and the XML of a reply as fields. Pure.

In: parameters in the form that botocore's methods take; out: the bytes that botocore would send. In: the body of a
reply; out: the texts of its elements. What is unusual in either raises ValueError, and is left to botocore.

https://docs.aws.amazon.com/STS/latest/APIReference/CommonParameters.html
"""

from pyexpat import ExpatError, ParserCreate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VERSION = "2011-06-15"
# the least that botocore lets through, by its model of STS: characters of a text, or the number itself
LEAST = {
    "RoleArn": 20,
    "RoleSessionName": 2,
    "ExternalId": 2,
    "SerialNumber": 9,
    "TokenCode": 6,
    "DurationSeconds": 900,
    "Policy": 1,
    "SourceIdentity": 2,
    "WebIdentityToken": 4,
    "arn": 20,
    "Key": 1,
    "Value": 0,
    "TransitiveTagKeys": 1,
}
LITERAL = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~")
DEEPEST = 16  # elements inside each other; a reply of STS has 4


def form(action: str, asked: "Mapping[str, object]") -> bytes:
    """The body of a request. Raises ValueError for a parameter that botocore would refuse, or that is not text."""
    pairs = [("Action", action), ("Version", VERSION)]
    for name, value in asked.items():
        pairs += _flat(name, name, value)
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs).encode()


def _flat(path: str, name: str, value: object) -> "Iterator[tuple[str, str]]":
    """Lists and dictionaries as botocore's serializer writes them: `Tags.member.1.Key`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{path}.{key}", key, inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value, start=1):
            yield from _flat(f"{path}.member.{number}", name, inner)
    elif isinstance(value, int):
        if value < LEAST[name]:
            raise ValueError(name)
        yield path, str(value)
    else:
        text = str(value)
        if len(text) < LEAST[name]:
            raise ValueError(name)
        yield path, text


def _quoted(text: str) -> str:
    """Like `urllib.parse.quote_plus`, whose import takes as long as starting Python. Raises UnicodeEncodeError."""
    if text.isascii() and text.isalnum():
        return text
    return "".join("+" if byte == 32 else chr(byte) if byte in LITERAL else f"%{byte:02X}" for byte in text.encode())


def elements(body: bytes) -> dict[str, str]:
    """The text of each element that has no others inside, by its path: `ErrorResponse/Error/Code`.

    Raises ValueError if the body is not XML, has a document type, or has the same path twice.
    """
    found: dict[str, str] = {}
    path: list[str] = []
    texts: list[str] = []
    is_leaf = False

    def opened(name: str, _attributes: object) -> None:
        nonlocal is_leaf
        path.append(name)
        texts.clear()
        is_leaf = True
        if len(path) > DEEPEST:
            raise ValueError("elements too deep")

    def closed(_name: str) -> None:
        nonlocal is_leaf
        if is_leaf:
            where = "/".join(path)
            if where in found:
                raise ValueError(f"{where} is there twice")
            found[where] = "".join(texts)
        path.pop()
        is_leaf = False

    def typed(*_: object) -> None:
        raise ValueError("a document type")

    parser = ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.CharacterDataHandler = texts.append
    parser.StartDoctypeDeclHandler = typed
    try:
        parser.Parse(body, True)
    except ExpatError as error:
        raise ValueError(str(error)) from None
    return found


def instant(text: str) -> int:
    """`2026-11-26T09:30:00Z` as epoch seconds. Raises ValueError for any other form."""
    from assume.credentials import instant as written

    year, month, day, hour, minute, second = (int(text[at:end]) for at, end in zip(STARTS, ENDS, strict=True))
    shifted = year - (month <= 2)  # years that begin in March: the leap day comes last
    day_of_year = (153 * (month + (9 if month <= 2 else -3)) + 2) // 5 + day - 1
    days = shifted * 365 + shifted // 4 - shifted // 100 + shifted // 400 + day_of_year - DAYS_TO_1970
    at = days * 86400 + hour * 3600 + minute * 60 + second
    if year < 1970 or written(at) != text:
        raise ValueError(text)
    return at


STARTS, ENDS = (0, 5, 8, 11, 14, 17), (4, 7, 10, 13, 16, 19)
DAYS_TO_1970 = 719468  # from the first of March of the year 0
