"""What a user would have otherwise, measured in the same rounds as ours: warm and cold, 10 and 10,000 profiles.

From PyPI, each in an environment of the bench's own: awsume, the AWS CLI (version 1:
version 2 is not there), a bare boto3 script. From PATH, where they are: Granted's
`assumego`, `aws-vault`, an AWS CLI that knows `export-credentials`.
"""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from .measure import Case, Row, in_turn, process, row
from .places import FEW, MANY, ROOT, Home, Place, environment
from .rows import boto3, taken, warmed


@dataclass(frozen=True)
class Peer:
    """A tool: its words for taking `role`, variables of its own, and where it keeps what it has."""

    name: str
    words: list[str]
    env: dict[str, str]
    keeps: tuple[str, ...] = ()

    def forget(self, home: Home) -> None:
        """Nothing is stored any more."""
        for name in self.keeps:
            shutil.rmtree(home.folder / name, ignore_errors=True)

    def case(self, home: Home) -> Case:
        return partial(process, self.words, home.env | self.env)

    def fault(self, home: Home) -> str | None:
        """Why it cannot be measured here."""
        try:
            done = subprocess.run(
                self.words,
                env=home.env | self.env,
                capture_output=True,
                text=True,
                timeout=60,
                stdin=subprocess.DEVNULL,
            )
        except (OSError, subprocess.SubprocessError) as error:
            return str(error)
        return None if done.returncode == 0 else (done.stderr.strip().splitlines() or ["it failed"])[-1][:100]


def found(place: Place) -> list[Peer]:
    """Those that can be asked here."""
    awsume = environment(ROOT / ".venv-bench-awsume", ["awsume", "setuptools"]).with_name("awsumepy")
    aws = environment(ROOT / ".venv-bench-aws", ["awscli"]).with_name("aws")
    peers = [
        Peer("boto3 script", boto3(place, "role"), {}),
        Peer("awsume", [str(awsume), "role"], {}, (".awsume/cache",)),
        Peer(
            "aws sts get-caller-identity",
            [str(aws), "sts", "get-caller-identity", "--profile", "role"],
            {},
            (".aws/cli",),
        ),
    ]
    if on_path := shutil.which("aws"):
        words = [on_path, "configure", "export-credentials", "--profile", "role"]
        peers.append(Peer("aws configure export-credentials", words, {}, (".aws/cli",)))
    if on_path := shutil.which("assumego"):
        peers.append(Peer("granted", [on_path, "role"], {"GRANTED_ALIAS_CONFIGURED": "true"}, (".granted",)))
    if on_path := shutil.which("aws-vault"):
        env = {
            "AWS_VAULT_BACKEND": "file",
            "AWS_VAULT_FILE_PASSPHRASE": "",
            "AWS_VAULT_FILE_DIR": str(place.folder / "vault"),
        }
        peers.append(Peer("aws-vault", [on_path, "exec", "role", "--", "/bin/true"], env))
    return peers


def compared(place: Place, runs: int) -> list[Row]:
    """Ours beside theirs."""
    rows = []
    peers = found(place)
    for peer in [*peers]:
        if fault := peer.fault(place.homes[FEW]):
            print(f"  {peer.name} is left out: {fault}")
            peers.remove(peer)
    count = max(runs // 4, 3)
    for profiles, said in ((FEW, ""), (MANY, ", 10,000 profiles")):
        home = place.homes[profiles]
        warmed(place, home)
        cases: dict[str, Case] = {"bare": partial(process, place.program.bare, home.env), "assume": ours(place, home)}
        cases |= {peer.name: peer.case(home) for peer in peers}
        rows += table(f"warm{said}", in_turn(cases, count))
    home = place.homes[FEW]
    home.forget()
    taken(place, home, "role", 1)
    cases = {"bare": partial(process, place.program.bare, home.env)}
    cases["assume"] = emptied(home.forget, ours(place, home))
    cases |= {peer.name: emptied(partial(peer.forget, home), peer.case(home)) for peer in peers}
    return rows + table("cold, loopback", in_turn(cases, count))


def ours(place: Place, home: Home) -> Case:
    """Our own switch."""
    return partial(process, place.program.use("role"), home.env)


def emptied(forget: Callable[[], None], case: Case) -> Case:
    """The case with nothing stored."""

    def cold() -> float:
        forget()
        return case()

    return cold


def table(about: str, seconds: dict[str, list[float]]) -> list[Row]:
    """A row for each tool."""
    return [row(f"{about}: {name}", seconds, name, None) for name in seconds if name != "bare"]


GROUPS = {"peers": compared}
