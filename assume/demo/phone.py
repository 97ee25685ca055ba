"""The phone that lies beside the demo: the codes that its MFA devices show.

In: the world, an instant; out: a code that the STS will still take, and for how
long. A code that was used is not shown again: the next one is, which a real
phone would show half a minute later.
"""

import time
from pathlib import Path

from assume.simulator import totp
from assume.simulator.world import World


class Phone:
    """The devices of `world`. `show` keeps the file `path` at what they show."""

    def __init__(self, world: World, path: Path) -> None:
        self.world = world
        self.path = path
        self.serials = list(world.devices)
        self._shown = ""

    def code(self, serial: str, now: float) -> tuple[str, int]:
        """A code, and the seconds for which it is good; "" and the seconds until there is one."""
        try:
            code = self.world.unused_code(serial, now)
        except LookupError:
            return "", totp.STEP_S - int(now) % totp.STEP_S
        number = totp.matching_steps(self.world.devices[serial].secret, code, now)[-1]
        return code, (number + totp.DRIFT_STEPS + 1) * totp.STEP_S - int(now)

    def line(self, serial: str, now: float) -> str:
        """`381209  cli-user, good for 47 s`."""
        code, left_s = self.code(serial, now)
        name = serial.rpartition("/")[2]
        return f"{code}  {name}, good for {left_s} s" if code else f"  ···   {name}, the next code in {left_s} s"

    def show(self, now: float) -> None:
        """Writes the file anew where the codes are others than before."""
        lines = []
        for serial in self.serials:
            code, left_s = self.code(serial, now)
            until = time.strftime("%H:%M:%S", time.localtime(now + left_s))
            name = serial.rpartition("/")[2]
            lines.append(f"{code}  {name}, good until {until}\n" if code else f"------  {name}, from {until} on\n")
        if (text := "".join(lines)) != self._shown:
            self.path.write_text(text, encoding="utf-8")
            self._shown = text
