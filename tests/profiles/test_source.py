"""From a role to its source: the hops in the order of the calls, and the messages where there is no way."""

import hashlib
import time

import pytest

from assume.errors import ConfigError, NoSuchProfile

from .plans import BASE, KEYS, ROLE, planned


def refused(text, *words, base=None):
    with pytest.raises(ConfigError) as caught:
        planned(text, *words, base=base)
    return str(caught.value)


def roles(chain):
    return [hop.role_arn.rpartition("/")[2] for hop in chain.hops]


def role(name, source):
    return f"[profile {name}]\nrole_arn = arn:aws:iam::123456789012:role/{name}\nsource_profile = {source}\n"


def test_hops_are_in_the_order_of_the_calls():
    chain = planned(role("p", "q") + role("q", "r") + role("r", "base") + BASE)
    assert (roles(chain), chain.source.kind, chain.source.profile) == (["r", "q", "p"], "static keys", "base")
    assert chain.role_arn.endswith("role/p")
    assert [reason.partition(":")[0] for reason in chain.reasons] == ["p", "q", "r", "base"]


def test_fifty_hops_take_no_recursion_and_no_time():
    text = "".join(role(f"p{n}", f"p{n + 1}") for n in range(50)) + f"[profile p50]\n{KEYS}"
    started = time.perf_counter()
    assert len(planned(text, "p0").hops) == 50
    assert time.perf_counter() - started < 0.5


def test_a_circle_is_shown_with_its_profiles():
    said = refused(role("p", "q") + role("q", "r") + role("r", "q"))
    assert said == (
        "assume: p: source_profile goes in a circle: q -> r -> q\n"
        "  give [profile r] a source_profile outside the circle"
    )
    assert "circle: p -> p\n  give [profile p] keys of its own" in refused(role("p", "p"))


def test_a_missing_source_profile_is_reported_with_its_hop_and_similar_names():
    assert refused(role("p", "q") + role("q", "bse") + BASE) == (
        "assume: q: its source_profile bse does not exist\n  did you mean: base?"
    )
    assert "add [profile zzz], or correct source_profile" in refused(role("p", "zzz") + BASE)


def test_a_missing_profile_is_never_replaced_by_a_similar_one():
    with pytest.raises(NoSuchProfile) as caught:
        planned("[profile production]\n[profile producer]\n[profile dev]\n", "productoin")
    assert str(caught.value) == "assume: productoin: no such profile\n  did you mean: production, producer?"
    with pytest.raises(NoSuchProfile, match="no such profile\n  `assume list` shows them"):
        planned("[profile dev]\n", "zzz")


def test_a_missing_config_is_reported():
    with pytest.raises(NoSuchProfile, match="no profiles: there is no AWS config here\n  `aws configure` makes one"):
        planned("", "dev")


