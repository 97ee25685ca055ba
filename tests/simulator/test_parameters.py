"""The query protocol and the limits of STS's model, in AWS's words."""

import gzip
import json
import urllib.error
import urllib.request
from pathlib import Path

import botocore
import pytest

from assume.demo.config import KEYS, MARKETING
from assume.simulator import limits, parameters
from assume.simulator.replies import Refused

from .clients import client_of, refused

_, KEY = KEYS["user1"]
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def user1(sts, world):
    """botocore's client with user1's keys; its own checks of parameters are off."""
    return client_of(sts, world, KEY, parameter_validation=False)


def checked(action, **sent):
    return parameters.checked(action, sent)


def message(action, **sent):
    with pytest.raises(Refused) as caught:
        parameters.checked(action, sent)
    assert (caught.value.status, caught.value.code) == (400, "ValidationError")
    return caught.value.message


NAMED = {"RoleArn": MARKETING, "RoleSessionName": "me"}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"RoleArn": "arn:aws:iam::1:role"}, "'roleArn' {} have length greater than or equal to 20"),
        ({"RoleArn": MARKETING + "x" * 2048}, "'roleArn' {} have length less than or equal to 2048"),
        ({"RoleSessionName": "x"}, "'roleSessionName' {} have length greater than or equal to 2"),
        ({"RoleSessionName": "x" * 65}, "'roleSessionName' {} have length less than or equal to 64"),
        ({"RoleSessionName": "a b"}, "'roleSessionName' {} satisfy regular expression pattern: [\\w+=,.@-]*"),
        ({"RoleSessionName": "zoë"}, "'roleSessionName' {} satisfy regular expression pattern: [\\w+=,.@-]*"),
        ({"RoleSessionName": "me\n"}, "'roleSessionName' {} satisfy regular expression pattern: [\\w+=,.@-]*"),
        ({"ExternalId": "x"}, "'externalId' {} have length greater than or equal to 2"),
        ({"ExternalId": ""}, "'externalId' {} have length greater than or equal to 2"),
        ({"ExternalId": "x" * 1225}, "'externalId' {} have length less than or equal to 1224"),
        ({"ExternalId": "a&b"}, "'externalId' {} satisfy regular expression pattern: [\\w+=,.@:\\/-]*"),
        ({"SerialNumber": "12345678"}, "'serialNumber' {} have length greater than or equal to 9"),
        ({"SerialNumber": "1" * 257}, "'serialNumber' {} have length less than or equal to 256"),
        ({"SerialNumber": "GAHT 12345678"}, "'serialNumber' {} satisfy regular expression pattern: [\\w+=/:,.@-]*"),
        ({"TokenCode": "12345"}, "'tokenCode' {} have length greater than or equal to 6"),
        ({"TokenCode": "1234567"}, "'tokenCode' {} have length less than or equal to 6"),
        ({"TokenCode": "12345x"}, "'tokenCode' {} satisfy regular expression pattern: [\\d]*"),
        ({"SourceIdentity": "a b"}, "'sourceIdentity' {} satisfy regular expression pattern: [\\w+=,.@-]*"),
        ({"DurationSeconds": "899"}, "'durationSeconds' {} have value greater than or equal to 900"),
        ({"DurationSeconds": "43201"}, "'durationSeconds' {} have value less than or equal to 43200"),
        ({"DurationSeconds": "1h"}, "'durationSeconds' {} be a number"),
        ({"Policy": "x" * 2049}, "'policy' {} have length less than or equal to 2048"),
        ({"Policy": "{\u2260}"}, "'policy' {} satisfy regular expression pattern"),
        ({"Tags.member.1.Key": "", "Tags.member.1.Value": "v"}, "'tags.1.member' {} have length greater than"),
        ({"Tags.member.1.Key": "a#", "Tags.member.1.Value": "v"}, "'tags.1.member' {} satisfy regular expression"),
        ({"Tags.member.1.Key": "k", "Tags.member.1.Value": "v" * 257}, "'tagValues.1.member' {} have length less"),
        ({"PolicyArns.member.1.arn": "arn:short"}, "'policyArns.1.member' {} have length greater than or equal to 20"),
    ],
)
def test_a_parameter_that_breaks_a_limit_is_named(sent, said):
    told = message("AssumeRole", **(NAMED | sent))
    assert told.startswith("1 validation error detected: Value '")
    assert said.format("failed to satisfy constraint: Member must") in told


def test_parameters_within_the_limits_pass():
    tag = {"Tags.member.1.Key": "équipe 1", "Tags.member.1.Value": ""}
    most = {"DurationSeconds": "43200", "ExternalId": "a:/@=", "Policy": "é" * 2048, "RoleSessionName": "=,.@-_+a"}
    given = checked("AssumeRole", **(NAMED | most | tag))
    assert given.number("DurationSeconds", 1) == 43200
    assert given.tags() == (("équipe 1", ""),)


def test_all_broken_limits_are_in_one_message():
    told = message("AssumeRole", RoleSessionName="a b", DurationSeconds="1")
    assert told.startswith("3 validation errors detected: Value null at 'roleArn' failed to satisfy constraint")
    assert "'roleSessionName'" in told
    assert "'durationSeconds'" in told


