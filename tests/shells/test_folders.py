"""Roles of folders, by the real direnv and the real mise: taken on entering, given back on leaving, no drift shown.

One interactive bash with our function and hook, and the tool's. `shown` is the prompt segment.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assume.shells import init

BIN = Path(sys.executable).parent
DIRENV, MISE = shutil.which("direnv"), shutil.which("mise")
MASK = "OLDPWD|_|PWD|DIRENV_[A-Z]*|__MISE_[A-Z_]*|MISE_[A-Z]*|SHLVL|COLUMNS|LINES"
HEAD = f"""
export XDG_CONFIG_HOME=$HOME/.config XDG_DATA_HOME=$HOME/.local/share LC_ALL=C.UTF-8 NO_COLOR=1 MISE_YES=1
export DIRENV_LOG_FORMAT=
eval "$(assume init bash)"
values() {{ env -0 | grep -zvE '^({MASK})=' | sort -z | sha256sum; }}
shown() {{ printf '%s %s\\n' "$1" "$__assume_segment"; }}
prompt() {{ for hook in "${{PROMPT_COMMAND[@]}}"; do eval "$hook"; done; shown "$1"; }}
"""
TOOLS = {
    "direnv": """
mkdir -p ~/.config/direnv/lib ~/project && assume init direnv > ~/.config/direnv/lib/assume.sh
role() { echo "use assume $*" > ~/project/.envrc; direnv allow ~/project; }
eval "$(direnv hook bash)"
""",
    "mise": """
mkdir -p ~/project && printf '[env]\\n_.source = ".assume.sh"\\n' > ~/project/mise.toml
role() { echo "eval \\"\\$(assume use --shell bash $*)\\"" > ~/project/.assume.sh; mise trust -q ~/project; }
eval "$(mise activate bash)"
""",
}

pytestmark = [pytest.mark.once, pytest.mark.skipif(sys.platform == "win32", reason="types into bash")]


@pytest.fixture(params=TOOLS)
def run(request, program):
    """Runs lines in a bash with the tool; returns what `prompt` and `shown` printed, by name, and stderr."""
    path = {"direnv": DIRENV, "mise": MISE}[request.param]
    if path is None:
        pytest.skip(f"no {request.param} on PATH")
    env = program.home.environment | {"PATH": f"{BIN}:{Path(path).parent}:/usr/bin:/bin"}

    def lines(text: str) -> tuple[dict[str, str], str]:
        done = subprocess.run(
            ["bash", "--norc", "-i"], input=HEAD + TOOLS[request.param] + text, env=env, cwd=program.home.path,
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        found = (line.partition(" ") for line in done.stdout.splitlines())
        return {name: rest.strip() for name, _, rest in found}, done.stderr

    return lines


ARN = "aws sts get-caller-identity --query Arn --output text"


def test_entering_takes_the_role_and_leaving_gives_everything_back(run):
    found, err = run(f"""
role workload --session-name me
prompt one; before=$(values)
cd ~/project; prompt two; echo "who $(env -u AWS_PROFILE {ARN})"
cd ~; prompt three; [ "$before" = "$(values)" ] && echo same yes
""")
    assert (found["one"], found["three"]) == ("", ""), err
    assert found["two"] == "[workload inherited]"
    assert found["who"] == "arn:aws:sts::128716708097:assumed-role/workload/me"
    assert found["same"] == "yes"
    assert "ASSUME_BEFORE" not in err


def test_over_a_role_of_the_shell_and_back(run):
    found, err = run("""
role workload
assume marketingadmin; prompt one; before=$(values)
cd ~/project; prompt two; assume status > status && echo live yes
assume exec - -- sh -c 'echo exec $ASSUME_PROFILE'
cd ~; prompt three; [ "$before" = "$(values)" ] && echo same yes
assume exec - -- sh -c 'echo again $ASSUME_PROFILE'
""")
    assert (found["one"], found["three"], found["same"]) == ("[marketingadmin]", "[marketingadmin]", "yes"), err
    assert found["two"] == "[workload]"
    assert (found["live"], found["exec"], found["again"]) == ("yes", "workload", "marketingadmin")


def test_a_switch_inside_and_drift_are_shown_as_elsewhere(run):
    found, err = run("""
role workload
cd ~/project; prompt one
assume hub; prompt two
export AWS_PROFILE=user1; prompt three
assume hub; prompt four
assume off; prompt five; echo "gone ${AWS_ACCESS_KEY_ID-yes}"
cd ~; prompt six; echo "left ${AWS_ACCESS_KEY_ID-yes}"
""")
    assert found["one"] == "[workload inherited]", err
    assert [found[name] for name in ("two", "three", "four", "five", "six")] == [
        "[hub]",
        "[hub≠user1]",
        "[hub]",
        "",
        "",
    ]
    assert (found["gone"], found["left"]) == ("yes", "yes")


def test_the_shell_does_not_renew_its_own_role_over_that_of_the_folder(run, sts):
    found, err = run("""
role workload
assume marketingadmin
cd ~/project; prompt one
export ASSUME_EXPIRES=$((EPOCHSECONDS + 200)); prompt two; echo "name $ASSUME_PROFILE"
""")
    assert (found["two"], found["name"]) == ("[workload 4m]", "workload"), err
    assert "Traceback" not in err
    assert sum(call.params.get("RoleArn", "").endswith("marketingadminrole") for call in sts.calls) == 1


@pytest.mark.parametrize("words", ["nosuch", "''"])
def test_a_failure_is_told_and_changes_nothing(run, words):
    found, err = run(f"""
role {words}
before=$(values); cd ~/project; prompt one; cd ~; [ "$before" = "$(values)" ] && echo same yes
""")
    assert (found["one"], found["same"]) == ("", "yes"), err
    assert "no such profile" in err or "which profile?" in err or "is empty" in err


def test_the_library_is_filled_in_like_the_shells():
    text = init.direnv_text()
    assert "# --- filled in by `assume init direnv` ---\n__assume_program=(" in text
    assert str(Path(init.MAIN)) in text
