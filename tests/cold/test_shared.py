"""The AWS CLI's cache on the way along a chain: never another source's session, every hop looked up and left there."""

import hashlib
import json
import os
import shutil
import time

import pytest

from assume.demo import config
from assume.simulator.iam import Trust
from assume.store import cli_entry, record

from ..aws.test_cli_cache import AWS, MFA, aws, cache, edit, needs_aws, proxy, shared, write_theirs  # noqa: F401
from ..program import actions

USER1 = config.KEYS["user1"][1]
STRANGER = config.KEYS["cli-user"][1]
HUB = f"role_arn = {config.HUB}\nsource_profile"
ONLY = f"arn:aws:iam::{config.HOME_ACCOUNT}:role/only"


@pytest.fixture(autouse=True)
def no_variables(shared):
    """The usual files of the home, named by no variable."""
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        shared.home.environment.pop(name)


def of(program, key_id):
    return {"AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": program.world.keys[key_id].secret}


def aged(*paths):
    for path in paths:
        os.utime(path, (time.time() - 3600,) * 2)


def refused(program, *words, **env):
    done = program("export", *words, "--format", "json", **env)
    assert done.status == 1, done.out
    return done.err


@pytest.fixture
def from_environment(shared):
    """The only profile of its role, whose source are the environment's keys; one user may assume it."""
    shared.world.role(ONLY, Trust((config.KEYS["user1"][0],)))
    shared.write(f"[profile only]\nrole_arn = {ONLY}\ncredential_source = Environment\nregion = us-west-2\n")
    aged(shared.home.config)
    return "only"


def test_other_keys_in_the_environment_never_get_the_role_of_those_before(shared, from_environment):
    assert shared.reaches(from_environment, **of(shared, USER1)).startswith("assumed-role/only/")
    assert "STS refused" in refused(shared, from_environment, **of(shared, STRANGER))


def test_nor_out_of_an_entry_that_an_aws_cli_wrote(shared, from_environment):
    path = write_theirs(shared, ONLY, session_of(shared, ONLY))
    before = path.read_bytes()
    assert "STS refused" in refused(shared, from_environment, **of(shared, STRANGER))
    shared.keys(from_environment, **of(shared, USER1))
    assert path.read_bytes() == before, "and nothing of a source that changes is left for an AWS CLI"


def session_of(program, arn, name="theirs"):
    return program.world.role_session(program.world.roles[arn], name, time.time(), 3600)


@pytest.mark.parametrize("kind", ["on-instance", "in-container"])
def test_a_source_that_the_files_do_not_hold_is_not_shared(shared, kind):
    theirs = session_of(shared, config.MARKETING)
    write_theirs(shared, config.MARKETING, theirs)
    machine = {
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": shared.sts.url,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{shared.sts.url}/container/{config.CONTAINER}",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": config.CONTAINER_AUTHORIZATION,
        "AWS_EC2_METADATA_DISABLED": "false",
        "NO_PROXY": "127.0.0.1",
    }
    assert shared.session(shared.keys(kind, **machine)) != theirs


@pytest.fixture
def other_credentials(shared, tmp_path):
    """A credentials file in which the same names have other users' keys."""
    text = shared.home.credentials.read_text()
    secrets = {key_id: shared.world.keys[key_id].secret for key_id in (USER1, STRANGER)}
    swapped = text.replace(USER1, "@").replace(STRANGER, USER1).replace("@", STRANGER)
    swapped = swapped.replace(secrets[USER1], "@").replace(secrets[STRANGER], secrets[USER1])
    path = tmp_path / "other"
    path.write_text(swapped.replace("@", secrets[STRANGER]))
    aged(path)
    return {"AWS_SHARED_CREDENTIALS_FILE": str(path)}


def test_another_credentials_file_never_gets_the_role_of_the_usual_one(shared, other_credentials):
    shared.keys("hub")
    assert "STS refused" in refused(shared, "hub", **other_credentials)


def test_nor_the_usual_one_the_role_of_another(shared, other_credentials):
    edit(shared, f"{HUB} = user1", f"{HUB} = cli-user")
    aged(shared.home.config)
    shared.keys("hub", **other_credentials)
    assert "STS refused" in refused(shared, "hub")


def test_an_aws_clis_entry_is_not_used_for_files_that_variables_name(shared, other_credentials):
    write_theirs(shared, config.HUB, session_of(shared, config.HUB))
    assert "STS refused" in refused(shared, "hub", **other_credentials)


def test_another_config_file_never_gets_the_role_of_the_usual_one(shared, tmp_path):
    path = tmp_path / "config"
    path.write_text(f"[profile hub]\nrole_arn = {config.HUB}\nsource_profile = cli-user\nregion = us-west-2\n")
    aged(path)
    shared.keys("hub")
    assert "STS refused" in refused(shared, "hub", AWS_CONFIG_FILE=str(path))


