"""Whole files: the content, the mode, the owner, and nothing left behind whatever fails."""

import os
import stat
import threading

import pytest

from assume import files


def listed(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_whole_with_its_mode(tmp_path):
    path = tmp_path / "file"
    files.write_whole(str(path), b"one")
    assert path.read_bytes() == b"one"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    files.write_whole(str(path), b"two" * 100_000, mode=0o644)
    assert path.read_bytes() == b"two" * 100_000
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert listed(tmp_path) == ["file"]


def test_a_file_gets_the_mode_and_the_owner_of_another(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o4751)
    if os.geteuid() == 0:
        os.chown(path, 65534, 65534)
        path.chmod(0o4751)
    before = path.stat()
    files.write_whole(str(path), b"new", like=before)
    after = path.stat()
    assert (after.st_uid, after.st_gid, after.st_mode) == (before.st_uid, before.st_gid, before.st_mode)
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("call", ["write", "fsync", "close", "chmod", "replace"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_changes_nothing_and_leaves_nothing(tmp_path, monkeypatch, call, error):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    like = path.stat()

    def failing(*_):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(f"assume.files.system.{call}", failing)
        with pytest.raises(type(error)):
            files.write_whole(str(path), b"new", like=like)
    assert path.read_bytes() == b"old"
    assert listed(tmp_path) == ["file"]


def test_threads_that_write_the_same_file_do_not_disturb_each_other(tmp_path):
    path = tmp_path / "file"
    failed = []

    def write(number):
        try:
            for _ in range(20):
                files.write_whole(str(path), b"%d" % number * 1000, sync=False)
        except OSError as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(set(path.read_bytes())) == 1
    assert listed(tmp_path) == ["file"]


def test_a_folder_in_the_way_is_set_aside_only_if_the_caller_says_so(tmp_path):
    (tmp_path / "file" / "inside").mkdir(parents=True)
    with pytest.raises(IsADirectoryError):
        files.write_whole(str(tmp_path / "file"), b"new")
    assert listed(tmp_path) == ["file"]
    files.write_whole(str(tmp_path / "file"), b"new", set_aside=True)
    assert (tmp_path / "file").read_bytes() == b"new"
    assert listed(tmp_path) == ["file", f"file.{os.getpid()}.aside"]


def test_a_link_is_replaced_and_not_followed(tmp_path):
    (tmp_path / "victim").write_bytes(b"untouched")
    (tmp_path / "file").symlink_to("victim")
    files.write_whole(str(tmp_path / "file"), b"new")
    assert (tmp_path / "victim").read_bytes() == b"untouched"
    assert (tmp_path / "file").read_bytes() == b"new"


def test_forgetting_tells_whether_a_file_was_removed(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    assert [files.forget(str(tmp_path / "file")) for _ in range(2)] == [True, False]
