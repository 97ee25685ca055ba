"""The modules that each lane loads, in real processes: a hit in each shell, a touched config, TAB, a waiter.

And what a cold switch imports: botocore in no plain case, else once the locks are held.
"""

import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assume import arguments
from assume.profiles.config import Config, read
from assume.profiles.plan import plan
from assume.shells import init, table
from assume.store import entries, record

from ..shells.bench import Bench
from ..shells.conftest import driver

LOADS = Path(__file__).with_name("loads.py")
MAIN = Path(init.MAIN)
HIT = set("""
assume assume.arguments assume.credentials assume.fast assume.fast.entry assume.fast.warm assume.paths assume.profiles
assume.shells assume.shells.environment assume.shells.render assume.shells.state assume.store assume.store.record
assume.terminal assume.terminal.show
""".split())  # fmt: skip
MIDDLE = HIT | set("""
assume.errors assume.fast.middle assume.files assume.profiles assume.profiles.chain assume.profiles.config
assume.profiles.endpoint assume.profiles.hops assume.profiles.ini assume.profiles.plan assume.profiles.sections
assume.profiles.source assume.store.entries assume.store.pointers assume.store.write
""".split())  # fmt: skip
WAITING = MIDDLE | set("assume.store.lock assume.store.system_lock assume.store.takeover fcntl".split())
TAB = set("""
assume assume.arguments assume.credentials assume.errors assume.fast assume.fast.complete assume.fast.entry
assume.paths assume.profiles assume.profiles.config assume.profiles.ini assume.profiles.sections assume.shells
assume.shells.environment assume.shells.render assume.store assume.terminal assume.terminal.show assume.verbs
""".split())  # fmt: skip
NEVER = set("site os re json enum typing dataclasses collections functools threading contextlib botocore".split())


def wrapper(folder):
    """An interpreter that writes the names of its loaded modules to a file when it ends."""
    path = folder / "python"
    path.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S {LOADS} "$@"\n')
    path.chmod(0o755)
    return path


def loaded(file, bare):
    """The modules in the file that a bare interpreter does not have."""
    return set(file.read_text().split()) - bare


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """The modules of an interpreter that runs nothing."""
    file = tmp_path_factory.mktemp("bare") / "loads"
    subprocess.run([sys.executable, "-I", "-S", LOADS, "-I", "-S", "-"], env={"LOADS": str(file)}, check=True)
    return set(file.read_text().split())


@pytest.fixture
def ground(tmp_path, aws_home):
    """Words that start the fast entry of the checkout with that interpreter, its environment, and the file."""
    script = tmp_path / "assume"
    script.write_text(f"#!{sys.executable}\nfrom assume.cli.start import main\nmain()\n")
    script.chmod(0o755)
    words = [str(wrapper(tmp_path)), "-I", "-S", str(MAIN), str(script)]
    loads = tmp_path / "loads"
    return words, aws_home.environment | {"LOADS": str(loads), "PYTHONPATH": str(MAIN.parents[1])}, loads


def use(ground, profile="marketingadmin", **how):
    words, env, _ = ground
    return subprocess.run(
        [*words, "use", "--shell", "bash", "--state", "", profile], env=env, capture_output=True, text=True, **how
    )


@pytest.mark.once
@pytest.mark.parametrize("kind_name", table.SHELLS)
def test_a_hit_in_a_shell_loads_the_listed_modules_and_no_other(kind_name, tmp_path, bare):
    bench = Bench(driver(kind_name), tmp_path)
    try:
        sts, _ = bench.demo()
        loads = tmp_path / "loads"
        bench.environment["LOADS"] = str(loads)
        script = str(Path(sys.executable).with_name("assume"))
        shell = bench.start(init=init.init_text(kind_name, False, str(wrapper(tmp_path)), script))
        assert shell.run("assume marketingadmin").status == 0
        loads.unlink(missing_ok=True)
        calls = len(sts.calls)
        for _ in range(2):  # the first leaves a pointer that can be trusted, two seconds after the files were written
            wait_until_trusted(bench.home / ".aws" / "config")
            assert shell.run("assume marketingadmin").status == 0
        assert shell.environment()["ASSUME_PROFILE"] == "marketingadmin"
        assert len(sts.calls) == calls
        assert loaded(loads, bare) == HIT
    finally:
        bench.close()


def wait_until_trusted(file):
    """Files are trusted two seconds after they changed."""
    seen = os.stat(file)
    time.sleep(max(0, max(seen.st_mtime, seen.st_ctime) + 2.1 - time.time()))


def test_the_lists_have_no_slow_module(bare):
    assert not (HIT | MIDDLE | WAITING | TAB | bare) & NEVER


def test_a_touched_config_loads_the_parser_and_no_more(ground, bare, aws_home, sts):
    assert use(ground).returncode == 0
    os.utime(aws_home.config)
    assert use(ground).returncode == 0
    assert loaded(ground[2], bare) == MIDDLE
    assert len(sts.calls) == 1


def test_tab_loads_the_listed_modules_and_no_other(ground, bare):
    words, env, loads = ground
    done = subprocess.run([*words, "complete", "--shell", "zsh", "--", "mark"], env=env, capture_output=True, text=True)
    assert done.stdout == "marketingadmin\t123456789012 marketingadminrole\n"
    assert loaded(loads, bare) == TAB


