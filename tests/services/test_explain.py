"""`explain`: the chain as a tree and as JSON, with the reason for each part. Calls nobody without --check."""

import json
import re
import shlex
import sys
import time
from pathlib import Path

import pexpect
import pytest
import time_machine

from assume.demo import config
from assume.services.explain import masked

from ..cli.test_use import switch
from ..program import actions

ROLE = "arn:aws:iam::123456789012:role/x"
KEYS_OF_A_HOP = (
    "number profile role_arn account call why external_id mfa_serial mfa session_name session_name_why duration_s "
    "duration_why policy policy_arns session_tags transitive_session_tags source_identity cached_until left_s"
).split()


def described(program, *words, **env):
    done = program("explain", *words, "--json", **env)
    assert done.status == 0, done.err
    return done.json


def test_json_has_its_form(program, sts):
    found = described(program, "workload", USER="alice")
    assert list(found) == ["profile", "region", "endpoint", "export", "guarded", "source", "hops", "warnings", "check"]
    assert (found["profile"], found["region"], found["endpoint"]) == ("workload", "us-west-2", sts.url)
    assert found["source"] == {
        "kind": "static keys", "profile": "user1", "key_id": "AKIAI44QH8DHBEXAMPLE", "session": False, "account": None,
        "why": "source_profile of hub (config file, line 62)", "detail": "static keys (credentials file, line 6)",
        "mfa_serial": None, "cached_until": None, "left_s": 0,
    }  # fmt: skip
    assert [hop["role_arn"] for hop in found["hops"]] == [config.HUB, config.LANDING, config.WORKLOAD]
    assert all(list(hop) == KEYS_OF_A_HOP for hop in found["hops"])
    last = found["hops"][-1]
    assert (last["number"], last["account"], last["why"]) == (3, "128716708097", "role_arn (config file, line 73)")
    assert (last["session_name"], last["session_name_why"], last["duration_s"]) == ("alice", "your login name", 3600)
    assert (found["guarded"], found["check"], actions(sts)) == (False, None, [])


def test_the_tree_shows_every_hop_and_calls_nobody(program, sts):
    done = program("explain", "workload")
    lines = done.out.splitlines()
    assert lines[0] == f"workload  us-west-2  {sts.url}"
    assert [line for line in lines if line[0] in "├└"] == [
        "├─ source: user1", "├─ 1. hub", "├─ 2. landing", "└─ 3. workload",
    ]  # fmt: skip
    for arn in (config.HUB, config.LANDING, config.WORKLOAD):
        assert any(line.endswith(arn) for line in lines)
    assert (done.status, done.err, actions(sts)) == (0, "", [])


def test_an_external_id_is_masked_and_mfa_is_explained(program):
    program.write(
        f"[profile p]\nrole_arn = {ROLE}\nsource_profile = default\nexternal_id = hush-hush-4711\n"
        f"mfa_serial = {config.SAANVI_MFA}\nregion = us-west-2\nendpoint_url = {{sts}}\n"
    )
    for done in (program("explain", "p"), program("explain", "p", "--json")):
        assert "hush" not in done.out
        assert "11 (14 characters)" in json.dumps(done.out, ensure_ascii=False)
        assert config.SAANVI_MFA in done.out
        assert "the code is asked for once, for all roles behind these keys" in done.out


@pytest.mark.parametrize(
    ("text", "expected"),
    [("123456", "…56 (6 characters)"), ("12345", "… (5 characters)"), ("corp/secret-42", "…42 (14 characters)")],
)
def test_masked(text, expected):
    assert masked(text) == expected


def test_what_is_cached_is_shown(program):
    program.keys("workload")
    found = described(program, "workload")
    assert all(hop["left_s"] > 3500 and hop["cached_until"].endswith("Z") for hop in found["hops"])
    assert program("explain", "workload").out.count("60m left") == 3
    with time_machine.travel(time.time() + 4000, tick=True):
        assert all(hop["cached_until"] is None for hop in described(program, "workload")["hops"])


