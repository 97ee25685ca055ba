"""The fixture of the tests for Windows."""

import sys

import pytest

from .desk import Desk


@pytest.fixture
def desk(aws_home, sts, world, tmp_path):
    """A home, the simulator and the program on an emulated Windows; see Desk."""
    if sys.platform != "linux":
        pytest.skip("the emulation uses system calls of Linux")
    made = Desk(aws_home, sts, world, tmp_path)
    yield made
    made.close()
