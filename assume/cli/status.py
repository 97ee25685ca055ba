"""`status`: the role of this shell. Calls nobody.

Exit 0: the shell has a live role, and the AWS CLI will use it. Exit 1: no role, an
expired one, or another tool has changed the keys or the profile.
"""

import time

from assume import paths
from assume.errors import shown
from assume.shells import environment, state
from assume.store import record, write
from assume.terminal import show


def run(quiet: bool = False, of_shell: str = "") -> int:
    """Prints the role unless `quiet`, and returns the exit status. `of_shell` is the shell's state (`shells.state`)."""
    have = environment.own_environment()
    name = have.get("ASSUME_PROFILE", "")
    if not name:
        return _say(quiet, ["assume: this shell has no role", "  `assume PROFILE` takes one"], 1)
    now = time.time()
    ends = have.get("ASSUME_EXPIRES", "")
    left_s = int(ends) - now if ends.isascii() and ends.isdigit() and len(ends) < 12 else None
    sso_account, _, sso_role = have.get(environment.SSO_ROLE, "").partition("/")
    lines = [f"{'profile':10}{name}" + ("  PROD" if show.is_production(f"{name} {sso_role}") else "")]
    found = _stored(have)
    rows = [
        ("role", have.get("ASSUMED_ROLE_ARN", "") or sso_role),
        ("session", found.get("arn", "").rpartition("/")[2]),
        ("account", show.account(have.get("ASSUMED_ROLE_ARN", "")) or sso_account or have.get(environment.ACCOUNT, "")),
        ("policy", "read-only" if environment.READ_ONLY in have else ""),
        ("region", have.get("AWS_REGION") or have.get("AWS_DEFAULT_REGION", "")),
        ("left", "does not expire" if left_s is None else show.left(left_s)),
        ("chain", _chain(found.get("request", ""))),
        ("taken", "in this shell" if state.current(of_shell) else "in a parent shell, or by `assume exec`"),
    ]
    lines += [f"{heading:10}{value}" for heading, value in rows if value]
    status = 0
    if left_s is not None and left_s <= 0:
        status = 1
    if (other := mismatch(have)) is not None:
        lines += other
        status = 1
    return _say(quiet, lines, status)


def mismatch(have: dict[str, str]) -> list[str] | None:
    """Lines that tell that keys or profile are no longer what the last switch set; None if they are."""
    exported = have.get("ASSUME_EXPORTED", "")
    keys = have.get("ASSUME_KEY_ID", "") if exported in ("both", "keys") else ""
    profile = have["ASSUME_PROFILE"] if exported in ("both", "profile") else ""
    key_id, named = have.get("AWS_ACCESS_KEY_ID", ""), have.get("AWS_PROFILE", "")
    other = have.get("AWS_DEFAULT_PROFILE", "")
    if key_id == keys and named == profile and not other:
        return None
    name = have["ASSUME_PROFILE"]
    changed = other or (named if named != profile else "")
    if changed:
        what = f"the profile is {shown(changed)} now, not {shown(name)}"
    elif named != profile:
        what = f"AWS_PROFILE is gone, which {shown(name)} had set"
    else:
        what = f"the keys are no longer those of {shown(name)}"
    used = f"the keys ({key_id})" if key_id else f"the profile ({shown(named or other or 'default')})"
    return [
        f"assume: {what}: the AWS CLI uses {used}",
        f"  `assume {shown(name)}` brings it back, `assume off` leaves it",
    ]


def _stored(have: dict[str, str]) -> dict[str, str]:
    """The fields of the entry that this shell's keys came from; {} if it is gone."""
    base, _ = environment.baseline(have)
    folder = paths.store(base)
    key_id = have.get("ASSUME_KEY_ID")
    for name in write.names(folder, record.ENTRY) if key_id else ():
        fields = record.read(folder, name)
        if fields is not None and fields.get("key_id") == key_id:
            return fields
    return {}


def _chain(request: str) -> str:
    """`alice's keys > hub > role`, from the request of an entry."""
    source, roles = "", []
    for line in request.split("\n"):
        name, _, value = line.strip().partition("=")
        if name == "source":
            source = value.partition(":")[0]
        elif name == "role_arn":
            roles.append(value)
    return " > ".join([source, *roles]) if roles else ""


def _say(quiet: bool, lines: list[str], status: int) -> int:
    if not quiet:
        show.write(1, ("\n".join(map(shown, lines)) + "\n").encode())
    return status
