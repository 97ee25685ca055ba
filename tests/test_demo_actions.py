"""Durations, session policies, GetSessionToken, web identities: what a call gives and what it refuses."""

import hashlib
import json
import time

import pytest

from assume.demo import web_identity
from assume.demo.config import HOME_ACCOUNT, ISSUER, WEB
from assume.demo.people import Provider, Trust
from assume.demo.world import World

from .simulator import Clock, client, client_of, client_with, refused

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
    """Alice, and a role of hers for up to two hours."""
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
def test_a_session_lasts_as_long_as_was_asked(sts, alice, asked, given):
    sts.clock = Clock(int(time.time()))
    assert lasts_s(sts, take(alice, **asked)) == given


def test_no_session_is_longer_than_the_role_allows(alice):
    assert no(alice, DurationSeconds=7201) == (400, "ValidationError", TOO_LONG)


def test_whoever_may_not_have_the_role_does_not_learn_its_maximum(alice, alices_world):
    alices_world.role(ROLE, max_duration_s=900)
    assert no(alice, DurationSeconds=7201)[:2] == (403, "AccessDenied")


def test_a_role_taken_from_temporary_credentials_lasts_an_hour_at_most(sts, alice, alices_world):
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
def test_a_policy_has_to_be_one(alice, policy):
    told = no(alice, Policy=policy)
    assert told == (400, "MalformedPolicyDocument", "The policy is not in the valid JSON format.")


@pytest.mark.parametrize(
    "arn", ["arn:aws:iam::aws:role/ReadOnlyAccess", "arn:aws:s3:::bucket/policy", "not-an-arn-at-all-really"]
)
def test_a_policy_arn_names_a_policy(alice, arn):
    assert no(alice, PolicyArns=[{"arn": arn}]) == (400, "ValidationError", f"{arn} is invalid")


def test_policies_and_tags_have_to_fit(alice, alices_world):
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
def test_a_session_policy_decides_about_the_next_hop(sts, alice, alices_world, statement, is_left):
    alices_world.role(ROLE, Trust((ROOT,)), may=["*"])
    caller = client_with(sts, take(alice, Policy=json.dumps({"Statement": statement})))
    if is_left:
        take(caller)
    else:
        assert no(caller)[:2] == (403, "AccessDenied")


# GetSessionToken


def test_get_session_token_gives_the_users_own_rights(sts, alice):
    sts.clock = Clock(int(time.time()))
    reply = alice.get_session_token()
    assert lasts_s(sts, reply) == 43200
    assert client_with(sts, reply).get_caller_identity()["Arn"] == ALICE


def test_get_session_token_takes_a_code_once(alice, alices_world):
    code = alices_world.unused_code(SERIAL, time.time())
    alice.get_session_token(SerialNumber=SERIAL, TokenCode=code, DurationSeconds=129600)
    told = refused(alice.get_session_token, SerialNumber=SERIAL, TokenCode=code)
    assert told == (403, "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ")


def test_get_session_token_is_for_long_term_keys(sts, alice):
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


# Web identities; the world is the demo's


class Job:
    """Whoever bears an identity of the demo's provider: no keys."""

    def __init__(self, sts, world):
        self.caller = client(sts, "AKIAUNUSED0000000000", "x")
        self.provider = world.providers[HOME_ACCOUNT, ISSUER]

    def identity(self, subject="job:7", provider=None, audience=None, issued_at=None, lasts_s=3600):
        provider = provider or self.provider
        audience = audience or provider.audiences[0]
        return web_identity.mint(provider, subject, audience, issued_at or time.time(), lasts_s)

    def take(self, identity, role_arn=WEB, **more):
        return self.caller.assume_role_with_web_identity(
            RoleArn=role_arn, RoleSessionName="job", WebIdentityToken=identity, **more
        )

    def no(self, identity, role_arn=WEB, **more):
        return refused(
            self.caller.assume_role_with_web_identity,
            RoleArn=role_arn, RoleSessionName="job", WebIdentityToken=identity, **more,
        )  # fmt: skip


