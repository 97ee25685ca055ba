"""Differential table, calls: the parameters sent to STS, and its answers. Facts are about botocore."""

from unittest.mock import ANY

import pytest
from botocore.exceptions import ClientError

from assume.simulator import faults
from assume.simulator.replies import Reply

from .both import failed, said
from .people import ALICE, BOB, HARDWARE, SECRET
from .rows import BASE, ROLE, Row, judge, params

WEB = "[profile p]\nrole_arn = <r1>\nweb_identity_token_file = <home>/web-identity\n"
ENDS_A_LINE = type("EndsALine", (), {"__eq__": lambda _, text: str(text).endswith("\n"), "__hash__": None})()
NOT_SENT: dict[str, object] = {"ExternalId": None, "SerialNumber": None, "TokenCode": None, "DurationSeconds": None}


def with_line(line):
    return f"{ROLE}{line}\n{BASE}"


REQUEST = [
    Row("RoleArn, RoleSessionName, and ExternalId, SerialNumber, TokenCode, DurationSeconds only if configured",
        ROLE + BASE, reaches="r1", sends={"RoleArn": ANY, "RoleSessionName": ANY} | NOT_SENT),
    Row("role_session_name is sent", with_line("role_session_name = me@example.com"), reaches="r1",
        sends={"RoleSessionName": "me@example.com"}),
    Row("role_session_name: a blank setting counts as none", with_line("role_session_name ="), reaches="r1"),
    Row("external_id is sent", with_line("external_id = Corp/2024:secret-handshake@x,y=z"), reaches="r1",
        sends={"ExternalId": "Corp/2024:secret-handshake@x,y=z"}),
    Row("external_id blank is sent (then fails)", with_line("external_id ="),
        error="Invalid length for parameter ExternalId"),
    Row("mfa_serial blank is sent (then fails)", with_line("mfa_serial ="),
        error="Invalid length for parameter SerialNumber"),
    Row("DurationSeconds = int(text)", with_line("duration_seconds = 1800"), reaches="r1",
        sends={"DurationSeconds": "1800"}),
    Row('DurationSeconds: Python\'s int() takes "7_200" too', with_line("duration_seconds = 7_200"), reaches="r1",
        sends={"DurationSeconds": "7200"}),
    *(Row(f"DurationSeconds = {text!r} is silently dropped", with_line(f"duration_seconds = {text}"), reaches="r1",
          sends={"DurationSeconds": None}) for text in ("1h", "1800.5", "")),
    Row("no default: STS's 3600", ROLE + BASE, reaches="r1", sends={"DurationSeconds": None}),
    Row("client-side checks: RoleArn, valid min length: 20", with_line("").replace("<r1>", "role/r1"),
        error="valid min length: 20", says="role_arn (config file, line 2) is not the ARN of a role"),
    Row("client-side checks: RoleSessionName < 2", with_line("role_session_name = x"),
        error="Invalid length for parameter RoleSessionName"),
    Row("client-side checks: ExternalId < 2", with_line("external_id = x"),
        error="Invalid length for parameter ExternalId"),
    Row("client-side checks: DurationSeconds < 900", with_line("duration_seconds = 899"), error="ParamValidationError",
        says="duration_seconds = 899 is too short\n  the least is 900 seconds"),
    Row("maxima are STS's business (ValidationError)", with_line(f"role_session_name = {'x' * 65}"),
        error="ValidationError"),
    Row("patterns are STS's business (ValidationError)", with_line("role_session_name = a b"), error="ValidationError"),
    Row("over the maximum of STS", with_line("duration_seconds = 43201"), error="ValidationError",
        says="make duration_seconds"),
    Row("a bad ARN is STS's business", with_line("").replace("<r1>", "arn:aws:iam::123456789012:group/x"),
        error="arn:aws:iam::123456789012:group/x is invalid"),
    Row("from any role source, AWS caps at 1 h (chaining)", ROLE.replace("base", "q") + "duration_seconds = 3601\n"
        "[profile q]\nrole_arn = <r2>\nsource_profile = base\n" + BASE,
        error="exceeds the 1 hour session limit",
        says="at most 3600, since the role is reached from temporary credentials"),
    Row("keys of ours in a profile are ignored by AWS tools: they change what is sent",
        with_line("session_tags = team=web,cost=42\ntransitive_session_tags = team\nsource_identity = alice"),
        reaches="r1",
        sends={"Tags.member.1.Key": None, "SourceIdentity": None}, differs="these settings are our own", ours="r1",
        says="(nothing: the calls differ)"),
]  # fmt: skip

