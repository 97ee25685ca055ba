"""A HOME that is missing, read-only, full, of another user or on a disk without modes: the switch still succeeds."""

import os
import pwd
import stat

import pytest

from assume.store import record

from .ground import variables
from .strangers import UID, Stranger, mounted, needs_root, place, without_modes

PROFILE = "marketingadmin"
UNKEPT = "cannot cache credentials"


@pytest.fixture
def stranger(sts, world):
    """A HOME of another user."""
    needs_root()
    with place() as folder:
        made = Stranger(sts, world, folder)
        yield made
        made.close()


def gives(ground, *, calls, said="", **how):
    """The switch succeeds with `calls` more calls, and its messages contain `said`."""
    before = len(ground.sts.calls)
    done = ground.use(PROFILE, **how).end()
    assert done.status == 0, done.said
    assert variables(done.out)["AWS_SESSION_TOKEN"]
    assert len(ground.sts.calls) == before + calls
    assert said in done.said
    assert (UNKEPT in done.said) is (UNKEPT in said)
    assert "Traceback" not in done.said
    return done


def test_files_of_the_other_user_belong_to_that_user(stranger):
    gives(stranger, calls=1)
    gives(stranger, calls=0)
    assert stranger.owners() == {UID}
    assert {stat.S_IMODE(path.stat().st_mode) for path in stranger.store.iterdir()} == {0o600}


def test_root_in_the_home_of_another_user_leaves_no_files(stranger):
    """`sudo -E`."""
    gives(stranger, calls=1, said=UNKEPT, root=True)
    assert not stranger.store.exists()
    gives(stranger, calls=1)
    gives(stranger, calls=1, said=UNKEPT, root=True)
    assert stranger.owners() == {UID}
    gives(stranger, calls=0)


def test_another_user_only_reads_a_home_of_root(stranger):
    """A container with another uid."""
    for path in (stranger.home.path, *stranger.home.path.rglob("*")):
        os.chown(path, 0, 0)
        path.chmod(0o755 if path.is_dir() else 0o644)
    gives(stranger, calls=1, said=UNKEPT)
    assert not stranger.store.exists()


@pytest.mark.parametrize("ending", [record.ENTRY, record.POINTER, record.LOCK])
def test_files_that_root_left_in_the_store_are_replaced(stranger, ending):
    gives(stranger, calls=1)
    path = stranger.only(ending)
    os.chown(path, 0, 0)
    if ending == record.LOCK:
        stranger.only(record.ENTRY).unlink()
    gives(stranger, calls=0 if ending == record.POINTER else 1)
    assert path.stat().st_uid == UID
    gives(stranger, calls=0)


def test_readable_files_that_root_left_in_the_store_are_not_used(stranger):
    gives(stranger, calls=1)
    entry = stranger.only(record.ENTRY)
    os.chown(entry, 0, UID)
    entry.chmod(0o640)
    gives(stranger, calls=1)
    assert entry.stat().st_uid == UID


def test_a_store_of_another_user_is_not_used(stranger):
    stranger.store.mkdir(0o777)
    stranger.store.chmod(0o777)
    gives(stranger, calls=1, said=f"{UNKEPT}: {stranger.store}: belongs to another user")
    assert list(stranger.store.iterdir()) == []


def test_root_in_the_home_of_another_user_leaves_no_sign_in(stranger):
    done = stranger.use("sso-reader", root=True).end()
    assert done.status == 0, done.said
    assert stranger.owners() == {UID}


def test_a_read_only_home_caches_nothing(stranger):
    (stranger.home.path / ".aws").chmod(0o555)
    gives(stranger, calls=1, said=f"{UNKEPT}: {stranger.store}: Permission denied")
    assert not stranger.store.exists()


def test_with_a_read_only_home_the_store_is_in_the_runtime_folder(stranger):
    (stranger.home.path / ".aws").chmod(0o555)
    runtime = stranger.cwd.parent / "runtime"
    runtime.mkdir(0o700)
    os.chown(runtime, UID, UID)
    environment = stranger.environment | {"XDG_RUNTIME_DIR": str(runtime)}
    gives(stranger, calls=1, environment=environment)
    kept = sorted(path.name.rpartition(".")[2] for path in (runtime / "assume").iterdir())
    assert kept == ["entry", "lock", "note", "pointer"]


def test_a_home_that_does_not_exist_is_created(ground):
    nowhere = ground.cwd / "no" / "home"
    gives(ground, calls=1, environment=ground.environment | {"HOME": str(nowhere)})
    assert (nowhere / ".aws" / "assume").is_dir()


def test_a_home_below_a_file_caches_nothing(ground):
    file = ground.cwd / "file"
    file.touch()
    gives(ground, calls=1, said=UNKEPT, environment=ground.environment | {"HOME": f"{file}/home"})


