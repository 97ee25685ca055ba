"""Rows 1 to 21: switching to a role, and what can go wrong with it."""

from __future__ import annotations

from .bench import Bench, environment, left, role
from .table import ALL, POSIX, UNIX, case

ASK = "MFA code for mfa: "
CODE = "123456"


@case(1, "assume p exports every variable, prints nothing, status 0")
def takes_on(bench: Bench) -> None:
    changes = bench.plan_role("p")
    shell = bench.start()
    before = shell.environment()
    assert shell.run("assume p") == ("", 0)
    assert shell.environment() == before | environment(changes)
    assert bench.calls() == [["use", "--shell", bench.kind.name, "--state", "", "p"]]


@case(2, "a failure keeps its status, and the role before it")
def failure_changes_nothing(bench: Bench) -> None:
    bench.plan_role("p")
    bench.plan({"use bad": {"status": 7, "stderr": "assume: bad: refused\n"}})
    shell = bench.start()
    shell.run("assume p")
    before, state = shell.environment(), shell.variable("__assume_state")
    assert shell.run("assume bad") == ("assume: bad: refused", 7)
    assert (shell.environment(), shell.variable("__assume_state")) == (before, state)


@case(2, "a reply of a program that fails is not evaluated")
def reply_of_a_failure(bench: Bench) -> None:
    bench.plan({"use bad": {"status": 1, "changes": role("bad"), "state": "renew;;"}})
    shell = bench.start()
    before = shell.environment()
    assert shell.run("assume bad").status == 1
    assert shell.environment() == before


@case(2, "a reply that holds anything but changes is refused as a whole")
def foreign_reply(bench: Bench) -> None:
    bench.plan_role("p")
    shell = bench.start()
    before = shell.environment()
    for stray in ("touch PWN", "PATH=/nowhere", "hello `touch PWN`", "unset PATH", "\\builtin export PATH='x'"):
        bench.plan({"use bad": {"stdout": stray + "\n", "changes": role("bad"), "state": "renew;;"}})
        seen = shell.run("assume bad")
        assert seen.status == 1 and "not what this shell expects" in seen.text, stray
    assert shell.environment() == before and not (bench.home / "PWN").exists()


@case(3, "a program that is killed in the middle of its reply changes nothing")
def killed(bench: Bench) -> None:
    bench.plan({"use p": {"changes": role("p"), "state": "renew;;", "signal": 9}})
    shell = bench.start()
    before = shell.environment()
    assert shell.run("assume p").status == 137
    assert shell.environment() == before


@case(4, "an unknown profile: a message on stderr, nothing on stdout, status 1")
def unknown(bench: Bench) -> None:
    stdout, stderr, status = bench.start().apart("assume nope")
    assert (stdout, status) == ("", 1)
    assert stderr.startswith("assume: nope: ")


@case(5, "the terminal shows the question for a code, but not the code, and the role is taken")
def asks(bench: Bench) -> None:
    changes = role("mfa")
    bench.plan({"use mfa": {"ask": ASK, "changes": changes, "state": "renew;;"}})
    shell = bench.start()
    before = shell.environment()
    shell.send("assume mfa\r")
    shell.wait(ASK)
    shell.send(CODE + "\r")
    assert shell.prompt() == 0
    assert CODE.encode() not in shell.stream
    assert shell.environment() == before | environment(changes)


@case(6, "Ctrl-C at the question: 130, nothing changed, the terminal sane, and the rest of the line does not run")
def interrupted(bench: Bench) -> None:
    bench.plan_role("p")
    bench.plan({"use mfa": {"ask": ASK}})
    shell = bench.start()
    shell.run("assume p")
    before, state = shell.environment(), shell.variable("__assume_state")
    shell.send("assume mfa; echo 'ran' 'on'\r")
    shell.wait(ASK)
    shell.press("ctrl-c")
    assert shell.prompt(1) == shell.interrupted
    assert b"ran on" not in shell.stream
    assert (shell.environment(), shell.variable("__assume_state")) == (before, state)
    assert " echo " in shell.run("stty -a").text


@case(7, "Ctrl-Z at the question suspends nothing: the code still arrives")
def not_stopped(bench: Bench) -> None:
    changes = role("mfa")
    bench.plan({"use mfa": {"ask": ASK, "changes": changes, "state": "renew;;"}})
    shell = bench.start()
    shell.send("assume mfa\r")
    shell.wait(ASK)
    shell.press("ctrl-z")
    shell.send(CODE + "\r")
    assert shell.prompt() == 0
    assert shell.environment().items() >= environment(changes).items()


@case(9, "a wrong code: a message, status 1, no change")
def wrong_code(bench: Bench) -> None:
    bench.plan({"use mfa": {"ask": ASK, "changes": role("mfa"), "state": "renew;;"}})
    shell = bench.start()
    before = shell.environment()
    shell.send("assume mfa\r")
    shell.wait(ASK)
    shell.send("654321\r")
    shell.wait("the MFA code was refused")
    assert shell.prompt() == 1
    assert shell.environment() == before


