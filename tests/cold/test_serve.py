"""`exec --serve` with real processes: SDKs renew inside one command, nobody else gets anything, it ends with it.

The clock of the program and of the command is moved by libfaketime, that of the simulator by the same seconds.
"""

import errno
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import pexpect
import pytest

from assume.demo import config
from assume.simulator import faults

from ..promises.test_clocks import FAKETIME

BIN = Path(sys.executable).parent
ASSUME = str(BIN / "assume")
AWS = shutil.which("aws", path=str(BIN))
NODE = shutil.which("node")
SDK_JS = os.environ.get("ASSUME_TEST_SDK_JS", "")  # a folder with node_modules/@aws-sdk/client-sts
QUARTER = ("--duration", "15m")

pytestmark = [pytest.mark.once, pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX system")]

BOTO3 = """
import boto3, sys
client = boto3.client("sts")
for line in sys.stdin:
    print(client.get_caller_identity()["Arn"], client._get_credentials().access_key, flush=True)
"""
CLI = 'while read -r line; do "$AWS" sts get-caller-identity --query Arn --output text; done'
JS = """
const { STSClient, GetCallerIdentityCommand } = require("@aws-sdk/client-sts");
const client = new STSClient({});
require("readline").createInterface({ input: process.stdin }).on("line", async () => {
  const who = await client.send(new GetCallerIdentityCommand({}));
  console.log(who.Arn, (await client.config.credentials()).accessKeyId);
});
"""


class Moving:
    """A clock for the simulator and for programs, which a test moves."""

    def __init__(self, folder: Path, sts) -> None:
        library = next((path for path in FAKETIME if os.path.exists(path)), None)
        if library is None:
            pytest.skip("needs libfaketime")
        self.seconds = 0
        self.file = folder / "clock"
        self.move(0)
        self.variables = {
            "LD_PRELOAD": library,
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
        }
        sts.clock = lambda: time.time() + self.seconds

    def move(self, seconds: int) -> None:
        self.seconds += seconds
        new = self.file.with_suffix(".new")
        new.write_text(f"+{self.seconds}\n")
        new.replace(self.file)


@pytest.fixture
def moving(tmp_path, sts):
    return Moving(tmp_path, sts)


def command(*words: str, profile: str = "marketingadmin", options: tuple[str, ...] = ()) -> list[str]:
    return [ASSUME, "exec", profile, "--serve", *options, "--", *words]


def assumed(sts) -> int:
    return sum(call.action == "AssumeRole" and call.status == 200 for call in sts.calls)


@pytest.fixture
def served(program):
    """A command that waits for its standard input to end; and what it found in its environment."""
    script = "import json, os, sys; print(json.dumps(dict(os.environ)), flush=True); sys.stdin.read()"
    with subprocess.Popen(
        command(sys.executable, "-c", script),
        env=program.home.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        assert running.stdout is not None
        yield json.loads(running.stdout.readline()), running


def ask(environment, host: str = "", authorization: str | None = None, method: str = "GET", path: str = ""):
    """(status, body) of one request to the endpoint."""
    url = urlsplit(environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"])
    connection = http.client.HTTPConnection("127.0.0.1", url.port, timeout=10)
    if authorization is None:
        authorization = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
    headers = {"Host": host or url.netloc, **({"Authorization": authorization} if authorization else {})}
    connection.request(method, path or url.path, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


@pytest.mark.parametrize(
    "words",
    [
        pytest.param([sys.executable, "-c", BOTO3], id="boto3"),
        pytest.param(["sh", "-c", CLI], id="aws", marks=pytest.mark.skipif(AWS is None, reason="needs the AWS CLI")),
        pytest.param(
            ["node", "-e", JS],
            id="js",
            marks=pytest.mark.skipif(not (NODE and SDK_JS), reason="needs node, and ASSUME_TEST_SDK_JS"),
        ),
    ],
)
def test_an_sdk_renews_twice_within_one_command(program, sts, moving, words):
    env = program.home.environment | moving.variables | {"AWS": str(AWS)}

    def key_id() -> str:
        """With which the command signs a call now."""
        print("next", file=running.stdin, flush=True)
        assert running.stdout is not None
        assert running.stdout.readline().split()[0].endswith(":assumed-role/marketingadminrole/me")
        return sts.calls[-1].key_id

    with subprocess.Popen(
        command(*words, options=(*QUARTER, "--session-name", "me")),
        env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        cwd=SDK_JS if words[0] == "node" else None,
    ) as running:  # fmt: skip
        assert running.stdin is not None
        assert running.stdout is not None
        before = [key_id()]
        for _ in range(2):
            moving.move(700)  # of 900 s
            calls = 1
            while (now := key_id()) == before[-1] and calls < 50:  # JavaScript renews beside the call that finds it due
                calls += 1
            before.append(now)
        running.stdin.close()
        assert running.wait(20) == 0
    assert (len(set(before)), assumed(sts)) == (3, 3)


def test_the_command_has_no_keys_no_profile_and_nothing_that_an_sdk_would_prefer(program):
    own = {
        "AWS_ACCESS_KEY_ID": "AKIAMINE", "AWS_SECRET_ACCESS_KEY": "mine", "AWS_SESSION_TOKEN": "mine",
        "AWS_PROFILE": "user1", "AWS_DEFAULT_PROFILE": "user1", "AWS_WEB_IDENTITY_TOKEN_FILE": "/f",
        "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/other", "AWS_CREDENTIAL_FILE": "/f",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/f",
    }  # fmt: skip
    done = subprocess.run(
        command("env", "-0"), env=program.home.environment | own, capture_output=True, text=True, check=True
    )
    found = dict(line.split("=", 1) for line in done.stdout.split("\0") if line)
    assert not (own.keys() | {"ASSUME_EXPIRES", "AWS_CREDENTIAL_EXPIRATION"}) & found.keys()
    assert (found["ASSUME_PROFILE"], found["AWS_REGION"]) == ("marketingadmin", "us-west-2")
    assert done.stderr == ""


def test_boto3_and_the_cli_take_the_role_even_where_the_default_profile_has_keys(program, served):
    environment, _ = served
    words = [sys.executable, "-c", "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"]
    for name in ("", "marketingadmin"):
        env = environment | ({"AWS_PROFILE": name} if name else {})
        done = subprocess.run(words, env=env, capture_output=True, text=True)
        assert "assumed-role/marketingadminrole/" in done.stdout, done.stderr


def test_only_the_authorization_of_the_command_and_the_right_host_get_anything(served):
    environment, _ = served
    status, body = ask(environment)
    assert (status, json.loads(body)["RoleArn"]) == (200, config.MARKETING)
    secret = json.loads(body)["SecretAccessKey"]
    right = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
    for wrong in (
        {"authorization": ""}, {"authorization": right[:-1]}, {"authorization": f"Bearer {right}"},
        {"authorization": right.swapcase()}, {"authorization": "é"}, {"host": "evil.example:80"},
        {"host": "127.0.0.1"}, {"host": "127.0.0.1:1"}, {"authorization": "x", "method": "POST"},
        {"authorization": "x", "path": "/other"},
    ):  # fmt: skip
        status, body = ask(environment, **wrong)
        assert (status, secret in body) == (403, False), wrong
    assert ask(environment, method="POST")[0] == 405
    assert ask(environment, path="/other")[0] == 404


def test_the_endpoint_ends_with_the_command_and_leaves_no_file(served):
    environment, running = served
    folder = Path(environment["AWS_CONFIG_FILE"]).parent
    assert folder.is_dir()
    running.send_signal(signal.SIGKILL)
    running.wait(10)
    ends = time.monotonic() + 10
    while folder.exists() and time.monotonic() < ends:
        time.sleep(0.02)
    assert not folder.exists()
    with pytest.raises(ConnectionError):
        ask(environment)


def test_status_pid_and_signals_are_the_commands(program):
    env = program.home.environment
    assert subprocess.run(command("sh", "-c", "exit 37"), env=env).returncode == 37
    assert subprocess.run(command("sh", "-c", "kill -9 $$"), env=env).returncode == -signal.SIGKILL
    missing = subprocess.run(command("no-such-command"), env=env, capture_output=True, text=True)
    assert (missing.returncode, "command not found" in missing.stderr) == (127, True)
    script = "trap 'exit 5' TERM; echo $$; while :; do read x; done"
    with subprocess.Popen(
        command("sh", "-c", script), env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        assert running.stdout.readline() == f"{running.pid}\n"
        running.terminate()
        running.stdin.close()
        assert running.wait(10) == 5


def test_a_command_that_waits_for_all_of_its_children_ends(program):
    """The endpoint is not one of them: such a command would wait for ever."""
    script = "import os\ntry:\n    os.wait()\nexcept ChildProcessError:\n    print('none')"
    done = subprocess.run(
        command(sys.executable, "-c", script), env=program.home.environment, capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("none\n", "")


def test_ctrl_c_ends_the_command_as_without_serve(program):
    words = command(sys.executable, "-c", "import time; print('here', flush=True); time.sleep(60)")
    child = pexpect.spawn(words[0], words[1:], env=dict(program.home.environment), encoding="utf-8", timeout=30)
    child.expect("here")
    child.sendintr()
    child.expect("KeyboardInterrupt")
    child.expect(pexpect.EOF)
    child.close()
    assert child.signalstatus == signal.SIGINT


def test_a_refusal_is_told_once_and_the_command_keeps_what_it_has(program, sts, moving):
    env = program.home.environment | moving.variables
    script = BOTO3.replace("for line", "print('ready', flush=True)\nfor line")
    with subprocess.Popen(
        command(sys.executable, "-c", script, options=QUARTER),
        env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        assert running.stdin is not None
        assert running.stdout is not None
        assert running.stderr is not None
        answers = [running.stdout.readline()]
        sts.faults = lambda call: faults.refuse(403, "AccessDenied", "no") if call.action == "AssumeRole" else None
        for seconds in (700, 20, 20):
            moving.move(seconds)
            print("next", file=running.stdin, flush=True)
            answers.append(running.stdout.readline())
        running.stdin.close()
        said = running.stderr.read()
    assert all("assumed-role" in answer for answer in answers[1:])
    assert said.count("assume: ") == 1, said
    assert "the command keeps what it has, for 4m more" in said


def test_no_question_is_asked_while_the_command_runs(program, sts, moving, world):
    """The role needs a new code, and there is a terminal: the command fails, and nobody is asked."""
    code = world.unused_code(config.CLI_USER_MFA, sts.clock())
    words = command(
        "sh", "-c", 'echo ready; read x; curl -s -H "Authorization: $AWS_CONTAINER_AUTHORIZATION_TOKEN" '
        '"$AWS_CONTAINER_CREDENTIALS_FULL_URI"; echo; echo done',
        profile="role-with-mfa", options=("--no-cache", "--mfa-code", code),
    )  # fmt: skip
    env = dict(program.home.environment | moving.variables)
    child = pexpect.spawn(words[0], words[1:], env=env, encoding="utf-8", timeout=30, echo=False)
    child.expect("ready")
    moving.move(4000)
    child.sendline("")
    child.expect("done")
    assert "NoTerminal" in (child.before or "")
    assert "MFA code for role-with-mfa" not in (child.before or "")
    child.close()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["exec", "--serve", "user1", "true"], "those of user1 do not"),
        (["exec", "--serve", "--export", "keys", "marketingadmin", "true"], "leave out --serve or --export"),
        (["exec", "--serve", "-", "true"], "this shell has no role"),
        (["exec", "--serve", "marketingadmin"], "which command?"),
        (["export", "--serve", "marketingadmin"], "No such option: --serve"),
        (["use", "--serve", "marketingadmin"], "No such option: --serve"),
    ],
)
def test_what_serve_does_not_go_with(program, words, said):
    done = program(*words)
    assert (done.status, done.became, said in done.err) == (2, None, True), done.err


def test_assume_inside_the_command_works_with_the_users_own_files(program):
    inner = [ASSUME, "exec", "workload", "--", "env"]
    env = program.home.environment | {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9/own"}
    done = subprocess.run(command(*inner), env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert found["ASSUME_PROFILE"] == "workload"
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI"):
        assert found[name] == env[name]
    assert "AWS_CONTAINER_AUTHORIZATION_TOKEN" not in found


def test_status_inside_the_command_tells_how_the_role_lasts(program):
    done = subprocess.run(command(ASSUME, "status"), env=program.home.environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "marketingadmin" in done.stdout
    assert "renewed for this command" in done.stdout


def test_where_the_store_cannot_be_written_the_files_are_temporary(program, tmp_path, monkeypatch):
    """And if they cannot be written at all, that is the message."""
    program.keys("marketingadmin")
    monkeypatch.setattr(tempfile, "mkdtemp", full := Full(tempfile.mkdtemp))
    monkeypatch.setattr("assume.cold.serve._start", lambda *_: None)
    monkeypatch.setattr("assume.cold.serve.forget", lambda _: None)
    became = program("exec", "marketingadmin", "--serve", "x").became
    assert became is not None
    assert Path(became.environment["AWS_CONFIG_FILE"]).parent.parent == Path(tempfile.gettempdir())
    shutil.rmtree(Path(became.environment["AWS_CONFIG_FILE"]).parent)
    full.everywhere = True
    done = program("exec", "marketingadmin", "--serve", "x")
    assert (done.status, done.err.splitlines()[0]) == (
        1,
        "assume: the AWS files of the command cannot be written: No space left on device",
    )


class Full:
    """`tempfile.mkdtemp` on a full disk; the folder for temporary files is on another one."""

    def __init__(self, real) -> None:
        self.real = real
        self.everywhere = False

    def __call__(self, **how):
        if how["dir"] or self.everywhere:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self.real(**how)
