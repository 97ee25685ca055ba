"""The steps of the tour, in their order. Each types, looks, and raises Unlike where something is not so.

A step's docstring is its title. `session` is a Session: what it can do is written there.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from assume.demo import config
from assume.demo.session import Session

if TYPE_CHECKING:
    from assume.simulator.calls import Call

HOME, OTHER, CLI = config.HOME_ACCOUNT, config.OTHER_ACCOUNT, config.CLI_ACCOUNT


def first_role(session: Session) -> None:
    """A role, with the keys of a user."""
    seen = session.type("assume marketingadmin")
    session.has("it says which account, and ends with 0", seen.status == 0 and HOME in seen.text)
    _is(session, HOME, "marketingadminrole")
    _called(session, 0, [("AssumeRole", config.MARKETING)])
    session.has(
        "the prompt says [marketingadmin]", session.prompt.startswith("[marketingadmin] ") or session.shell == "zsh"
    )


def status(session: Session) -> None:
    """Who this shell is."""
    seen = session.type("assume status")
    words = ("marketingadmin", config.MARKETING, HOME, "us-west-2", "in this shell")
    session.has("profile, role, account, region, and that it was taken here", all(word in seen.text for word in words))
    session.has("exit status 0: the role is live", seen.status == 0)


def region(session: Session) -> None:
    """The profile's region, and another one."""
    before = len(session.calls())
    session.has("AWS_REGION is the profile's, us-west-2", _regions(session) == {"us-west-2"})
    session.type("assume marketingadmin --region eu-central-1")
    session.has("AWS_REGION and AWS_DEFAULT_REGION are eu-central-1", _regions(session) == {"eu-central-1"})
    _called(session, before, [])


def with_mfa(session: Session) -> None:
    """A role behind MFA: it asks, and asks again after a wrong code."""
    before = len(session.calls())
    serial = config.CLI_USER_MFA
    seen = session.type("assume role-with-mfa", session.wrong_code(serial), session.code(serial))
    session.has("the wrong code was refused, and the next one taken", seen.asked == 2 and "wrong" in seen.text)
    session.has("it ends with 0", seen.status == 0)
    _is(session, CLI, "cli-role")
    _called(session, before, [("GetSessionToken", ""), ("GetSessionToken", ""), ("AssumeRole", config.CLI_ROLE)])


def second_role_behind_mfa(session: Session) -> None:
    """Another role behind the same device asks nothing."""
    before = len(session.calls())
    seen = session.type("assume auditor-with-mfa")
    session.has("nothing was asked", seen.asked == 0 and seen.status == 0)
    _is(session, CLI, "auditor")
    _called(session, before, [("AssumeRole", config.AUDITOR)])


def without_mfa(session: Session) -> None:
    """A role that wants MFA, and a profile without it."""
    seen = session.type("assume role-without-mfa")
    session.has("refused, with status 1", seen.status == 1)
    session.has("and with the reason and the line to add", "STS refused" in seen.text and "mfa_serial = " in seen.text)
    session.has("the shell keeps the role that it had", ":assumed-role/auditor/" in session.identity())


def across_accounts(session: Session) -> None:
    """Another account, with an external ID and the code of another device."""
    before = len(session.calls())
    seen = session.type("assume crossaccountrole", session.code(config.SAANVI_MFA))
    session.has("asked once, and in", seen.asked == 1 and seen.status == 0)
    _is(session, OTHER, "crossaccountrole")
    _called(session, before, [("GetSessionToken", ""), ("AssumeRole", config.CROSS)])
    session.has("with the external ID", session.calls()[-1].params.get("ExternalId") == config.EXTERNAL_ID)


def named_session(session: Session) -> None:
    """A session with a name."""
    session.type("assume namedsessionrole")
    session.has(
        "its name is in the identity", session.identity().endswith(":assumed-role/SomeRole/Session_Maria_Garcia")
    )


