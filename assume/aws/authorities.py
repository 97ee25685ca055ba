"""The certificate authorities that botocore trusts, for the connection that is made while botocore is imported.

In: the baseline, the settings of the profile; out: a file of certificates, and a TLS context that trusts it alone. The
system's authorities are not asked, as botocore does not ask them.

botocore/endpoint.py, `_get_verify_value`; botocore/httpsession.py, `get_cert_path`.
"""

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
    """The file that botocore uses without a setting: certifi's, if that is installed, else its own."""
    if _folder("certifi"):
        from importlib import import_module

        return str(import_module("certifi").where())  # distributions change what it returns, so it has to be asked
    folder = _folder("botocore")
    return f"{folder}/cacert.pem" if folder else ""


def context(path: str) -> "ssl.SSLContext":
    """A client's context that trusts the certificates in `path` and no other. Raises OSError, also ssl.SSLError."""
    import ssl

    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks certificates and host names
    made.hostname_checks_common_name = False
    made.load_verify_locations(cafile=path)
    return made


def _folder(package: str) -> str:
    """Where a package is installed, found without importing it; "" if it is not."""
    if package in sys.modules:
        path = getattr(sys.modules[package], "__path__", [])
    else:
        from importlib.util import find_spec

        spec = find_spec(package)
        path = (spec.submodule_search_locations or []) if spec is not None else []
    return next(iter(path), "")
