"""`assume each`: who is meant, whose role each command has, one question, failures, output, JSON, files, Ctrl-C."""

import json
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest

from assume import arguments
from assume.cli import each, usage
from assume.demo.config import CLI_USER_MFA, KEYS
from assume.errors import NoTerminal
from assume.services import targets
from assume.simulator import faults
from assume.simulator.iam import Trust

from ..promises.ground import Ground

SHOW = 'echo "$ASSUME_PROFILE $AWS_ACCESS_KEY_ID"'
CROWD = 12


def may_take_every_role(world, name):
    user = world.users[KEYS[name][0]]
    world.users[user.arn] = replace(user, may=("*",))


@pytest.fixture
def crowd(program, world):
    """The program with twelve more roles behind user1: `team-00` to `team-11`, each in an account of its own."""
    trust = world.roles["arn:aws:iam::123456789012:role/marketingadminrole"].trust
    may_take_every_role(world, "user1")
    for number in range(CROWD):
        arn = f"arn:aws:iam::{300000000000 + number}:role/crew"
        world.role(arn, trust)
        program.write(
            f"[profile team-{number:02}]\nrole_arn = {arn}\nsource_profile = user1\nregion = us-west-2\n"
            "endpoint_url = {sts}\n"
        )
    return program


def rows(done):
    """The table at the end: name, result, in the order of the table."""
    lines = done.err.splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("profile "))
    at = lines[start].index("result")
    return [(line.split()[0], line[at:].partition("  ")[0].strip()) for line in lines[start + 1 : -1]]


def test_every_command_has_the_role_of_its_own_profile(crowd, world):
    done = crowd("each", "team-0[0-3]", "hub", "--", "sh", "-c", SHOW)
    assert done.status == 0, done.err
    lines = sorted(done.out.splitlines())
    assert [line.split(" | ")[0].strip() for line in lines] == ["hub", "team-00", "team-01", "team-02", "team-03"]
    for line in lines:
        label, _, text = line.partition(" | ")
        name, key_id = text.split()
        assert name == label.strip()
        role = crowd.home.config.read_text().partition(f"[profile {name}]")[2].partition("role_arn = ")[2].split()[0]
        assert world.sessions[key_id].principal == role
    assert rows(done) == [(name, "ok") for name in ("hub", "team-00", "team-01", "team-02", "team-03")]
    assert done.err.splitlines()[-1].startswith("assume: 5 of 5 ok, in ")


def test_a_second_run_takes_the_stored_roles(crowd, sts):
    for _ in range(2):
        assert crowd("each", "team-00", "team-01", "--", "true").status == 0
    assert sts.actions == ["AssumeRole"] * 2
    assert crowd("each", "team-00", "team-01", "--refresh", "--", "true").status == 0
    assert len(sts.calls) == 4


def test_the_calls_go_over_one_connection_for_each_job(crowd, sts):
    assert crowd("each", "team-*", "--jobs", "3", "--", "true").status == 0
    assert (len(sts.calls), sts.connections) == (CROWD, 3)
    assert crowd("each", "team-0[01]", "--jobs", "1", "--refresh", "--", "true").status == 0
    assert sts.connections == 4, "a later run has its own"


def test_a_hub_is_called_once_for_all_roles_behind_it_and_once_again_with_refresh(crowd, sts, world):
    hub = world.roles["arn:aws:iam::123456789012:role/hub"]
    world.roles[hub.arn] = replace(hub, may=("*",))
    for number in range(5):
        arn = f"arn:aws:iam::{400000000000 + number}:role/spoke"
        world.role(arn, Trust((hub.arn,)))
        crowd.write(
            f"[profile spoke-{number}]\nrole_arn = {arn}\nsource_profile = hub\nregion = us-west-2\n"
            "endpoint_url = {sts}\n"
        )
    for words in ((), ("--refresh",)):
        before = len(sts.calls)
        done = crowd("each", "spoke-*", *words, "--", "true")
        assert (done.status, len(sts.calls) - before) == (0, 6), done.err


