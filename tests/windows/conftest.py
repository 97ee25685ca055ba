"""A place on Windows for each test."""

import pytest

from .desk import Desk


@pytest.fixture
def desk(aws_home, sts, world, tmp_path):
    """A home, the simulator, the program, as they are on Windows."""
    made = Desk(aws_home, sts, world, tmp_path)
    yield made
    made.close()
