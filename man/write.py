"""Writes man/assume.1 from the help of the command line and the tables of docs/config.md: `make man`.

tests/test_man.py compares the file with what this would write.
"""

import re
import sys
from pathlib import Path

import typer.main

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from assume import verbs  # noqa: E402
from assume.cli.app import app  # noqa: E402

PAGE = ROOT / "man" / "assume.1"
HEAD = """\
.\\" written by man/write.py from the help of the command line; do not edit it by hand
.TH ASSUME 1 "" "assume" "User commands"
.SH NAME
assume \\- puts an AWS IAM role into the shell that you are in
.SH SYNOPSIS
.B assume
.RI [ OPTIONS ]
.I PROFILE
.br
.B assume \\-
.br
.B assume
.I COMMAND
.RI [ OPTIONS "] [" ARGUMENTS ]
.SH DESCRIPTION
The profiles are those of the AWS CLI's own files, and work unchanged.
.B assume
.I PROFILE
sets the variables that AWS tools read in this shell;
.B assume off
restores the shell as it was before.
.B assume \\-
repeats the request before this one, and
.B assume
alone lets you choose a profile.
The function that changes the shell is loaded by the line that
.B assume install
adds to its rc file.
.SH COMMANDS
"""
STATUS = """\
.SH EXIT STATUS
0: done.
1: refused or failed.
2: wrong usage.
130: interrupted.
.B assume exec
ends with the status of its command.
A failure changes nothing.
.SH FILES
.TP
.I ~/.aws/config, ~/.aws/credentials
The profiles.
.B AWS_CONFIG_FILE
and
.B AWS_SHARED_CREDENTIALS_FILE
name others.
.TP
.I ~/.aws/assume
Cached credentials, for this user alone.
.SH SEE ALSO
.BR aws (1)
"""


def text() -> str:
    """The whole page."""
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    shared = [option for option in _options(commands["use"]) if option[0].startswith("--")]
    parts = [HEAD]
    for group in verbs.GROUPS:
        parts.append(f".SS {escaped(group)}\n")
        for name in verbs.SHOWN:
            if verbs.VERBS[name].group == group:
                parts += _command(name, _options(commands[name]), () if name == "use" else shared)
    parts += [_variables(), STATUS]
    return "".join(parts)


def _command(name, options, shared):
    verb = verbs.VERBS[name]
    line = "assume use PROFILE, or assume PROFILE" if name == "use" else verb.line
    yield f".TP\n.B {escaped(line)}\n{escaped(verb.summary)}\n"
    own = [option for option in options if option[0] != "-h, --help"]
    has_shared = bool(shared) and all(option in own for option in shared)
    if has_shared:
        yield 'It has the options of\n.BR "assume use" .\n'
        own = [option for option in own if option not in shared]
    if own:
        yield ".RS\n"
        for words, help_text in own:
            yield f".TP\n.B {escaped(words)}\n{escaped(help_text)}\n"
        yield ".RE\n"
    yield f".RS\n.PP\nExample:\n.nf\n.B {escaped(verb.example)}\n.fi\n.RE\n"


def _options(command):
    """(words, help) of each option and argument that help shows."""
    found = []
    for option in command.params:
        if getattr(option, "hidden", False) or not option.help:
            continue
        if option.param_type_name == "argument":
            words = option.metavar or option.name.upper()
        else:
            value = "" if option.is_flag else f" {option.metavar or 'TEXT'}"
            words = ", ".join([*option.opts, *option.secondary_opts]) + value
        found.append((words, option.help))
    return found


def _variables():
    page = (ROOT / "docs" / "config.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| `(\w+)` \| (.+?) \| (.+) \|$",
        page.partition("## Variables that control assume")[2].partition("\n## ")[0],
        re.MULTILINE,
    )
    lines = [f".TP\n.B {name}\n{escaped(plain(f'{value}: {does}'))}.\n" for name, value, does in rows]
    return ".SH ENVIRONMENT\n" + "".join(lines)


def plain(markdown: str) -> str:
    """The text of a cell, without the marks of Markdown."""
    return re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", markdown).replace("`", "").replace("\\|", "|").rstrip(".")


def escaped(words: str) -> str:
    """Text for roff: as it is written, whatever it begins with."""
    made = (
        words.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace('"', "\\(dq").replace("…", "...")
    )
    return "\\&" + made if made[:1] in ".'" else made


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
