"""Which profiles `each` means, and the plan for each of them. Calls nobody.

In: parsed config, patterns, the options that hold for all. Out: a Target for each profile, in the order of the files.
A pattern is a name with the wildcards `*`, `?` and `[…]`, or an account number of twelve digits.
"""

import time
from dataclasses import dataclass
from fnmatch import fnmatchcase

from assume.arguments import Options
from assume.errors import AssumeError, NoTerminal, shown
from assume.fast.middle import Planned
from assume.profiles.chain import CHAINED_MAX_S, Chain
from assume.profiles.config import Config
from assume.profiles.patterns import account
from assume.profiles.plan import plan
from assume.store import record
from assume.terminal import ask, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAMES_MOST = 8  # in the question about guarded profiles


@dataclass(slots=True)
class Target:
    """One profile. `plan` is None if it cannot be planned: then `error` says why."""

    name: str
    options: Options
    plan: Planned | None = None
    error: AssumeError | None = None
    account: str = ""

    @property
    def chain(self) -> Chain | None:
        """Its chain; None if it cannot be planned."""
        return self.plan.chain if self.plan is not None else None

    @property
    def role(self) -> str:
        """The name of its role, with the path; the ARN if it is of another form; "" without a role."""
        arn = self.chain.role_arn if self.chain is not None else ""
        return arn.partition(":role/")[2] or arn

    @property
    def is_guarded(self) -> bool:
        """Whether it asks before it gives credentials."""
        return self.chain is not None and self.chain.confirm and not self.options.yes

    @property
    def device(self) -> str:
        """The request of the MFA session that its first call may need; "" without a device, or with mfa_process."""
        chain = self.chain
        if chain is None:
            return ""
        if chain.serial:
            return "" if chain.mfa_process else chain.session_request(chain.serial)
        first = chain.hops[0] if chain.hops else None
        return chain.session_request(first.mfa_serial) if first and first.mfa_serial and not first.mfa_process else ""


def select(config: Config, patterns: "Sequence[str]", everything: bool) -> list[str]:
    """The names of the profiles that match, each once. Raises AssumeError for a pattern that matches none."""
    names = config.names()
    if everything:
        if not names:
            raise AssumeError("there are no profiles", "`aws configure` makes one")
        return names
    found: set[str] = set()
    for pattern in patterns:
        matching = {name for name in names if name == pattern or fnmatchcase(name, pattern)}
        if not matching and _is_account(pattern):
            matching = {name for name in names if account(config, name) == pattern}
        if not matching:
            what = f"no profile {'is of the account' if _is_account(pattern) else 'matches'} {pattern}: nothing was run"
            raise AssumeError(what, ("`assume list` shows the profiles", *_quoting(pattern)))
        found |= matching
    return [name for name in names if name in found]


def planned(config: Config, name: str, options: Options, base: "Mapping[str, str]", seen: dict[str, str]) -> Target:
    """The profile `name` with its plan, or with the reason why it has none. `options` are its own."""
    options.profile = name
    target = Target(name, options, account=account(config, name))
    try:
        chain = plan(config, options, base)
        if _is_long_with_mfa(chain):
            # one code for all roles: behind the MFA session they last an hour
            options.duration_s = CHAINED_MAX_S
            chain = plan(config, options, base)
    except AssumeError as error:
        error.profile = error.profile or name
        target.error = error
        return target
    target.plan = Planned(dict(base), seen, config, chain)
    target.account = show.account(chain.role_arn) or target.account
    return target


def confirm(targets: "Sequence[Target]") -> None:
    """One question for all guarded profiles, answered by their number. Raises AssumeError if it is not."""
    guarded = [target for target in targets if target.is_guarded]
    if not guarded:
        return
    count = str(len(guarded))
    names = ", ".join(shown(target.name) for target in guarded[:NAMES_MOST])
    more = f" and {len(guarded) - NAMES_MOST} more" if len(guarded) > NAMES_MOST else ""
    what = f"{count} of {len(targets)} profiles {'is' if count == '1' else 'are'} guarded"
    try:
        number = count if count == "1" else f"{count}, their number,"
        answer = ask.ask(f"{what} ({names}{more}). Type {number} to go on: ", echo=True)
    except NoTerminal:
        raise AssumeError(
            f"{what} (assume_confirm), and there is no terminal to ask on", "give --yes if you mean it"
        ) from None
    if answer != count:
        raise AssumeError("not confirmed: nothing was run", f"the answer is {count}, the number of guarded profiles")
    for target in guarded:
        target.options.yes = True


def stored_on_the_way(target: Target, store: str) -> set[str]:
    """With --refresh, the key ids of the stored credentials of every hop before the last: those to replace."""
    chain = target.chain
    if chain is None or not store or not target.options.refresh:
        return set()
    stored = (record.entry(store, chain.request(level), time.time()) for level in range(1, len(chain.hops)))
    return {credentials.key_id for credentials in stored if credentials is not None}


def _is_long_with_mfa(chain: Chain) -> bool:
    """Whether the only hop would need an MFA code of its own, because it lasts longer than AWS allows a session's."""
    if len(chain.hops) != 1:
        return False
    hop, keys = chain.hops[0], chain.source.keys
    is_static = keys is not None and not keys[2]
    return bool(hop.mfa_serial) and hop.mfa_session and is_static and (hop.duration_s or 0) > CHAINED_MAX_S


def _is_account(pattern: str) -> bool:
    return len(pattern) == 12 and pattern.isascii() and pattern.isdigit()


def _quoting(pattern: str) -> list[str]:
    """A cure for a pattern that a shell may have replaced by the names of files."""
    return ["quote a pattern, or the shell replaces it: assume each 'dev-*' -- …"] if "." in pattern else []
