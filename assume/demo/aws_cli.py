"""Whether the `aws` on PATH would call the simulator in the demo's shell, and not the real AWS.

AWS CLIs older than 2.13 and 1.29 ignore `endpoint_url` in the config file. The
version is no proof, because `aws` may be a wrapper or a distribution's build. So the
CLI makes one call, behind a proxy that refuses every connection: only a call to the
simulator succeeds, and no call leaves this machine.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping

from assume.demo.config import KEYS
from assume.simulator.sts import Sts

PATIENCE_S = 20.0  # the first start of an AWS CLI reads hundreds of files


def calls_simulator(program: str, environment: Mapping[str, str], sts: Sts, patience_s: float = PATIENCE_S) -> bool:
    """Whether `program`, an AWS CLI, calls `sts` in the demo's environment. False after `patience_s` seconds."""
    before = len(sts.calls)
    # the simulator is no proxy: it answers CONNECT with 405, so that a call to another host fails at once
    proxy = {f"{scheme}_proxy": sts.url for scheme in ("http", "https")} | {"no_proxy": "127.0.0.1"}
    proxy |= {name.upper(): value for name, value in proxy.items()}
    try:
        process = subprocess.Popen(
            [program, "sts", "get-caller-identity", "--profile", "user1"],
            env={**environment, **proxy, "AWS_MAX_ATTEMPTS": "1"},
            cwd=environment["HOME"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return False
    try:
        succeeded = process.wait(patience_s) == 0
    except subprocess.TimeoutExpired:
        succeeded = False
    finally:
        _end(process)
    return succeeded and any(call.arn == KEYS["user1"][0] for call in sts.calls[before:])


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ends the CLI, and the program that it may be a wrapper of, if they still run."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)  # its own session
    process.wait()
