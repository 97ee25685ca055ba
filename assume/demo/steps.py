"""The steps of the tour, in their order. Each types lines and checks the results; see `session`.

The docstring of a step is its title in the report.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from assume.demo import config
from assume.demo.session import Session
from assume.simulator.center import APPROVE

if TYPE_CHECKING:
    from assume.simulator.calls import Call

HOME, OTHER, CLI = config.HOME_ACCOUNT, config.OTHER_ACCOUNT, config.CLI_ACCOUNT


def first_role(session: Session) -> None:
    """A role, from the keys of a user."""
    seen = session.type("assume marketingadmin")
    session.check("it names the account, status 0", seen.status == 0 and HOME in seen.text)
    _is(session, HOME, "marketingadminrole")
    _called(session, 0, [("AssumeRole", config.MARKETING)])
    session.check(
        "the prompt shows [marketingadmin]", session.prompt.startswith("[marketingadmin] ") or session.shell == "zsh"
    )


def status(session: Session) -> None:
    """The role of this shell."""
    seen = session.type("assume status")
    words = ("marketingadmin", config.MARKETING, HOME, "us-west-2", "in this shell")
    passed = all(word in seen.text for word in words)
    session.check("it shows profile, role, account, region, and that the role is of this shell", passed)
    session.check("status 0: the role has not expired", seen.status == 0)


def region(session: Session) -> None:
    """The profile's region, and another one."""
    before = len(session.calls())
    session.check("AWS_REGION is the region of the profile, us-west-2", _regions(session) == {"us-west-2"})
    session.type("assume marketingadmin --region eu-central-1")
    session.check("AWS_REGION and AWS_DEFAULT_REGION are eu-central-1", _regions(session) == {"eu-central-1"})
    _called(session, before, [])


def with_mfa(session: Session) -> None:
    """A role that requires MFA: assume asks for a code, and again after a wrong one."""
    before = len(session.calls())
    serial = config.CLI_USER_MFA
    seen = session.type("assume role-with-mfa", session.wrong_code(serial), session.code(serial))
    session.check("the wrong code was refused, the next one accepted", seen.asked == 2 and "wrong" in seen.text)
    session.check("status 0", seen.status == 0)
    _is(session, CLI, "cli-role")
    _called(session, before, [("GetSessionToken", ""), ("GetSessionToken", ""), ("AssumeRole", config.CLI_ROLE)])


def second_role_behind_mfa(session: Session) -> None:
    """Another role behind the same MFA device: no question."""
    before = len(session.calls())
    seen = session.type("assume auditor-with-mfa")
    session.check("there was no question", seen.asked == 0 and seen.status == 0)
    _is(session, CLI, "auditor")
    _called(session, before, [("AssumeRole", config.AUDITOR)])


def without_mfa(session: Session) -> None:
    """A role that requires MFA, and a profile without mfa_serial."""
    seen = session.type("assume role-without-mfa")
    session.check("refused, with status 1", seen.status == 1)
    explained = "STS refused" in seen.text and "mfa_serial = " in seen.text
    session.check("the message has the reason and the line to add", explained)
    session.check("the shell keeps its role", ":assumed-role/auditor/" in session.identity())


def across_accounts(session: Session) -> None:
    """Another account, with an external ID and the code of another device."""
    before = len(session.calls())
    seen = session.type("assume crossaccountrole", session.code(config.SAANVI_MFA))
    session.check("one question, status 0", seen.asked == 1 and seen.status == 0)
    _is(session, OTHER, "crossaccountrole")
    _called(session, before, [("GetSessionToken", ""), ("AssumeRole", config.CROSS)])
    sent = session.calls()[-1].params.get("ExternalId")
    session.check("the call had the external ID", sent == config.EXTERNAL_ID)


def named_session(session: Session) -> None:
    """A session with a name."""
    session.type("assume namedsessionrole")
    session.check(
        "the identity ends in the session's name",
        session.identity().endswith(":assumed-role/SomeRole/Session_Maria_Garcia"),
    )


def web_identity(session: Session) -> None:
    """A web identity, without any keys."""
    before = len(session.calls())
    session.type("assume web-identity")
    _is(session, HOME, "RoleNameToAssume")
    _called(session, before, [("AssumeRoleWithWebIdentity", config.WEB)])


