"""The picker, by keys on a real terminal and by questions: which profile it returns, and what it draws."""

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time

import pyte
import pytest

from assume.errors import Interrupted, NoTerminal
from assume.terminal import ask, pick
from assume.terminal.filter import About

PROFILES = {
    "dev": About("123456789012", "reader", "eu-west-1", left="59m"),
    "devops": About("123456789012", "admin", "eu-west-1", marks="MFA"),
    "prod": About("234567890123", "admin", "us-east-1"),
    "old-dev": About("345678901234", "reader"),
}
GUARDED = {
    "live": About("123456789012", "admin", marks="guarded", is_guarded=True),
    "test": About("123456789012", "reader"),
}
MANY = {f"profile{number:02}": About() for number in range(40)}
UP, DOWN = b"\x1b[A", b"\x1b[B"


class Picking:
    """A process that picks on its own terminal, and a screen that shows it; the result goes to a pipe."""

    def __init__(self, profiles, columns=80, lines=24, before=b"", **how):
        """`before`: keys that come before the picker is there."""
        out, theirs = os.pipe()
        starts, start = os.pipe()
        self.pid, self.terminal = pty.fork()
        if not self.pid:
            os.read(starts, 1)
            os.dup2(theirs, 1)  # as in the shell functions, which capture it
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
                environment = {"TERM": "xterm", **how.pop("environment", {})}
                texts = [f"{about.account} {about.role} {about.region} {about.marks}" for about in profiles.values()]
                chosen = pick.pick(list(profiles), profiles.__getitem__, texts, environment=environment, **how)
                os.write(1, chosen.encode())
            except Interrupted:
                os.write(1, b"interrupted")
            finally:
                os._exit(0)
        os.close(theirs)
        self.out = out
        self.seen = b""  # all that was drawn
        self.screen = pyte.Screen(columns, lines)
        self.stream = pyte.ByteStream(self.screen)
        self.before = termios.tcgetattr(self.terminal)
        self.type(before)
        assert self.shows(before.decode().strip()), "the terminal has taken them"
        os.write(start, b"1")

    def shows(self, text):
        """Whether `text` comes to the screen."""
        return self.comes(lambda: any(text in line for line in self.screen.display))

    def is_live(self):
        """Whether prompt_toolkit has taken over, which asks the terminal to mark what is pasted."""
        return self.comes(lambda: b"\x1b[?2004h" in self.seen and self.seen.endswith(b"\x1b[?25h"))

    def comes(self, is_there):
        """Whether `is_there()` becomes true while the picker draws."""
        until = time.monotonic() + 20
        while not is_there():
            ready, _, _ = select.select([self.terminal], [], [], max(0, until - time.monotonic()))
            if not ready:
                return False
            try:
                self.feed(os.read(self.terminal, 10000))
            except OSError:  # the other end is closed
                return False
        return True

    def feed(self, drawn):
        self.seen += drawn
        self.stream.feed(drawn)

    def lines(self):
        """What is drawn, without blanks at the ends of lines, nor empty lines below."""
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip().splitlines()

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
                self.feed(os.read(self.terminal, 10000))
            else:
                break
        os.waitpid(self.pid, 0)
        return content.decode()


@pytest.fixture
def picking():
    made = []

    def make(profiles=PROFILES, columns=80, lines=24, **how):
        made.append(Picking(profiles, columns, lines, **how))
        assert made[-1].shows(f" of {len(profiles)} ")
        return made[-1]

    yield make
    for one in made:
        os.close(one.terminal)
        os.close(one.out)


@pytest.mark.parametrize(
    ("keys", "result"),
    [
        (b"\r", "dev"),
        (b"\n", "dev"),
        (DOWN + b"\r", "devops"),
        (b"\x1bOB\r", "devops"),  # an arrow in application mode
        (b"\t\t\r", "prod"),
        (b"\x0e\x0e\x10\r", "devops"),  # Ctrl-N twice, Ctrl-P
        (DOWN * 9 + b"\r", "old-dev"),
        (DOWN + UP * 3 + b"\r", "dev"),
        (b"\x1b[6~\r", "old-dev"),  # Page down
        (b"\x1b[F\x1b[5~\r", "dev"),  # End, Page up
        (b"\x1b[F\x1b[H\x1b[B\r", "devops"),  # End, Home, down
        (b"ops\r", "devops"),
        (b"READER old\r", "old-dev"),
        (b"old read\r", "old-dev"),
        (b"234567890123\r", "prod"),
        (b"us-east\r", "prod"),
        (b"mfa\r", "devops"),
        (b"dx\x7fevo\r", "devops"),  # x, then Backspace
        (b"nothing\r\x15pro\r", "prod"),  # Enter does nothing without a match; Ctrl-U empties the line
        (b"old nothing\x17\r", "old-dev"),  # Ctrl-W takes the last word
        (b"\x1b[1;5Cold\r", "old-dev"),  # a key that means nothing here
        (b"\x1b[99;5Z\x1bOzold\r", "old-dev"),  # keys that prompt_toolkit does not know
        (b"dps\x1b[D\x1b[Devo\r", "devops"),  # Left twice, then typed in the middle
        (b"ps\x01devo\r", "devops"),  # Ctrl-A
        (b"\x1a\x11\x00ops\r", "devops"),  # Ctrl-Z, Ctrl-Q and Ctrl-Space do nothing
        (b"\x1b[200~old\ndev\n\x1b[201~\r", "old-dev"),  # pasted
        (b"\x03", "interrupted"),
        (b"\x04", "interrupted"),
        (b"\x1b", "interrupted"),
    ],
)
def test_the_result_of_keys(picking, keys, result):
    one = picking()
    one.type(keys)
    assert one.end() == result


