"""The portal of the simulated Identity Center: pages of accounts and roles, throttling, signing out."""

import time

import pytest

from .clients import Clock, refused
from .test_oidc import service

MANY = 230


@pytest.fixture
def portal(sts, world):
    """The portal, and the access token of a person with many roles in two accounts."""
    role = next(iter(world.roles.values()))
    world.center.account("111111111111", "Development")
    roles = {("111111111111", f"Role{number}"): role for number in range(MANY)} | {("222222222222", "Reader"): role}
    sign_in = world.machine.sign_in("carlos", roles, time.time() + 3600)
    return service(sts, "sso"), {"accessToken": sign_in.bearer}


def test_accounts_have_their_names(portal):
    client, bearer = portal
    found = client.list_accounts(**bearer)["accountList"]
    assert [(each["accountId"], each["accountName"]) for each in found] == [
        ("111111111111", "Development"), ("222222222222", "222222222222"),
    ]  # fmt: skip


def test_roles_come_in_pages(portal, sts):
    client, bearer = portal
    pages = list(client.get_paginator("list_account_roles").paginate(accountId="111111111111", **bearer))
    assert [len(page["roleList"]) for page in pages] == [100, 100, 30]
    assert pages[2]["roleList"][-1] == {"roleName": f"Role{MANY - 1}", "accountId": "111111111111"}
    sts.world.center.page_size = 7
    assert len(client.list_account_roles(accountId="111111111111", maxResults=50, **bearer)["roleList"]) == 7
    assert refused(client.list_account_roles, accountId="111111111111", nextToken="x", **bearer)[0] == 400
    assert refused(client.list_account_roles, accountId="333333333333", **bearer)[:2] == (403, "ForbiddenException")


def test_too_many_calls_in_a_second_are_refused(portal, sts):
    client, bearer = portal
    clock = sts.clock = Clock(int(time.time()))
    sts.world.center.most_per_s = 2
    for _ in range(2):
        client.list_accounts(**bearer)
    assert refused(client.list_accounts, **bearer)[:2] == (429, "TooManyRequestsException")
    clock.advance(1)
    client.list_accounts(**bearer)


def test_after_signing_out_neither_token_works(portal, sts, world):
    client, bearer = portal
    renewal = world.machine.renewal(world.machine.sign_ins[bearer["accessToken"]])
    client.logout(**bearer)
    assert refused(client.list_accounts, **bearer)[:2] == (401, "UnauthorizedException")
    assert refused(client.logout, **bearer)[0] == 401
    oidc = service(sts, "sso-oidc")
    fields = {"clientId": renewal.client_id, "clientSecret": renewal.client_secret, "refreshToken": renewal.refresh}
    assert refused(oidc.create_token, grantType="refresh_token", **fields)[1] == "InvalidGrantException"
