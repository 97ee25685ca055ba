"""Who may assume which role: principals, the caller's own policies, external IDs, chains, tags."""

import time

import pytest

from assume.simulator.iam import Trust
from assume.simulator.world import World

from .clients import client_of, client_with, refused

ACCOUNT, OTHER = "123456789012", "234567890123"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/wanted"
KEY = "AKIAALICE00000000000"


@pytest.fixture
def world():
    """A world with alice, who may assume every role that trusts her."""
    made = World()
    made.user(ACCOUNT, "alice", KEY, may=["arn:*"])
    return made


@pytest.fixture
def alice(sts, world):
    return client_of(sts, world, KEY)


def take(caller, role_arn=ROLE, **more):
    return caller.assume_role(RoleArn=role_arn, RoleSessionName="me", **more)


def no(caller, role_arn=ROLE, **more):
    return refused(caller.assume_role, RoleArn=role_arn, RoleSessionName="me", **more)


def denial(who=ALICE, action="sts:AssumeRole", role_arn=ROLE):
    message = f"User: {who} is not authorized to perform: {action} on resource: {role_arn}"
    return 403, "AccessDenied", message


# Principals


@pytest.mark.parametrize("principal", [ACCOUNT, ROOT, ALICE, "*"])
def test_a_trusted_caller_may_assume_the_role(sts, world, alice, principal):
    world.role(ROLE, Trust((principal,)))
    reply = take(alice)
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/wanted/me"
    assert reply["AssumedRoleUser"]["Arn"] == arn
    assert reply["AssumedRoleUser"]["AssumedRoleId"] == f"{world.roles[ROLE].id}:me"
    assert client_with(sts, reply).get_caller_identity()["Arn"] == arn


def test_credentials_look_like_those_of_aws(world, alice):
    world.role(ROLE, Trust((ROOT,)))
    given = take(alice)["Credentials"]
    assert (given["AccessKeyId"][:4], len(given["AccessKeyId"])) == ("ASIA", 20)
    assert (len(given["SecretAccessKey"]), len(given["SessionToken"])) == (40, 368)
    assert abs(given["Expiration"].timestamp() - time.time() - 3600) < 5


@pytest.mark.parametrize(
    "trust",
    [(), Trust((OTHER,)), Trust((f"arn:aws:iam::{ACCOUNT}:user/bob",)), Trust((f"arn:aws-cn:iam::{ACCOUNT}:root",))],
    ids=["nobody", "another account", "another user", "another partition"],
)
def test_a_caller_whom_the_trust_policy_does_not_name_is_refused(world, alice, trust):
    world.role(ROLE, trust)
    assert no(alice) == denial()


def test_a_role_that_does_not_exist_is_refused_with_the_same_message(alice):
    assert no(alice) == denial()


def test_one_matching_statement_of_the_trust_policy_is_enough(world, alice):
    world.role(ROLE, [Trust((OTHER,)), Trust((ALICE,))])
    take(alice)


def test_if_trust_names_the_account_a_user_needs_a_policy_too(sts, world):
    world.user(ACCOUNT, "carol", "AKIACAROL00000000000", may=[f"arn:aws:iam::{ACCOUNT}:role/other"])
    world.role(ROLE, Trust((ROOT,)))
    assert no(client_of(sts, world, "AKIACAROL00000000000")) == denial(f"arn:aws:iam::{ACCOUNT}:user/carol")


def test_if_trust_names_a_user_of_its_account_that_is_enough(sts, world):
    world.user(ACCOUNT, "carol", "AKIACAROL00000000000")
    world.role(ROLE, Trust((f"arn:aws:iam::{ACCOUNT}:user/carol",)))
    take(client_of(sts, world, "AKIACAROL00000000000"))


def test_a_user_of_another_account_needs_trust_and_a_policy(sts, world, alice):
    far = f"arn:aws:iam::{OTHER}:role/far"
    world.role(far, Trust((ALICE,)))
    take(alice, far)
    world.user(ACCOUNT, "alice", KEY)
    assert no(client_of(sts, world, KEY), far) == denial(role_arn=far)


def test_an_explicit_deny_wins(sts, world):
    world.user(ACCOUNT, "alice", KEY, may=["*"], may_not=["arn:aws:iam::*:role/team/*"])
    world.role(ROLE, Trust((ALICE,)))
    assert no(client_of(sts, world, KEY)) == denial()


def test_a_root_user_may_not_assume_a_role(sts, world):
    world.user(ACCOUNT, "root", "AKIAROOT000000000000", may=["*"])
    world.role(ROLE, Trust((ROOT,)))
    caller = client_of(sts, world, "AKIAROOT000000000000")
    assert caller.get_caller_identity()["Arn"] == ROOT
    assert no(caller) == (403, "AccessDenied", "Roles may not be assumed by root accounts.")


# External IDs


