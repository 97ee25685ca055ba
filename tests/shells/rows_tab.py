"""Rows 62 to 73: TAB. What counts is the word that the program gets, not the text on the screen."""

from __future__ import annotations

from functools import partial
from typing import Any

from .bench import Bench
from .driver import ROOT, Shell
from .table import POSIX, UNIX, case

NAMES = [
    "prod:admin",
    "prod:dev",
    "my profile",
    "user@acct",
    "a=b",
    "o'brien",
    "$(touch PWN)",
    "`touch PWN2`",
    "x;touch PWN3",
    "end\\",
    'dq"x',
    "*star",
    "~home",
    "#hash",
    "marketingadmin",
    "Zoë",
]
COMPINIT = "autoload -Uz compinit; compinit -u -d ~/.zcompdump"
BASH_COMPLETION = "/usr/share/bash-completion/bash_completion"


def tab(bench: Bench, **start: Any) -> Shell:
    """A shell whose TAB offers NAMES, and whose `assume` takes any word."""
    bench.plan({"complete": {"candidates": [[name, f"about {name}"] for name in NAMES]}, "use": {"state": "hold;;"}})
    if bench.kind.name == "zsh":
        start = {"before": COMPINIT, **start}
    return bench.start(**start)


def cleared(shell: Shell) -> None:
    """Erases what was typed."""
    shell.press("ctrl-u")
    shell.settle(lambda rows: rows[-1] == "$")


def taken(bench: Bench, shell: Shell, typed: str) -> list[str]:
    """Types, presses TAB once, and Enter once the program has answered. Returns the words that the program got."""
    asked, used = len(bench.calls("complete")), len(bench.calls("use"))
    shell.drain()
    shell.send(f"assume {typed}\t")
    shell.send("\r")  # the shell reads it once it is done with TAB
    shell.prompt()
    assert len(bench.calls("complete")) == asked + 1, typed
    calls = bench.calls("use")[used:]
    return [word for call in calls for word in call[5:]]


@case(62, "the rest of a name, and a space after it", UNIX)
def completes(bench: Bench) -> None:
    shell = tab(bench)
    shell.send("assume mar\t--x\r")
    shell.prompt()
    assert bench.calls("use")[-1][5:] == ["marketingadmin", "--x"]


@case(63, "several names: what they have in common, then the list, with descriptions where the shell shows them", UNIX)
def lists(bench: Bench) -> None:
    shell = tab(bench)
    shell.send("assume pro\t\t\t")
    described = bench.kind.name != "bash"  # readline lists the part after the `:`
    shown = ("about prod:admin", "about prod:dev") if described else ("admin", "dev")
    shell.settle(lambda rows: all(word in "\n".join(rows) for word in shown))


@case(64, "names with : @ and = are completed once and whole, whatever COMP_WORDBREAKS is", ["bash"])
def word_breaks(bench: Bench) -> None:
    settings = ["", "COMP_WORDBREAKS=${COMP_WORDBREAKS//:/}", "COMP_WORDBREAKS=' '", "set -u -f", "IFS=o"]
    for setting in settings:
        shell = tab(bench, before=setting)
        for typed, word in (("prod:ad", "prod:admin"), ("user@", "user@acct"), ("a=", "a=b"), ("prod:", "prod:")):
            assert taken(bench, shell, typed) == [word], (setting, typed)
        shell.close()


@case(65, "a name with a blank: unquoted, in both kinds of quotes, after a backslash", UNIX)
def blanks(bench: Bench) -> None:
    shell = tab(bench)
    for typed in ("my", "'my p", '"my p', "my\\ p"):
        assert taken(bench, shell, typed) == ["my profile"], typed


