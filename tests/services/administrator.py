"""Does what a printed change says: to the world as IAM would, to the AWS files as a person or `aws configure` would."""

import json
import re
import shlex
from dataclasses import replace
from typing import Any

from assume.simulator import documents


def trust(world, role_arn, statement):
    """Adds one statement to a role's trust policy."""
    added = documents.trust(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    world.roles[role_arn] = replace(world.roles[role_arn], trust=(*world.roles[role_arn].trust, *added))


def give(world, kind, name, policy):
    """Gives a policy to a user or a role, in whatever account it is."""
    owners: dict[str, Any] = world.users if kind == "user" else world.roles
    (arn,) = [arn for arn in owners if arn.rpartition("/")[2] == name]
    owners[arn] = replace(owners[arn], may=(*owners[arn].may, *documents.allowed(policy)))


def aws_iam(world, line):
    """Runs one `aws iam` command of those that are printed; the role's account is not in it, so `accounts` has it."""
    words = shlex.split(line)
    assert words[:2] == ["aws", "iam"], line
    options = dict(zip(words[3::2], words[4::2], strict=True))
    match words[2]:
        case "put-user-policy" | "put-role-policy":
            kind = words[2].split("-")[1]
            assert options["--policy-name"]
            give(world, kind, options[f"--{kind}-name"], options["--policy-document"])
        case "update-role":
            (arn,) = [arn for arn in world.roles if arn.rpartition("/")[2] == options["--role-name"]]
            longest = int(options["--max-session-duration"])
            world.roles[arn] = replace(world.roles[arn], max_duration_s=longest)
        case other:
            raise AssertionError(other)


def create(world, text):
    """Runs the lines of `assume policy --create`: each comment names the account of the command below it."""
    account = ""
    for line in text.splitlines():
        if line.startswith("# in account "):
            account = line.split()[3].rstrip(":")
            continue
        words = shlex.split(line)
        if words[2] != "create-role":
            aws_iam(world, line)
            continue
        options = dict(zip(words[3::2], words[4::2], strict=True))
        arn = f"arn:aws:iam::{account}:role{options.get('--path', '/')}{options['--role-name']}"
        world.role(
            arn,
            documents.trust(options["--assume-role-policy-document"]),
            max_duration_s=int(options.get("--max-session-duration", 3600)),
        )


def setting(home, profile, name, value):
    """Writes, replaces or (with an empty value) removes one setting of a profile, in the file that has it."""
    header = f"[{profile}]" if profile == "default" else f"[profile {profile}]"
    for path, head in ((home.credentials, f"[{profile}]"), (home.config, header)):
        lines = path.read_text().splitlines()
        if head not in lines:
            continue
        first = lines.index(head) + 1
        rest = next((at for at, line in enumerate(lines[first:], first) if line.startswith("[")), len(lines))
        body = [line for line in lines[first:rest] if line.partition("=")[0].strip() != name]
        if path == home.config or len(body) < rest - first:
            body = [*body, *([f"{name} = {value}"] if value else [])]
            path.write_text("\n".join([*lines[:first], *body, *lines[rest:]]) + "\n")


def parts(text):
    """The causes in the text of `explain --check`: each as (what, [lines of the change])."""
    blocks = text.partition("\n\n")[2].split("\n\n")
    if blocks and "AWS has one answer" in blocks[0]:
        blocks = blocks[1:]
    else:
        blocks = blocks[1:] if blocks and blocks[0].startswith(("hop ", "the source")) else blocks
    found = []
    for block in blocks:
        what, *change = block.rstrip("\n").split("\n")
        found.append((re.sub(r"^\d+\. ", "", what), [line.removeprefix("   ") for line in change]))
    return found
