"""Rows 59 to 61: the time left; rows 91 to 95: renewal before a prompt. Cases set the expiry, not the clock."""

from __future__ import annotations

import time

from .bench import Bench, environment, role
from .driver import Shell
from .table import POSIX, case


@case(59, "under fifteen minutes the time left is shown, rounded up; then that it has expired, in another style")
def countdown(bench: Bench) -> None:
    bench.plan_role("p", flag="hold")
    shell = bench.start(prompt=True)
    shell.run("assume p")
    shell.shows("[p]")

    def style() -> object:
        shell.settle(lambda rows: "[p" in rows[-1])
        cell = shell.screen.buffer[shell.screen.cursor.y][shell.rows()[-1].index("[p")]
        return cell._replace(data="")

    plain = style()
    for left_s, words in ((930, "[p]"), (890, "[p 15m]"), (230, "[p 4m]"), (30, "[p 1m]"), (-5, "[p expired]")):
        shell.run(bench.kind.export("ASSUME_EXPIRES", str(int(time.time()) + left_s)))
        shell.shows(words)
        assert (style() == plain) == (left_s > 0)


@case(60, "the time left does not depend on TZ")
def time_zone(bench: Bench) -> None:
    bench.plan_role("p", left_s=590, flag="hold")
    shell = bench.start({"TZ": "America/New_York"}, prompt=True)
    shell.run("assume p")
    shell.shows("[p 10m]")
    shell.run(bench.kind.export("TZ", "Asia/Tokyo"))
    shell.shows("[p 10m]")


@case(61, "zsh: nounset and ksharrays: the segment is right", ["zsh"])
def ksh_arrays(bench: Bench) -> None:
    bench.plan_role("p", left_s=590)
    shell = bench.start(before="setopt nounset ksharrays", after="RPROMPT=theirs", prompt=True)
    shell.run("assume p")
    assert shell.shows("[p 10m]").endswith("[p 10m] theirs")


def expires(bench: Bench, shell: Shell, left_s: int) -> str:
    """Lets the role expire in `left_s`. Returns what the terminal showed until the prompt after that."""
    return shell.run(bench.kind.export("ASSUME_EXPIRES", str(int(time.time()) + left_s))).text


@case(91, "in its last five minutes a role that was taken here is renewed before the prompt, without output")
def renews(bench: Bench) -> None:
    bench.plan_role("p", left_s=3600)
    renewed = role("p", key="ASIANEW0000000000000")
    bench.plan({"renew": {"changes": renewed, "state": "renew;35;new"}})
    shell = bench.start(prompt=True)
    shell.run("assume p")
    state = shell.variable("__assume_state")
    assert expires(bench, shell, 330) == ""
    assert not bench.calls("renew")
    assert expires(bench, shell, 290) == ""
    assert bench.calls("renew") == [["renew", "--shell", bench.kind.name, "--state", state]]
    assert shell.environment().items() >= environment(renewed).items()
    assert shell.variable("__assume_state") == "renew;35;new"
    shell.shows("[p]")


@case(91, "a renewal keeps the status of the command before it, and what was typed during it")
def renews_quietly(bench: Bench) -> None:
    bench.plan_role("p", left_s=200)
    bench.plan({"renew": {"changes": role("p"), "state": "renew;;", "input": True}})
    shell = bench.start(prompt=True)
    assert shell.run("assume p").status == 0
    assert len(bench.calls("renew")) == 1
    expires(bench, shell, 200)
    shell.send("sh -c 'exit 3'\recho typed ahead\r")
    assert (shell.prompt(), shell.prompt()) == (3, 0)
    assert b"typed ahead" in shell.stream


@case(92, "no renewal if the role is guarded, inherited or left, other keys are set, or renewal is off")
def renews_not(bench: Bench) -> None:
    bench.plan({"renew": {"status": 1, "stderr": "assume: renewed?\n"}})
    bench.plan_role("guarded", flag="hold", left_s=200)
    bench.plan_role("p", left_s=200)
    shell = bench.start({"ASSUME_RENEW": "No"}, prompt=True)
    shell.run("assume guarded")
    for word in ("0", "no", "false", "OFF"):
        shell.run(bench.kind.export("ASSUME_RENEW", word))
        shell.run("assume p")
    shell.run(bench.kind.export("AWS_ACCESS_KEY_ID", "AKIAOTHER"))
    shell.run(bench.kind.unset("ASSUME_RENEW"))
    shell.run("assume off")
    for name, value in environment(role("p", left_s=200)).items():
        shell.run(bench.kind.export(name, value))
    shell.shows("inherited")
    assert not bench.calls("renew")


@case(
    93,
    "a renewal that fails is tried again after 1, 2, 4, 8 and then every 15 minutes, and prints the reason once",
    POSIX,
)
def backs_off(bench: Bench) -> None:
    bench.plan_role("p", left_s=200)
    bench.plan({"renew": {"status": 1, "stderr": "assume: p: this needs a code\n"}})
    shell = bench.start(prompt=True)
    assert shell.run("assume p") == ("assume: p: this needs a code", 0)
    for tries, wait_s in enumerate((60, 120, 240, 480, 900, 900), start=1):
        assert len(bench.calls("renew")) == tries
        assert shell.run("") == ("", 0)
        assert 0 <= int(shell.variable("__assume_retry_at")) - time.time() - wait_s + 5 <= 6
        assert len(bench.calls("renew")) == tries
        assert shell.run(f"__assume_retry_at={int(time.time())}") == ("", 0)
    bench.plan({"renew": {"changes": role("p", left_s=200), "state": "renew;;"}})
    shell.run("__assume_retry_at=0")
    bench.plan({"renew": {"status": 1, "stderr": "assume: p: again\n"}})
    assert shell.run("__assume_retry_at=0") == ("assume: p: again", 0)


@case(94, "after an hour without a command nothing is renewed, until the next assume", POSIX)
def idle(bench: Bench) -> None:
    bench.plan_role("p", left_s=3600)
    bench.plan({"renew": {"changes": role("p"), "state": "renew;;"}})
    shell = bench.start(prompt=True)
    shell.run("assume p")
    expires(bench, shell, 400)
    shell.run(f"__assume_seen_at={int(time.time()) - 3700}")
    expires(bench, shell, 200)
    shell.run("")
    assert not bench.calls("renew")
    shell.run("assume p")
    expires(bench, shell, 200)
    assert bench.calls("renew")


@case(95, "Ctrl-C in a renewal: a prompt, the role as it was, and a pause before the next try", POSIX)
def interrupted(bench: Bench) -> None:
    bench.plan_role("p")
    bench.plan({"renew": {"ask": "Renewing"}})
    shell = bench.start(prompt=True)
    shell.run("assume p")
    before = shell.environment()
    shell.send(bench.kind.export("ASSUME_EXPIRES", str(int(time.time()) + 200)) + "\r")
    shell.wait("Renewing")
    shell.press("ctrl-c")
    shell.prompt()
    assert shell.run("echo alive") == ("alive", 0)
    after = shell.environment()
    assert after.pop("ASSUME_EXPIRES") != before.pop("ASSUME_EXPIRES")
    assert after == before
    assert len(bench.calls("renew")) == 1
