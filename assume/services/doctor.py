"""Doctor: every check of this machine's set-up, in the order in which they are shown."""

from assume.services import doctor_environment, doctor_files, doctor_shell, doctor_store
from assume.services.findings import Finding, Patient

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


def _network(patient: Patient) -> "Iterable[Finding]":
    from assume.services import doctor_aws  # which imports boto3

    return doctor_aws.aws(patient)


# id, what is looked at
CHECKS: "dict[str, tuple[str, Callable[[Patient], Iterable[Finding]]]]" = {
    "shell": ("the function, the rc file, other things of the name", doctor_shell.shell),
    "files": ("the AWS files: modes and lines", doctor_files.files),
    "profiles": ("profiles that cannot work, settings in both files", doctor_files.profiles),
    "environment": ("variables in the way", doctor_environment.environment),
    "store": ("the cached credentials", doctor_store.store),
    "network": ("STS is reached, and the clock is right", _network),
}


def looked(patient: Patient) -> "Iterator[tuple[str, str, list[Finding]]]":
    """(id, what was looked at, findings) of each check, once it is done."""
    for name, (what, check) in CHECKS.items():
        yield name, what, list(check(patient))
