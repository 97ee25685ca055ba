"""History does not matter: in each real shell, the environment depends on the last switch alone.

A walk of 50 sequences through one shell, 200 in `make test-long`. Each sequence sets a baseline by hand
(own keys, regions, profiles), then runs `assume A`, `B`, `-`, a failure and `off`
at random, and `off` at the end. After each step a child writes down the whole
environment. After a switch it must be what `assume exec` gives a process that
was never switched; after `off`, also in a child shell that inherited the role,
the environment of the start. The seed is printed.
"""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from assume.shells import init, render

from .conftest import DRIVERS, driver

pytestmark = pytest.mark.once
SEQUENCES = [50, pytest.param(200, marks=pytest.mark.slow)]
FLEETING = {"_", "SHLVL", "PWD", "OLDPWD", "COLUMNS", "LINES"}
BASELINE = {
    "AWS_ACCESS_KEY_ID": "AKIAOWNKEYSOFTHEUSER",
    "AWS_SECRET_ACCESS_KEY": "a secret of the user's own",
    "AWS_SESSION_TOKEN": "own$token'with\"quotes",
    "AWS_REGION": "eu-north-1",
    "AWS_DEFAULT_REGION": "ap-south-1",
    "AWS_PROFILE": "user1",
    "AWS_DEFAULT_PROFILE": "cli-user",
    "AWS_SECURITY_TOKEN": "stale",
    "AWSUME_PROFILE": "left over",
}
SWITCHES = (
    ("marketingadmin",),
    ("namedsessionrole",),
    ("role-without-region",),
    ("marketingadmin", "--region", "sa-east-1"),
    ("marketingadmin", "--export", "keys"),
    ("hub", "--export", "profile"),
)
FAILURES = 8 * (("no-such-profile",),) + (("prod",), ("marketingadmin", "--duration", "nonsense"))
STARTS = 12  # different baselines: each costs one process of `assume exec`


@pytest.fixture(params=sorted(DRIVERS))
def shell(request):
    """The driver of each shell of this machine."""
    return driver(request.param)


@pytest.fixture
def walk(shell, aws_home, tmp_path):
    """A HOME with one more profile, every role of the walk cached, and the shell's command line."""
    text = aws_home.config.read_text()
    endpoint = next(line for line in text.splitlines() if line.startswith("endpoint_url"))
    role = "role_arn = arn:aws:iam::123456789012:role/marketingadminrole\nsource_profile = user1"
    aws_home.config.write_text(
        f"{text}\n[profile role-without-region]\n{role}\n{endpoint}\nsts_regional_endpoints=legacy\n"
    )
    environment = {**aws_home.environment, "TERM": "dumb"}
    environment["AWS_DEFAULT_REGION"] = "us-west-2"  # with an endpoint_url a region is required
    return Walk(shell, environment, tmp_path)


