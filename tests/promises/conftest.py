"""Fixtures of the promises: the Ground, a clock, random numbers with a seed, the counts."""

import os
import random
import time

import pytest
import time_machine

from .ground import Ground


@pytest.fixture
def ground(aws_home, sts, world, tmp_path):
    """A HOME, the simulator and the program; see Ground."""
    made = Ground(aws_home, sts, world, tmp_path)
    yield made
    made.close()


@pytest.fixture
def clock():
    """The clock of this process and of the simulator, a minute ahead, so that files look settled; a test moves it."""
    with time_machine.travel(int(time.time()) + 60, tick=False) as moved:
        yield moved


@pytest.fixture
def chance(record_property):
    """Random numbers. The seed is printed with a failure; ASSUME_TEST_SEED sets it."""
    seed = int(os.environ.get("ASSUME_TEST_SEED") or random.SystemRandom().randrange(10**9))
    record_property("seed", seed)
    print(f"to repeat this: ASSUME_TEST_SEED={seed}")
    return random.Random(seed)


@pytest.fixture
def is_full(request):
    """Whether the tests run with their full counts (`make test-long`), and so may write figures."""
    return request.config.getoption("markexpr") == "slow or not slow"


@pytest.fixture
def examples(is_full):
    """The number of values for each shell: 10,000; with full counts 100,000; or more (`make fuzz EXAMPLES=…`)."""
    return max(100_000 if is_full else 10_000, int(os.environ.get("ASSUME_TEST_EXAMPLES", "0")))
