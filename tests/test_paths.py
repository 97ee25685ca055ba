"""Where things are: a home that can be used, `~` and `$NAME`, never the current directory."""

import os.path
import pwd

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


def test_nobody_without_a_home_has_a_store(monkeypatch):
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


@given(st.text("~/$AB{}_ x", max_size=12))
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
    if not (text.startswith("~") and text[1:2] not in ("", "/")):  # ~user: left as it is, and absent then
        assert paths.expanded(text, base) == expected


@pytest.mark.parametrize(
    ("path", "plain"), [("/a/b", True), ("a", False), ("~/a", False), ("/a/$B", False), ("/a~", False), ("", False)]
)
def test_what_the_warm_lane_takes_as_it_is_written(path, plain):
    assert paths.is_plain(path) is plain