@pytest.mark.parametrize("home", [None, "", "relative", ".", "~", "./x"])
def test_an_unset_or_relative_home_is_never_the_current_directory(ground, clock, monkeypatch, capfd, home):
    """The one in the password database is used instead, for config and store."""
    recorded = pwd.struct_passwd(("me", "x", os.getuid(), os.getgid(), "", str(ground.home.path), "/bin/sh"))
    monkeypatch.setattr(pwd, "getpwuid", lambda _: recorded)
    monkeypatch.chdir(ground.cwd)
    trap = ground.cwd / (home or "") / ".aws"
    trap.mkdir(parents=True)
    (trap / "config").write_text("[profile marketingadmin]\nrole_arn = arn:aws:iam::666666666666:role/trap\n")
    dropped = ("HOME", "USERPROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
    environment = {name: value for name, value in ground.environment.items() if name not in dropped}
    if home is not None:
        environment["HOME"] = home
    for calls in (1, 1):  # the second switch is answered from the store
        taken = ground.take(PROFILE, environment=environment)
        assert taken.known["role_arn"] == "arn:aws:iam::123456789012:role/marketingadminrole"
        assert len(ground.sts.calls) == calls
    assert capfd.readouterr().err.count(f"home is {ground.home.path}") == 2
    assert ground.stored(record.ENTRY)
    assert sorted(path.name for path in trap.iterdir()) == ["config"]


@pytest.mark.parametrize("home", [None, "", "relative"])
def test_a_user_without_a_home_gets_credentials_and_no_store(stranger, home):
    environment = stranger.environment | {"HOME": home or ""}
    if home is None:
        del environment["HOME"]
    gives(stranger, calls=1, said=f"{UNKEPT}: there is no home directory", environment=environment)
    assert list(stranger.cwd.iterdir()) == []


def test_the_store_is_never_in_the_temporary_folder(stranger):
    (stranger.home.path / ".aws").chmod(0o555)
    scratch = stranger.cwd.parent / "scratch"
    scratch.mkdir()
    scratch.chmod(0o777)
    gives(stranger, calls=1, said=UNKEPT, environment=stranger.environment | {"TMPDIR": str(scratch)})
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("inodes", [False, True], ids=["no space", "no inodes"])
def test_a_full_disk(ground, tmp_path, inodes):
    with mounted(tmp_path / "small", "mount", "-t", "tmpfs", "-o", "size=64k,nr_inodes=40", "tmpfs") as disk:
        environment = ground.environment | {"ASSUME_HOME": str(disk / "assume")}
        gives(ground, calls=1, environment=environment)
        before = {path.name: path.read_bytes() for path in (disk / "assume").glob("*.entry")}
        fill(disk, inodes)
        profile = "hub"
        done = ground.use(profile, environment=environment).end()
        assert done.status == 0
        assert variables(done.out)["AWS_SESSION_TOKEN"]
        assert "assume: hub: cannot cache credentials: No space left on device" in done.said
        assert {path.name: path.read_bytes() for path in (disk / "assume").glob("*.entry")} == before
        assert not list((disk / "assume").glob("tmp.*"))
        gives(ground, calls=0, environment=environment)  # the older entry is still stored


def fill(disk, inodes):
    """Fills the disk, until no more files or bytes fit."""
    try:
        if inodes:
            for number in range(1000):
                (disk / f"file{number}").touch()
        with (disk / "filler").open("wb", buffering=0) as file:
            while True:
                file.write(b"x" * 512)
    except OSError:
        return


def test_a_full_disk_from_the_start(ground, tmp_path):
    with mounted(tmp_path / "small", "mount", "-t", "tmpfs", "-o", "size=64k,nr_inodes=5", "tmpfs") as disk:
        fill(disk, inodes=True)
        environment = ground.environment | {"ASSUME_HOME": str(disk / "assume")}
        gives(ground, calls=1, said=UNKEPT, environment=environment)


def test_a_file_system_without_modes_keeps_nothing(ground, tmp_path):
    disk = tmp_path / "disk"
    with without_modes(disk, tmp_path / "image"):
        environment = ground.environment | {"ASSUME_HOME": str(disk / "assume")}
        gives(ground, calls=1, said=f"{UNKEPT}: {disk}/assume: its file system keeps no modes", environment=environment)
        assert list((disk / "assume").iterdir()) == []
        runtime = tmp_path / "runtime"
        runtime.mkdir(0o700)
        environment["XDG_RUNTIME_DIR"] = str(runtime)
        gives(ground, calls=1, environment=environment)
        gives(ground, calls=0, environment=environment)
