"""`install` and `uninstall`: one line in, the same line out, nothing else of the rc file touched."""

import os
import re
import shutil
import stat
import subprocess
import sys

import pytest

from assume import __version__
from assume.cli.install import install, refresh_init_files, word
from assume.cli.uninstall import uninstall
from assume.errors import AssumeError
from assume.shells import init, rcfile, table

RC = {
    "bash": ".bashrc",
    "zsh": ".zshrc",
    "fish": ".config/fish/config.fish",
    "powershell": ".config/powershell/Microsoft.PowerShell_profile.ps1",
}
LINES = {
    "bash": "if [ -r ~/.local/share/assume/init.bash ]; then . ~/.local/share/assume/init.bash; fi # assume install",
    "zsh": "if [ -r ~/.local/share/assume/init.zsh ]; then . ~/.local/share/assume/init.zsh; fi # assume install",
    "fish": "if test -r ~/.local/share/assume/init.fish; source ~/.local/share/assume/init.fish; end # assume install",
    "powershell": (
        'if (Test-Path -LiteralPath "$HOME/.local/share/assume/init.ps1") '
        '{ . "$HOME/.local/share/assume/init.ps1" } # assume install'
    ),
}
RUN = {
    "bash": ["bash", "--noprofile", "--norc", "-eu"],
    "zsh": ["zsh", "-fu"],
    "fish": ["fish", "--no-config"],
    "powershell": [os.environ.get("ASSUME_TEST_PWSH", "pwsh"), "-NoProfile", "-NonInteractive", "-File"],
}
every_shell = pytest.mark.parametrize("name", table.SHELLS)


def put(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@every_shell
def test_the_file_has_the_output_of_init_and_the_line_sources_it(name, home):
    said = install(name, str(home), {})
    target = home / ".local/share/assume" / table.SHELLS[name].init_file
    assert target.read_text() == init.init_text(name, prompt=True)
    assert (home / RC[name]).read_text() == LINES[name] + "\n"
    assert said[:3] == [
        f"assume: wrote ~/.local/share/assume/{target.name}",
        f"assume: added this line to ~/{RC[name]}:",
        f"  {LINES[name]}",
    ]
    assert re.fullmatch(r"  (source|\.) \S+", said[4])


@every_shell
def test_the_second_time_changes_nothing_and_says_so(name, home):
    install(name, str(home), {})
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in home.rglob("*") if path.is_file()}
    assert install(name, str(home), {}) == [f"assume: ~/{RC[name]} has its line already"]
    assert before == {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in home.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"alias ll='ls -l'\n",
        b"no end of line",
        b"\xfe\xfa not utf-8 \x0c\x1c\n",
        b"one\r\ntwo\r\n",
        b"one\r\ntwo",
        b"\xef\xbb\xbfBOM\n",
        b"\xff\xfe" + "# Umlaut ü\r\n".encode("utf-16-le"),
        b"\xfe\xff" + "# no end ü".encode("utf-16-be"),
        b"\n\n\n",
        b"# assume install\n",
        b"# if [ -r ~/.local/share/assume/init.bash ]; then . it; fi # assume install\n",
    ],
)
def test_after_uninstall_the_rc_file_is_byte_for_byte_what_it_was(content, home):
    path = put(home / ".bashrc", content)
    install("bash", str(home), {})
    changed = path.read_bytes()
    assert changed.startswith(content)
    assert len(changed) > len(content)
    said = uninstall("bash", str(home), {})
    assert path.read_bytes() == content
    assert said == [
        "assume: removed its line from ~/.bashrc",
        "assume: removed ~/.local/share/assume/init.bash",
        "assume: open shells keep it until they end",
    ]
    assert not (home / ".local/share/assume").exists()


def test_the_line_is_in_the_encoding_and_with_the_line_ends_of_the_file(home):
    path = put(home / RC["powershell"], b"\xff\xfe" + "# ü\r\n".encode("utf-16-le"))
    install("powershell", str(home), {})
    assert path.read_bytes()[2:].decode("utf-16-le") == f"# ü\r\n{LINES['powershell']}\r\n"


