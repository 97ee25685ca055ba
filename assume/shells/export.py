"""A role's variables as text for people and other programs: one format of FORMATS.

In: variables; out: bytes. `process_document` is the answer of a
`credential_process`.
"""

from assume.arguments import FORMATS
from assume.credentials import unsafe
from assume.shells.render import base64, encoded, quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

CMD_UNQUOTABLE = '%!^"'


def exported(form: str, variables: "Mapping[str, str]") -> bytes:
    """`variables` in one of FORMATS, but for `process` (see `process_document`).

    Raises Unsafe for a value that the format cannot hold.
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

        raise UsageError(f"unknown format {form}", f"one of: {' '.join(FORMATS)}")
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


def _powershell(name: str, value: str) -> str:
    """One statement in ASCII: other characters would depend on the console's code page."""
    if value.isascii():
        return f"$env:{name} = {quote('powershell', value)}"
    decode = "[Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('{}'))"
    return f"$env:{name} = {decode.format(base64(encoded(value)))}"


def _cmd(name: str, value: str) -> str:
    if any(mark in value for mark in CMD_UNQUOTABLE) or not value.isprintable():
        raise unsafe(f"{name} has a character that cmd cannot quote", "use another --format, or another shell")
    return f'set "{name}={value}"'


def _dotenv(name: str, value: str) -> str:
    if "${" in value:  # python-dotenv replaces ${NAME} even between single quotes, and has no escape for it
        raise unsafe(f"{name} has ${{, which a reader of dotenv files would expand", "use --format json")
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"{name}='{escaped}'"


def _env_file(name: str, value: str) -> str:
    if "\n" in value or "\r" in value or value != value.strip():
        raise unsafe(
            f"{name} has a line end, or spaces at an end, which an env-file cannot hold", "use --format dotenv or json"
        )
    return f"{name}={value}"