def test_a_cached_mfa_session_needs_no_code(program):
    program.answers = [program.code(config.SAANVI_MFA)]
    program.keys("crossaccountrole")
    (hop,) = described(program, "crossaccountrole")["hops"]
    assert hop["mfa"].startswith("no code for the next ")


OPTIONS = [
    (("marketingadmin", "--duration", "45m"), "duration_s", 2700),
    (("marketingadmin", "--duration", "45m"), "duration_why", "--duration"),
    (("marketingadmin", "--session-name", "me"), "session_name", "me"),
    (("marketingadmin", "--session-name", "me"), "session_name_why", "--session-name"),
    (("marketingadmin", "--external-id", "hush-hush-42"), "external_id", "…42 (12 characters)"),
    (("marketingadmin", "--read-only"), "policy_arns", ["arn:aws:iam::aws:policy/ReadOnlyAccess"]),
    (("user1", "--role-arn", ROLE), "why", "--role-arn"),
    (("user1", "--role-arn", ROLE), "profile", None),
    (("namedsessionrole",), "session_name_why", "role_session_name (config file, line 50)"),
    (("web-identity",), "call", "AssumeRoleWithWebIdentity"),
]


@pytest.mark.parametrize(("words", "name", "value"), OPTIONS)
def test_options_and_settings_of_the_last_hop(program, words, name, value):
    assert described(program, *words)["hops"][-1][name] == value


SOURCES = [
    ("sso-reader", "SSO", "Identity Center, Reader in account 234567890123, by the sign-in of example"),
    ("from-environment", "Environment", "the keys in the environment"),
    ("on-instance", "Ec2InstanceMetadata", "this instance's role"),
    ("in-container", "EcsContainer", "this container's role"),
    ("user1", "static keys", "static keys (credentials file, line 6)"),
]


@pytest.mark.parametrize(("profile", "kind", "detail"), SOURCES)
def test_each_source(program, profile, kind, detail):
    found = described(program, profile, AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY="x" * 40)
    assert (found["source"]["kind"], found["source"]["detail"]) == (kind, detail)


def test_a_duration_that_cannot_work_says_so(program):
    program.write(f"[profile p]\nrole_arn = {ROLE}\nsource_profile = hub\nduration_seconds = 7200\n")
    assert "STS will refuse it" in described(program, "p")["hops"][-1]["duration_why"]


def test_production_and_a_guard_are_marked(program):
    assert program("explain", "prod").out.splitlines()[0].startswith("prod PROD  us-west-2  ")
    assert "guarded (assume_confirm)" in program("explain", "prod").out


def test_a_profile_that_cannot_work(program):
    program.write("[profile broken]\nrole_arn = x\nsource_profile = user1\n")
    done = program("explain", "broken")
    assert (done.status, done.out) == (1, "")
    assert "role_arn x is not the ARN of a role" in done.err
    done = program("explain", "broken", "--json")
    assert (done.status, done.json["profile"]) == (1, "broken")
    assert done.json["error"] == "role_arn x is not the ARN of a role"
    assert done.json["do"] == ["it looks like arn:aws:iam::123456789012:role/NAME"]


def test_without_a_profile_it_is_this_shells_role(program):
    done = program("explain")
    assert (done.status, done.err) == (
        2,
        "assume: which profile?\n  assume explain PROFILE; `assume list` shows them\n",
    )
    have, state = switch(program, {}, "", "workload", "--session-name", "me")
    for words in ((), ("-",)):
        found = described(program, "--state", state, *words, **have)
        assert (found["profile"], found["hops"][-1]["session_name"]) == ("workload", "me")
    assert "assume explain workload" in program("explain", **have).err


