"""The right identity after every kind of edit, also on file systems whose times are whole seconds.

Each kind has a place in which the role is stored and the warm lane answers. All
places are made first, so that the two seconds after which a file is trusted
pass once. The `ext4` places are on a file system with 128-byte inodes, on a loop
mount; the `rounded` ones get stat results without fractions of a second.
"""

import os
import shutil
import subprocess
import time
from types import SimpleNamespace

import pytest

from assume.demo import config
from assume.simulator.sts import serve
from assume.store import record

from .edits import (
    ALICES_SECOND,
    BOB,
    OF_BOB,
    SECRET,
    Edit,
    Place,
    add,
    aside,
    both_variables,
    copied_over,
    folder_linked,
    folder_turned,
    kept,
    keys_in_config,
    linked,
    of_bob,
    only_credentials,
    people,
    projects,
    put,
    renamed,
    rotated,
    second_home,
    set_line,
    then,
    to_folder,
    to_r2,
    turned,
    variable,
)

TRUSTED_AFTER_S = 2.1
ROOT_USER = hasattr(os, "geteuid") and os.geteuid() == 0


def signed_by(key_id):
    return lambda _place, seen: seen.signed_by == key_id


def sent(name, value):
    return lambda _place, seen: seen.params[-1].get(name) == value


def another(place, seen):
    return seen.key_id != place.first.key_id


def the_same(place, seen):
    return seen.key_id == place.first.key_id


def sso_file(place):
    (file,) = (place.home / ".aws" / "sso" / "cache").iterdir()
    return file


def signed_in_again(place):
    """`aws sso login` again: another token for the same person, of the same length."""
    old = sso_file(place).read_text()
    config._sign_in(place.home / ".aws", place.world, place.world.roles[config.SSO_ROLE], place.sts.clock())
    assert sso_file(place).read_text() != old


def identified_again(place):
    """Another web identity, of the same provider."""
    (provider,) = place.world.providers.values()
    now = place.sts.clock()
    (place.home / ".aws" / "web-identity").write_text(place.world.web_identity(provider, "job:other", now))


def as_sso(place):
    place.profile = "sso-reader"


def as_web(place):
    place.profile = "web-identity"


