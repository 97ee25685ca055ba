"""The history's files: lines of many processes at once, a new file at the limit, what is not ours, what is torn."""

import os
import stat

import filelock
import pytest

from assume.credentials import Credentials
from assume.fast import entry
from assume.fast.warm import Assumed
from assume.store import history

ROLE = "arn:aws:iam::123456789012:role/r"
KEYS = Credentials("ASIAONE", "secret", "token", 2, 1, "arn:aws:sts::123456789012:assumed-role/r/me")


@pytest.fixture
def store(tmp_path):
    folder = tmp_path / "store"
    folder.mkdir(mode=0o700)
    return folder


def add(store, name="p", now=1_700_000_000.5, **have):
    taken = Assumed({"name": name, "role_arn": ROLE}, KEYS, {"ASSUME_HISTORY": "", "ASSUME_HOME": str(store), **have})
    entry.add_to_history("use", taken, now)


def found(store):
    return list(history.switches(str(store)))


def test_a_line_holds_when_what_and_where_and_no_secret(store):
    add(store)
    (line,) = found(store)
    assert {line.pop("terminal"), line.pop("host")} >= {os.uname().nodename}
    assert line == {
        "time": "1700000000", "verb": "use", "profile": "p", "account": "123456789012", "role_arn": ROLE,
        "sso_role": "",
        "arn": "arn:aws:sts::123456789012:assumed-role/r/me", "key_id": "ASIAONE",
    }  # fmt: skip
    text = (store / "history").read_text()
    assert "secret" not in text
    assert "token" not in text


@pytest.mark.parametrize("name", ["a\\b", "a\\tb", "x\ty", "x\ny\\", "ünï", "\udcff", " ", "$(touch PWN)"])
def test_any_name_is_one_line_and_comes_back(store, name):
    add(store, name)
    assert [line["profile"] for line in found(store)] == [name.replace("\udcff", "\ufffd")]
    assert (store / "history").read_bytes().count(b"\n") == 1


@pytest.mark.parametrize("setting", ["0", "no", "No", "false", "off"])
def test_it_can_be_turned_off(store, setting):
    add(store, ASSUME_HISTORY=setting)
    assert os.listdir(store) == []


@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_the_files_are_private_whatever_the_umask(store, mask):
    before = os.umask(mask)
    try:
        add(store)
    finally:
        os.umask(before)
    assert stat.S_IMODE((store / "history").stat().st_mode) == 0o600


def in_the_way(store, kind):
    path = store / "history"
    if kind == "link":
        (store.parent / "victim").write_text("mine")
        path.symlink_to(store.parent / "victim")
    elif kind == "second name":
        (store.parent / "victim").write_text("mine")
        (store.parent / "victim").chmod(0o600)
        path.hardlink_to(store.parent / "victim")
    elif kind == "open to all":
        path.write_text("mine")
        path.chmod(0o666)
    elif kind == "pipe":
        os.mkfifo(path, 0o600)
    else:
        path.mkdir()


@pytest.mark.parametrize("kind", ["link", "second name", "open to all", "pipe", "folder"])
def test_what_is_in_the_way_is_neither_written_nor_a_failure(store, kind):
    in_the_way(store, kind)
    add(store)
    if kind in ("link", "second name"):
        assert (store.parent / "victim").read_text() == "mine"


def test_without_a_folder_nothing_is_written(tmp_path):
    add(tmp_path / "none")
    assert found(tmp_path / "none") == []
    add("relative", HOME="/nonexistent")


def test_at_the_limit_a_new_file_is_begun(store, monkeypatch):
    monkeypatch.setattr(entry, "HISTORY_LARGEST", 1000)
    for number in range(20):
        add(store, f"p{number}")
    sizes = [(store / name).stat().st_size for name in ("history", "history.1")]
    assert 0 < max(sizes) < 1300
    names = [line["profile"] for line in found(store)]
    assert names == [f"p{number}" for number in range(20 - len(names), 20)], "the oldest first"


def test_another_process_that_begins_a_new_file_is_left_to_it(store, monkeypatch):
    """filelock holds the lock: our lanes see it."""
    monkeypatch.setattr(entry, "HISTORY_LARGEST", 100)
    with filelock.FileLock(store / "history.lock", mode=0o600):
        add(store)
        add(store)
        assert not (store / "history.1").exists()
    add(store)
    assert (store / "history.1").read_bytes().count(b"\n") == 3


def test_lines_of_many_processes_are_whole_and_none_is_lost(store, monkeypatch):
    monkeypatch.setattr(entry, "HISTORY_LARGEST", 30_000)  # one new file on the way
    children = []
    for process in range(8):
        child = os.fork()
        if not child:
            for number in range(40):
                add(store, f"{process}-{number}-" + "x" * 20)
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    names = [line["profile"].rpartition("-")[0] for line in found(store)]
    assert sorted(names) == sorted(f"{process}-{number}" for process in range(8) for number in range(40))
    assert (store / "history.1").exists()


@pytest.mark.parametrize(
    "junk", [b"", b"\n", b"x", b"1\tuse\tp\n", b"\xff\xfe\n", b"a\tb\tc\td\te\tf\tg\th\ti\n", b"\0" * 99]
)
def test_lines_that_are_not_whole_are_left_out(store, junk):
    add(store)
    with (store / "history").open("ab") as file:
        file.write(junk)
    assert len(found(store)) == 1


def test_a_folder_that_others_may_write_to_is_left_alone(store):
    store.chmod(0o777)
    add(store)
    assert os.listdir(store) == []


def test_the_newest_come_first_and_only_the_end_of_the_file_is_read(store):
    assert history.latest(str(store)) == []
    for number in range(40):
        add(store, f"p{number}")
    assert [switch["profile"] for switch in history.latest(str(store))] == [f"p{39 - number}" for number in range(40)]
    few = [switch["profile"] for switch in history.latest(str(store), 300)]
    assert few
    assert few == [f"p{39 - number}" for number in range(len(few))]
    with (store / "history").open("ab") as file:
        file.write(b"broken\n1\thalf")
    assert history.latest(str(store))[0]["profile"] == "p39"
