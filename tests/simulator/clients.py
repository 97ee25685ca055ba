"""Helpers for tests that call the simulator: botocore clients, a HOME, a clock."""

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

MODELS = botocore.loaders.create_loader()  # shared, because reading STS's model takes longer than most tests
OURS = ("AWS_", "ASSUME_", "AWSUME_", "GRANTED_")


class Clock:
    """A clock that moves only when a test moves it."""

    def __init__(self, at: float) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at

    def advance(self, seconds: float) -> None:
        self.at += seconds


def stripped(environment) -> dict[str, str]:
    """An environment without the variables that configure AWS tools or assume."""
    return {name: value for name, value in environment.items() if not name.startswith(OURS)}


@dataclass(frozen=True)
class AwsHome:
    """A HOME with the demo's AWS files.

    `environment` is complete: start a process with it. Add `machine` for a process
    on the demo's instance and in its container.
    """

    path: Path
    config: Path
    credentials: Path
    web_identity: Path
    environment: dict[str, str]
    machine: dict[str, str]


def client(sts: Sts, key_id: str | None, secret: str | None, session_token: str | None = None, **config):
    """botocore's STS client for `sts`, with these keys; it does not retry unless `retries` is set."""
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
    """A client with a key of `world`, of a user or of a session."""
    caller = world.caller(key_id)
    assert caller is not None
    session_token = caller.session.session_token if caller.session else None
    return client(sts, key_id, caller.secret, session_token, **config)


def client_with(sts: Sts, reply, **config):
    """A client with the Credentials of a reply."""
    given = reply["Credentials"]
    return client(sts, given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], **config)


def home_of(files) -> AwsHome:
    """The AwsHome of the demo's files."""
    environment = stripped(os.environ) | files.environment | {"AWS_EC2_METADATA_DISABLED": "true"}
    machine = files.machine | {"AWS_EC2_METADATA_DISABLED": "false"}
    return AwsHome(files.home, files.config, files.credentials, files.web_identity, environment, machine)


def refused(call, **parameters) -> tuple[int, str, str]:
    """Makes a call that must be refused. Returns the status, and AWS's code and message."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    response = caught.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"], response["Error"]["Message"]
