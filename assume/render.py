"""Changes to an environment, in the words of one shell or of one file format.

In: a list of (name, value or None); out: bytes. None unsets. Quoting lives
here and nowhere else. Pure, and on the warm lane: nothing is imported that a
bare interpreter has not loaded, except where a format asks for it.

`reply` is for our own shell functions, `exported` for people and programs.
"""

from assume.credentials import unsafe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Change = tuple[str, str | None]

FORMATS = ("bash", "zsh", "fish", "powershell", "cmd", "dotenv", "env-file", "json", "process")
STATE = "__assume_state"
CURLY_QUOTES = "'\u2018\u2019\u201a\u201b"  # PowerShell ends a '…' string at any of these
CMD_UNQUOTABLE = '%!^"'


def quote(shell: str, text: str) -> str:
    """`text` as one word of `shell` (bash, zsh, fish, powershell), whatever it holds but NUL."""
    if "\0" in text:
        raise unsafe("a value with a NUL byte in it cannot be handed to a shell")
    if shell == "fish":
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    if shell == "powershell":
        for mark in CURLY_QUOTES:
            text = text.replace(mark, mark * 2)
        return "'" + text + "'"
    return "'" + text.replace("'", "'\\''") + "'"


def reply(shell: str, changes: "Sequence[Change]", state: str) -> bytes:
    """What our function in `shell` evaluates: the changes, then its own state variable."""
    if shell == "powershell":
        lines = [_record(name, value) for name, value in changes]
        lines.append(f"state {_base64(state)}")
    else:
        lines = [_statement(shell, name, value) for name, value in changes]
        assignment = "set -g {} {}" if shell == "fish" else "{}={}"
        lines.append(assignment.format(STATE, quote(shell, state)))
    return encoded("".join(line + "\n" for line in lines))


def exported(form: str, variables: "Mapping[str, str]") -> bytes:
    """`variables` in one of FORMATS (`process` is `process_document`'s business).

    Raises Unsafe for a value that the format cannot carry.
    """
    if form == "json":
        import json

        return encoded(json.dumps(variables, indent=2) + "\n")
    writers = {"cmd": _cmd, "dotenv": _dotenv, "env-file": _env_file, "powershell": _powershell}
    if form in writers:
        write = writers[form]
    elif form in ("bash", "zsh", "fish"):

        def write(name: str, value: str) -> str:
            return f"set -gx {name} {quote(form, value)}" if form == "fish" else f"export {name}={quote(form, value)}"
    else:
        from assume.errors import UsageError

        raise UsageError(f"no such format: {form}", f"one of: {' '.join(FORMATS)}")
    return encoded("".join(write(name, value) + "\n" for name, value in variables.items()))


def process_document(key_id: str, secret: str, session_token: str, expiration: str) -> bytes:
    """The answer of a `credential_process`, version 1. Empty fields are left out.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
    """
    import json

    fields = {
        "Version": 1,
        "AccessKeyId": key_id,
        "SecretAccessKey": secret,
        "SessionToken": session_token,
        "Expiration": expiration,
    }
    return encoded(json.dumps({name: value for name, value in fields.items() if value}, indent=2) + "\n")


def encoded(text: str) -> bytes:
    """UTF-8; bytes that came in undecodable go out as they came."""
    return text.encode("utf-8", "surrogateescape")


def _statement(shell: str, name: str, value: str | None) -> str:
    if shell == "fish":
        return f"set -eg {name}" if value is None else f"set -gx {name} {quote(shell, value)}"
    # the backslash: `builtin` itself may be an alias, and so may `export`
    return f"\\builtin unset {name}" if value is None else f"\\builtin export {name}={quote(shell, value)}"


def _record(name: str, value: str | None) -> str:
    return f"unset {name}" if value is None else f"set {name} {_base64(value)}"


def _base64(text: str) -> str:
    from binascii import b2a_base64

    return b2a_base64(encoded(text), newline=False).decode()


def _powershell(name: str, value: str) -> str:
    """One statement in ASCII: other characters would depend on the console's code page."""
    if value.isascii():
        return f"$env:{name} = {quote('powershell', value)}"
    decode = "[Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('{}'))"
    return f"$env:{name} = {decode.format(_base64(value))}"


def _cmd(name: str, value: str) -> str:
    if any(mark in value for mark in CMD_UNQUOTABLE) or not value.isprintable():
        raise unsafe(f"{name} holds a character that cmd cannot quote", "use another --format, or another shell")
    return f'set "{name}={value}"'


def _dotenv(name: str, value: str) -> str:
    if "${" in value:  # python-dotenv puts variables in, between single quotes too, and knows no escape
        raise unsafe(f"{name} holds ${{, which a reader of dotenv files would expand", "use --format json")
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"{name}='{escaped}'"


def _env_file(name: str, value: str) -> str:
    if "\n" in value or "\r" in value or value != value.strip():
        raise unsafe(f"{name} holds what an env-file cannot carry", "use --format dotenv or json")
    return f"{name}={value}"
