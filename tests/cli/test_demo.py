"""`assume demo`: the tour passes, and fails where the program is broken; the shell to type in; no traces."""

import io
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from ..shells.powershell import engine
from ..simulator.clients import stripped

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX terminal"),
]

ROOT = Path(__file__).parents[2]
PATIENCE_S = 200  # pytest's limit is 300 s
SHELLS = {  # how each is started, to type `assume demo` at it
    "bash": lambda: shutil.which("bash"),
    "zsh": lambda: shutil.which("zsh"),
    "fish": lambda: shutil.which("fish"),
    "powershell": engine,
}
PHONE = r"phone[^\d]*(?:\x1b\[[\d;]*m|\s)*(\d{6}).*?MFA code for [^\r\n]*: "


@pytest.fixture(params=SHELLS)
def shell(request):
    """A shell's name and its program."""
    program = SHELLS[request.param]()
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{request.param} is not here")
        pytest.skip(f"{request.param} is not here")
    return request.param, program


@pytest.fixture
def person(home):
    """A person with files and settings of their own: an environment, and all that must not be touched."""
    files = {
        ".aws/config": "[profile marketingadmin]\nregion = eu-west-3\n",
        ".aws/credentials": "[default]\naws_access_key_id = AKIAPERSONSOWNKEYXYZ\naws_secret_access_key = x\n",
        ".bashrc": "echo bashrc-was-read\n",
        ".zshrc": "echo zshrc-was-read\n",
        ".config/fish/config.fish": "echo config.fish-was-read\n",
        ".config/powershell/Microsoft.PowerShell_profile.ps1": "'profile-was-read'\n",
        "history": "one\n",
        "xdg/fish/config.fish": "echo config.fish-was-read\n",
    }
    for name, text in files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    (home / "tmp").mkdir()
    return stripped(os.environ) | {
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "HISTFILE": str(home / "history"),
        "XDG_CONFIG_HOME": str(home / "xdg"),
        "ZDOTDIR": str(home),
        "AWS_PROFILE": "marketingadmin",
        "AWS_CONFIG_FILE": str(home / ".aws/config"),
        "AWS_ACCESS_KEY_ID": "AKIAPERSONSOWNKEYXYZ",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "STARSHIP_SHELL": "bash",
    }


def contents(folder):
    """Every file and folder under `folder`: kind, content, when it was changed."""
    found = {}
    for path in sorted(folder.rglob("*")):
        seen = path.lstat()
        found[str(path.relative_to(folder))] = (seen.st_mtime_ns, path.read_bytes() if path.is_file() else None)
    return found


def installed():
    return str(Path(sys.executable).parent / "assume")


def tour(environment, *words, program=None):
    command = [*(program or [installed()]), "demo", "--script", *words]
    return ended(command, environment)


def ended(command, environment):
    return subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300
    )


def test_the_tour_passes_in_each_shell_and_leaves_the_users_files_alone(shell, person, home):
    name, program = shell
    person["PATH"] = f"{Path(program).parent}:{person['PATH']}"
    before = contents(home)
    done = tour(person, name)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(rf"\n16 steps in {name}, \d+ calls to STS, [\d.]+ s: all checks passed\n\Z", done.stdout)
    assert "was-read" not in done.stdout
    now = contents(home)
    now["tmp"] = before["tmp"]  # the folder was there, and has gone
    assert now == before


def broken(folder, code):
    """A copy of the program with `code` at the end of assume/store/record.py; the command that starts it."""
    for name in ("assume", "shell", "completions"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    with (folder / "assume" / "store" / "record.py").open("a") as file:
        file.write(code)
    script = folder / "bin" / "assume"
    script.parent.mkdir()
    script.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(folder)!r})\n"
        "from assume.cli.start import main\nmain()\n"
    )
    script.chmod(0o755)
    return [str(script)]


RAISES = """
assert callable(read)
def read(folder, name):
    raise ValueError
"""
FINDS_NOTHING = """
assert callable(read)
def read(folder, name):
    return None
"""
WRITES_HALF = """
complete = formatted
def formatted(fields):
    return complete(fields).rpartition(b"check=")[0]
"""
STORED_NOTHING = "step 3, The profile's region, and another one: failed: STS was not called; it was called for "


@pytest.mark.parametrize(
    ("code", "step"),
    [
        ("", None),
        (RAISES, "step 1, A role, from the keys of a user: failed: "),
        (FINDS_NOTHING, STORED_NOTHING),
        (WRITES_HALF, STORED_NOTHING),
    ],
    ids=["whole", "raises", "finds nothing", "writes half"],
)
def test_the_tour_fails_at_the_step_where_the_store_is_broken(tmp_path, person, code, step):
    done = tour(person, program=broken(tmp_path / "copy", code))
    if step is None:  # the unchanged copy passes
        assert done.returncode == 0, done.stdout + done.stderr
        return
    assert done.returncode == 1
    assert done.stderr.startswith(f"assume: demo: {step}")
    assert "demo ~ " in done.stdout
    assert "all checks passed" not in done.stdout


