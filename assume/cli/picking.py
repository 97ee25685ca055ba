"""The picker for `assume` without a profile, or with a name that no profile has: what it offers, and in which order.

Recently used profiles come first, newest first, then the order of the files. The history tells what was used when;
without one (ASSUME_HISTORY=0) it is the age of the store's pointers, one of which is written whenever a role is got.
"""

import os
import time

from assume import paths
from assume.cli.rows import Rows
from assume.errors import AssumeError, ConfigError, UsageError
from assume.profiles.config import Config, read
from assume.shells import environment
from assume.store import history, record, write
from assume.terminal import show
from assume.terminal.filter import About

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RECENT_MOST = 20  # profiles that come first


def is_possible() -> bool:
    """Whether a person can pick: False in a script."""
    return show.is_terminal(0) and show.is_terminal(2)


def picked(have: "dict[str, str]", role_arn: str = "", typed: str = "") -> str:
    """The profile that the user picks; `typed` is what the filter starts with. Raises UsageError in a script.

    `role_arn`: the role that is to be assumed from the profile, if it is not the profile's own.
    Returns "" if nothing matches `typed`.
    """
    if not is_possible():
        raise UsageError("which profile?", "assume PROFILE; `assume list` shows them")
    base, _ = environment.baseline(have)
    config = Config(*map(read, paths.aws_files(base)))
    names = [name for name in config.names() if name.isprintable()]
    if not names:
        raise ConfigError("no profiles: there is no AWS config here", "`aws configure` makes one")
    if typed:
        folded = typed.casefold().split()
        if not any(all(word in name.casefold() for word in folded) for name in names):
            return ""
        show.say(f"assume: {typed}: no such profile; choose one that matches, or leave with Esc")
    first = [name for name in recent(base) if name in config]
    names = list(dict.fromkeys([*first, *names]))
    rows = Rows(config, base, time.time())
    known: dict[str, About] = {}

    def about(name: str) -> About:
        if name not in known:
            known[name] = _about(rows, name)
        return known[name]

    from assume.terminal.pick import pick

    heading = f"source profile for role {role_arn.rpartition('/')[2]}: " if role_arn else "profile: "
    return pick(names, about, _texts(config, names), heading=heading, typed=typed, environment=have)


def recent(base: "dict[str, str]") -> "list[str]":
    """The profiles that were used last from the present AWS files, newest first."""
    folder = paths.store(base)
    is_off = base.get("ASSUME_HISTORY", "").lower() in ("0", "no", "false", "off")
    switches = [] if is_off else [switch for switch in history.latest(folder) if switch["verb"] != "renew"]
    if switches:
        return list(dict.fromkeys(switch["profile"] for switch in switches))[:RECENT_MOST]
    aged: list[tuple[float, str]] = []
    for name in write.names(folder, record.POINTER):
        try:
            aged.append((os.stat(f"{folder}/{name}").st_mtime, name))
        except OSError:
            continue
    found: dict[str, None] = {}
    start = "\n".join(paths.aws_files(base)) + "\n"
    for _, name in sorted(aged, reverse=True):
        fields = record.read(folder, name) or {}
        if fields.get("aws_profile") and fields.get("key", "").startswith(start):
            found[fields["aws_profile"]] = None
        if len(found) == RECENT_MOST:
            break
    return list(found)


def _about(rows: Rows, name: str) -> About:
    row = rows.row(name)
    if row.error:
        return About(error=row.error)
    marks = " ".join(word for word, is_on in (("MFA", row.mfa), ("guarded", row.is_guarded)) if is_on)
    left_s = (row.expires_at or 0) - rows.now
    left = show.left(left_s) if left_s > 0 else ""
    return About(row.account, row.role, row.region, left=left, marks=marks, is_guarded=row.is_guarded)


def _texts(config: Config, names: "list[str]") -> "Iterator[str]":
    """What is searched beside the name: account, role and region, as far as the profile's own settings have them."""
    for name in names:
        try:
            values = config.profile(name) or {}
        except AssumeError:
            values = {}
        role_arn = values.get("role_arn", "")
        account, role = show.account(role_arn), role_arn.partition(":role/")[2]
        texts = (account, role, values.get("sso_account_id"), values.get("sso_role_name"), values.get("region"))
        yield " ".join(text for text in (*texts, "MFA" if values.get("mfa_serial") else "") if text)
