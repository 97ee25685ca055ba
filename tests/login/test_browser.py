"""The browser's command: placeholders, quotes, failures; and which browser is used if the user has set none."""

import os
import stat
import webbrowser

import pytest

from assume.errors import AssumeError, ConfigError
from assume.login import browser

URL = "https://signin.aws.amazon.com/federation?Action=login&SigninToken=a%2Fb"
QUOTED = "https%3A%2F%2Fsignin.aws.amazon.com%2Ffederation%3FAction%3Dlogin%26SigninToken%3Da%252Fb"
ROLE = """
[profile blue]
role_arn = arn:aws:iam::123456789012:role/marketingadminrole
source_profile = user1
region = us-west-2
endpoint_url = STS
assume_colour = cyan
assume_browser = SCRIPT {profile} {colour} {account}
"""
FIELDS = {"url": URL, "profile": "my prod", "account": "123456789012", "colour": "red"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("firefox", ["firefox", URL]),
        ("chrome '--profile-directory={profile}' {url}", ["chrome", "--profile-directory=my prod", URL]),
        (
            "firefox 'ext+container:name={profile}&color={colour}&url={url}'",
            ["firefox", f"ext+container:name=my%20prod&color=red&url={QUOTED}"],
        ),
        ("open -a Safari microsoft-edge:{url}", ["open", "-a", "Safari", f"microsoft-edge:{URL}"]),
        ('sh -c "x {account}" {url} {url}', ["sh", "-c", "x 123456789012", URL, URL]),
        ("b {other} {URL} {url}", ["b", "{other}", "{URL}", URL]),
    ],
)
def test_placeholders_are_filled_word_by_word(text, words):
    assert browser.command(text, FIELDS) == words


def test_a_value_that_looks_like_a_placeholder_stays():
    fields = FIELDS | {"profile": "{url}; $(touch PWN)"}
    assert browser.command("b {profile} {url}", fields) == ["b", "{url}; $(touch PWN)", URL]


def test_the_path_of_the_program_may_begin_with_the_home():
    assert browser.command("~/bin/b {url}", FIELDS)[0] == os.path.expanduser("~/bin/b")


@pytest.mark.parametrize("text", ["firefox 'x", '"', "''x\\"])
def test_a_command_whose_quotes_are_wrong_is_refused(text):
    with pytest.raises(ConfigError, match="not a valid command line"):
        browser.command(text, FIELDS)


@pytest.mark.parametrize(("line", "said"), [(["false", URL], "status 1"), (["/nowhere/b", URL], "command not found")])
def test_a_browser_that_fails_is_told_without_the_link(line, said):
    with pytest.raises(AssumeError) as caught:
        browser.start(line, {"PATH": os.environ["PATH"]}, "p")
    assert said in str(caught.value)
    assert "SigninToken" not in str(caught.value)
    assert "--print prints the link" in str(caught.value)


def test_a_machine_without_a_screen_has_no_browser(monkeypatch):
    monkeypatch.setattr(webbrowser, "open", lambda _: pytest.fail("a browser of the terminal was started"))
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(AssumeError, match="no browser was found"):
        browser.usual(URL, {"PATH": os.environ["PATH"]}, "p")


def test_the_usual_browser_gets_the_link_and_not_the_role(monkeypatch):
    opened: list[tuple[str, dict[str, str]]] = []

    def open_url(url):
        opened.append((url, dict(os.environ)))
        return True

    monkeypatch.setattr(webbrowser, "open", open_url)
    before = dict(os.environ)
    try:
        browser.usual(URL, {"DISPLAY": ":0"}, "p")
    finally:
        os.environ.update(before)
    assert opened == [(URL, {"DISPLAY": ":0"})]


def test_in_wsl_it_is_the_browser_of_windows(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    program = tmp_path / "rundll32.exe"
    program.write_text(f'#!/bin/sh\nprintf "%s " "$@" >{tmp_path}/words\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    browser.usual(URL, {"PATH": f"{tmp_path}:/bin:/usr/bin", "WSL_DISTRO_NAME": "Ubuntu"}, "p")
    assert (tmp_path / "words").read_text() == f"url.dll,FileProtocolHandler {URL} "


def recorder(tmp_path):
    """A command that writes its words and its environment to two files."""
    script = tmp_path / "browser"
    script.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >{tmp_path}/words\nenv >{tmp_path}/environment\n')
    script.chmod(0o755)
    return script


def test_the_profiles_browser_comes_before_the_variable_and_has_none_of_the_roles_keys(program, tmp_path, world):
    script = recorder(tmp_path)
    lines = ROLE.replace("SCRIPT", str(script)).replace("STS", program.sts.url)
    with program.home.config.open("a") as file:
        file.write(lines)
    done = program("console", "blue", ASSUME_BROWSER="false")
    assert (done.status, done.out) == (0, ""), done.err
    words = (tmp_path / "words").read_text().split()
    assert words[:3] == ["blue", "turquoise", "123456789012"]
    assert words[3].startswith(program.sts.url + "/federation?Action=login&")
    assert words[3] not in done.err
    (session,) = world.sessions.values()
    assert session.secret not in (tmp_path / "environment").read_text()
