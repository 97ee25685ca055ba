"""The AWS CLI's cache, shared both ways: no second question, never a wrong identity, gone after `clear`.

An endpoint of one's own turns sharing off, so the calls get here by HTTPS_PROXY and a
certificate authority of our own, as to the real STS. The other side is the real `aws`.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assume.aws import cli_cache
from assume.demo import config
from assume.profiles.chain import Hop
from assume.simulator.iam import Trust
from assume.simulator.sts import serve

from ..program import Program, actions

AWS = shutil.which("aws", path=str(Path(sys.executable).parent))
needs_aws = pytest.mark.skipif(AWS is None, reason="the real `aws` is not installed here")
MFA = config.CLI_USER_MFA


@pytest.fixture
def proxy(world, made_up_authority):
    """A proxy that plays every host of AWS's."""
    with serve(world, time.time, tunnel=made_up_authority[1]) as running:
        yield running


@pytest.fixture
def shared(program, proxy, made_up_authority):
    """The command line in a home whose profiles name no endpoint; an hour ago its files were written."""
    lines = program.home.config.read_text().splitlines(keepends=True)
    program.home.config.write_text("".join(line for line in lines if not line.startswith("endpoint_url")))
    for path in (program.home.config, program.home.credentials, program.home.web_identity):
        os.utime(path, (time.time() - 3600,) * 2)
    variables = {"HTTPS_PROXY": proxy.url, "AWS_CA_BUNDLE": str(made_up_authority[0]), "USER": "tester"}
    home = replace(program.home, environment=program.home.environment | variables)
    return Program(home, proxy, program.world, program.streams)


def aws(program, profile, code=""):
    """`aws --profile PROFILE sts get-caller-identity`, with no terminal: the ARN, or what it said."""
    command = [str(AWS), "sts", "get-caller-identity", "--profile", profile, "--output", "json"]
    done = subprocess.run(
        command, input=code, env=program.home.environment, start_new_session=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)["Arn"] if done.returncode == 0 else done.stderr


def cache(program):
    return sorted((program.home.path / ".aws/cli/cache").glob("*.json"))


def calls_after(sts, action):
    """What STS was asked by `action()`, and what came of it."""
    before = len(sts.calls)
    result = action()
    return actions(sts)[before:], result


@pytest.mark.once
@needs_aws
def test_after_assume_with_mfa_aws_asks_nothing_and_calls_no_assume_role(shared, proxy):
    shared.answers = [shared.code(MFA)]
    mine = shared.session(shared.keys("role-with-mfa"))
    asked, arn = calls_after(proxy, lambda: aws(shared, "role-with-mfa"))
    assert (asked, arn) == (["GetCallerIdentity"], mine.arn)
    assert proxy.calls[-1].key_id == mine.key_id


@pytest.mark.once
@needs_aws
def test_after_aws_with_mfa_assume_asks_nothing_and_calls_nobody(shared, proxy):
    arn = aws(shared, "role-with-mfa", shared.code(MFA))
    assert arn.startswith("arn:aws:sts::128716708097:assumed-role/cli-role/botocore-session-")
    asked, keys = calls_after(proxy, lambda: shared.keys("role-with-mfa"))
    assert (asked, shared.asked, shared.session(keys).arn) == ([], [], arn)
    assert shared.fast("use", "--shell", "bash", "role-with-mfa") is not None, "from now on it is ours, and a hit"


@pytest.mark.once
@needs_aws
@pytest.mark.parametrize("profile", ["namedsessionrole", "workload", "web-identity"])
def test_both_ways_for_a_role_of_each_kind(shared, proxy, profile):
    mine = shared.session(shared.keys(profile))
    asked, arn = calls_after(proxy, lambda: aws(shared, profile))
    assert (asked[-1], arn) == ("GetCallerIdentity", mine.arn)
    assert proxy.calls[-1].key_id == mine.key_id, "the very same credentials"
    assert shared("clear", "--all").status == 0
    assert cache(shared) == []
    theirs = aws(shared, profile)
    asked, keys = calls_after(proxy, lambda: shared.keys(profile))
    assert asked == [], "taken from the AWS CLI's cache"
    assert shared.session(keys).arn == theirs


