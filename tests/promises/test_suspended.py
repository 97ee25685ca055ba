"""A process that is stopped or in the background while it holds a lock lets go of it; a code on stdin is bounded."""

import os
import pty
import re
import select
import shlex
import signal
import subprocess
import threading
import time

import pytest

from assume.demo.config import CLI_USER_MFA
from assume.simulator import faults
from assume.store import record, system_lock

QUESTION = "MFA code for"
PATIENCE_S = 60


class Shell:
    """An interactive bash on its own terminal, with job control, and the files of `ground`."""

    def __init__(self, ground):
        self.pid, self.terminal = pty.fork()
        if not self.pid:
            os.chdir(ground.home.path)
            environment = ground.environment | {"PS1": "READY ", "TERM": "dumb", "HISTFILE": ""}
            os.execvpe("bash", ["bash", "--noprofile", "--norc", "-i"], environment)
        self.program = shlex.join(map(str, ground.program))
        self.seen = ""
        self.wait_for("READY ")

    def type(self, text):
        os.write(self.terminal, text.encode())

    def wait_for(self, text, within_s=PATIENCE_S):
        """Until `text` was seen since the last call; what was seen up to it."""
        until = time.monotonic() + within_s
        while text not in self.seen:
            ready, _, _ = select.select([self.terminal], [], [], max(until - time.monotonic(), 0))
            assert ready, f"{text!r} was not seen, but {self.seen!r}"
            self.seen += os.read(self.terminal, 65536).decode("utf-8", "replace")
        before, _, self.seen = self.seen.partition(text)
        return before

    def end(self):
        os.kill(self.pid, signal.SIGKILL)
        os.close(self.terminal)
        os.waitpid(self.pid, 0)


@pytest.fixture
def shell(ground):
    made = Shell(ground)
    yield made
    made.end()


def is_free(ground):
    """Whether no process holds a lock of the store."""
    for name in ground.stored(record.LOCK):
        handle = os.open(ground.store / name, os.O_RDWR)
        try:
            if not system_lock.take(handle):
                return False
        finally:
            os.close(handle)
    return True


def until_free(ground):
    until = time.monotonic() + PATIENCE_S
    while not is_free(ground):
        assert time.monotonic() < until, "a lock is still held"
        time.sleep(0.02)


def test_ctrl_z_at_the_question_lets_another_terminal_answer_and_fg_takes_its_result(ground, shell):
    shell.type(f"{shell.program} exec role-with-mfa -- echo 'it' 'ran'\n")
    shell.wait_for(QUESTION)
    assert not is_free(ground)
    shell.type("\x1a")
    shell.wait_for("Stopped")
    shell.wait_for("READY ")
    until_free(ground)
    other = ground.use("role-with-mfa", terminal=True)
    other.wait_for(QUESTION)
    other.type(ground.code(CLI_USER_MFA) + "\n")
    assert other.end().status == 0
    shell.type("fg\n")
    seen = shell.wait_for("it ran\r\n")
    assert QUESTION not in seen
    assert "another terminal" not in seen


def test_ctrl_z_at_the_question_and_fg_asks_again(ground, shell):
    shell.type(f"{shell.program} exec role-with-mfa -- echo 'it' 'ran'\n")
    shell.wait_for(QUESTION)
    shell.type("\x1a")
    shell.wait_for("READY ")
    shell.type("stty -a; fg\n")
    assert re.search(r"(?<!-)\becho\b", shell.wait_for(QUESTION))
    shell.type(ground.code(CLI_USER_MFA) + "\n")
    shell.wait_for("it ran\r\n")


def test_a_question_in_the_background_stops_without_the_lock_until_fg(ground, shell):
    shell.type(f"{shell.program} exec role-with-mfa -- echo 'it' 'ran' & echo pid'='$!,\n")
    shell.wait_for("pid=")
    pid = shell.wait_for(",")
    until = time.monotonic() + PATIENCE_S
    while "T" not in state_of(pid):
        assert time.monotonic() < until, state_of(pid)
        time.sleep(0.05)
    assert is_free(ground)
    shell.type("fg\n")
    shell.wait_for(QUESTION)
    shell.type(ground.code(CLI_USER_MFA) + "\n")
    shell.wait_for("it ran\r\n")


def state_of(pid):
    return subprocess.run(["ps", "-o", "stat=", "-p", pid], capture_output=True, text=True).stdout


def test_ctrl_z_during_a_call_lets_go_of_the_lock_and_the_call_ends_after_fg(ground, shell, sts):
    until, reached = threading.Event(), threading.Event()
    sts.faults = faults.first(1, faults.hang(until, reached))
    shell.type(f"{shell.program} exec marketingadmin -- echo 'it' 'ran'\n")
    assert reached.wait(PATIENCE_S)
    shell.type("\x1a")
    shell.wait_for("Stopped")
    other = ground.use("marketingadmin")
    assert other.end().status == 0
    until.set()
    shell.type("fg\n")
    shell.wait_for("it ran\r\n")


@pytest.fixture
def given_code(ground):
    """Starts `assume use role-with-mfa --mfa-code -` with a standard input; ended with the test."""
    words = [*ground.program, "use", "--shell", "bash", "--state", "", "role-with-mfa", "--mfa-code", "-"]
    started = []

    def start(stdin, **how):
        started.append(_started(words, ground.environment, stdin, **how))
        return started[-1]

    yield start
    for running in started:
        running.kill()
        running.wait()


def _started(words, environment, stdin, **how):
    return subprocess.Popen(
        list(map(str, words)), env=environment, stdin=stdin, stderr=subprocess.PIPE, text=True, **how
    )


def test_a_code_on_a_closed_standard_input_is_refused_at_once(ground, given_code):
    running = given_code(None, stdout=subprocess.PIPE, preexec_fn=lambda: os.close(0))
    out, said = running.communicate(timeout=PATIENCE_S)
    assert (running.returncode, out) == (1, "")
    assert "standard input is closed" in said
    assert "Traceback" not in said
    assert is_free(ground)


def test_a_code_on_our_own_output_is_refused_at_once(ground, given_code):
    """bash, `assume mfa --mfa-code - <&-`: the pipe from which the function reads has become standard input."""
    ours, theirs = os.pipe()
    running = given_code(ours, stdout=theirs)
    _, said = running.communicate(timeout=PATIENCE_S)
    os.close(ours)
    os.close(theirs)
    assert running.returncode == 1
    assert "standard input is closed" in said


def test_a_code_that_does_not_come_on_standard_input_holds_up_nobody(ground, given_code):
    ours, theirs = os.pipe()
    waiting = given_code(ours, stdout=subprocess.PIPE)
    time.sleep(1)  # until it waits, and longer than a start takes
    assert waiting.poll() is None
    other = ground.use("role-with-mfa", terminal=True)
    other.wait_for(QUESTION)
    other.type(ground.code(CLI_USER_MFA) + "\n")
    assert other.end().status == 0
    os.close(theirs)
    os.close(ours)
    out, _ = waiting.communicate(timeout=PATIENCE_S)
    assert waiting.returncode == 1
    assert out == ""


def test_a_code_on_standard_input_leaves_the_rest_to_the_command(ground):
    words = [*ground.program, "exec", "--mfa-code", "-", "role-with-mfa", "--", "cat"]
    text = ground.code(CLI_USER_MFA) + "\nthe rest\n"
    done = subprocess.run(list(map(str, words)), env=ground.environment, input=text, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "the rest\n"), done.stderr
