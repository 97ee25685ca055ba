"""`login_session`: the message names a command that fits, by pip, pipx or uv; or the sign-in."""

import sys

import botocore.exceptions as aws
import pytest

from assume.aws import login

from ..program import actions


@pytest.mark.parametrize(
    ("marker", "line"),
    [
        ("pipx_metadata.json", "run `pipx inject assume-shell 'botocore[crt]'`"),
        ("uv-receipt.toml", "run `uv pip install --upgrade --python PYTHON 'botocore[crt]'`"),
        ("pyvenv.cfg", "run `PYTHON -m pip install --upgrade 'botocore[crt]'`"),
    ],
)
def test_the_command_fits_the_way_of_installing(monkeypatch, tmp_path, marker, line):
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(login, "find_spec", lambda _: object())
    (tmp_path / marker).touch()
    assert login.install_line() == line.replace("PYTHON", sys.executable)


def test_without_pip_it_is_uv(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(login, "find_spec", lambda _: None)
    assert login.install_line().startswith("run `uv pip install")


def error_of(name, fields):
    kind = getattr(aws, name, None)
    if kind is None:
        pytest.skip(f"this botocore has no {name}")
    return kind(**fields)


@pytest.mark.parametrize(
    ("name", "fields", "what", "cure"),
    [
        ("MissingDependencyException", {"msg": "pip install"}, "needs the AWS CRT", "botocore[crt]"),
        (
            "UnknownCredentialError",
            {"name": "login", "known_names": []},
            "botocore is too old for login_session",
            "'boto3'",
        ),
        ("LoginTokenLoadError", {"error_msg": "x"}, "has ended, or there was none", "run `assume login w`"),
        ("LoginRefreshRequired", {}, "has ended, or there was none", "run `assume login w`"),
        ("LoginInsufficientPermissions", {}, "may not be used", "signin:CreateOAuth2Token"),
    ],
)
def test_each_failure_names_its_cure(name, fields, what, cure):
    error = login.failed(error_of(name, fields), "w")
    assert error is not None
    assert what in error.what
    assert cure in error.cure
    assert "pip install" not in error.what


def test_other_errors_are_explained_elsewhere():
    assert login.failed(ValueError("x"), "w") is None


def test_a_profile_with_login_session_says_what_to_run(program, sts):
    program.write("[profile w]\nlogin_session = arn:aws:iam::123456789012:user/alice\nregion = us-west-2\n")
    done = program("export", "w", "--format", "json")
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("assume: w: ")
    assert "`assume login w`" in done.err or "'botocore[crt]'" in done.err or "'boto3'" in done.err
    assert "Missing Dependency" not in done.err
    assert actions(sts) == []
