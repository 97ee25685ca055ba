"""Labels of lines: their width, their colours, the line of progress at a terminal and what is left of it."""

import os
import pty
import threading

import pyte
import pytest

from assume.terminal import labels, show
from assume.terminal.labels import Labels

NAMES = ["dev", "prod-a", "名前", "x" * 40]


def plain(monkeypatch, *handles):
    monkeypatch.setattr(show, "is_terminal", lambda handle: handle in handles)


def test_labels_are_padded_by_columns_and_long_ones_are_not_cut(monkeypatch, capfd):
    plain(monkeypatch)
    made = Labels(NAMES, {}, {})
    for name in NAMES:
        made.write(1, name, b"a\nb")
    lines = capfd.readouterr().out.splitlines()
    assert lines[:6] == ["dev    | a", "dev    | b", "prod-a | a", "prod-a | b", "名前   | a", "名前   | b"]
    assert lines[6] == "x" * 40 + " | a"


def test_a_name_that_could_steer_a_terminal_is_escaped(monkeypatch, capfd):
    plain(monkeypatch)
    Labels(["a\x1b[2J"], {}, {}).write(1, "a\x1b[2J", b"x\n")
    assert capfd.readouterr().out == "a\\x1b[2J | x\n"


@pytest.mark.parametrize(
    ("have", "handles", "coloured"),
    [({}, (1, 2), True), ({}, (), False), ({"NO_COLOR": "1"}, (1,), False), ({"TERM": "dumb"}, (1,), False)],
)
def test_colours_are_for_terminals_and_production_is_red(monkeypatch, capfd, have, handles, coloured):
    plain(monkeypatch, *handles)
    made = Labels(["dev", "prod-a", "own"], {"own": "35"}, have)
    for name in ("dev", "prod-a", "own"):
        made.write(1, name, b"x\n")
    out = capfd.readouterr().out
    assert [code in out for code in ("\x1b[36mdev", "\x1b[1;31mprod-a", "\x1b[35mown")] == [coloured] * 3


def test_a_closed_output_is_noticed(monkeypatch):
    plain(monkeypatch)
    made = Labels(["dev"], {}, {})
    monkeypatch.setattr(show, "write", lambda handle, content: False)
    made.write(2, "dev", b"x\n")
    assert not made.is_broken
    made.write(1, "dev", b"x\n")
    assert made.is_broken


def test_the_line_of_progress_is_below_the_lines_and_gone_at_the_end(monkeypatch):
    monkeypatch.setattr(labels, "REDRAW_S", 0)
    ours, theirs = pty.openpty()
    screen = pyte.Screen(80, 10)
    stream = pyte.ByteStream(screen)

    def write(handle, content):
        os.write(theirs, content)
        stream.feed(os.read(ours, 65536))
        return True

    monkeypatch.setattr(show, "write", write)
    plain(monkeypatch, 1, 2)
    made = Labels(["dev"], {}, {})
    made.progress("1 of 2 done")
    assert screen.display[0].strip() == "1 of 2 done"
    made.write(1, "dev", b"a\nb\n")
    made.progress("2 of 2 done")
    assert [line.strip() for line in screen.display[:3]] == ["dev | a", "dev | b", "2 of 2 done"]
    made.say("assume: a message")
    made.progress("")
    assert [line.strip() for line in screen.display[:4]] == ["dev | a", "dev | b", "assume: a message", ""]
    os.close(ours)
    os.close(theirs)


def test_lines_of_many_threads_stay_whole(monkeypatch, capfd):
    plain(monkeypatch)
    made = Labels([str(number) for number in range(8)], {}, {})

    def work(name):
        for _ in range(50):
            made.write(1, name, b"y" * 200 + b"\n" + b"z" * 200)

    threads = [threading.Thread(target=work, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = capfd.readouterr().out.splitlines()
    assert len(lines) == 800
    assert {line[4:] for line in lines} == {"y" * 200, "z" * 200}
