"""The certificate authorities that botocore trusts, for the connection that is made while the rest is imported.

In: the baseline, the settings of the profile; out: a file of certificates, and a TLS context that trusts it alone. The
system's authorities are not asked, as botocore does not ask them.

botocore/endpoint.py, `_get_verify_value`; botocore/httpsession.py, `get_cert_path`.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping


def bundle(base: "Mapping[str, str]", profile: "Mapping[str, str]") -> str:
    """The file that botocore would use; "" if it would refuse to make a client, or if that cannot be told here."""
    for name, values in (("AWS_CA_BUNDLE", base), ("ca_bundle", profile), ("REQUESTS_CA_BUNDLE", base)):
        if name in values:
            return values[name] if values[name].strip() else ""
    return usual()


def usual() -> str:
    """The file that botocore uses without a setting: certifi's if that is installed, else its own; "" if it is missing.

    Some systems change certifi to use a file of theirs, and leave its own out: then botocore has to be asked.
    """
    for name in ("certifi", "botocore"):
        for folder in filter(None, sys.path):
            if os.path.exists(f"{folder}/{name}/__init__.py"):
                path = f"{folder}/{name}/cacert.pem"
                return path if os.path.exists(path) else ""
    return ""


def context(path: str) -> "ssl.SSLContext":
    """A client's context that trusts the certificates in `path` and no other. Raises OSError, also ssl.SSLError."""
    import ssl

    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks certificates and host names
    made.hostname_checks_common_name = False
    made.load_verify_locations(cafile=path)
    return made