def test_a_damaged_record_of_earlier_values_is_told_once(crowd):
    done = crowd("each", "team-0[0-2]", "--", "true", ASSUME_PROFILE="x", ASSUME_BEFORE="damaged")
    assert (done.status, done.err.count("ASSUME_BEFORE is missing or damaged")) == (0, 1)


def test_roles_got_for_many_do_not_count_as_used(crowd):
    store = crowd.home.path / ".aws" / "assume"
    assert crowd("each", "team-0[01]", "--", "true").status == 0
    assert [path for path in store.iterdir() if path.suffix == ".pointer"] == []


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("team-1*", "team-10 team-11"),
        ("300000000003", "team-03"),
        ("team-0? hub team-00", "hub " + " ".join(f"team-0{number}" for number in range(10))),
        ("work* *land*", "landing workload"),
    ],
)
def test_a_dry_run_lists_who_is_meant_and_calls_nobody(crowd, sts, words, names):
    done = crowd("each", *words.split(), "--dry-run", "--json", "--", "touch", "PWN")
    assert (done.status, [row["profile"] for row in done.json]) == (0, names.split())
    table = crowd("each", *words.split(), "--dry-run")
    assert [line.split()[0] for line in table.out.splitlines()[1:]] == names.split()
    assert sts.calls == []


def test_all_means_every_profile_and_one_that_cannot_be_planned_fails(program):
    done = program("each", "--all", "--dry-run", "--json")
    assert len(done.json) == 18
    assert {row["profile"]: row["error"] for row in done.json}["from-environment"].startswith("credential_source")
    assert done.status == 1


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ("nope -- true", 1, "no profile matches nope: nothing was run"),
        ("hub 999999999999 -- true", 1, "no profile is of the account 999999999999"),
        ("hub", 2, "which command? It comes after --"),
        ("hub --", 2, "which command?"),
        ("-- true", 2, "which profiles?"),
        ("", 2, "which profiles?"),
        ("--all hub -- true", 2, "--all, and a pattern too: hub"),
        ("hub --jobs 0 -- true", 2, "--jobs: 0 is not a number from 1 to 256"),
        ("hub --jobs=-3 -- true", 2, "--jobs: -3 is not a number"),
        ("hub --jobs -- true", 2, "Option '--jobs' requires an argument"),
        ("hub --foo -- true", 2, "No such option: --foo"),
        ("hub --json=1 -- true", 2, "Option '--json' takes no value"),
        ("hub -- no-such-command", 127, "no-such-command: command not found"),
        ("hub --output /proc/x -- true", 1, "--output /proc/x: "),
    ],
)
def test_a_wrong_line_runs_nothing(program, sts, words, status, said):
    done = program("each", *words.split())
    assert (done.status, done.out, sts.calls) == (status, "", [])
    assert done.err.startswith(f"assume: {said}")


@pytest.mark.parametrize("words", ["hub true", "hub sh -c ls"])
def test_in_powershell_the_dashes_have_to_be_quoted_and_the_message_says_so(program, words):
    assert "PowerShell" not in program("each", *words.split()).err
    done = program("each", *words.split(), PSModulePath="/x")
    assert done.status == 2
    assert done.err.splitlines()[1] == "  in PowerShell, quote the --: assume each hub '--' COMMAND"


def test_what_the_command_line_may_look_like():
    asked = each.understood(["a*", "-j4", "--yes", "b", "--region=eu-west-1", "--", "x", "--", "--json"])
    assert (asked.patterns, asked.command, asked.jobs) == (["a*", "b"], ["x", "--", "--json"], 4)
    assert (asked.yes, asked.as_json, asked.region) == (True, False, "eu-west-1")
    assert each.understood(["-j", "3", "a", "--", "x"]).jobs == 3


