"""`status`: the role of this shell. Calls nobody without --check.

Exit 0: the shell has a live role, and the AWS CLI will use it. Exit 1: no role, an
expired one, another tool has changed the keys or the profile, or STS refused them (--check).
"""

import time

from assume import paths
from assume.cli import flags
from assume.cold.take import taken_here
from assume.credentials import instant
from assume.errors import UsageError, shown
from assume.profiles.chain import READ_ONLY
from assume.shells import environment
from assume.store import record, write
from assume.terminal import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


FLAGS = {"--quiet": "quiet", "-q": "quiet", "--json": "json", "--check": "check"}
SOON_S = 900
ELSEWHERE = "in a parent shell, for this folder, or by exec"


def from_words(words: "Sequence[str]") -> "int | None":
    """The verb without Typer. Returns the exit status, or None if Typer has to read `words`."""
    given = flags.read(words, FLAGS, ("--state",))
    if given is None or given.names:
        return None
    chosen = given.flags
    return run("quiet" in chosen, given.values.get("--state", ""), "json" in chosen, "check" in chosen)


def run(quiet: bool = False, of_shell: str = "", as_json: bool = False, is_checked: bool = False) -> int:
    """Prints the role unless `quiet`, and returns the exit status. `of_shell` is the shell's state (`shells.state`)."""
    if quiet and as_json:
        raise UsageError("--quiet prints nothing, and --json something", "leave one of the two out")
    have = environment.own_environment()
    now = time.time()
    found = _facts(have, of_shell, now)
    if is_checked and found["profile"]:
        from assume.cli.checking import this_shell

        result = this_shell(have)
        found["check"] = {"result": result.kind, "arn": result.arn, "reason": result.reason}
        found["live"] = found["live"] and result.kind == "ok"
    status = 0 if found["live"] else 1
    if quiet:
        return status
    if as_json:
        import json

        written = show.write(1, (json.dumps(found, indent=2) + "\n").encode())
    elif not found["profile"]:
        written = show.write(1, b"assume: this shell has no role\n  `assume PROFILE` takes one\n")
    else:
        written = _show(_rows(found), mismatch(have) or [])
    return status if written else 1


def _facts(have: dict[str, str], of_shell: str, now: float) -> "dict[str, object]":
    """What --json prints; docs/output.md says what each means."""
    name = have.get("ASSUME_PROFILE", "")
    ends = have.get("ASSUME_EXPIRES", "") if name else ""
    expires_at = int(ends) if ends.isascii() and ends.isdigit() and len(ends) < 12 else None
    stored = _stored(have) if name else {}
    role_arn = have.get("ASSUMED_ROLE_ARN", "") if name else ""
    sso_account, _, sso_role = (have.get(environment.SSO_ROLE, "") if name else "").partition("/")
    other = (mismatch(have) or []) if name else []
    here = "here" if taken_here(of_shell, have) else "inherited"
    return {
        "profile": name or None,
        "role_arn": role_arn,
        "session": stored.get("arn", "").rpartition("/")[2],
        "sso_role": sso_role,
        "account": (show.account(role_arn) or sso_account or have.get(environment.ACCOUNT, "")) if name else "",
        "region": have.get("AWS_REGION") or have.get("AWS_DEFAULT_REGION", "") if name else "",
        "read_only": bool(name) and environment.READ_ONLY in have,
        "policy": _policy(have, stored.get("request", "")) if name else "",
        "expires_at": None if expires_at is None else instant(expires_at),
        "left_s": None if expires_at is None else int(expires_at - now),
        "served": bool(name) and have.get("ASSUME_EXPORTED") == environment.ENDPOINT,
        "chain": _chain(stored.get("request", "")),
        "taken": here if name else None,
        "changed": other[0].removeprefix("assume: ") if other else "",
        "live": bool(name) and not other and (expires_at is None or expires_at > now),
    }


def _rows(found: "dict[str, object]") -> "list[tuple[str, str, str]]":
    """(heading, value, style) of each line. The style is Rich's; it comes with words that say the same."""
    name, left_s = str(found["profile"]), found["left_s"]
    is_production = show.is_production(f"{name} {found['sso_role']}")
    left, style = "does not expire", ""
    if isinstance(left_s, int):
        left = show.left(left_s)
        style = "bold red" if left_s <= 0 else "bold" if left_s < SOON_S else "green"
    elif found["served"]:
        left = "renewed for this command, as long as it runs"
    chain = found["chain"]
    check = found.get("check")
    result, is_ok = "", False
    if isinstance(check, dict):
        is_ok = check["result"] == "ok"
        result = f"STS says {check['arn']}" if is_ok else f"{check['result']}: {check['reason']}"
    rows = [
        ("profile", name + ("  PROD" if is_production else ""), "bold red" if is_production else "bold"),
        ("role", str(found["role_arn"] or found["sso_role"]), ""),
        ("session", str(found["session"]), ""),
        ("account", str(found["account"]), ""),
        ("policy", str(found["policy"]), ""),
        ("region", str(found["region"]), ""),
        ("left", left, style),
        ("chain", " > ".join(chain) if isinstance(chain, list) else "", ""),
        ("taken", "in this shell" if found["taken"] == "here" else ELSEWHERE, ""),
        ("check", result, "green" if is_ok else "bold red"),
    ]
    return [(heading, shown(value), style) for heading, value, style in rows if value]


def _show(rows: "list[tuple[str, str, str]]", other: "list[str]") -> bool:
    """A table that fits at a terminal; in a pipe a heading, a TAB and a value in each line. Then the lines `other`."""
    more = "".join(shown(line) + "\n" for line in other).encode()
    if not show.is_terminal(1):
        text = "".join(f"{heading}\t{value}\n" for heading, value, _ in rows)
        return show.write(1, text.encode() + more)
    from assume.cli.table import Cell, Table, draw
    from assume.terminal.columns import Column

    lines = [[Cell(heading), Cell(value, style)] for heading, value, style in rows]
    return draw(Table([Column("", 7, 1), Column("", 10, 2)], lines, headings=False)) and show.write(1, more)


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


def _chain(request: str) -> "list[str]":
    """The kind of source and the roles behind it, first call first, from the request of an entry."""
    source, roles = "", []
    for line in request.split("\n"):
        name, _, value = line.strip().partition("=")
        if name == "source":
            source = value.partition(":")[0]
        elif name == "role_arn":
            roles.append(value)
    return [source, *roles] if roles or source == "SSO" else []


def _policy(have: dict[str, str], request: str) -> str:
    """`read-only`, with the policy that says what this is if it is not AWS's own."""
    if environment.READ_ONLY not in have:
        return ""
    lines = [line for line in request.split("\n") if line.strip().startswith("policy_arns=")]
    arn = lines[-1].rpartition("=")[2].rpartition(",")[2] if lines else ""
    return f"read-only ({arn})" if arn and not arn.endswith(READ_ONLY) else "read-only"
