"""Homes in which a role is in use, and the edits to their files.

A `Place` is a home with AWS files in which `dev` is in use: its entry and pointer
are stored, and the warm lane answers. An `Edit` changes it; `gives` is the result
that the next call must have: the role's name, or words of the error.
"""

import os
import shutil
from collections.abc import Callable
from contextlib import chdir
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from botocore.credentials import SSOProvider
from botocore.tokens import SSOTokenProvider

from assume import arguments
from assume.aws import client
from assume.cold.take import take
from assume.demo import config
from assume.fast import warm
from assume.simulator.iam import Trust
from assume.simulator.sts import Sts
from assume.simulator.world import World

from .simulator.clients import MODELS, stripped

ACCOUNT = config.HOME_ACCOUNT
ALICE, ALICES_SECOND, BOB = "AKIAALICEALICEALICE1", "AKIAALICEALICEALICE2", "AKIABOBBOBBOBBOBBOB1"
SECRET = "of-nobody/but+the-tests"
ROLES = "r1 r2 mid ml2".split()
CONFIG = f"""\
[profile dev]
role_arn = arn:aws:iam::{ACCOUNT}:role/r1
source_profile = mid
region = eu-west-1

[profile mid]
role_arn = arn:aws:iam::{ACCOUNT}:role/mid
source_profile = base

[profile base]
region = eu-west-1

[profile els]
region = eu-west-2
"""
CREDENTIALS = f"[base]\naws_access_key_id = {ALICE}\naws_secret_access_key = {SECRET}\n"
OF_BOB = f"[base]\naws_access_key_id = {BOB}\naws_secret_access_key = {SECRET}\n"


def people() -> World:
    """The demo's world, with a user of two keys, another user, and roles that anyone may assume."""
    world = config.world()
    world.user(ACCOUNT, "alice", ALICE, SECRET)
    world.key(world.keys[ALICE].user_arn, ALICES_SECOND, SECRET)
    world.user(ACCOUNT, "bob", BOB, SECRET)
    for name in ROLES:
        world.role(f"arn:aws:iam::{ACCOUNT}:role/{name}", Trust(("*",)), max_duration_s=43200)
    return world


