"""What only fish has: universal variables, its trace, its job control, prompt functions, functions over builtins."""

from __future__ import annotations

import re
import subprocess

from .bench import Bench, environment, role
from .driver import ROOT
from .fish import Fish
from .table import case

ONLY = ("fish",)
MARKED = r"\e]7777;%s\a"


@case(12, "from a pipe, a block or a substitution the role reaches the shell too", ("fish", "powershell"))
def in_a_pipe(bench: Bench) -> None:
    changes = bench.plan_role("p")
    shell = bench.start()
    before = shell.environment()
    block = "begin; assume p; end" if bench.kind is Fish else ". { assume p }"
    for line in ("assume p | cat", block, "echo $(assume p)"):
        assert shell.run(line).text.strip() == "", line
        assert shell.environment() == before | environment(changes), line
        shell.run("assume off")
        assert shell.environment() == before


@case(20, "a universal variable that shows again is named, with the command that removes it", ONLY)
def universal(bench: Bench) -> None:
    before = "set -Ux AWS_PROFILE theirs; set -U other thing"
    changes = role("p")
    back = [(name, "theirs" if name == "AWS_PROFILE" else None) for name, _ in changes]
    bench.plan({"use p": {"changes": changes, "state": "renew;;"}, "off": {"changes": back, "state": "off;;"}})
    shell = bench.start(before=before)
    was = shell.environment()
    assert shell.run("assume p") == ("", 0)
    assert shell.environment()["AWS_PROFILE"] == "p"
    seen = shell.run("assume off")
    assert seen.status == 0
    assert seen.text.startswith("assume: AWS_PROFILE is a universal variable") and "set -eU AWS_PROFILE" in seen.text
    assert shell.environment() == was
    # the value that is put back does not hide a later change to the universal variable
    shell.run("set -U AWS_PROFILE another")
    assert shell.environment()["AWS_PROFILE"] == "another"


@case(20, "a universal variable that wins over the role is named when the role is taken", ONLY)
def universal_wins(bench: Bench) -> None:
    bench.plan_role("p")
    shell = bench.start(before="set -Ux AWS_SECURITY_TOKEN stale")
    seen = shell.run("assume p")
    assert seen.status == 0 and "set -eU AWS_SECURITY_TOKEN" in seen.text


@case(29, "fish_trace shows no secret, neither in a switch nor in a renewal, and stays on", ONLY)
def traced(bench: Bench) -> None:
    changes = bench.plan_role("p", left_s=200)
    bench.plan({"renew": {"changes": changes, "state": "renew;;"}, "use bad": {"status": 1}})
    for on in ("set -g fish_trace 1", "set -gx fish_trace all"):
        shell = bench.start(prompt=True, after=on)
        shell.run("assume p")
        shell.run("assume bad")
        shell.run("string upper traced")
        assert b"secret/of+" not in shell.stream and b"session/of+" not in shell.stream
        assert b"> string upper traced" in shell.stream
    assert bench.calls("renew")


@case(46, "no session of fish keeps a secret in its history or its universal variables", ONLY)
def files(bench: Bench) -> None:
    bench.plan_role("p")
    shell = bench.start()
    shell.run("assume p")
    shell.run("history save")
    for path in bench.home.rglob("*"):
        if path.is_file() and path.name != "plan.json":
            assert b"/of+" not in path.read_bytes(), path


@case(49, "the user's prompt finds $status and $pipestatus as they were", ONLY)
def statuses(bench: Bench) -> None:
    bench.plan_role("p", left_s=200)
    bench.plan({"renew": {"status": 1}})
    prompt = f"function fish_prompt; printf '%s/%s{MARKED}' $status (string join , $pipestatus) $status; end"
    for words in (prompt, prompt.replace("printf", "set -l p $pipestatus; printf").replace("$pipestatus)", "$p)")):
        shell = bench.start(before=words, prompt=True)
        shell.run("assume p")
        shell.run("true | sh -c 'exit 4' | true")
        assert shell.rows()[-1].startswith("[p 4m] ")
        shell.run("false")
        assert shell.rows()[-1] == "[p 4m] 1/1"


@case(
    55,
    "prompts that are autoloaded, have several lines, begin with empty ones or are right prompts stay as they are",
    ONLY,
)
def composed(bench: Bench) -> None:
    bench.plan_role("p")
    mark = f"printf '{MARKED}' $s"
    prompts = {
        f"set -l s $status; echo two; printf '> '; {mark}": ["[p] two", ">"],
        f"set -l s $status; echo; echo; printf 'low '; {mark}": ["", "", "[p] low"],
        f"set -l s $status; set_color red; printf 'x'; set_color normal; {mark}": ["[p] x"],
    }
    functions = bench.home / ".config/fish/functions"
    functions.mkdir(parents=True)
    for body, want in prompts.items():
        (functions / "fish_prompt.fish").write_text(f"function fish_prompt\n{body}\nend\n")
        shell = bench.start(before="function fish_right_prompt; printf RIGHT; end", prompt=True)
        shell.run("clear")
        plain = shell.rows()[-len(want) :]
        shell.run("assume p")
        seen = [row.removesuffix("RIGHT").rstrip() for row in shell.rows()[-len(want) :]]
        assert seen == want
        assert [row.replace("[p] ", "").replace(" ", "") for row in shell.rows()[-len(want) :]] == [
            row.replace(" ", "") for row in plain
        ]
        assert shell.rows()[-1].endswith("RIGHT")


