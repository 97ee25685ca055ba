"""The ground for each promise, and the seed of what is drawn by chance."""

import os
import random
import time

import pytest
import time_machine

from .ground import Ground


@pytest.fixture
def ground(aws_home, sts, world, tmp_path):
    """A HOME, the simulator, the program."""
    made = Ground(aws_home, sts, world, tmp_path)
    yield made
    made.close()


@pytest.fixture
def clock():
    """The clock of this process and of the simulator, in a minute: files look settled. A test moves it."""
    with time_machine.travel(int(time.time()) + 60, tick=False) as moved:
        yield moved


@pytest.fixture
def chance(record_property):
    """Random numbers from a seed that is printed with a failure: ASSUME_TEST_SEED gives it again."""
    seed = int(os.environ.get("ASSUME_TEST_SEED") or random.SystemRandom().randrange(10**9))
    record_property("seed", seed)
    print(f"to see this again: ASSUME_TEST_SEED={seed}")
    return random.Random(seed)


@pytest.fixture
def is_full(request):
    """Whether the full counts are run (`make test-long`), so that a figure may be written."""
    return request.config.getoption("markexpr") == "slow or not slow"


@pytest.fixture
def examples(is_full):
    """How many values are drawn for each shell: 10,000, ten times that in full, or more (`make fuzz EXAMPLES=…`)."""
    return max(100_000 if is_full else 10_000, int(os.environ.get("ASSUME_TEST_EXAMPLES", "0")))
