"""The web identity token: read from a regular file of a sane size, again for each call."""

import os

import pytest

from assume.aws import web_identity

from ..botocore.both import said


def test_the_text_is_read_through_links(tmp_path):
    (tmp_path / "file").write_text("a.b.c")
    (tmp_path / "first").symlink_to("file")
    (tmp_path / "second").symlink_to("first")
    assert web_identity.read(str(tmp_path / "second")) == "a.b.c"


def test_a_folder_and_a_pipe_are_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "folder"):
        with pytest.raises(OSError):
            web_identity.read(str(tmp_path / name))


def test_a_file_that_is_too_large_is_refused(tmp_path):
    path = tmp_path / "file"
    path.write_text("x" * web_identity.LARGEST)
    assert len(web_identity.read(str(path))) == web_identity.LARGEST
    path.write_text("x" * (web_identity.LARGEST + 1))
    with pytest.raises(OSError, match="too large for a web identity token"):
        web_identity.read(str(path))


@pytest.mark.parametrize("content", [b"", b"\xff" * 30, b"x" * 30000])
def test_an_invalid_web_identity_is_refused(both, content):
    both.write("[profile p]\nrole_arn = <r1>\nweb_identity_token_file = <home>/web-identity\n")
    (both.home / "web-identity").write_bytes(content)
    refused = both.ours("p", both.here)
    assert refused.error is not None
    assert said(refused).startswith("assume: p: ")


def test_a_web_identity_is_read_again_for_each_call(both):
    both.write("[profile p]\nrole_arn = <r1>\nweb_identity_token_file = <home>/web-identity\n")
    first = both.identity().read_text()
    assert both.ours("p", both.here, "--refresh").last.params["WebIdentityToken"] == first
    (provider,) = both.world.providers.values()
    second = both.world.web_identity(provider, "job:2", both.plain.clock())
    (both.home / "web-identity").write_text(second)
    assert both.ours("p", both.here, "--refresh").last.params["WebIdentityToken"] == second