def found(child, pattern):
    """The first group of what was waited for."""
    child.expect(pattern)
    return child.match[1]


def test_the_demo_opens_the_parent_shell_and_has_a_phone(shell, person, home):
    name, program = shell
    before = contents(home)
    words = {"fish": ["--no-config", "-c"], "zsh": ["-f", "-c"], "bash": ["-c"]}.get(name, ["-NoProfile", "-Command"])
    child = pexpect.spawn(
        program,
        [*words, "sh -c 'stty -g >$TMPDIR/before'; assume demo; sh -c 'stty -g >$TMPDIR/after; echo and so on'"],
        env=person,
        timeout=PATIENCE_S,
        encoding="utf-8",
        dimensions=(40, 120),
    )
    child.logfile_read = log = io.StringIO()
    child.expect(f"This is {'PowerShell' if name == 'powershell' else name}, with an AWS of its own")
    child.expect("demo ~ [#$%>] ")
    child.sendline("assume marketingadmin")
    child.expect("marketingadmin  123456789012  marketingadminrole .* left")
    child.sendline("assume role-with-mfa")
    first = found(child, PHONE)
    child.sendline(first)
    child.expect("role-with-mfa  128716708097  cli-role .* left")
    child.sendline("cat ~/phone")
    assert found(child, r"(\d{6})  cli-user, good until") != first  # a code that was used is not offered again
    child.sendline("sh -c 'echo home=$HOME role=$ASSUME_PROFILE'")
    folder = Path(found(child, r"home=(/\S+) role=role-with-mfa"))
    assert folder.is_dir()
    assert folder.parent == home / "tmp"
    child.sendline("assume off")
    child.sendline("sh -c 'echo role=${ASSUME_PROFILE-none}'")
    child.expect("role=none")
    child.sendline("exit")
    child.expect("the demo is over, and all its files are removed")
    child.expect("and so on")
    child.expect(pexpect.EOF)
    child.close()
    assert not folder.exists()
    assert (home / "tmp/before").read_text() == (home / "tmp/after").read_text()  # the terminal
    assert "was-read" not in log.getvalue()
    now = contents(home)
    assert {path for path in now if "assume-demo" in path} == set()
    ours = {path: seen for path, seen in before.items() if path != "tmp"}
    assert {path: now[path] for path in ours} == ours


@pytest.mark.parametrize("ignores", ["", "export AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true\n"], ids=["new", "old"])
def test_the_banner_offers_aws_only_if_it_calls_the_simulator(person, home, ignores):
    """An AWS CLI that ignores endpoint_url would send the demo's keys to the real AWS."""
    aws = Path(sys.executable).with_name("aws")
    (home / "bin").mkdir()
    (home / "bin" / "aws").write_text(f'#!/bin/sh\n{ignores}exec {aws} "$@"\n')
    (home / "bin" / "aws").chmod(0o755)
    person["PATH"] = f"{home / 'bin'}:{person['PATH']}"
    child = pexpect.spawn(installed(), ["demo", "bash"], env=person, timeout=PATIENCE_S, encoding="utf-8")
    child.expect("demo ~ [#$] ")
    banner = str(child.before)
    assert ("aws sts get-caller-identity" in banner) is not bool(ignores)
    assert ("assume status" in banner) is bool(ignores)
    child.sendline("exit")
    child.expect(pexpect.EOF)
    child.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_the_folder_is_removed_when_the_demo_is_terminated(person, home, number):
    def heed() -> None:  # under `nohup` it would be ignored, and rightly so
        signal.signal(number, signal.SIG_DFL)

    child = pexpect.spawn(
        installed(), ["demo", "bash"], env=person, timeout=PATIENCE_S, encoding="utf-8", preexec_fn=heed
    )
    child.expect("demo ~ [#$] ")
    assert len(list((home / "tmp").iterdir())) == 1
    child.kill(number)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 128 + number
    assert list((home / "tmp").iterdir()) == []


def test_a_background_process_does_not_keep_the_demo_open(person):
    child = pexpect.spawn(installed(), ["demo", "bash"], env=person, timeout=PATIENCE_S, encoding="utf-8")
    child.expect("demo ~ [#$] ")
    pid = Path(person["HOME"]) / "pid"
    child.sendline(f"(trap '' HUP; exec sleep 1000) & echo $! >{pid}; disown; exit")
    try:
        child.expect("the demo is over")
        child.expect(pexpect.EOF)
    finally:
        os.kill(int(pid.read_text()), signal.SIGKILL)


def test_without_a_terminal_it_names_the_tour(person):
    done = ended([installed(), "demo"], person)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == ("assume: the demo needs a terminal\n  `assume demo --script` runs a tour without one\n")


def test_a_shell_that_is_not_installed(person):
    person["PATH"] = str(Path(sys.executable).parent)
    done = tour(person, "fish")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "assume: there is no fish on PATH\n  install one of: bash zsh fish powershell\n"
