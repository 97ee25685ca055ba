"""Doctor: variables in the way. They are looked at in the baseline: what a role set is not the user's."""

import os
import time

from assume import regions
from assume.arguments import EXPORTS
from assume.credentials import flaw
from assume.profiles.config import absence
from assume.services.findings import Finding, Patient
from assume.shells import environment as variables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

CHECK = "environment"
KEY_ID, SECRET, SESSION = variables.KEYS
FILES = ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
OF_A_FILE = ("AWS_CA_BUNDLE", "AWS_WEB_IDENTITY_TOKEN_FILE", "REQUESTS_CA_BUNDLE")
NEVER_BLANK = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", *variables.REGIONS)
CHOICES = {
    "ASSUME_EXPORT": EXPORTS,
    "AWS_STS_REGIONAL_ENDPOINTS": ("regional", "legacy"),
    "AWS_RETRY_MODE": ("legacy", "standard", "adaptive"),
}


def environment(patient: Patient) -> "Iterator[Finding]":
    """Variables of the user that contradict each other or name what does not exist; and this shell's role."""
    base = patient.base
    for name in NEVER_BLANK:
        if base.get(name) == "":
            yield Finding(CHECK, f"{name} is set and empty, which AWS tools take for a name", patient.unset(name))
    yield from _profile(patient)
    yield from _keys(patient)
    yield from _region(patient)
    for name in (*FILES, *OF_A_FILE):
        path = base.get(name, "")
        if name in FILES and name in base and not path:
            yield Finding(CHECK, f"{name} is set and empty, so no file is read", patient.unset(name))
        elif path and path != os.devnull and (why := absence(_path(patient, name))):
            yield Finding(CHECK, f"{name} names {path}, which {why}", patient.unset(name))
    for name, known in CHOICES.items():
        if base.get(name) and base[name] not in known:
            yield Finding(CHECK, f"{name}={base[name]} is not one of {', '.join(known)}", patient.unset(name))
    yield from _role(patient)


def _path(patient: Patient, name: str) -> str:
    return patient.aws_files[FILES.index(name)] if name in FILES else patient.base[name]


def _profile(patient: Patient) -> "Iterator[Finding]":
    base = patient.base
    profile, default = base.get("AWS_PROFILE", ""), base.get("AWS_DEFAULT_PROFILE", "")
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        if base.get(name) and patient.is_read and base[name] not in patient.config:
            yield Finding(CHECK, f"{name}={base[name]}: there is no such profile", patient.unset(name))
    if profile and default and profile != default:
        what = f"AWS_PROFILE={profile}, AWS_DEFAULT_PROFILE={default}: the AWS CLI takes the first, boto3 the second"
        yield Finding(CHECK, what, patient.unset("AWS_DEFAULT_PROFILE"))


def _keys(patient: Patient) -> "Iterator[Finding]":
    base = patient.base
    key_id, secret, session = (base.get(name, "") for name in variables.KEYS)
    present = [name for name in variables.KEYS if name in base]
    if bool(key_id) != bool(secret) or (session and not key_id):
        has, lacks = (KEY_ID, SECRET) if key_id else (SECRET if secret else SESSION, KEY_ID)
        yield Finding(CHECK, f"{has} is set, and {lacks} is not", patient.unset(*present))
        return
    if not key_id:
        return
    if found := flaw((key_id, secret, session)):
        what = f"{variables.KEYS[found[0]]} {found[1]}: no call can be signed with it"
        yield Finding(CHECK, what, patient.unset(*present))
    elif session and key_id.startswith("AKIA"):
        what = f"{SESSION} is set beside a long-term key, which AWS refuses together"
        yield Finding(CHECK, what, patient.unset(SESSION))
    elif base.get("AWS_PROFILE"):
        what = f"keys ({key_id}) and AWS_PROFILE={base['AWS_PROFILE']} are set: AWS tools take the keys"
        yield Finding(CHECK, what, patient.unset(*present))
    if base.get("AWS_SECURITY_TOKEN") and base["AWS_SECURITY_TOKEN"] != session:
        what = f"AWS_SECURITY_TOKEN is set, which some tools take in place of {SESSION}"
        yield Finding(CHECK, what, patient.unset("AWS_SECURITY_TOKEN"))


def _region(patient: Patient) -> "Iterator[Finding]":
    base = patient.base
    first, second = (base.get(name, "") for name in variables.REGIONS)
    if first and second and first != second:
        what = f"AWS_REGION={first}, AWS_DEFAULT_REGION={second}: the AWS CLI takes the first, boto3 the second"
        yield Finding(CHECK, what, patient.unset("AWS_DEFAULT_REGION"))
    for name in variables.REGIONS:
        if base.get(name) and (why := regions.unknown(base[name])):
            yield Finding(CHECK, f"{name}: {why}", patient.unset(name))


def _role(patient: Patient) -> "Iterator[Finding]":
    """The role of this shell, if it has one: it has ended, or what to go back to is not known."""
    have = patient.environ
    name = have.get("ASSUME_PROFILE", "")
    if not variables.baseline(have)[1]:
        what = "ASSUME_BEFORE is missing or damaged: what was set before the role is not known"
        yield Finding(CHECK, what, "assume off")
    ends = have.get("ASSUME_EXPIRES", "")
    if name and ends.isascii() and ends.isdigit() and len(ends) < 12 and int(ends) <= time.time():
        yield Finding(CHECK, f"the role of {name} in this shell has ended", f"assume {patient.word(name)}")