def test_lines_written_after_ours_stay(home):
    path = put(home / ".zshrc", b"first")
    install("zsh", str(home), {})
    with path.open("ab") as file:
        file.write(b"second")
    uninstall("zsh", str(home), {})
    assert path.read_bytes() == b"first\nsecond"


def test_mode_and_link_stay_in_both_directions(home):
    real = put(home / "dotfiles/bashrc", b"x=1\n")
    real.chmod(0o640)
    link = home / ".bashrc"
    link.symlink_to("dotfiles/bashrc")
    for change in (install, uninstall):
        change("bash", str(home), {})
        assert link.is_symlink()
        assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert real.read_bytes() == b"x=1\n"


def test_a_link_into_a_folder_that_is_not_there_yet(home):
    (home / ".zshrc").symlink_to("dotfiles/zsh/zshrc")
    install("zsh", str(home), {})
    assert (home / "dotfiles/zsh/zshrc").read_text() == LINES["zsh"] + "\n"


def test_nothing_is_added_if_the_user_has_a_line_that_loads_it(home):
    path = put(home / ".bashrc", b'# assume init bash\n\neval "$(command assume init bash --prompt)"\n')
    assert install("bash", str(home), {}) == [
        "assume: line 3 of ~/.bashrc loads assume already; nothing was changed",
    ]
    assert b"init.bash" not in path.read_bytes()
    assert uninstall("bash", str(home), {}) == [
        "assume: line 3 of ~/.bashrc still loads assume; remove it yourself",
    ]


def test_a_line_with_another_data_folder_is_corrected_in_place(home):
    old, new = str(home / "old"), str(home / "new")
    path = put(home / ".bashrc", b"a=1\n")
    install("bash", str(home), {"XDG_DATA_HOME": old})
    with path.open("ab") as file:
        file.write(b"b=2\n")
    said = install("bash", str(home), {"XDG_DATA_HOME": new})
    line = "if [ -r ~/new/assume/init.bash ]; then . ~/new/assume/init.bash; fi # assume install"
    assert path.read_text() == f"a=1\n{line}\nb=2\n"
    assert said[1:3] == ["assume: changed this line in ~/.bashrc:", f"  {line}"]


def test_the_files_follow_each_shells_own_variables(home):
    environ = {"ZDOTDIR": str(home / "z"), "XDG_CONFIG_HOME": str(home / "c")}
    for name, path in (
        ("bash", ".bashrc"),
        ("zsh", "z/.zshrc"),
        ("fish", "c/fish/config.fish"),
        ("powershell", "c/powershell/Microsoft.PowerShell_profile.ps1"),
    ):
        assert rcfile.find(table.SHELLS[name], str(home), environ) == str(home / path)
        install(name, str(home), environ)
        assert (home / path).exists()


def test_a_relative_data_folder_is_ignored(home):
    install("bash", str(home), {"XDG_DATA_HOME": "relative"})
    assert (home / ".local/share/assume/init.bash").exists()


@every_shell
@pytest.mark.parametrize("folder", ["data", 'it\'s a "data" $(touch PWN) ünï %f'])
@pytest.mark.once
def test_a_real_shell_starts_without_output_with_the_file_and_without_it(name, folder, home):
    if not shutil.which(RUN[name][0]):
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"{RUN[name][0]} is not installed")
    environ = {"PATH": os.environ["PATH"], "HOME": str(home), "XDG_DATA_HOME": str(home / folder), "TERM": "dumb"}
    install(name, str(home), environ)
    rc = home / RC[name]
    script = home / f"session.{table.SHELLS[name].init_file.rpartition('.')[2]}"
    script.write_text(
        f"{rc.read_text()}{'if (Get-Command assume -CommandType Function) ' if name == 'powershell' else ''}"
        + ('{ "loaded" }\n' if name == "powershell" else "type assume >/dev/null && echo loaded\n")
    )

    def session(path):
        ran = subprocess.run([*RUN[name], path], env=environ, cwd=home, capture_output=True, text=True, timeout=60)
        return ran.stdout.strip(), ran.stderr, ran.returncode

    assert session(str(script)) == ("loaded", "", 0)
    (home / folder / "assume" / table.SHELLS[name].init_file).unlink()
    assert session(str(rc)) == ("", "", 0)
    assert not (home / "PWN").exists()


