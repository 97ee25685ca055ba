"""Where it is measured: an installed `assume`, AWS files of 10 and of 10,000 profiles, an AWS on loopback.

`installed` makes a wheel of this checkout and puts it into a virtual environment
of the bench's own, as a user would have it; `here` is the checkout itself.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from assume.simulator.iam import Trust
from assume.simulator.sts import Sts, serve
from assume.simulator.world import World

ROOT = Path(__file__).parents[2]
FEW, MANY = 10, 10_000
ACCOUNT, SERIAL = "123456789012", "arn:aws:iam::123456789012:mfa/alice"
KEY_ID, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
ROLES = ("role", "first", "second", "third", "wants-mfa", "wants-code")
PROFILES = f"""\
[profile role]
role_arn = arn:aws:iam::{ACCOUNT}:role/role
source_profile = user
region = eu-west-1

[profile first]
role_arn = arn:aws:iam::{ACCOUNT}:role/first
source_profile = user
region = eu-west-1

[profile second]
role_arn = arn:aws:iam::{ACCOUNT}:role/second
source_profile = first
region = eu-west-1

[profile third]
role_arn = arn:aws:iam::{ACCOUNT}:role/third
source_profile = second
region = eu-west-1

[profile wants-mfa]
role_arn = arn:aws:iam::{ACCOUNT}:role/wants-mfa
source_profile = user
mfa_serial = {SERIAL}
region = eu-west-1

[profile wants-code]
role_arn = arn:aws:iam::{ACCOUNT}:role/wants-code
source_profile = user
mfa_serial = {SERIAL}
mfa_session = no
region = eu-west-1

"""
FILLER = """\
[profile team-{number:05d}]
role_arn = arn:aws:iam::{account}:role/team-{number:05d}
source_profile = user
external_id = team-{number:05d}
region = eu-west-1

"""


@dataclass(frozen=True)
class Program:
    """An installed `assume`: what the shell function starts, and the console script."""

    interpreter: str
    main: str
    script: str

    @property
    def bare(self) -> list[str]:
        """What everything is measured against."""
        return [self.interpreter, "-I", "-S", "-c", "pass"]

    def fast(self, *words: str) -> list[str]:
        """What the shell function starts."""
        return [self.interpreter, "-I", "-S", self.main, self.script, *words]

    def use(self, profile: str, *words: str) -> list[str]:
        """The process behind `assume PROFILE` in bash."""
        return self.fast("use", "--shell", "bash", "--state", "", *words, profile)


@dataclass(frozen=True)
class Home:
    """A HOME with AWS files, and what a process is started with in it."""

    folder: Path
    env: dict[str, str]

    @property
    def config(self) -> Path:
        return self.folder / ".aws" / "config"

    def forget(self) -> None:
        """Nothing is stored any more."""
        shutil.rmtree(self.folder / ".aws" / "assume", ignore_errors=True)

    def touch(self) -> None:
        """The config file looks changed, an hour ago: what it says is the same."""
        seen = self.config.stat()
        os.utime(self.config, ns=(seen.st_atime_ns, seen.st_mtime_ns + 1_000_000_000))


def people() -> World:
    """One user with an MFA device, and the roles."""
    world = World()
    world.user(ACCOUNT, "alice", KEY_ID, SECRET, mfa={SERIAL: "JBSWY3DPEHPK3PXP"})
    for name in ROLES:
        world.role(f"arn:aws:iam::{ACCOUNT}:role/{name}", Trust(("*",), mfa=name.startswith("wants-")))
    return world


def home(folder: Path, profiles: int, url: str) -> Home:
    """A HOME with so many profiles, ours in the middle, whose calls go to `url`."""
    aws = folder / ".aws"
    aws.mkdir(parents=True, mode=0o700)
    own = PROFILES.count("[profile")
    fillers = [FILLER.format(number=number, account=ACCOUNT) for number in range(profiles - own - 1)]
    half = len(fillers) // 2
    text = "".join([*fillers[:half], "[profile user]\nregion = eu-west-1\n\n", PROFILES, *fillers[half:]])
    (aws / "config").write_text(text)
    (aws / "credentials").write_text(f"[user]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n")
    for file in aws.iterdir():
        os.utime(file, (time.time() - 7200, time.time() - 7200))
    env = {
        "HOME": str(folder),
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "USER": "alice",
        "AWS_ENDPOINT_URL_STS": url,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    return Home(folder, env)


@contextmanager
def far(sts_port: int, round_trip_ms: int) -> Iterator[int]:
    """The port of a relay to the simulator, so many milliseconds away."""
    words = [sys.executable, "-m", "tests.bench.relay", str(sts_port), str(round_trip_ms)]
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as relay:
        assert relay.stdout is not None
        assert relay.stdin is not None
        yield int(relay.stdout.readline())
        relay.stdin.close()


class Place:
    """Everything that a group of measurements needs."""

    def __init__(self, program: Program, folder: Path, open_until: ExitStack) -> None:
        self.program = program
        self.folder = folder
        self.open_until = open_until
        self.world = people()
        self.sts: Sts = open_until.enter_context(serve(self.world, time.time))
        self.homes = {count: home(folder / f"home-{count}", count, self.sts.url) for count in (FEW, MANY)}
        time.sleep(2.1)  # a file that is younger than that is never trusted

    def calls(self) -> int:
        """How many calls STS has had."""
        return len(self.sts.calls)


def here() -> Program:
    """The checkout, in the environment that runs the bench."""
    return Program(sys.executable, str(ROOT / "assume" / "__main__.py"), str(Path(sys.executable).with_name("assume")))


def installed() -> Program:
    """A wheel of the checkout, installed as a user would have it, with boto3 for comparison."""
    folder = ROOT / ".venv-bench"
    python = str(environment(folder, ["boto3"]))
    with tempfile.TemporaryDirectory() as place:
        run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", place])
        (wheel,) = Path(place).glob("*.whl")
        run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", str(wheel)])
        run([python, "-m", "pip", "install", "-q", "--no-deps", "--force-reinstall", str(wheel)])
    words = [python, "-c", "import assume; print(assume.__path__[0])"]
    package = subprocess.run(words, cwd="/", check=True, capture_output=True, text=True).stdout.strip()
    return Program(python, f"{package}/__main__.py", str(Path(python).with_name("assume")))


def environment(folder: Path, packages: Sequence[str]) -> Path:
    """A virtual environment with these packages from PyPI, made once; its interpreter."""
    python = folder / "bin" / "python"
    if not python.exists():
        run([sys.executable, "-m", "venv", str(folder)])
        run([str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--upgrade", "pip"])
        run([str(python), "-m", "pip", "install", "-q", *packages])
    return python


def run(words: Sequence[str]) -> None:
    """A step of the preparation, which has to succeed."""
    subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