@dataclass
class Seen:
    """The result of a call: role and region, the number of STS calls, the key that signed the first one."""

    role: str = ""
    region: str = ""
    export: str = ""
    calls: int = 0
    signed_by: str | None = None
    error: str = ""
    key_id: str = ""
    params: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Place:
    """One home. `environment` is the whole environment; `profile` is the one in use."""

    home: Path
    world: World
    sts: Sts
    profile: str = "dev"
    environment: dict[str, str] = field(default_factory=dict)
    cwd: Path = Path("/")
    first: Seen = field(default_factory=Seen)

    @property
    def config(self) -> Path:
        return self.home / ".aws" / "config"

    @property
    def credentials(self) -> Path:
        return self.home / ".aws" / "credentials"

    def make(self) -> None:
        """Writes the files as they are before the edit."""
        config.build(self.home, self.sts.url, self.world, self.sts.clock())
        self.config.write_text(self.config.read_text() + "\n" + CONFIG)
        self.credentials.write_text(self.credentials.read_text() + "\n" + CREDENTIALS)
        self.environment = stripped(os.environ) | {
            "HOME": str(self.home),
            "USER": "alice",
            "AWS_ENDPOINT_URL_STS": self.sts.url,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def take(self) -> Seen:
        """`assume PROFILE` on the cheapest lane, in this process."""
        options = arguments.read([self.profile])
        assert options is not None
        before = len(self.sts.calls)
        cache = str(self.home / ".aws" / "sso" / "cache")
        with mock.patch.dict(os.environ), chdir(self.cwd):
            mock.patch.object(client, "_loader", lambda _session: MODELS).start()
            for reader in (SSOProvider, SSOTokenProvider):  # they look up HOME once, when they are imported
                mock.patch.object(reader, "_SSO_TOKEN_CACHE_DIR", cache).start()
            try:
                taken = take(options, dict(self.environment))
            except Exception as error:
                return Seen(error=str(error))
            finally:
                mock.patch.stopall()
        caller = self.world.caller(taken.credentials.key_id)
        assert caller is not None
        calls = self.sts.calls[before:]
        return Seen(
            role=caller.principal.rpartition("/")[2],
            region=taken.known["region"],
            export=taken.known["export"],
            calls=len(calls),
            signed_by=calls[0].key_id if calls else None,
            key_id=taken.credentials.key_id,
            params=[dict(call.params) for call in calls],
        )

    def is_warm(self, now: float) -> bool:
        """True if the warm lane has an answer."""
        options = arguments.read([self.profile])
        assert options is not None
        return warm.hit(options, dict(self.environment), now) is not None


@dataclass(frozen=True)
class Edit:
    """One kind of edit, and the result that the next call must have: a role's name, or words of the error.

    `calls`: the number of STS calls, None for any; `before` prepares the place; `also` checks the answer further.
    """

    name: str
    change: Callable[[Place], object]
    gives: str = "r1"
    calls: int | None = None
    region: str = "eu-west-1"
    before: Callable[[Place], object] = lambda _place: None
    is_warm: bool = True  # before the edit; a relative path never is
    also: Callable[[Place, Seen], bool] = lambda _place, _seen: True


def set_line(file: Path, old: str, new: str) -> None:
    """Writes the file in place, with one text in place of another."""
    text = file.read_text()
    assert text.count(old) == 1, (old, text.count(old))
    file.write_text(text.replace(old, new))


def to_r2(place: Place) -> None:
    """The same number of bytes, another role."""
    set_line(place.config, ":role/r1\n", ":role/r2\n")


def add(line: str, profile: str = "dev") -> Callable[[Place], None]:
    """Adds a line to a profile."""
    return lambda place: set_line(place.config, f"[profile {profile}]\n", f"[profile {profile}]\n{line}\n")


def put(line: str, other: str) -> Callable[[Place], None]:
    """Replaces a line that is in the config file once."""
    return lambda place: set_line(place.config, line, other)


def rotated(place: Place) -> None:
    """Alice's other key, in the same number of bytes."""
    set_line(place.credentials, "ALICE1\n", "ALICE2\n")


def to_folder(place: Place) -> None:
    """Replaces the config file by a folder."""
    place.config.unlink()
    place.config.mkdir()


def then(*changes: Callable[[Place], object]) -> Callable[[Place], None]:
    """Makes the changes one after the other."""

    def all_of_them(place: Place) -> None:
        for change in changes:
            change(place)

    return all_of_them


def kept(change: Callable[[Place], object], name: str = "config") -> Callable[[Place], None]:
    """Makes the change and restores the times of the file (`touch -r`)."""

    def both(place: Place) -> None:
        file = place.config.with_name(name)
        seen = file.stat()
        change(place)
        os.utime(file, ns=(seen.st_atime_ns, seen.st_mtime_ns))

    return both


def aside(change: Callable[[Place], object], name: str = "config.new") -> Callable[[Place], Path]:
    """The change made to a copy beside the config file, its times those of the original (`cp -p`, `rsync -a`)."""

    def copied(place: Place) -> Path:
        other = Place(place.home, place.world, place.sts)
        file = place.config.with_name(name)
        saved = place.config.read_bytes()
        seen = place.config.stat()
        change(other)
        file.write_bytes(place.config.read_bytes())
        place.config.write_bytes(saved)
        for each in (file, place.config):
            os.utime(each, ns=(seen.st_atime_ns, seen.st_mtime_ns))
        return file

    return copied


def renamed(place: Place) -> None:
    """As an editor saves: a new file, renamed over the old one."""
    aside(to_r2)(place).replace(place.config)


def copied_over(place: Place) -> None:
    """`cp -p other config`: in place, with the other's times."""
    other = place.config.with_name("other")
    seen = other.stat()
    place.config.write_bytes(other.read_bytes())
    os.utime(place.config, ns=(seen.st_atime_ns, seen.st_mtime_ns))


def linked(place: Place) -> None:
    """Makes the config file a link, as in dotfiles; a second target differs only in the role."""
    aside(to_r2, "second")(place)
    place.config.rename(place.config.with_name("first"))
    place.config.symlink_to("first")


def turned(place: Place) -> None:
    """Points the link at the second target."""
    place.config.unlink()
    place.config.symlink_to("second")


def folder_linked(place: Place) -> None:
    """Makes the whole folder a link; the store is outside it."""
    place.environment["ASSUME_HOME"] = str(place.home / "store")
    (place.home / ".aws").rename(place.home / "aws-1")
    shutil.copytree(place.home / "aws-1", place.home / "aws-2")
    (place.home / ".aws").symlink_to("aws-2")
    to_r2(place)
    folder_turned(place, "aws-1")


def folder_turned(place: Place, to: str = "aws-2") -> None:
    """Points the folder's link at another folder."""
    (place.home / ".aws").unlink()
    (place.home / ".aws").symlink_to(to)


def projects(place: Place) -> None:
    """Two projects, each with its own `aws/config`; the current directory is the first."""
    place.environment["AWS_CONFIG_FILE"] = "aws/config"  # relative to the current directory
    for name in ("two", "one"):
        (place.home / name / "aws").mkdir(parents=True)
        shutil.copy2(place.config, place.home / name / "aws" / "config")
    set_line(place.home / "two" / "aws" / "config", ":role/r1\n", ":role/r2\n")
    place.cwd = place.home / "one"


def variable(name: str, value: str) -> Callable[[Place], None]:
    """Another value of a variable; {home} is the place's."""
    return lambda place: place.environment.update({name: value.format(home=place.home)})


def both_variables(place: Place) -> None:
    """AWS_CONFIG_FILE names the first of two projects' files."""
    projects(place)
    place.environment["AWS_CONFIG_FILE"] = str(place.home / "one" / "aws" / "config")


def second_home(place: Place) -> None:
    """Another home beside it, where dev is r2; the store is shared."""
    place.environment["ASSUME_HOME"] = str(place.home / "store")
    shutil.copytree(place.home / ".aws", place.home / "other" / ".aws")
    set_line(place.home / "other" / ".aws" / "config", ":role/r1\n", ":role/r2\n")


def of_bob(place: Place) -> None:
    """A second credentials file, in which base is bob."""
    place.credentials.with_name("bobs").write_text(OF_BOB)


def keys_in_config(place: Place) -> None:
    """No credentials file: base's keys are in the config file."""
    place.credentials.unlink()
    keys = CREDENTIALS.partition("\n")[2]
    set_line(place.config, "[profile base]\n", f"[profile base]\n{keys}")


def only_credentials(place: Place) -> None:
    """No config file: all of it is in the credentials file."""
    text = CONFIG.replace("[profile ", "[").replace("[base]\n", CREDENTIALS)
    place.credentials.write_text(text)
    place.config.unlink()