@pytest.mark.parametrize(
    ("name", "path", "expected"),
    [
        ("bash", "/h/.local/x", "~/.local/x"),
        ("powershell", "/h/.local/x", '"$HOME/.local/x"'),
        ("bash", "/h/a b", "'/h/a b'"),
        ("bash", "/hh/x", "'/hh/x'"),
    ],
)
def test_a_path_in_the_home_is_written_with_a_tilde(name, path, expected):
    assert word(table.SHELLS[name], path, "/h") == expected


def test_the_home_of_another_user_is_left_alone(home, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: home.stat().st_uid + 1)
    with pytest.raises(AssumeError, match="belongs to another user\n  run this as that user, without sudo"):
        install("bash", str(home), {})
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("change", [install, uninstall])
def test_an_rc_file_with_invalid_utf_16_is_left_alone(home, change):
    path = put(home / ".bashrc", b"\xff\xfeodd")
    with pytest.raises(AssumeError, match=r"is not valid UTF-16\n  save it as UTF-8"):
        change("bash", str(home), {})
    assert path.read_bytes() == b"\xff\xfeodd"


def test_an_rc_file_that_cannot_be_written_is_reported_with_the_line_to_add(home):
    put(home / ".config/fish", b"a file where a folder should be")
    with pytest.raises(AssumeError) as raised:
        install("fish", str(home), {})
    assert str(raised.value).endswith(
        f"config.fish cannot be written: Not a directory\n  add this line to it yourself:\n  {LINES['fish']}"
    )


def test_a_disk_that_fails_leaves_the_old_file_and_no_other(home, monkeypatch):
    install("bash", str(home), {})
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("assume.files.system.fsync", full)
    with pytest.raises(AssumeError, match="No space left"):
        uninstall("bash", str(home), {})
    with pytest.raises(AssumeError, match="No space left"):
        install("bash", str(home), {}, prompt=False)
    assert before == {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}


SLOW = """
import sys, time
from assume.cli.install import install
from assume.cli.uninstall import uninstall
from assume.shells import rcfile
read = rcfile._read
def slow(path):
    found = read(path)
    time.sleep(0.05)
    return found
rcfile._read = slow
rcfile.WAIT_S = 250  # on a machine that is busy with other things
name, home, data = sys.argv[1:]
(uninstall if name == "uninstall" else install)("bash", home, {"XDG_DATA_HOME": data})
"""


def at_once(home, *names, data=""):
    """Runs real processes at once, each of them slow between reading and writing."""
    running = [
        subprocess.Popen([sys.executable, "-c", SLOW, name, str(home), data], stderr=subprocess.PIPE, text=True)
        for name in names
    ]
    assert [one.communicate()[1] for one in running] == [""] * len(names)


def test_installations_at_once_add_one_line_and_lose_none(home):
    path = put(home / ".bashrc", b"first=1\n")
    at_once(home, *["install"] * 6)
    assert path.read_text() == f"first=1\n{LINES['bash']}\n"
    assert [file.name for file in (home / ".local/share/assume").iterdir()] == ["init.bash"]


def test_installing_and_uninstalling_at_once_leaves_either_and_the_other_lines(home):
    content = b"".join(b"line%d=1\n" % number for number in range(2000))
    path = put(home / ".bashrc", content)
    install("bash", str(home), {})
    at_once(home, *["install", "uninstall"] * 3)
    assert path.read_bytes() in (content, content + LINES["bash"].encode() + b"\n")
    assert (home / ".local/share/assume/init.bash").exists() is (path.read_bytes() != content)
    assert not list(home.rglob("*.lock"))
    assert not list(home.rglob("tmp.*"))


