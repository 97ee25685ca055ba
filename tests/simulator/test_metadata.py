"""Instance, container and SSO credentials, requested by hand and by botocore's own providers."""

import json
import time
import urllib.error
import urllib.request

import botocore.session
import pytest

from assume.demo.config import CONTAINER_AUTHORIZATION, MACHINE, OTHER_ACCOUNT, SSO_ROLE

from .clients import Clock, client, refused

SESSION_HEADER = "X-aws-ec2-metadata-token"
TTL_HEADER = "X-aws-ec2-metadata-token-ttl-seconds"
CREDENTIALS = "/latest/meta-data/iam/security-credentials/"
INSTANCE_ARN = "arn:aws:sts::123456789012:assumed-role/machine/i-0123456789abcdef0"


@pytest.fixture
def machine(aws_home, monkeypatch):
    """This process is on the demo's instance and in its container."""
    for name, value in aws_home.machine.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def ask(sts, path, method="GET", body=None, **headers):
    """Makes a request by hand. Returns status and body."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(sts.url + path, body, sent, method=method)
    try:
        with urllib.request.urlopen(request, timeout=100) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def who(sts, credentials):
    """The ARN that STS returns for the credentials."""
    frozen = credentials.get_frozen_credentials()
    return client(sts, frozen.access_key, frozen.secret_key, frozen.token).get_caller_identity()["Arn"]


def found(method, profile=None):
    """The credentials that one of botocore's providers finds, without asking the others."""
    session = botocore.session.Session(profile=profile)
    chain = session.get_component("credential_provider")
    chain.providers = [provider for provider in chain.providers if method == provider.METHOD]
    return session.get_credentials()


def opened(sts):
    """Opens a session of the instance metadata service."""
    return ask(sts, "/latest/api/token", "PUT", **{TTL_HEADER: "60"})[1]


def test_botocore_gets_credentials_of_the_instance_role(sts, machine):
    assert who(sts, found("iam-role")) == INSTANCE_ARN
    assert [visit.action for visit in sts.visits] == ["instance session", "instance role", "instance credentials"]


def test_an_instance_keeps_its_session_until_it_has_nearly_ended(sts, world):
    clock = sts.clock = Clock(int(time.time()))
    keys = []
    for advance in (0, 6 * 3600 - 301, 2):
        clock.advance(advance)
        fields = json.loads(ask(sts, CREDENTIALS + "machine", **{SESSION_HEADER: opened(sts)})[1])
        assert fields["Code"] == "Success"
        keys.append(fields["AccessKeyId"])
    assert keys[0] == keys[1] != keys[2]
    assert world.sessions[keys[2]].expires_at == clock.at + 6 * 3600


def test_a_request_without_a_session_is_version_1_and_refused(sts):
    for path in (CREDENTIALS, CREDENTIALS + "machine"):
        assert ask(sts, path)[0] == 401
        assert ask(sts, path, **{SESSION_HEADER: "guessed"})[0] == 401


def test_a_session_of_the_metadata_service_expires(sts):
    clock = sts.clock = Clock(time.time())
    header = {SESSION_HEADER: opened(sts)}
    assert ask(sts, CREDENTIALS, **header) == (200, "machine")
    clock.advance(60)
    assert ask(sts, CREDENTIALS, **header)[0] == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 400), ({TTL_HEADER: "0"}, 400), ({TTL_HEADER: "21601"}, 400), ({TTL_HEADER: "x"}, 400),
     ({TTL_HEADER: "60", "X-Forwarded-For": "10.0.0.1"}, 403)],
)  # fmt: skip
def test_a_malformed_request_for_a_metadata_session_is_refused(sts, headers, status):
    assert ask(sts, "/latest/api/token", "PUT", **headers)[0] == status


def test_an_instance_without_a_role_has_no_credentials(sts, world):
    world.machine.instance = None
    assert ask(sts, CREDENTIALS, **{SESSION_HEADER: opened(sts)})[0] == 404


def test_another_roles_name_is_not_found(sts):
    assert ask(sts, CREDENTIALS + "other", **{SESSION_HEADER: opened(sts)})[0] == 404


def test_botocore_gets_credentials_of_the_container(sts, machine):
    assert who(sts, found("container-role")) == "arn:aws:sts::123456789012:assumed-role/machine/task"
    assert [visit.action for visit in sts.visits] == ["container credentials"]