def chain(session: Session) -> None:
    """A chain of three roles, then the last role in another session: the first two hops are stored."""
    before = len(session.calls())
    session.type("assume workload")
    _is(session, CLI, "workload")
    _called(session, before, [("AssumeRole", role) for role in (config.HUB, config.LANDING, config.WORKLOAD)])
    before = len(session.calls())
    session.type("assume workload --session-name second")
    session.check("the session has the other name", session.identity().endswith(":assumed-role/workload/second"))
    _called(session, before, [("AssumeRole", config.WORKLOAD)])


def one_before(session: Session) -> None:
    """The previous role."""
    before = len(session.calls())
    session.type("assume -")
    session.check("the shell is back in the first session", not session.identity().endswith("/second"))
    session.type("assume -")
    session.check("and then in the second again", session.identity().endswith(":assumed-role/workload/second"))
    _called(session, before, [])


def one_command(session: Session) -> None:
    """One command with a role."""
    before = len(session.calls())
    seen = session.type("assume exec marketingadmin -- sh -c 'echo I am $ASSUME_PROFILE; exit 7'")
    session.check("the command had the role", seen.text.endswith("I am marketingadmin"))
    session.check("its status became the status of exec", seen.status == 7)
    session.check("the shell keeps its role", session.identity().endswith(":assumed-role/workload/second"))
    _called(session, before, [])


def guard(session: Session) -> None:
    """A guarded profile."""
    before = len(session.calls())
    seen = session.type("assume prod", lambda: "")
    session.check("without an answer it is refused, with status 1", (seen.asked, seen.status) == (1, 1))
    session.check("the shell keeps its role", session.identity().endswith(":assumed-role/workload/second"))
    _called(session, before, [])
    session.type("assume prod", lambda: CLI)
    _is(session, CLI, "ProductionAdmin")
    session.check("the prompt shows PROD", "PROD" in session.prompt or session.shell == "zsh")


def second_terminal(session: Session) -> None:
    """A second terminal uses the stored credentials of the first."""
    before = len(session.calls())
    session.open()
    seen = session.type("assume role-with-mfa")
    session.check("there was no question", seen.asked == 0 and seen.status == 0)
    _is(session, CLI, "cli-role")
    session.close_last()
    _called(session, before, [])


def sign_in(session: Session) -> None:
    """IAM Identity Center: signing out, then signing in again in the browser."""
    session.world.center.browser = APPROVE
    seen = session.type("assume logout")
    session.check("signed out", seen.status == 0 and "signed out of example" in seen.text)
    seen = session.type("assume exec sso-reader --no-cache -- true", lambda: "n")
    session.check("a role needs the sign-in, and offers it", seen.status == 1 and seen.asked == 1)
    seen = session.type("assume login --browser")
    session.check("signed in, in the browser", seen.status == 0 and "signed in to example" in seen.text)
    seen = session.type("assume sso-reader")
    session.check("there was no question", seen.asked == 0 and seen.status == 0)
    _is(session, OTHER, config.SSO_ROLE.rpartition("/")[2])


def off(session: Session) -> None:
    """Without a role, as at the start."""
    seen = session.type("assume off")
    session.check("status 0", seen.status == 0)
    session.check("the environment is the same as before the first role", session.environment() == session.first)
    session.check("and so is the prompt", session.prompt.startswith("demo "))


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
    sign_in,
    off,
)


def _is(session: Session, account: str, role: str) -> None:
    start = f"arn:aws:sts::{account}:assumed-role/{role}/"
    session.check(f"the shell is {role} in {account}", session.identity().startswith(start))


def _regions(session: Session) -> set[str]:
    have = session.environment()
    return {have.get("AWS_REGION", ""), have.get("AWS_DEFAULT_REGION", "")}


def _called(session: Session, before: int, wanted: list[tuple[str, str]]) -> None:
    """Checks the calls to STS after the first `before`: pairs of action and role ARN ("" for an action without one)."""
    seen = [_shown(call) for call in session.calls()[before:]]
    expected = [f"{action} {role.rpartition('/')[2]}".rstrip() for action, role in wanted]
    text = f"STS was called for {', '.join(expected)}" if expected else "STS was not called"
    if seen != expected:
        text = f"{text}; it was called for {', '.join(seen) or 'nothing'}"
    session.check(text, seen == expected)


def _shown(call: "Call") -> str:
    return f"{call.action} {call.params.get('RoleArn', '').rpartition('/')[2]}".rstrip()
