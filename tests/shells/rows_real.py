"""Rows of 1 to 45 that need the real program: it answers, and AWS is the simulator of the demo, on loopback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time

from assume.demo.config import SAANVI_MFA

from .bench import Bench
from .table import POSIX, UNIX, case

PROBE = "import boto3; print(boto3.client('sts', region_name='us-east-1').get_caller_identity()['Arn'])"
EXPIRY = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def ask_boto3(bench: Bench, environment: dict[str, str]) -> str:
    """The identity that a new Python with boto3 has in that environment."""
    ran = subprocess.run([sys.executable, "-c", PROBE], env=environment, capture_output=True, text=True, check=False)
    return ran.stdout.strip() or ran.stderr.strip().splitlines()[-1]


@case(1, "the real program: the shell has the role, boto3 uses it, and off restores the environment")
def real(bench: Bench) -> None:
    bench.demo()
    shell = bench.start(init=bench.real(prompt=True))
    before = shell.environment()
    seen = shell.run("assume marketingadmin")
    assert seen.status == 0
    assert "marketingadmin" in seen.text
    shell.shows("[marketingadmin]")
    inside = shell.environment()
    assert inside["AWS_PROFILE"] == inside["ASSUME_PROFILE"] == "marketingadmin"
    assert "assumed-role/marketingadminrole" in ask_boto3(bench, inside)
    assert shell.run("assume off").status == 0
    assert shell.environment() == before


@case(16, "stale variables of other tools do not win over the role")
def stale(bench: Bench) -> None:
    bench.demo()
    old = {"AWS_SECURITY_TOKEN": "old", "AWS_DEFAULT_PROFILE": "default", "AWS_ACCOUNT_ID": "1", "AWSUME_PROFILE": "x"}
    old |= {"AWS_ROLE_ARN": "old", "AWS_WEB_IDENTITY_TOKEN_FILE": "/old", "AWS_ACCESS_KEY": "old"}
    shell = bench.start(old, init=bench.real())
    before = shell.environment()
    assert shell.run("assume marketingadmin").status == 0
    inside = shell.environment()
    assert inside.pop("AWS_ACCOUNT_ID") == "123456789012"
    assert not inside.keys() & old.keys()
    assert "assumed-role/marketingadminrole" in ask_boto3(bench, inside)
    shell.run("assume off")
    assert shell.environment() == before


@case(17, "a role that has no profile: boto3 does not look for one")
def ad_hoc(bench: Bench) -> None:
    bench.demo()
    shell = bench.start(init=bench.real(prompt=True))
    line = "assume user1 --role-arn arn:aws:iam::123456789012:role/marketingadminrole --session-name zed"
    assert shell.run(line).status == 0
    inside = shell.environment()
    assert "AWS_PROFILE" not in inside
    assert "assumed-role/marketingadminrole/zed" in ask_boto3(bench, inside)
    shell.shows("[" + inside["ASSUME_PROFILE"] + "]")


@case(18, "a role of a profile: AWS_PROFILE names it, AWS_DEFAULT_PROFILE is gone; both times are UTC with a Z")
@case(19, "the times parse, and are the same instant as ASSUME_EXPIRES")
def of_a_profile(bench: Bench) -> None:
    bench.demo()
    shell = bench.start({"AWS_DEFAULT_PROFILE": "default"}, init=bench.real())
    shell.run("assume marketingadmin")
    inside = shell.environment()
    assert inside["AWS_PROFILE"] == "marketingadmin"
    assert "AWS_DEFAULT_PROFILE" not in inside
    assert EXPIRY.fullmatch(inside["AWS_CREDENTIAL_EXPIRATION"])
    assert inside["AWS_SESSION_EXPIRATION"] == inside["AWS_CREDENTIAL_EXPIRATION"]
    parsed = time.strptime(inside["AWS_CREDENTIAL_EXPIRATION"] + "UTC", "%Y-%m-%dT%H:%M:%SZ%Z")
    assert abs(int(inside["ASSUME_EXPIRES"]) - (time.mktime(parsed) - time.timezone)) <= 1


@case(5, "MFA with the real program: asked on the terminal, a wrong code first, then in; the next shell is not asked")
@case(45, "another terminal after that: the same credentials, and no question")
def mfa(bench: Bench) -> None:
    sts, world = bench.demo()
    shell = bench.start(init=bench.real())
    shell.send("assume crossaccountrole\r")
    shell.wait("saanvi")
    shell.wait(": ")
    shell.send("000000\r")
    shell.wait("saanvi")
    shell.wait(": ")
    code = world.code(SAANVI_MFA, sts.clock())
    shell.send(code + "\r")
    assert shell.prompt() == 0
    assert code.encode() not in shell.stream
    calls = len(sts.calls)
    other = bench.start(init=bench.real())
    assert other.run("assume crossaccountrole").status == 0
    assert len(sts.calls) == calls
    key = "AWS_ACCESS_KEY_ID"
    assert other.environment()[key] == shell.environment()[key]


@case(6, "Ctrl-C at the real question: 130, nothing changed, echo on")
def interrupted(bench: Bench) -> None:
    bench.demo()
    shell = bench.start(init=bench.real())
    shell.run("assume marketingadmin")
    before = shell.environment()
    shell.send("assume crossaccountrole\r")
    shell.wait("saanvi")
    shell.wait(": ")
    shell.press("ctrl-c")
    assert shell.prompt() == shell.interrupted
    assert shell.environment() == before
    assert " echo " in shell.run("stty -a").text


@case(6, "Ctrl-\\ at the real question: nothing changed, echo on", UNIX)
def quit_at_the_question(bench: Bench) -> None:
    bench.demo()
    shell = bench.start(init=bench.real())
    before = shell.environment()
    shell.send("assume crossaccountrole\r")
    shell.wait("saanvi")
    shell.wait(": ")
    shell.press("ctrl-\\")
    assert shell.prompt() != 0
    assert shell.environment() == before
    assert " echo " in shell.run("stty -a").text


@case(8, "no terminal at all: an error that says what to do, and no wait", POSIX)
def no_terminal(bench: Bench) -> None:
    bench.demo()
    file = bench.init_file(bench.real())
    began_at = time.monotonic()
    ran = subprocess.run(
        [*bench.kind.command()[:1], "-c", f". {file}; assume crossaccountrole"],
        env=bench.kind.base_environment(bench.home) | bench.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "--mfa-code" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "GetPassWarning" not in ran.stderr
    assert time.monotonic() - began_at < 10


@case(13, "the program called directly on a terminal: no secret, a hint, and a status other than 0", UNIX)
def by_name(bench: Bench) -> None:
    bench.demo()
    script = os.path.dirname(sys.executable)
    shell = bench.start({"PATH": f"{script}:/usr/bin:/bin"}, init=bench.real())
    seen = shell.run("command assume marketingadmin")
    assert seen.status != 0
    assert "assume init" in seen.text
    assert "AWS_SECRET" not in seen.text


@case(14, "a script without our line: the same hint; `export` is there for scripts", POSIX)
def script(bench: Bench) -> None:
    bench.demo()
    folder = os.path.dirname(sys.executable)
    env = bench.kind.base_environment(bench.home) | bench.environment | {"PATH": f"{folder}:/usr/bin:/bin"}
    shell = bench.kind.command()[:1]
    hint = subprocess.run([*shell, "-c", "assume marketingadmin"], env=env, capture_output=True, text=True, check=False)
    assert (hint.returncode != 0, hint.stdout) == (True, "")
    assert "assume init" in hint.stderr
    line = f'eval "$(assume export marketingadmin --format {bench.kind.name})"; echo $AWS_PROFILE'
    export = subprocess.run([*shell, "-c", line], env=env, capture_output=True, text=True, check=False)
    assert (export.returncode, export.stdout) == (0, "marketingadmin\n")


@case(32, "a name with control characters in the file is refused, and none of them is printed")
def control_characters(bench: Bench) -> None:
    bench.demo()
    with (bench.home / ".aws/config").open("a") as config:
        config.write(
            '[profile "evil\x1b]0;x\x07"]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = user1\n'
        )
    shell = bench.start(init=bench.real(prompt=True))
    before = shell.environment()
    (bench.home / "name").write_bytes(b"evil\x1b]0;x\x07")
    word = {"fish": "(cat name)", "powershell": "(Get-Content -Raw name)"}.get(bench.kind.name, '"$(cat name)"')
    shell.drain()
    start = len(shell.stream)
    assert shell.run(f"assume {word}").status in (1, 2)
    assert b"\x1b]0;x\x07" not in shell.stream[start:]
    assert shell.environment() == before


@case(41, "exec - passes on the role of this shell, and returns the command's status")
def execs(bench: Bench) -> None:
    bench.demo()
    shell = bench.start(init=bench.real())
    shell.run("assume marketingadmin")
    assert shell.run("assume exec - sh -c 'echo $AWS_PROFILE; exit 7'") == ("marketingadmin", 7)
    assert shell.run("assume status --quiet").status == 0