def test_a_containers_credentials_name_their_role(sts):
    status, body = ask(sts, "/container/task", Authorization=CONTAINER_AUTHORIZATION)
    assert (status, json.loads(body)["RoleArn"]) == (200, MACHINE)


def test_a_container_requires_its_authorization(sts, world):
    assert ask(sts, "/container/task")[0] == 401
    assert ask(sts, "/container/task", Authorization="other")[0] == 401
    assert ask(sts, "/container/none", Authorization=CONTAINER_AUTHORIZATION)[0] == 404
    world.machine.container("open", world.roles[MACHINE])
    assert ask(sts, "/container/open")[0] == 200


def test_botocore_gets_the_role_of_an_sso_profile(sts, aws_home):
    name = SSO_ROLE.rsplit("/", 1)[1]
    assert who(sts, found("sso", "sso-reader")) == f"arn:aws:sts::{OTHER_ACCOUNT}:assumed-role/{name}/saanvi"
    (visit,) = sts.visits
    assert (visit.action, visit.status) == ("sso credentials", 200)
    assert visit.params == {"account_id": OTHER_ACCOUNT, "role_name": "Reader"}


def test_the_portal_refuses_an_expired_or_unknown_sign_in(sts, world):
    clock = sts.clock = Clock(time.time())
    path = f"/federation/credentials?account_id={OTHER_ACCOUNT}&role_name=Reader"
    roles = {(OTHER_ACCOUNT, "Reader"): world.roles[SSO_ROLE]}
    bearer = {"x-amz-sso_bearer_token": world.machine.sign_in("saanvi", roles, clock.at + 60).bearer}
    send = {"headers": bearer}
    assert ask_with(sts, path, **send) == 200
    assert ask_with(sts, path, headers={}) == 401
    assert ask_with(sts, path.replace("Reader", "Admin"), **send) == 403
    clock.advance(60)
    assert ask_with(sts, path, **send) == 401
    assert [visit.code for visit in sts.visits] == [
        "",
        "UnauthorizedException",
        "ForbiddenException",
        "UnauthorizedException",
    ]


def ask_with(sts, path, headers):
    """The status of a request whose headers have underscores in their names."""
    request = urllib.request.Request(sts.url + path, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=100) as reply:
            return reply.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_botocore_renews_a_sign_in_that_has_nearly_ended(sts, aws_home):
    (kept,) = (aws_home.path / ".aws" / "sso" / "cache").iterdir()
    fields = json.loads(kept.read_text())
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 300))
    kept.write_text(json.dumps(fields | {"expiresAt": soon}))
    assert who(sts, found("sso", "sso-reader")).endswith("/saanvi")
    assert [visit.action for visit in sts.visits] == ["sso renewal", "sso credentials"]
    renewed = json.loads(kept.read_text())
    assert renewed["accessToken"] != fields["accessToken"]
    assert renewed["refreshToken"] != fields["refreshToken"]


def test_a_sign_in_is_renewed_once_and_only_by_its_client(sts, world):
    renewal = world.machine.renewal(world.machine.sign_in("saanvi", {}, time.time()))
    asked = {
        "grantType": "refresh_token",
        "clientId": renewal.client_id,
        "clientSecret": renewal.client_secret,
        "refreshToken": renewal.refresh,
    }
    send = {"Content_Type": "application/json"}
    assert ask(sts, "/token", "POST", json.dumps(asked).encode(), **send)[0] == 200
    assert ask(sts, "/token", "POST", json.dumps(asked).encode(), **send)[0] == 400
    assert ask(sts, "/token", "POST", b"{", **send)[0] == 400
    renewal = world.machine.renewal(world.machine.sign_in("saanvi", {}, time.time()))
    forged = asked | {"refreshToken": renewal.refresh}
    assert ask(sts, "/token", "POST", json.dumps(forged).encode(), **send)[0] == 400


def test_credentials_of_a_machine_are_temporary(sts, world, machine):
    frozen = found("iam-role").get_frozen_credentials()
    caller = client(sts, frozen.access_key, frozen.secret_key, frozen.token)
    marketing = {"RoleArn": "arn:aws:iam::123456789012:role/marketingadminrole", "RoleSessionName": "me"}
    assert "1 hour session limit" in refused(caller.assume_role, DurationSeconds=3601, **marketing)[2]
    caller.assume_role(**marketing)
