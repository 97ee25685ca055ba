"""The table of shells, and the text that `assume init` prints: stamp, block, function, completion."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assume import __version__
from assume.errors import AssumeError, UsageError
from assume.shells import init, shipped, table

ROOT = Path(__file__).parents[2]
NASTY = '/tmp/it\'s a "path" with $(touch PWN) `id` \\ %41 ünïcödé \u2018curly\u2019/bin/python'
PATHS = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), min_size=1)


def block(text: str) -> str:
    """The filled block alone."""
    return text.partition(init.BEGIN)[2].partition("\n")[2].partition(init.END)[0]


def test_each_shell_has_its_two_files_and_there_are_no_others():
    rows = table.SHELLS.values()
    assert {row.file for row in rows} | {init.DIRENV_FILE} == {path.name for path in (ROOT / "shell").iterdir()}
    assert {row.completion for row in rows} == {path.name for path in (ROOT / "completions").iterdir()}


@pytest.mark.parametrize("name", table.SHELLS)
def test_the_text_is_stamp_function_and_completion(name):
    text = init.init_text(name, prompt=True)
    row = table.SHELLS[name]
    stamp, _, rest = text.partition("\n")
    assert init.read_stamp(stamp) == {
        "version": __version__,
        "prompt": "1",
        "interpreter": sys.executable,
        "main": init.MAIN,
        "script": init.console_script(),
    }
    own = shipped.text("shell", row.file)
    head, tail = own.partition(init.BEGIN)[0], own.partition(init.END)[2]
    assert rest.startswith(head)
    assert rest.endswith(f"{init.END}{tail}\n{shipped.text('completions', row.completion)}")


@pytest.mark.parametrize("name", table.SHELLS)
def test_the_block_has_the_variables_of_the_unfilled_one(name):
    own = shipped.text("shell", table.SHELLS[name].file)
    for variable in ("__assume_program", "__assume_script", "__assume_commands", "__assume_prompt", "__assume_edition"):
        assert variable in block(own), f"shell/{table.SHELLS[name].file}"
        assert variable in block(init.init_text(name))
    assert len(block(init.init_text(name)).splitlines()) == 5


@pytest.mark.once
@pytest.mark.parametrize(
    ("name", "command", "show"),
    [
        ("bash", ["bash", "--norc", "-euc"], r"""printf '%s\0' "${__assume_program[@]}" """),
        ("zsh", ["zsh", "-fuc"], r"""printf '%s\0' "${__assume_program[@]}" """),
        ("fish", ["fish", "--no-config", "-c"], r"printf '%s\0' $__assume_program"),
        (
            "powershell",
            [os.environ.get("ASSUME_TEST_PWSH", "pwsh"), "-NoProfile", "-NonInteractive", "-Command"],
            "foreach ($word in $__assume_program) { [Console]::Out.Write($word + [char]0) }",
        ),
    ],
)
def test_a_real_shell_reads_the_words_as_they_are(name, command, show, tmp_path):
    if not shutil.which(command[0]):
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"{command[0]} is not installed")
    code = block(init.init_text(name, interpreter=NASTY, script=NASTY + "\n"))
    ran = subprocess.run([*command, f"{code}\n{show}"], cwd=tmp_path, capture_output=True, timeout=60)
    assert (ran.stderr, ran.returncode) == (b"", 0)
    assert ran.stdout.decode().split("\0")[:-1] == [NASTY, "-I", "-S", init.MAIN, NASTY + "\n"]
    assert not (tmp_path / "PWN").exists()


def test_powershell_is_ascii_whatever_the_paths_hold():
    assert init.init_text("powershell", interpreter=NASTY, script="/\U0001f600").isascii()


@given(PATHS, PATHS)
def test_a_stamp_is_one_line_and_is_read_back_for_any_text(interpreter, script):
    line = init.stamp(prompt=False, interpreter=interpreter, script=script)
    assert line.isascii()
    assert line.isprintable()
    values = init.read_stamp(line)
    assert values is not None
    assert (values["interpreter"], values["script"], values["prompt"]) == (interpreter, script, "")


def test_a_path_that_is_not_utf8_survives_the_stamp():
    path = os.fsdecode(b"/home/\xff/python")
    assert (init.read_stamp(init.stamp(prompt=True, interpreter=path, script="/s")) or {})["interpreter"] == path


@pytest.mark.parametrize("line", ["", "# assume", "# assume 1.0 and more words", "# assume 1.0 prompt=1", "#!/bin/sh"])
def test_any_other_line_is_not_a_stamp(line):
    assert init.read_stamp(line) is None


@pytest.mark.parametrize("call", [init.init_text, init.undo_text])
def test_an_unknown_shell_is_a_usage_error_that_names_the_known_ones(call):
    with pytest.raises(UsageError) as raised:
        call("tcsh")
    assert str(raised.value) == "assume: tcsh is not supported\n  one of: bash zsh fish powershell"
    assert raised.value.status == 2


def test_pwsh_is_powershell():
    assert init.init_text("pwsh") == init.init_text("powershell")


def test_a_shell_file_without_its_block_is_a_broken_installation(monkeypatch):
    monkeypatch.setattr(shipped, "text", lambda *_: "# nothing here\n")
    with pytest.raises(AssumeError, match=r"assume\.bash has no block to fill in\n  install assume-shell again"):
        init.init_text("bash")


def test_a_file_that_is_gone_is_a_broken_installation(monkeypatch, tmp_path):
    monkeypatch.setattr(shipped, "PACKAGE", str(tmp_path))
    monkeypatch.setattr(shipped, "CHECKOUT", str(tmp_path))
    with pytest.raises(AssumeError, match=r"assume\.bash is missing\n  install assume-shell again"):
        shipped.text("shell", "assume.bash")


def script_at(path: Path, content: str = "#!/usr/bin/python3\nfrom assume.cli.start import main\n") -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    path.chmod(0o755)
    return str(path)


def test_the_script_is_the_one_that_was_called_with_its_links(monkeypatch, tmp_path):
    real = script_at(tmp_path / "venvs" / "bin" / "assume")
    link = tmp_path / "bin" / "assume"
    link.parent.mkdir()
    link.symlink_to(real)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["bin/assume", "init", "bash"])
    assert init.console_script() == str(link)


def test_called_as_a_module_the_script_of_its_environment_is_found(monkeypatch, tmp_path):
    script = script_at(tmp_path / "bin" / "assume")
    monkeypatch.setattr(shipped, "CHECKOUT", str(tmp_path / "lib" / "python3.11" / "site-packages"))
    monkeypatch.setattr(
        sys, "argv", [str(tmp_path / "lib" / "python3.11" / "site-packages" / "assume" / "__main__.py")]
    )
    assert init.console_script() == script


def test_another_program_of_the_same_name_beside_the_interpreter_is_skipped(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "argv", ["-c"])
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python3"))
    assert init.console_script() == "assume"
    script_at(tmp_path / "assume", "#!/bin/sh\nexec granted\n")
    assert init.console_script() == "assume"
    ours = script_at(tmp_path / "assume")
    assert init.console_script() == ours


def test_a_file_inside_the_package_wins_over_one_beside_it(monkeypatch, tmp_path):
    for place in ("site-packages", "site-packages/assume"):
        (tmp_path / place / "shell").mkdir(parents=True)
        (tmp_path / place / "shell" / "assume.bash").write_text(place)
    monkeypatch.setattr(shipped, "PACKAGE", str(tmp_path / "site-packages" / "assume"))
    monkeypatch.setattr(shipped, "CHECKOUT", str(tmp_path / "site-packages"))
    assert shipped.text("shell", "assume.bash") == "site-packages/assume"