@case(55, "a prompt set later or put around ours, loading again, undo: one segment, then the original prompt", ONLY)
def later(bench: Bench) -> None:
    bench.plan_role("p")
    new = f"function fish_prompt; printf 'new {MARKED}' $status; end"
    shell = bench.start(prompt=True)
    shell.run("assume p")
    assert shell.rows()[-1] == "[p] $"
    shell.run(new)
    shell.run("")  # whether the new prompt calls ours is known once it has run
    assert shell.rows()[-1] == "[p] new"
    shell.run("functions -c fish_prompt _old; function fish_prompt; printf '(venv) '; _old; end")
    assert shell.rows()[-1] == "(venv) [p] new"
    for _ in range(2):
        shell.load(bench.text(prompt=True))
        assert shell.rows()[-1] == "(venv) [p] new"
    shell.run("functions -e fish_prompt; functions -c _old fish_prompt")
    assert shell.rows()[-1] == "[p] new"
    shell.run("__assume_undo")
    assert shell.rows()[-1] == "new"
    left = "functions fish_prompt; functions -an; set -n; complete"
    assert "assume" not in shell.run(f"begin; {left}; end | string match '*assume*' | string upper").text


@case(55, "undone while another prompt is around ours: that one still works", ONLY)
def undone_inside(bench: Bench) -> None:
    bench.plan_role("p")
    shell = bench.start(prompt=True)
    shell.run("assume p")
    shell.run("functions -c fish_prompt _old; function fish_prompt; printf '(venv) '; _old; end")
    shell.run("__assume_undo")
    assert shell.rows()[-1] == "(venv) $"
    assert shell.run("true").text.endswith("(venv) ")


@case(57, "starship, oh-my-posh or Tide for this shell show AWS themselves: our segment is not shown", ONLY)
def themes(bench: Bench) -> None:
    bench.plan_role("p")
    shell = bench.start(prompt=True)
    shell.run("assume p")
    for line, want in (
        ("set -gx STARSHIP_SHELL fish", "$"),
        ("set -gx STARSHIP_SHELL bash", "[p] $"),
        ("set -gx POSH_THEME x", "$"),
        ("set -gx POSH_SHELL bash", "[p] $"),
        ("set -g tide_right_prompt_items git aws", "$"),
    ):
        shell.run(line)
        assert shell.rows()[-1] == want, line


@case(28, "functions named like builtins are not used", ONLY)
def functions(bench: Bench) -> None:
    changes = bench.plan_role("p", left_s=500)
    shell = bench.start(prompt=True)
    names = "path source complete functions"  # other names would break what fish itself runs before a prompt
    assert shell.run(f'for n in {names}; eval "function $n; echo ours; false; end"; end') == ("", 0)
    assert shell.run("assume p") == ("", 0)
    shell.shows("[p 9m]")
    assert shell.environment().items() >= environment(changes).items()


@case(7, "job control is as before after a switch, a failure and Ctrl-C", ONLY)
def job_control(bench: Bench) -> None:
    bench.plan_role("p")
    bench.plan({"use mfa": {"ask": "Code: "}, "use bad": {"status": 1}})
    ask = "for k in interactive full no; status is-$k-job-control; and echo $k; end"
    for mode in ("interactive", "full", "none"):
        shell = bench.start(after=f"status job-control {mode}")
        before = shell.run(ask).text
        for line in ("assume p", "assume bad"):
            shell.run(line)
            assert shell.run(ask).text == before
        shell.send("assume mfa\r")
        shell.wait("Code: ")
        shell.press("ctrl-c")
        assert shell.prompt() == 130
        assert shell.run(ask).text == before
        shell.close()


# What came after fish 3.6.0.
LATER = (
    r"string (match|replace).* (-m|--max-matches)|string pad.* (-C|--center)|string repeat \d"
    r"|commandline.* (-x|--tokens-expanded|--tokens-raw|--column)|commandline -\w*x|history append|abbr.* --command"
    r"|path (basename|dirname).* (-E|--no-extension)|status (buildinfo|fish-path|get-file|list-files|language)"
    r"|math.* (--scale-mode|-m)|fish_should_add_to_history|argparse.*--(strict-longopts|unknown-arguments)"
    r"|^\s*\{ |; \}|test.* -(ot|nt|ef) "
)


@case(35, "fish_indent has nothing to change, and the files use nothing newer than fish 3.6", ONLY)
def formatted(bench: Bench) -> None:
    for path in Fish.files():
        checked = subprocess.run(["fish_indent", "--check", path], capture_output=True, check=False)
        assert checked.returncode == 0, path
        for line in path.read_text(encoding="ascii").splitlines():
            code = re.sub(r"(^|\s)#.*", "", line)
            assert not re.search(LATER, code), f"{path.relative_to(ROOT)}: {line}"
