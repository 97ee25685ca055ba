"""The tour: types in a shell as a person would, and checks every step.

In: a shell, the world, its STS, the files that point there. Out: a report on
standard output, and the exit status: 0, or 1 as soon as a check fails. See
`session` for the checks.
"""

import time

from assume.demo import home, steps
from assume.demo.config import Files
from assume.demo.session import CheckFailed, Session, say
from assume.demo.typist import NoPrompt
from assume.simulator.sts import Sts
from assume.simulator.world import World
from assume.terminal import show


def run(shell: str, program: str, world: World, sts: Sts, files: Files) -> int:
    """Runs the whole tour; the exit status."""
    began = time.monotonic()
    home.write_rc_files(files, marked=True)
    say(f"assume demo --script: {program} on a pseudo-terminal, with a simulated AWS at {sts.url}", "")
    session = Session(shell, program, world, sts, files)
    number, title = 0, "a shell that has assume loaded"
    try:
        session.open()
        session.first = session.environment()
        for number, step in enumerate(steps.STEPS, 1):
            title = (step.__doc__ or "").rstrip(".")
            say(f"\n{number}. {title}", "")
            step(session)
    except (CheckFailed, NoPrompt, OSError) as error:
        reason = f"no prompt after this output:\n{error}" if isinstance(error, NoPrompt) else f"failed: {error}"
        say(reason, "NO ")
        show.say(f"assume: demo: step {number}, {title}: {reason}")
        return 1
    finally:
        session.close()
    took_s = time.monotonic() - began
    say(f"\n{number} steps in {shell}, {len(session.calls())} calls to STS, {took_s:.1f} s: all checks passed", "")
    return 0
