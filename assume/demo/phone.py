"""The demo's phone: shows the codes of its MFA devices.

In: the world, the time (epoch seconds). Out: a code that STS still accepts, and for
how many seconds. A used code is not shown again; the phone then shows the next
one, half a minute earlier than a real phone.
"""

import time
from pathlib import Path

from assume.simulator import totp
from assume.simulator.world import World


class Phone:
    """Shows the codes of all devices of `world`; `show` writes them to the file `path`."""

    def __init__(self, world: World, path: Path) -> None:
        self.world = world
        self.path = path
        self.serials = list(world.devices)
        self._shown = ""

    def code(self, serial: str, now: float) -> tuple[str, int]:
        """A code and the seconds for which it is good; if all were used, "" and the seconds until the next one."""
        try:
            code = self.world.unused_code(serial, now)
        except LookupError:
            return "", totp.STEP_S - int(now) % totp.STEP_S
        number = totp.matching_steps(self.world.devices[serial].secret, code, now)[-1]
        return code, (number + totp.DRIFT_STEPS + 1) * totp.STEP_S - int(now)

    def line(self, serial: str, now: float) -> str:
        """The line that `relay` shows: `381209  cli-user, good for 47 s`."""
        code, left_s = self.code(serial, now)
        name = serial.rpartition("/")[2]
        return f"{code}  {name}, good for {left_s} s" if code else f"  ···   {name}, the next code in {left_s} s"

    def show(self, now: float) -> None:
        """Writes the file, if the codes have changed."""
        lines = []
        for serial in self.serials:
            code, left_s = self.code(serial, now)
            until = time.strftime("%H:%M:%S", time.localtime(now + left_s))
            name = serial.rpartition("/")[2]
            lines.append(f"{code}  {name}, good until {until}\n" if code else f"------  {name}, from {until} on\n")
        if (text := "".join(lines)) != self._shown:
            self.path.write_text(text, encoding="utf-8")
            self._shown = text