MFA = [
    Row("the code goes with AssumeRole; botocore never calls GetSessionToken",
        with_line("mfa_serial = <serial>").replace("<r1>", "<wants-mfa>"),
        reaches="wants-mfa", roles=("wants-mfa",), sends={"TokenCode": ANY, "SerialNumber": ANY}),
    Row("a hardware device's serial", with_line(f"mfa_serial = {HARDWARE}").replace("<r1>", "<wants-mfa>"),
        reaches="wants-mfa",
        sends={"SerialNumber": HARDWARE}),
    Row("a device on a role that wants none", with_line("mfa_serial = <serial>"), reaches="r1",
        sends={"TokenCode": ANY}),
    Row("MFA missing: AccessDenied", with_line("").replace("<r1>", "<wants-mfa>"), error="AccessDenied",
        says="if the role wants MFA: add `mfa_serial"),
    Row("foreign device: ...unable to validate MFA code...",
        with_line("mfa_serial = arn:aws:iam::123456789012:mfa/bob"),
        error="unable to validate MFA code", says="check mfa_serial"),
    Row("over an hour with MFA", with_line("mfa_serial = <serial>\nduration_seconds = 7200"), reaches="r1",
        sends={"DurationSeconds": "7200"}),
]  # fmt: skip

WEB_IDENTITY = [
    Row("profile keys web_identity_token_file, role_arn, role_session_name", WEB + "role_session_name = job\n",
        reaches="r1",
        sends={"WebIdentityToken": ANY, "RoleSessionName": "job"}),
    Row("nothing else is sent (duration_seconds, external_id, mfa_serial are ignored)",
        WEB + "duration_seconds = 900\nexternal_id = 42\nmfa_serial = <serial>\n", reaches="r1", sends=NOT_SENT),
    Row("not even checked", WEB + "duration_seconds = 1\n", reaches="r1", sends=NOT_SENT),
    Row("unsigned", WEB, reaches="r1", region=""),
    Row("without role_arn: InvalidConfigError", WEB.replace("role_arn = <r1>\n", ""),
        error="has no role ARN configured",
        says="has web_identity_token_file and no role_arn"),
    Row("token file: opened as is (no ~ expansion)", WEB.replace("<home>", "~"), error="FileNotFoundError",
        says="web_identity_token_file (config file, line 3) cannot be read"),
    Row("missing -> FileNotFoundError", WEB.replace("web-identity\n", "none\n"), error="FileNotFoundError",
        says="cannot be read: No such file"),
    Row("token file: sent verbatim, a final newline too", WEB.replace("/web-identity", "/with-newline"),
        reaches="r1", sends={"WebIdentityToken": ENDS_A_LINE}),
    Row("a relative path is relative to cwd", WEB.replace("<home>/", ""), reaches="r1"),
    Row("InvalidIdentityToken 400", WEB.replace("/web-identity", "/rubbish"), error="InvalidIdentityToken",
        says="the web identity's file is not one that this role trusts"),
]  # fmt: skip

