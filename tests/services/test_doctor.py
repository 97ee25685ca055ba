"""`doctor`: for each finding the test makes the fault, sees it, runs the printed command, and it is gone."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import shellingham

from assume.demo import config
from assume.services.findings import Patient
from assume.shells import init, rcfile, table

from ..cli.test_use import switch
from ..program import Program

BIN = str(Path(sys.executable).parent)
ROLE = "arn:aws:iam::123456789012:role/x"
EDITOR = """#!/bin/sh
# what a person does: LINE of FILE becomes what the test wants there
case $1 in +*) line=${1#+} file=$2 ;; *) line=1 file=$1 ;; esac
sed -i "${line}s|.*|$RIGHT|" "$file"
"""


@dataclass
class Machine:
    """A machine with nothing wrong; a case breaks one thing."""

    program: Program
    env: dict[str, str | None] = field(default_factory=dict)
    right: str = "# gone"  # what a person writes into the line that the editor opens

    @property
    def home(self) -> Path:
        return self.program.home.path

    @property
    def config(self) -> Path:
        return self.program.home.config

    @property
    def credentials(self) -> Path:
        return self.program.home.credentials

    @property
    def rc(self) -> Path:
        return self.home / ".bashrc"

    def doctor(self, *words):
        edition = init.edition(table.SHELLS["bash"])
        done = self.program("doctor", "--state", "", "--edition", edition, *words, **self.env)
        assert "internal error" not in done.err, done.err
        return done

    def findings(self):
        done = self.doctor("--json")
        assert done.status == (1 if done.json["findings"] else 0)
        assert done.json["ok"] is (done.status == 0)
        return done.json["findings"]

    def run(self, command):
        """Runs a printed command in bash, where a variable that it sets or unsets stays so."""
        have = {
            name: value for name, value in {**self.program.home.environment, **self.env}.items() if value is not None
        }
        stubs = self.home / "stubs"
        have |= {
            "PATH": f"{stubs}:{have.get('PATH', '')}:{BIN}:/usr/bin:/bin",
            "RIGHT": self.right,
            "SHELL": "/bin/bash",
        }
        done = subprocess.run(
            ["/bin/bash", "-c", f"{command}\nstatus=$?; env -0 > {self.home}/after; exit $status"],
            env=have,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        after = dict(pair.split("=", 1) for pair in (self.home / "after").read_text().split("\0") if pair)
        for name in {*have, *after} - {"PATH", "RIGHT", "SHELL", "_", "SHLVL", "PWD", "OLDPWD"}:
            self.env[name] = after.get(name)
        if after["PATH"] != have["PATH"]:
            self.env["PATH"] = after["PATH"].replace(f"{stubs}:", "", 1)

    def stub(self, name, text):
        path = self.home / "stubs" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)


@pytest.fixture
def machine(program, monkeypatch):
    monkeypatch.setattr(shellingham, "detect_shell", lambda: ("bash", "/bin/bash"))
    made = Machine(program)
    made.env = {"PATH": f"{BIN}:/usr/bin:/bin", "EDITOR": str(made.home / "stubs" / "editor"), "SHELL": "/bin/bash"}
    made.stub("editor", EDITOR.partition("\n")[2])
    made.stub("sudo", 'exec "$@"')
    assert program("install", "bash", **made.env).status == 0
    return made


def append(path, text):
    with path.open("a") as file:
        file.write(text)


def write(machine, text):
    append(machine.config, text)


def no_line(machine):
    machine.rc.write_text("# nothing\n")


def no_init_file(machine):
    (machine.home / ".local/share/assume/init.bash").unlink()


def old_init_file(machine):
    path = machine.home / ".local/share/assume/init.bash"
    path.write_text(path.read_text().replace("# assume ", "# assume 0.0.1-", 1))


def init_file_of_another(machine):
    path = machine.home / ".local/share/assume/init.bash"
    head, _, rest = path.read_text().partition("main=")
    path.write_text(f"{head}main=/gone{rest}")


def alias_behind(machine):
    append(machine.rc, 'alias assume="source /usr/local/bin/assume"\n')


def function_behind(machine):
    append(machine.rc, "assume() { echo mine; }\n")


def another_program(machine):
    folder = machine.home / "granted"
    folder.mkdir()
    (folder / "assume").write_text("#!/bin/sh\n")
    (folder / "assume").chmod(0o755)
    machine.env["PATH"] = f"{folder}:{machine.env['PATH']}"


def not_on_path(machine):
    machine.env["PATH"] = "/usr/bin:/bin"


def keys_for_all(machine):
    machine.credentials.chmod(0o644)


def keys_in_config(machine):
    write(machine, "[profile k]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n")
    machine.config.chmod(0o640)


def config_writable(machine):
    machine.config.chmod(0o666)


def folder_writable(machine):
    machine.config.parent.chmod(0o777)


def utf16(machine):
    machine.config.write_bytes(machine.config.read_text().encode("utf-16"))


def byte_order_mark(machine):
    machine.config.write_bytes(b"\xef\xbb\xbf" + machine.config.read_bytes())


def latin1(machine):
    machine.config.write_bytes(
        machine.config.read_bytes() + "# für alle\n[profile é]\nregion = eu-west-1\n".encode("latin1")
    )


def line_above(machine):
    machine.config.write_text("region = us-east-1\n" + machine.config.read_text())


def not_a_line(machine):
    write(machine, "[profile odd]\nwhat is this\n")


def unclosed(machine):
    write(machine, "[profile open\nregion = us-east-1\n")


def setting_twice(machine):
    write(machine, "[profile two]\nregion = us-east-1\nregion = us-west-2\n")


def section_twice(machine):
    write(machine, "[profile two]\nregion = us-east-1\n[profile two]\noutput = json\n")
    machine.right = "[profile three]"


def no_source(machine):
    write(machine, f"[profile p]\nrole_arn = {ROLE}\n")
    machine.right = "[profile p]\\nsource_profile = user1"


def unknown_source(machine):
    write(machine, f"[profile nosuch-p]\nrole_arn = {ROLE}\nsource_profile = nobody\n")
    machine.right = (
        "[profile nobody]\\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\\naws_secret_access_key = x\\n[profile p]"
    )


def circle(machine):
    write(
        machine,
        f"[profile a]\nrole_arn = {ROLE}\nsource_profile = b\n[profile b]\nrole_arn = {ROLE}\nsource_profile = a\n",
    )
    machine.right = "[profile c]"


def not_a_number(machine):
    write(machine, f"[profile p]\nrole_arn = {ROLE}\nsource_profile = user1\n")
    write(machine, "duration_seconds = 1h\n")
    machine.right = "[profile other]\\nregion = us-east-1\\n[services p]"


def too_long(machine):
    write(machine, f"[profile p]\nrole_arn = {ROLE}\nsource_profile = hub\nduration_seconds = 7200\n")


def device_in_a_chain(machine):
    write(machine, f"[profile p]\nrole_arn = {ROLE}\nsource_profile = hub\nmfa_serial = {config.SAANVI_MFA}\n")


def sso_without_region(machine):
    write(
        machine,
        "[sso-session s]\nsso_start_url = https://x.awsapps.com/start\n"
        "[profile p]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = R\n",
    )
    machine.right = "[sso-session s]\\nsso_region = us-east-1"


def program_that_is_gone(machine):
    write(machine, "[profile p]\ncredential_process = /opt/gone/tool --json\n")
    machine.right = "region = us-east-1"


def in_both_files(machine):
    write(machine, "[profile both]\nregion = us-east-1\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n")
    append(machine.credentials, "\n[both]\naws_access_key_id = AKIAI44QH8DHBEXAMPLE\naws_secret_access_key = x\n")


def device_of_default(machine):
    text = machine.config.read_text().replace("[default]\n", f"[default]\nmfa_serial = {config.SAANVI_MFA}\n", 1)
    machine.config.write_text(text)
    write(machine, "")


def variable(name, value, **more):
    def fault(machine):
        machine.env[name] = value.replace("{home}", str(machine.home))
        machine.env.update(more)

    fault.__name__ = f"{name}={value}" + "".join(f",{other}" for other in more)
    return fault


def relative_store(machine):
    machine.env["ASSUME_HOME"] = "cache"


def store_is_a_file(machine):
    (machine.config.parent / "assume").write_text("")


def store_is_a_link(machine):
    (machine.home / "elsewhere").mkdir()
    (machine.config.parent / "assume").symlink_to(machine.home / "elsewhere")


def store_for_all(machine):
    machine.program.keys("marketingadmin")
    (machine.config.parent / "assume").chmod(0o755)


def damaged_entry(machine):
    machine.program.keys("marketingadmin")
    for path in (machine.config.parent / "assume").glob("*.entry"):
        path.write_bytes(path.read_bytes()[:-9])


def damaged_cli_cache(machine):
    folder = machine.config.parent / "cli" / "cache"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ("0" * 40 + ".json")).write_text("")


def endpoint_that_nobody_serves(machine):
    write(machine, "[profile p]\nregion = us-east-1\nendpoint_url = http://127.0.0.1:9\n")


def clock(machine):
    machine.program.sts.clock = lambda: time.time() + 7200
    machine.stub("timedatectl", f"touch {machine.home}/set")


def set_clock(machine):
    assert (machine.home / "set").exists()
    machine.program.sts.clock = time.time


KEYS: dict[str, str | None] = {"AWS_SECRET_ACCESS_KEY": "x" * 40}
FAULTS = [
    # the fault, its check, words of the finding
    (no_line, "shell", "loads assume, so a new bash will not have it"),
    (no_init_file, "shell", "does not exist"),
    (old_init_file, "shell", "is of another version (0.0.1-0.1.0), or was changed"),
    (init_file_of_another, "shell", "is of another installation, which is gone"),
    (alias_behind, "shell", "gives `assume` another meaning"),
    (function_behind, "shell", "gives `assume` another meaning"),
    (another_program, "shell", "another program is called assume"),
    (not_on_path, "shell", "is not on PATH, so scripts do not find assume"),
    (keys_for_all, "files", "other users may read or change it (mode 644)"),
    (keys_in_config, "files", "holds keys"),
    (config_writable, "files", "other users may change"),
    (folder_writable, "files", "other users may replace the files"),
    (utf16, "files", "is UTF-16"),
    (byte_order_mark, "files", "byte-order mark"),
    (latin1, "files", "not UTF-8"),
    (line_above, "files", "line 1: a line above the first [section]"),
    (not_a_line, "files", "this is not a `name = value` line"),
    (unclosed, "files", "a header without its closing `]`"),
    (setting_twice, "files", "region appears twice"),
    (section_twice, "files", "this section appears twice"),
    (no_source, "profiles", "p: has role_arn, and neither source_profile nor credential_source"),
    (unknown_source, "profiles", "nosuch-p: its source_profile nobody does not exist"),
    (circle, "profiles", "a: source_profile goes in a circle"),
    (not_a_number, "profiles", "is not a number of seconds"),
    (too_long, "profiles", "p: duration_seconds = 7200: a role that is reached from a role lasts an hour at most"),
    (device_in_a_chain, "profiles", "p: mfa_serial: a code goes with a user's keys alone"),
    (sso_without_region, "profiles", "p: [sso-session s] lacks sso_region"),
    (program_that_is_gone, "profiles", "p: credential_process: /opt/gone/tool is not a program that can be started"),
    (in_both_files, "profiles", "both: aws_access_key_id is in both files"),
    (device_of_default, "profiles", "namedsessionrole: mfa_serial is in [default]"),
    (variable("AWS_PROFILE", "nosuch"), "environment", "AWS_PROFILE=nosuch: there is no such profile"),
    (variable("AWS_PROFILE", ""), "environment", "AWS_PROFILE is set and empty"),
    (variable("AWS_DEFAULT_PROFILE", "user1", AWS_PROFILE="hub"), "environment", "boto3 the second"),
    (variable("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"), "environment", "AWS_SECRET_ACCESS_KEY is not"),
    (variable("AWS_SESSION_TOKEN", "x"), "environment", "AWS_ACCESS_KEY_ID is not"),
    (variable("AWS_ACCESS_KEY_ID", "AKIA EXAMPLE", **KEYS), "environment", "no call can be signed"),
    (
        variable("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE", AWS_SESSION_TOKEN="x", **KEYS),
        "environment",
        "long-term key",
    ),
    (variable("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE", AWS_PROFILE="hub", **KEYS), "environment", "take the keys"),
    (variable("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE", AWS_SECURITY_TOKEN="x", **KEYS), "environment", "SECURITY"),
    (variable("AWS_REGION", "eu-west-1", AWS_DEFAULT_REGION="us-east-1"), "environment", "the AWS CLI takes the first"),
    (variable("AWS_REGION", "us-esat-1"), "environment", "did you mean: us-east-1"),
    (variable("AWS_SHARED_CREDENTIALS_FILE", ""), "environment", "is set and empty, so no file is read"),
    (variable("AWS_CONFIG_FILE", "{home}/none"), "environment", "which does not exist"),
    (variable("AWS_CA_BUNDLE", "{home}/none"), "environment", "which does not exist"),
    (variable("AWS_WEB_IDENTITY_TOKEN_FILE", "{home}/none"), "environment", "which does not exist"),
    (variable("ASSUME_EXPORT", "all"), "environment", "is not one of both, keys, profile"),
    (variable("AWS_STS_REGIONAL_ENDPOINTS", "no"), "environment", "is not one of regional, legacy"),
    (relative_store, "store", "is not an absolute path"),
    (store_is_a_file, "store", "is not a folder"),
    (store_is_a_link, "store", "is a link"),
    (store_for_all, "store", "other users may look into"),
    (damaged_entry, "store", "1 cached entry in"),
    (damaged_cli_cache, "store", "the AWS CLI fails with `KeyError`"),
    (endpoint_that_nobody_serves, "network", "STS was not reached"),
    (variable("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9"), "network", "STS was not reached"),
    (variable("HTTP_PROXY", "http://127.0.0.1:9"), "network", "the proxy does not answer (HTTP_PROXY)"),
    (clock, "clock", "this machine's clock is 2.0 h behind AWS's"),
]


def test_nothing_is_wrong_with_a_sound_machine(machine):
    done = machine.doctor()
    assert (done.status, done.err) == (0, ""), done.out
    assert [line[:1] for line in done.out.splitlines()] == ["✓"] * 6
    assert machine.doctor("--json").json == {
        "ok": True, "checked": ["shell", "files", "profiles", "environment", "store", "network"], "findings": [],
    }  # fmt: skip


@pytest.mark.once
@pytest.mark.parametrize(("fault", "check", "words"), FAULTS, ids=[fault.__name__ for fault, _, _ in FAULTS])
def test_the_printed_command_fixes_it(machine, fault: Callable[[Machine], None], check, words):
    fault(machine)
    found = [one for one in machine.findings() if one["check"] == check and words in one["what"]]
    assert found, machine.findings()
    text = machine.doctor()
    assert text.status == 1
    assert f"  {found[0]['what']}\n" in text.out
    assert f"    {found[0]['command']}\n" in text.out
    machine.run(found[0]["command"])
    if check == "clock":
        set_clock(machine)
    left = machine.findings()
    assert found[0]["what"] not in [one["what"] for one in left]
    assert not [one for one in left if one["check"] in ("shell", "files")], "nothing new"


@pytest.mark.once
@pytest.mark.parametrize(
    ("options", "what"),
    [
        ((), "the function is not loaded in this bash, so `assume PROFILE` cannot change it"),
        (("--state", "", "--edition", "0"), "this bash has loaded the function of another version"),
    ],
)
def test_a_function_that_is_not_loaded_or_is_old(machine, options, what):
    done = machine.program("doctor", *options, "--json", **machine.env)
    (finding,) = done.json["findings"]
    assert finding["what"] == what
    line = f"{finding['command']}; assume doctor --json"
    run = subprocess.run(
        ["/bin/bash", "-c", line],
        env={**machine.program.home.environment, **machine.env},
        capture_output=True,
        text=True,
    )
    assert not [one for one in json.loads(run.stdout)["findings"] if "loaded" in one["what"]]


def test_the_role_of_this_shell(machine):
    have, _ = switch(machine.program, {}, "", "marketingadmin")
    machine.env |= have
    assert machine.findings() == []
    machine.env["AWS_PROFILE"] = "user1"
    (finding,) = machine.findings()
    assert (finding["check"], finding["command"]) == ("environment", "assume marketingadmin")
    assert "the profile is user1 now, not marketingadmin" in finding["what"]
    machine.env |= {"AWS_PROFILE": "marketingadmin", "ASSUME_EXPIRES": "1000000000"}
    assert any("has ended" in one["what"] for one in machine.findings())
    machine.env |= {"ASSUME_BEFORE": "damaged"}
    assert any(one["command"] == "assume off" for one in machine.findings())


def test_no_config_at_all(machine, tmp_path):
    machine.env |= {"AWS_CONFIG_FILE": str(tmp_path / "a"), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "b")}
    assert any(one["command"] == "aws configure" for one in machine.findings())


def test_a_shell_that_assume_does_not_work_in(machine, monkeypatch):
    monkeypatch.setattr(shellingham, "detect_shell", lambda: ("ksh", "/bin/ksh"))
    (finding,) = machine.findings()
    assert (finding["check"], finding["command"]) == ("shell", None)
    assert finding["do"] == "use bash, zsh, fish, powershell"


def test_no_finding_shows_a_secret(machine, world):
    machine.credentials.write_text(machine.credentials.read_text().replace("aws_secret_access_key = ", "", 1))
    out = machine.doctor().out + machine.doctor("--json").out
    assert not any(key.secret in out for key in world.keys.values())


def test_a_secret_is_never_in_a_file_that_others_may_read(machine):
    """While a file is rewritten, and afterwards."""
    machine.credentials.write_bytes(b"\xef\xbb\xbf" + machine.credentials.read_bytes())
    (finding,) = machine.findings()
    machine.stub("cp", f'ls -l {machine.credentials}.new > {machine.home}/seen; exec /bin/cp "$@"')
    machine.run(finding["command"])
    assert (machine.home / "seen").read_text().startswith("-rw-------")
    assert os.stat(machine.credentials).st_mode & 0o077 == 0
    assert machine.findings() == []


@pytest.mark.parametrize(
    ("kind", "unset", "export", "path"),
    [
        ("bash", "unset A B", "export A='x y'", 'export PATH=/b:"$PATH"'),
        ("zsh", "unset A B", "export A='x y'", 'export PATH=/b:"$PATH"'),
        ("fish", "set -e A B", "set -gx A 'x y'", "set -gx PATH /b $PATH"),
        ("powershell", "Remove-Item Env:A,Env:B", "$env:A = 'x y'", f"$env:PATH = '/b{os.pathsep}' + $env:PATH"),
    ],
)
def test_a_command_has_the_syntax_of_the_shell(kind, unset, export, path):
    patient = Patient({}, {"HOME": "/home/a"}, table.SHELLS[kind])
    assert (patient.unset("A", "B"), patient.export("A", "x y"), patient.first_on_path("/b")) == (unset, export, path)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("zsh", 'alias assume=". /usr/local/bin/assume"'),
        ("zsh", "function assume { true; }"),
        ("fish", 'alias assume "source /usr/local/bin/assume.fish"'),
        ("fish", "function assume --wraps aws"),
        ("powershell", "Set-Alias assume Invoke-Granted"),
        ("powershell", "function global:Assume { }"),
    ],
)
def test_an_alias_behind_the_line_in_each_shell(machine, monkeypatch, name, line):
    monkeypatch.setattr(shellingham, "detect_shell", lambda: (name, f"/bin/{name}"))
    assert machine.program("install", name, **machine.env).status == 0
    rc = Path(rcfile.find(table.SHELLS[name], str(machine.home), {}))
    text = rc.read_text()
    options = ("--state", "", "--edition", init.edition(table.SHELLS[name]), "--json")
    rc.write_text(f"{line}\n# {line}\n{text}")  # before our line it gives way
    assert machine.program("doctor", *options, **machine.env).json["findings"] == []
    append(rc, f"{line}\n")
    (finding,) = machine.program("doctor", *options, **machine.env).json["findings"]
    assert finding["what"].startswith(f"line {len(rc.read_text().splitlines())} of {rc} gives `assume` another meaning")
    machine.run(finding["command"])
    assert machine.program("doctor", *options, **machine.env).json["findings"] == []


def test_an_abbreviation_of_fish_is_in_the_way_wherever_it_is(machine, monkeypatch):
    monkeypatch.setattr(shellingham, "detect_shell", lambda: ("fish", "/bin/fish"))
    assert machine.program("install", "fish", **machine.env).status == 0
    rc = machine.home / ".config/fish/config.fish"
    rc.write_text(f"abbr --erase assume\nabbr -a assume aws-vault\n{rc.read_text()}")
    options = ("--state", "", "--edition", init.edition(table.SHELLS["fish"]), "--json")
    (finding,) = machine.program("doctor", *options, **machine.env).json["findings"]
    assert finding["what"] == f"line 2 of {rc} makes `assume` an abbreviation"
    machine.run(finding["command"])
    assert machine.program("doctor", *options, **machine.env).json["findings"] == []
