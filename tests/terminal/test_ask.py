"""A question appears on the terminal and nowhere else, and the terminal is restored."""

import os
import pty
import select
import signal
import sys
import termios
import time

import pytest

from assume.errors import Interrupted, NoTerminal
from assume.terminal import ask

WORDING = "MFA code for dev: "


class Asked:
    """A process that asks on its own terminal; the answer goes to a pipe, which is its standard output."""

    def __init__(self, typed=b"", **how):
        """`typed`: keys that come before the question."""
        out, theirs = os.pipe()
        starts, start = os.pipe()
        self.pid, self.terminal = pty.fork()
        if not self.pid:
            os.read(starts, 1)
            os.dup2(theirs, 1)
            try:
                os.write(1, repr(ask.ask(WORDING, **how)).encode())
            except Interrupted:
                os.write(1, b"interrupted")
            except SystemExit as end:
                os.write(1, f"ended {end.code}".encode())
            finally:
                os._exit(0)
        os.close(theirs)
        self.out = out
        self.shown = b""
        os.write(self.terminal, typed)
        assert self.sees(typed.strip()), "the terminal has taken them"
        os.write(start, b"1")

    def sees(self, text):
        until = time.monotonic() + 20
        while text not in self.shown:
            ready, _, _ = select.select([self.terminal, self.out], [], [], until - time.monotonic())
            if self.terminal not in ready:
                break
            try:
                self.shown += os.read(self.terminal, 1000)
            except OSError:
                break
        return text in self.shown

    def echoes(self):
        return bool(termios.tcgetattr(self.terminal)[3] & termios.ECHO)

    def end(self):
        content = b""
        while chunk := os.read(self.out, 1000):
            content += chunk
        os.waitpid(self.pid, 0)
        return content


@pytest.fixture
def asked():
    made = []

    def make(**how):
        made.append(Asked(**how))
        assert made[-1].sees(WORDING.encode())
        return made[-1]

    yield make
    for one in made:
        os.close(one.terminal)
        os.close(one.out)


def test_the_wording_is_on_the_terminal_and_not_on_standard_output(asked):
    one = asked()
    os.write(one.terminal, b"123456\n")
    assert one.end() == b"'123456'"


def test_typed_text_is_shown_only_with_echo(asked):
    for echo in (False, True):
        one = asked(echo=echo)
        assert one.echoes() is echo
        os.write(one.terminal, b"123456\n")
        assert one.end() == b"'123456'"
        one.sees(b"\r\n")
        assert (b"123456" in one.shown) is echo
        assert one.echoes()


@pytest.mark.parametrize(
    ("typed", "said"),
    [(b"\x03", b"interrupted"), (b"\x04", b"interrupted"), (b"  12 34  \n", b"'12 34'"), (b"\n", b"''")],
)
def test_how_it_ends(asked, typed, said):
    one = asked()
    os.write(one.terminal, typed)
    assert one.end() == said
    assert one.echoes()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_ends_it_and_the_terminal_is_restored(asked, number):
    one = asked()
    os.kill(one.pid, number)
    assert one.end() == f"ended {128 + number}".encode()
    assert one.echoes()


def test_every_wait_is_short_so_that_a_signal_just_before_it_is_handled(asked, monkeypatch):
    real = select.select

    def bounded(reads, writes, others, timeout=None):
        assert timeout is not None
        return real(reads, writes, others, timeout)

    monkeypatch.setattr("select.select", bounded)
    one = asked()
    monkeypatch.undo()
    os.write(one.terminal, b"123456\n")
    assert one.end() == b"'123456'"


def test_it_ends_once_it_is_cancelled(asked):
    one = asked(cancelled=lambda: True)
    assert one.end() == b"None"
    assert one.echoes()


def test_without_a_terminal_it_raises_no_terminal(monkeypatch):
    child = os.fork()
    if not child:
        os.setsid()
        try:
            ask.ask(WORDING)
        except NoTerminal:
            os._exit(7)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert sys.stdin is not None


@pytest.mark.parametrize("typed", [b"111111\n", b"111"])
def test_keys_that_were_typed_before_the_question_are_no_answer(typed):
    asked = Asked(typed)
    assert asked.sees(WORDING.encode())
    os.write(asked.terminal, b"654321\n")
    assert asked.end() == b"'654321'"