@case(10, "messages go to a file that stderr is sent to, and the role into the shell", UNIX)
def redirected(bench: Bench) -> None:
    changes = bench.plan_role("p")
    bench.plan({"use p": {**bench.answers["use p"], "stderr": "assume: p: for an hour\n"}})
    shell = bench.start()
    assert shell.run("assume p 2>err >out") == ("", 0)
    assert (bench.home / "err").read_text() == "assume: p: for an hour\n"
    assert (bench.home / "out").read_text() == ""
    assert shell.environment().items() >= environment(changes).items()


@case(11, "the output of list, --help and --version is shown, and none of it is evaluated")
def runs(bench: Bench) -> None:
    shows = {"stdout": "touch PWN\n"}
    bench.plan({call: shows for call in ("list", "--help", "-h", "--version", "use", "off", "clear", "status")})
    shell = bench.start()
    lines = ["list | cat", "--help", "--version", "p --help", "use p -h", "off --help", "-h", "clear p"]
    for line in lines:
        assert shell.run(f"assume {line}") == ("touch PWN", 0), line
    assert not (bench.home / "PWN").exists()
    assert bench.calls() == [
        ["list"],
        ["--help"],
        ["--version"],
        ["use", "p", "--help"],
        ["use", "p", "-h"],
        ["off", "--help"],
        ["-h"],
        ["clear", "p"],
    ]


@case(11, "exec, export, explain, doctor and status are told the shell's state, and exec's status is the command's own")
def told(bench: Bench) -> None:
    bench.plan_role("p")
    bench.plan({"exec": {"status": 5}, "export": {"stdout": "x\n"}, "status": {"status": 1}})
    bench.plan({"explain": {"stdout": "y\n"}, "doctor": {"status": 1}})
    shell = bench.start()
    shell.run("assume p")
    state = shell.variable("__assume_state")
    assert state
    assert shell.run("assume exec p 'a  b' -h --help").status == 5
    assert shell.run("assume export p --format json") == ("x", 0)
    assert shell.run("assume status --quiet").status == 1
    assert shell.run("assume explain") == ("y", 0)
    assert shell.run("assume doctor --json").status == 1
    assert bench.calls()[1:] == [
        ["exec", "--state", state, "p", "a  b", "-h", "--help"],
        ["export", "--state", state, "p", "--format", "json"],
        ["status", "--state", state, "--quiet"],
        ["explain", "--state", state],
        ["doctor", "--state", state, "--edition", "test", "--json"],
    ]


@case(11, "use, off, - and no word at all are captured, with every word unchanged")
def captured(bench: Bench) -> None:
    bench.plan({"use": {"state": "hold;;"}, "off": {"state": ""}})
    shell = bench.start()
    for line in ("use list", "-", "off --debug", "p '' 'a  b' '*' --region x", ""):
        assert shell.run(f"assume {line}") == ("", 0), line
    shown = ["--shell", bench.kind.name, "--state"]
    assert bench.calls() == [
        ["use", *shown, "", "list"],
        ["use", *shown, "hold;;", "-"],
        ["off", *shown, "hold;;", "--debug"],
        ["use", *shown, "", "p", "", "a  b", "*", "--region", "x"],
        ["use", *shown, "hold;;"],
    ]


@case(12, "in a pipe or parentheses a message says that the shell has not changed", POSIX)
def subshell(bench: Bench) -> None:
    bench.plan_role("p")
    shell = bench.start()
    before = shell.environment()
    for line in ("assume p | cat", "(assume p)", "echo $(assume p)"):
        assert "your shell has not changed" in shell.run(line).text, line
    assert shell.environment() == before
    assert shell.run("assume p") == ("", 0)


@case(15, "off removes what was set: no variable is left blank", ALL)
def leaves(bench: Bench) -> None:
    bench.plan_role("p")
    shell = bench.start({"AWS_CA_BUNDLE": "theirs"})
    before = shell.environment()
    shell.run("assume p")
    assert shell.environment() != before
    assert shell.run("assume off") == ("", 0)
    assert shell.environment() == before


@case(16, "variables that could win over the new role are gone")
def stale(bench: Bench) -> None:
    names = ("AWS_SECURITY_TOKEN", "AWS_DEFAULT_PROFILE", "AWS_ACCOUNT_ID")
    changes = bench.plan_role("p")
    shell = bench.start(dict.fromkeys(names, "old"))
    shell.run("assume p")
    seen = shell.environment()
    assert not seen.keys() & set(names)
    assert seen.items() >= environment(changes).items()


@case(21, "nothing of the role before is left")
def switches(bench: Bench) -> None:
    first, second = role("p1"), role("p2")
    bench.plan({"use p1": {"changes": first, "state": "renew;;1"}, "use p2": {"changes": second, "state": "hold;;2"}})
    shell = bench.start()
    before = shell.environment()
    shell.run("assume p1")
    shell.run("assume p2")
    assert shell.environment() == before | environment(second)
    assert left(first)
    assert shell.variable("__assume_state") == "hold;;2"
    assert [call[4] for call in bench.calls("use")] == ["", "renew;;1"]
