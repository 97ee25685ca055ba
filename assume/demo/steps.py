"""The steps of the tour, in their order. Each types, looks, and raises Unlike where something is not so.

A step's docstring is its title. `tour` is a Tour: what it can do is written there.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from assume.demo import config

if TYPE_CHECKING:
    from assume.demo.tour import Tour
    from assume.simulator.calls import Call

HOME, OTHER, CLI = config.HOME_ACCOUNT, config.OTHER_ACCOUNT, config.CLI_ACCOUNT


class Unlike(Exception):
    """Something is not as it should be; the text is what should be."""


def first_role(tour: "Tour") -> None:
    """A role, with the keys of a user."""
    seen = tour.type("assume marketingadmin")
    tour.has("it says which account, and ends with 0", seen.status == 0 and HOME in seen.text)
    _is(tour, HOME, "marketingadminrole")
    _called(tour, 0, [("AssumeRole", config.MARKETING)])
    tour.has("the prompt says [marketingadmin]", tour.prompt.startswith("[marketingadmin] ") or tour.shell == "zsh")


def status(tour: "Tour") -> None:
    """Who this shell is."""
    seen = tour.type("assume status")
    words = ("marketingadmin", config.MARKETING, HOME, "us-west-2", "in this shell")
    tour.has("profile, role, account, region, and that it was taken here", all(word in seen.text for word in words))
    tour.has("exit status 0: the role is live", seen.status == 0)


def region(tour: "Tour") -> None:
    """The profile's region, and another one."""
    before = len(tour.calls())
    tour.has("AWS_REGION is the profile's, us-west-2", _regions(tour) == {"us-west-2"})
    tour.type("assume marketingadmin --region eu-central-1")
    tour.has("AWS_REGION and AWS_DEFAULT_REGION are eu-central-1", _regions(tour) == {"eu-central-1"})
    _called(tour, before, [])


def with_mfa(tour: "Tour") -> None:
    """A role behind MFA: it asks, and asks again after a wrong code."""
    before = len(tour.calls())
    serial = config.CLI_USER_MFA
    seen = tour.type("assume role-with-mfa", tour.wrong_code(serial), tour.code(serial))
    tour.has("the wrong code was refused, and the next one taken", seen.asked == 2 and "wrong" in seen.text)
    tour.has("it ends with 0", seen.status == 0)
    _is(tour, CLI, "cli-role")
    _called(tour, before, [("GetSessionToken", ""), ("GetSessionToken", ""), ("AssumeRole", config.CLI_ROLE)])


def second_role_behind_mfa(tour: "Tour") -> None:
    """Another role behind the same device asks nothing."""
    before = len(tour.calls())
    seen = tour.type("assume auditor-with-mfa")
    tour.has("nothing was asked", seen.asked == 0 and seen.status == 0)
    _is(tour, CLI, "auditor")
    _called(tour, before, [("AssumeRole", config.AUDITOR)])


def without_mfa(tour: "Tour") -> None:
    """A role that wants MFA, and a profile without it."""
    seen = tour.type("assume role-without-mfa")
    tour.has("refused, with status 1", seen.status == 1)
    tour.has("and with the reason and the line to add", "STS refused" in seen.text and "mfa_serial = " in seen.text)
    tour.has("the shell keeps the role that it had", ":assumed-role/auditor/" in tour.identity())


def across_accounts(tour: "Tour") -> None:
    """Another account, with an external ID and the code of another device."""
    before = len(tour.calls())
    seen = tour.type("assume crossaccountrole", tour.code(config.SAANVI_MFA))
    tour.has("asked once, and in", seen.asked == 1 and seen.status == 0)
    _is(tour, OTHER, "crossaccountrole")
    _called(tour, before, [("GetSessionToken", ""), ("AssumeRole", config.CROSS)])
    tour.has("with the external ID", tour.calls()[-1].params.get("ExternalId") == config.EXTERNAL_ID)


def named_session(tour: "Tour") -> None:
    """A session with a name."""
    tour.type("assume namedsessionrole")
    tour.has("its name is in the identity", tour.identity().endswith(":assumed-role/SomeRole/Session_Maria_Garcia"))