WORDS = [
    ("AccessDenied", 403, "Roles may not be assumed by root accounts.",
        "use the keys of a user, not of the account's root"),
    ("AccessDenied", 403, "User: x is not authorized to perform: sts:AssumeRole with an explicit deny",
        "an administrator"),
    ("InvalidClientTokenId", 403, "The security token included in the request is invalid.",
        "does not exist (any more)"),
    ("SignatureDoesNotMatch", 403, "The request signature we calculated does not match",
        "its secret access key is wrong"),
    ("ExpiredToken", 403, "The security token included in the request is expired", "renew the source"),
    ("RegionDisabledException", 403, "STS is not activated in this region", "choose another `region`"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def identities(both, monkeypatch):
    """The files that rows name."""
    good = both.identity().read_text()
    (both.home / "with-newline").write_text(good + "\n")
    (both.home / "rubbish").write_text("rubbish")
    monkeypatch.chdir(both.home)


@params(REQUEST)
def test_the_parameters_sent(both, row):
    judge(both, row)


@params(MFA)
def test_the_call_that_carries_the_code(both, row):
    judge(both, row)


@params(WEB_IDENTITY)
def test_web_identity(both, row):
    judge(both, row)


@pytest.mark.parametrize(("code", "status", "message", "cure"), WORDS)
def test_every_error_of_sts_comes_with_a_cure(both, code, status, message, cure):
    both.write(ROLE + BASE)
    both.plain.faults = lambda _: faults.refuse(status, code, message)
    theirs = both.botocore("p", both.here)
    ours = both.ours("p", both.here)
    assert isinstance(theirs.error, ClientError)
    assert len(theirs.calls) == len(ours.calls) == 1, "not retried"
    assert message in str(theirs.error)
    assert cure in said(ours)


@pytest.mark.parametrize(
    ("fault", "times"), [(faults.throttle(), 2), (faults.refuse(500, "InternalFailure", "x"), 2), (faults.cut(), 1)]
)
def test_throttling_and_broken_replies_are_tried_again(both, monkeypatch, fault, times):
    """Retried: throttling, 5xx, dropped connections ("standard", 3 tries)."""
    monkeypatch.setattr("time.sleep", lambda _: None)
    both.write(ROLE + BASE)
    answers = []
    for asked in (both.botocore, both.ours):
        both.plain.faults = faults.first(times, fault)
        answers.append(asked("p", both.here))
    if fault.kind == "cut" and failed(answers[0]) == "ResponseParserError":
        assert answers[1].error is None  # from botocore 1.44 on it is not retried; ours is
        return
    assert answers[0].essence == answers[1].essence
    assert len(answers[0].calls) == len(answers[1].calls) == times + 1


def test_the_text_of_a_parser_error_is_never_shown(both):
    """ResponseParserError's text quotes the whole answer, secrets included."""
    both.write(ROLE + BASE)
    canary = "aCanaryThatMustNotBeSeen"
    both.plain.faults = lambda _: faults.Fault("html", Reply(200, f"<a>{canary}<b>".encode(), "text/xml"))
    theirs = both.botocore("p", both.here)
    assert failed(theirs) == "ResponseParserError"
    assert canary in str(theirs.error)
    assert canary not in said(both.ours("p", both.here))
    assert canary not in said(both.ours("p", both.here, fast=False))


@pytest.mark.parametrize("fault", [faults.html(), faults.no_credentials()])
def test_a_portal_page_with_status_200_is_reported(both, fault):
    """HTML with status 200 (captive portal) -> KeyError."""
    both.write(ROLE + BASE)
    both.plain.faults = lambda _: fault
    assert failed(both.botocore("p", both.here)) in ("KeyError", "ResponseParserError")
    for fast in (True, False):
        assert "captive portal" in said(both.ours("p", both.here, fast=fast))


def test_keys_of_the_environment_never_replace_the_named_profile(both):
    """With AWS_PROFILE only (nothing named), environment keys beat the profile.

    *Differs, because* `assume PROFILE` always names: it reaches the profile, whatever the environment holds.
    """
    both.write(ROLE + BASE)
    env = both.here | {"AWS_PROFILE": "p", "AWS_ACCESS_KEY_ID": BOB, "AWS_SECRET_ACCESS_KEY": SECRET}
    assert both.botocore(None, env).identity.endswith("user/bob")
    ours = both.ours("p", env)
    assert "/r1/" in ours.identity
    assert [call.key_id for call in both.plain.calls] == [ALICE]


def test_the_environments_web_identity_is_its_own_source(both):
    """Environment web identity beats the profile's, key by key: here it has a name, --credential-source WebIdentity."""
    both.write(WEB.replace("r1", "r2") + "role_session_name = of-the-profile\n" + BASE)
    env = both.here | {
        "AWS_ROLE_ARN": both.filled("<r1>"),
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(both.home / "web-identity"),
    }
    theirs = both.botocore(None, env | {"AWS_PROFILE": "p"})
    assert theirs.identity.endswith("/r1/of-the-profile"), "an unset AWS_ROLE_SESSION_NAME falls back to the profile's"
    env["AWS_ROLE_SESSION_NAME"] = "of-the-environment"
    theirs = both.botocore(None, env | {"AWS_PROFILE": "p"})
    ours = both.ours("", env, "--credential-source", "WebIdentity")
    assert ours.identity.endswith("/r1/of-the-environment")
    assert ours.essence == theirs.essence


def test_environment_reads_aws_security_token_before_aws_session_token(both):
    both.write(ROLE + BASE + "[profile q]\nrole_arn = <r2>\ncredential_source = Environment\n")
    key_id, secret, session_token = both.ours("p", both.here).keys
    env = both.here | {"AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": secret}
    env |= {"AWS_SECURITY_TOKEN": session_token, "AWS_SESSION_TOKEN": "an old one"}
    theirs, ours = both.botocore("q", env), both.ours("q", env)
    assert theirs.identity.rpartition("/")[0].endswith("r2")
    assert ours.essence == theirs.essence