class Walk:
    """Writes the walk as a script, runs it in the shell, reads the environment after each step."""

    def __init__(self, shell, environment, folder: Path) -> None:
        self.shell = shell
        self.environment = environment
        self.dumps = folder / "dumps"
        self.script = folder / f"walk.{'ps1' if shell.name == 'powershell' else shell.name}"
        self.lines: list[str] = []
        self.reached: dict[tuple[object, ...], dict[bytes, bytes]] = {}
        self.count = 0

    def quote(self, text: str) -> str:
        return render.quote(self.shell.name, text)

    def set(self, name: str, value: str) -> None:
        form = {"fish": "set -gx {} {}", "powershell": "$env:{} = {}"}.get(self.shell.name, "export {}={}")
        self.lines.append(form.format(name, self.quote(value)))

    def unset(self, name: str) -> None:
        remove = "Remove-Item -LiteralPath Env:{} -ErrorAction Ignore"
        self.lines.append({"fish": "set -e {}", "powershell": remove}.get(self.shell.name, "unset {}").format(name))

    def call(self, *words: str) -> None:
        self.lines.append(" ".join(["assume", *map(self.quote, words)]))

    def dump(self, *, in_child_after_off: bool = False) -> int:
        """Adds a line that writes the environment to a file. Returns the number of that record."""
        note = f"env -0 >> {self.dumps}; printf '\\0' >> {self.dumps}"
        child = f'eval "$({sys.executable} -m assume init bash)"; assume off; {note}'
        words = ["bash", "--norc", "-c", child] if in_child_after_off else ["sh", "-c", note]
        call = "& " if self.shell.name == "powershell" else ""
        self.lines.append(call + " ".join(map(self.quote, words)))
        self.count += 1
        return self.count - 1

    def run(self) -> list[dict[bytes, bytes]]:
        text = init.init_text(self.shell.name, script=str(Path(sys.executable).with_name("assume")))
        mark = "\ufeff" if self.shell.name == "powershell" else ""
        self.script.write_text(mark + text + "\n" + "\n".join(self.lines) + "\n", encoding="utf-8")
        command = [self.shell.command()[0]]
        command += {"powershell": ["-NoProfile", "-File"], "fish": ["-N"], "zsh": ["-f"]}.get(
            self.shell.name, ["--norc"]
        )
        ran = subprocess.run(
            [*command, str(self.script)],
            env=self.environment,
            capture_output=True,
            timeout=240,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # no terminal: the guarded profile refuses at once
        )
        dumped = self.dumps.read_bytes().split(b"\0\0")
        assert len(dumped) >= self.count, ran.stderr[-2000:]
        return [_variables(text) for text in dumped[: self.count]]

    def given(self, base: dict[str, str], words: tuple[str, ...]) -> dict[bytes, bytes]:
        """The environment that `assume exec` gives a process that has `base` and was never switched."""
        key = (tuple(sorted(base.items())), words)
        if key not in self.reached:
            program = str(Path(sys.executable).with_name("assume"))
            ran = subprocess.run(
                [program, "exec", *words, "--", "env", "-0"], env=base, capture_output=True, timeout=60, check=True
            )
            self.reached[key] = _variables(ran.stdout)
        return self.reached[key]


def _variables(text: bytes) -> dict[bytes, bytes]:
    pairs = (line.partition(b"=") for line in text.split(b"\0") if line)
    return {name: value for name, _, value in pairs if name.decode() not in FLEETING}


@pytest.mark.parametrize("sequences", SEQUENCES)
def test_the_environment_depends_on_the_last_switch_alone(walk, sequences):
    seed = int(os.environ.get("ASSUME_TEST_SEED", random.randrange(1 << 32)))
    print(f"ASSUME_TEST_SEED={seed}")
    draw = random.Random(seed)
    starts = [{name for name in BASELINE if draw.random() < 0.4} for _ in range(STARTS)]
    expected = [step for _ in range(sequences) for step in _sequence(walk, draw, draw.choice(starts))]
    seen = walk.run()
    for number, base, words in expected:
        wanted = _variables(b"\0".join(f"{name}={value}".encode() for name, value in base.items()))
        if words is not None:
            wanted = walk.given(base, words)
        difference = set(seen[number].items()) ^ set(wanted.items())
        difference = {(name, value) for name, value in difference if name.startswith((b"A", b"G"))}
        assert not difference, (number, words, difference)


def _sequence(walk: Walk, draw: random.Random, start: set[str]):
    """One sequence; yields (number of the dump, baseline, words of the switch that holds or None)."""
    present = {name: value for name, value in BASELINE.items() if name in start}
    base = {**walk.environment, **present}
    for name in BASELINE:
        if name in base:
            walk.set(name, base[name])
        else:
            walk.unset(name)
    yield walk.dump(), base, None
    holds: tuple[str, ...] | None = None
    last: tuple[str, ...] | None = None
    before: tuple[str, ...] | None = None
    for _ in range(draw.randint(1, 5)):
        step = draw.choice(("switch", "switch", "-", "fail", "off"))
        if step == "switch":
            words = draw.choice(SWITCHES)
            walk.call(*words)
            last, before = words, (before if last in (None, words) else last)
            holds = words
        elif step == "-":
            again = last if holds is None else before
            if again is None:
                continue
            walk.call("-")
            if holds is not None:
                last, before = before, last
            holds = again
        elif step == "fail":
            walk.call(*draw.choice(FAILURES))
        else:
            walk.call("off")
            holds = None
        yield walk.dump(), base, holds
        if holds is not None and draw.random() < 0.05:
            yield walk.dump(in_child_after_off=True), base, None
    walk.call("off")
    yield walk.dump(), base, None
