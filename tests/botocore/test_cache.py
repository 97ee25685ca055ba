"""Differential table, caches: the entries of the AWS CLI's cache, and where we differ. Facts are about botocore.

The other side is botocore with the file cache of AWS CLI v1. Neither side has a configured
endpoint, so the cache is shared.
"""

import os
import stat
from pathlib import Path
from typing import Any

import botocore.credentials
import botocore.session
import pytest
from botocore.utils import JSONFileCache

from ..simulator.clients import MODELS
from .both import failed
from .people import ALICE, BOB

TWO = """
[profile of-alice]
role_arn = <r1>
source_profile = a
region = us-west-2
[profile of-bob]
role_arn = <r1>
source_profile = b
region = us-west-2
[profile a]
<alice>
[profile b]
<bob>
"""
ONE = TWO.replace("of-bob", "other").replace("<r1>\nsource_profile = b", "<r2>\nsource_profile = b")


@pytest.fixture
def env(both):
    return {"AWS_CA_BUNDLE": str(both.bundle)}


def cli(both, profile, env):
    """The answer of an AWS CLI with its cache."""

    def asked():
        session = botocore.session.Session(profile=profile)
        session.register_component("data_loader", MODELS)
        cache: Any = JSONFileCache(str(folder(both)))
        found = botocore.credentials.create_credential_resolver(session, cache=cache).load_credentials()
        assert found is not None
        frozen = found.get_frozen_credentials()
        return frozen.access_key, frozen.secret_key, frozen.token or ""

    return both._answer(asked, env, Exception)


def folder(both) -> Path:
    path: Path = both.home / ".aws/cli/cache"
    return path


def signers(both):
    return [call.key_id for call in both.tls.calls]


def test_two_profiles_with_one_role_and_different_sources_share_an_entry(both, env):
    """*Differs, because* asking for bob's session of the role must give bob's."""
    both.write(TWO)
    first = cli(both, "of-alice", env)
    second = cli(both, "of-bob", env)
    assert (second.calls, second.keys) == ((), first.keys)
    both.ours("of-alice", env)
    assert signers(both) == [ALICE]
    both.ours("of-bob", env)
    assert signers(both) == [BOB]


def test_a_changed_source_profile_keeps_serving_the_old_one(both, env):
    """*Differs, because* an edited profile never gets the old role."""
    both.write(ONE)
    cli(both, "of-alice", env)
    both.ours("of-alice", env)
    both.write(ONE.replace("source_profile = a", "source_profile = b"))
    assert cli(both, "of-alice", env).calls == ()
    both.ours("of-alice", env)
    assert signers(both) == [BOB]


def test_the_cache_is_shared_with_botocore_both_ways(both, env):
    """*Agrees*: botocore's own key and format."""
    both.write(ONE)
    theirs = cli(both, "of-alice", env)
    assert both.ours("of-alice", env).keys == theirs.keys
    ours = both.ours("other", env)
    assert (len(ours.calls), cli(both, "other", env).keys) == (1, ours.keys)


def test_a_broken_neighbour_with_the_same_role_does_no_harm(both, env):
    """*Differs, because* one bad line does not make the other profiles of the file unusable."""
    both.write(ONE + "[profile broken]\nthis is no setting\nrole_arn = <r1>\n")
    assert failed(cli(both, "of-alice", env)) == "ConfigParseError"
    assert "/r1/" in both.ours("of-alice", env).identity
    assert not list(folder(both).glob("*")), "the neighbour may share the key: nothing is left in the CLI's cache"


def test_folders_are_made_with_the_umask_and_not_tightened(both, env):
    """*Differs, because* what we make is ours alone; a folder that is there already stays as it is."""
    both.write(ONE)
    before = os.umask(0o022)
    try:
        cli(both, "of-alice", env)
        assert stat.S_IMODE(folder(both).stat().st_mode) == 0o755
        for path in folder(both).iterdir():
            path.unlink()
        folder(both).rmdir()
        both.ours("of-alice", env)
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder(both).stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in folder(both).iterdir()] == [0o600]


@pytest.mark.parametrize("content", [b"", b"{", b"{}"])
def test_a_torn_empty_or_bare_file_is_a_key_error_until_it_is_removed(both, env, content):
    """*Differs, because* it is a miss that heals, for the AWS CLI too."""
    both.write(ONE)
    cli(both, "of-alice", env)
    (entry,) = folder(both).iterdir()
    entry.write_bytes(content)
    assert failed(cli(both, "of-alice", env)) == "KeyError"
    assert failed(cli(both, "of-alice", env)) == "KeyError"
    assert both.ours("of-alice", env).error is None
    assert cli(both, "of-alice", env).error is None


def test_a_cache_path_that_cannot_be_created_fails_the_whole_call(both, env):
    """*Differs, because* the store never stands between a user and credentials."""
    both.write(ONE)
    (both.home / ".aws/cli").write_text("in the way")
    assert failed(cli(both, "of-alice", env)) in ("FileExistsError", "NotADirectoryError")
    assert both.ours("of-alice", env).error is None


def test_duration_seconds_900_never_hits(both, env):
    """*Differs, because* what is short is fresh while a third of it is left."""
    both.write(ONE.replace("<r1>\n", "<r1>\nduration_seconds = 900\n"))
    assert [len(cli(both, "of-alice", env).calls) for _ in range(2)] == [1, 1]
    for entry in folder(both).iterdir():
        entry.unlink()
    assert [len(both.ours("of-alice", env).calls) for _ in range(2)] == [1, 0]


def test_botocore_takes_aws_default_profile_before_aws_profile(both, env):
    """So a tool that sets AWS_PROFILE must unset AWS_DEFAULT_PROFILE, or boto3 in that shell is someone else."""
    both.write(TWO)
    wrong = both.botocore(None, env | {"AWS_DEFAULT_PROFILE": "b", "AWS_PROFILE": "a"})
    assert wrong.identity.endswith("user/bob")
    gone = both.botocore(None, env | {"AWS_DEFAULT_PROFILE": "gone", "AWS_PROFILE": "a"})
    assert failed(gone) == "ProfileNotFound"
    assert both.ours("a", env | {"AWS_DEFAULT_PROFILE": "gone"}).identity.endswith("user/alice")
