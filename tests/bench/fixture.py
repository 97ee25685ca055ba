"""The fixture of the bench: an `assume`, homes with 10 and with 10,000 profiles, a simulated AWS on loopback.

`installed` builds a wheel of this checkout and installs it into a virtual
environment, as a user would; `here` is the checkout itself.
"""

import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import trustme

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
    """An `assume`: the interpreter and the file that the shell function starts, and the console script."""

    interpreter: str
    main: str
    script: str

    @property
    def bare(self) -> list[str]:
        """The command that everything is compared with."""
        return [self.interpreter, "-I", "-S", "-c", "pass"]

    def fast(self, *words: str) -> list[str]:
        """The command that the shell function starts."""
        return [self.interpreter, "-I", "-S", self.main, self.script, *words]

    def use(self, profile: str, *words: str) -> list[str]:
        """The command that `assume PROFILE` starts in bash."""
        return self.fast("use", "--shell", "bash", "--state", "", *words, profile)


@dataclass(frozen=True)
class Home:
    """A HOME with AWS files, and the environment of processes that use it."""

    folder: Path
    env: dict[str, str]

    @property
    def config(self) -> Path:
        return self.folder / ".aws" / "config"

    def forget(self) -> None:
        """Empties the store."""
        shutil.rmtree(self.folder / ".aws" / "assume", ignore_errors=True)

    def touch(self) -> None:
        """Moves the config file's time of change by a second; its content stays the same."""
        seen = self.config.stat()
        os.utime(self.config, ns=(seen.st_atime_ns, seen.st_mtime_ns + 1_000_000_000))


def world() -> World:
    """One user with an MFA device, and the roles."""
    made = World()
    made.user(ACCOUNT, "alice", KEY_ID, SECRET, mfa={SERIAL: "JBSWY3DPEHPK3PXP"})
    for name in ROLES:
        made.role(f"arn:aws:iam::{ACCOUNT}:role/{name}", Trust(("*",), mfa=name.startswith("wants-")))
    return made


def home(folder: Path, profiles: int, url: str) -> Home:
    """A HOME with `profiles` profiles, the measured ones in the middle; calls go to `url`."""
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
def relayed(sts_port: int, round_trip_ms: int) -> Iterator[int]:
    """The port of a relay to the simulator, which adds `round_trip_ms`."""
    words = [sys.executable, "-m", "tests.bench.relay", str(sts_port), str(round_trip_ms)]
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as relay:
        assert relay.stdout is not None
        assert relay.stdin is not None
        yield int(relay.stdout.readline())
        relay.stdin.close()


class Fixture:
    """Everything that a group of measurements needs: program, world, STS, homes by number of profiles."""

    def __init__(self, program: Program, folder: Path, open_until: ExitStack) -> None:
        self.program = program
        self.folder = folder
        self.open_until = open_until
        self.world = world()
        self.sts: Sts = open_until.enter_context(serve(self.world, time.time))
        self.homes = {count: home(folder / f"home-{count}", count, self.sts.url) for count in (FEW, MANY)}
        time.sleep(2.1)  # a file that changed in the last 2 s is not trusted

    def calls(self) -> int:
        """The number of calls to STS so far."""
        return len(self.sts.calls)


@contextmanager
def secure(fixture: Fixture) -> Iterator[tuple[Sts, Path]]:
    """An STS with TLS, and the file with the certificate of its authority."""
    authority = trustme.CA()
    bundle = fixture.folder / "authority.pem"
    authority.cert_pem.write_to_path(str(bundle))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    with serve(fixture.world, time.time, context) as sts:
        yield sts, bundle


def remote_home(fixture: Fixture, port: int, bundle: Path) -> Home:
    """The home with few profiles, with the STS behind the relay at `port`."""
    home = fixture.homes[FEW]
    return replace(
        home, env=home.env | {"AWS_ENDPOINT_URL_STS": f"https://localhost:{port}", "AWS_CA_BUNDLE": str(bundle)}
    )


def here() -> Program:
    """The checkout, with the interpreter that runs the bench."""
    return Program(sys.executable, str(ROOT / "assume" / "__main__.py"), str(Path(sys.executable).with_name("assume")))


def installed() -> Program:
    """A wheel of the checkout in its own virtual environment, with boto3 for the comparison."""
    folder = ROOT / ".venv-bench"
    python = str(virtualenv(folder, ["boto3"]))
    with tempfile.TemporaryDirectory() as made:
        run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", made])
        (wheel,) = Path(made).glob("*.whl")
        run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", str(wheel)])
        run([python, "-m", "pip", "install", "-q", "--no-deps", "--force-reinstall", str(wheel)])
    words = [python, "-c", "import assume; print(assume.__path__[0])"]
    package = subprocess.run(words, cwd="/", check=True, capture_output=True, text=True).stdout.strip()
    return Program(python, f"{package}/__main__.py", str(Path(python).with_name("assume")))


def virtualenv(folder: Path, packages: Sequence[str]) -> Path:
    """The interpreter of a virtual environment with these packages from PyPI; it is made once and then kept."""
    python = folder / "bin" / "python"
    if not python.exists():
        run([sys.executable, "-m", "venv", str(folder)])
        run([str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--upgrade", "pip"])
        run([str(python), "-m", "pip", "install", "-q", *packages])
    return python


def run(words: Sequence[str]) -> None:
    """Runs a step of the preparation. Raises if it fails."""
    subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
