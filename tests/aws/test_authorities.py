"""The file of certificates that botocore trusts, found without importing botocore."""

import ssl
import sys

import botocore.httpsession
import certifi
import pytest

from assume.aws import authorities


def test_the_usual_file_is_botocores():
    assert authorities.usual() == botocore.httpsession.get_cert_path(True)


def test_without_certifi_it_is_the_one_in_botocores_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "certifi", None)
    assert authorities.usual() == botocore.httpsession.DEFAULT_CA_BUNDLE


def test_without_botocore_nothing_is_known(monkeypatch):
    for name in ("certifi", "botocore"):
        monkeypatch.setitem(sys.modules, name, None)
    assert authorities.bundle({}, {}) == ""


def test_a_context_trusts_its_file_alone_and_checks_names(tmp_path):
    made = authorities.context(certifi.where())
    assert (made.verify_mode, made.check_hostname) == (ssl.CERT_REQUIRED, True)
    with pytest.raises(OSError):
        authorities.context(str(tmp_path))
