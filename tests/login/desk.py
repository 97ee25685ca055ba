"""A person's machine for the tests of signing in: a browser that follows links by itself, token files, clocks."""

import json
import sys
import time

from assume.demo.config import SSO_START
from assume.simulator.center import APPROVE
from assume.simulator.replies import stamp

KEY = "c3499c2729730a7f807efb8676a92dcb6f8a3f8f"  # sha1 of `example`, the session of the demo
BROWSER = """\
import sys, urllib.request
{change}
try:
    page = urllib.request.urlopen(sys.argv[1], timeout=60).read().decode()
except urllib.error.HTTPError as error:
    page = error.read().decode()
open({seen!r}, "a").write(page)
"""


class Desk:
    """One machine. `program`: the command line in this process. `seen`: the pages that the browser has shown."""

    def __init__(self, program, folder) -> None:
        self.program = program
        self.center = program.world.center
        self.center.browser = APPROVE
        self.folder = program.home.path / ".aws" / "sso" / "cache"
        self.seen = folder / "seen"
        self.script = folder / "browser.py"
        self.use_browser()
        program.env["PATH"] = "/nowhere"

    def use_browser(self, change: str = "") -> None:
        """Sets the browser's command; `change`: statements that change `sys.argv[1]`, the URL."""
        self.script.write_text(BROWSER.format(change=change, seen=str(self.seen)))
        self.program.env["ASSUME_BROWSER"] = f"{sys.executable} {self.script} {{url}}"

    def token_file(self, key: str = KEY):
        return self.folder / f"{key}.json"

    def token(self, key: str = KEY):
        """The fields of the token's file; None without one."""
        path = self.token_file(key)
        return json.loads(path.read_text()) if path.exists() else None

    def approve_devices(self, call=None) -> None:
        """The person types every code that a device shows. As a fault of the simulator: before each call."""
        for device in self.center.devices.values():
            device.person = "saanvi"

    def sign_out(self) -> None:
        """Removes the token that the demo begins with."""
        self.token_file().unlink()

    def expire(self, left_s: float = -60, key: str = KEY, **fields) -> None:
        """Lets the stored token end, here and at AWS; the refresh token stays."""
        known = self.token(key)
        assert known is not None
        at = self.program.sts.clock() + left_s
        sign_ins = self.program.world.machine.sign_ins
        if (sign_in := sign_ins.pop(known["accessToken"], None)) is not None and left_s > 0:
            sign_ins[sign_in.bearer] = type(sign_in)(sign_in.bearer, sign_in.user, at, sign_in.roles)
        self.token_file(key).write_text(json.dumps(known | {"expiresAt": stamp(at)} | fields))

    @property
    def visits(self):
        """What Identity Center was asked so far."""
        return [visit.action for visit in self.program.sts.visits]

    def page(self) -> str:
        """The last page that the browser has shown; it may come a moment after the program has ended."""
        until = time.monotonic() + 30
        while not self.seen.exists() or "</html>" not in self.seen.read_text():
            assert time.monotonic() < until, "the browser has shown no page"
            time.sleep(0.02)
        return self.seen.read_text()


LEGACY = f"""
[profile older]
sso_start_url = {SSO_START}
sso_region = us-west-2
sso_account_id = 234567890123
sso_role_name = Reader
region = us-west-2
endpoint_url = {{sts}}
"""