def test_a_check_marks_each_step_and_stops_at_the_first_that_fails(program, world):
    world.role(config.LANDING, ())
    done = program("explain", "workload", "--check")
    assert [line[:5] for line in done.out.splitlines() if line[:1] and line[0] in "├└"] == [
        "├─ ✓ ", "├─ ✓ ", "├─ ✗ ", "└─ · ",
    ]  # fmt: skip
    assert "arn:aws:iam::123456789012:user/user1" in done.out
    assert (done.status, done.err) == (1, "")


def test_no_control_character_of_a_file_reaches_the_terminal(program):
    program.write(
        '[profile "a\x1b]0;x\x07b"]\nrole_arn = arn:aws:iam::123456789012:role/x\x9b\nsource_profile = user1\n'
    )
    for words in ((), ("--check",)):
        out = program("explain", "a\x1b]0;x\x07b", *words).out
        assert out
        assert not any(mark in out for mark in "\x1b\x07\x9b")


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("a", "b"), "more than one profile"),
        (("a", "--chek"), "did you mean: --check?"),
        (("nosuch",), "no such profile"),
        (("--check", "--duration", "x", "p"), "x is not a duration"),
    ],
)
def test_a_wrong_line(program, words, error):
    assert error in program("explain", *words).err


def test_other_verbs_do_not_take_its_options(program):
    assert program("export", "user1", "--check").status == 2


PAGES = Path(__file__).parents[2] / "docs"


def commands(page):
    """The lines that a page types after `$ `."""
    blocks = re.findall(r"```console\n(.*?)```", (PAGES / page).read_text(encoding="utf-8"), re.DOTALL)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


@pytest.mark.parametrize(
    ("page", "line"), [(page, line) for page in ("explain.md", "policy.md") for line in commands(page)]
)
def test_the_commands_of_the_pages_work_and_print_what_is_there(program, sts, page, line):
    done = program(*shlex.split(line)[1:], USER="alice")
    assert done.status == (1 if "role-without-mfa" in line else 0), done.err
    shown = (PAGES / page).read_text(encoding="utf-8").partition(f"$ {line}\n")[2].partition("```")[0]
    printed = done.out.replace(f"  {sts.url}", "")
    assert printed.startswith(shown.partition("\n$ ")[0].removeprefix("$ ").partition("$ ")[0]) or "$ assume" in shown


def test_the_page_has_every_cause_and_no_other():
    text = "".join(path.read_text(encoding="utf-8") for path in (PAGES.parent / "assume" / "services").glob("*.py"))
    made = set(re.findall(r'Cause\(\s*"([a-z-]+)"', text))
    page = (PAGES / "explain.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)) == made


def on_a_terminal(words, env, columns):
    """The lines that the program writes to a terminal of that width, before the terminal breaks them."""
    program = str(Path(sys.executable).parent / "assume")
    env = {name: value for name, value in env.items() if name not in ("COLUMNS", "LINES")}  # pytest's workers set them
    child = pexpect.spawn(program, list(words), env=env, dimensions=(60, columns), timeout=60, encoding="utf-8")
    text = child.read()
    child.close()
    return text.replace("\r\n", "\n")


@pytest.mark.once
@pytest.mark.parametrize("columns", [40, 100])
def test_at_a_terminal_prose_fits_and_what_is_copied_is_whole(aws_home, columns):
    env = {**aws_home.environment, "TERM": "xterm-256color"}
    text = on_a_terminal(["explain", "role-without-mfa", "--check"], env, columns)
    assert "\x1b[" in text
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    for line in plain.splitlines():
        is_whole = line.strip().startswith(("aws ", '"', "{", "}"))
        assert is_whole or len(line) <= columns or " " not in line.split("   ")[-1].strip(), line
    assert (
        "\n   aws configure set mfa_serial arn:aws:iam::128716708097:mfa/cli-user --profile role-without-mfa\n" in plain
    )
    assert config.CLI_ROLE in plain
    assert "\x1b[" not in on_a_terminal(["explain", "hub"], {**env, "NO_COLOR": "1", "TERM": "dumb"}, columns)
