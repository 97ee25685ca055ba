"""The right identity: each field of a request is changed while the old answer is stored."""

import pytest

from assume.errors import Refused
from assume.profiles import chain

from .permissive import POLICY, ROLES, SECOND, SERIAL, prepare

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


@pytest.fixture
def it(ground, clock):
    """The ground with the profile `it`; see permissive."""
    return prepare(ground)


def by_config(**fields):
    """Changes settings of the profile."""
    return lambda ground: (ground.configure("it", **fields), ("it",))[1]


def by_words(*words):
    """Adds options to the command line."""
    return lambda ground: ("it", *(word.format(cwd=ground.cwd) for word in words))


FIELDS = {
    # field of the request: how it is changed, and the parameters that STS then receives
    "role_arn": (by_config(role_arn=ROLES["other"]), {"RoleArn": ROLES["other"]}),
    "role_arn, --role-arn": (by_words("--role-arn", ROLES["other"]), {"RoleArn": ROLES["other"]}),
    "duration_s": (by_config(duration_seconds="1800"), {"DurationSeconds": "1800"}),
    "duration_s, --duration": (by_words("--duration", "20m"), {"DurationSeconds": "1200"}),
    "external_id": (by_config(external_id="one"), {"ExternalId": "one"}),
    "external_id, --external-id": (by_words("--external-id", "two"), {"ExternalId": "two"}),
    "policy": (by_words("--policy", "{cwd}/policy.json"), {"Policy": POLICY}),
    "policy_arns": (by_words("--policy-arn", READ_ONLY), {"PolicyArns.member.1.arn": READ_ONLY}),
    "policy_arns, --read-only": (by_words("--read-only"), {"PolicyArns.member.1.arn": READ_ONLY}),
    "policy_arns, assume_read_only": (by_config(assume_read_only="yes"), {"PolicyArns.member.1.arn": READ_ONLY}),
    "session_name": (by_config(role_session_name="maria"), {"RoleSessionName": "maria"}),
    "session_name, --session-name": (by_words("--session-name", "zed"), {"RoleSessionName": "zed"}),
    "source_identity": (by_config(source_identity="maria"), {"SourceIdentity": "maria"}),
    "tags": (by_config(session_tags="team=red"), {"Tags.member.1.Value": "red"}),
    "transitive_tags": (
        by_config(session_tags="team=red", transitive_session_tags="team"),
        {"TransitiveTagKeys.member.1": "team"},
    ),
    "token_file": (by_config(web_identity_token_file="{cwd}/web", source_profile=None), None),
    "mfa_serial": (by_config(mfa_serial=SERIAL, mfa_session="off"), {"SerialNumber": SERIAL}),
    "source, another profile": (by_config(source_profile="second"), {"key_id": SECOND}),
    "source, another hop": (by_config(source_profile="hub"), {"RoleArn": ROLES["it"]}),
    "source, the environment": (by_config(source_profile=None, credential_source="Environment"), {"key_id": SECOND}),
    "region": (by_config(region="eu-west-1"), {"region": "eu-west-1"}),
    "endpoint": (by_config(endpoint_url="{url}/"), {}),
}


def test_every_field_of_a_request_has_a_test():
    hop = chain.Hop("p", "r")
    for name in chain.Hop.__slots__:
        if isinstance(getattr(hop, name), (str, type(None), int)) and name != "profile":
            setattr(hop, name, "7")
    hop.policy_arns, hop.tags, hop.transitive_tags = ("a",), (("k", "v"),), ("k",)
    assert {name for name, _ in hop.fields()} <= {name.partition(",")[0] for name in FIELDS}


@pytest.mark.parametrize("field", FIELDS)
def test_a_changed_request_is_not_answered_from_the_old_entry(it, field):
    change, asks = FIELDS[field]
    old = it.take("it")
    again = it.take("it")
    assert again.credentials.keys == old.credentials.keys
    assert len(it.sts.calls) == 1
    assert it.is_warm("it")
    config = it.home.config.read_text()
    words = change(it)
    it.home.config.write_text(it.home.config.read_text().format(cwd=it.cwd, url=it.sts.url))
    if asks is None:  # the role does not allow that: refused, and the old answer is not used
        with pytest.raises(Refused):
            it.take(*words)
        return
    if field == "mfa_serial":
        words = (*words, "--mfa-code", it.code(SERIAL))
    new = it.take(*words)
    assert new.credentials.keys != old.credentials.keys
    call = it.sts.calls[-1]
    assert asks.items() <= (dict(call.params) | {"key_id": call.key_id, "region": call.region}).items()
    assert len(it.sts.calls) == (3 if field == "source, another hop" else 2)
    it.home.config.write_text(config)
    back = it.take("it")
    assert back.credentials.keys == old.credentials.keys, "the old request still has its old answer"
    assert len(it.sts.calls) == (3 if field == "source, another hop" else 2)


@pytest.mark.parametrize("setting", ["output", "cli_pager", "assume_colour", "s3"])
def test_a_setting_that_is_not_part_of_the_request_costs_no_call(it, setting):
    old = it.take("it")
    it.configure("it", **{setting: "json" if setting != "assume_colour" else "red"})
    assert it.take("it").credentials.keys == old.credentials.keys
    assert len(it.sts.calls) == 1
