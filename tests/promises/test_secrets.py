"""Secrets stay where they belong: canaries in every input are searched for in every output, plain and in base64."""

import base64
import stat

import pytest

from assume.demo.config import CLI_USER_MFA, KEYS, MARKETING, SAANVI_MFA
from assume.simulator import faults

from . import figures
from .canaries import Watch, codes, hits, known


@pytest.mark.parametrize("before", ["", "x", "xy", "AWS_SECRET_ACCESS_KEY="])
def test_a_canary_is_found_at_any_offset_in_base64(before):
    secret = "canary/of+forty/characters/0123456789abc"
    whole = f"{before}{secret}\0more".encode()
    assert hits([secret, "another" * 5], whole) == [secret]
    assert hits([secret, "another" * 5], base64.b64encode(whole)) == [secret]


def test_only_processes_of_the_test_are_watched(ground, tmp_path):
    """Other tests run at the same time, with codes of the same MFA devices on their command lines."""
    other = ground.environment | {"HOME": str(tmp_path / "other")}
    script = ["sh", "-c", "echo ready >&2; read line"]
    with Watch(ground.home.path) as watch:
        theirs = ground.start("theirs", program=script, environment=other, terminal=True)
        ours = ground.start("ours", program=script, terminal=True)
        for started in (theirs, ours):
            started.wait_for("ready")
        watch.wait_for(b"ours")
    assert not any(b"theirs" in command for command in watch.seen)


REFUSED = ("list", "status", "explain", "doctor")  # a profile is refused, this shell has no role, it has no function


@pytest.fixture
def toured(ground):
    """Runs every verb, every kind of source and every kind of failure with --debug. Returns all output, and argv."""
    said, scratch = [], ground.cwd.parent / "scratch"
    scratch.mkdir()
    ground.environment |= ground.home.machine | {"TMPDIR": str(scratch)}
    user1 = KEYS["user1"][1]
    ground.environment |= {"AWS_ACCESS_KEY_ID": user1, "AWS_SECRET_ACCESS_KEY": ground.world.keys[user1].secret}

    def does(*words, typed="", **how):
        started = ground.start(*words, terminal=bool(typed), **how)
        if typed:
            started.wait_for("MFA code for")
            started.type(typed + "\n")
        done = started.end()
        said.append(done.said)
        return done

    def uses(profile, *more, **how):
        return does("use", "--shell", "bash", "--state", "", profile, "--debug", *more, **how)

    with Watch(ground.home.path) as watch:
        for profile in ("marketingadmin", "workload", "web-identity", "on-instance", "in-container", "sso-reader"):
            assert uses(profile).status == 0, said[-1]
        assert uses("from-environment").status == 0
        assert uses("role-with-mfa", typed=ground.code(CLI_USER_MFA)).status == 0, said[-1]
        assert uses("crossaccountrole", typed=ground.code(SAANVI_MFA)).status == 0, said[-1]
        assert uses("role-with-mfa").status == 0
        assert does("exec", "marketingadmin", "--debug", "--", "true").status == 0
        for line in ("list", "status", "clear hub", "complete --shell zsh -- m", "init bash --prompt"):
            said.append(does(*line.split()).out.decode())
        for line in (
            "list --check --json", "status --check", "explain role-without-mfa --check --debug",
            "policy marketingadmin --create", "doctor --json", "history --json", "each marketingadmin hub -- true",
            "console marketingadmin --print --debug", "exec hub --serve --debug -- true",
        ):  # fmt: skip
            done = does(*line.split())
            assert done.status == (1 if line.split()[0] in REFUSED else 0), done.said
            said.append(done.out.decode())
        assert any("SigninToken=" in text for text in said), "the console's link was made"
        assert does("export", "marketingadmin", "--format", "json", "--debug").status == 0
        broken = [
            faults.throttle(), faults.refuse(403, "AccessDenied", "no"), faults.cut(), faults.html(), faults.huge(),
            faults.spoil(AccessKeyId="A"), faults.spoil(SessionToken="a b"), faults.spoil(Expiration="soon"),
        ]  # fmt: skip
        for fault in broken:
            ground.sts.faults = lambda call, fault=fault: fault if call.params.get("RoleArn") == MARKETING else None
            assert uses("marketingadmin", "--refresh").status == 1
        ground.sts.faults = None
        assert uses("no-such-profile").status == 1
        assert uses("role-with-mfa", "--refresh", "--policy-arn", "x").status == 2
        assert uses("role-with-mfa", "--refresh", "--policy", "/nosuch").status == 1
    return "\n".join(said), watch.seen


def test_after_a_tour_with_debug_no_secret_is_in_a_wrong_place(ground, toured, is_full):
    said, commands = toured
    secrets = known(ground) + codes(ground)
    assert len(secrets) > 20
    assert "debug: " in said
    assert hits(secrets, said.encode()) == []
    assert any(b"marketingadmin" in command for command in commands), "the argv of assume was recorded"
    assert [command for command in commands if hits(secrets, command)] == []
    given = [ground.home.config, ground.home.credentials, ground.home.web_identity]
    for path in sorted(ground.home.path.rglob("*")):
        if not path.is_file() or path in given or "sso" in path.parts:
            continue
        if path.suffix in (".entry", ".json"):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
            assert hits(secrets, path.read_bytes()), "in the store's own files they are found"
            continue
        assert hits(secrets, path.read_bytes()) == [], path
    for folder in (ground.cwd, ground.cwd.parent / "scratch"):
        assert [path for path in folder.rglob("*") if path.is_file() and hits(secrets, path.read_bytes())] == []
    assert not [path for path in ground.store.iterdir() if path.name.startswith("tmp.")]
    assert len(codes(ground)) == 2
    for path in ground.home.path.rglob("*"):
        assert not path.is_file() or hits(codes(ground), path.read_bytes()) == [], "a code is not in the store either"
    if is_full:
        tried = f"{len(secrets)} canaries, plain and in base64, with --debug; argv of {len(commands):,} processes"
        figures.tell("secrets", tried, "0 hits but in the store's own files, 0600")


def test_assume_before_holds_only_values_that_were_in_the_environment(ground):
    user1 = KEYS["user1"][1]
    ground.environment |= {"AWS_ACCESS_KEY_ID": user1, "AWS_SECRET_ACCESS_KEY": ground.world.keys[user1].secret}
    first = ground.took("marketingadmin")
    shell = ground.environment | {name: value for name, value in first.items() if value is not None}
    second = ground.took("workload", environment=shell)
    for given in (first, second):
        records = base64.b64decode(given["ASSUME_BEFORE"]).decode().split("\0")[1:]
        fields = dict(record.partition("=")[::2] for record in records)
        account = given["ASSUMED_ROLE_ARN"].split(":")[4]
        ours = {"region": "us-west-2", "profile": given["AWS_PROFILE"], "account": account}
        assert {name: value for name, value in fields.items() if ours.get(name) != value} == {
            "AWS_ACCESS_KEY_ID": user1,
            "AWS_SECRET_ACCESS_KEY": ground.world.keys[user1].secret,
        }