def test_prompt_toolkit_takes_over_the_first_frame_without_erasing_it(picking):
    one = picking(typed="dev")
    lines, drawn = one.lines(), len(one.seen)
    assert one.is_live()
    taken = one.seen[drawn:]
    assert [code for code in (b"\x1b[J", b"\x1b[0J", b"\x1b[2J", b"\x1b[K", b"\x1b[0K") if code in taken] == []
    assert one.lines() == lines
    assert (one.screen.cursor.y, one.screen.cursor.x) == (0, len("profile: dev"))


@pytest.mark.parametrize("columns", [24, 80])
def test_the_cursor_is_where_the_next_letter_goes(picking, columns):
    one = picking(columns=columns)
    one.type("é東 and much more of it".encode() + b"\x1b[D" * 2)
    assert one.shows("f it")
    assert one.comes(lambda: one.screen.buffer[0][one.screen.cursor.x].data == "i")


def test_a_fault_in_the_picker_restores_the_terminal_and_prints_nothing(picking):
    class Broken(dict[str, About]):
        def __getitem__(self, name):
            return super().__getitem__(name) if name < "profile20" else 1 / 0

    one = picking(Broken(MANY))
    one.type(DOWN * 20)
    assert one.end() == ""
    assert b"Traceback" not in one.seen
    assert b"exception" not in one.seen
    assert termios.tcgetattr(one.terminal) == one.before


def test_the_screen_shows_the_matches_and_is_restored(picking):
    one = picking()
    assert one.lines() == [
        "profile:",
        "  dev        123456789012  reader  eu-west-1  ● 59m",
        "  devops     123456789012  admin   eu-west-1         MFA",
        "  prod PROD  234567890123  admin   us-east-1",
        "  old-dev    345678901234  reader",
        "  4 of 4   Enter takes it, Esc leaves",
    ]
    one.type(b"dev")
    assert one.shows("3 of 4")
    assert [line.split()[0] for line in one.lines()] == ["profile:", "dev", "devops", "old-dev", "3"]
    assert (one.screen.cursor.y, one.screen.cursor.x) == (0, len("profile: dev"))
    assert all(mark.reverse for mark in one.line("  dev  ")[:5]), "the first match is under the bar"
    marked = [mark for mark in one.line("old-dev") if mark.underscore]
    assert "".join(mark.data for mark in marked) == "dev"
    one.type(b"\r")
    assert one.end() == "dev"
    assert "".join(one.screen.display).strip() == ""
    after = termios.tcgetattr(one.terminal)
    assert after == one.before


def test_production_is_red_and_has_the_word(picking):
    one = picking()
    assert {(mark.fg, mark.bold) for mark in one.line("prod PROD")[2:11]} == {("red", True)}


def test_without_colours_the_words_stay(picking):
    one = picking(environment={"NO_COLOR": "1"})
    cells = [cell for row in one.screen.buffer.values() for cell in row.values()]
    assert {cell.fg for cell in cells} == {cell.bg for cell in cells} == {"default"}
    assert one.shows("prod PROD")


def test_a_terminal_that_is_not_utf8_gets_no_sign_of_it(picking):
    one = picking(environment={"LANG": "en_US.ISO-8859-1"})
    assert one.shows("* 59m")


def test_a_guarded_profile_is_not_under_the_bar_at_first(picking):
    one = picking(GUARDED)
    one.type(b"\r")
    assert one.end() == "test"
    one = picking({"live": GUARDED["live"]})
    one.type(b"\r")
    assert one.shows("press Down")
    one.type(DOWN + b"\r")
    assert one.end() == "live"
    one = picking(GUARDED)
    one.type(b"live\r")
    assert one.end() == "live", "its name was typed"


def test_typing_can_start_with_a_text(picking):
    one = picking(typed="old")
    assert one.lines()[0] == "profile: old"
    one.type(b"\r")
    assert one.end() == "old-dev"