def test_a_role_in_default_belongs_to_every_profile(shared):
    text = shared.home.config.read_text()
    two = "".join(f"[profile of-{name}]\nsource_profile = {name}\n" for name in ("user1", "cli-user"))
    shared.home.config.write_text(f"[DEFAULT]\nrole_arn = {config.HUB}\nregion = us-west-2\n{two}{text}")
    aged(shared.home.config)
    write_theirs(shared, config.HUB, session_of(shared, config.HUB, "somebody's"))
    assert shared.session(shared.keys("of-user1")).arn.endswith("/tester")
    assert "STS refused" in refused(shared, "of-cli-user")


def test_a_role_of_the_environments_web_identity_is_not_the_profiles(shared):
    theirs = session_of(shared, config.HUB)
    write_theirs(shared, config.HUB, theirs)
    variables = {"AWS_ROLE_ARN": config.HUB, "AWS_WEB_IDENTITY_TOKEN_FILE": "/somewhere"}
    assert shared.session(shared.keys("hub", **variables)) != theirs


def test_a_neighbour_with_an_endpoint_of_its_own_makes_the_entry_ambiguous(shared):
    theirs = session_of(shared, config.HUB)
    write_theirs(shared, config.HUB, theirs)
    lines = "region = us-west-2\nendpoint_url = http://localhost:4566\n"
    shared.write(f"[profile elsewhere]\nrole_arn = {config.LANDING}\nsource_profile = hub\n{lines}")
    aged(shared.home.config)
    assert shared.session(shared.keys("hub")) != theirs


def test_another_source_in_a_mark_is_not_used_even_if_our_store_is_empty(shared):
    shared.keys("hub")
    (entry,) = cache(shared)
    assert cli_entry.MARK in json.loads(entry.read_text())
    edit(shared, f"{HUB} = user1", f"{HUB} = default")
    os.utime(entry, (time.time() + 5,) * 2)  # younger than the edit
    assert "STS refused" in refused(shared, "hub")


# what the AWS CLI has, or can be given


@pytest.mark.once
@needs_aws
def test_two_profiles_that_differ_in_region_alone_share_one_code(shared, proxy):
    same = f"role_arn = {config.CLI_ROLE}\nsource_profile = cli-user\nmfa_serial = {MFA}\n"
    shared.write(f"[profile far]\n{same}region = eu-west-1\n")
    aged(shared.home.config)
    arn = aws(shared, "role-with-mfa", shared.code(MFA))
    assert shared.session(shared.keys("far")).arn == arn
    assert shared.asked == []
    assert shared("clear", "--all").status == 0
    shared.answers = [shared.code(MFA)]
    mine = shared.session(shared.keys("far"))
    assert aws(shared, "role-with-mfa") == mine.arn


def test_a_session_of_the_global_endpoint_is_not_used_in_a_region_that_may_refuse_it(shared):
    entry = write_theirs(shared, config.HUB, session_of(shared, config.HUB))
    shared.write(f"[profile asia]\nrole_arn = {config.HUB}\nsource_profile = user1\nregion = ap-east-1\n")
    shared.write(f"[profile anywhere]\nrole_arn = {config.HUB}\nsource_profile = user1\n")
    aged(shared.home.config)
    assert shared.session(shared.keys("asia")).arn.endswith("/tester")
    assert shared.session(shared.keys("hub")).arn.endswith("/theirs")
    entry.unlink()


@pytest.fixture
def behind_mfa(shared, world):
    """A role behind the role that needs a code."""
    arn = f"arn:aws:iam::{config.CLI_ACCOUNT}:role/inner"
    world.role(arn, Trust((f"arn:aws:iam::{config.CLI_ACCOUNT}:root",)))
    outer = world.roles[config.CLI_ROLE]
    world.roles[config.CLI_ROLE] = type(outer)(*[*(getattr(outer, name) for name in outer.__slots__[:-1]), (arn,)])
    shared.write(f"[profile inner]\nrole_arn = {arn}\nsource_profile = role-with-mfa\nregion = us-west-2\n")
    aged(shared.home.config)
    return "inner"


@pytest.mark.once
@needs_aws
def test_a_first_hop_in_the_cache_asks_for_no_code(shared, proxy, behind_mfa):
    aws(shared, "role-with-mfa", shared.code(MFA))
    before = len(proxy.calls)
    assert shared.reaches(behind_mfa).startswith("assumed-role/inner/")
    assert (shared.asked, actions(proxy)[before:]) == ([], ["AssumeRole"])
    assert len(cache(shared)) == 2


