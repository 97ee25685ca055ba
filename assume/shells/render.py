"""The reply to a shell function: changes to its environment, quoted for that shell. Pure, on the warm lane.

In: a list of (name, value or None); out: bytes. None unsets. Quoting and
encoding (base64, percent) are only here; `export` writes the same values for
people and for other programs.
"""

from assume.credentials import unsafe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    Change = tuple[str, str | None]

PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/:@+-")
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"  # of base64
VALUES = {mark: value for value, mark in enumerate(ALPHABET)}
CURLY_QUOTES = "'\u2018\u2019\u201a\u201b"  # PowerShell ends a '…' string at any of these


def quote(shell: str, text: str) -> str:
    """`text` as one word of `shell` (bash, zsh, fish, powershell). Any text but one with NUL."""
    if "\0" in text:
        raise unsafe("a value with a NUL byte cannot be passed to a shell")
    if shell == "fish":
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    if shell == "powershell":
        for mark in CURLY_QUOTES:
            text = text.replace(mark, mark * 2)
        return "'" + text + "'"
    return "'" + text.replace("'", "'\\''") + "'"


def reply(shell: str, changes: "Sequence[Change]", state: str, done: str = "") -> bytes:
    """The code that our function in `shell` evaluates: the changes, then its state variable.

    `done` is the line that the function prints on stderr once the changes are made.
    """
    own = [("state", state), ("done", done)] if done else [("state", state)]
    if shell == "powershell":
        lines = [_record(name, value) for name, value in changes]
        lines += [f"{name} {base64(encoded(value))}" for name, value in own]
    else:
        lines = [_statement(shell, name, value) for name, value in changes]
        assignment = "set -g __assume_{} {}" if shell == "fish" else "__assume_{}={}"
        lines += [assignment.format(name, quote(shell, value)) for name, value in own]
    return encoded("".join(line + "\n" for line in lines))


def encoded(text: str) -> bytes:
    """UTF-8; bytes that could not be decoded when they were read are written as they were."""
    return text.encode("utf-8", "surrogateescape")


def _statement(shell: str, name: str, value: str | None) -> str:
    if shell == "fish":
        return f"set -eg {name}" if value is None else f"set -gx {name} {quote(shell, value)}"
    # the backslash: `builtin` itself may be an alias, and so may `export`
    return f"\\builtin unset {name}" if value is None else f"\\builtin export {name}={quote(shell, value)}"


def _record(name: str, value: str | None) -> str:
    return f"unset {name}" if value is None else f"set {name} {base64(encoded(value))}"


def base64(content: bytes) -> str:
    """RFC 4648. Written out: `binascii` is a shared library in most builds, and would cost a hit half a millisecond."""
    spare = -len(content) % 3
    marks = []
    for at in range(0, len(content), 3):
        bits = int.from_bytes(content[at : at + 3].ljust(3, b"\0"), "big")
        marks += [ALPHABET[bits >> 18], ALPHABET[bits >> 12 & 63], ALPHABET[bits >> 6 & 63], ALPHABET[bits & 63]]
    return "".join(marks[: len(marks) - spare]) + "=" * spare


def from_base64(text: str) -> bytes | None:
    """The bytes that `base64` turned into `text`; None for any other text."""
    plain = text.rstrip("=")
    try:
        values = [VALUES[mark] for mark in plain.ljust(len(text), "A")]
    except KeyError:
        return None
    if len(text) % 4 or not text:
        return None
    content = b"".join(
        (values[at] << 18 | values[at + 1] << 12 | values[at + 2] << 6 | values[at + 3]).to_bytes(3, "big")
        for at in range(0, len(values), 4)
    )
    content = content[: len(content) - (len(text) - len(plain))]
    return content if base64(content) == text else None


def percent(text: str) -> str:
    """`text` as one word of plain ASCII: every other byte as `%` and two hexadecimal digits."""
    return "".join(mark if mark in PLAIN else "".join(f"%{byte:02X}" for byte in encoded(mark)) for mark in text)


def from_percent(text: str) -> str | None:
    """The text that `percent` encoded; None for a malformed word."""
    first, *others = text.split("%")
    if any(len(part) < 2 for part in others):
        return None
    try:
        content = encoded(first) + b"".join(bytes.fromhex(part[:2]) + encoded(part[2:]) for part in others)
    except ValueError:
        return None
    return content.decode("utf-8", "surrogateescape")


def check_name(name: str) -> None:
    """Refuses a name with control characters, because it goes into prompts and variables. Raises Unsafe."""
    if name and name.isprintable():  # fast path: almost all names
        return
    if not name or any(ord(mark) < 0x20 or 0x7F <= ord(mark) < 0xA0 for mark in name):
        raise unsafe(
            f"the name {ascii(name)} is empty or has control characters",
            "rename the profile in the AWS config file",
        )


def check_region(region: str) -> None:
    """Refuses a region that is not a host label, as botocore does. Raises Unsafe."""
    plain = region.replace("-", "a")
    if not (plain.isascii() and plain.isalnum() and len(region) < 64 and region[0] != "-" and region[-1] != "-"):
        raise unsafe(f"{ascii(region)} is not a region's name", "correct `region` in the profile, or give --region")