@pytest.fixture
def job(sts, world):
    return Job(sts, world)


@pytest.mark.parametrize("ending", ["", "\n"], ids=["as it is", "with the newline of a file"])
def test_a_web_identity_gets_its_role_without_keys(sts, job, ending):
    reply = job.take(job.identity() + ending, DurationSeconds=900)
    arn = f"arn:aws:sts::{HOME_ACCOUNT}:assumed-role/RoleNameToAssume/job"
    assert reply["AssumedRoleUser"]["Arn"] == arn
    assert (reply["SubjectFromWebIdentityToken"], reply["Audience"]) == ("job:7", "sts.amazonaws.com")
    assert reply["Provider"] == job.provider.arn
    assert client_with(sts, reply).get_caller_identity()["Arn"] == arn
    assert (sts.calls[0].key_id, sts.calls[0].arn) == (None, None)


def test_a_role_from_a_web_identity_is_no_chain(job, world):
    world.role(WEB, Trust((job.provider.arn,)), max_duration_s=7200)
    job.take(job.identity(), DurationSeconds=7200)
    assert job.no(job.identity(), DurationSeconds=7201) == (400, "ValidationError", TOO_LONG)


def test_a_web_identity_runs_out(job):
    status, code, message = job.no(job.identity(issued_at=time.time() - 3700))
    assert (status, code) == (400, "ExpiredTokenException")
    assert message.startswith("Token expired: current date/time ")


@pytest.mark.parametrize("text", ["1234", "a.b.c", "eyJhbGciOiJub25lIn0.W10.x"])
def test_a_web_identity_has_to_be_a_jwt(job, text):
    status, code, message = job.no(text)
    assert (status, code) == (400, "InvalidIdentityToken")
    assert message.startswith("The ID Token provided is not a valid JWT.")


def test_the_provider_has_to_be_known_to_the_account_of_the_role(job, world):
    unknown = Provider("", "https://elsewhere.example.com", ("sts.amazonaws.com",), b"x")
    status, code, message = job.no(job.identity(provider=unknown))
    assert (status, code) == (400, "InvalidIdentityToken")
    assert message == "No OpenIDConnect provider found in your account for https://elsewhere.example.com"
    assert job.no(job.identity(), WEB.replace(HOME_ACCOUNT, "234567890123"))[1] == "InvalidIdentityToken"


def test_nobody_else_can_sign_for_the_provider(job):
    forger = Provider("", ISSUER, job.provider.audiences, b"guessed")
    assert job.no(job.identity(provider=forger))[:2] == (400, "InvalidIdentityToken")


def test_the_audience_has_to_be_the_providers(job):
    told = job.no(job.identity(audience="somebody.else"))
    assert told == (400, "InvalidIdentityToken", "Incorrect token audience")


NOT_YOURS = (403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")


def test_the_trust_decides_about_subject_and_role(job, world):
    assert job.no(job.identity("intruder:7")) == NOT_YOURS
    assert job.no(job.identity(), WEB + "2") == NOT_YOURS
    world.role(WEB, Trust((f"arn:aws:iam::{HOME_ACCOUNT}:root",)))
    assert job.no(job.identity()) == NOT_YOURS
    world.role(WEB, Trust((job.provider.arn,), audience="another"))
    assert job.no(job.identity()) == NOT_YOURS


def test_a_web_identity_can_have_session_policies(job, world):
    reply = job.take(job.identity(), Policy=ALLOW_S3)
    assert world.sessions[reply["Credentials"]["AccessKeyId"]].grant.policy == ALLOW_S3
    assert job.no(job.identity(), Policy="{")[1] == "MalformedPolicyDocument"


def test_a_web_identitys_role_arn_has_the_form_of_one(job):
    told = job.no(job.identity(), "arn:aws:iam::1:role/RoleNameToAssume")
    assert told == (400, "ValidationError", "Request ARN is invalid")
