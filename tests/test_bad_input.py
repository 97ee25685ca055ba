"""Bad input: the message with its profile and cure, the exit status; nothing changed, nothing on standard output."""

import pytest

from assume.demo import config
from assume.simulator.iam import PLAIN, Trust

from .cold.test_resolve import COMMON
from .program import actions

MARKETING = config.MARKETING
GOOD = f"role_arn = {MARKETING}\nsource_profile = user1\n{COMMON}\n"


def snapshot(program):
    """Every file of the home, without the store's notes, locks and sweep marks."""
    files = (path for path in program.home.path.rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in files if path.suffix not in (".lock", ".note")}


def refused(program, *words, status=1, **env):
    """Runs a switch that has to fail; returns its message."""
    before = snapshot(program)
    done = program("use", "--shell", "bash", *words, **env)
    assert (done.status, done.out) == (status, "")
    assert snapshot(program) == before, "nothing was changed"
    assert done.err.startswith("assume: ")
    assert all(line.startswith("  ") for line in done.err.splitlines()[1:])
    return done.err


def test_no_such_profile_with_the_nearest_names(program, sts):
    said = refused(program, "marketingadmim")
    assert said == "assume: marketingadmim: no such profile\n  did you mean: marketingadmin?\n"
    assert refused(program, "zzz").endswith("no such profile\n  `assume list` shows them\n")
    assert actions(sts) == []


