"""Errors of AWS and botocore as our own: which call failed, why, and what to do.

In: an exception of botocore's, or the code and message of a refusal; out: an AssumeError. It never has the text of a
ResponseParserError, which quotes the whole reply with its secrets. botocore is imported only for its exceptions.
"""

from assume.aws import clock
from assume.errors import AssumeError, ConfigError, Refused, SourceError, Unreachable, WrongCode, WrongDevice
from assume.profiles.chain import CHAINED_MAX_S, LOGIN, PROCESS, SSO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    import botocore.exceptions as aws

    from assume.profiles.chain import Hop

CODE_REFUSED = "MultiFactorAuthentication failed"
VALUE = r"(?s)(?<=Value )'.*?'(?= at )|, value: .*?(?=, (?:valid|type)|$)"  # quoted by AWS or botocore


def explained(
    error: Exception, hop: "Hop | None", what: str, chained: bool = False, ca_bundle: str = ""
) -> AssumeError:
    """The failure of one call, for the user.

    `what` names the call (`role/marketingadminrole`, `an MFA session`), `hop` is the hop that it was for; `chained`
    is true if temporary credentials signed it; `ca_bundle` is the user's file of trusted certificates.
    """
    profile = hop.profile if hop is not None else ""
    if isinstance(error, AssumeError):
        error.profile = error.profile or profile
        return error
    import botocore.exceptions as aws

    from assume.aws import network

    if isinstance(error, aws.ClientError):
        said = error.response.get("Error", {})
        date = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
        return refused(str(said.get("Code", "")), str(said.get("Message", "")), date, hop, what, chained)
    if (unreached := network.failure(error, what, profile, ca_bundle)) is not None:
        return unreached
    if isinstance(error, aws.ParamValidationError):
        return ConfigError(f"{what}: {_told(error)}", "correct that setting of the profile, or that option", profile)
    if isinstance(error, aws.BotoCoreError) and not isinstance(error, _unquotable()):
        return unusable(error, profile)
    text = f"{what}: unexpected answer: not STS, or a truncated reply"
    return Unreachable(text, "there may be a captive portal or a proxy in between; nothing was changed", profile)


def unusable(error: Exception, profile: str) -> AssumeError:
    """Why no client can be made with the settings of `profile`. Nothing was called yet."""
    if isinstance(error, AssumeError):
        return error
    import botocore.exceptions as aws

    name, text = profile, _one_line(error)
    if isinstance(error, aws.NoRegionError):
        return ConfigError(
            "a custom endpoint needs a region", "add `region = …` to the profile, or give --region", name
        )
    if "Invalid endpoint: https://sts" in text:
        return ConfigError("its region is empty or not a region name", "correct `region`", name)
    if "Invalid endpoint: " in text:
        what = "its endpoint_url is not a URL"
        return ConfigError(what, "it looks like https://HOST or http://HOST:PORT", name, "endpoint_url")
    return ConfigError(f"its settings: {_told(error)}", "correct that setting, or the variable that sets it", name)


def source_failed(error: Exception, kind: str, profile: str, ca_bundle: str = "", identity: str = "") -> AssumeError:
    """Why a source returned no credentials.

    `ca_bundle` is the user's file of trusted certificates, `identity` the source's: of SSO, its last two words are
    account and role.
    """
    if isinstance(error, AssumeError):
        error.profile = error.profile or profile
        return error
    import botocore.exceptions as aws

    from assume.aws import login, network

    if kind == LOGIN and (failed := login.failed(error, profile)) is not None:
        return failed
    if isinstance(error, (aws.UnauthorizedSSOTokenError, aws.SSOTokenLoadError, aws.TokenRetrievalError)):
        return login.sso_signed_out(profile)
    if isinstance(error, aws.InvalidConfigError):
        what = "its settings are incomplete, or contradict each other"
        return SourceError(what, f"`aws configure list --profile {profile}` shows them", profile)
    if isinstance(error, (aws.CredentialRetrievalError, aws.PartialCredentialsError)):
        cure = "correct its settings, or the output of its command"
        return SourceError(_one_line(error), cure, profile)
    if isinstance(error, RuntimeError) and "still expired" in str(error):
        return SourceError(f"{kind} returned expired credentials", "make it renew them", profile)
    if isinstance(error, OSError) and kind == PROCESS:
        return _not_started(error, profile)
    if isinstance(error, (aws.HTTPClientError, aws.ConnectionError)):
        found = network.failure(error, kind, profile, ca_bundle, service="its endpoint")
        if found is not None:
            return found
    if isinstance(error, aws.ClientError):
        return _portal_refused(error, kind, profile, identity)
    if isinstance(error, aws.BotoCoreError) and not isinstance(error, _unquotable()):
        return SourceError(f"{kind}: {_told(error)}", "correct the profile, or try again", profile)
    return SourceError(f"{kind} returned nothing that can be read as credentials", "run it by hand and look", profile)


def _not_started(error: OSError, profile: str) -> SourceError:
    """Why a `credential_process` cannot be run."""
    is_missing = isinstance(error, FileNotFoundError)
    reason = "names a program that does not exist" if is_missing else f"cannot be run: {error.strerror}"
    return SourceError(f"its {PROCESS} {reason}", "correct its path in the profile", profile, PROCESS)


