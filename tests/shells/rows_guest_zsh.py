"""Row 98 in zsh: the user's traps, options, aliases, functions and prompt."""

from __future__ import annotations

from .bench import Bench, environment
from .table import case

ONLY = ("zsh",)


@case(98, "loading fires no ZERR trap, and warns of no new global inside a function", ONLY)
def loads(bench: Bench) -> None:
    changes = bench.plan_role("p")
    for before in ("trap 'exit 9' ZERR", "TRAPZERR() { print E }", "setopt warn_create_global"):
        file = bench.home / "own"
        file.write_text(bench.text(prompt=True))
        load = f"function load {{ . {file}; }}; load; load; print loaded"
        for init, after in ((None, ""), ("", load)):
            shell = bench.start(before=before, init=init, after=after, prompt=True, wait=False)
            assert shell.prompt() == 0, before
            shown = shell.shown(0)
            assert "assume" not in shown and "E" not in shown.replace("loaded", ""), (before, shown)
            assert shell.run("assume p") == ("", 0), before
            assert shell.environment().items() >= environment(changes).items()
            assert shell.run("assume off") == ("", 0), before
            shell.close()


@case(98, "without prompt_percent no `%91v` is shown, and with it again the segment is", ONLY)
def no_percent(bench: Bench) -> None:
    bench.plan_role("p")
    shell = bench.start(prompt=True)
    shell.run("assume p")
    shell.shows("[p]")
    shell.run("PROMPT='$ '$'\\e]7777;0\\a'; setopt no_prompt_percent")
    shell.run("true")
    assert "%91v" not in shell.rows()[-1]
    shell.run("setopt prompt_percent")
    shell.shows("[p]")


@case(98, "a readonly RPROMPT, RPS1 or psvar: no error at a prompt", ONLY)
def readonly_prompt(bench: Bench) -> None:
    bench.plan_role("p")
    for name in ("RPROMPT=x", "RPS1=x", "psvar"):
        shell = bench.start(before=f"readonly {name}", prompt=True)
        assert shell.run("assume p") == ("", 0), name
        assert shell.run("print hi") == ("hi", 0), name
        shell.close()


@case(98, "the user's INT trap runs once for one Ctrl-C at a question", ONLY)
def one_trap(bench: Bench) -> None:
    bench.plan({"use mfa": {"ask": "Code: "}})
    for trap in ("trap 'print trapped' INT", "TRAPINT() { print trapped; return 130 }"):
        shell = bench.start(after=trap)
        shell.drain()
        start = len(shell.stream)
        shell.send("assume mfa\r")
        shell.wait("Code: ")
        shell.press("ctrl-c")
        shell.prompt()
        shell.run("true")
        assert shell.stream[start:].count(b"trapped") == 1, trap
        shell.close()


@case(98, "a global alias with the name of a variable, a function named command: neither is used", ONLY)
def alias_and_function(bench: Bench) -> None:
    changes = bench.plan_role("p")
    bench.plan({"list": {"stdout": "x\n"}})
    aliases = "; ".join(f"alias -g {name}=theirs" for name in environment(changes))
    shell = bench.start(after=f"{aliases}; function command {{ print hijacked }}", prompt=True)
    before = shell.environment()
    assert shell.run("assume p") == ("", 0)
    assert shell.environment().items() >= environment(changes).items()
    assert shell.run("assume list") == ("x", 0)
    assert shell.run("alias -g | grep -c theirs").text == str(len(environment(changes)))
    assert shell.run("assume off") == ("", 0)
    assert shell.environment() == before