def web_identity(session: Session) -> None:
    """A web identity, with no keys at all."""
    before = len(session.calls())
    session.type("assume web-identity")
    _is(session, HOME, "RoleNameToAssume")
    _called(session, before, [("AssumeRoleWithWebIdentity", config.WEB)])


def chain(session: Session) -> None:
    """A chain of three roles, then its end under another name: the first two hops are stored."""
    before = len(session.calls())
    session.type("assume workload")
    _is(session, CLI, "workload")
    _called(session, before, [("AssumeRole", role) for role in (config.HUB, config.LANDING, config.WORKLOAD)])
    before = len(session.calls())
    session.type("assume workload --session-name second")
    session.has("the last hop is another session", session.identity().endswith(":assumed-role/workload/second"))
    _called(session, before, [("AssumeRole", config.WORKLOAD)])


def one_before(session: Session) -> None:
    """The request before this one."""
    before = len(session.calls())
    session.type("assume -")
    session.has("workload under the first name", not session.identity().endswith("/second"))
    session.type("assume -")
    session.has("and the second again", session.identity().endswith(":assumed-role/workload/second"))
    _called(session, before, [])


def one_command(session: Session) -> None:
    """One command with a role."""
    before = len(session.calls())
    seen = session.type("assume exec marketingadmin -- sh -c 'echo I am $ASSUME_PROFILE; exit 7'")
    session.has("the command had the role", seen.text.endswith("I am marketingadmin"))
    session.has("and its status is the status", seen.status == 7)
    session.has("the shell keeps its own", session.identity().endswith(":assumed-role/workload/second"))
    _called(session, before, [])


def guard(session: Session) -> None:
    """A guarded profile."""
    before = len(session.calls())
    seen = session.type("assume prod", lambda: "")
    session.has("no answer: refused, with status 1, and STS was not called", (seen.asked, seen.status) == (1, 1))
    session.has("the shell keeps its own", session.identity().endswith(":assumed-role/workload/second"))
    _called(session, before, [])
    session.type("assume prod", lambda: CLI)
    _is(session, CLI, "ProductionAdmin")
    session.has("the prompt says PROD", "PROD" in session.prompt or session.shell == "zsh")


def second_terminal(session: Session) -> None:
    """A second terminal has what the first one got."""
    before = len(session.calls())
    session.open()
    seen = session.type("assume role-with-mfa")
    session.has("nothing was asked", seen.asked == 0 and seen.status == 0)
    _is(session, CLI, "cli-role")
    session.back()
    _called(session, before, [])


def off(session: Session) -> None:
    """The shell as it was."""
    seen = session.type("assume off")
    session.has("it ends with 0", seen.status == 0)
    session.has(
        "the environment is what it was before the first role, byte for byte", session.environment() == session.first
    )
    session.has("and so is the prompt", session.prompt.startswith("demo "))


STEPS: tuple[Callable[[Session], None], ...] = (
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


def _is(session: Session, account: str, role: str) -> None:
    start = f"arn:aws:sts::{account}:assumed-role/{role}/"
    session.has(f"the shell is {role} in {account}", session.identity().startswith(start))


def _regions(session: Session) -> set[str]:
    have = session.environment()
    return {have.get("AWS_REGION", ""), have.get("AWS_DEFAULT_REGION", "")}


def _called(session: Session, before: int, wanted: list[tuple[str, str]]) -> None:
    """What STS was asked since `before`: actions, and the role where there is one."""
    seen = [_shown(call) for call in session.calls()[before:]]
    words = [f"{action} {role.rpartition('/')[2]}".rstrip() for action, role in wanted]
    what = f"STS was called for {', '.join(words)}" if words else "STS was not called"
    session.has(what if seen == words else f"{what}; it was called for {', '.join(seen) or 'nothing'}", seen == words)


def _shown(call: "Call") -> str:
    return f"{call.action} {call.params.get('RoleArn', '').rpartition('/')[2]}".rstrip()