def test_the_options_are_those_of_the_help():
    assert each.OPTIONS.keys() == usage.OF_EACH.keys()
    for word, (attribute, kind) in each.OPTIONS.items():
        assert hasattr(each.Words(), attribute)
        assert bool(usage.OF_EACH[word][0]) == (kind is str)


def test_a_failure_does_not_stop_the_others(crowd):
    command = '[ "$ASSUME_PROFILE" = team-01 ] && exit 7; [ "$ASSUME_PROFILE" = team-02 ] && kill -9 $$; exit 0'
    done = crowd("each", "team-0[0-3]", "role-without-mfa", "--jobs", "2", "--", "sh", "-c", command)
    assert done.status == 1
    assert rows(done) == [
        ("role-without-mfa", "refused"),
        ("team-00", "ok"),
        ("team-01", "exit 7"),
        ("team-02", "signal 9"),
        ("team-03", "ok"),
    ]
    assert "assume: role-without-mfa: STS refused role/cli-role" in done.err
    assert "assume: 2 of 5 ok, 3 failed, in " in done.err


def test_fail_fast_begins_no_more(crowd):
    done = crowd("each", "team-*", "--jobs", "1", "--fail-fast", "--", "sh", "-c", "[ $ASSUME_PROFILE != team-02 ]")
    assert done.status == 1
    assert [result for _, result in rows(done)] == ["ok", "ok", "exit 1", *["not run"] * (CROWD - 3)]


def test_guarded_profiles_are_one_question_answered_by_their_number(crowd):
    text = crowd.home.config.read_text()
    for name in ("team-00", "team-01"):
        text = text.replace(f"[profile {name}]\n", f"[profile {name}]\nassume_confirm = yes\n")
    crowd.home.config.write_text(text)
    crowd.answers = ["2"]
    done = crowd("each", "team-0[0-2]", "--", "true")
    assert (done.status, len(crowd.asked)) == (0, 1)
    assert crowd.asked[0].startswith("2 of 3 profiles are guarded (team-00, team-01). Type 2, their number, to go on")
    for answer in ("y", "", "3", "team-00"):
        crowd.answers = [answer]
        assert crowd("each", "team-0[0-2]", "--", "true").err.startswith("assume: not confirmed: nothing was run")
    assert crowd("each", "team-0[0-2]", "--yes", "--", "true").status == 0
    crowd.is_person_there = False
    alone = crowd("each", "team-0[0-2]", "--", "true")
    assert (alone.status, "give --yes if you mean it" in alone.err) == (1, True)


def behind_mfa(program, world, count=4, **fields):
    """More roles behind the device of cli-user: `mfa-0`, …."""
    may_take_every_role(world, "cli-user")
    more = "".join(f"{name} = {value}\n" for name, value in fields.items())
    for number in range(count):
        role = f"arn:aws:iam::128716708097:role/mfa-{number}"
        world.role(role, world.roles["arn:aws:iam::128716708097:role/cli-role"].trust, max_duration_s=43200)
        program.write(
            f"[profile mfa-{number}]\nrole_arn = {role}\nsource_profile = cli-user\nmfa_serial = {CLI_USER_MFA}\n"
            f"region = us-west-2\nendpoint_url = {{sts}}\n{more}"
        )


def test_a_device_is_asked_once(program, sts, world):
    behind_mfa(program, world, duration_seconds=28800)
    program.answers = [program.code(CLI_USER_MFA)]
    done = program("each", "mfa-*", "--jobs", "4", "--", "sh", "-c", SHOW)
    assert (done.status, len(program.asked), len(done.out.splitlines())) == (0, 1, 4), done.err
    assert sorted(sts.actions) == ["AssumeRole"] * 4 + ["GetSessionToken"]


