"""The command line in this process: words and an environment in; status and both streams out.

What the fast entry reads of the process is swapped for the time of one call, so a
test pays for no interpreter. Nothing here can become another process: `exec` ends
in `Became`, with what it would have become.
"""

import gc
import json
import os
import posix
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import pytest

from assume import arguments
from assume.aws import client
from assume.cli import start
from assume.errors import NoTerminal
from assume.fast import entry
from assume.simulator.sts import Sts
from assume.simulator.world import World
from assume.terminal import ask

from .simulator.clients import MODELS, AwsHome


class Became(BaseException):
    """The process would be this command now."""

    def __init__(self, file: str, words: list[str], environment: Mapping[bytes, bytes]) -> None:
        super().__init__(file)
        self.words = words
        self.environment = {os.fsdecode(name): os.fsdecode(value) for name, value in environment.items()}


@dataclass
class Done:
    """What came of one command line."""

    status: int
    out: str
    err: str
    became: Became | None = None

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Program:
    """Runs command lines in the home of the demo's profiles; `answers` are typed at its questions, in order."""

    home: AwsHome
    sts: Sts
    world: World
    streams: pytest.CaptureFixture[str]
    env: dict[str, str] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    is_person_there: bool = True

    def __call__(self, *words: str, **env: str | None) -> Done:
        """`assume WORDS`, with variables over those of the home; None unsets."""
        have = {
            name: value for name, value in {**self.home.environment, **self.env, **env}.items() if value is not None
        }
        self.streams.readouterr()
        became = None
        before = dict(os.environ)
        os.environ.clear()
        os.environ.update(have)
        raw = {os.fsencode(name): os.fsencode(value) for name, value in have.items()}
        try:
            with (
                mock.patch.object(posix, "environ", raw),
                mock.patch.object(client, "_loader", lambda _session: MODELS),
                mock.patch.object(ask, "ask", self._answer),
                mock.patch.object(ask, "has_terminal", lambda: self.is_person_there),
                mock.patch.object(os, "execvpe", self._become),
                mock.patch("signal.signal"),
                mock.patch("assume.cli.exec.heed_signals"),
            ):
                status = start.start(words)
        except Became as become:
            became, status = become, -1
        finally:
            gc.enable()  # `list` turns it off, for its own process
            os.environ.clear()
            os.environ.update(before)
        out, err = self.streams.readouterr()
        return Done(status, out, err, became)

    def fast(self, *words: str, **env: str | None) -> Done | None:
        """The same by the fast entry alone; None where it would become the console script."""
        have = {
            name: value for name, value in {**self.home.environment, **self.env, **env}.items() if value is not None
        }
        raw = {os.fsencode(name): os.fsencode(value) for name, value in have.items()}
        self.streams.readouterr()
        with mock.patch.object(posix, "environ", raw):
            options = arguments.read(words[1:])
            assert options is not None
            status = entry.use(options, []) if words[0] == "use" else entry.off(options)
        out, err = self.streams.readouterr()
        return None if status is None else Done(status, out, err)

    def keys(self, *words: str, **env: str | None) -> dict[str, str]:
        """The variables of `assume export WORDS`, which has to work."""
        done = self("export", *words, "--format", "bash", **env)
        assert done.status == 0, done.err
        return dict(shlex.split(line)[1].split("=", 1) for line in done.out.splitlines())

    def reaches(self, *words: str, **env: str | None) -> str:
        """Whose keys they are: the end of an ARN, `assumed-role/…` or `user/…`."""
        found = self.keys(*words, **env)
        caller = self.world.caller(found["AWS_ACCESS_KEY_ID"])
        assert caller is not None
        assert (caller.secret, caller.session and caller.session.session_token) == (
            found["AWS_SECRET_ACCESS_KEY"],
            found.get("AWS_SESSION_TOKEN"),
        )
        return caller.arn.rpartition(":")[2]

    def session(self, variables: Mapping[str, str]) -> Any:
        """The world's session behind exported variables."""
        return self.world.sessions[variables["AWS_ACCESS_KEY_ID"]]

    def code(self, serial: str) -> str:
        """A code that was not used yet."""
        return self.world.unused_code(serial, self.sts.clock())

    def write(self, text: str) -> None:
        """More sections for the config file; {sts} is where the simulator is."""
        with self.home.config.open("a") as file:
            file.write(text.replace("{sts}", self.sts.url))

    def _answer(self, wording: str, **_: Any) -> str:
        self.asked.append(wording)
        if not self.is_person_there or not self.answers:
            raise NoTerminal("there is no terminal to ask on")
        return self.answers.pop(0)

    def _become(self, file: str, words: list[str], environment: Mapping[bytes, bytes]) -> None:
        raise Became(file, words, environment)


def actions(sts: Sts) -> list[str]:
    """The calls so far, for short."""
    return [call.action for call in sts.calls]