def entry_of(profile, environment):
    """The folder of the store, and the request that a profile is stored for."""
    home = Path(environment["HOME"]) / ".aws"
    options = arguments.read([profile])
    assert options is not None
    chain = plan(Config(read(str(home / "config")), read(str(home / "credentials"))), options, environment)
    return str(home / "assume"), chain.request(len(chain.hops))


def test_a_waiter_imports_only_the_lock_and_takes_the_holders_credentials(ground, bare, sts):
    assert use(ground).returncode == 0
    folder, request = entry_of("marketingadmin", ground[1])
    stored = record.entry(folder, request, time.time())
    assert stored is not None
    for name in os.listdir(folder):
        if name.endswith((record.ENTRY, record.POINTER)):
            os.unlink(f"{folder}/{name}")
    with open(f"{folder}/{record.name_of(request)}{record.LOCK}", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        words, env, loads = ground
        waiting = subprocess.Popen(
            [*words, "use", "--shell", "bash", "--state", "", "marketingadmin"],
            env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert waiting.stderr is not None
        assert "waiting" in waiting.stderr.readline()
        entries.keep(folder, request, stored)
    out, _ = waiting.communicate(timeout=30)
    assert f"AWS_ACCESS_KEY_ID='{stored.key_id}'" in out
    assert loaded(loads, bare) == WAITING
    assert len(sts.calls) == 1


WATCHED = """
import fcntl, os, sys
class Watch:
    def find_spec(self, name, path=None, target=None):
        if name in os.environ["NAMES"].split():
            held = []
            for file in os.listdir(os.environ["STORE"]):
                if file.endswith(".lock"):
                    with open(os.path.join(os.environ["STORE"], file), "a") as lock:
                        try:
                            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
                        except BlockingIOError:
                            held.append(file)
            with open(os.environ["WATCHED"], "a") as log:
                log.write(f"{name} {len(held)}\\n")
        return None
sys.meta_path.insert(0, Watch())
from assume.cli.start import main
main()
"""


def watched(ground, tmp_path, sts, profile, names, **more):
    """The imports of `names` in a cold switch: lines of a name and the number of locks that were held then."""
    words, env, _ = ground
    Path(words[-1]).write_text(f"#!{sys.executable}\n{WATCHED}")
    log = tmp_path / "watched"
    env |= {"STORE": f"{env['HOME']}/.aws/assume", "WATCHED": str(log), "NAMES": names, **more}
    before = sts.connections
    done = use((words, env, None), profile)
    assert (done.returncode, done.stderr) == (0, "")
    assert sts.connections - before == 1  # for all hops
    return log.read_text().splitlines() if log.exists() else []


@pytest.mark.parametrize(("profile", "locks"), [("marketingadmin", 1), ("workload", 3)])
def test_botocore_is_imported_once_the_locks_are_held_and_typer_never(ground, tmp_path, sts, profile, locks):
    names = "botocore typer boto3 rich"
    found = watched(ground, tmp_path, sts, profile, names, AWS_SDK_UA_APP_ID="a-setting-out-of-the-ordinary")
    assert found == [f"botocore {locks}"]
    assert len(sts.calls) == locks


COSTLY = """
    argparse asyncio base64 boto3 botocore dataclasses datetime email filelock http importlib.util json logging pathlib
    prompt_toolkit random re rich shellingham ssl subprocess tempfile typer typing urllib urllib3 xml
"""


@pytest.mark.parametrize(("profile", "calls"), [("marketingadmin", 1), ("workload", 3)])
def test_a_plain_cold_switch_imports_nothing_costly(ground, tmp_path, sts, profile, calls):
    assert watched(ground, tmp_path, sts, profile, COSTLY) == []
    assert len(sts.calls) == calls


@pytest.mark.once
@pytest.mark.parametrize("kind_name", ["bash", "zsh", "fish"])
def test_an_init_file_of_an_older_version_works_and_is_renewed_off_the_warm_lane(kind_name, tmp_path):
    bench = Bench(driver(kind_name), tmp_path)
    try:
        bench.demo()
        kind = table.SHELLS[kind_name]
        script = str(Path(sys.executable).with_name("assume"))
        ours = init.init_text(kind_name, False, sys.executable, script)
        older = ours.replace(ours.split()[2], "0.0.1", 1) + "# a line that later versions do not have\n"
        file = bench.home / ".local" / "share" / "assume" / kind.init_file
        file.parent.mkdir(parents=True)
        shell = bench.start(init=older)
        assert shell.run("assume marketingadmin").status == 0
        file.write_text(older)
        assert shell.run("assume -- marketingadmin").status == 0
        assert shell.environment()["ASSUME_PROFILE"] == "marketingadmin"
        assert file.read_text() == older  # a hit reads only its own files
        assert shell.run("assume --refresh marketingadmin").status == 0
        assert file.read_text() == ours
    finally:
        bench.close()


def imports(words, env):
    """The modules that a process imports, as the interpreter reports them."""
    done = subprocess.run([sys.executable, "-X", "importtime", *words], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}


@pytest.mark.parametrize("words", [["exec", "marketingadmin", "--", "/bin/true"], ["init", "bash"]])
def test_the_console_script_of_a_quick_verb_imports_only_our_own_modules(ground, words):
    script, env = ground[0][-1], ground[1]
    assert use(ground).returncode == 0
    loaded = imports([script, *words], env) - imports(["-c", "pass"], env)
    assert {name for name in loaded if name.partition(".")[0] != "assume"} <= {"gc"}
