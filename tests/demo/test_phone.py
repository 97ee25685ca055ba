"""The demo's phone: which code it shows, and where on the screen."""

import re
import sys

import pytest

from assume.demo import config
from assume.demo.phone import Phone

if sys.platform == "win32":
    pytest.skip("needs a POSIX terminal", allow_module_level=True)

from assume.demo.relay import View

SERIAL = config.CLI_USER_MFA
USER = "arn:aws:iam::128716708097:user/cli-user"
NOW = 1_700_000_000 // 30 * 30 + 10.0  # ten seconds after the start of a step
QUESTION = f"MFA code for role-with-mfa ({SERIAL}): ".encode()


@pytest.fixture
def phone(world, tmp_path):
    return Phone(world, tmp_path / "phone")


def test_it_shows_the_code_of_the_device_and_how_long_sts_accepts_it(phone, world):
    code, left_s = phone.code(SERIAL, NOW)
    assert (code, left_s) == (world.code(SERIAL, NOW), 50)
    assert world.take_code(SERIAL, code, USER, NOW + left_s - 1) is True
    assert world.take_code(SERIAL, world.code(SERIAL, NOW + 600), USER, NOW + 600 + left_s) is False


def test_a_used_code_is_not_shown_again(phone, world):
    shown = []
    while code := phone.code(SERIAL, NOW)[0]:
        shown.append(code)
        assert world.take_code(SERIAL, code, USER, NOW) is True
    assert shown == [world.code(SERIAL, NOW + off_s) for off_s in (0, 30, -30)]
    assert phone.line(SERIAL, NOW) == "  ···   cli-user, the next code in 20 s"
    assert phone.code(SERIAL, NOW + 20)[0] not in ("", *shown)


def test_the_file_has_every_device_and_is_written_when_a_code_changes(phone, world):
    phone.show(NOW)
    text = phone.path.read_text()
    assert [line.split()[1] for line in text.splitlines()] == ["saanvi,", "cli-user,"]
    assert f"{world.code(SERIAL, NOW)}  cli-user, good until " in text
    phone.path.write_text("untouched")
    phone.show(NOW + 1)
    assert phone.path.read_text() == "untouched"
    phone.show(NOW + 20)
    assert f"{world.code(SERIAL, NOW + 20)}  cli-user, good until " in phone.path.read_text()


class Seen:
    """A View that draws on an emulated screen."""

    def __init__(self, phone, monkeypatch, columns=120, **how):
        self.output = b""
        monkeypatch.setattr("assume.terminal.show.write", self._write)
        self.view = View(phone, lambda: columns, **{"dumb": False, "plain": False} | how)

    def _write(self, handle, content):
        assert handle == 1
        self.output += content
        return True

    def screen(self, columns=120, lines=30):
        import pyte

        screen = pyte.Screen(columns, lines)
        pyte.ByteStream(screen).feed(self.output)
        return [row.rstrip() for row in screen.display if row.strip()], (screen.cursor.y, screen.cursor.x)


@pytest.fixture
def seen(phone, monkeypatch):
    return Seen(phone, monkeypatch)


def test_the_code_is_shown_above_the_question_and_the_cursor_after_it(seen, world):
    seen.view.show(b"$ assume role-with-mfa\r\n", NOW)
    seen.view.show(QUESTION, NOW)
    rows, cursor = seen.screen()
    assert rows == [
        "$ assume role-with-mfa",
        f" phone   {world.code(SERIAL, NOW)}  cli-user, good for 50 s",
        QUESTION.decode().rstrip(),
    ]
    assert cursor == (2, len(QUESTION))


def test_the_line_is_updated_until_the_question_is_answered(seen, world):
    seen.view.show(b"$ assume role-with-mfa\r\n" + QUESTION[:20], NOW)
    seen.view.show(QUESTION[20:], NOW)
    seen.view.tick(NOW + 20)
    rows, cursor = seen.screen()
    assert rows[1:] == [
        f" phone   {world.code(SERIAL, NOW + 20)}  cli-user, good for 60 s",
        QUESTION.decode().rstrip(),
    ]
    assert cursor == (2, len(QUESTION))
    seen.view.show(b"\r\nassume: role-with-mfa\r\n", NOW + 21)
    before = seen.output
    seen.view.tick(NOW + 25)
    assert seen.output == before


@pytest.mark.parametrize("columns", [20, 40, len(QUESTION), len(QUESTION) + 1])
def test_a_question_that_wraps_is_redrawn_without_leftovers(phone, monkeypatch, world, columns):
    seen = Seen(phone, monkeypatch, columns)
    seen.view.show(b"$ first\r\n", NOW)
    seen.view.show(QUESTION, NOW)
    for second in range(1, 6):
        seen.view.tick(NOW + second)
    text = "".join(row.ljust(columns) for row in seen.screen(columns)[0])
    assert text.count("phone") == text.count("MFA code for") == text.count("first") == 1
    assert re.sub(r"\s", "", QUESTION.decode()) in re.sub(r"\s", "", text)


def test_nothing_is_added_to_a_program_that_fills_the_screen(seen):
    seen.view.show(b"\x1b[?1049h" + QUESTION, NOW)
    assert seen.output == b"\x1b[?1049h" + QUESTION
    seen.view.show(b"\x1b[?1049l\r\n" + QUESTION, NOW)
    assert b"phone" in seen.output


def test_other_prompts_are_passed_through_unchanged(seen):
    texts = (b"MFA code for other (arn:aws:iam::111122223333:mfa/other): ", QUESTION + b"\r\n", QUESTION[:-1], b": ")
    for text in texts:
        seen.view.show(text + b"\r\n", NOW)
    seen.view.tick(NOW + 5)
    assert b"phone" not in seen.output


def test_the_question_of_the_aws_cli_gets_its_code_too(seen):
    seen.view.show(f"Enter MFA code for {SERIAL}: ".encode(), NOW)
    assert b"phone" in seen.output


def test_a_dumb_terminal_gets_plain_lines(phone, monkeypatch, world):
    seen = Seen(phone, monkeypatch, dumb=True, plain=True)
    seen.view.show(QUESTION, NOW)
    seen.view.tick(NOW + 20)
    line = f" phone   {world.code(SERIAL, NOW)}  cli-user, good for 50 s".encode()
    assert seen.output == QUESTION + b"\r\n" + line + b"\r\n" + QUESTION
