"""Web identities: which tokens of an OIDC provider are valid, and which role trusts them."""

import time

import pytest

from assume.demo.config import HOME_ACCOUNT, ISSUER, WEB
from assume.simulator import web_identity
from assume.simulator.actions import TOO_LONG
from assume.simulator.iam import Provider, Trust

from .clients import client, client_with, refused

POLICY = '{"Version": "2012-10-17", "Statement": []}'


class Job:
    """A client with a web identity of the demo's provider and no keys."""

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
def test_a_web_identity_assumes_its_role_without_keys(sts, job, ending):
    reply = job.take(job.identity() + ending, DurationSeconds=900)
    arn = f"arn:aws:sts::{HOME_ACCOUNT}:assumed-role/RoleNameToAssume/job"
    assert reply["AssumedRoleUser"]["Arn"] == arn
    assert (reply["SubjectFromWebIdentityToken"], reply["Audience"]) == ("job:7", "sts.amazonaws.com")
    assert reply["Provider"] == job.provider.arn
    assert client_with(sts, reply).get_caller_identity()["Arn"] == arn
    assert (sts.calls[0].key_id, sts.calls[0].arn) == (None, None)


def test_a_role_from_a_web_identity_does_not_count_as_chaining(job, world):
    world.role(WEB, Trust((job.provider.arn,)), max_duration_s=7200)
    job.take(job.identity(), DurationSeconds=7200)
    assert job.no(job.identity(), DurationSeconds=7201) == (400, "ValidationError", TOO_LONG)


def test_a_web_identity_expires(job):
    status, code, message = job.no(job.identity(issued_at=time.time() - 3700))
    assert (status, code) == (400, "ExpiredTokenException")
    assert message.startswith("Token expired: current date/time ")


@pytest.mark.parametrize("text", ["1234", "a.b.c", "eyJhbGciOiJub25lIn0.W10.x"])
def test_a_web_identity_that_is_not_a_jwt_is_refused(job, text):
    status, code, message = job.no(text)
    assert (status, code) == (400, "InvalidIdentityToken")
    assert message.startswith("The ID Token provided is not a valid JWT.")


def test_a_provider_that_the_roles_account_does_not_trust_is_refused(job, world):
    unknown = Provider("", "https://elsewhere.example.com", ("sts.amazonaws.com",), b"x")
    status, code, message = job.no(job.identity(provider=unknown))
    assert (status, code) == (400, "InvalidIdentityToken")
    assert message == "No OpenIDConnect provider found in your account for https://elsewhere.example.com"
    assert job.no(job.identity(), WEB.replace(HOME_ACCOUNT, "234567890123"))[1] == "InvalidIdentityToken"


def test_a_token_that_another_provider_signed_is_refused(job):
    forger = Provider("", ISSUER, job.provider.audiences, b"guessed")
    assert job.no(job.identity(provider=forger))[:2] == (400, "InvalidIdentityToken")


def test_a_wrong_audience_is_refused(job):
    told = job.no(job.identity(audience="somebody.else"))
    assert told == (400, "InvalidIdentityToken", "Incorrect token audience")


NOT_YOURS = (403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")


def test_the_trust_policy_decides_about_subject_and_role(job, world):
    assert job.no(job.identity("intruder:7")) == NOT_YOURS
    assert job.no(job.identity(), WEB + "2") == NOT_YOURS
    world.role(WEB, Trust((f"arn:aws:iam::{HOME_ACCOUNT}:root",)))
    assert job.no(job.identity()) == NOT_YOURS
    world.role(WEB, Trust((job.provider.arn,), audience="another"))
    assert job.no(job.identity()) == NOT_YOURS


def test_a_web_identity_can_have_session_policies(job, world):
    reply = job.take(job.identity(), Policy=POLICY)
    assert world.sessions[reply["Credentials"]["AccessKeyId"]].grant.policy == POLICY
    assert job.no(job.identity(), Policy="{")[1] == "MalformedPolicyDocument"


def test_a_malformed_role_arn_is_refused_for_a_web_identity(job):
    told = job.no(job.identity(), "arn:aws:iam::1:role/RoleNameToAssume")
    assert told == (400, "ValidationError", "Request ARN is invalid")