def test_a_code_may_be_given_and_a_wrong_one_fails_all_behind_the_device_at_once(program, sts, world):
    behind_mfa(program, world)
    wrong = program("each", "mfa-*", "hub", "--mfa-code", "000000", "--", "true")
    assert (wrong.status, dict(rows(wrong))) == (1, {"hub": "ok"} | {f"mfa-{number}": "refused" for number in range(4)})
    assert sts.actions.count("GetSessionToken") == 1
    right = program("each", "mfa-*", "--mfa-code", program.code(CLI_USER_MFA), "--", "true")
    assert (right.status, program.asked) == (0, [])


def test_a_role_that_wants_a_code_of_its_own_is_asked_for_by_the_main_thread(program, sts, world):
    behind_mfa(program, world, 2)

    def denies_sessions(call):
        denied = call.action == "AssumeRole" and "TokenCode" not in call.params
        return faults.refuse(403, "AccessDenied", "MFA too old") if denied else None

    sts.faults = denies_sessions
    threads = []
    answer = program._answer

    def record(wording, **how):
        threads.append(threading.current_thread() is threading.main_thread())
        if not threads[-1]:
            raise NoTerminal("there is no terminal to ask on")  # as `ask.ask` does
        program.answers = [program.code(CLI_USER_MFA)]
        return answer(wording, **how)

    program._answer = record
    done = program("each", "mfa-*", "--", "true")
    assert threads.count(True) >= 2
    assert {result for _, result in rows(done)} <= {"ok", "refused"}
    assert "internal error" not in done.err


def test_nobody_there_to_type_a_code(program, world):
    behind_mfa(program, world, 2)
    program.is_person_there = False
    done = program("each", "mfa-*", "hub", "--", "true")
    assert dict(rows(done)) == {"hub": "ok", "mfa-0": "refused", "mfa-1": "refused"}
    assert "there is no terminal to ask on" in done.err


def test_lines_of_different_profiles_never_mix(crowd):
    command = "import sys,os\nfor i in range(300):\n os.write(1, b'a' * 50); os.write(1, b'b' * 50 + b'\\n')\n"
    done = crowd("each", "team-*", "--jobs", str(CROWD), "--", sys.executable, "-c", command)
    assert done.status == 0
    lines = done.out.splitlines()
    assert len(lines) == 300 * CROWD
    assert all(re.fullmatch(r"team-\d\d \| a{50}b{50}", line) for line in lines)


def test_a_last_line_without_an_end_gets_one_and_standard_error_its_label(crowd):
    done = crowd("each", "team-00", "--", "sh", "-c", r"printf 'one\n\ntwo'; printf 'oops' >&2; printf '\377'")
    assert done.out.encode("utf-8", "surrogateescape").replace(b"\xef\xbf\xbd", b"\xff").startswith(b"team-00 | one\n")
    assert done.out.splitlines()[1] == "team-00 | "
    assert "team-00 | oops\n" in done.err


def test_json_is_one_array_with_an_object_for_each(crowd):
    done = crowd("each", "team-0[01]", "role-without-mfa", "--json", "--", "sh", "-c", "echo é; echo e >&2; exit 3")
    found = {row["profile"]: row for row in done.json}
    assert (done.status, set(found)) == (1, {"team-00", "team-01", "role-without-mfa"})
    row = found["team-00"]
    assert row.pop("seconds") >= 0
    assert row == {
        "profile": "team-00",
        "account": "300000000000",
        "role": "crew",
        "result": "failed",
        "status": 3,
        "error": "",
        "stdout": "é\n",
        "stderr": "e\n",
        "truncated": False,
    }
    refused = found["role-without-mfa"]
    assert (refused["result"], refused["status"], refused["error"][:11]) == ("refused", None, "STS refused")


def test_output_goes_to_files_that_only_the_user_reads(crowd, tmp_path):
    crowd.write("[profile ../../up*]\n[profile Ünï/x]\n[profile TEAM-00]\n")
    folder = tmp_path / "out"
    done = crowd("each", "team-00", "hub", "--output", str(folder), "--", "sh", "-c", r"printf '\0a\n'; echo e >&2")
    assert (done.status, done.out) == (0, "")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "team-00.out": b"\0a\n",
        "team-00.err": b"e\n",
        "hub.out": b"\0a\n",
        "hub.err": b"e\n",
    }
    assert {path.stat().st_mode & 0o777 for path in (folder, *folder.iterdir())} == {0o700, 0o600}


