"""200 profiles, STS 100 ms away, 16 at once: near the time that the calls and the commands take by themselves."""

import math
import os
import subprocess
import time

import pytest

from assume.simulator import faults
from assume.simulator.iam import Trust
from assume.simulator.sts import serve
from assume.simulator.world import World

from .ground import Ground

PROFILES, JOBS = 200, 16
CALL_S, COMMAND_S = 0.1, 0.3
KEY = "AKIAALICEALICEALICE1"
LARGEST_MB = 150
ROLE = """
[profile team-{number:03}]
role_arn = {arn}
source_profile = alice
region = us-west-2
endpoint_url = {url}
"""


class Late:
    """An event that is always a tenth of a second away."""

    def wait(self, _timeout):
        time.sleep(CALL_S)
        return True


@pytest.fixture
def far(aws_home, tmp_path):
    """200 roles in as many accounts, behind one key, at an STS that takes its time."""
    world = World()
    alice = world.user("123456789012", "alice", KEY, may=["*"])
    roles = [world.role(f"arn:aws:iam::{100000000000 + n}:role/r", Trust((alice.arn,))) for n in range(PROFILES)]
    late = faults.Fault("hang", until=Late())  # type: ignore[arg-type]
    with serve(world, time.time, faults=lambda _: late) as sts:
        text = "".join(ROLE.format(number=n, arn=role.arn, url=sts.url) for n, role in enumerate(roles))
        aws_home.config.write_text(text)
        secret = world.keys[KEY].secret
        aws_home.credentials.write_text(f"[alice]\naws_access_key_id = {KEY}\naws_secret_access_key = {secret}\n")
        yield Ground(aws_home, sts, world, tmp_path)


@pytest.mark.slow
@pytest.mark.once
def test_two_hundred_profiles_take_little_more_than_their_calls_and_commands(far):
    words = [str(far.script), "each", "team-*", "--jobs", str(JOBS), "--", "sleep", str(COMMAND_S)]
    began = time.monotonic()
    started = subprocess.Popen(words, env=far.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert started.stderr is not None
    err = started.stderr.read()
    _, status, used = os.wait4(started.pid, 0)
    took_s = time.monotonic() - began
    ideal_s = math.ceil(PROFILES / JOBS) * (CALL_S + COMMAND_S)
    assert status == 0, err
    assert f"{PROFILES} of {PROFILES} ok".encode() in err
    assert len(far.sts.calls) == PROFILES
    assert used.ru_maxrss / 1024 <= LARGEST_MB
    assert took_s <= 1.5 * ideal_s
