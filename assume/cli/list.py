"""`list`: every profile, how it gets credentials, and how long its cached ones last. Calls nobody."""

import time

from assume import arguments, paths
from assume.aws.sign_in import state as sign_in_state
from assume.errors import AssumeError, shown
from assume.profiles.chain import SSO
from assume.profiles.config import Config, read
from assume.profiles.plan import plan
from assume.shells import environment
from assume.shells.render import encoded
from assume.store import record
from assume.terminal import show


def run(as_json: bool = False) -> int:
    """Prints a table, or with --json an array of objects. Returns the exit status."""
    base, _ = environment.baseline(environment.own_environment())
    config = Config(*map(read, paths.aws_files(base)))
    rows = [_row(name, config, base, time.time()) for name in config.names()]
    if as_json:
        import json

        return 0 if show.write(1, (json.dumps(rows, indent=2) + "\n").encode()) else 1
    if not rows:
        show.say(f"assume: no profiles in {' or '.join(paths.aws_files(base))}\n  `aws configure` makes one")
        return 1
    written = _print(rows)
    for warning in config.warnings:
        show.say(f"assume: {warning}")
    return 0 if written else 1


def _row(name: str, config: Config, base: dict[str, str], now: float) -> dict[str, str]:
    options = arguments.Options()
    options.profile = name
    try:
        chain = plan(config, options, base)
    except AssumeError as error:
        return {
            "profile": name,
            "credentials": "",
            "account": "",
            "role": "",
            "left": "",
            "sign_in": "",
            "error": error.what,
        }
    steps = [hop.profile for hop in reversed(chain.hops[:-1])]
    source = chain.source.profile if chain.source.profile != name else chain.source.kind
    how = " < ".join([*steps, source]) if chain.hops else chain.source.kind
    stored = record.entry(paths.store(base), chain.request(len(chain.hops)), now)
    left = show.left(stored.left_s(now)) if stored is not None else ""
    account, role = show.account(chain.role_arn), chain.role_arn.partition(":role/")[2] or chain.role_arn
    if chain.source.kind == SSO and not chain.hops:
        values = config.profile(chain.source.profile) or {}
        account, role = values.get("sso_account_id", ""), values.get("sso_role_name", "")
    sign_in = ""
    if chain.source.kind == SSO:
        session = (config.profile(chain.source.profile) or {}).get("sso_session", "")
        sign_in = sign_in_state(chain.files[0], now, renewable=bool(session))
        how += f" {session}" if session and not chain.hops else ""
    if any(hop.mfa_serial for hop in chain.hops):
        how += " + MFA"
    return {
        "profile": name,
        "credentials": how,
        "account": account,
        "role": role,
        "left": left,
        "sign_in": sign_in,
        "error": "",
    }


def _print(rows: list[dict[str, str]]) -> bool:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("profile", "credentials from", "account", "role", "cached"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        name = Text(shown(row["profile"]), style="bold red" if show.is_production(row["profile"]) else "")
        if show.is_production(row["profile"]):
            name.append(" PROD")
        if row["error"]:
            table.add_row(name, Text(shown(row["error"]), style="yellow"))
        else:
            ended = {"ended": ", sign-in ended", "none": ", not signed in"}.get(row["sign_in"], "")
            cells = (row["credentials"] + ended, row["account"], row["role"], row["left"])
            table.add_row(name, *(Text(shown(cell)) for cell in cells))
    console = Console(soft_wrap=False)
    if console.is_terminal:
        console.print(table)
        return True
    plain = Console(width=4000)
    with plain.capture() as text:
        plain.print(table)
    return show.write(1, encoded(text.get()))  # UTF-8, whatever code page a pipe has on Windows
