"""`exec`: the process becomes the command. Most of it in this process; pid, streams and signals in real ones."""

import json
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pexpect
import pytest

from assume.demo import config

from .test_use import switch

BIN = Path(sys.executable).parent
AWS = shutil.which("aws", path=str(BIN))
PYTHON = sys.executable


def inside(program, *words, **env):
    """The environment in which the command would run."""
    done = program("exec", *words, **env)
    assert done.became is not None, done.err
    return done.became.environment


def test_the_command_gets_the_variables_that_a_switch_sets(program):
    have, _ = switch(program, {"AWS_REGION": "mine"}, "", "marketingadmin")
    found = inside(program, "marketingadmin", "true", AWS_REGION="mine")
    base = program.home.environment
    assert {name: value for name, value in found.items() if name not in base} == {
        name: value for name, value in have.items() if name not in base
    }


@pytest.mark.parametrize(
    ("words", "command"),
    [(["marketingadmin", "a", "-b"], ["a", "-b"]), (["marketingadmin", "--", "a", "--", "b"], ["a", "--", "b"]),
     (["marketingadmin", "--", "--help"], ["--help"]), (["marketingadmin", "a", "$(x)", "b c", ""], ["a", "$(x)",
         "b c", ""])],
)  # fmt: skip
def test_the_words_of_the_command_are_passed_unchanged(program, words, command):
    became = program("exec", *words).became
    assert became is not None
    assert became.words == command


def test_nested_calls_work_in_the_baseline(program, world):
    key_id = config.KEYS["user1"][1]
    own = {"AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": world.keys[key_id].secret}
    outer = inside(program, "workload", "x", **own)
    inner = inside(program, "from-environment", "x", **outer)
    assert program.session(inner).arn.startswith("arn:aws:sts::123456789012:assumed-role/marketingadminrole/")
    alone = inside(program, "from-environment", "x", **own)
    assert inner == alone


def test_minus_is_the_role_of_this_shell(program):
    have, state = switch(program, {}, "", "marketingadmin", "--session-name", "me")
    found = inside(program, "--state", state, "-", "x", **have)
    assert found["AWS_ACCESS_KEY_ID"] == have["AWS_ACCESS_KEY_ID"]
    done = program("exec", "--state", "", "-", "x")
    assert (done.status, "this shell has no role\n  name a profile" in done.err) == (2, True)
    inherited = inside(program, "--state", "", "-", "x", **have)
    assert inherited["AWS_ACCESS_KEY_ID"] == have["AWS_ACCESS_KEY_ID"]


def test_options_beside_minus_are_applied_or_refused(program):
    have, state = switch(program, {}, "", "marketingadmin")
    found = inside(program, "--state", state, "--region", "eu-west-1", "-", "x", **have)
    assert found["AWS_REGION"] == "eu-west-1"
    inherited = program("exec", "--state", "", "--read-only", "-", "x", **have)
    assert (inherited.status, inherited.became) == (2, None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--foo ls", "No such option: --foo"),
        ("--format json ls", "No such option: --format"),
        ("--duration 1x ls", "--duration: 1x is not a duration"),
        ("--min-left=x ls", "--min-left: x is not a duration"),
        ("--region", "Option '--region' requires an argument"),
    ],
)
def test_a_wrong_option_after_the_profile_is_named(program, words, said):
    done = program("exec", "marketingadmin", *words.split())
    assert (done.status, done.err.splitlines()[0]) == (2, f"assume: {said}")


@pytest.mark.parametrize(
    ("words", "said"), [(["exec"], "which profile, and which command?"), (["exec", "marketingadmin"], "which command?")]
)
def test_a_missing_profile_or_command_is_a_usage_error(program, words, said):
    done = program(*words)
    assert (done.status, said in done.err) == (2, True)


def test_a_profile_that_fails_runs_nothing(program):
    done = program("exec", "role-without-mfa", "touch", "PWN")
    assert (done.status, done.became) == (1, None)


def test_a_guarded_profile_asks(program):
    assert program("exec", "prod", "x").became is None
    program.answers = ["prod"]
    assert program("exec", "prod", "x").became is not None