def test_no_config_at_all(program, tmp_path):
    env = {"AWS_CONFIG_FILE": str(tmp_path / "none"), "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
    assert refused(program, "dev", **env) == (
        "assume: dev: no profiles: there is no AWS config here\n"
        f"  AWS_CONFIG_FILE names {tmp_path}/none, which does not exist\n"
        "  `aws configure` makes one\n"
    )


BAD = {
    "a loop": ("source_profile = other\n[profile other]\nrole_arn = ROLE\nsource_profile = bad\n",
        "bad: source_profile goes in a circle: bad -> other -> bad", "outside the circle"),
    "both sources": ("source_profile = user1\ncredential_source = Environment\n", "bad: has both",
        "remove one of them"),
    "neither source": ("", "bad: has role_arn, and neither", "add `source_profile = NAME`"),
    "a bad source": ("credential_source = Ec2\n", "bad: unknown credential_source Ec2",
        "use Environment, Ec2InstanceMetadata"),
    "a missing source": ("source_profile = user\n", "bad: its source_profile user does not exist",
        "did you mean: user1, cli-user?"),
    "half a key pair": ("source_profile = half\n[profile half]\naws_access_key_id = AKIAHALFHALFHALFHALF\n",
        "half: has an access key id but no aws_secret_access_key", "put both in the same file"),
    "a broken line": ("source_profile = user1\nregion\n", "config file, line", "correct that line of [profile bad]"),
    "too short a time": ("source_profile = user1\nduration_seconds = 60\n", "bad: duration_seconds = 60 is too short",
        "900"),
    "tags without a value": ("source_profile = user1\nsession_tags = x\n", "bad: session_tags: x is not key=value",
        "write `session_tags"),
    "an invalid region": ("source_profile = user1\nregion = eu west\n", "is not a valid value",
        "correct that setting"),
    "an invalid number of attempts": ("source_profile = hub\nmax_attempts = many\n", "bad: its max_attempts ",
        ") is not valid\n  it has to be a number"),
    "an invalid endpoint": ("source_profile = user1\nregion = us-east-1\nendpoint_url = host\n",
        "bad: its endpoint_url (config file, line ", ") is not a URL\n  it looks"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_a_config_that_leads_nowhere(program, sts, kind):
    lines, what, cure = BAD[kind]
    program.write(f"[profile bad]\nrole_arn = ROLE\n{lines}".replace("ROLE", MARKETING))
    said = refused(program, "bad")
    assert what in said
    assert cure in said
    assert actions(sts) == []
    assert program("export", "user1", "--format", "json").status == 0, "other profiles still work"


def test_an_invalid_line_is_reported_by_its_number_and_other_profiles_still_work(program):
    program.write("[profile broken]\nregion = x\nthis is no setting\n")
    line = program.home.config.read_text().splitlines().index("this is no setting") + 1
    said = refused(program, "broken")
    assert f"config file, line {line}: this is not a `name = value` line" in said
    assert program.reaches("marketingadmin").startswith("assumed-role/marketingadminrole/")


WORDS = "use --shell bash bad|export bad --format json|exec bad -- true|list|list --json|use --shell bash bad --debug"


@pytest.mark.parametrize("words", [text.split() for text in WORDS.split("|")])
def test_a_mistyped_line_with_a_secret_is_never_printed(program, words):
    secret = "wJalrXUtnFEMI/K7MDENG"
    with program.home.credentials.open("a") as file:
        file.write(f"[keys]\naws_access_key_id = AKIAKEYSKEYSKEYSKEYS\naws_secret_access_key {secret}\n{secret}\n")
    line = program.home.credentials.read_text().splitlines().index(f"aws_secret_access_key {secret}") + 1
    program.write(f"[profile bad]\nrole_arn = {MARKETING}\nsource_profile = keys\n")
    done = program(*words)
    told = done.out + done.err
    assert secret.casefold() not in told.casefold()
    assert f"credentials file, line {line}: aws_secret_access_key has no `=` behind it" in " ".join(told.split())


def test_a_broken_neighbour_with_the_same_role_does_no_harm(program):
    program.write(f"[profile broken]\nthis is no setting\nrole_arn = {MARKETING}\n[profile good]\n{GOOD}")
    done = program("export", "good", "--format", "json")
    assert done.status == 0, done.err
    (line,) = done.err.splitlines()
    assert "this is not a `name = value` line" in line
    assert 'the AWS CLI and boto3 refuse the whole file ("Unable to parse config file")' in line


@pytest.mark.parametrize("change", [
    lambda text: "\ufeff" + text,
    lambda text: "region = x\n" + text,
    lambda text: text + "[profile other]\n[profile other]\n",
    lambda text: text + "[profile other]\nregion\n",
    lambda text: text + "[profile other\n",
])  # fmt: skip
def test_a_file_that_the_aws_cli_refuses_is_told_once_and_works_here(program, change):
    program.write(f"[profile good]\n{GOOD}[profile last]\n")
    program.home.config.write_text(change(program.home.config.read_text()))
    first = program("use", "--shell", "bash", "good")
    assert first.status == 0, first.err
    assert first.err.count("Unable to parse config file") == 1
    assert "config file, line " in first.err


def test_export_profile_is_refused_where_no_aws_tool_would_find_the_keys(program):
    keys = {"AWS_ACCESS_KEY_ID": "AKIAKEYSKEYSKEYSKEYS", "AWS_SECRET_ACCESS_KEY": "s"}
    said = refused(program, "from-environment", "--export", "profile", status=2, **keys)
    assert "--export profile: AWS tools would not find the environment's keys, which it replaces" in said


def test_mfa_without_a_terminal(program):
    said = refused(program, "role-with-mfa")
    assert said.startswith("assume: role-with-mfa: an MFA code for arn:aws:iam::128716708097:mfa/cli-user is needed")
    assert "--mfa-code -" in said
    assert "mfa_process" in said


REFUSALS = {
    # profile's lines: the cures that STS's one message leaves open
    "MFA": ("role_arn = arn:aws:iam::128716708097:role/cli-role\nsource_profile = cli-user\n", ["add `mfa_serial ="]),
    "trust": ("role_arn = arn:aws:iam::123456789012:role/closed\nsource_profile = user1\n", ["trust policy",
        "ask an administrator"]),
    "external ID": ("role_arn = arn:aws:iam::123456789012:role/extern\nsource_profile = user1\n",
        ["add `external_id ="]),
    "another external ID": (
        "role_arn = arn:aws:iam::123456789012:role/extern\nsource_profile = user1\nexternal_id = no\n",
        ["correct `external_id`"],
    ),
    "not allowed": (f"role_arn = {MARKETING}\nsource_profile = cli-user\n", ["the caller's policy"]),
    "no such role": ("role_arn = arn:aws:iam::123456789012:role/none\nsource_profile = user1\n",
        ["ask an administrator"]),
}  # fmt: skip


@pytest.mark.parametrize("reason", REFUSALS)
def test_access_denied_names_the_hop_and_the_possible_cures(program, world, reason):
    world.role("arn:aws:iam::123456789012:role/closed", Trust(("arn:aws:iam::123456789012:user/saanvi",)))
    world.role(
        "arn:aws:iam::123456789012:role/extern", Trust(("arn:aws:iam::123456789012:user/user1",), external_id="yes")
    )
    lines, cures = REFUSALS[reason]
    program.write(f"[profile refused]\n{lines}{COMMON}")
    said = refused(program, "refused")
    assert said.startswith("assume: refused: STS refused role/")
    assert all(cure in said for cure in cures)


def test_in_a_chain_the_failed_hop_is_named(program, world):
    world.role(config.LANDING, Trust(("arn:aws:iam::123456789012:role/other",)))
    done = program("use", "--shell", "bash", "workload")
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("assume: landing: STS refused role/landing")


def test_longer_than_the_role_allows(program):
    said = refused(program, "namedsessionrole", "--duration", "2h")
    assert "MaxSessionDuration" in said
    assert "make duration_seconds (or --duration) less" in said


def test_over_an_hour_in_a_chain(program):
    done = program("use", "--shell", "bash", "landing", "--duration", "2h")
    assert (done.status, done.out) == (1, "")
    assert "landing: STS refused role/landing" in done.err
    assert "make duration_seconds (or --duration) at most 3600, since the role is reached from temporary" in done.err


def test_expired_source_credentials(program, world, sts):
    user = world.caller(config.KEYS["user1"][1])
    session = world.user_session(user, sts.clock() - 7200, 3600, PLAIN)
    program.write(
        f"[profile old]\naws_access_key_id = {session.key_id}\naws_secret_access_key = {session.secret}\n"
        f"aws_session_token = {session.session_token}\n[profile bad]\nrole_arn = {MARKETING}\n"
        f"source_profile = old\n{COMMON}"
    )
    said = refused(program, "bad")
    assert "bad: STS refused role/marketingadminrole: The security token included in the request is expired" in said
    assert "have ended: renew the source" in said


def test_deleted_keys(program, world):
    world.forget_key(config.KEYS["user1"][1])
    assert "its access key does not exist (any more): `aws configure` sets a new one" in refused(
        program, "marketingadmin"
    )


def test_a_wrong_secret(program):
    text = program.home.credentials.read_text()
    program.home.credentials.write_text(text.replace("aws_secret_access_key = ", "aws_secret_access_key = x"))
    assert "its secret access key is wrong: `aws configure` sets it" in refused(program, "marketingadmin")


def test_a_missing_token_file(program):
    program.home.web_identity.unlink()
    said = refused(program, "web-identity")
    assert said.startswith("assume: web-identity: the file of its web_identity_token_file (config file, line ")
    assert "cannot be read: No such file or directory\n  correct its path" in said


@pytest.mark.parametrize(
    ("script", "what"),
    [("exit 3", "its credential_process ended with status 3"), ("echo x", "returned nothing that can be read"),
     ("echo '{\"Version\": 2}'", "custom-process"), ("echo '{}'", "custom-process"),
     (None, "names a program that does not exist")],
)  # fmt: skip
def test_a_credential_process_without_a_usable_answer(program, tmp_path, script, what):
    command = tmp_path / "prints"
    if script is not None:
        command.write_text(f"#!/bin/sh\necho a-secret-on-stderr >&2\n{script}\n")
        command.chmod(0o755)
    program.write(f"[profile bad]\ncredential_process = {command}\n{COMMON}")
    said = refused(program, "bad")
    assert said.startswith("assume: bad: ")
    assert what in said


def test_an_ended_sso_sign_in(program):
    (kept,) = (program.home.path / ".aws/sso/cache").iterdir()
    kept.unlink()
    assert "its SSO sign-in has ended, or there was none\n  run `assume login sso-reader`" in refused(
        program, "sso-reader"
    )


def test_a_machine_without_credentials(program):
    assert "the instance's metadata gave no credentials\n  this works on EC2" in refused(program, "on-instance")
    assert "no container credentials here\n  this works in ECS or EKS" in refused(program, "in-container")


USAGE = [
    (["marketingadmin", "hub"], "more than one profile"),
    (["marketingadmin", "--nosuch"], "No such option: --nosuch"),
    (["marketingadmin", "--duration", "soon"], ""),
    (["marketingadmin", "--region"], "requires an argument"),
    (["marketingadmin", "--export", "all"], "unknown export mode all"),
    (["marketingadmin", "--read-only", "--export", "profile"], "would bypass the session policy"),
    (["--credential-source", "ec2"], "unknown --credential-source ec2"),
    (["--credential-source", "Environment"], "needs --role-arn"),
    (["-"], "there is no request before this one"),
]


@pytest.mark.parametrize(("words", "what"), USAGE)
def test_wrong_usage_is_status_2(program, words, what):
    assert what in refused(program, *words, status=2)


def test_an_invalid_policy_file(program, tmp_path):
    assert "--policy" in refused(program, "marketingadmin", "--policy", str(tmp_path / "none"))
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    assert "not in the valid JSON format" in refused(program, "marketingadmin", "--policy", str(broken))


@pytest.mark.parametrize("name", ["a\nb", "a\x1b[31mb", "\x7f"])
def test_a_name_with_control_characters_is_refused(program, name):
    said = refused(program, name)
    assert "\x1b" not in said
    assert "\x7f" not in said


def test_an_empty_key_pair_of_the_environment(program):
    said = refused(program, "from-environment")
    assert said.startswith("assume: from-environment: credential_source Environment: AWS_ACCESS_KEY_ID is not set")