def test_the_names_of_files_stay_in_the_folder_and_differ():
    from assume.cli.outcomes import _file_names

    names = ["a", "A", "../../x", ".hidden", "a/b", "ü" * 300, "ü" * 301, "CON", ".", "..", "a b"]
    made = _file_names(names)
    assert len({name.casefold() for name in made.values()}) == len(names)
    assert not any("/" in name or name.startswith(".") or len(name) > 120 for name in made.values())


def test_a_pattern_may_be_the_name_itself(program):
    from assume.profiles.config import Config

    config = Config("[profile a[b]]\n[profile ab]\n[profile Ünï*]\n[profile ünï-x]\n", "")
    assert targets.select(config, ["a[b]"], everything=False) == ["a[b]", "ab"]
    assert targets.select(config, ["ünï*"], everything=False) == ["ünï-x"]


def test_the_environment_of_a_command_is_that_of_exec(program):
    names = ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_REGION", "ASSUME_PROFILE", "ASSUMED_ROLE_ARN", "AWS_ACCOUNT_ID")
    line = "; ".join(f"echo {name}=${name}" for name in names)
    done = program("each", "marketingadmin", "--json", "--region", "eu-west-1", "--", "sh", "-c", line)
    found = dict(pair.split("=", 1) for pair in done.json[0]["stdout"].splitlines())
    became = program("exec", "marketingadmin", "--region", "eu-west-1", "x").became
    assert became is not None
    assert found == {name: became.environment[name] for name in names}


def test_options_are_objects_of_their_own_for_each_profile():
    one, two = (each._options(each.understood(["a", "--", "x"])) for _ in range(2))
    assert one is not two
    assert isinstance(one, arguments.Options)


@pytest.mark.once
def test_a_reader_that_leaves_ends_the_run(aws_home, sts, world, tmp_path):
    ground = Ground(aws_home, sts, world, tmp_path)
    started = subprocess.Popen(
        [*ground.program, "each", "hub", "--", "yes"],
        env=ground.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert started.stdout is not None
    assert started.stdout.readline() == b"hub | y\n"
    started.stdout.close()
    assert started.wait(60) == 1
    assert started.stderr is not None
    assert b"Traceback" not in started.stderr.read()


@pytest.mark.once
def test_ctrl_c_ends_every_child(aws_home, sts, world, tmp_path):
    ground = Ground(aws_home, sts, world, tmp_path)
    stubborn = "trap '' INT TERM; echo $$ >>pids; sleep 600 & wait; sleep 600"
    started = subprocess.Popen(
        [*ground.program, "each", "hub", "marketingadmin", "landing", "--json", "--", "bash", "-c", stubborn],
        env=ground.environment, cwd=ground.cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    pids = ground.cwd / "pids"
    until = time.monotonic() + 60
    while not pids.exists() or len(pids.read_text().split()) < 3:
        assert time.monotonic() < until
        time.sleep(0.02)
    started.send_signal(signal.SIGINT)
    began = time.monotonic()
    out, err = started.communicate(timeout=60)
    assert started.returncode == 130
    assert time.monotonic() - began < 5, "a second on a quiet machine"
    assert {row["result"] for row in json.loads(out)} == {"interrupted"}
    assert "assume: 0 of 3 ok, 3 interrupted, in " in err
    listed = subprocess.run(["ps", "-A", "-o", "pgid=,stat="], capture_output=True, text=True, check=True)
    alive = {line.split()[0] for line in listed.stdout.splitlines() if "Z" not in line.split()[1]}
    assert not alive & set(pids.read_text().split())