@pytest.mark.once
@needs_aws
def test_clear_removes_an_entry_whoever_wrote_it(shared):
    aws(shared, "hub")
    assert len(cache(shared)) == 1
    assert shared("clear", "hub").status == 0
    assert cache(shared) == []


def test_an_entry_has_botocores_key_and_format_and_is_for_its_owner_alone(shared):
    shared.keys("hub")
    (entry,) = cache(shared)
    text = json.dumps({"RoleArn": config.HUB}, sort_keys=True)
    assert entry.stem == hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
    assert entry.stat().st_mode & 0o777 == 0o600
    content = json.loads(entry.read_text())
    assert set(content["Credentials"]) >= {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}
    assert content["Credentials"]["Expiration"].endswith("UTC")


KEYS = [
    # what is configured, and the key that botocore gives it
    ({"role_arn": "arn:aws:iam::123456789012:role/marketingadminrole"}, "8e3e980585dddb1d2841b4fab7107e2a3ec02cb0"),
    (
        {"role_arn": "arn:aws:iam::123456789012:role/external", "duration_s": 1800, "session_name": "alice",
         "external_id": "Corp/2024:secret-handshake@x,y=z"},
        "a9e4c989636c0f09c888c2c3afdaf84f50f40598",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "key"), KEYS)
def test_the_key_is_botocores(fields, key):
    hop = Hop("p", fields["role_arn"])
    for name, value in fields.items():
        setattr(hop, name, value)
    assert cli_cache.key_of(hop) == key


def edit(program, old, new):
    """An edit of the config file, now."""
    text = program.home.config.read_text()
    assert old in text
    program.home.config.write_text(text.replace(old, new, 1))


def write_theirs(program, hop_arn, session):
    """An entry as an AWS CLI would have left it just now."""
    key = hashlib.sha1(json.dumps({"RoleArn": hop_arn}).encode(), usedforsecurity=False).hexdigest()
    path = program.home.path / ".aws/cli/cache" / f"{key}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    ends = time.strftime("%Y-%m-%dT%H:%M:%SUTC", time.gmtime(session.expires_at))
    given = {"AccessKeyId": session.key_id, "SecretAccessKey": session.secret, "SessionToken": session.session_token}
    path.write_text(json.dumps({"Credentials": given | {"Expiration": ends}, "AssumedRoleUser": {"Arn": session.arn}}))
    return path


@pytest.fixture
def theirs(shared, world):
    """An entry of the AWS CLI's for hub."""
    session = world.role_session(world.roles[config.HUB], "theirs", time.time(), 3600)
    write_theirs(shared, config.HUB, session)
    return session


def test_an_entry_that_is_younger_than_every_file_is_used(shared, theirs, proxy):
    assert shared.session(shared.keys("hub")) == theirs
    assert actions(proxy) == []


def test_an_entry_older_than_an_edit_is_not_used(shared, theirs, proxy):
    edit(shared, "[profile landing]", "[profile landing]\noutput = json")
    assert shared.session(shared.keys("hub")) != theirs
    assert actions(proxy) == ["AssumeRole"]


def test_an_entry_of_another_source_is_not_used(shared, theirs, proxy):
    shared.write(f"[profile other]\nrole_arn = {config.HUB}\nsource_profile = default\nregion = us-west-2\n")
    os.utime(shared.home.config, (time.time() - 3600,) * 2)
    assert shared.session(shared.keys("hub")) != theirs, "the CLI's key leaves the source out"


def test_no_entry_is_written_where_two_sources_share_the_key(shared):
    shared.write(f"[profile other]\nrole_arn = {config.HUB}\nsource_profile = default\nregion = us-west-2\n")
    shared.keys("hub")
    assert cache(shared) == []


