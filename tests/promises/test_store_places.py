"""Something else in place of the store or of one of its files: files that are not ours are not used and not changed."""

import os
import time

import pytest

from assume import files
from assume.credentials import Credentials
from assume.store import entries, record, write

from .ground import signed_by

PROFILE = "marketingadmin"

KINDS = ["link", "dangling link", "hard link", "folder", "full folder", "fifo", "open to all", "open to the group"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ending", [record.ENTRY, record.POINTER, record.LOCK])
def test_a_file_that_is_not_ours_is_neither_used_nor_changed(ground, clock, tmp_path, ending, kind):
    first = ground.take(PROFILE)
    path = ground.only(ending)
    content = path.read_bytes()
    victim = tmp_path / "victim"
    victim.write_bytes(content)
    victim.chmod(0o600)
    if kind.startswith("open"):
        path.chmod(0o666 if kind == "open to all" else 0o640)
    else:
        path.unlink()
        place(kind, path, victim)
    if ending == record.LOCK:
        ground.only(record.ENTRY).unlink()  # so that the lock is needed
    taken = ground.take(PROFILE)
    assert victim.read_bytes() == content
    assert victim.stat().st_mode & 0o777 == 0o600
    is_call = ending != record.POINTER
    assert len(ground.sts.calls) == 1 + is_call
    assert (taken.credentials.keys == first.credentials.keys) is not is_call
    assert path.is_file() or ending == record.LOCK
    assert ground.is_warm(PROFILE)
    assert ground.is_sound()


def place(kind, path, victim):
    if kind == "link":
        path.symlink_to(victim)
    elif kind == "dangling link":
        path.symlink_to(victim.parent / "nothing")
    elif kind == "hard link":
        os.link(victim, path)
    elif kind == "fifo":
        os.mkfifo(path, 0o600)
    else:
        path.mkdir(0o700)
        if kind == "full folder":
            (path / "inside").touch()


@pytest.mark.parametrize("mode", [0o000, 0o027, 0o077])
def test_with_any_umask_only_the_owner_can_read_the_store(ground, clock, mode):
    before = os.umask(mode)
    try:
        ground.take(PROFILE)
    finally:
        os.umask(before)
    seen = {path.name: path.stat().st_mode & 0o777 for path in ground.store.iterdir()}
    assert set(seen.values()) == {0o600}
    assert ground.store.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o755, 0o777, 0o750])
def test_a_store_that_others_can_read_gets_private_modes_first(ground, clock, mode):
    ground.take(PROFILE)
    ground.store.chmod(mode)
    assert not ground.is_warm(PROFILE)
    ground.take(PROFILE)
    assert ground.store.stat().st_mode & 0o777 == 0o700
    assert ground.is_warm(PROFILE)


def test_a_store_that_is_a_link_is_not_used(ground, clock, tmp_path, capfd):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(0o700)
    ground.store.symlink_to(elsewhere)
    assert ground.take(PROFILE).credentials.key_id
    assert list(elsewhere.iterdir()) == []
    assert "cannot cache credentials" in capfd.readouterr().err


def test_aws_files_that_are_links_work(ground, clock, tmp_path):
    for path in (ground.home.config, ground.home.credentials):
        real = tmp_path / f"real-{path.name}"
        path.rename(real)
        path.symlink_to(real)
    ground.take(PROFILE)
    assert ground.is_warm(PROFILE)
    assert signed_by(ground.sts) == ["AssumeRole"]


def test_leftovers_of_a_killed_process_are_removed_by_the_next_run(ground, clock):
    ground.take(PROFILE)
    gone, alive = 2**22 + 5, os.getpid()
    for pid, age_s in ((gone, 0), (alive, 3600), ("x", 0)):
        leftover = ground.store / f"{files.TEMPORARY}{pid}.{'0' * 32}.entry"
        leftover.write_text("secret")
        os.utime(leftover, (time.time() - age_s,) * 2)
    busy = ground.store / f"{files.TEMPORARY}{alive}.{'1' * 32}.entry"
    busy.write_text("being written")
    os.utime(busy, (time.time(), time.time()))
    ground.take("hub")
    assert [name for name in ground.stored() if name.startswith(files.TEMPORARY)] == [busy.name]


def test_the_largest_session_token_is_stored_and_returned(ground, clock):
    keys = Credentials("ASIA" + "A" * 16, "s" * 40, "t" * 32_000, int(time.time()) + 3600, int(time.time()))
    ground.store.mkdir(0o700)
    entries.keep(str(ground.store), "request", keys)
    found = record.entry(str(ground.store), "request", time.time())
    assert found is not None
    assert found.keys == keys.keys


def test_names_of_entries_and_pointers_contain_no_path(ground, clock):
    """They are 32 hexadecimal digits for any profile name and any request."""
    for name in ("../../x", "/etc/passwd", "CON", "a" * 5000, "", "\0", "é\udcff"):
        assert len(record.name_of(name)) == 32
        assert set(record.name_of(name)) <= set("0123456789abcdef")


def test_a_write_that_fails_leaves_the_old_file(ground, clock, monkeypatch):
    ground.store.mkdir(0o700)
    write.put(str(ground.store), "a.entry", {"x": "old"})

    def full(handle, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("assume.store.write.system.write", full)
    with pytest.raises(OSError, match="No space left"):
        write.put(str(ground.store), "a.entry", {"x": "new"})
    assert record.read(str(ground.store), "a.entry") == {"format": record.FORMAT, "x": "old"}
    assert list(ground.stored()) == ["a.entry"]