@case(66, "characters that the shell would interpret are quoted: the program gets the exact name", UNIX)
def special(bench: Bench) -> None:
    shell = tab(bench)
    for typed, word in (
        ("user@", "user@acct"),
        ("a=", "a=b"),
        ("o", "o'brien"),
        ("end", "end\\"),
        ("dq", 'dq"x'),
        ("\\*", "*star"),
        ("\\~", "~home"),
        ("\\#", "#hash"),
        ("Zo", "Zoë"),
        ("'o", "o'brien"),
        ('"dq', 'dq"x'),
        ("'*", "*star"),
    ):
        if bench.kind.name == "fish" and typed[0] + typed[-1] not in ('"q', "'o") and typed[0] in "\\'":
            continue  # fish reads a `*` here as a pattern, and completes file names
        assert taken(bench, shell, typed) == [word], typed


@case(67, "a name that is a command: TAB and Enter take it literally, and nothing runs", UNIX)
def commands(bench: Bench) -> None:
    shell = tab(bench)
    for typed, word in (
        ("\\$", "$(touch PWN)"),
        ("'$", "$(touch PWN)"),
        ("\\`", "`touch PWN2`"),
        ("x", "x;touch PWN3"),
    ):
        assert taken(bench, shell, typed) == [word], typed
    assert not list(bench.home.rglob("PWN*"))


@case(68, "TAB with 2,000 profiles completes the right one", UNIX)
def many(bench: Bench) -> None:
    bench.demo()
    with (bench.home / ".aws/config").open("a") as config:
        for number in range(2000):
            config.write(
                f"[profile many-{number:04}]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = user1\n"
            )
    before = COMPINIT if bench.kind.name == "zsh" else ""
    shell = bench.start(init=bench.real(), before=before)

    def reached(width: int, _rows: object) -> bool:
        return shell.screen.cursor.x >= width

    for number in (123, 1999):
        shell.drain()
        shell.send(f"assume many-{number:04}\t")
        shell.settle(partial(reached, len(f"$ assume many-{number:04} ")))
        cleared(shell)


@case(69, "zsh: our line before compinit, after it, and without it", ["zsh"])
def compinit(bench: Bench) -> None:
    for order in ({"before": COMPINIT}, {"before": "", "after": COMPINIT}, {"before": COMPINIT, "after": COMPINIT}):
        shell = tab(bench, **order)
        assert taken(bench, shell, "mar") == ["marketingadmin"], order
        shell.close()
    shell = tab(bench, before="")
    assert shell.run("assume mar") == ("", 0)
    shell.run(COMPINIT)
    assert taken(bench, shell, "mar") == ["marketingadmin"]


@case(69, "zsh: the completion file in $fpath, where a package puts it, without our line", ["zsh"])
def standing_alone(bench: Bench) -> None:
    bench.plan({"complete": {"candidates": [["marketingadmin", ""]]}, "marketingadmin": {}})
    folder = bench.home / "bin"
    folder.mkdir()
    (folder / "assume").symlink_to(bench.script)
    (folder / "_assume").symlink_to(ROOT / "completions/_assume")
    env = bench.environment | {"PATH": f"{folder}:/usr/bin:/bin"}
    shell = bench.kind.spawn(bench.home, env, rc=f"fpath=({folder} $fpath); {COMPINIT}")
    for _ in range(2):
        shell.send("assume mar\t\r")
        shell.prompt()
    assert bench.calls("marketingadmin") == [["marketingadmin"]] * 2
    shell.close()


@case(70, "bash: without bash-completion, with it, and with another loader", ["bash"])
def loaders(bench: Bench) -> None:
    loader = "function loader { return 124; }; complete -D -F loader"
    for setting in ("", loader, f"[ ! -r {BASH_COMPLETION} ] || . {BASH_COMPLETION}"):
        shell = tab(bench, before=setting)
        assert taken(bench, shell, "prod:ad") == ["prod:admin"], setting
        shell.close()


@case(70, "bash: the completion file alone, where a package puts it, without our line", ["bash"])
def alone(bench: Bench) -> None:
    bench.plan({"complete": {"candidates": [["my profile", ""]]}, "my": {}, "my profile": {}})
    env = bench.environment | {"PATH": f"{bench.script.parent}:/usr/bin:/bin"}
    shell = bench.kind.spawn(bench.home, env, rc=f". {ROOT / 'completions/assume.bash'}")
    shell.send("assume my\t\r")
    shell.prompt()
    assert bench.calls()[-1] == ["my profile"]
    shell.close()


