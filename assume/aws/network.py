"""Failures of the connection, for the user: what was not reached, why, and what to do.

In: an exception of botocore's, which wraps one of urllib3, which wraps the reason; out: an AssumeError. It is a
NotSent if nothing of the request has left this machine, so that an MFA code in it can be used again.
"""

import ssl
import time

import botocore.exceptions as aws

from assume.errors import AssumeError, ConfigError, NotSent, Unreachable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

# OpenSSL's verify codes
TOO_EARLY, TOO_LATE, OTHER_HOST, OTHER_ADDRESS = 9, 10, 62, 64
NOT_A_BUNDLE = ("NO_CERTIFICATE_OR_CRL_FOUND", "NO_START_LINE", "NOT_ENOUGH_DATA")


def failure(error: Exception, what: str, profile: str, ca_bundle: str = "", service: str = "STS") -> AssumeError | None:
    """What `error` says of the connection; None if it is about something else.

    `what` names the call; `ca_bundle` is the file of trusted certificates that the user has set, or "".
    """
    if isinstance(error, aws.SSLError):
        return _of_tls(error, profile, ca_bundle)
    if isinstance(error, aws.ProxyConnectionError):
        return NotSent("the proxy does not answer", "check HTTPS_PROXY and NO_PROXY", profile)
    if not isinstance(error, (aws.HTTPClientError, aws.ConnectionError, OSError)):
        return None
    is_sent = not isinstance(error, (aws.EndpointConnectionError, aws.ConnectTimeoutError))
    return (Unreachable if is_sent else NotSent)(
        f"{what}: {service} was not reached: {_host(error)}: {_kind(error)}",
        "check the network, the proxy, and `region` or `endpoint_url`; nothing was changed",
        profile,
    )


def _of_tls(error: aws.SSLError, profile: str, ca_bundle: str) -> AssumeError:
    host = _host(error)
    for cause in causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _of_certificate(host, cause, profile)
        if type(cause).__name__ == "CertificateError":  # urllib3's: it compares the names itself
            return _other_host(host, profile)
        if bundle := _of_bundle(cause):
            text = f"the file of certificates{' ' * bool(ca_bundle)}{ca_bundle} {bundle}"
            return ConfigError(text, "correct AWS_CA_BUNDLE or ca_bundle", profile)
        if isinstance(cause, ssl.SSLError) and cause.reason:
            text = f"no TLS connection with {host}: {cause.reason.replace('_', ' ').lower()}"
            return Unreachable(text, "check the proxy, and that the endpoint speaks https", profile)
    return _untrusted(host, "", profile)


def _of_certificate(host: str, error: ssl.SSLCertVerificationError, profile: str) -> AssumeError:
    reasons = {TOO_EARLY: "is not yet valid", TOO_LATE: "has expired"}
    code = getattr(error, "verify_code", 0)  # Python sets both only if OpenSSL has refused
    if code in reasons:
        now = time.strftime("%Y-%m-%d %H:%M", time.gmtime())
        return NotSent(
            f"the certificate of {host} {reasons[code]}",
            (
                f"if this machine's clock is wrong, set it: it says {now} UTC",
                "if it is right, the certificate has to be renewed by those who run the endpoint or the proxy",
            ),
            profile,
        )
    if code in (OTHER_HOST, OTHER_ADDRESS):
        return _other_host(host, profile)
    return _untrusted(host, getattr(error, "verify_message", ""), profile)


def _other_host(host: str, profile: str) -> AssumeError:
    cure = "a captive portal or a proxy may answer in place of AWS: open a web page, and check `endpoint_url`"
    return NotSent(f"the certificate of {host} is for another host", cure, profile)


def _untrusted(host: str, reason: str, profile: str) -> AssumeError:
    text = f"the certificate of {host} is not trusted{': ' if reason else ''}{reason}"
    return NotSent(text, "if a proxy of your company signs it, set AWS_CA_BUNDLE (or ca_bundle) to its file", profile)


def _of_bundle(cause: BaseException) -> str:
    """What is wrong with the file of trusted certificates; "" if `cause` is not about it."""
    if isinstance(cause, FileNotFoundError):
        return "does not exist"
    if isinstance(cause, (PermissionError, IsADirectoryError)):
        return f"cannot be read: {cause.strerror}"
    if isinstance(cause, ssl.SSLError) and cause.reason in NOT_A_BUNDLE:
        return "cannot be used: it holds no certificate"
    return ""


def causes(error: BaseException) -> "Iterator[BaseException]":
    """`error` and the exceptions that it wraps, from the outside in."""
    waiting: list[object] = [error]
    seen: list[object] = []
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, BaseException) and one not in seen:
            seen.append(one)
            waiting += [getattr(one, "kwargs", {}).get("error"), *one.args, one.__cause__, one.__context__]
            yield one


def _host(error: Exception) -> str:
    """The address without what may be a secret in it: a user's name and password, a query."""
    url = str(getattr(error, "kwargs", {}).get("endpoint_url", "STS")).partition("?")[0]
    scheme, between, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{between}{host.rpartition('@')[2]}{slash}{path}"


def _kind(error: Exception) -> str:
    names = {
        aws.ConnectTimeoutError: "it does not answer",
        aws.ReadTimeoutError: "it took the request and does not answer",
        aws.ConnectionClosedError: "it closed the connection",
    }
    return next((text for kind, text in names.items() if isinstance(error, kind)), "no connection")