@pytest.mark.parametrize(
    "lines",
    ["session_tags = a=1", "transitive_session_tags =\nsession_tags = a=1", "source_identity = me",
        "assume_read_only = yes",
     "endpoint_url = {sts}"],
)  # fmt: skip
def test_what_the_key_leaves_out_is_neither_read_nor_written(shared, world, lines):
    trust = Trust((f"arn:aws:iam::{config.HOME_ACCOUNT}:root",), tag_session=True, set_source_identity=True)
    world.role(config.HUB, trust)
    theirs = world.role_session(world.roles[config.HUB], "theirs", time.time(), 3600)
    stored = write_theirs(shared, config.HUB, theirs)
    before = stored.read_bytes()
    edit(shared, "[profile hub]\n", "[profile hub]\n" + lines.replace("{sts}", shared.sts.url) + "\n")
    os.utime(shared.home.config, (time.time() - 3600,) * 2)
    found = shared.keys("hub", HTTPS_PROXY=None if "endpoint" in lines else shared.sts.url)
    assert shared.session(found) != theirs
    assert (cache(shared), stored.read_bytes()) == ([stored], before)


def test_options_that_the_key_leaves_out_are_not_shared(shared, theirs):
    for words in (["--read-only"], ["--policy-arn", "arn:aws:iam::aws:policy/X"]):
        assert shared.session(shared.keys("hub", *words)) != theirs


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"{}", b'{"Credentials": {}}', b'{"Credentials": 3}', b"\xff", b"[" * 5000]
)
def test_a_damaged_entry_is_a_miss_and_is_replaced(shared, theirs, proxy, content):
    (path,) = cache(shared)
    path.write_bytes(content)
    assert shared.session(shared.keys("hub")).arn.endswith("/tester")
    assert json.loads(path.read_text())["Credentials"]["AccessKeyId"].startswith("ASIA")


def test_an_entry_that_is_due_for_renewal_is_not_used(shared, world):
    session = world.role_session(world.roles[config.HUB], "theirs", time.time() - 3000, 3600)
    os.utime(write_theirs(shared, config.HUB, session), (session.issued_at,) * 2)
    assert shared.session(shared.keys("hub")) != session


def test_a_cache_that_cannot_be_made_is_ignored(shared):
    (shared.home.path / ".aws/cli").write_text("in the way")
    assert shared.reaches("hub").startswith("assumed-role/hub/")


def test_refresh_and_no_cache_do_not_read_the_cli_cache(shared, theirs):
    assert shared.session(shared.keys("hub", "--no-cache")) != theirs
    assert shared.session(shared.keys("hub", "--refresh")) != theirs


def test_a_web_identity_is_looked_up_under_both_keys(shared, tmp_path):
    hop = Hop("p", config.WEB)
    hop.token_file = str(shared.home.web_identity)
    first, second = cli_cache.keys_of(hop)
    text = json.dumps({"RoleArn": config.WEB, "WebIdentityToken": shared.home.web_identity.read_text()}, sort_keys=True)
    assert second == hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
    shared.keys("web-identity")
    assert {path.stem for path in cache(shared)} == {first, second}


@pytest.mark.parametrize(
    "text", ["2026-11-24T12:00:00UTC", "2026-11-24T12:00:00Z", "2026-11-24T12:00:00+00:00", "2026-11-24T13:00:00+01:00"]
)
def test_every_form_of_an_expiry_is_read(text):
    assert cli_cache.ends(text) == 1795521600


@given(st.dictionaries(st.text(), st.one_of(st.text(), st.integers(), st.dictionaries(st.text(), st.text()))))
@example({"a": 'b"', "\\": "\x7f", "\u00e4": {"x": "y"}, "n": 900})
def test_entries_and_keys_are_written_as_json_writes_them(value):
    assert cli_cache._dumped(value) == json.dumps(value)
