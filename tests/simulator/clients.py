"""What tests of AWS calls stand on: the demo's world and simulator, a HOME, a clock of their own."""

import os
from dataclasses import dataclass
from pathlib import Path

import botocore.loaders
import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from assume.simulator.sts import Sts
from assume.simulator.world import World

MODELS = botocore.loaders.create_loader()  # shared: reading STS's model takes longer than most tests
OURS = ("AWS_", "ASSUME_", "AWSUME_", "GRANTED_")


class Clock:
    """An instant that moves only when a test moves it."""

    def __init__(self, at: float) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at

    def advance(self, seconds: float) -> None:
        self.at += seconds


def stripped(environment) -> dict[str, str]:
    """An environment without anything that steers AWS tools or us."""
    return {name: value for name, value in environment.items() if not name.startswith(OURS)}


@dataclass(frozen=True)
class AwsHome:
    """A HOME with the demo's AWS files.

    `environment` is whole: what to start a process with. `machine` goes over it
    where an instance and a container are wanted.
    """

    path: Path
    config: Path
    credentials: Path
    web_identity: Path
    environment: dict[str, str]
    machine: dict[str, str]


def client(sts: Sts, key_id: str | None, secret: str | None, session_token: str | None = None, **config):
    """botocore's STS client for `sts`, with these keys; one attempt unless `retries` says more."""
    config = {"retries": {"total_max_attempts": 1}} | config
    session = botocore.session.Session()
    session.register_component("data_loader", MODELS)
    return session.create_client(
        "sts",
        region_name="us-east-1",
        endpoint_url=sts.url,
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
        aws_session_token=session_token,
        config=Config(**config),
    )


def client_of(sts: Sts, world: World, key_id: str, **config):
    """The client of whoever has the key in `world`, a user's or a session's."""
    caller = world.caller(key_id)
    assert caller is not None
    session_token = caller.session.session_token if caller.session else None
    return client(sts, key_id, caller.secret, session_token, **config)


def client_with(sts: Sts, reply, **config):
    """The client for the Credentials of a reply."""
    given = reply["Credentials"]
    return client(sts, given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], **config)


def home_of(files) -> AwsHome:
    """The home around the demo's files."""
    environment = stripped(os.environ) | files.environment | {"AWS_EC2_METADATA_DISABLED": "true"}
    machine = files.machine | {"AWS_EC2_METADATA_DISABLED": "false"}
    return AwsHome(files.home, files.config, files.credentials, files.web_identity, environment, machine)


def refused(call, **parameters) -> tuple[int, str, str]:
    """Makes a call that has to be refused: its status, AWS's code and message."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    response = caught.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"], response["Error"]["Message"]
