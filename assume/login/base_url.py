"""The address of a service that botocore would call, for the pages beside its API that botocore does not know.

In: a client and one of its calls. Out: `https://HOST`, after all settings of the user. Nothing is sent.
"""

from urllib.parse import urlsplit

from botocore.awsrequest import AWSResponse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def of(client: "Any", operation: str, **fields: object) -> str:
    """The scheme and host of a call. Raises what botocore raises for settings that cannot work."""
    seen: list[str] = []

    def instead(params: "Any", **_: object) -> "tuple[AWSResponse, dict[str, object]]":
        seen.append(str(params["url"]))
        return AWSResponse("", 200, {}, None), {}  # type: ignore[arg-type]

    client.meta.events.register("before-call", instead)
    try:
        getattr(client, operation)(**fields)
    finally:
        client.meta.events.unregister("before-call", instead)
    parts = urlsplit(seen[0])
    return f"{parts.scheme}://{parts.netloc}"
