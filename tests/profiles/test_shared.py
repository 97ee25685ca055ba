"""Which entries of the AWS CLI's cache a call may share: names, marks, sources, regions."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assume.arguments import Options
from assume.aws import cli_cache
from assume.profiles import shared
from assume.profiles.chain import Hop
from assume.profiles.config import Config
from assume.profiles.plan import plan
from assume.store import cli_entry

ROLE = "arn:aws:iam::123456789012:role/one-of-them"
KEYS = "aws_access_key_id = AKIAALICEALICEALICE1\naws_secret_access_key = s\n"
HOME = {"HOME": "/home/nobody"}
P = f"[profile p]\nrole_arn = {ROLE}\nsource_profile = base\nregion = eu-west-1\n"
BASE = f"[profile base]\n{KEYS}"
text = st.text(st.characters(codec="utf-8"), max_size=20)


def chain_of(config, profile="p", base=HOME):
    options = Options()
    options.profile = profile
    return plan(config, options, base)


def answers(text, profile="p", number=-1, **base):
    """(is_shared, is_certain) of a hop."""
    config = Config(text, "")
    chain = chain_of(config, profile, HOME | base)
    at = len(chain.hops) + number if number < 0 else number
    return shared.is_shared(chain, at, config, HOME | base), shared.is_certain(chain, at, config, HOME | base)


@given(st.none() | text, st.none() | text, st.none() | st.integers(0, 99999), text)
def test_the_name_without_a_json_library_is_that_with_one(external_id, serial, duration_s, session_name):
    hop = Hop("p", ROLE)
    hop.external_id, hop.mfa_serial, hop.duration_s, hop.session_name = external_id, serial, duration_s, session_name
    assert shared.name(hop) in ("", cli_cache.key_of(hop))
    if all((value or "a").isalnum() and (value or "").isascii() for value in (external_id, serial, session_name)):
        assert shared.name(hop)


def test_an_entry_is_json_and_what_would_need_quotes_is_not_written():
    from assume.credentials import Credentials

    made = Credentials("ASIA" + "A" * 16, "sec/ret+", "tok==", 1795521600, 1, "arn:aws:sts::1:assumed-role/x/y")
    read = json.loads(cli_entry.text(made, "0123"))
    assert read["Credentials"]["Expiration"] == "2026-11-24T12:00:00UTC"
    assert (read["AssumedRoleUser"]["Arn"], read[cli_entry.MARK]) == (made.arn, "0123")
    for odd in ('"', "\\", "\n", "é"):
        made.arn = odd
        assert cli_entry.text(made, "0123") == ""


def test_the_folders_of_the_cache_are_made_for_their_owner_alone(tmp_path):
    path = tmp_path / ".aws/cli/cache/x.json"
    for content in ("{}", "[]"):
        cli_entry.put(str(path), content)
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("[]", 0o600)
    assert [path.parents[level].stat().st_mode & 0o777 for level in range(3)] == [0o700] * 3
    with pytest.raises(OSError, match="No such file"):
        cli_entry.put(str(tmp_path / "a/b/c/d/x.json"), "{}")


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", (True, True)),
        (P.replace("profile p", "profile q"), (True, True)),
        (P.replace("profile p", "profile q").replace("eu-west-1", "us-east-1"), (True, True)),
        (P.replace("profile p", "profile q").replace("region = eu-west-1\n", ""), (True, True)),
        (P.replace("profile p", "profile q").replace("= base", "= other"), (False, False)),
        (P.replace("profile p", "profile q").replace("= base", "= other") + "external_id = 42\n", (True, True)),
        (P.replace("profile p", "profile q").replace("= base", "= other") + "duration_seconds = 1h\n", (False, False)),
        (P.replace("profile p", "profile q") + "endpoint_url = http://x\n", (False, False)),
        (P.replace("profile p", "profile q") + "services = s\n[services s]\nsts=\n  endpoint_url=x\n", (False, False)),
        (P.replace("profile p", "profile q") + "services = s\n[services s]\ns3 =\n  endpoint_url = x\n", (True, True)),
        (f"[profile q]\nrole_arn = {ROLE}2\nsource_profile = p\nendpoint_url = x\n", (False, False)),
        (f"[profile q]\nrole_arn = {ROLE}2\nsource_profile = base\nendpoint_url = x\n", (True, True)),
        (f"[profile q]\nrole_arn = {ROLE}\nweb_identity_token_file = /t\n", (False, False)),
        (f"[profile q]\nrole_arn = {ROLE}\ncredential_source = Environment\n", (False, False)),
        (f"[profile q]\nthis is no setting\nrole_arn = {ROLE}\n", (False, False)),
    ],
)  # fmt: skip
def test_a_neighbour_that_would_find_the_same_entry(more, expected):
    assert answers(P + BASE + more) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("credential_source = Environment\n", (False, False)),
        ("credential_source = Ec2InstanceMetadata\n", (False, False)),
        ("credential_source = EcsContainer\n", (False, False)),
        ("source_profile = base\nsource_identity = me\n", (False, False)),
        ("source_profile = base\nsession_tags = a=b\n", (False, False)),
        ("source_profile = base\nendpoint_url = http://x\n", (False, False)),
        ("web_identity_token_file = /t\n", (True, True)),
        ("source_profile = sso\n", (True, True)),
        ("source_profile = process\n", (True, True)),
    ],
)
def test_a_source_that_the_files_do_not_settle_is_not_shared(lines, expected):
    sources = "[profile process]\ncredential_process = x\n[profile sso]\nsso_account_id = 1\nsso_role_name = r\n"
    keys = {"AWS_ACCESS_KEY_ID": "AKIAALICEALICEALICE1", "AWS_SECRET_ACCESS_KEY": "s"}
    assert answers(f"[profile p]\nrole_arn = {ROLE}\n{lines}{sources}{BASE}", **keys) == expected


def test_tags_go_along_the_chain():
    tagged = P.replace("profile p", "profile q").replace("base", "p").replace("one-", "two-")
    assert answers(P + BASE + tagged, "q") == (True, True)
    assert answers(P + "source_identity = me\n" + BASE + tagged, "q") == (False, False)


def test_an_aws_clis_entry_is_not_certain_for_files_that_variables_name():
    other = {"AWS_CONFIG_FILE": "/elsewhere"}
    assert answers(P + BASE, **other) == (True, False)
    assert answers(P + "mfa_serial = arn:aws:iam::123456789012:mfa/alice\n" + BASE, **other) == (True, False)
    assert answers(P + BASE, AWS_CONFIG_FILE="/home/nobody/.aws/config") == (True, True)
    assert answers(P + BASE, AWS_SHARED_CREDENTIALS_FILE="") == (True, False)


def test_the_web_identity_of_the_environment_is_another_source():
    web = {"AWS_ROLE_ARN": ROLE, "AWS_WEB_IDENTITY_TOKEN_FILE": "/t"}
    assert answers(P + BASE, **web) == (False, False)
    assert answers(f"[profile p]\nrole_arn = {ROLE}\nweb_identity_token_file = /t\n", **web) == (True, True)


def test_sessions_of_the_global_endpoint_are_not_for_every_region():
    far = P.replace("eu-west-1", "ap-east-1")
    assert answers(far + BASE) == (True, True)
    assert answers(far + BASE + P.replace("profile p", "profile q")) == (True, True)
    none = P.replace("profile p", "profile q").replace("region = eu-west-1\n", "")
    assert answers(far + BASE + none) == (False, False)
    assert answers(none.replace("profile q", "profile p") + BASE, AWS_DEFAULT_REGION="ap-east-1") == (False, False)


def marks(region, **base):
    chain = chain_of(Config(P.replace("region = eu-west-1\n", region) + BASE, ""), base=HOME | base)
    return shared.mark(chain, 0), shared.marks(chain, 0)


def test_a_mark_is_the_request_without_its_region():
    near, of_near = marks("region = eu-west-1\n")
    far, of_far = marks("region = ap-east-1\n")
    everywhere, of_everywhere = marks("")
    assert near == far != everywhere
    assert set(of_near) == set(of_everywhere) == {near, everywhere}
    assert of_far == [near]
    assert marks("region = eu-west-1\n", AWS_USE_FIPS_ENDPOINT="true")[0] != near


def test_every_other_field_changes_the_mark():
    found = {marks("region = eu-west-1\n")[0]}
    for line in ("external_id = 1", "duration_seconds = 900", "role_session_name = x", "mfa_serial = GAHT1"):
        found.add(shared.mark(chain_of(Config(f"{P}{line}\n{BASE}", "")), 0))
    found.add(shared.mark(chain_of(Config(P + BASE.replace("ALICE1", "ALICE2"), "")), 0))
    assert len(found) == 6
