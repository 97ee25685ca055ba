"""The tour: a shell is typed at as a person would, and each step has to be as it should be.

In: a shell, the world, its STS, the files that point there; out: a report on
standard output, and 0, or 1 as soon as a step is not as it should be. What is
true is not taken from what `assume` says: who the shell is, its own keys are
asked by botocore; how often STS was called, the STS knows.
"""

import time

from assume.demo import home, steps
from assume.demo.config import Files
from assume.demo.session import Session, Unlike, say
from assume.demo.typist import Silence
from assume.simulator.sts import Sts
from assume.simulator.world import World
from assume.terminal import show


def run(shell: str, program: str, world: World, sts: Sts, files: Files) -> int:
    """The whole tour."""
    began = time.monotonic()
    home.furnish(files, marked=True)
    say(f"assume demo --script: {program} on a terminal of its own, an AWS of its own at {sts.url}", "")
    session = Session(shell, program, world, sts, files)
    number, title = 0, "a shell that has assume loaded"
    try:
        session.open()
        session.first = session.environment()
        for number, step in enumerate(steps.STEPS, 1):
            title = (step.__doc__ or "").rstrip(".")
            say(f"\n{number}. {title}", "")
            step(session)
    except (Unlike, Silence, OSError) as error:
        what = f"nothing more came after:\n{error}" if isinstance(error, Silence) else f"this is not so: {error}"
        say(what, "NO ")
        show.say(f"assume: demo: step {number}, {title}: {what}")
        return 1
    finally:
        session.close()
    took_s = time.monotonic() - began
    say(f"\n{number} steps in {shell}, {len(session.calls())} calls of STS, {took_s:.1f} s: all as it should be", "")
    return 0
