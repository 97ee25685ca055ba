"""Writing: whole or not at all, whoever reads at that moment; what others left is swept, what is busy is not."""

import os
import time

import pytest

from assume.store import record, write

OLD, NEW = {"x": "old"}, {"x": "new" * 100}


@pytest.fixture
def folder(tmp_path):
    tmp_path.chmod(0o700)
    return str(tmp_path)


def kept(folder, name="a.entry"):
    fields = record.read(folder, name)
    return fields and {name: value for name, value in fields.items() if name != "format"}


def test_what_was_written_is_read(folder):
    write.put(folder, "a.entry", NEW)
    assert kept(folder) == NEW
    assert os.listdir(folder) == ["a.entry"]
    assert os.stat(f"{folder}/a.entry").st_mode & 0o777 == 0o600


@pytest.mark.parametrize("call", ["write", "fsync", "replace"])
def test_a_write_that_fails_leaves_what_was_there(folder, monkeypatch, call):
    write.put(folder, "a.entry", OLD)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(f"assume.store.write.system.{call}", full)
    with pytest.raises(OSError, match="No space left"):
        write.put(folder, "a.entry", NEW)
    monkeypatch.undo()
    assert kept(folder) == OLD
    assert os.listdir(folder) == ["a.entry"]


def test_a_reader_sees_the_old_or_the_new_at_every_instant(folder, monkeypatch):
    """The system takes a few bytes at a time, and somebody reads in between."""
    write.put(folder, "a.entry", OLD)
    write_all, seen = os.write, []

    def slowly(handle, content):
        seen.append(kept(folder))
        return write_all(handle, content[:50])

    monkeypatch.setattr("assume.store.write.system.write", slowly)
    write.put(folder, "a.entry", NEW)
    monkeypatch.undo()
    assert len(seen) > 5
    assert [fields for fields in seen if fields != OLD] == []
    assert kept(folder) == NEW


def test_an_interrupted_writer_removes_its_temporary_file(folder, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("assume.store.write.system.fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write.put(folder, "a.entry", NEW)
    monkeypatch.undo()
    assert os.listdir(folder) == []


def test_a_link_in_the_place_of_a_file_is_replaced_and_not_followed(folder, tmp_path_factory):
    victim = tmp_path_factory.mktemp("elsewhere") / "victim"
    victim.write_text("untouched")
    os.symlink(victim, f"{folder}/a.entry")
    write.put(folder, "a.entry", NEW)
    assert victim.read_text() == "untouched"
    assert not os.path.islink(f"{folder}/a.entry")
    assert kept(folder) == NEW


def test_a_folder_in_the_place_of_a_file_is_set_aside(folder):
    os.makedirs(f"{folder}/a.entry/inside")
    write.put(folder, "a.entry", NEW)
    assert kept(folder) == NEW


def test_a_claim_belongs_to_one_process_for_as_long_as_it_lasts(folder):
    assert write.claim(folder, "a.code", 1000.0, 90)
    assert not write.claim(folder, "a.code", 1000.0, 90)
    assert not write.claim(folder, "a.code", 1089.0, 90)
    assert not write.claim(folder, "a.code", 950.0, 90), "nor when the clock was set back"
    assert write.claim(folder, "a.code", 1090.0, 90)
    assert write.claim(folder, "b.code", 1000.0, 90)


def test_a_claim_that_cannot_be_read_is_still_a_claim(folder):
    with open(f"{folder}/a.code", "w") as file:
        file.write("half")
    os.chmod(f"{folder}/a.code", 0o600)
    assert not write.claim(folder, "a.code", time.time(), 90)
    write.sweep_leftovers(folder, time.time() + 91)
    assert write.claim(folder, "a.code", time.time(), 90)


def test_the_sweep_removes_what_has_expired_once_a_day(folder):
    now = int(time.time())
    write.sweep(folder, now)
    for name, expires_at in (("ended", now - 5), ("live", now + 500)):
        write.put(folder, f"{name}.entry", {"expires_at": str(expires_at)})
    write.put(folder, "lost.pointer", {})
    write.put(folder, "one.lock.7.aside", {})
    write.sweep(folder, now)
    kept = ["ended.entry", "live.entry", "lost.pointer", "one.lock.7.aside", "swept.note"]
    assert sorted(os.listdir(folder)) == kept
    write.sweep(folder, now + 86401)
    assert not {"ended.entry", "one.lock.7.aside"} & set(os.listdir(folder))
    write.sweep(folder, now + 31 * 86400)
    assert "lost.pointer" not in os.listdir(folder)


def test_the_sweep_removes_what_was_set_aside_after_a_day_folders_too(folder, tmp_path_factory):
    victim = tmp_path_factory.mktemp("elsewhere")
    (victim / "file").write_text("untouched")
    for name in ("a.entry", "b.lock"):
        os.makedirs(f"{folder}/{name}/inside/deeper")
        os.symlink(victim, f"{folder}/{name}/link")
        write.put(folder, name, NEW)
    os.symlink(victim, f"{folder}/c.entry.9.aside")
    now = time.time()
    write.sweep(folder, now)
    assert len(write.names(folder, ".aside")) == 3
    write.sweep(folder, now + 86401)
    assert write.names(folder, ".aside") == []
    assert (victim / "file").read_text() == "untouched"


def test_names_and_removing_are_quiet_if_nothing_is_there(folder):
    assert write.names(f"{folder}/nowhere", "") == []
    assert write.remove(folder, ["nothing"]) == 0
    write.put(folder, "a.entry", NEW)
    assert write.names(folder, ".entry") == ["a.entry"]
    assert write.remove(folder, ["a.entry", "nothing"]) == 1