BAD = {
    "both": (ROLE + "credential_source = Environment\n",
        "p: has both source_profile and credential_source\n  remove one"),
    "neither": ("[profile p]\nrole_arn = arn:aws:iam::123456789012:role/r\n",
        "p: has role_arn, and neither source_profile nor"),
    "bad source": (ROLE.replace("source_profile = base", "credential_source = ec2"),
        "p: unknown credential_source ec2\n  use"),
    "no ARN": (ROLE.replace("arn:aws:iam::123456789012:", ""),
        "p: role_arn (config file, line 2) is not the ARN of a role\n  it looks like"),
    "too short": (ROLE + "duration_seconds = 60\n", "p: duration_seconds = 60 is too short\n  the least is 900"),
    "no keys": (ROLE + "[profile base]\n", "base: is a source profile and has no credentials\n  `aws configure`"),
    "secret only": (ROLE + "[profile base]\naws_secret_access_key = s\n",
        "base: has aws_secret_access_key and no aws_access_key_id"),
    "half a pair": (f"[profile p]\n{KEYS.splitlines()[0]}\n",
        "p: has an access key id but no aws_secret_access_key\n  put both"),
    "blank id": ("[profile p]\naws_access_key_id =\naws_secret_access_key = s\n",
        "p: has an empty aws_access_key_id"),
    "web identity without a role": ("[profile p]\nweb_identity_token_file = /t\n",
        "p: has web_identity_token_file and no role_arn"),
    "no such sso session": ("[profile p]\nsso_session = s\nsso_account_id = 1\n",
        "p: its sso_session s does not exist\n  add"),
    "tags": (ROLE + "session_tags = team\n", "p: session_tags: team is not key=value\n  write `session_tags"),
    "services": (ROLE + "services = none\n", "p: its services section none does not exist\n  add [services none], or"),
    "environment": (ROLE.replace("source_profile = base", "credential_source = Environment"),
        "p: credential_source Environment: AWS_AC"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_a_refusal_names_the_profile_and_the_cure(kind):
    text, words = BAD[kind]
    assert refused(text if "[profile base]" in text else text + BASE).startswith(f"assume: {words}")


def test_a_control_character_of_the_file_is_shown_as_an_escape():
    assert "\x1b" not in refused(role("p", "\x1b[2Jx") + BASE)
    assert "\\x1b[2Jx" in refused(role("p", "\x1b[2Jx") + BASE)


def test_the_settings_of_a_hop_are_its_own():
    chain = planned(
        role("p", "q") + "external_id = 42\nmfa_serial = S\n" + role("q", "base") + "duration_seconds = 900\n" + BASE
    )
    first, last = chain.hops
    assert (first.external_id, first.mfa_serial, first.duration_s) == (None, None, 900)
    assert (last.external_id, last.mfa_serial, last.duration_s) == ("42", "S", None)


def test_tags_and_identity_are_read_as_lists():
    hop = planned(
        ROLE + "session_tags = a = 1, b=2=3,\ntransitive_session_tags = a, b\nsource_identity = me\n" + BASE
    ).hops[0]
    assert (hop.tags, hop.transitive_tags, hop.source_identity) == ((("a", "1"), ("b", "2=3")), ("a", "b"), "me")


def test_an_sso_profile_depends_on_the_file_of_its_sign_in():
    profile = "[profile p]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = R\n"
    chain = planned(profile + "[sso-session corp]\nsso_start_url = u\n")
    assert (chain.source.kind, chain.source.identity) == ("SSO", "corp u 1 R")
    name = hashlib.sha1(b"corp", usedforsecurity=False).hexdigest()
    assert chain.files == [f"/home/me/.aws/sso/cache/{name}.json"]


def test_a_web_identity_depends_on_its_file():
    chain = planned("[profile p]\nrole_arn = arn:aws:iam::123456789012:role/r\nweb_identity_token_file = /t\n")
    assert (chain.files, chain.source.kind, roles(chain)) == (["/t"], "WebIdentity", ["r"])


INNER = """
[profile p]
role_arn = arn:aws:iam::123456789012:role/r1
credential_source = Ec2InstanceMetadata
ec2_metadata_service_endpoint = http://a
"""
OUTER = role("outer", "p") + "ec2_metadata_service_endpoint = http://b\n"


def test_the_metadata_endpoint_of_the_profile_that_is_asked_for_is_part_of_the_source():
    assert planned(INNER).source.identity == "http://a"
    assert planned(INNER + OUTER, "outer").source.identity == "http://b"
    variable = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://c"}
    assert planned(INNER + OUTER, "outer", base=variable).source.identity == "http://c"


def test_the_sso_portal_of_the_profile_that_is_asked_for_is_part_of_the_request():
    own = "services = mine\n[services mine]\nsso =\n  endpoint_url = http://portal\n"
    sso = "[profile sso]\nsso_account_id = 1\nsso_role_name = r\nsso_start_url = u\nsso_region = us-east-1\n"
    assert "http://portal" in planned(role("p", "sso") + own + sso).request(1)
    assert "http://portal" not in planned(role("p", "sso") + sso + own).request(1)
    assert "http://portal" in planned(sso + role("p", "sso"), base={"AWS_ENDPOINT_URL_SSO": "http://portal"}).request(1)