@pytest.mark.parametrize(
    ("words", "answers", "line"),
    [
        (["prod"], ["prod"], "PROD prod  128716708097  ProductionAdmin"),
        (["prod", "--yes"], [], "PROD prod  128716708097  ProductionAdmin"),
        (["guarded"], ["guarded"], "guarded  123456789012  marketingadminrole"),
        (
            ["--read-only", "a.production"],
            [],
            "PROD a.production  123456789012  marketingadminrole",
        ),
        (["marketingadmin"], [], ""),
    ],
)
def test_the_account_is_named_at_a_terminal_if_the_profile_is_guarded_or_production(
    program, monkeypatch, words, answers, line
):
    role = f"role_arn = {config.MARKETING}\nsource_profile = user1\nendpoint_url = {{sts}}\nregion = us-west-2\n"
    program.write(f"[profile guarded]\n{role}assume_confirm = yes\n[profile a.production]\n{role}")
    program.answers = list(answers)
    silent = program("exec", *words, "x")
    assert (silent.became is not None, silent.err) == (True, "")
    monkeypatch.setattr("assume.terminal.show.is_terminal", lambda handle: handle == 2)
    for _ in range(2):  # the second finds it stored
        program.answers = list(answers)
        seen = program("exec", *words, "x").err
        assert seen.startswith(f"assume: {line}") if line else seen == ""
        assert seen.count("\n") == bool(line)


def test_a_command_that_cannot_be_run(program, monkeypatch):
    monkeypatch.setattr(program, "_become", lambda *_: (_ for _ in ()).throw(FileNotFoundError(2, "No such file")))
    done = program("exec", "marketingadmin", "nosuch\x1b[2J")
    assert (done.status, done.err) == (
        127,
        "assume: nosuch\\x1b[2J: command not found\n  check its spelling, or PATH\n",
    )
    monkeypatch.setattr(program, "_become", lambda *_: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))
    done = program("exec", "marketingadmin", "/etc/passwd")
    assert (done.status, done.err) == (126, "assume: /etc/passwd cannot be run: Permission denied\n")


def command(*words):
    return [str(BIN / "assume"), "exec", "marketingadmin", "--", *words]


def ran(program, *words, **options):
    return subprocess.run(command(*words), env=program.home.environment, capture_output=True, text=True, **options)


@pytest.mark.once
def test_the_pid_is_the_commands(program):
    with subprocess.Popen(
        command("sh", "-c", "echo $$"), env=program.home.environment, stdout=subprocess.PIPE, text=True
    ) as p:
        assert p.communicate()[0] == f"{p.pid}\n"


@pytest.mark.once
def test_the_status_is_the_commands(program):
    assert ran(program, "sh", "-c", "exit 37").returncode == 37
    assert ran(program, "sh", "-c", "kill -9 $$").returncode == -signal.SIGKILL
    assert ran(program, "nosuch-command").returncode == 127


@pytest.mark.once
def test_standard_input_and_both_outputs_are_the_commands(program):
    done = ran(program, "sh", "-c", "cat; echo err >&2", input="one\ntwo")
    assert (done.stdout, done.stderr) == ("one\ntwo", "err\n")


