"""`demo`: a shell with its own AWS on loopback and everything loaded; or the tour, which types by itself.

In: a shell's name or none, `--script`; out: an exit status. All files are in one
folder, which is removed at the end. The AWS runs in this process.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assume.demo import aws_cli, config, home
from assume.demo.phone import Phone
from assume.errors import AssumeError, NoTerminal
from assume.shells import table
from assume.simulator.sts import Sts, serve
from assume.simulator.world import World
from assume.terminal import show

PROGRAMS = {"bash": ("bash",), "zsh": ("zsh",), "fish": ("fish",), "powershell": ("pwsh", "powershell")}
SHOWN = {"powershell": "PowerShell"}
WELCOME = """
  This is {shell}, with an AWS of its own on this machine. Nothing here touches your AWS files.

  assume marketingadmin     a role, reached with the keys of a user
  assume role-with-mfa      asks for a code: your phone shows it there (and in ~/phone)
  assume auditor-with-mfa   another role behind that phone, and no question this time
  assume workload           a chain of three roles
  assume crossaccountrole   another account, with an external ID and MFA
  assume sso-reader         signs in to IAM Identity Center; `assume logout` ends that
  assume prod               is guarded: type {account} or prod
  assume -                  the one before
  assume off                the shell as it was

  {proof}
  assume list               every profile; TAB completes them, ~/.aws/config has them
  exit                      ends the demo and removes all of it

"""
PROOF = "aws sts get-caller-identity   asks this AWS who you are"
NO_PROOF = "assume status             who you are"


def run(name: str, script: bool) -> int:
    """The demo, in the shell called `name` or in the one that this runs in."""
    if script:
        if sys.platform == "win32":
            raise AssumeError(
                "the tour needs a POSIX terminal", "`assume demo` without --script opens a shell to type in"
            )
        from assume.demo import tour

        shell, program = _first(name)
        with _served() as (world, sts, files):
            own = home.environment(os.environ, files)
            os.environ.clear()  # botocore reads it, and must not find the user's proxies and settings
            os.environ.update(own)
            return tour.run(shell, program, world, sts, files)
    if not (show.is_terminal(0) and show.is_terminal(1)):
        raise NoTerminal("the demo needs a terminal", "`assume demo --script` runs a tour without one")
    shell, program = _chosen(name)
    with _served() as (world, sts, files):
        phone = Phone(world, files.home / home.PHONE)
        phone.show(time.time())
        aws = shutil.which("aws")
        is_ours = aws is not None and aws_cli.calls_simulator(aws, home.environment(os.environ, files), sts)
        proof = PROOF if is_ours else NO_PROOF
        account = config.CLI_ACCOUNT
        show.write(1, WELCOME.format(shell=SHOWN.get(shell, shell), proof=proof, account=account).encode())
        home.write_rc_files(files, codes=os.name == "nt")
        _let_type(home.command(shell, program, files), home.environment(os.environ, files), files.home, phone)
    show.say("assume: the demo is over, and all its files are removed")
    return 0


def _ended(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)  # so that every `finally` runs and the folder is removed


@contextmanager
def _served() -> Iterator[tuple[World, Sts, config.Files]]:
    """The AWS, and a folder with the files that point to it. The folder is removed, however this ends."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _ended)
    with tempfile.TemporaryDirectory(prefix="assume-demo-", ignore_cleanup_errors=True) as folder:
        world = config.world()
        with serve(world, time.time) as sts:
            yield world, sts, config.build(Path(folder).resolve(), sts.url, world, time.time())


def _let_type(words: list[str], environment: dict[str, str], folder: Path, phone: Phone) -> None:
    if sys.platform != "win32":
        from assume.demo import pseudo_terminal, relay

        process, ours = pseudo_terminal.start(words, environment, folder, relay.size(), relay.attributes())
        try:
            relay.run(process, ours, phone)
        finally:
            pseudo_terminal.end(process, ours)
        return
    running = subprocess.Popen(words, env=environment, cwd=folder)
    while True:
        try:
            running.wait(1)
            return
        except subprocess.TimeoutExpired:
            phone.show(time.time())
        except KeyboardInterrupt:
            continue  # the shell got Ctrl-C too, and decides


def _chosen(name: str) -> tuple[str, str]:
    """The shell to type in, and its program: the one named, else the parent, the login shell, any that is installed."""
    if name or sys.platform == "win32":
        return _first(name or "powershell")
    import shellingham

    found = []
    try:
        found.append(shellingham.detect_shell())
    except (shellingham.ShellDetectionFailure, OSError):
        pass
    login = os.environ.get("SHELL", "")
    found.append((os.path.basename(login), login))
    for kind, path in found:
        kind = "powershell" if kind == "pwsh" else kind
        program = shutil.which(path) if kind in PROGRAMS else None
        if program is not None:
            return kind, program
    return _first("")


def _first(name: str) -> tuple[str, str]:
    """The shell called `name`, or the first of those that are on PATH."""
    names = [table.named(name).name] if name else list(PROGRAMS)
    for kind in names:
        for program in PROGRAMS[kind]:
            if (path := shutil.which(program)) is not None:
                return kind, path
    raise AssumeError(f"there is no {' and no '.join(names)} on PATH", "install one of: " + " ".join(table.SHELLS))