EDITS = [
    # how the file is written
    Edit("in place", put(":role/r1\n", ":role/mid\n"), "mid"),
    Edit("in place, of the same size", to_r2, "r2"),
    Edit("in place, of the same size, times put back (touch -r)", kept(to_r2), "r2"),
    Edit("a new file renamed over it, times and size kept", renamed, "r2"),
    Edit("copied over it, times and size kept (cp -p)", copied_over, "r2", before=aside(to_r2, "other")),
    Edit("a link turned to another file, alike in times and size", turned, "r2", before=linked),
    Edit("the file behind a link edited", kept(to_r2), "r2", before=linked),
    Edit("the folder's link turned", folder_turned, "r2", before=folder_linked),
    Edit("touched only", lambda place: os.utime(place.config), calls=0, also=the_same),
    Edit("written again as it was", lambda place: place.config.write_text(place.config.read_text()), calls=0),
    Edit("its mode changed", lambda place: place.config.chmod(0o640), calls=0, also=the_same),
    Edit("a copy of itself renamed over it", lambda place: aside(lambda _: 0)(place).replace(place.config), calls=0),
    # files that come and go
    Edit("the config file goes", lambda place: place.config.unlink(), "no such profile"),
    Edit("the credentials file goes", lambda place: place.credentials.unlink(), "is a source profile and has no cred"),
    Edit("the credentials file appears, with other keys", lambda place: place.credentials.write_text(OF_BOB),
         also=signed_by(BOB), before=keys_in_config),
    Edit("the config file appears, with another role",
         lambda place: place.config.write_text("[profile dev]\nregion = eu-west-2\n"), region="eu-west-1",
         before=only_credentials),
    Edit("the config file becomes a folder", to_folder, "no such"),
    Edit("everything goes", lambda place: shutil.rmtree(place.home / ".aws"), "no profiles"),
    # where the files are
    Edit("another directory, with a relative AWS_CONFIG_FILE",
         lambda place: setattr(place, "cwd", place.home / "two"), "r2", before=projects, is_warm=False),
    Edit("a relative AWS_CONFIG_FILE edited", lambda place: set_line(place.home / "one/aws/config", "/r1\n", "/r2\n"),
         "r2", before=projects, is_warm=False),
    Edit("two projects, two configs", variable("AWS_CONFIG_FILE", "{home}/two/aws/config"), "r2",
         before=both_variables),
    Edit("AWS_SHARED_CREDENTIALS_FILE", variable("AWS_SHARED_CREDENTIALS_FILE", "{home}/.aws/bobs"),
         also=signed_by(BOB), before=of_bob),
    Edit("HOME", variable("HOME", "{home}/other"), "r2", before=second_home),
    Edit("HOME, behind ~ in AWS_CONFIG_FILE", variable("HOME", "{home}/other"), "r2",
         before=then(second_home, variable("AWS_CONFIG_FILE", "~/.aws/config"))),
    Edit("a variable in AWS_CONFIG_FILE", variable("WHERE", "two"), "r2",
         before=then(projects, variable("WHERE", "one"), variable("AWS_CONFIG_FILE", "{home}/$WHERE/aws/config"))),
    # whose keys
    Edit("keys rotated", rotated, also=signed_by(ALICES_SECOND)),
    Edit("keys of another user", lambda place: place.credentials.write_text(OF_BOB), also=signed_by(BOB)),
    Edit("keys rotated, times put back", kept(rotated, "credentials"), also=signed_by(ALICES_SECOND)),
    Edit("an SSO sign-in replaced", signed_in_again, config.SSO_ROLE.rpartition("/")[2], region="us-west-2",
         before=as_sso, also=another),
    Edit("an SSO sign-in gone (aws sso logout)", lambda place: sso_file(place).unlink(), "assume login",
         before=as_sso),
    Edit("a web identity replaced", identified_again, "RoleNameToAssume", region="us-west-2", before=as_web,
         also=another),
    Edit("a web identity gone", lambda place: (place.home / ".aws/web-identity").unlink(), "cannot be read",
         before=as_web),
    # what the files say
    Edit("the role", to_r2, "r2"),
    Edit("the role of the hop before", put(":role/mid\n", ":role/ml2\n"), calls=2, also=another),
    Edit("source_profile", put("source_profile = mid\n", "source_profile = base\n"), calls=1, also=another),
    Edit("external_id", add("external_id = xy"), calls=1, also=sent("ExternalId", "xy")),
    Edit("duration_seconds", add("duration_seconds = 1800"), calls=1, also=sent("DurationSeconds", "1800")),
    Edit("role_session_name", add("role_session_name = me"), calls=1, also=sent("RoleSessionName", "me")),
    Edit("source_identity", add("source_identity = me"), "STS refused"),
    Edit("session_tags", add("session_tags = a=b"), "STS refused"),
    Edit("mfa_serial", add("mfa_serial = arn:aws:iam::123456789012:mfa/alice"), "there is no terminal to ask on"),
    Edit("region", put("region = eu-west-1\n\n[profile mid]", "region = eu-west-3\n\n[profile mid]"),
         region="eu-west-3"),
    Edit("assume_export", add("assume_export = keys"), calls=0, also=lambda _place, seen: seen.export == "keys"),
    Edit("assume_confirm", add("assume_confirm = yes"), "is guarded"),
    Edit("assume_read_only", add("assume_read_only = yes"), calls=1,
         also=lambda _place, seen: "ReadOnlyAccess" in str(seen.params)),
    Edit("keys of its own beside the role of the hop before",
         add(f"aws_access_key_id = {BOB}\naws_secret_access_key = {SECRET}", "mid"), calls=1, also=signed_by(BOB)),
    Edit("[DEFAULT], which is every section's", lambda place: place.config.write_text(
        "[DEFAULT]\nrole_session_name = all\n" + place.config.read_text()), also=sent("RoleSessionName", "all")),
    Edit("the profile goes", put("[profile dev]\n", "[profile old]\n"), "no such profile"),
    Edit("the profile's source goes", put("[profile mid]\n", "[profile old]\n"), "mid does not exist"),
    Edit("a second section of the same name", lambda place: place.config.write_text(
        place.config.read_text() + f"\n[profile dev]\nrole_arn = arn:aws:iam::{config.HOME_ACCOUNT}:role/r2\n"), "r2"),
    Edit("another profile alone", put("region = eu-west-2\n", "region = eu-west-3\n"), calls=0, also=the_same),
    Edit("a comment", lambda place: place.config.write_text("# note\n" + place.config.read_text()), calls=0),
    # the environment
    Edit("AWS_ENDPOINT_URL_STS", variable("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9"), "STS was not reached"),
    Edit("AWS_DEFAULT_REGION", variable("AWS_DEFAULT_REGION", "eu-west-3"), calls=2, also=another),
    Edit("ASSUME_EXPORT", variable("ASSUME_EXPORT", "keys"), calls=0, also=lambda _place, seen: seen.export == "keys"),
]  # fmt: skip


