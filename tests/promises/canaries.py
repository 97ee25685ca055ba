"""Finds the secrets of a test where they must not be: in output or files, plain or in base64, and in argv."""

import base64
import json
import os
import re
import threading
import time
from pathlib import Path

from assume.demo.config import CONTAINER_AUTHORIZATION


def encodings(secret):
    """A secret as it is, and its base64 as part of a longer text, at each of the three possible offsets."""
    found = [secret.encode()]
    for offset in range(3):
        text = base64.b64encode(b"\0" * offset + secret.encode())
        found.append(text[4 * bool(offset) : (len(secret) + offset) // 3 * 4])
    return found


class Watch:
    """Records the arguments of every process whose HOME is `home`, while the context is open.

    Processes of other tests are left out: they may have the same MFA code in their arguments, rightly.
    """

    def __init__(self, home: Path) -> None:
        self.seen: set[bytes] = set()
        self._home = b"HOME=" + os.fsencode(home)
        self._over = threading.Event()
        self._rounds = 0
        self._thread = threading.Thread(target=self._look, daemon=True)

    def wait_for(self, text: bytes, within_s: float = 60.0) -> None:
        """Waits until a command that contains `text` was recorded, and for two complete rounds after that."""
        until = time.monotonic() + within_s
        while not any(text in command for command in self.seen.copy()):
            assert time.monotonic() < until, text
            self._over.wait(0.005)
        last = self._rounds + 2
        while self._rounds < last:
            assert time.monotonic() < until, "the watching thread stands still"
            self._over.wait(0.005)

    def _look(self):
        while not self._over.wait(0.005):
            for folder in Path("/proc").iterdir():
                if folder.name.isdigit():
                    try:
                        environment = (folder / "environ").read_bytes().split(b"\0")
                        if self._home in environment:
                            self.seen.add((folder / "cmdline").read_bytes())
                    except OSError:
                        continue
            self._rounds += 1

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()


def known(ground):
    """All secrets so far: of users, sessions, MFA devices and sign-ins."""
    world = ground.world
    found = {key.secret for key in world.keys.values()}
    found |= {text for session in world.sessions.values() for text in (session.secret, session.session_token)}
    found |= set(world.machine.sign_ins)
    found.add(CONTAINER_AUTHORIZATION)
    found.add(ground.home.web_identity.read_text())
    (cache,) = (ground.home.path / ".aws/sso/cache").iterdir()
    sign_in = json.loads(cache.read_text())
    found |= {sign_in[name] for name in ("accessToken", "clientSecret", "refreshToken")}
    return sorted(found)


def codes(ground):
    """Every MFA code that was sent to STS."""
    return [call.params["TokenCode"] for call in ground.sts.calls if "TokenCode" in call.params]


def hits(secrets, content):
    """The secrets that appear in `content`. An MFA code counts only if no digit comes before or after it."""
    return [
        secret
        for secret in secrets
        if (
            re.search(rb"(?<!\d)" + secret.encode() + rb"(?!\d)", content)
            if secret.isdigit()
            else any(text in content for text in encodings(secret))
        )
    ]
