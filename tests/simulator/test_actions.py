"""The actions of STS: durations, session policies, GetSessionToken, results and refusals."""

import hashlib
import json
import time

import pytest

from assume.simulator.iam import Trust
from assume.simulator.world import World

from .clients import Clock, client_of, client_with, refused

ACCOUNT = "123456789012"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/wanted"
SERIAL = f"arn:aws:iam::{ACCOUNT}:mfa/alice"
KEY = "AKIAALICE00000000000"
TOO_LONG = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
CHAINED = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
ALLOW_S3 = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})


@pytest.fixture
def alices_world():
    """A world with alice and a role that she may assume for up to two hours."""
    made = World()
    made.user(ACCOUNT, "alice", KEY, mfa={SERIAL: "JBSWY3DPEHPK3PXP"}, may=["arn:*"])
    made.role(ROLE, Trust((ROOT,)), max_duration_s=7200)
    return made


@pytest.fixture
def alice(sts, alices_world):
    sts.world = alices_world
    return client_of(sts, alices_world, KEY)


def take(caller, **more):
    return caller.assume_role(RoleArn=ROLE, RoleSessionName="me", **more)


def no(caller, **more):
    return refused(caller.assume_role, RoleArn=ROLE, RoleSessionName="me", **more)


def lasts_s(sts, reply):
    return round(reply["Credentials"]["Expiration"].timestamp() - sts.clock())


# Durations


@pytest.mark.parametrize(
    ("asked", "given"), [({}, 3600), ({"DurationSeconds": 900}, 900), ({"DurationSeconds": 7200}, 7200)]
)
def test_a_session_lasts_as_long_as_requested(sts, alice, asked, given):
    sts.clock = Clock(int(time.time()))
    assert lasts_s(sts, take(alice, **asked)) == given


def test_no_session_is_longer_than_the_role_allows(alice):
    assert no(alice, DurationSeconds=7201) == (400, "ValidationError", TOO_LONG)


def test_a_refused_caller_does_not_learn_the_maximum_duration(alice, alices_world):
    alices_world.role(ROLE, max_duration_s=900)
    assert no(alice, DurationSeconds=7201)[:2] == (403, "AccessDenied")


def test_a_role_assumed_with_temporary_credentials_lasts_at_most_an_hour(sts, alice, alices_world):
    alices_world.role(ROLE, Trust((ROOT,)), max_duration_s=43200, may=["*"])
    for caller in (client_with(sts, alice.get_session_token()), client_with(sts, take(alice))):
        assert no(caller, DurationSeconds=3601) == (400, "ValidationError", CHAINED)
        take(caller, DurationSeconds=3600)


# Session policies


def test_session_policies_are_kept_with_the_session(alice, alices_world):
    arns = [f"arn:aws:iam::aws:policy/{name}" for name in ("ReadOnlyAccess", "job-function/ViewOnlyAccess")]
    reply = take(alice, Policy=ALLOW_S3, PolicyArns=[{"arn": arn} for arn in arns])
    grant = alices_world.sessions[reply["Credentials"]["AccessKeyId"]].grant
    assert (grant.policy, list(grant.policy_arns)) == (ALLOW_S3, arns)
    assert 0 < reply["PackedPolicySize"] <= 100


def test_without_policies_and_tags_there_is_no_packed_size(alice):
    assert "PackedPolicySize" not in take(alice)


@pytest.mark.parametrize("policy", ["{", "[]", '"text"', '{"Statement": [1]}', '{"Statement": {"Effect": "Maybe"}}'])
def test_an_invalid_policy_is_refused(alice, policy):
    told = no(alice, Policy=policy)
    assert told == (400, "MalformedPolicyDocument", "The policy is not in the valid JSON format.")


@pytest.mark.parametrize(
    "arn", ["arn:aws:iam::aws:role/ReadOnlyAccess", "arn:aws:s3:::bucket/policy", "not-an-arn-at-all-really"]
)
def test_a_policy_arn_must_be_the_arn_of_a_policy(alice, arn):
    assert no(alice, PolicyArns=[{"arn": arn}]) == (400, "ValidationError", f"{arn} is invalid")


def test_policies_and_tags_that_are_too_large_are_refused(alice, alices_world):
    alices_world.role(ROLE, Trust((ROOT,), tag_session=True))
    tags = [{"Key": f"k{n}", "Value": hashlib.sha512(bytes([n])).hexdigest()} for n in range(50)]
    status, code, message = no(alice, Tags=tags)
    assert (status, code) == (400, "PackedPolicyTooLarge")
    assert "% of allotted space" in message


@pytest.mark.parametrize(
    ("statement", "is_left"),
    [
        ({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ROLE}, True),
        ({"Effect": "Allow", "Action": ["s3:*", "STS:*"], "Resource": ["*"]}, True),
        ({"Effect": "Allow", "Action": "*", "Resource": "arn:aws:iam::*:role/other"}, False),
        ({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}, False),
        ({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {}}}, False),
        (
            [
                {"Effect": "Allow", "Action": "*", "Resource": "*"},
                {"Effect": "Deny", "Action": "sts:*", "Resource": "*"},
            ],
            False,
        ),
    ],
)
def test_a_session_policy_decides_whether_the_next_hop_is_allowed(sts, alice, alices_world, statement, is_left):
    alices_world.role(ROLE, Trust((ROOT,)), may=["*"])
    caller = client_with(sts, take(alice, Policy=json.dumps({"Statement": statement})))
    if is_left:
        take(caller)
    else:
        assert no(caller)[:2] == (403, "AccessDenied")


# GetSessionToken


def test_get_session_token_returns_credentials_with_the_users_own_rights(sts, alice):
    sts.clock = Clock(int(time.time()))
    reply = alice.get_session_token()
    assert lasts_s(sts, reply) == 43200
    assert client_with(sts, reply).get_caller_identity()["Arn"] == ALICE


def test_get_session_token_accepts_a_code_once(alice, alices_world):
    code = alices_world.unused_code(SERIAL, time.time())
    alice.get_session_token(SerialNumber=SERIAL, TokenCode=code, DurationSeconds=129600)
    told = refused(alice.get_session_token, SerialNumber=SERIAL, TokenCode=code)
    assert told == (403, "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ")


def test_get_session_token_refuses_temporary_credentials(sts, alice):
    for reply in (take(alice), alice.get_session_token()):
        told = refused(client_with(sts, reply).get_session_token)
        assert told == (403, "AccessDenied", "Cannot call GetSessionToken with session credentials")


def test_get_session_token_can_be_denied_to_a_user(sts, alice, alices_world):
    alices_world.user(ACCOUNT, "alice", KEY, may=["*"], may_not=["sts:GetSessionToken"])
    caller = client_of(sts, alices_world, KEY)
    status, code, message = refused(caller.get_session_token)
    assert (status, code) == (403, "AccessDenied")
    assert message.startswith(f"User: {ALICE} is not authorized to perform: sts:GetSessionToken on resource: ")
    take(caller)


def test_a_root_users_session_lasts_an_hour(sts, alice, alices_world):
    sts.clock = Clock(int(time.time()))
    alices_world.user(ACCOUNT, "root", "AKIAROOT000000000000")
    caller = client_of(sts, alices_world, "AKIAROOT000000000000")
    assert lasts_s(sts, caller.get_session_token(DurationSeconds=43200)) == 3600


# Others


def test_get_access_key_info_names_the_account(alice):
    assert alice.get_access_key_info(AccessKeyId=KEY)["Account"] == ACCOUNT
    assert refused(alice.get_access_key_info, AccessKeyId="AKIAUNKNOWNUNKNOWN00")[1] == "ValidationError"
