"""The user's own commands: limits for time and output, no shell, and of their output only stderr is shown."""

import os
import time

import pytest

from assume.aws import process
from assume.aws.process import Command
from assume.errors import SourceError


def ran(script, base=None, limit_s=10.0):
    running = Command(["/bin/sh", "-c", script], {"PATH": os.environ["PATH"]} | (base or {}), limit_s)
    stdout, stderr = running.communicate()
    return running.returncode, stdout, stderr


def test_status_and_both_outputs():
    assert ran("echo out; echo err >&2; exit 3") == (3, b"out\n", b"err")


def test_it_sees_the_baseline_and_nothing_else(monkeypatch):
    monkeypatch.setenv("OF_THE_PROCESS", "1")
    assert ran("echo $OF_THE_PROCESS-$OF_THE_BASELINE", {"OF_THE_BASELINE": "2"})[1] == b"-2\n"


def test_a_command_that_takes_too_long_is_killed():
    started = time.monotonic()
    with pytest.raises(SourceError, match=r"its command has not ended within 0.2 s\n  run it by hand and look"):
        ran("exec sleep 60", limit_s=0.2)
    assert time.monotonic() - started < 10


def test_a_command_that_leaves_its_output_open_to_a_child_is_not_waited_for():
    started = time.monotonic()
    with pytest.raises(SourceError, match="has not ended"):
        ran("sleep 60 & echo $! >&2; wait", limit_s=0.3)
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("stream", [1, 2])
def test_endless_output_is_cut_off_at_once(monkeypatch, stream):
    monkeypatch.setattr(process, "OUTPUT_LARGEST", 1000)
    started = time.monotonic()
    with pytest.raises(SourceError, match="printed more than a megabyte"):
        ran(f"while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxx >&{stream}; done", limit_s=60)
    assert time.monotonic() - started < 20


def test_its_stderr_cannot_steer_the_terminal():
    stderr = ran("printf 'a\\033]0;x\\007\\nb' >&2; exit 1")[2]
    assert b"\x1b" not in stderr
    assert b"\n" not in stderr


def test_no_shell_is_used(tmp_path):
    running = Command(["/bin/echo", "$(touch PWN)", ";", "a b"], {})
    assert running.communicate()[0] == b"$(touch PWN) ; a b\n"


def test_a_missing_command():
    with pytest.raises(FileNotFoundError):
        Command(["/nowhere/at/all"], {}).communicate()


def heard(script, limit_s=10.0):
    """What is shown while a command runs: (seconds since its start, text)."""
    started, seen = time.monotonic(), []
    command = ["/bin/sh", "-c", script]

    def show(text):
        seen.append((time.monotonic() - started, text))

    running = Command(command, {"PATH": os.environ["PATH"]}, limit_s, show)
    stdout, stderr = running.communicate()
    return seen, stdout, stderr, time.monotonic() - started


def test_stderr_is_shown_while_the_command_runs():
    seen, stdout, stderr, whole_s = heard("echo 'touch your key' >&2; sleep 1; echo out; echo bye >&2")
    assert "".join(text for _, text in seen) == "touch your key\nbye\n"
    assert seen[0][0] < whole_s - 0.5
    assert (stdout, stderr) == (b"out\n", b"touch your key bye")


def test_a_question_without_the_end_of_a_line_is_shown_at_once():
    seen, *_, whole_s = heard("printf 'PIN: ' >&2; sleep 1")
    assert (seen[0][1], seen[0][0] < whole_s - 0.5) == ("PIN: ", True)
    assert seen[-1][1] == "\n", "what comes next begins a line"


def test_what_is_shown_cannot_steer_the_terminal():
    seen, *_ = heard("printf 'a\\033]0;x\\007b\\tc\\r\\nd\\303\\251\\303' >&2; printf '\\251\\342\\200\\256' >&2")
    assert "".join(text for _, text in seen) == "a\\x1b]0;x\\x07b\\tc\ndéé\\u202e\n"


def test_standard_output_is_never_shown():
    seen, *_ = heard("echo secret")
    assert seen == []
