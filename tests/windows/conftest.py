"""A place on Windows for each test."""

import sys

import pytest

from .desk import Desk


@pytest.fixture
def desk(aws_home, sts, world, tmp_path):
    """A home, the simulator, the program, as they are on Windows."""
    if sys.platform != "linux":
        pytest.skip("the place is made of Linux's own calls")
    made = Desk(aws_home, sts, world, tmp_path)
    yield made
    made.close()