@case(71, "a profile that is new in the file is offered at the next TAB", UNIX)
def new_profile(bench: Bench) -> None:
    bench.demo()
    before = COMPINIT if bench.kind.name == "zsh" else ""
    shell = bench.start(init=bench.real(), before=before)
    shell.send("assume marketing\t")
    shell.settle(lambda rows: rows[-1].startswith("$ assume marketingadmin"))
    cleared(shell)
    with (bench.home / ".aws/config").open("a") as config:
        config.write('[profile "brand new"]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = user1\n')
    shell.send("assume brand\t")
    shell.settle(lambda rows: rows[-1].startswith("$ assume brand\\ new"))


@case(72, "no files to read, or a program that fails: nothing on the screen, and the shell works on", UNIX)
def nothing(bench: Bench) -> None:
    shell = tab(bench)
    for answer in ({"status": 1, "stderr": "Traceback"}, {"stdout": ""}, {"signal": 9, "stdout": "xxxx\t\n"}):
        bench.plan({"complete": answer})
        shell.drain()
        start = len(shell.stream)
        assert taken(bench, shell, "zzz") == ["zzz"]
        assert b"Traceback" not in shell.stream[start:]
        assert shell.run("echo alive") == ("alive", 0)


@case(73, "options; and after exec P -- what the command itself completes, or files", UNIX)
def options(bench: Bench) -> None:
    shell = tab(bench)
    bench.plan({"complete": {"candidates": [["--region", ""], ["--read-only", ""]]}})
    assert taken(bench, shell, "p --reg") == ["p", "--region"]
    (bench.home / "a file").touch()
    bench.plan({"complete": {"stdout": "files\n"}})
    assert taken(bench, shell, "p --policy a\\ fi") == ["p", "--policy", "a file"]


COMPLETES = {
    "bash": 'function theirs { COMPREPLY=($(compgen -W "sub1 sub2" -- "$2")); }; complete -F theirs tool',
    "zsh": COMPINIT + "; function theirs { compadd sub1 sub2; }; compdef theirs tool",
}


@case(73, "after exec P: the command's name, its own words, files", POSIX)
def exec_words(bench: Bench) -> None:
    shell = tab(bench, before=COMPLETES[bench.kind.name])
    (bench.home / "unlike any other").touch()
    bench.plan({"exec": {}})
    for typed, start, words in (
        ("exec p strac", 2, ["p", "strace"]),
        ("exec p -- strac", 3, ["p", "--", "strace"]),
        ("exec p tool x sub1", 2, ["p", "tool", "x", "sub1"]),
        ("exec 'my p' cat unl", 2, ["my p", "cat", "unlike any other"]),
        ("exec a:b -- cat 'unl", 3, ["a:b", "--", "cat", "unlike any other"]),
    ):
        bench.plan({"complete": {"stdout": f"command {start}\n"}})
        shell.drain()
        shell.send(f"assume {typed}\t\r")
        shell.prompt()
        assert bench.calls("exec")[-1][3:] == words, typed


def ends(text: str, rows: list[str]) -> bool:
    """Whether the line that is being typed ends with `text`."""
    return rows[-1].endswith(text)


@case(73, "the real program completes options, values, shells, and the words of exec", UNIX)
def real(bench: Bench) -> None:
    bench.demo()
    before = COMPINIT if bench.kind.name == "zsh" else ""
    shell = bench.start(init=bench.real(), before=before)
    for typed, shown in (
        ("assume p --reg", "assume p --region "),
        ("assume export marketingadmin --format pow", "--format powershell "),
        ("assume init pow", "assume init powershell "),
        ("assume status --qui", "--quiet "),
        ("assume exec marketingadmin -- sha224su", "-- sha224sum "),
    ):
        shell.drain()
        shell.send(typed + "\t")
        shell.settle(partial(ends, shown.rstrip()))
        cleared(shell)