def test_an_rc_file_that_another_process_keeps_locked_is_reported_and_left_alone(home, monkeypatch):
    path = put(home / ".bashrc", b"first=1\n")
    monkeypatch.setattr(rcfile, "WAIT_S", 0.1)
    refused = pytest.raises(AssumeError, match=r"has held .*install\.lock for 0\.1 s\n  try again when it has ended")
    with rcfile.locked(str(home / ".local/share/assume")), refused:
        install("bash", str(home), {})
    assert path.read_bytes() == b"first=1\n"
    install("bash", str(home), {})
    assert path.read_bytes() == f"first=1\n{LINES['bash']}\n".encode()


def test_uninstalling_where_nothing_is_installed_makes_no_folder(home):
    put(home / ".bashrc", b"first=1\n")
    assert uninstall("bash", str(home), {}) == ["assume: nothing is installed for bash"]
    assert [path.name for path in home.iterdir()] == [".bashrc"]


def test_the_shell_that_this_runs_in_is_found(home, monkeypatch):
    import shellingham

    monkeypatch.setattr(shellingham, "detect_shell", lambda: ("pwsh", "/usr/bin/pwsh"))
    install(None, str(home), {})
    assert (home / RC["powershell"]).exists()


def test_without_a_supported_parent_shell_a_name_is_needed(home, monkeypatch):
    import shellingham

    def none():
        raise shellingham.ShellDetectionFailure

    monkeypatch.setattr(shellingham, "detect_shell", none)
    with pytest.raises(AssumeError, match=r"tcsh.*\n  name one: assume install bash\|zsh"):
        install(None, str(home), {"SHELL": "/bin/tcsh"})
    install(None, str(home), {"SHELL": "/usr/bin/zsh"})
    assert (home / ".zshrc").exists()


@pytest.fixture
def written(home):
    """An init file of bash that is as `install --no-prompt` wrote it, and a way to change its stamp."""
    install("bash", str(home), {}, prompt=False)
    path = home / ".local/share/assume/init.bash"

    def restamp(**values):
        stamp, _, rest = path.read_text().partition("\n")
        for name, value in values.items():
            stamp = re.sub(f" {name}=\\S*", f" {name}={value}", stamp)
        stamp = stamp.replace(f"# assume {__version__} ", f"# assume {values.get('version', __version__)} ")
        path.write_text(f"{stamp}\n{rest}# old\n")

    return path, restamp


def refreshed(path, home):
    refresh_init_files({"HOME": str(home)})
    return path.read_text() == init.init_text("bash", prompt=False)


def test_a_file_of_another_version_is_updated_with_its_options(home, written):
    path, restamp = written
    restamp(version="0.0.1")
    assert refreshed(path, home)


def test_a_file_of_this_version_is_left_alone(home, written):
    path, restamp = written
    restamp()
    assert not refreshed(path, home)


@pytest.mark.parametrize("name", ["interpreter", "main", "script"])
def test_a_file_whose_program_is_gone_is_updated(home, written, name):
    path, restamp = written
    restamp(**{name: "/gone/with/the/upgrade"})
    assert refreshed(path, home)


def test_the_file_of_another_installation_is_left_alone(home, written):
    path, restamp = written
    put(home / "other/assume/__main__.py", b"")
    restamp(version="0.0.1", main=home / "other/assume/__main__.py")
    assert not refreshed(path, home)


def test_a_script_that_still_runs_is_kept(home, written):
    path, restamp = written
    script = put(home / "bin/assume", b"#!/bin/sh\n")
    script.chmod(0o755)
    restamp(version="0.0.1", script=script)
    refresh_init_files({"HOME": str(home)})
    assert path.read_text() == init.init_text("bash", prompt=False, script=str(script))


@pytest.mark.parametrize("content", [b"", b"mine\n", b"\xff\xfe\0\n", b"# assume"])
def test_a_file_without_a_stamp_is_left_alone(home, content):
    path = put(home / ".local/share/assume/init.bash", content)
    refresh_init_files({"HOME": str(home)})
    assert path.read_bytes() == content


@pytest.mark.parametrize("environ", [{}, {"HOME": ""}, {"HOME": "relative"}, {"HOME": "/dev/null"}])
def test_without_a_home_nothing_is_refreshed_and_nothing_fails(environ):
    refresh_init_files(environ)
