"""The store on Windows, where an open file cannot be replaced or removed, and files have no modes."""

import fcntl

from .desk import windows

BUSY = """
import time
from assume.store import record, write
folder = {folder!r}
write.put(folder, "one.entry", {{"a": "1"}})
reader = open(folder + "/one.entry", "rb")
time.sleep = lambda seconds: reader.close()
"""


def busy(desk, code):
    """The output of `code`, which runs while `reader` has the file `one.entry` open, until the code sleeps."""
    desk.store.mkdir(mode=0o700)
    done = desk.look(BUSY.format(folder=windows(desk.store)) + code)
    assert done.status == 0, done.said
    return done.out.decode().strip()


def test_an_entry_is_replaced_once_its_reader_has_closed_it(desk):
    code = 'write.put(folder, "one.entry", {"a": "2"})\nprint(record.read(folder, "one.entry")["a"])'
    assert busy(desk, code) == "2"
    assert [path.name for path in desk.store.iterdir()] == ["one.entry"]


def test_an_entry_is_forgotten_once_its_reader_has_closed_it(desk):
    assert busy(desk, 'print(write.remove(folder, ["one.entry", "none.entry"]))') == "1"
    assert list(desk.store.iterdir()) == []


def test_an_entry_of_the_aws_clis_is_replaced_and_forgotten_once_its_reader_has_closed_it(desk):
    desk.store.mkdir(mode=0o700)
    code = f"""
import time
from assume import credentials
from assume.aws import cli_cache
from assume.profiles.chain import Hop
cache = cli_cache.Cache({{"USERPROFILE": {windows(desk.home.path)!r}}})
hop = Hop("p", "arn:aws:iam::123456789012:role/r")
def given(key):
    return credentials.Credentials(key * 20, "secret", "session", 2_000_000_000, 1)
(key,) = cli_cache.share(cache, hop, given("A"))
reader = open(cache.path(key), "rb")
time.sleep = lambda seconds: reader.close()
cli_cache.share(cache, hop, given("B"))
print(cache[key]["Credentials"]["AccessKeyId"][0])
reader = open(cache.path(key), "rb")
print(cache.remove(key))
"""
    done = desk.look(code)
    assert done.out.split() == [b"B", b"True"], done.said
    assert list((desk.home.path / ".aws" / "cli" / "cache").iterdir()) == []


def test_a_reader_that_keeps_a_file_open_does_not_prevent_a_switch(desk):
    first = desk.took("marketingadmin")
    (entry,) = desk.store.glob("*.entry")
    with entry.open("rb") as reader:
        fcntl.flock(reader, fcntl.LOCK_SH)  # as an emulated process does for each open file
        done = desk.use("marketingadmin", "--refresh").end()
    assert done.status == 0, done.said
    assert "cannot cache credentials" in done.said
    assert "used by another process" in done.said
    assert done.out
    assert desk.took("marketingadmin") == first
    assert not list(desk.store.glob("tmp.*"))


def test_a_folder_with_the_name_of_an_entry_is_set_aside(desk):
    desk.took("marketingadmin")
    (entry,) = desk.store.glob("*.entry")
    entry.unlink()
    entry.mkdir()
    assert desk.took("marketingadmin")["ASSUME_PROFILE"] == "marketingadmin"
    assert entry.is_file()


def test_if_nothing_can_be_written_the_role_is_taken_anyway(desk):
    desk.place(unwritable=str(desk.home.path))
    done = desk.use("marketingadmin").end()
    assert done.status == 0, done.said
    assert done.out
    assert "nothing is kept for other terminals" in done.said
    assert "modes" not in done.said
    assert not desk.store.exists()


def test_a_store_that_became_read_only_is_reported(desk):
    first = desk.took("marketingadmin")
    desk.place(unwritable=str(desk.home.path))
    done = desk.use("marketingadmin", "--refresh").end()
    assert done.status == 0, done.said
    assert "cannot cache credentials: Access is denied" in done.said
    assert desk.took("marketingadmin") == first


def test_our_files_have_names_that_windows_allows(desk):
    """The emulation refuses such names; this looks at the names that exist in the end."""
    desk.took("marketingadmin")
    desk.took("workload", "--session-name", "a@b")
    names = {path.name.rpartition(".")[2] for path in desk.store.iterdir()}
    assert names == {"entry", "lock", "note", "pointer"}
