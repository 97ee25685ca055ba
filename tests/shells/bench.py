"""What a case works with: a home folder, the stand-in program and its plan, shells with the integration loaded."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from assume.demo import config
from assume.shells import init
from assume.simulator.sts import Sts, serve
from assume.simulator.world import World
from assume.verbs import COMMANDS

from .driver import Shell, integration

FAKE = Path(__file__).with_name("fake_program.py")
PROGRAM = [sys.executable, "-I", "-S", str(FAKE)]
HOUR_S = 3600

Changes = list[tuple[str, str | None]]


def role(profile: str, left_s: int = HOUR_S, export: str = "both", key: str | None = None) -> Changes:
    """The changes that take a role on, as the program makes them."""
    key = key or ("ASIA" + profile.upper().encode().hex() + "0" * 16)[:20]
    expires_at = int(time.time()) + left_s
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(expires_at))
    keys: Changes = [
        ("AWS_ACCESS_KEY_ID", key),
        ("AWS_SECRET_ACCESS_KEY", f"secret/of+{key}"),
        ("AWS_SESSION_TOKEN", f"session/of+{key}=="),
        ("AWS_CREDENTIAL_EXPIRATION", stamp),
        ("AWS_SESSION_EXPIRATION", stamp),
    ]
    return [
        *(keys if export != "profile" else []),
        ("AWS_PROFILE", profile if export != "keys" else None),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_DEFAULT_REGION", "eu-west-1"),
        ("ASSUME_PROFILE", profile),
        ("ASSUMED_ROLE_ARN", "arn:aws:iam::123456789012:role/reader"),
        ("ASSUME_EXPIRES", str(expires_at)),
        ("ASSUME_KEY_ID", key if export != "profile" else None),
        ("ASSUME_EXPORTED", export),
        *((name, None) for name in ("AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN", "AWS_ACCOUNT_ID")),
    ]


def left(changes: Changes) -> Changes:
    """The changes that take back what `changes` set."""
    return [(name, None) for name, _ in changes]


def environment(changes: Changes) -> dict[str, str]:
    """What `changes` set in an environment that had none of the variables."""
    return {name: value for name, value in changes if value is not None}


class Bench:
    """What one case uses: `plan` what the program answers, `start` a shell, look at `calls`."""

    def __init__(self, kind: type[Shell], home: Path) -> None:
        self.kind = kind
        self.home = home / "home"
        self.home.mkdir()
        self.folder = home / "plan"
        self.folder.mkdir()
        self.answers: dict[str, dict[str, Any]] = {}
        self.open = ExitStack()
        self.environment: dict[str, str] = {"ASSUME_FAKE_PLAN": str(self.folder)}
        self.script = home / "bin" / "assume"  # the console script
        self.script.parent.mkdir()
        self.script.write_text(f'#!/bin/sh\nexec {" ".join(PROGRAM)} "$@"\n')
        self.script.chmod(0o755)
        self.plan()

    def plan(self, answers: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        """Adds answers of the program: {"use dev": {…}}; see fake_program.py."""
        self.answers.update({call: dict(answer) for call, answer in (answers or {}).items()})
        fresh = self.folder / "plan.new"
        fresh.write_text(json.dumps(self.answers))
        fresh.replace(self.folder / "plan.json")

    def plan_role(self, profile: str, flag: str = "renew", sgr: str = "", **of_role: Any) -> Changes:
        """Lets `assume PROFILE` succeed, and `off` undo it. Returns the changes of `assume PROFILE`."""
        changes = role(profile, **of_role)
        self.plan(
            {
                f"use {profile}": {"changes": changes, "state": f"{flag};{sgr};{len(self.answers)}"},
                "off": {"changes": left(changes), "state": "off;;"},
            }
        )
        return changes

    def text(self, prompt: bool = False, program: Sequence[str] = PROGRAM, script: str | None = None) -> str:
        """What `assume init` would print for the stand-in."""
        return integration(self.kind, program, script or str(self.script), COMMANDS, prompt)

    def demo(self) -> tuple[Sts, World]:
        """The demo's AWS in this home, for a shell that is started with `real`."""
        world = config.world()
        sts = self.open.enter_context(serve(world, time.time))
        files = config.build(self.home, sts.url, world, sts.clock())
        self.environment |= files.environment | {"AWS_EC2_METADATA_DISABLED": "true"}
        return sts, world

    def real(self, prompt: bool = False) -> str:
        """What `assume init` prints for the real program."""
        return init.init_text(self.kind.name, prompt, sys.executable, str(Path(sys.executable).with_name("assume")))

    def start(
        self,
        env: Mapping[str, str] | None = None,
        *,
        before: str = "",
        after: str = "",
        prompt: bool = False,
        init: str | None = None,
        **spawn: Any,
    ) -> Shell:
        """A shell whose rc file is `before`, the line that loads the integration, `after`."""
        file = self.init_file(self.text(prompt) if init is None else init)
        rc = f"{before}\n{self.kind.source(file)}\n{after}\n"
        shell = self.kind.spawn(self.home, {**self.environment, **(env or {})}, rc=rc, **spawn)
        self.open.callback(shell.close)
        return shell

    def init_file(self, text: str) -> Path:
        """`text` as the file that an rc file sources."""
        file = self.home / f"init.{self.kind.name}"
        file.write_text(text, encoding="utf-8")
        return file

    def calls(self, verb: str | None = None) -> list[list[str]]:
        """The words of every call so far, oldest first."""
        file = self.folder / "calls"
        lines = file.read_text().splitlines() if file.exists() else []
        words: list[list[str]] = [json.loads(line)["words"] for line in lines]
        return [call for call in words if verb is None or call[:1] == [verb]]

    def close(self) -> None:
        self.open.close()