class Rounded:
    """The system's calls, with stamps of whole seconds."""

    def __getattr__(self, name):
        return getattr(os, name)

    @staticmethod
    def stat(path):
        seen = os.stat(path)
        names = "st_mode st_ino st_dev st_nlink st_uid st_gid st_size".split()
        whole = {name: getattr(seen, name) for name in names}
        for name in ("st_mtime", "st_ctime"):
            whole[name] = float(int(getattr(seen, name)))
            whole[name + "_ns"] = int(whole[name]) * 1_000_000_000
        return SimpleNamespace(**whole)


@pytest.fixture(scope="module", params=["as it is", "rounded", "ext4"])
def disk(request, tmp_path_factory):
    """A folder on each kind of file system."""
    folder = tmp_path_factory.mktemp("disk")
    if request.param == "rounded":
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(record, "system", Rounded())
            yield folder
    elif request.param == "ext4":
        yield from mounted(folder)
    else:
        yield folder


def mounted(folder):
    """A file system with stamps of whole seconds."""
    image, point = folder / "image", folder / "mounted"
    point.mkdir()
    mkfs = shutil.which("mkfs.ext4", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    if mkfs is None or not ROOT_USER:
        pytest.skip("a loop mount takes root and mkfs.ext4")
    with image.open("wb") as file:
        file.truncate(64 << 20)
    subprocess.run([mkfs, "-q", "-I", "128", str(image)], check=True, capture_output=True)
    done = subprocess.run(["mount", "-o", "loop", str(image), str(point)], capture_output=True)
    if done.returncode:
        pytest.skip(f"no loop mount here: {done.stderr.decode().strip()}")
    try:
        assert point.stat().st_mtime_ns % 1_000_000_000 == 0
        yield point
    finally:
        subprocess.run(["umount", "-l", str(point)], check=True)


@pytest.fixture(scope="module")
def running():
    world = people()
    with serve(world, time.time) as sts:
        yield world, sts


@pytest.fixture(scope="module")
def places(disk, running):
    """A place for each edit, in which the warm lane answers."""
    world, sts = running
    made = {}
    for number, edit in enumerate(EDITS):
        place = made[edit.name] = Place(disk / str(number), world, sts)
        place.make()
        edit.before(place)
        place.first = place.take()
        assert not place.first.error, (edit.name, place.first)
    time.sleep(TRUSTED_AFTER_S)  # what a file system with stamps of whole seconds makes us wait for
    for edit in EDITS:
        made[edit.name].first = made[edit.name].take()  # a sign-in as young as that was not trusted at first
        again = made[edit.name].take()
        assert (again.calls, again.key_id) == (0, made[edit.name].first.key_id), edit.name
        assert made[edit.name].is_warm(time.time()) == edit.is_warm, edit.name
    return made


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_the_next_call_sees_the_edit(places, edit):
    place = places[edit.name]
    edit.change(place)
    seen = place.take()
    if seen.error:
        assert edit.gives in seen.error, seen
        return
    assert (seen.role, seen.region) == (edit.gives, edit.region), seen
    assert edit.calls in (None, seen.calls), seen
    assert edit.also(place, seen), (place.first, seen)


@pytest.mark.parametrize("change", [to_r2, kept(to_r2), renamed], ids=["in place", "touch -r", "renamed"])
def test_an_edit_in_the_same_second_and_of_the_same_size_is_seen(disk, running, change, tmp_path):
    """The pointer is written while the file is too young for its times to be trusted."""
    for number in range(5):
        place = Place(disk / f"{tmp_path.name}-{number}", *running)
        place.make()
        assert place.take().role == "r1"
        assert place.take().calls == 0
        change(place)
        assert place.take().role == "r2"


def test_there_are_forty_kinds_each_once():
    assert len(EDITS) >= 40
    assert len({edit.name for edit in EDITS}) == len(EDITS)
