"""Runs a page in the demo's world.

A page's profiles (its `ini` blocks) replace those of the demo from where they are on the page; its `console` blocks and
the `run` of its workflow are run by one bash on a pseudo-terminal, with the function of `assume init bash`. Questions
for a code are answered. Programs that are not ours are stand-ins in a folder of the test: each notes its words and the
key id that it found in its environment, and the test knows whose key that is.
"""

import re
import shutil
import sys

import pexpect
import pytest

from assume.demo import config
from assume.simulator.iam import Trust

from .book import Page, environment, script_of

DEPLOYER = "arn:aws:iam::123456789012:role/deployer"
PARTNER = "arn:aws:iam::234567890123:role/partner"
STAND_IN = """#!/bin/sh
printf '%s\\t%s\\n' "$AWS_ACCESS_KEY_ID" "{name} $*" >> {bin}/noted
{then}
"""
THEN = {
    "op": "head -n 1 {bin}/codes",
    "ykman": "tail -n 1 {bin}/codes",  # another than op's
    "curl": """grep -qx "Authorization: bearer gh-token" &&
        printf '{{"value": "%s"}}' "$(cat "$HOME/.aws/web-identity")" """,
    "worker": 'test -n "$AWS_CONTAINER_CREDENTIALS_FULL_URI"',
    "jq": "exec {python} -c 'import json, sys; print(json.load(sys.stdin)[\"value\"])'",
}
OTHERS = ("terraform", "pipx", "uv")


@pytest.fixture
def people(world):
    """The demo's world with what the pages add to it: a role with MFA, one with an external ID, tags."""
    home = "123456789012"
    web = world.roles[config.WEB]
    world.role(config.WEB, web.trust, may=[DEPLOYER])
    machine = world.role(config.MACHINE, may=[config.MARKETING, DEPLOYER])
    world.machine.container(config.CONTAINER, machine, config.CONTAINER_AUTHORIZATION)
    saanvi = Trust((f"arn:aws:iam::{home}:user/saanvi",), mfa=True)
    world.role(DEPLOYER, (saanvi, Trust((config.WEB, config.MACHINE))))
    world.role(PARTNER, Trust((home,), external_id="7f3c1a"))
    world.role(config.CLI_ROLE, Trust((config.CLI_ACCOUNT,), mfa=True), max_duration_s=43200)
    for role, caller, may in (
        (config.HUB, home, [config.LANDING]),
        (config.LANDING, config.HUB, [config.WORKLOAD]),
        (config.WORKLOAD, config.LANDING, []),
    ):
        world.role(role, Trust((caller,), tag_session=True, set_source_identity=True), may=may)
    world.user(home, "user1", may=[config.MARKETING, config.HUB, PARTNER])
    world.user(home, "saanvi", mfa={config.SAANVI_MFA: "JBSWY3DPEHPK3PXP"}, may=[DEPLOYER])
    return world


@pytest.fixture
def stand_ins(tmp_path):
    """The folder of the programs that are not ours."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "noted").touch()
    for name in (*THEN, *OTHERS):
        then = THEN.get(name, "").format(bin=folder, python=sys.executable)
        (folder / name).write_text(STAND_IN.format(bin=folder, name=name, then=then))
        (folder / name).chmod(0o755)
    shutil.move(folder / "worker", tmp_path)  # pages run it as ./worker
    return folder


@pytest.fixture
def play(aws_home, sts, people, stand_ins, tmp_path):
    """Runs the commands of a page that match `only`."""

    def run(page, only="", **env):
        script, commands = script_of(page, aws_home, sts, tmp_path, only)
        done, output = Page(), ""
        now = sts.clock()
        # STS takes no code twice: two for the commands that print one; for this device one is in $CODE
        (stand_ins / "codes").write_text("".join(people.code(config.SAANVI_MFA, now + s) + "\n" for s in (0, 30)))
        first, code, last = (people.code(config.CLI_USER_MFA, now + s) for s in (0, 30, -30))
        answers = iter([first, last])
        env = environment(aws_home, stand_ins, CODE=code, **env)
        child = pexpect.spawn(
            "bash", ["--norc", str(script)], env=env, encoding="utf-8", timeout=60, dimensions=(50, 150)
        )
        while child.expect([r"MFA code for \S+ \((?:arn:[^)]*)\): ", pexpect.EOF]) == 0:
            output += f"{child.before}{child.after}"
            done.asked.append(str(child.after).split()[3])
            child.sendline(next(answers))
        output += str(child.before)
        child.close()
        output = re.sub(r"\x1b\[[0-9;]*m", "", output)
        parts = re.split(r"\n@@(\d+)\n", output.replace("\r\n", "\n").replace(f"  {sts.url}", ""))
        assert len(parts) == 2 * len(commands) + 1, output
        for at, (command, shown) in enumerate(commands):
            done.lines.append((command, int(parts[2 * at + 1]), parts[2 * at]))
            assert parts[2 * at + 1] == "0", (command, parts[2 * at])
            assert shown.strip() in parts[2 * at], command
        for line in (stand_ins / "noted").read_text().splitlines():
            key, _, words = line.partition("\t")
            caller = people.caller(key) if key else None
            done.noted.append((caller.arn.split("/")[1] if caller else "", words.strip()))
        return done

    return run
