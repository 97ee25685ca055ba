"""A renewal before a prompt ends in time, whatever takes the time: the network, imports, the start of the program."""

import shlex
import time

import pytest

from assume.aws import deadline

SLOW_IMPORT = """
class Slow:
    def find_spec(self, name, path=None, target=None):
        if name == "assume.cold.fetch":
            import time
            time.sleep(60)
sys.meta_path.insert(0, Slow())
"""
SLOW_START = f"import time; time.sleep({deadline.PROMPT_S + 1})"
SOON_S = 20  # a prompt gets two; a test's machine may be busy


def renewal(ground, first):
    """A renewal that needs a call, by a program that runs `first`."""
    done = ground.use("marketingadmin").end()
    assert done.status == 0, done.said
    words = shlex.split(done.out.decode())
    state = next(word for word in words if word.startswith("__assume_state=")).partition("=")[2]
    ground.forget()
    script = ground.console_script(ground.script.with_name("slow"), first)
    program = [*ground.program[:-1], str(script)]
    return ground.start("renew", "--shell", "bash", "--state", state, program=program)


def test_a_renewal_that_is_quick_gives_the_role(ground):
    done = renewal(ground, "").end()
    for _ in range(20):  # as the hook does: this machine may be busy
        if done.status == 0:
            break
        done = renewal(ground, "").end()
    assert (done.status, done.said) == (0, "")
    assert b"AWS_ACCESS_KEY_ID" in done.out


@pytest.mark.parametrize("first", [SLOW_IMPORT, SLOW_START], ids=["import", "start"])
def test_a_renewal_ends_in_time_if_the_program_itself_is_slow(ground, first):
    before = len(ground.sts.calls)
    started_at = time.monotonic()
    done = renewal(ground, first).end()
    assert time.monotonic() - started_at < SOON_S
    assert (done.status, done.out) == (1, b"")
    assert done.said == (
        "assume: the renewal was stopped, because it would hold the prompt back for more than two seconds\n"
        "  this machine is busy: it is tried again at a later prompt\n"
    )
    assert len(ground.sts.calls) == before + 1, "what has not begun by then is left"


def test_a_slow_start_does_not_stop_a_switch(ground):
    script = ground.console_script(ground.script.with_name("slow"), SLOW_START)
    done = ground.use("marketingadmin", program=[*ground.program[:-1], str(script)]).end()
    assert done.status == 0, done.said
