"""Profiles with `login_session` (the sign-in of `aws login`): why they have no credentials, and the command to run.

botocore needs the AWS CRT for them, an extra of its own, and its message names pip, which is
wrong for pipx and uv. In: an exception of botocore's; out: a SourceError, or None for others.
"""

import os
import sys
from importlib.util import find_spec

from assume.errors import SignedOut, SourceError

NEEDED = "botocore[crt]"
LACKS_CRT = "login_session needs the AWS CRT, which is not installed: the extra assume-shell[login]"
# by name: an older botocore does not have these classes
SIGNED_OUT = ("LoginTokenLoadError", "LoginRefreshRequired", "LoginError")


def failed(error: Exception, profile: str) -> SourceError | None:
    """The failure as a user needs it."""
    kind = type(error).__name__
    if kind == "MissingDependencyException":
        return SourceError(LACKS_CRT, install_line(), profile)
    if kind == "UnknownCredentialError":
        return SourceError("the installed botocore is too old for login_session", install_line("boto3"), profile)
    if kind in SIGNED_OUT:
        return SignedOut("its sign-in has ended, or there was none", f"run `assume login {profile}`", profile)
    if kind == "LoginInsufficientPermissions":
        cure = "ask an administrator for signin:CreateOAuth2Token"
        return SourceError("its sign-in may not be used for credentials", cure, profile)
    return None


def sso_signed_out(profile: str) -> SignedOut:
    """The error for a profile of IAM Identity Center that is not signed in."""
    return SignedOut("its SSO sign-in has ended, or there was none", f"run `assume login {profile}`", profile)


def install_line(package: str = NEEDED) -> str:
    """The command that adds `package` to the environment that this program runs in, however it was installed."""
    if os.path.exists(os.path.join(sys.prefix, "pipx_metadata.json")):
        how = "inject assume-shell" if package == NEEDED else "runpip assume-shell install --upgrade"
        return f"run `pipx {how} '{package}'`"
    python = sys.executable
    if os.path.exists(os.path.join(sys.prefix, "uv-receipt.toml")) or find_spec("pip") is None:
        return f"run `uv pip install --upgrade --python {python} '{package}'`"
    return f"run `{python} -m pip install --upgrade '{package}'`"
