"""docs/credential-process.md and docs/moving.md are true: each command of ours is run, each piece of config is used."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from hashlib import sha1
from pathlib import Path
from types import SimpleNamespace

import pytest

from assume import verbs
from assume.demo import config
from assume.terminal import pick, show

from .cli.test_use import switch

DOCS = Path(__file__).parent.parent / "docs"
PROCESS, MOVING = ((DOCS / name).read_text(encoding="utf-8") for name in ("credential-process.md", "moving.md"))
BIN = Path(sys.executable).parent
PLACE = "endpoint_url = {sts}\nregion = us-west-2\n"
KEYS = '{"Version": 1, "AccessKeyId": "%s", "SecretAccessKey": "%s"}'


def blocks(page: str, language: str) -> list[str]:
    """The blocks of a page, each without what it is indented by."""
    found = re.findall(rf"^( *)```{language}\n(.*?)```", page, re.DOTALL | re.MULTILINE)
    return [re.sub(rf"^{indent}", "", text, flags=re.MULTILINE) for indent, text in found]


def typed(page: str) -> list[str]:
    return re.findall(r"^\$ (.*)$", "".join(blocks(page, "console")), re.MULTILINE)


def ours() -> list[str]:
    """The lines in the right-hand columns of the tables of docs/moving.md."""
    rights = re.findall(r"^\| `[^|]*` \| (.*) \|$", MOVING, re.MULTILINE)
    return sorted({line for right in rights for line in re.findall(r"`(assume[^`]*)`", right)})


def real(program, line: str, **env: str) -> subprocess.CompletedProcess[str]:
    """A line of the page in a real shell, with the demo's AWS files."""
    path = f"{BIN}:{env.pop('PATH', '')}:/usr/bin:/bin"
    have = {**program.home.environment, "AWS_EC2_METADATA_DISABLED": "true", **env, "PATH": path}
    return subprocess.run(["/bin/sh", "-c", line], env=have, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def keyring(program, world, tmp_path, monkeypatch):
    """Commands `print-keys` and `aws-vault` that print user1's keys, and note each run in a file."""
    folder = tmp_path / "bin"
    folder.mkdir()
    runs = tmp_path / "runs"
    runs.touch()

    def of(user):
        key_id = config.KEYS[user][1]
        for name in ("print-keys", "aws-vault"):
            said = shlex.quote(KEYS % (key_id, world.keys[key_id].secret))
            (folder / name).write_text(f'#!/bin/sh\necho "$0 $*" >>{runs}\necho {said}\n')
            (folder / name).chmod(0o755)

    of("user1")
    path = f"{folder}:{BIN}:/usr/bin:/bin"
    program.env["PATH"] = path
    monkeypatch.setenv("PATH", path)
    return SimpleNamespace(of=of, runs=lambda: runs.read_text().splitlines())


@pytest.fixture
def process(program, keyring):
    """The program with the profiles of docs/credential-process.md."""
    for text in blocks(PROCESS, "ini"):
        program.write(re.sub(r"^region = .*\n", "", text, flags=re.MULTILINE).replace("\n\n", f"\n{PLACE}\n"))
        program.write(PLACE)
    return program


@pytest.mark.once
def test_another_tool_gets_the_role_through_its_own_profile(process, sts):
    assert typed(PROCESS)[:2] == [
        "aws sts get-caller-identity --profile marketing-tools",
        "assume export marketingadmin --format process",
    ]
    done = [real(process, line) for line in typed(PROCESS)[:2]]
    assert json.loads(done[0].stdout)["Arn"].endswith(":assumed-role/marketingadminrole/" + _name(done[0])), done
    assert json.loads(done[1].stdout)["Version"] == 1
    assert [call.action for call in sts.calls].count("AssumeRole") == 1, "the second answer is from the cache"


def _name(done) -> str:
    return json.loads(done.stdout)["Arn"].rpartition("/")[2]


def test_a_role_in_the_same_profile_comes_first(process):
    process.write("[profile both]\nrole_arn = arn:aws:iam::123456789012:role/hub\nsource_profile = user1\n")
    process.write("credential_process = assume export marketingadmin --format process\n" + PLACE)
    assert process.reaches("both").startswith("assumed-role/hub/")


def test_a_code_is_asked_for_at_a_terminal_and_a_confirmation_nowhere(process):
    process.answers = [process.code(config.CLI_USER_MFA), "prod"]
    assert process("export", "role-with-mfa", "--format", "process").status == 0
    assert process("export", "prod", "--format", "process").status == 1
    assert process.answers == ["prod"]


def test_without_a_terminal_it_helps_to_do_what_the_table_says(process):
    cures = dict(re.findall(r"^\| (a[^|(]*?)(?: \([^|]*)? \| `([^`]*)`", PROCESS, re.MULTILINE))
    assert list(cures.values())[1:] == ["mfa_process", "assume login sso-reader", "--yes"]
    code, auditor = (("export", name, "--format", "process") for name in ("role-with-mfa", "auditor-with-mfa"))
    process.is_person_there = False
    assert "there is no terminal to ask on" in process(*code).err
    process.is_person_there = True
    process.answers = [process.code(config.CLI_USER_MFA)]
    switch(process, {}, "", *shlex.split(cures["an MFA code"])[1:])
    process.is_person_there = False
    assert [process(*words).status for words in (code, auditor)] == [0, 0], "one device, one session"
    assert process(*shlex.split(cures["a sign-in"])[1:]).status == 0
    assert process("export", "prod", "--format", "process").status == 1
    assert process("export", "prod", "--format", "process", "--yes").status == 0


def test_a_program_for_as_long_as_it_runs(process):
    (line,) = re.findall(r"`(assume exec .* -- )PROGRAM`", PROCESS)
    assert real(process, f"{line}sh -c 'test -n \"$AWS_CONTAINER_CREDENTIALS_FULL_URI\"'").returncode == 0


def test_keys_that_another_tool_keeps(process, keyring):
    assert typed(PROCESS)[2:4] == ["assume behind-vault", "assume explain behind-vault"]
    have, _ = switch(process, process.env, "", "behind-vault")
    assert process.session(have).principal == config.MARKETING
    assert "credential_process" in process("explain", "behind-vault").out
    switch(process, process.env, "", "behind-vault")
    assert len(keyring.runs()) == 1, "the role is cached"
    for _ in range(2):
        assert process.reaches("vault") == "user/user1"
    assert len(keyring.runs()) == 3, "what it prints is not"


def test_behind_a_command_each_role_asks_for_its_own_code(process, keyring, sts, world):
    keyring.of("cli-user")
    for name, role in (("one", config.CLI_ROLE), ("two", config.AUDITOR)):
        process.write(f"[profile {name}]\nrole_arn = {role}\nsource_profile = vault\n")
        process.write(f"mfa_serial = {config.CLI_USER_MFA}\n" + PLACE)
    for name in ("one", "two"):
        process.answers = [process.code(config.CLI_USER_MFA)]
        assert process.reaches(name)
        assert process.answers == []
    assert [call.action for call in sts.calls] == ["AssumeRole"] * 2


def test_the_environment_of_the_command_is_that_before_the_first_assume(process):
    process.write("[profile shows]\ncredential_process = sh -c 'env >&2; exit 1'\n")
    have, _ = switch(process, process.env, "", "marketingadmin")
    said = process("export", "shows", "--format", "process", **have).err
    assert "ended with status 1" in said
    assert "PATH=" in said
    assert "AWS_SESSION_TOKEN" not in said


@pytest.mark.once
def test_a_circle_is_refused_as_the_page_shows(process):
    line, said = blocks(PROCESS, "console")[-1].splitlines()
    done = real(process, line.removeprefix("$ "))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(said)


def test_without_a_profile_the_picker_asks(program, monkeypatch):
    assert "assume" in ours()
    monkeypatch.setattr(show, "is_terminal", lambda handle: handle != 1)
    monkeypatch.setattr(pick, "pick", lambda *_, **__: "hub")
    assert "ASSUME_PROFILE='hub'" in program("use", "--shell", "bash", "--state", "").out


@pytest.mark.parametrize("line", [*typed(MOVING), *(line for line in ours() if line != "assume")])
def test_the_commands_in_place_of_those_of_other_tools(line, program, sts):
    user = "user1" if "--role-arn" in line else "role-with-mfa" if "CODE" in line else "marketingadmin"
    user = "sso-reader" if " login " in line else user
    code = program.code(config.CLI_USER_MFA)
    known = {"PROFILE": user, "REGION": "eu-west-1", "CODE": code, "COMMAND": "true", "ARN": config.HUB}
    words = [known.get(word, word) for word in shlex.split(line.partition(" > ")[0])[1:]]
    if words[:1] == ["off"]:
        start = {"AWSUME_PROFILE": "x", "AWS_VAULT": "y"}
        have, state = switch(program, start, "", user)
        assert not start.keys() & have.keys()
        done = program("off", "--shell", "bash", "--state", state, **(dict.fromkeys(start) | have))
        assert "export AWSUME_PROFILE=" in done.out
    elif words[:1] and words[0] in verbs.SHOWN:
        opened = program.home.path / "opened"
        browser = f"sh -c 'echo \"$1\" >{opened}' x"
        if "--serve" in words:
            assert real(program, shlex.join(["assume", *words])).returncode == 0
            return
        done = program(*words, ASSUME_BROWSER=browser)
        assert done.status == 0 or (done.became and done.became.words == ["true"]), done.err
    else:
        have, _ = switch(program, {}, "", *words)
        assert have["AWS_REGION"] == ("eu-west-1" if "REGION" in line else "us-west-2")
        if "ARN" in line:
            assert program.session(have).principal == config.HUB
        if "2h" in line:
            assert sts.calls[-1].params["DurationSeconds"] == "7200"


def test_profiles_that_granted_has_written(program):
    text = blocks(MOVING, "ini")[0]
    start = re.findall(r"start_url = (.*)", text)[0]
    cache = program.home.path / ".aws/sso/cache"
    old = sha1(b"example", usedforsecurity=False).hexdigest()
    shutil.copy(cache / f"{old}.json", cache / f"{sha1(start.encode(), usedforsecurity=False).hexdigest()}.json")
    program.write(text + PLACE)
    before = program.home.config.read_text()
    (line,) = blocks(MOVING, "bash")
    assert real(program, line).returncode == 0
    assert (program.home.path / ".aws/config.bak").read_text() == before
    assert not re.search("granted.* = |= granted", program.home.config.read_text())
    assert program.home.config.stat().st_mode & 0o777 == 0o600
    assert "AWSReservedSSO_Reader" in program.reaches("reader")


def test_keys_that_stay_in_the_keyring_of_aws_vault(program, keyring):
    text = blocks(MOVING, "ini")[1].replace("[profile user1]", "[profile in-vault]")
    program.write(f"{text}{PLACE}[profile behind]\nrole_arn = {config.HUB}\nsource_profile = in-vault\n{PLACE}")
    assert program.reaches("behind").startswith("assumed-role/hub/")
    assert keyring.runs()[0].endswith("aws-vault export --no-session --format=json user1")


def test_what_a_profile_included_is_written_into_it(program):
    program.write(blocks(MOVING, "ini")[2] + PLACE.partition("\n")[0] + "\n")
    assert program.reaches("order-dev").startswith("assumed-role/marketingadminrole/")
    program.write(f"[profile includes]\ninclude_profile = order-dev\nrole_arn = {config.HUB}\n{PLACE}")
    assert program("export", "includes", "--format", "process").status == 1


def test_every_page_that_these_tests_read_is_in_the_readme():
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    for name in ("prompts", "credential-process", "moving"):
        assert f"(docs/{name}.md)" in readme