@pytest.mark.parametrize("columns", [20, 40])
def test_a_narrow_terminal_shows_names_first_and_the_rest_below(picking, columns):
    one = picking(columns=columns)
    assert [line.split()[0] for line in one.lines()][:5] == ["profile:", "dev", "devops", "prod", "old-dev"]
    assert any(line.startswith("  123456789012  r") for line in one.lines()[5:])
    one.type(DOWN * 2)
    assert one.shows("  234567890123  a")


def test_a_low_terminal_keeps_the_first_line(picking):
    one = picking(MANY, lines=8)
    one.type(DOWN * 20)
    assert one.shows("profile20")
    assert one.lines()[0].startswith("profile:")
    assert len(one.lines()) <= 8


@pytest.mark.parametrize("is_live", [False, True])
def test_another_size_of_the_terminal_is_drawn(picking, is_live):
    one = picking()
    assert not is_live or one.is_live()
    fcntl.ioctl(one.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 30, 0, 0))
    one.screen.resize(24, 30)
    os.kill(one.pid, signal.SIGWINCH)
    assert one.shows("  123456789012  reader")
    one.type(b"\r")
    assert one.end() == "dev"


def test_a_long_list_scrolls_with_the_bar(picking):
    one = picking(MANY)
    assert not any("profile20" in line for line in one.screen.display)
    one.type(DOWN * 20)
    assert one.shows("profile20")
    one.type(b"\r")
    assert one.end() == "profile20"


def test_a_name_cannot_steer_the_terminal(picking):
    one = picking({"a\x1b[2J": About("b\x07"), **PROFILES})
    assert one.shows("a\\x1b[2J   b\\x07")


@pytest.mark.parametrize("is_live", [False, True])
@pytest.mark.parametrize(("number", "result"), [(signal.SIGTERM, ""), (signal.SIGINT, "interrupted")])
def test_a_signal_that_ends_it_restores_the_terminal(picking, number, result, is_live):
    one = picking()
    assert not is_live or one.is_live()
    os.kill(one.pid, number)
    assert one.end() == result
    assert one.comes(lambda: "".join(one.screen.display).strip() == "")
    assert termios.tcgetattr(one.terminal) == one.before


@pytest.mark.parametrize("is_live", [False, True])
def test_it_ends_when_the_terminal_is_gone(picking, is_live):
    one = picking()
    assert not is_live or one.is_live()
    os.close(one.terminal)
    one.terminal = os.open(os.devnull, os.O_RDWR)
    assert select.select([one.out], [], [], 20)[0]
    assert os.read(one.out, 100) == b"", "as by SIGHUP"
    os.waitpid(one.pid, 0)


def test_without_a_terminal_it_raises_no_terminal():
    child = os.fork()
    if not child:
        os.setsid()
        try:
            pick.pick(list(PROFILES), environment={"TERM": "xterm"})
        except NoTerminal as error:
            os._exit(7 if "which profile?" in str(error) else 1)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


@pytest.mark.parametrize("terminal", ["win32", "dumb"])
@pytest.mark.parametrize(
    ("answers", "result"),
    [
        (["3"], "prod"),
        (["devops"], "devops"),
        (["old", "1"], "old-dev"),
        (["admin us", "1"], "prod"),
        (["0", "", "dev"], "dev"),
        (["9", "prod"], "prod"),
    ],
)
def test_by_questions_where_nothing_can_be_drawn(monkeypatch, capfd, terminal, answers, result):
    if terminal == "win32":
        monkeypatch.setattr("sys.platform", "win32")
    waiting = list(answers)
    monkeypatch.setattr(ask, "ask", lambda *_, **__: waiting.pop(0))
    texts = [f"{about.role} {about.region}" for about in PROFILES.values()]
    chosen = pick.pick(list(PROFILES), PROFILES.__getitem__, texts, environment={"TERM": terminal})
    assert chosen == result
    assert waiting == []
    out, err = capfd.readouterr()
    assert out == ""
    assert "   3  prod  PROD 234567890123 admin us-east-1\n" in err


@pytest.mark.parametrize("typed", [b"prod\r", b"prod"])
def test_keys_that_were_typed_before_the_picker_was_there_choose_nothing(typed):
    picking = Picking(PROFILES, before=typed)
    assert picking.shows("4 of 4")
    picking.type(b"\r")
    assert picking.end() == "dev"


@pytest.mark.parametrize("term", ["", "dumb"])
def test_a_dumb_terminal_is_asked_by_numbers(term):
    picking = Picking(PROFILES, environment={"TERM": term})
    assert picking.shows("its number, its name, or a part of it:")
    picking.type(b"3\n")
    assert picking.end() == "prod"
