"""Files of the store: what was written comes back byte for byte, and a changed byte is a miss."""

import os
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assume.store import record

TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
NAME = st.text("abcdefgh$/_.", min_size=1, max_size=8)


@given(st.dictionaries(NAME, TEXT, max_size=6))
def test_any_text_comes_back(fields):
    assert record.parsed(record.formatted(fields)) == fields | {"format": record.FORMAT}


def test_undecodable_bytes_come_back():
    assert record.parsed(record.formatted({"a": "\udcff"})) == {"a": "\udcff", "format": record.FORMAT}


@given(st.randoms(use_true_random=False))
def test_any_changed_byte_is_a_miss(draw: random.Random):
    content = bytearray(record.formatted({"a": "some text", "b": "more"}))
    at = draw.randrange(len(content))
    content[at] ^= draw.randrange(1, 256)
    assert record.parsed(bytes(content)) is None


@given(st.integers(0, 90))
def test_any_cut_is_a_miss(length):
    content = record.formatted({"a": "some text", "b": "more"})
    assert record.parsed(content[: min(length, len(content) - 1)]) is None


def test_a_name_is_thirty_two_digits_and_differs_for_what_differs():
    names = [record.name_of(text) for text in ("", "a", "b", "a\n", "\na", "a" * 1000, "\udcff")]
    assert len(set(names)) == len(names)
    assert all(len(name) == 32 and set(name) <= set("0123456789abcdef") for name in names)


@pytest.mark.parametrize(("text", "number"), [("12", 12), ("", 0), ("-1", 0), ("1e3", 0), ("٣", 0), ("9" * 20, 0)])
def test_numbers(text, number):
    assert record.number({"n": text}, "n") == number


def test_a_signature_changes_with_anything_that_a_stat_can_see(tmp_path):
    path = tmp_path / "f"
    path.write_text("one")
    os.utime(path, (1000, 1000))
    later = path.stat().st_ctime + 10
    seen = [record.signature(str(path), later)]
    path.write_text("two")
    os.utime(path, (1000, 1000))
    later = path.stat().st_ctime + 10
    seen.append(record.signature(str(path), later))
    path.chmod(0o600)
    later = path.stat().st_ctime + 10
    seen.append(record.signature(str(path), later))
    path.unlink()
    seen.append(record.signature(str(path), later))
    assert seen[-1] == "-"
    assert len(set(seen)) == 4


@pytest.mark.parametrize(("age_s", "racy"), [(0, True), (1.9, True), (2.1, False), (-50, True)])
def test_what_changed_less_than_two_seconds_ago_is_never_trusted(tmp_path, age_s, racy):
    path = tmp_path / "f"
    path.write_text("x")
    changed_at = path.stat().st_ctime
    assert (record.signature(str(path), changed_at + age_s) == "racy") is racy


def test_a_link_is_followed_in_a_signature_as_dotfiles_have_it(tmp_path):
    target, link = tmp_path / "t", tmp_path / "l"
    target.write_text("x")
    link.symlink_to(target)
    later = target.stat().st_ctime + 10
    assert record.signature(str(link), later) == record.signature(str(target), later)


def test_a_file_that_is_not_ours_alone_is_not_read(tmp_path):
    """A link, a second name, wider modes, a FIFO that would keep the reader waiting, a folder."""
    file = tmp_path / "real"
    file.write_bytes(record.formatted({"x": "y"}))
    file.chmod(0o600)
    (tmp_path / "link").symlink_to(file)
    os.mkfifo(tmp_path / "fifo", 0o600)
    (tmp_path / "folder").mkdir(0o700)
    assert {name: record.read(str(tmp_path), name) for name in ("link", "fifo", "folder", "nothing")} == dict.fromkeys(
        ("link", "fifo", "folder", "nothing")
    )
    assert record.read(str(tmp_path), "real") == {"format": record.FORMAT, "x": "y"}
    for mode in (0o640, 0o604, 0o660, 0o777):
        file.chmod(mode)
        assert record.read(str(tmp_path), "real") is None
    file.chmod(0o600)
    os.link(file, tmp_path / "second")
    assert record.read(str(tmp_path), "real") is None