@pytest.mark.once
@needs_aws
def test_every_hop_is_left_for_the_aws_cli(shared, proxy, behind_mfa):
    shared.answers = [shared.code(MFA)]
    shared.keys(behind_mfa)
    before = len(proxy.calls)
    assert aws(shared, "role-with-mfa").startswith("arn:aws:sts::")
    assert actions(proxy)[before:] == ["GetCallerIdentity"]


def test_clear_removes_the_entries_of_every_hop(shared):
    shared.keys("workload")
    assert len(cache(shared)) == 3
    assert shared("clear", "workload").status == 0
    assert cache(shared) == []


def test_a_hop_that_aws_rejects_is_not_taken_from_the_cache_again(shared, proxy):
    gone = session_of(shared, config.HUB)
    write_theirs(shared, config.HUB, gone)
    del shared.world.sessions[gone.key_id]
    assert shared.reaches("landing").startswith("assumed-role/landing/")


@pytest.mark.parametrize("lane", ["warm", "middle"])
def test_what_our_store_answers_is_put_into_an_empty_cache(shared, proxy, lane, monkeypatch):
    then = time.time()
    shared.keys("hub")
    (entry,) = cache(shared)
    shutil.rmtree(entry.parent)
    monkeypatch.setattr("time.time", lambda: then + 10)  # the files can be trusted
    shared.keys("hub")
    shutil.rmtree(entry.parent, ignore_errors=True)
    if lane == "middle":
        os.utime(shared.home.config)
    assert shared.fast("use", "--shell", "bash", "hub") is not None
    assert cache(shared) == [entry]
    assert entry.stat().st_mode & 0o777 == 0o600
    assert actions(proxy) == ["AssumeRole"]
    assert shared("clear", "--all").status == 0
    assert cache(shared) == []


def test_a_warm_hit_looks_at_one_file_more_and_loads_nothing(shared, monkeypatch):
    then = time.time()
    shared.keys("hub")
    monkeypatch.setattr("time.time", lambda: then + 10)
    shared.keys("hub")
    looked: list[str] = []
    real = record.signature

    def signature(path, now):
        looked.append(path)
        return real(path, now)

    monkeypatch.setattr(record, "signature", signature)
    monkeypatch.setattr(cli_entry, "leave", lambda *_: pytest.fail("it is there"))
    assert shared.fast("use", "--shell", "bash", "hub") is not None
    assert [path for path in looked if "/cli/cache/" in path] == [str(cache(shared)[0])]


def test_what_another_profile_would_take_for_its_own_is_not_put_there(shared):
    shared.keys("hub")
    (entry,) = cache(shared)
    entry.unlink()
    shared.write(f"[profile other]\nrole_arn = {config.HUB}\nsource_profile = default\nregion = us-west-2\n")
    shared.keys("hub")
    assert cache(shared) == []


def test_a_cache_that_cannot_be_made_does_not_keep_a_warm_hit(shared, monkeypatch):
    then = time.time()
    shared.keys("hub")
    monkeypatch.setattr("time.time", lambda: then + 10)
    shared.keys("hub")
    shutil.rmtree(shared.home.path / ".aws/cli")
    (shared.home.path / ".aws/cli").write_text("in the way")
    assert shared.fast("use", "--shell", "bash", "hub") is not None


def sso_entry(program, session="example"):
    key = {"accountId": config.OTHER_ACCOUNT, "roleName": "Reader", "sessionName": session}
    name = hashlib.sha1(json.dumps(key, sort_keys=True, separators=(",", ":")).encode(), usedforsecurity=False)
    return program.home.path / ".aws/cli/cache" / f"{name.hexdigest()}.json"


@pytest.fixture
def portal(shared):
    """The simulator plays the portal of this region."""
    edit(shared, "sso_region = us-west-2", "sso_region = us-east-1")
    aged(shared.home.config)


def test_an_sso_role_is_shared_and_not_with_another_start_url_of_the_same_session(shared, portal):
    first = shared.session(shared.keys("sso-reader"))
    entry = sso_entry(shared)
    assert json.loads(entry.read_text())["Credentials"]["AccessKeyId"] == first.key_id
    shutil.rmtree(shared.home.path / ".aws/assume")
    assert shared.session(shared.keys("sso-reader")) == first, "out of the AWS CLI's cache"
    edit(shared, "sso_start_url = ", "sso_start_url = https://other.")
    assert shared.session(shared.keys("sso-reader")) != first


def test_an_sso_role_of_another_portal_is_not_shared(shared, portal):
    shared.keys("sso-reader")
    entry = sso_entry(shared)
    before = entry.read_bytes()
    mine = shared.keys(
        "sso-reader", AWS_ENDPOINT_URL_SSO=shared.sts.url.replace("127.0.0.1", "localhost"), NO_PROXY="localhost"
    )
    assert json.loads(before)["Credentials"]["AccessKeyId"] != mine["AWS_ACCESS_KEY_ID"]
    assert entry.read_bytes() == before
