"""The file of certificates that botocore trusts, found without importing botocore."""

import ssl
import sys

import botocore.httpsession
import certifi
import pytest

from assume.aws import authorities


def test_the_usual_file_is_botocores():
    assert authorities.usual() == botocore.httpsession.get_cert_path(True)


def test_without_certifi_it_is_the_one_in_botocores_package(tmp_path, monkeypatch):
    for name in ("certifi", "botocore"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    (tmp_path / "botocore" / "cacert.pem").touch()
    monkeypatch.setattr(sys, "path", ["", str(tmp_path)])
    assert authorities.usual() == "", "a certifi that was changed to use another file"
    (tmp_path / "certifi" / "__init__.py").unlink()
    assert authorities.usual() == str(tmp_path / "botocore" / "cacert.pem")


def test_without_botocore_nothing_is_known(monkeypatch):
    monkeypatch.setattr(sys, "path", [""])
    assert authorities.bundle({}, {}) == ""


def test_a_context_trusts_its_file_alone_and_checks_names(tmp_path):
    made = authorities.context(certifi.where())
    assert (made.verify_mode, made.check_hostname) == (ssl.CERT_REQUIRED, True)
    with pytest.raises(OSError):
        authorities.context(str(tmp_path))