def test_a_wrong_external_id_is_refused(world, alice):
    world.role(ROLE, Trust((ROOT,), external_id="Corp/2024:x"))
    assert no(alice) == no(alice, ExternalId="corp/2024:x") == denial()
    take(alice, ExternalId="Corp/2024:x")


def test_an_external_id_is_ignored_if_the_role_does_not_require_one(world, alice):
    world.role(ROLE, Trust((ROOT,)))
    take(alice, ExternalId="something")


# Chains


def test_a_chain_of_three_roles_is_assumed(sts, world, alice):
    steps = [f"arn:aws:iam::{number}:role/step" for number in (ACCOUNT, OTHER, "345678901234")]
    world.role(steps[0], Trust((ROOT,)), may=[steps[1]])
    world.role(steps[1], Trust((steps[0],)), may=["*"])
    world.role(steps[2], Trust((f"arn:aws:sts::{OTHER}:assumed-role/step/me",)))
    caller = alice
    for step in steps:
        caller = client_with(sts, take(caller, step))
    assert caller.get_caller_identity()["Arn"] == "arn:aws:sts::345678901234:assumed-role/step/me"


def test_a_role_needs_a_policy_for_a_role_of_another_account(sts, world, alice):
    far = f"arn:aws:iam::{OTHER}:role/far"
    world.role(ROLE, Trust((ROOT,)))
    world.role(far, Trust((ROLE,)))
    who = f"arn:aws:sts::{ACCOUNT}:assumed-role/wanted/me"
    assert no(client_with(sts, take(alice)), far) == denial(who, role_arn=far)


def test_a_session_policy_can_forbid_the_next_hop(sts, world, alice):
    world.role(ROLE, Trust((ROOT,)))
    world.role(f"{ROLE}2", Trust((ROLE,)))
    read_only = take(alice, PolicyArns=[{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}])
    assert no(client_with(sts, read_only), f"{ROLE}2")[:2] == (403, "AccessDenied")
    all_of_it = take(alice, PolicyArns=[{"arn": "arn:aws:iam::aws:policy/AdministratorAccess"}])
    take(client_with(sts, all_of_it), f"{ROLE}2")


# Tags and source identity


def test_tags_are_refused_unless_the_trust_policy_allows_them(world, alice):
    world.role(ROLE, Trust((ROOT,)))
    assert no(alice, Tags=[{"Key": "team", "Value": "x"}]) == denial(action="sts:TagSession")


def test_transitive_tags_go_down_the_chain_and_cannot_be_changed(sts, world, alice):
    world.role(ROLE, Trust((ROOT,), tag_session=True))
    world.role(f"{ROLE}2", Trust((ROLE,), tag_session=True))
    world.role(f"{ROLE}3", Trust((ROLE,)))
    tags = [{"Key": "team", "Value": "x"}, {"Key": "desk", "Value": "y"}]
    caller = client_with(sts, take(alice, Tags=tags, TransitiveTagKeys=["team"]))
    last = take(caller, f"{ROLE}2")["Credentials"]["AccessKeyId"]
    assert world.sessions[last].grant.tags == (("team", "x"),)
    changed = no(caller, f"{ROLE}2", Tags=[{"Key": "Team", "Value": "z"}])
    assert changed[:2] == (400, "InvalidParameterValue")
    assert "conflicts with a transitive tag key" in changed[2]
    assert no(caller, f"{ROLE}3")[2].count("sts:TagSession") == 1


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"Tags": [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]}, "Duplicate tag keys found."),
        ({"Tags": [{"Key": "a", "Value": "1"}], "TransitiveTagKeys": ["b"]}, "must be included in the requested tags"),
    ],
)
def test_invalid_tags_are_refused(world, alice, more, said):
    world.role(ROLE, Trust((ROOT,), tag_session=True))
    status, code, message = no(alice, **more)
    assert (status, code) == (400, "InvalidParameterValue")
    assert said in message


def test_a_source_identity_must_be_allowed_is_inherited_and_cannot_be_changed(sts, world, alice):
    world.role(ROLE, Trust((ROOT,), set_source_identity=True))
    world.role(f"{ROLE}2", Trust((ROLE,), set_source_identity=True))
    world.role(f"{ROLE}3", Trust((ROLE, ROOT)))
    caller = client_with(sts, take(alice, SourceIdentity="alice"))
    assert take(caller, f"{ROLE}2")["SourceIdentity"] == "alice"
    assert take(caller, f"{ROLE}2", SourceIdentity="alice")["SourceIdentity"] == "alice"
    who = f"arn:aws:sts::{ACCOUNT}:assumed-role/wanted/me"
    assert no(caller, f"{ROLE}2", SourceIdentity="bob") == denial(who, "sts:SetSourceIdentity", f"{ROLE}2")
    assert no(caller, f"{ROLE}3") == denial(who, "sts:SetSourceIdentity", f"{ROLE}3")
    assert no(alice, f"{ROLE}3", SourceIdentity="alice") == denial(ALICE, "sts:SetSourceIdentity", f"{ROLE}3")
