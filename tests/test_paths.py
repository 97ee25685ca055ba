"""Where things are: a home that can be used, `~` and `$NAME`, never the current directory."""

import os
import os.path
import pwd
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assume import paths

ME = pwd.getpwuid(os.getuid()).pw_dir


@pytest.mark.parametrize("home", [None, "", "relative", "./x", "~"])
def test_a_home_that_cannot_be_used_is_the_password_databases(home):
    base = {} if home is None else {"HOME": home}
    assert (paths.home(base), paths.is_told(base)) == (ME, False)
    assert paths.aws_files(base) == (f"{ME}/.aws/config", f"{ME}/.aws/credentials")
    assert paths.store(base) == f"{ME}/.aws/assume"


def test_without_a_home_there_is_no_store(monkeypatch):
    def unknown(_):
        raise KeyError("uid")

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    assert paths.store({}) == ""


def test_the_variables_of_the_files():
    base = {"HOME": "/h", "AWS_CONFIG_FILE": "~/c", "AWS_SHARED_CREDENTIALS_FILE": "$X/k", "X": "/x"}
    assert paths.aws_files(base) == ("/h/c", "/x/k")


@pytest.mark.parametrize(
    ("own", "folder"), [("/o/", "/o"), ("~/o", "/h/o"), ("relative", "/h/.aws/assume"), ("", "/h/.aws/assume")]
)
def test_the_folder_of_our_own(own, folder):
    assert paths.store({"HOME": "/h", "ASSUME_HOME": own}) == folder


@given(st.text("~/$AB{}_ x", max_size=12) | st.sampled_from(["~root", "~root/x", "~root/", "~nobody-of-that-name/x"]))
def test_any_path_is_expanded_as_python_does_it(text):
    base = {"HOME": "/h", "A": "1", "AB": "2", "_": "3"}
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(base)
    try:
        expected = os.path.expanduser(os.path.expandvars(text))
    finally:
        os.environ.clear()
        os.environ.update(before)
    assert paths.expanded(text, base) == expected


@pytest.mark.parametrize(
    ("path", "plain"), [("/a/b", True), ("a", False), ("~/a", False), ("/a/$B", False), ("/a~", False), ("", False)]
)
def test_what_the_warm_lane_takes_as_it_is_written(path, plain):
    assert paths.is_plain(path) is plain


READ = os.O_RDONLY


def test_a_private_file_of_ours_is_opened(tmp_path):
    path = tmp_path / "file"
    os.close(paths.opened(str(path), os.O_RDWR | os.O_CREAT))
    assert path.stat().st_mode & 0o777 == 0o600
    handle = paths.opened(str(path), READ)
    assert not os.get_inheritable(handle)
    os.close(handle)


@pytest.mark.parametrize("kind", ["link", "fifo", "folder", "device", "nothing"])
def test_anything_but_a_regular_file_is_refused_at_once(tmp_path, kind):
    path = tmp_path / kind
    (tmp_path / "file").touch(0o600)
    if kind == "link":
        path.symlink_to("file")
    elif kind == "fifo":
        os.mkfifo(path, 0o600)
    elif kind == "folder":
        path.mkdir()
    elif kind == "device":
        path = Path("/dev/null")
    before = open_files()
    with pytest.raises(OSError):
        paths.opened(str(path), READ, single=False, private=False)
    assert open_files() == before


def test_a_second_name_and_a_wide_mode_are_refused_unless_they_do_not_matter(tmp_path):
    path = tmp_path / "file"
    path.touch(0o600)
    path.chmod(0o640)
    with pytest.raises(PermissionError):
        paths.opened(str(path), READ)
    os.close(paths.opened(str(path), READ, private=False))
    path.chmod(0o600)
    os.link(path, tmp_path / "second")
    with pytest.raises(PermissionError):
        paths.opened(str(path), READ)
    os.close(paths.opened(str(path), READ, single=False))


def test_a_file_of_another_user_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.touch(0o600)
    monkeypatch.setattr("assume.paths.system.geteuid", lambda: path.stat().st_uid + 1)
    with pytest.raises(PermissionError):
        paths.opened(str(path), READ, single=False, private=False)


def open_files():
    return sorted(os.listdir("/dev/fd"))
