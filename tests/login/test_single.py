"""One sign-in at a time: many terminals, one question; Ctrl-C and a kill hand it on to one other."""

import json
import signal
import sys
import time

import pytest

from assume.demo import config
from assume.errors import LockTimeout
from assume.login import single
from assume.simulator.center import APPROVE
from assume.simulator.replies import stamp

from ..promises.ground import Ground
from ..promises.process import PATIENCE_S
from .desk import BROWSER, KEY

ASKS = "Press Enter to sign in"


@pytest.fixture
def ground(aws_home, sts, world, tmp_path):
    made = Ground(aws_home, sts, world, tmp_path)
    (aws_home.path / ".aws" / "sso" / "cache" / f"{KEY}.json").unlink()
    world.center.browser = APPROVE
    script, seen = tmp_path / "browser.py", tmp_path / "seen"
    script.write_text(BROWSER.format(change="", seen=str(seen)))
    made.environment |= {"ASSUME_BROWSER": f"{sys.executable} {script} {{url}}"}
    yield made
    made.close()


def pages(sts):
    return [visit.action for visit in sts.visits].count("sso authorize page")


def test_the_turn_is_anothers_until_it_is_released(tmp_path):
    said: list[str] = []
    waits = iter([None, None, "result"])
    first = single.turn(str(tmp_path), "x", lambda: None, said.append)
    first.note("signs in\nto x")
    assert single.turn(str(tmp_path), "x", lambda: next(waits), said.append) == "result"
    first.note("signs in to x")
    with pytest.raises(LockTimeout, match=r"process \d+.* signs in to x"):
        single.turn(str(tmp_path), "x", lambda: None, said.append, wait_s=1.2)
    assert len(said) == 1 and "signs in to x" in said[0]
    first.release()
    second = single.turn(str(tmp_path), "x", lambda: None, said.append)
    assert isinstance(second, single.Turn)
    second.release()
    assert [path.name for path in tmp_path.iterdir()] == ["sign-in.x.lock"]


def test_without_a_folder_there_is_nobody_to_wait_for(tmp_path):
    for folder in ("", str(tmp_path / "gone" / "gone")):
        turn = single.turn(folder, "x", lambda: None, print)
        assert isinstance(turn, single.Turn)
        turn.note("x")
        turn.release()


@pytest.mark.once
@pytest.mark.parametrize("count", [4, pytest.param(50, marks=pytest.mark.slow)])
def test_many_terminals_ask_once_and_open_one_tab(ground, sts, count):
    crowd = [ground.use("sso-reader", terminal=True) for _ in range(count)]
    (first,) = asking(crowd)
    others = [one for one in crowd if one is not first]
    for one in others:
        one.wait_for("asks whether to sign in to example")
    assert pages(sts) == 0
    first.type("\n")
    done = [one.end() for one in crowd]
    assert {one.status for one in done} == {0}, [one.said for one in done if one.status]
    assert sum(ASKS in one.said for one in done) == 1
    assert pages(sts) == 1


@pytest.mark.once
@pytest.mark.parametrize("how", [signal.SIGINT, pytest.param(signal.SIGKILL, marks=pytest.mark.slow)])
def test_one_that_ends_hands_the_sign_in_to_one_other(ground, sts, how):
    crowd = [ground.use("sso-reader", terminal=True) for _ in range(3)]
    (first,) = asking(crowd)
    others = [one for one in crowd if one is not first]
    for one in others:
        one.wait_for("asks whether to sign in")
    first.tell(how)
    assert first.end().status in (130, -9)
    (second,) = asking(others)
    second.type("\n")
    done = [one.end() for one in others]
    assert {one.status for one in done} == {0}
    assert sum(ASKS in one.said for one in done) == 1
    assert pages(sts) == 1


@pytest.mark.once
@pytest.mark.parametrize("count", [4, pytest.param(50, marks=pytest.mark.slow)])
def test_many_scripts_renew_once(ground, sts, world, count):
    """The refresh token works once, so only one process may use it."""
    config._sign_in(ground.home.path / ".aws", world, world.roles[config.SSO_ROLE], sts.now())
    path = ground.home.path / ".aws" / "sso" / "cache" / f"{KEY}.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"expiresAt": stamp(sts.now() - 5)}))
    same = {"sso_session": "example", "sso_account_id": config.OTHER_ACCOUNT, "sso_role_name": "Reader"}
    for number in range(count):
        ground.configure(f"reader{number}", **same, region="us-west-2")
    crowd = [ground.use(f"reader{number}") for number in range(count)]
    done = [one.end() for one in crowd]
    assert {one.status for one in done} == {0}, [one.said for one in done if one.status]
    assert [visit.action for visit in sts.visits].count("sso renewal") == 1


def asking(crowd):
    """Those that ask, once one does."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        found = [one for one in crowd if ASKS in one.said or (one.hears(0.02) and ASKS in one.said)]
        if found:
            return found
    raise AssertionError("nobody asks")
