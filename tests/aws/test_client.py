"""botocore's client as we make it: the chain's own sections, four services, credentials that can be swapped."""

import json

import time_machine

from assume.aws import client
from assume.profiles.config import Config

from ..botocore.rows import BASE as KEYS_OF_ALICE
from ..profiles.plans import BASE, KEYS, ROLE, planned

MORE = "[services s]\nsts =\n  endpoint_url = http://127.0.0.1:1\n[sso-session c]\nsso_region = x\n"


def test_botocore_gets_the_sections_of_the_chain_and_no_others():
    text = ROLE + "services = s\ns3 =\n  a = 1\n" + BASE + MORE + f"[profile unused]\n{KEYS}"
    found = client.sections(Config(text, ""), planned(text))
    assert set(found["profiles"]) == {"p", "base"}
    assert found["profiles"]["p"]["s3"] == {"a": "1"}
    assert found["services"] == {"s": {"sts": {"endpoint_url": "http://127.0.0.1:1"}}}
    assert found["sso_sessions"] == {}


def test_the_sso_session_of_the_source_is_passed_on():
    text = ROLE + "[profile base]\nsso_session = c\nsso_account_id = 1\nsso_role_name = r\n" + MORE
    found = client.sections(Config(text, ""), planned(text))
    assert found["sso_sessions"] == {"c": {"sso_region": "x"}}


def session():
    profiles = {"p": {"region": "eu-west-1"}}
    return client.Session({"profiles": profiles, "services": {}, "sso_sessions": {}}, "p")


def test_two_clients_share_the_credentials_and_one_sends_once():
    usual, made_once, signer = client.clients(session())
    once = made_once()
    signer.swap(("K", "S", "T"))
    frozen = signer.get_frozen_credentials()
    assert (frozen.access_key, frozen.secret_key, frozen.token) == ("K", "S", "T")
    signer.swap(("K2", "S2", ""))
    assert signer.get_frozen_credentials().token is None
    assert once.meta.config.retries["total_max_attempts"] == 1
    assert usual.meta.config.retries.get("total_max_attempts") != 1
    assert usual.meta.endpoint_url == once.meta.endpoint_url == "https://sts.eu-west-1.amazonaws.com"
    assert (usual.meta.config.connect_timeout, usual.meta.config.read_timeout) == (5, 15)


def test_models_of_the_users_own_are_found(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    made = session()
    loader = made.get_component("data_loader")
    assert str(tmp_path) in loader.search_paths
    (tmp_path / "thing.json").write_text(json.dumps({"a": 1}))
    assert loader.load_data("thing") == {"a": 1}


def test_the_users_retries_are_the_usual_clients(monkeypatch):
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "7")
    usual, made_once, _ = client.clients(session())
    assert usual.meta.config.retries["total_max_attempts"] == 7
    assert made_once().meta.config.retries["total_max_attempts"] == 1


def test_a_clock_that_is_years_off_brings_no_warning_of_urllib3(both, recwarn):
    both.write(f"[profile p]\nrole_arn = <r1>\nregion = eu-west-1\nsource_profile = base\n{KEYS_OF_ALICE}")
    with time_machine.travel("2020-01-01T12:00:00Z", tick=True):
        both.ours("p", {"AWS_CA_BUNDLE": str(both.bundle)}, fast=False)
    assert [str(warning.message) for warning in recwarn] == []