def _portal_refused(error: "aws.ClientError", kind: str, profile: str, identity: str) -> AssumeError:
    """The refusal of a service that gives credentials: the portal of IAM Identity Center."""
    said = error.response.get("Error", {})
    code, message = str(said.get("Code", "")), str(said.get("Message", "")).strip()
    account, role = identity.split(" ")[-2:] if kind == SSO and identity.count(" ") > 1 else ("", "")
    if role and code in ("ForbiddenException", "AccessDeniedException"):
        what = f"its role {role} is not assigned to you in account {account}"
        cures = f"`assume login {profile} --force` as the user who has it, correct sso_role_name or sso_account_id,"
        return SourceError(what, (cures, "or ask an administrator of IAM Identity Center to assign it"), profile)
    if code.startswith(("TooManyRequests", "Throttling")):
        return Unreachable(f"{kind}: throttled by AWS", "try again in a moment", profile)
    return SourceError(f"{kind}: {message or code}", "correct the profile, or try again", profile)


def refused(code: str, message: str, date: str, hop: "Hop | None", what: str, chained: bool) -> AssumeError:
    """The refusal of a call, for the user; `date` is the header of STS's reply. The rest is as in `explained`."""
    failure = _judged(code, message.strip(), date, hop, what, chained)
    if isinstance(failure, Refused):
        failure.message = message.strip()
    return failure


def _judged(code: str, message: str, date: str, hop: "Hop | None", what: str, chained: bool) -> AssumeError:
    cure: str | tuple[str, ...]
    profile = hop.profile if hop is not None else ""
    head = f"STS refused {what}"
    if message.startswith(CODE_REFUSED):
        if "unable to validate" in message:
            cure = "check mfa_serial: it must be a device of the user whose keys these are"
            return WrongDevice(f"{head}: the MFA device is not known", cure, profile, code)
        cure = "a code is good for one use: wait for the next one, at most 30 s"
        return WrongCode(f"{head}: the MFA code is wrong, too old, or was used before", cure, profile, code)
    if skew := clock.skew(date):
        text = f"{head}: {code}, and this machine's clock is {skew} AWS's"
        refused = Refused(text, "set the clock (timedatectl, or the system's settings)", profile, code)
        refused.skew = skew
        return refused
    cures: dict[str, Callable[[], str | tuple[str, ...]]] = {
        "AccessDenied": lambda: _access_denied(hop, message),
        "ExpiredToken": lambda: "the credentials that signed the call have ended: renew the source",
        "ExpiredTokenException": lambda: "the web identity's file is out of date: have it written again",
        "InvalidIdentityToken": lambda: "the web identity's file is not one that this role trusts",
        "InvalidClientTokenId": lambda: "its access key does not exist (any more): `aws configure` sets a new one",
        "SignatureDoesNotMatch": lambda: _wrong_signature(message),
        "RegionDisabledException": lambda: "STS is off in that region for this account: choose another `region`",
    }
    cure = cures[code]() if code in cures else ""
    if code == "ValidationError" and "durationseconds" in message.lower():
        limit = f"at most {CHAINED_MAX_S}, since the role is reached from temporary credentials" if chained else "less"
        cure = f"make duration_seconds (or --duration) {limit}"
    elif code in ("Throttling", "ThrottlingException", "RequestLimitExceeded"):
        return Unreachable(f"{head}: throttled by STS", "try again in a moment", profile)
    elif code.startswith("5") or code in ("InternalFailure", "ServiceUnavailable", "InternalError"):
        return Unreachable(f"{what}: STS failed ({code})", "try again in a moment", profile)
    return Refused(f"{head}: {_without_value(message, '…') or code}", cure, profile, code)


def _wrong_signature(message: str) -> str:
    if "scoped to a valid region" in message:
        return "correct `region`: AWS's regions are written like us-east-1"
    return "its secret access key is wrong: `aws configure` sets it"


def _access_denied(hop: "Hop | None", message: str) -> "str | tuple[str, ...]":
    """AWS gives one message for half a dozen reasons: those that the profile leaves open, likeliest first."""
    if "root accounts" in message:
        return "use the keys of a user, not of the account's root"
    if "with an explicit deny" in message or "because no" in message:
        return "an administrator has to change that policy"
    if hop is None:
        return ""
    reasons = []
    if hop.external_id is None:
        reasons.append("if the role wants an external ID: add `external_id = …` to the profile")
    else:
        reasons.append("if its external ID is another one: correct `external_id`")
    if hop.mfa_serial is None:
        reasons.append("if the role wants MFA: add `mfa_serial = arn:aws:iam::ACCOUNT:mfa/NAME` to the profile")
    reasons.append("if its trust policy or the caller's policy leaves the caller out: ask an administrator")
    return tuple(reasons)


def _unquotable() -> "tuple[type[Exception], ...]":
    """The exceptions whose text quotes the reply."""
    from botocore.parsers import ResponseParserError

    return (ResponseParserError,)


def _told(error: Exception) -> str:
    """botocore's sentence without the values in it, which may be a line of the AWS files."""
    from botocore.exceptions import ParamValidationError

    if isinstance(error, ParamValidationError):
        return _without_value(_one_line(error), "")
    form, values = getattr(error, "fmt", ""), getattr(error, "kwargs", {})
    try:
        return " ".join(form.format(**dict.fromkeys(values, "…")).split()) or type(error).__name__
    except (LookupError, ValueError, AttributeError):
        return type(error).__name__


def _without_value(text: str, instead: str) -> str:
    import re  # only for a failure: it takes longer to import than a call takes

    return re.sub(VALUE, instead, text)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
