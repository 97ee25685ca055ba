"""A page as data: its blocks of code, the commands in them, and a bash script that types them in their order."""

import configparser
import io
import re
import shlex
import sys
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ALICE = {"USER": "alice", "AWS_EC2_METADATA_DISABLED": "true"}


@dataclass
class Page:
    """What running a page showed."""

    lines: list[tuple[str, int, str]] = field(default_factory=list)  # what was typed, its exit status, its output
    asked: list[str] = field(default_factory=list)  # the profiles that a code was asked for
    noted: list[tuple[str, str]] = field(default_factory=list)  # the name of the caller, the stand-in and its words


def blocks(page):
    """The kind and the text of each block of code, in order."""
    return BLOCK.findall((DOCS / page).read_text(encoding="utf-8"))


def typed(kind, text):
    """The commands of a block, each with what the page shows below it."""
    if kind == "yaml":
        return [(textwrap.dedent(text.partition("run: |\n")[2]), "")]
    if kind != "console":
        return []
    return [tuple(part.split("\n", 1)) for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]]


def environment(aws_home, stand_ins, **more):
    """The variables of the shell that types a page: alice's, the stand-ins on PATH, and `more`."""
    path = f"{stand_ins}:{Path(sys.executable).parent}:/usr/bin:/bin"
    have = {name: value for name, value in aws_home.environment.items() if name not in ("COLUMNS", "LINES")}
    return {**have, **ALICE, "PATH": path, "TERM": "xterm", "NO_COLOR": "1", **more}


def with_profiles(text, more, url):
    """A config file's text, with the sections of a page in place of those of the same name."""
    parser = configparser.RawConfigParser(default_section="")
    parser.read_string(text)
    page = configparser.RawConfigParser(default_section="")
    page.read_string(more)
    for name in page.sections():
        parser.remove_section(name)
        parser[name] = {**page[name], "region": "us-west-2", "endpoint_url": url}
    out = io.StringIO()
    parser.write(out)
    return out.getvalue()


def script_of(page, aws_home, sts, tmp_path, only):
    """The path of a bash script that types the commands that match `only`; each with what the page shows below it.

    After a command it prints a line `@@STATUS`. Profiles are written to the config file and to `ci/aws-config`.
    """
    said, commands = ['eval "$(assume init bash)"', f"cd {tmp_path}"], []
    profiles = aws_home.config.read_text()
    for number, (kind, text) in enumerate(blocks(page)):
        if kind == "ini":
            profiles = with_profiles(
                profiles, text.replace("/home/runner/aws-token", str(aws_home.web_identity)), sts.url
            )
            (tmp_path / f"config.{number}").write_text(profiles)
            said.append(f"cp config.{number} {shlex.quote(str(aws_home.config))}; cp config.{number} ci/aws-config")
        for command, shown in typed(kind, text):
            if re.search(only, command):
                commands.append((command, shown))
                said.append(f"{command}\nprintf '\\n@@%s\\n' \"$?\"")
    (tmp_path / "ci").mkdir()
    (tmp_path / "script").write_text("\n".join(said) + "\n")
    return tmp_path / "script", commands
