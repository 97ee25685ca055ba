"""`python -m assume.demo FOLDER`: the simulator without a shell, for trying things by hand.

Writes the demo's files under FOLDER, prints the variables that point there (for a
shell's eval), and serves until its input ends. Enter prints the present MFA codes.
Each call is a line of FOLDER/calls.jsonl.
"""

import shlex
import sys
import time
from pathlib import Path

from assume.demo.config import build, world
from assume.simulator.sts import serve


def main(folder: Path) -> None:
    """Serves until standard input ends."""
    made = world()
    folder.mkdir(parents=True, exist_ok=True)
    with serve(made, time.time, file=folder / "calls.jsonl") as sts:
        files = build(folder.resolve(), sts.url, made, time.time())
        for name, value in (files.environment | files.machine).items():
            print(f"export {name}={shlex.quote(value)}", flush=True)
        for _ in sys.stdin:
            for serial in made.devices:
                print(f"{made.code(serial, time.time())}  {serial}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
