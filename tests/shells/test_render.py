"""Quoting: any text comes out of each format's reader as it went in. The real shells read it in tests/shells."""

import base64
import io
import json
import shlex
from pathlib import Path

import botocore.utils
import dotenv
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assume.errors import Unsafe, UsageError
from assume.shells import export, render

TEXT = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=30)
ONE_LINE = st.text(st.characters(exclude_characters="\0\r\n", codec="utf-8"), max_size=30)
NASTY = 'it\'s "$(touch PWN)" `x` \\ %PATH% ‘’ ünï\n\ttwo'


def variables(content, start):
    """Lines of `start NAME=WORD`, read as a shell would."""
    words = shlex.split(content.decode())
    assert words[0::2] == [start] * (len(words) // 2)
    return dict(word.split("=", 1) for word in words[1::2])


@given(TEXT)
def test_any_text_is_one_word_of_bash_and_zsh(text):
    for shell in ("bash", "zsh"):
        assert shlex.split(render.quote(shell, text)) == [text]
        assert variables(export.exported(shell, {"A": text}), "export") == {"A": text}


@given(TEXT)
def test_any_text_is_one_word_of_fish(text):
    quoted = render.quote("fish", text)
    assert quoted[0] == quoted[-1] == "'"
    inside, seen, marks = quoted[1:-1], "", iter(quoted[1:-1])
    for mark in marks:  # inside quotes fish knows two escapes: \\ and \'
        assert mark != "'", inside
        seen += next(marks) if mark == "\\" else mark
    assert seen == text


@given(TEXT)
def test_any_text_is_one_string_of_powershell(text):
    quoted = render.quote("powershell", text)
    seen, marks = "", iter(quoted[1:-1])
    for mark in marks:
        if mark in render.CURLY_QUOTES:
            assert next(marks) == mark, "a single quote, of any kind, ends the string unless it is doubled"
        seen += mark
    assert seen == text


@given(TEXT)
def test_any_text_is_read_back_from_dotenv_or_refused(text):
    if "${" in text:
        with pytest.raises(Unsafe):
            export.exported("dotenv", {"A": text})
        return
    content = export.exported("dotenv", {"A": text, "B": "b"}).decode()
    if "\r" not in text:  # python-dotenv reads its file with universal line ends
        assert dotenv.dotenv_values(stream=io.StringIO(content)) == {"A": text, "B": "b"}


def test_a_value_that_dotenv_would_expand_is_refused():
    assert dotenv.dotenv_values(stream=io.StringIO("A='$HOME'\n")) == {"A": "$HOME"}
    assert dotenv.dotenv_values(stream=io.StringIO("A='${HOME}'\n")) != {"A": "${HOME}"}
    with pytest.raises(Unsafe, match="use --format json"):
        export.exported("dotenv", {"A": "${HOME}"})


@given(ONE_LINE)
def test_any_line_is_read_back_from_an_env_file_or_refused(text):
    """docker: a line is NAME=VALUE, all of it, no quotes, no escapes; its ends are trimmed."""
    if text != text.strip():
        with pytest.raises(Unsafe, match="use --format dotenv or json"):
            export.exported("env-file", {"A": text})
        return
    assert export.exported("env-file", {"A": text}) == f"A={text}\n".encode()


@pytest.mark.parametrize("text", ["a\nb", "a\rb", " a", "a\t"])
def test_a_value_that_an_env_file_cannot_hold_is_refused(text):
    with pytest.raises(Unsafe):
        export.exported("env-file", {"A": text})


@pytest.mark.parametrize("text", ["50%", "a!b", "a^b", 'a"b', "a\nb"])
def test_a_value_that_cmd_cannot_quote_is_refused(text):
    with pytest.raises(Unsafe, match="cmd cannot quote"):
        export.exported("cmd", {"A": text})


def test_values_that_cmd_can_quote():
    assert export.exported("cmd", {"A": "a & b | c > d"}) == b'set "A=a & b | c > d"\n'


def test_json_is_an_object_of_names_and_values():
    assert json.loads(export.exported("json", {"A": NASTY, "B": ""})) == {"A": NASTY, "B": ""}


def test_powershell_is_ascii_whatever_the_value():
    content = export.exported("powershell", {"A": NASTY, "B": "plain"})
    first, second = content.decode("ascii").splitlines()
    encoded = first.partition("FromBase64String('")[2].partition("'")[0]
    assert base64.b64decode(encoded).decode() == NASTY
    assert second == "$env:B = 'plain'"


def test_process_is_the_document_that_an_sdk_reads():
    document = json.loads(export.process_document("K", "S", "T", "2026-11-24T12:00:00Z"))
    assert document == {
        "Version": 1, "AccessKeyId": "K", "SecretAccessKey": "S", "SessionToken": "T",
        "Expiration": "2026-11-24T12:00:00Z",
    }  # fmt: skip
    assert botocore.utils.parse_timestamp(document["Expiration"]).timestamp() == 1795521600
    assert set(json.loads(export.process_document("K", "S", "", ""))) == {"Version", "AccessKeyId", "SecretAccessKey"}


def test_an_unknown_format_is_refused_with_the_known_ones():
    with pytest.raises(UsageError, match="one of: bash zsh fish powershell cmd dotenv env-file json process"):
        export.exported("yaml", {})


CHANGES = [("AWS_REGION", NASTY), ("AWS_PROFILE", None)]


def test_a_reply_to_bash_is_statements_and_the_state():
    words = shlex.split(render.reply("bash", CHANGES, "renew;;x;").decode())
    builtin = "builtin"  # behind a backslash: it may be an alias
    assert words == [
        builtin,
        "export",
        f"AWS_REGION={NASTY}",
        builtin,
        "unset",
        "AWS_PROFILE",
        "__assume_state=renew;;x;",
    ]
    assert render.reply("bash", CHANGES, "x") == render.reply("zsh", CHANGES, "x")
    assert render.reply("bash", [("AWS_PROFILE", None)], "") == b"\\builtin unset AWS_PROFILE\n__assume_state=''\n"


def test_a_reply_to_fish_sets_and_erases_globally():
    lines = render.reply("fish", [("AWS_REGION", "a'b"), ("AWS_PROFILE", None)], "off;;").decode().splitlines()
    assert lines == [r"set -gx AWS_REGION 'a\'b'", "set -eg AWS_PROFILE", "set -g __assume_state 'off;;'"]


def test_a_reply_to_powershell_is_data_in_ascii():
    lines = render.reply("powershell", CHANGES, "hold;31;x;y").decode("ascii").splitlines()
    assert [line.split()[:2] for line in lines[:2]] == [["set", "AWS_REGION"], ["unset", "AWS_PROFILE"]]
    assert base64.b64decode(lines[0].split()[2]).decode() == NASTY
    assert base64.b64decode(lines[2].split()[1]) == b"hold;31;x;y"


def test_undecodable_bytes_are_written_as_they_were_read(tmp_path: Path):
    assert export.exported("bash", {"A": "\udcff"}) == b"export A='\xff'\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_a_nul_is_refused(shell):
    with pytest.raises(Unsafe):
        render.quote(shell, "a\0b")