@pytest.mark.once
def test_a_closed_standard_output_is_not_an_error(program):
    words = ["sh", "-c", '"$@" >&-', "sh", *command("sh", "-c", "exit 5")]
    done = subprocess.run(words, env=program.home.environment, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (5, "")


@pytest.mark.once
def test_a_signal_reaches_the_command(program):
    script = "trap 'echo got; exit 5' TERM; echo ready; while :; do read x; done"
    with subprocess.Popen(
        command("sh", "-c", script),
        env=program.home.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as p:
        assert p.stdin is not None
        assert p.stdout is not None
        assert p.stdout.readline() == "ready\n"
        p.terminate()
        with suppress(BrokenPipeError):  # it may have ended before it reads
            p.stdin.write("\n")
            p.stdin.close()
        assert (p.stdout.read(), p.wait(10)) == ("got\n", 5)


@pytest.mark.once
def test_the_command_gets_the_default_sigpipe(program):
    script = "grep SigIgn /proc/self/status | cut -f2"
    mask = int(ran(program, "sh", "-c", script).stdout, 16) if sys.platform == "linux" else 0
    assert not mask & (1 << (signal.SIGPIPE - 1))
    done = ran(program, "sh", "-c", "yes | head -1; echo done")
    assert (done.stdout, done.stderr) == ("y\ndone\n", "")


@pytest.mark.once
def test_no_file_of_ours_is_left_open_in_the_command(program):
    script = "import os; print(sorted(int(n) for n in os.listdir('/proc/self/fd') if int(n) > 2))"
    plain = subprocess.run([PYTHON, "-c", script], capture_output=True, text=True).stdout
    assert ran(program, PYTHON, "-c", script).stdout == plain


@pytest.mark.once
@pytest.mark.skipif(AWS is None, reason="the real `aws` is not installed here")
@pytest.mark.parametrize("export", ["both", "keys", "profile"])
def test_the_real_aws_is_the_role(program, sts, export):
    words = [str(BIN / "assume"), "exec", "workload", "--export", export, "--session-name", "me", "--", str(AWS)]
    env = program.home.environment | {"AWS_ENDPOINT_URL_STS": sts.url, "AWS_DEFAULT_PROFILE": "default"}
    done = subprocess.run([*words, "sts", "get-caller-identity"], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    arn = json.loads(done.stdout)["Arn"]
    assert arn.startswith("arn:aws:sts::128716708097:assumed-role/workload/")
    assert arn.endswith("/me") or export == "profile", "with a profile alone the SDK gets it by itself"


BOTO3 = """
import boto3, json
session = boto3.Session()
credentials = session.get_credentials()
arn = session.client("sts").get_caller_identity()["Arn"]
print(json.dumps([arn, session.profile_name, session.region_name, credentials.method]))
"""


@pytest.mark.once
def test_boto3_is_the_role_in_its_region_with_its_profile(program, sts):
    env = program.home.environment | {
        "AWS_ENDPOINT_URL_STS": sts.url, "AWS_DEFAULT_PROFILE": "gone", "AWS_DEFAULT_REGION": "eu-north-1",
    }  # fmt: skip
    words = [str(BIN / "assume"), "exec", "marketingadmin", "--session-name", "me", "--", PYTHON, "-c", BOTO3]
    done = subprocess.run(words, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [
        "arn:aws:sts::123456789012:assumed-role/marketingadminrole/me", "marketingadmin", "us-west-2", "env",
    ]  # fmt: skip


EACH = """
import boto3, json, os, sys
for environment in json.load(sys.stdin):
    os.environ.clear()
    os.environ.update(environment)
    print(boto3.Session().client("sts").get_caller_identity()["Arn"])
"""
KINDS = {
    # profile: the end of the ARN that every SDK has to reach with its keys, its name, or both
    "user1": "user/user1", "marketingadmin": "marketingadminrole", "workload": "workload", "sso-reader": "Reader",
    "web-identity": "RoleNameToAssume", "on-instance": "marketingadminrole",
}  # fmt: skip


@pytest.mark.once
def test_no_variable_of_a_pod_wins_over_the_role_in_any_mode(program, sts, world):
    other = world.role(f"arn:aws:iam::{config.HOME_ACCOUNT}:role/pod", world.roles[config.WEB].trust)
    pod = {
        "AWS_ROLE_ARN": other.arn, "AWS_WEB_IDENTITY_TOKEN_FILE": str(program.home.web_identity),
        "AWS_ROLE_SESSION_NAME": "pod", "AWS_ACCESS_KEY": config.KEYS["cli-user"][1], "AWS_SECRET_KEY": "x",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": sts.url, "AWS_EC2_METADATA_DISABLED": "false", "AWS_ENDPOINT_URL": sts.url,
    }  # fmt: skip
    made = []
    for profile in KINDS:
        for mode in ("both", "keys", "profile"):
            become = program("exec", "--export", mode, profile, "--", "true", **pod).became
            assert become is not None
            made.append(become.environment)
    done = subprocess.run(
        [PYTHON, "-c", EACH], input=json.dumps(made), env=program.home.environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    for index, arn in enumerate(done.stdout.splitlines()):
        assert KINDS[list(KINDS)[index // 3]].lower() in arn.lower(), (index, arn)
        assert "/pod" not in arn


@pytest.mark.once
def test_ctrl_c_at_the_question_is_130_and_runs_nothing(program, tmp_path):
    child = pexpect.spawn(
        str(BIN / "assume"), ["exec", "role-with-mfa", "--", "touch", str(tmp_path / "PWN")],
        env=dict(program.home.environment), encoding="utf-8", timeout=20,
    )  # fmt: skip
    child.expect("MFA code for role-with-mfa")
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert (child.exitstatus, (tmp_path / "PWN").exists()) == (130, False)


@pytest.mark.once
def test_a_code_is_typed_at_the_terminal_and_not_shown(program):
    code = program.code(config.CLI_USER_MFA)
    child = pexpect.spawn(
        str(BIN / "assume"), ["exec", "role-with-mfa", "--", "sh", "-c", "echo $ASSUMED_ROLE_ARN; stty -a"],
        env=dict(program.home.environment), encoding="utf-8", timeout=20,
    )  # fmt: skip
    child.expect("MFA code for role-with-mfa .*: ")
    child.sendline(code)
    child.expect("role/cli-role")
    seen = (child.before or "") + child.read()
    child.close()
    assert code not in seen
    assert " echo" in seen, "the terminal echoes again"
    assert child.exitstatus == 0
