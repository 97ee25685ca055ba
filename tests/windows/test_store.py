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
    assert "cannot cache credentials" in done.said
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
    assert names == {"entry", "lock", "note", "pointer", "history"}


def test_one_process_holds_the_lock_and_others_read_what_it_does(desk):
    """The first byte is locked by filelock, so that nobody else can read it: the note is behind it."""
    desk.store.mkdir(mode=0o700)
    holds = """
import sys, time
from assume.store import lock
held = lock.acquire({0!r}, "one", lambda: None, print)
held.note(lock.CALLING, "process 7 is calling AWS")
print("held", file=sys.stderr, flush=True)
import os
while not os.path.exists({0!r} + "/end"):
    time.sleep(0.02)
held.release()
"""
    waits = """
import os, sys
from assume.errors import LockTimeout
from assume.store import lock
from filelock import lock_descriptor
handle = os.open({0!r} + "/one.lock", os.O_RDWR | os.O_BINARY)
print(lock_descriptor(handle, blocking=False))
os.close(handle)
try:
    lock.acquire({0!r}, "one", lambda: None, print, wait_s=0.2)
except LockTimeout as error:
    print(error)
open({0!r} + "/end", "w").close()
got = lock.acquire({0!r}, "one", lambda: None, print)
print(lock._note(got.handle)[1])
got.release()
"""
    folder = windows(desk.store)
    for name, code in (("holds", holds), ("waits", waits)):
        (desk.folder / f"{name}.py").write_text(code.format(folder))
    holder = desk.start(role=("test", str(desk.folder / "holds.py")))
    holder.wait_for("held")
    done = desk.run(role=("test", str(desk.folder / "waits.py")))
    assert done.status == 0, done.said
    first, second, *_, last = done.out.decode().splitlines()
    assert (first, second) == ("False", "assume: waited for 0 s: process 7 is calling AWS")
    assert last == "another terminal is getting these credentials"
    assert holder.end().status == 0
