"""The children of `each`: their output in whole lines, their status, their end within a second."""

import os
import signal
import sys
import threading
import time

import pytest

from assume.services import children
from assume.services.children import Children, Ended

ENVIRONMENT = {"PATH": os.environ["PATH"], "WHO": "me"}


def run(*words, made=None):
    """Status and both outputs, each as the list of what the sink received."""
    out: list[bytes] = []
    err: list[bytes] = []
    return (made or Children()).run(words, ENVIRONMENT, out.append, err.append), out, err


def test_a_child_has_its_environment_and_neither_a_terminal_nor_input():
    status, out, _ = run("sh", "-c", "cat; echo $WHO; (: </dev/tty) 2>/dev/null || echo none; exit 5")
    assert (status, b"".join(out)) == (5, b"me\nnone\n")


def test_a_sink_receives_whole_lines():
    script = "import os,time\nfor part in b'one\\ntw', b'o', b'\\n\\nthr', b'ee': os.write(1, part); time.sleep(0.02)\n"
    _, out, _ = run(sys.executable, "-c", script)
    assert b"".join(out) == b"one\ntwo\n\nthree"
    assert all(part.endswith(b"\n") for part in out[:-1])


def test_a_line_without_an_end_is_handed_on_in_parts(monkeypatch):
    monkeypatch.setattr(children, "LINE_LARGEST", 1000)
    _, out, _ = run(sys.executable, "-c", "print('x' * 500_000, end='')")
    assert b"".join(out) == b"x" * 500_000
    assert len(out) > 1


def test_a_file_gets_every_byte(tmp_path):
    with (tmp_path / "out").open("wb") as out, (tmp_path / "err").open("wb") as err:
        assert Children().run(["sh", "-c", r"printf '\0a'; echo e >&2"], ENVIRONMENT, out, err) == 0
    assert ((tmp_path / "out").read_bytes(), (tmp_path / "err").read_bytes()) == (b"\0a", b"e\n")


@pytest.mark.parametrize(("name", "status"), [("/nowhere/x", 127), ("/etc/passwd", 126)])
def test_a_command_that_cannot_be_run_is_told(name, status):
    found, _, err = run(name)
    assert found == status
    assert err[0].startswith(f"{name} cannot be run: ".encode())


def test_an_ended_child_is_not_waited_for_if_what_it_left_behind_holds_its_output():
    began = time.monotonic()
    status, out, _ = run("sh", "-c", "echo here; sleep 30 & exit 3")
    assert (status, out) == (3, [b"here\n"])
    assert time.monotonic() - began < 15


def test_a_signal_is_a_negative_status():
    assert run("sh", "-c", "kill -TERM $$")[0] == -signal.SIGTERM


def test_children_that_heed_no_signal_end_within_a_second():
    made = Children()
    found: list[int | None] = []
    ready = threading.Semaphore(0)

    def work():
        line = "trap '' INT TERM HUP; echo ready; while :; do sleep 60; done"
        found.append(made.run(["sh", "-c", line], ENVIRONMENT, lambda _: ready.release(), lambda _: None))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert ready.acquire(timeout=60)
    assert made.count == 4
    used = time.process_time()
    began = time.monotonic()
    made.end()
    for thread in threads:
        thread.join(60)
    assert time.monotonic() - began < 3, "a second on a quiet machine"
    assert time.process_time() - used < 0.5
    assert found == [-signal.SIGKILL] * 4
    assert run("true", made=made)[0] is None, "no other one starts"
    assert children.KILL_AT_S < 1


def test_sigterm_and_sighup_end_a_run():
    before = children.end_by_signals()
    try:
        for number in (signal.SIGTERM, signal.SIGHUP):
            with pytest.raises(Ended) as caught:
                signal.raise_signal(number)
            assert caught.value.status == 128 + number
    finally:
        children.restore(before)
    assert signal.getsignal(signal.SIGTERM) == before[signal.SIGTERM]
