"""Other tools, measured in the same rounds as assume: warm and cold, 10 and 10,000 profiles.

From PyPI, each in its own virtual environment: awsume, the AWS CLI (version 1, since
version 2 is not on PyPI), a bare boto3 script. From PATH, if installed: Granted's
`assumego`, `aws-vault`, an AWS CLI that has `export-credentials`.
"""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from .fixture import FEW, MANY, ROOT, Fixture, Home, virtualenv
from .measure import Case, Row, in_turn, process, row
from .rows import boto3, check_switch, warm_up


@dataclass(frozen=True)
class Peer:
    """A tool: its command for taking `role`, its variables, and the folders of its cache (below HOME)."""

    name: str
    words: list[str]
    env: dict[str, str]
    keeps: tuple[str, ...] = ()

    def forget(self, home: Home) -> None:
        """Empties the tool's cache."""
        for name in self.keeps:
            shutil.rmtree(home.folder / name, ignore_errors=True)

    def case(self, home: Home) -> Case:
        return partial(process, self.words, home.env | self.env)

    def fault(self, home: Home) -> str | None:
        """Why the tool cannot be measured here; None if it can."""
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
        return (
            None
            if done.returncode == 0
            else (done.stderr.strip().splitlines() or ["it failed without a message"])[-1][:100]
        )


def found(fixture: Fixture) -> list[Peer]:
    """The tools that are installed here."""
    awsume = virtualenv(ROOT / ".venv-bench-awsume", ["awsume", "setuptools"]).with_name("awsumepy")
    aws = virtualenv(ROOT / ".venv-bench-aws", ["awscli"]).with_name("aws")
    peers = [
        Peer("boto3 script", boto3(fixture, "role"), {}),
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
            "AWS_VAULT_FILE_DIR": str(fixture.folder / "vault"),
        }
        peers.append(Peer("aws-vault", [on_path, "exec", "role", "--", "/bin/true"], env))
    return peers


def compared(fixture: Fixture, runs: int) -> list[Row]:
    """assume compared with the other tools."""
    rows = []
    peers = found(fixture)
    for peer in [*peers]:
        if fault := peer.fault(fixture.homes[FEW]):  # also fills the tool's cache
            print(f"  {peer.name} is left out: {fault}")
            peers.remove(peer)
    count = max(runs // 4, 3)
    for profiles, said in ((FEW, ""), (MANY, ", 10,000 profiles")):
        home = fixture.homes[profiles]
        warm_up(fixture, home)
        cases: dict[str, Case] = {
            "bare": partial(process, fixture.program.bare, home.env),
            "assume": ours(fixture, home),
        }
        cases |= {peer.name: peer.case(home) for peer in peers}
        rows += table(f"warm{said}", in_turn(cases, count))
    home = fixture.homes[FEW]
    home.forget()
    check_switch(fixture, home, "role", 1)
    cases = {"bare": partial(process, fixture.program.bare, home.env)}
    cases["assume"] = with_empty_cache(home.forget, ours(fixture, home))
    cases |= {peer.name: with_empty_cache(partial(peer.forget, home), peer.case(home)) for peer in peers}
    return rows + table("cold, loopback", in_turn(cases, count))


def ours(fixture: Fixture, home: Home) -> Case:
    """The switch of assume."""
    return partial(process, fixture.program.use("role"), home.env)


def with_empty_cache(forget: Callable[[], None], case: Case) -> Case:
    """The case with `forget` called before each run."""

    def cold() -> float:
        forget()
        return case()

    return cold


def table(about: str, seconds: dict[str, list[float]]) -> list[Row]:
    """A row for each tool."""
    return [row(f"{about}: {name}", seconds, name, None) for name in seconds if name != "bare"]


GROUPS = {"peers": compared}