def test_get_session_token_has_its_own_limits():
    assert checked("GetSessionToken", DurationSeconds="129600").number("DurationSeconds", 1) == 129600
    assert "less than or equal to 129600" in message("GetSessionToken", DurationSeconds="129601")
    assert "greater than or equal to 900" in message("GetSessionToken", DurationSeconds="899")


def test_more_than_ten_policies_or_fifty_tags_are_refused():
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    policies = {f"PolicyArns.member.{n}.arn": arn for n in range(1, 12)}
    assert "'policyArns' failed" in message("AssumeRole", **(NAMED | policies))
    policies.pop("PolicyArns.member.11.arn")
    assert checked("AssumeRole", **(NAMED | policies)).policy_arns() == (arn,) * 10
    tags = {f"Tags.member.{n}.{part}": str(n) for n in range(1, 52) for part in ("Key", "Value")}
    assert "'tags' failed" in message("AssumeRole", **(NAMED | tags))


def test_lists_keep_the_order_of_their_numbers():
    keys = {f"TransitiveTagKeys.member.{n}": f"k{n}" for n in (10, 2, 1, 3, 4, 5, 6, 7, 8, 9)}
    assert checked("AssumeRole", **(NAMED | keys)).transitive() == tuple(f"k{n}" for n in range(1, 11))


def test_a_list_with_a_gap_is_refused():
    with pytest.raises(Refused) as caught:
        checked("AssumeRole", **NAMED, **{"PolicyArns.member.2.arn": "arn:aws:iam::aws:policy/X"})
    assert caught.value.code == "MalformedQueryString"


@pytest.mark.parametrize(
    ("action", "sent"),
    [
        ("AssumeRole", NAMED | {"Colour": "red"}),
        ("GetSessionToken", {"RoleArn": MARKETING}),
        ("GetCallerIdentity", {"DurationSeconds": "900"}),
        ("AssumeRoleWithWebIdentity", NAMED | {"WebIdentityToken": "1234", "ExternalId": "abc"}),
    ],
)
def test_a_parameter_that_the_action_does_not_have_is_refused(action, sent):
    assert f"{action} does not know the parameter" in message(action, **sent)


def test_botocore_reports_broken_limits_in_the_words_of_aws(user1, sts):
    told = refused(user1.assume_role, RoleArn=MARKETING, RoleSessionName="a b")
    said = (
        "1 validation error detected: Value 'a b' at 'roleSessionName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [\\w+=,.@-]*"
    )
    assert told == (400, "ValidationError", said)
    assert (sts.calls[-1].status, sts.calls[-1].code) == (400, "ValidationError")
    assert sts.calls[-1].arn == KEYS["user1"][0]


@pytest.mark.parametrize("arn", ["marketingadminrole-of-mine", "arn:aws:iam:123456789012:role/one", MARKETING + "*"])
def test_a_malformed_role_arn_is_refused(user1, arn):
    assert refused(user1.assume_role, RoleArn=arn, RoleSessionName="me") == (
        400,
        "ValidationError",
        f"{arn} is invalid",
    )


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b"Action=GetCallerIdentity&Version=2011-06-15", "text/plain", "MalformedInput"),
        (b"Action=GetCallerIdentity&Version=2010-01-01", FORM, "InvalidAction"),
        (b"Action=GetCallerIdentity", FORM, "InvalidAction"),
        (b"Action=BuyEverything&Version=2011-06-15", FORM, "InvalidAction"),
        (b"Version=2011-06-15", FORM, "InvalidAction"),
        (b"Action=GetCallerIdentity&Action=x&Version=2011-06-15", FORM, "MalformedQueryString"),
        (b"nonsense", FORM, "MalformedQueryString"),
        (b"Action=\xff", FORM, "MalformedQueryString"),
    ],
)
def test_a_request_that_is_not_a_call_is_refused(sts, body, kind, code):
    request = urllib.request.Request(sts.url, body, {"Content-Type": kind})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=100)
    assert (caught.value.code, sts.calls[-1].code) == (400, code)
    caught.value.close()


def test_a_reply_has_the_namespace_and_a_request_id(user1):
    reply = user1.get_caller_identity()["ResponseMetadata"]
    assert len(reply["RequestId"]) == 36
    assert reply["HTTPHeaders"]["x-amzn-requestid"] == reply["RequestId"]
    assert reply["HTTPHeaders"]["content-type"] == "text/xml"


def test_the_limits_are_those_of_botocores_model():
    folder = Path(botocore.__file__).parent / "data" / "sts" / "2011-06-15"
    packed = folder / "service-2.json.gz"
    text = gzip.decompress(packed.read_bytes()) if packed.exists() else (folder / "service-2.json").read_bytes()
    model = json.loads(text)
    for action, rules in limits.RULES.items():
        if "input" not in model["operations"][action]:
            continue
        members = model["shapes"][model["operations"][action]["input"]["shape"]]["members"]
        for name, rule in rules.items():
            shape = model["shapes"][members[name]["shape"]] if name in members else {}
            assert (name, rule.least) == (name, shape.get("min", rule.least))
            if name != "SourceIdentity":  # 64 at most until botocore 1.44.5, 256 from 1.44.8 on
                assert (name, rule.most) == (name, shape.get("max", rule.most))
            assert (name, rule.pattern) == (name, shape.get("pattern") if rule.pattern else None)
