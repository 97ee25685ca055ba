"""Other tools, measured in the same rounds as assume: warm and cold, 10 and 10,000 profiles, at a distance.

From PyPI, each in its own virtual environment: awsume, the AWS CLI (version 1, since
version 2 is not on PyPI), a bare boto3 script. From PATH, if installed: Granted's
`assumego`, `aws-vault`, an AWS CLI that has `export-credentials`. Granted and aws-vault
keep secrets in encrypted files here, as they do where there is no keychain.
"""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from .fixture import FEW, KEY_ID, MANY, ROOT, SECRET, Fixture, Home, relayed, remote_home, secure, virtualenv
from .measure import Case, Row, in_turn, process, row
from .rows import boto3, check_switch, warm_up

PASSWORD = "of-the-bench"
GRANTED = """\
DefaultBrowser = "STDOUT"
CustomSSOBrowserPath = ""
Ordering = "Alphabetical"

[Keyring]
Backend = "file"
"""
DISTANCE_MS = 60
FAR = ("boto3 script", "granted", "aws-vault")  # those that are measured at a distance


@dataclass(frozen=True)
class Peer:
    """A tool: its command for taking `role`, its variables, and what its cache is, as patterns below HOME.

    `prepare` sets the tool up in a home, as its wizard would.
    """

    name: str
    words: list[str]
    env: dict[str, str]
    keeps: tuple[str, ...] = ()
    prepare: Callable[[Home], None] = lambda _: None

    def forget(self, home: Home) -> None:
        """Empties the tool's cache."""
        for pattern in self.keeps:
            for path in home.folder.glob(pattern):
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink()

    def case(self, home: Home, profile: str = "role") -> Case:
        words = [profile if word == "role" else word for word in self.words]
        return partial(process, words, home.env | self.env)

    def fault(self, home: Home) -> str | None:
        """Why the tool cannot be measured here; None if it can."""
        try:
            self.prepare(home)
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
        env = {"GRANTED_ALIAS_CONFIGURED": "true", "CF_KEYRING_FILE_PASSWORD": PASSWORD}
        peers.append(Peer("granted", [on_path, "role"], env, (".granted/secure-storage*",), granted))
    if on_path := shutil.which("aws-vault"):
        env = {"AWS_VAULT_BACKEND": "file", "AWS_VAULT_FILE_PASSPHRASE": PASSWORD}
        words = [on_path, "exec", "role", "--", "/bin/true"]
        peers.append(Peer("aws-vault", words, env, (".awsvault/keys/sts*",), partial(vault, on_path, env)))
    return peers


def granted(home: Home) -> None:
    """Granted's own config; without it, its wizard starts."""
    folder = home.folder / ".granted"
    folder.mkdir(exist_ok=True)
    (folder / "config").write_text(GRANTED)


def vault(program: str, env: dict[str, str], home: Home) -> None:
    """Puts the user's keys into aws-vault."""
    keys = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET}
    subprocess.run([program, "add", "--env", "user"], env=home.env | env | keys, check=True, capture_output=True)


def compared(fixture: Fixture, runs: int) -> list[Row]:
    """assume compared with the other tools."""
    rows = []
    peers = found(fixture)
    for peer in [*peers]:
        if fault := next(filter(None, map(peer.fault, fixture.homes.values())), None):  # also fills the tool's cache
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
    return rows + table("cold, loopback", in_turn(cases, count)) + distant(fixture, count, peers)


def distant(fixture: Fixture, count: int, peers: list[Peer]) -> list[Row]:
    """A cold switch over TLS at a distance, with one hop and with three."""
    rows = []
    sts, bundle = fixture.open_until.enter_context(secure(fixture))
    with relayed(int(sts.url.rpartition(":")[2]), DISTANCE_MS) as port:
        home = remote_home(fixture, port, bundle)
        for profile, what in (("role", "one hop"), ("third", "three hops")):
            cases: dict[str, Case] = {
                "bare": partial(process, fixture.program.bare, home.env),
                "assume": with_empty_cache(home.forget, ours(fixture, home, profile)),
            }
            for peer in peers:
                if peer.name in FAR:
                    cases[peer.name] = with_empty_cache(partial(peer.forget, home), peer.case(home, profile))
            seconds = in_turn(cases, count)
            rows += table(f"cold, {DISTANCE_MS} ms away, {what}", seconds)
            if "granted" in cases:
                said = f"cold, {DISTANCE_MS} ms away, {what}, to Granted"
                rows.append(row(said, seconds, "assume", 1.15, "granted", "Granted"))
    return rows


def ours(fixture: Fixture, home: Home, profile: str = "role") -> Case:
    """The switch of assume."""
    return partial(process, fixture.program.use(profile), home.env)


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
