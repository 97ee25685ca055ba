"""A comparison with moto: the same calls, by the same client, succeed with moto's STS and with ours.

moto checks little, so only successful calls are compared. They show that the
simulator's replies have the same fields as those of another STS.
"""

import time
from dataclasses import dataclass

import boto3
import pytest
from botocore.config import Config
from moto.server import ThreadedMotoServer

from assume.simulator.iam import Trust
from assume.simulator.sts import serve
from assume.simulator.world import World

ACCOUNT = "123456789012"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
SERIAL = f"arn:aws:iam::{ACCOUNT}:mfa/alice"
POLICY = '{"Version": "2012-10-17", "Statement": []}'
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


@dataclass
class Emulator:
    """An STS that knows alice and the roles hub and far."""

    url: str
    key_id: str
    secret: str
    hub: str
    far: str
    code: str
    identity: str

    def client(self, given=None):
        keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]) if given else (
            self.key_id, self.secret, None,
        )  # fmt: skip
        return service("sts", self.url, *keys)


def service(name, url, key_id, secret, session_token=None):
    return boto3.session.Session().client(
        name,
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
        aws_session_token=session_token,
        config=Config(retries={"total_max_attempts": 1}),
    )


@pytest.fixture(scope="module")
def moto_url():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def moto(moto_url):
    """alice and her roles, created through moto's IAM."""
    iam = service("iam", moto_url, "AKIASETUP00000000000", "x")
    iam.create_user(UserName="alice")
    key = iam.create_access_key(UserName="alice")["AccessKey"]
    hub, far = (
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=POLICY, MaxSessionDuration=7200)["Role"]["Arn"]
        for name in ("hub", "far")
    )
    return Emulator(moto_url, key["AccessKeyId"], key["SecretAccessKey"], hub, far, "123456", "eyJ.a.b")


@pytest.fixture
def ours():
    """alice and her roles, in a world."""
    world, now = World(), time.time()
    world.user(ACCOUNT, "alice", "AKIAALICE00000000000", mfa={SERIAL: "JBSWY3DPEHPK3PXP"}, may=["*"])
    provider = world.provider(ACCOUNT, "https://tokens.example.com")
    trust = [Trust((ROOT,), tag_session=True), Trust((provider.arn,))]
    hub, far = (f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("hub", "far"))
    world.role(hub, trust, max_duration_s=7200, may=[far])
    world.role(far, trust, max_duration_s=7200)
    with serve(world, time.time) as sts:
        key = world.keys["AKIAALICE00000000000"]
        code, identity = world.code(SERIAL, now), world.web_identity(provider, "job:7", now)
        yield Emulator(sts.url, key.id, key.secret, hub, far, code, identity)


@pytest.fixture(params=["ours", "moto"])
def emulator(request):
    return request.getfixturevalue(request.param)


def shape(reply):
    """The names of a reply's fields, without ResponseMetadata."""
    return {
        name: shape(value) if isinstance(value, dict) else type(value).__name__
        for name, value in sorted(reply.items())
        if name != "ResponseMetadata"
    }


CREDENTIALS = {"AccessKeyId": "str", "Expiration": "datetime", "SecretAccessKey": "str", "SessionToken": "str"}
ASSUMED = {"Arn": "str", "AssumedRoleId": "str"}


def test_a_user_has_the_identity_of_the_user(emulator):
    identity = emulator.client().get_caller_identity()
    assert identity["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/alice"
    assert shape(identity) == {"Account": "str", "Arn": "str", "UserId": "str"}


def test_a_role_is_assumed(emulator):
    reply = emulator.client().assume_role(RoleArn=emulator.hub, RoleSessionName="me", DurationSeconds=7200)
    given = shape(reply)
    given.pop("PackedPolicySize", None)  # moto always sends one
    assert given == {"AssumedRoleUser": ASSUMED, "Credentials": CREDENTIALS}
    assert reply["AssumedRoleUser"]["AssumedRoleId"].endswith(":me")
    assert abs(reply["Credentials"]["Expiration"].timestamp() - time.time() - 7200) < 60
    identity = emulator.client(reply["Credentials"]).get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/hub/me" == reply["AssumedRoleUser"]["Arn"]
    assert identity["UserId"] == reply["AssumedRoleUser"]["AssumedRoleId"]


def test_a_role_assumes_the_next_role(emulator):
    hub = emulator.client().assume_role(RoleArn=emulator.hub, RoleSessionName="me")["Credentials"]
    far = emulator.client(hub).assume_role(RoleArn=emulator.far, RoleSessionName="me")["Credentials"]
    assert emulator.client(far).get_caller_identity()["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/far/me"


def test_a_role_is_assumed_with_every_parameter(emulator):
    reply = emulator.client().assume_role(
        RoleArn=emulator.hub,
        RoleSessionName="me",
        ExternalId="Corp/1",
        SerialNumber=SERIAL,
        TokenCode=emulator.code,
        Policy=POLICY,
        PolicyArns=[{"arn": READ_ONLY}],
        Tags=[{"Key": "team", "Value": "x"}],
        TransitiveTagKeys=["team"],
    )
    assert shape(reply) == {"AssumedRoleUser": ASSUMED, "Credentials": CREDENTIALS, "PackedPolicySize": "int"}


def test_a_session_token_is_returned_for_a_code(emulator):
    reply = emulator.client().get_session_token(SerialNumber=SERIAL, TokenCode=emulator.code)
    assert shape(reply) == {"Credentials": CREDENTIALS}


def test_a_role_is_assumed_with_a_web_identity(emulator):
    reply = emulator.client().assume_role_with_web_identity(
        RoleArn=emulator.hub, RoleSessionName="job", WebIdentityToken=emulator.identity
    )
    assert shape(reply).items() >= {"AssumedRoleUser": ASSUMED, "Credentials": CREDENTIALS}.items()
    assert emulator.client(reply["Credentials"]).get_caller_identity()["Arn"].endswith("assumed-role/hub/job")


def test_the_account_of_a_key_is_returned(emulator):
    assert emulator.client().get_access_key_info(AccessKeyId=emulator.key_id)["Account"] == ACCOUNT