def web_identity(tour: "Tour") -> None:
    """A web identity, with no keys at all."""
    before = len(tour.calls())
    tour.type("assume web-identity")
    _is(tour, HOME, "RoleNameToAssume")
    _called(tour, before, [("AssumeRoleWithWebIdentity", config.WEB)])


def chain(tour: "Tour") -> None:
    """A chain of three roles, then its end under another name: the first two hops are stored."""
    before = len(tour.calls())
    tour.type("assume workload")
    _is(tour, CLI, "workload")
    _called(tour, before, [("AssumeRole", role) for role in (config.HUB, config.LANDING, config.WORKLOAD)])
    before = len(tour.calls())
    tour.type("assume workload --session-name second")
    tour.has("the last hop is another session", tour.identity().endswith(":assumed-role/workload/second"))
    _called(tour, before, [("AssumeRole", config.WORKLOAD)])


def one_before(tour: "Tour") -> None:
    """The request before this one."""
    before = len(tour.calls())
    tour.type("assume -")
    tour.has("workload under the first name", not tour.identity().endswith("/second"))
    tour.type("assume -")
    tour.has("and the second again", tour.identity().endswith(":assumed-role/workload/second"))
    _called(tour, before, [])


def one_command(tour: "Tour") -> None:
    """One command with a role."""
    before = len(tour.calls())
    seen = tour.type("assume exec marketingadmin -- sh -c 'echo I am $ASSUME_PROFILE; exit 7'")
    tour.has("the command had the role", seen.text.endswith("I am marketingadmin"))
    tour.has("and its status is the status", seen.status == 7)
    tour.has("the shell keeps its own", tour.identity().endswith(":assumed-role/workload/second"))
    _called(tour, before, [])


def guard(tour: "Tour") -> None:
    """A guarded profile."""
    before = len(tour.calls())
    seen = tour.type("assume prod", lambda: "")
    tour.has("no answer: refused, with status 1, and STS was not called", (seen.asked, seen.status) == (1, 1))
    tour.has("the shell keeps its own", tour.identity().endswith(":assumed-role/workload/second"))
    _called(tour, before, [])
    tour.type("assume prod", lambda: CLI)
    _is(tour, CLI, "ProductionAdmin")
    tour.has("the prompt says PROD", "PROD" in tour.prompt or tour.shell == "zsh")


def second_terminal(tour: "Tour") -> None:
    """A second terminal has what the first one got."""
    before = len(tour.calls())
    tour.open()
    seen = tour.type("assume role-with-mfa")
    tour.has("nothing was asked", seen.asked == 0 and seen.status == 0)
    _is(tour, CLI, "cli-role")
    tour.back()
    _called(tour, before, [])


def off(tour: "Tour") -> None:
    """The shell as it was."""
    seen = tour.type("assume off")
    tour.has("it ends with 0", seen.status == 0)
    tour.has("the environment is what it was before the first role, byte for byte", tour.environment() == tour.first)
    tour.has("and so is the prompt", tour.prompt.startswith("demo "))


STEPS: tuple[Callable[["Tour"], None], ...] = (
    first_role,
    status,
    region,
    with_mfa,
    second_role_behind_mfa,
    without_mfa,
    across_accounts,
    named_session,
    web_identity,
    chain,
    one_before,
    one_command,
    guard,
    second_terminal,
    off,
)


def _is(tour: "Tour", account: str, role: str) -> None:
    start = f"arn:aws:sts::{account}:assumed-role/{role}/"
    tour.has(f"the shell is {role} in {account}", tour.identity().startswith(start))


def _regions(tour: "Tour") -> set[str]:
    have = tour.environment()
    return {have.get("AWS_REGION", ""), have.get("AWS_DEFAULT_REGION", "")}


def _called(tour: "Tour", before: int, wanted: list[tuple[str, str]]) -> None:
    """What STS was asked since `before`: actions, and the role where there is one."""
    seen = [_shown(call) for call in tour.calls()[before:]]
    words = [f"{action} {role.rpartition('/')[2]}".rstrip() for action, role in wanted]
    what = f"STS was called for {', '.join(words)}" if words else "STS was not called"
    tour.has(what if seen == words else f"{what}; it was called for {', '.join(seen) or 'nothing'}", seen == words)


def _shown(call: "Call") -> str:
    return f"{call.action} {call.params.get('RoleArn', '').rpartition('/')[2]}".rstrip()
