"""The picker, by keys on a real terminal and by questions: which profile it returns, and what it draws."""

import os
import pty
import select
import termios
import time

import pyte
import pytest

from assume.errors import Interrupted, NoTerminal
from assume.terminal import ask, pick

PROFILES = [
    ("dev", "123456789012 reader"),
    ("devops", "123456789012 admin"),
    ("prod", "234567890123 admin"),
    ("old-dev", "345678901234 reader"),
]
MANY = [(f"profile{number:02}", "") for number in range(40)]
UP, DOWN = b"\x1b[A", b"\x1b[B"


class Picking:
    """A process that picks on its own terminal, and a screen that shows it; the result goes to a pipe."""

    def __init__(self, profiles):
        out, theirs = os.pipe()
        self.pid, self.terminal = pty.fork()
        if not self.pid:
            os.dup2(theirs, 1)  # as in the shell functions, which capture it
            try:
                os.write(1, pick.pick(profiles).encode())
            except Interrupted:
                os.write(1, b"interrupted")
            finally:
                os._exit(0)
        os.close(theirs)
        self.out = out
        self.screen = pyte.Screen(80, 24)
        self.stream = pyte.ByteStream(self.screen)
        self.before = termios.tcgetattr(self.terminal)

    def shows(self, text):
        """Whether `text` comes to the screen."""
        until = time.monotonic() + 20
        while not any(text in line for line in self.screen.display):
            ready, _, _ = select.select([self.terminal], [], [], max(0, until - time.monotonic()))
            if not ready:
                return False
            try:
                self.stream.feed(os.read(self.terminal, 10000))
            except OSError:  # the other end is closed
                return False
        return True

    def line(self, text):
        """The characters of the first line on the screen that holds `text`, up to its end."""
        at = next(number for number, line in enumerate(self.screen.display) if text in line)
        return [self.screen.buffer[at][column] for column in range(len(self.screen.display[at].rstrip()))]

    def type(self, keys):
        os.write(self.terminal, keys)

    def end(self):
        """The result; what is still drawn is read, so that nothing blocks."""
        content = b""
        while True:
            ready, _, _ = select.select([self.out, self.terminal], [], [], 20)
            if self.out in ready:
                chunk = os.read(self.out, 1000)
                if not chunk:
                    break
                content += chunk
            elif self.terminal in ready:
                self.stream.feed(os.read(self.terminal, 10000))
            else:
                break
        os.waitpid(self.pid, 0)
        return content.decode()


@pytest.fixture
def picking():
    made = []

    def make(profiles=PROFILES):
        made.append(Picking(profiles))
        assert made[-1].shows(f"{len(profiles)} of {len(profiles)}")
        return made[-1]

    yield make
    for one in made:
        os.close(one.terminal)
        os.close(one.out)


@pytest.mark.parametrize(
    ("keys", "result"),
    [
        (b"\r", "dev"),
        (DOWN + b"\r", "devops"),
        (b"\t\t\r", "prod"),
        (b"\x0e\x0e\x10\r", "devops"),  # Ctrl-N twice, Ctrl-P
        (DOWN * 9 + b"\r", "old-dev"),
        (DOWN + UP * 3 + b"\r", "dev"),
        (b"ops\r", "devops"),
        (b"READER old\r", "old-dev"),
        (b"dx\x7fevo\r", "devops"),  # x, then Backspace
        (b"nothing\r\x15pro\r", "prod"),  # Enter does nothing without a match; Ctrl-U empties the line
        (b"\x03", "interrupted"),
        (b"\x04", "interrupted"),
        (b"\x1b", "interrupted"),
    ],
)
def test_the_result_of_keys(picking, keys, result):
    one = picking()
    one.type(keys)
    assert one.end() == result


def test_the_screen_shows_the_matches_and_is_restored(picking):
    one = picking()
    one.type(b"dev")
    assert one.shows("3 of 4")
    drawn = "\n".join(line.rstrip() for line in one.screen.display).strip()
    assert drawn.splitlines() == [
        "profile: dev",
        "  dev  123456789012 reader",
        "  devops  123456789012 admin",
        "  old-dev  345678901234 reader",
        "  3 of 4",
    ]
    assert all(mark.reverse for mark in one.line("dev  1234")[:5]), "the first match is marked"
    one.type(b"\r")
    assert one.end() == "dev"
    assert "".join(one.screen.display).strip() == ""
    after = termios.tcgetattr(one.terminal)
    assert after[3] & termios.ECHO
    assert after[3] & termios.ICANON


def test_production_is_red_and_has_the_word(picking):
    one = picking()
    (name,) = [mark for mark in one.line("prod") if mark.data == "p"]
    assert (name.fg, name.bold) == ("red", True)
    assert one.shows("prod  PROD  234567890123 admin")


def test_a_long_list_scrolls_with_the_mark(picking):
    one = picking(MANY)
    assert not any("profile20" in line for line in one.screen.display)
    one.type(DOWN * 20)
    assert one.shows("profile20")
    one.type(b"\r")
    assert one.end() == "profile20"


def test_a_name_cannot_steer_the_terminal(picking):
    one = picking([("a\x1b[2J", "b\x07"), *PROFILES])
    assert one.shows("a\\x1b[2J  b\\x07")


def test_a_name_that_begins_as_typed_comes_first():
    choice = pick.Choice([("x-dev", ""), ("y", "dev"), ("dev", "")])
    choice.narrow("Dev")
    assert [name for name, _ in choice.found] == ["dev", "x-dev", "y"]


def test_without_a_terminal_it_raises_no_terminal():
    child = os.fork()
    if not child:
        os.setsid()
        try:
            pick.pick(PROFILES)
        except NoTerminal as error:
            os._exit(7 if "which profile?" in str(error) else 1)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


@pytest.mark.parametrize(
    ("answers", "result"),
    [
        (["3"], "prod"),
        (["devops"], "devops"),
        (["old", "1"], "old-dev"),
        (["0", "", "dev"], "dev"),
        (["9", "prod"], "prod"),
    ],
)
def test_by_questions_where_nothing_can_be_drawn(monkeypatch, capfd, answers, result):
    monkeypatch.setattr("sys.platform", "win32")
    waiting = list(answers)
    monkeypatch.setattr(ask, "ask", lambda *_, **__: waiting.pop(0))
    assert pick.pick(PROFILES) == result
    assert waiting == []
    out, err = capfd.readouterr()
    assert out == ""
    assert "   3  prod  PROD  234567890123 admin\n" in err
