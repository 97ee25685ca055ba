"""Policies in IAM's JSON, read strictly."""

import json

import pytest

from assume.simulator import documents
from assume.simulator.iam import Trust

USER = "arn:aws:iam::123456789012:user/alice"
ROLE = "arn:aws:iam::123456789012:role/r"


def policy(**statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def trusted(condition=None, action="sts:AssumeRole", principal=None):
    more = {"Condition": condition} if condition else {}
    return policy(Principal=principal or {"AWS": USER}, Action=action, **more)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (trusted(), Trust((USER,))),
        (trusted(principal={"AWS": [USER, "123456789012"]}), Trust((USER, "123456789012"))),
        (trusted({"StringEquals": {"sts:ExternalId": "42"}}), Trust((USER,), external_id="42")),
        (trusted({"Bool": {"aws:MultiFactorAuthPresent": "true"}}), Trust((USER,), mfa=True)),
        (trusted({"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}), Trust((USER,), mfa_age_s=3600)),
        (trusted({"ArnLike": {"aws:PrincipalArn": ROLE}}), Trust((USER,), principal_arn=ROLE)),
        (trusted(action=["sts:AssumeRole", "sts:TagSession"]), Trust((USER,), tag_session=True)),
        (
            trusted(
                {"StringEquals": {"x.example:aud": "a", "x.example:sub": "s"}},
                "sts:AssumeRoleWithWebIdentity",
                {"Federated": "arn:aws:iam::1:oidc-provider/x.example"},
            ),
            Trust(("arn:aws:iam::1:oidc-provider/x.example",), audience="a", subject="s"),
        ),
    ],
)
def test_a_trust_policy_is_read(text, expected):
    assert documents.trust(text) == (expected,)


def test_a_policy_of_a_user_is_read():
    assert documents.allowed(policy(Action="sts:AssumeRole", Resource=ROLE)) == (ROLE,)
    assert documents.allowed(policy(Action=["sts:AssumeRole", "sts:TagSession"], Resource=[ROLE])) == (ROLE,)


@pytest.mark.parametrize(
    "text",
    [
        trusted({"StringLike": {"aws:username": "x"}}),
        trusted({"Bool": {"aws:MultiFactorAuthPresent": "false"}}),
        trusted(action="sts:*"),
        trusted(action="sts:TagSession"),
        trusted(principal={"Service": "ec2.amazonaws.com"}),
        policy(NotPrincipal={"AWS": USER}, Action="sts:AssumeRole"),
        trusted().replace("Allow", "Deny"),
        trusted().replace("2012-10-17", "2026-01-01"),
    ],
)
def test_a_trust_policy_that_the_simulator_does_not_evaluate_is_refused(text):
    with pytest.raises(ValueError, match=r"of another kind|not a policy"):
        documents.trust(text)


def test_a_policy_of_other_actions_is_refused():
    with pytest.raises(ValueError, match="another kind"):
        documents.allowed(policy(Action="iam:*", Resource="*"))
