"""A real Chromium without a window, driven over its own protocol: where it is, and what a test does with it.

`program()` finds it; a test that needs it is skipped where there is none. `Chromium` starts it with a profile of its
own, and talks to it over two pipes (`--remote-debugging-pipe`), so that no port is open and no library is needed.
"""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Self

import pytest

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PATIENCE_S = 60.0
LINE = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-pipe",
)  # fmt: skip


def program() -> str:
    """The path of a Chromium; the test is skipped if there is none."""
    named = os.environ.get("ASSUME_TEST_CHROMIUM", "")
    found = next((path for name in (named, *NAMES) if name and (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium on this machine")
    return found


class Chromium:
    """A running Chromium with one tab. `profile`: a new folder for its files; `path`: of the program."""

    def __init__(self, profile: Path, path: str = "") -> None:
        theirs, self._to = os.pipe()
        self._from, back = os.pipe()

        def take_pipes() -> None:  # it reads commands from descriptor 3, and writes answers to 4
            low, high = os.dup(theirs), os.dup(back)
            os.dup2(low, 3)
            os.dup2(high, 4)

        line = [path or program(), *LINE, f"--user-data-dir={profile}", "about:blank"]
        silent = subprocess.DEVNULL
        self._process = subprocess.Popen(
            line, stdin=silent, stdout=silent, stderr=silent, preexec_fn=take_pipes, close_fds=False
        )
        os.close(theirs)
        os.close(back)
        self._number = 0
        self._rest = b""
        self._session = ""
        try:
            target = self._ask("Target.createTarget", url="about:blank")["targetId"]
            self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self, url: str) -> None:
        """Goes to a page."""
        self._ask("Page.navigate", url=url)

    def run(self, script: str):
        """The value of a JavaScript expression in the present page; None while there is no page."""
        result = self._ask("Runtime.evaluate", expression=script, returnByValue=True)
        return result.get("result", {}).get("value")

    def click(self, selector: str) -> None:
        """Waits for an element and clicks on it."""
        self.until(f"document.querySelector({json.dumps(selector)}) !== null")
        self.run(f"document.querySelector({json.dumps(selector)}).click()")

    def until(self, condition: str) -> None:
        """Waits until a JavaScript expression is true."""
        end = time.monotonic() + PATIENCE_S
        while self.run(condition) is not True:
            assert time.monotonic() < end, f"never true: {condition}; the page has {self.text()!r}"
            time.sleep(0.05)

    def text(self) -> str:
        """The text of the present page."""
        return self.run("document.body ? document.body.innerText : ''") or ""

    def close(self) -> None:
        """Ends it."""
        self._process.kill()
        self._process.wait()
        os.close(self._to)
        os.close(self._from)

    def _ask(self, method: str, **fields):
        self._number += 1
        message = {"id": self._number, "method": method, "params": fields}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._answer()
            if answer.get("id") == self._number:
                return answer.get("result", {})  # an error while a page is being replaced: no value

    def _answer(self):
        while b"\0" not in self._rest:
            more = os.read(self._from, 65536)
            assert more, "Chromium has ended"
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\0")
        return json.loads(line)
