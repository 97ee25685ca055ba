"""Hostile values in every input of the program: refused, or passed on unchanged; never run, never shown raw."""

import base64
import json
import re

import pytest

from assume import errors
from assume.demo.config import MARKETING
from assume.errors import AssumeError, Unsafe
from assume.fast import warm
from assume.shells import environment, export, render, state
from assume.simulator import faults

from . import figures
from .ground import asked, variables
from .hostile import FIXED
from .loops import UNSET, Loop
from .permissive import prepare

RAW = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
ONE_LINE = [value for value in FIXED if value.isprintable()]


def answered(ground, *words, **changed):
    """The reply to bash, or the text of the error. Neither may contain a raw control character."""
    have = ground.environment | changed
    try:
        taken = ground.take(*words, environment=have)
        reply = warm.reply(taken, asked(*words), have)
    except AssumeError as error:
        reply, refusal = None, str(error)
    else:
        refusal = ""
    assert not RAW.search(refusal.replace("\n", "")), ascii(refusal)
    return reply, refusal


def in_config(name):
    return lambda value: (("it",), {name: value}, {})


def in_words(name):
    return lambda value: (("it", f"{name}={value}"), {}, {})


def in_variables(name):
    return lambda value: (("it",), {}, {name: value})


INPUTS = {
    "region": in_config("region"),
    "role_arn": in_config("role_arn"),
    "role_arn, behind a good one": lambda value: (("it",), {"role_arn": f"{MARKETING}{value}"}, {}),
    "external_id": in_config("external_id"),
    "role_session_name": in_config("role_session_name"),
    "mfa_serial": in_config("mfa_serial"),
    "duration_seconds": in_config("duration_seconds"),
    "source_profile": in_config("source_profile"),
    "credential_source": in_config("credential_source"),
    "session_tags": lambda value: (("it",), {"session_tags": f"k={value}"}, {}),
    "source_identity": in_config("source_identity"),
    "web_identity_token_file": in_config("web_identity_token_file"),
    "endpoint_url": in_config("endpoint_url"),
    "assume_colour": in_config("assume_colour"),
    "assume_export": in_config("assume_export"),
    "assume_renew": in_config("assume_renew"),
    "sso_session": lambda value: (("it",), {"sso_session": value, "sso_account_id": "1", "role_arn": None}, {}),
    "--region": in_words("--region"),
    "--role-arn": in_words("--role-arn"),
    "--session-name": in_words("--session-name"),
    "--external-id": in_words("--external-id"),
    "--policy-arn": in_words("--policy-arn"),
    "--policy": in_words("--policy"),
    "--credential-source": lambda value: ((f"--credential-source={value}",), {}, {}),
    "AWS_DEFAULT_REGION": in_variables("AWS_DEFAULT_REGION"),
    "AWS_ENDPOINT_URL_STS": in_variables("AWS_ENDPOINT_URL_STS"),
    "AWS_PROFILE": in_variables("AWS_PROFILE"),
    "AWS_VAULT": in_variables("AWS_VAULT"),
    "USER": in_variables("USER"),
    "ASSUME_EXPORT": in_variables("ASSUME_EXPORT"),
    "ASSUME_BEFORE": in_variables("ASSUME_BEFORE"),
    "ASSUME_EXPIRES": in_variables("ASSUME_EXPIRES"),
    "ASSUME_PROFILE": in_variables("ASSUME_PROFILE"),
}


@pytest.fixture
def it(ground, clock, monkeypatch):
    monkeypatch.chdir(ground.cwd)
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    return prepare(ground)


@pytest.mark.parametrize("count", [4, pytest.param(None, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", INPUTS)
def test_each_input(it, tmp_path, capfd, chance, name, count):
    """The replies are evaluated by bash: only quoted values may be in them."""
    config = it.home.config.read_text()
    replies = []
    known = FIXED if name.isupper() or name.startswith("--") else ONE_LINE
    for value in known if count is None else chance.sample(known, count):
        words, fields, changed = INPUTS[name](value)
        it.home.config.write_text(config)
        it.configure("it", **fields)
        reply, refusal = answered(it, *words, "--no-cache", **changed)
        assert (reply is None) != (refusal == "")
        if reply is not None:
            replies.append(reply)
    loop = Loop("bash", tmp_path)
    names = [name for name in environment.SET if name != "AWS_SECRET_ACCESS_KEY"]
    for reply, (status, *seen, _) in zip(replies, loop.taken(replies, names), strict=True):
        sets = variables(reply)
        if status == "0":
            assert seen == [UNSET if sets.get(name) is None else sets[name] for name in names]
    assert loop.commands_run() == []
    assert not [path.name for path in it.cwd.iterdir() if "PWN" in path.name]
    assert not RAW.search(capfd.readouterr().err.replace("\n", ""))
    if count is None and name == list(INPUTS)[-1]:
        tried = f"{len(FIXED)} strings in each of {len(INPUTS)} inputs: settings, options, variables"
        figures.tell("inputs", tried, "refused, or passed on unchanged; 0 commands, 0 escapes shown")


@pytest.mark.parametrize("count", [15, pytest.param(None, marks=pytest.mark.slow)])
@pytest.mark.parametrize("element", ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "Arn"])
def test_each_element_of_a_reply_of_sts(it, chance, element, count):
    sound = {"x" * 20}
    for value in ["a/+=", "A" * 3, "A" * 200, "x" * 40_000, *(FIXED if count is None else chance.sample(FIXED, count))]:
        it.sts.faults = lambda _, value=value: faults.spoil(**{element: value})
        reply, refusal = answered(it, "it", "--no-cache")
        if reply is None:
            assert "nothing was changed" in refusal or "set the clock" in refusal, (value, refusal)
            continue
        given = variables(reply)
        name = {"AccessKeyId": "AWS_ACCESS_KEY_ID", "SecretAccessKey": "AWS_SECRET_ACCESS_KEY"}.get(element)
        assert name is None or given[name] == value
        sound.add(value)
    assert len(sound) > 1 or element in ("AccessKeyId", "Expiration")


@pytest.mark.parametrize("length", [8 * 1024, 32_767, 32_768, 64 * 1024])
def test_a_long_session_token_is_passed_on_whole_or_refused(it, length):
    it.sts.faults = lambda _: faults.spoil(SessionToken="t" * length)
    reply, refusal = answered(it, "it", "--no-cache")
    if length < 32_768:
        assert reply is not None
        assert variables(reply)["AWS_SESSION_TOKEN"] == "t" * length
    else:
        assert "the session token is longer than 32,767 characters" in refusal


@pytest.mark.parametrize("count", [15, pytest.param(None, marks=pytest.mark.slow)])
def test_escapes_in_messages_of_sts_are_shown_and_not_obeyed(it, chance, count):
    for value in FIXED if count is None else chance.sample(FIXED, count):
        it.sts.faults = lambda _, value=value: faults.refuse(403, "AccessDenied", f"no: {value}")
        reply, refusal = answered(it, "it", "--no-cache")
        assert reply is None
        assert "STS refused role/it" in refusal or "unexpected answer: not STS" in refusal
        it.sts.faults = lambda _, value=value: faults.refuse(403, value, "no")
        assert answered(it, "it", "--no-cache")[0] is None


OTHERS = "PATH LD_PRELOAD HOME PROMPT_COMMAND PS1 BASH_ENV PYTHONPATH AWS_CONFIG_FILE AWS_CA_BUNDLE".split()


def before(**variables_before):
    pairs = b"\0".join([b"1", *(f"{name}={value}".encode() for name, value in variables_before.items())])
    return base64.b64encode(pairs).decode()


@pytest.mark.parametrize("name", [*OTHERS, "ASSUME_X", "IFS", "x", "", "AWS_PROFILE;touch PWN"])
def test_assume_before_can_only_set_our_variables(ground, name):
    """ASSUME_BEFORE may come from the .envrc of a directory; it must not set other variables."""
    have = ground.environment | {"ASSUME_PROFILE": "p", "ASSUME_BEFORE": before(**{name: "/tmp/evil"})}
    base, told = environment.baseline(have)
    assert not told
    assert base.get(name) == ground.environment.get(name)
    done = ground.run("off", "--shell", "bash", "--state", "", environment=have)
    assert done.status == 0
    assert name not in variables(done.out)
    assert b"/tmp/evil" not in done.out


@pytest.mark.parametrize(
    "text", [*FIXED, before(AWS_PROFILE="x")[:-4], before() * 2, "=" * 8, "A", "é", "MQ", "MgA=", "MQBB"]
)
def test_assume_before_may_be_any_text(ground, text):
    have = ground.environment | {"ASSUME_PROFILE": "p", "ASSUME_BEFORE": text, "AWS_PROFILE": "p"}
    base, told = environment.baseline(have)
    assert "AWS_PROFILE" not in base or told
    assert set(base) <= set(ground.environment)


@pytest.mark.parametrize("text", FIXED)
def test_a_state_may_be_any_text(text):
    for whole in (text, f"renew;;{text};{text}", f"{text};35;p;p", ";;;" + text):
        assert isinstance(state.current(whole), list)
        assert isinstance(state.again(whole), list)
        assert set(state.after_use(whole, ["p"], renew=True, colour="")) <= {*render.PLAIN, *";,%"}


@pytest.mark.parametrize(
    "text", [value for value in FIXED if any(mark in value for mark in '%!^"') or not value.isprintable()]
)
def test_values_that_cmd_cannot_quote_are_refused(text):
    with pytest.raises(Unsafe, match="cmd cannot quote"):
        export.exported("cmd", {"AWS_PROFILE": text})


@pytest.mark.parametrize("text", FIXED)
def test_json_can_hold_any_value(text):
    assert json.loads(export.exported("json", {"AWS_PROFILE": text})) == {"AWS_PROFILE": text}


@pytest.mark.parametrize("text", FIXED)
def test_shown_text_contains_no_terminal_escapes(text):
    shown = errors.shown(text)
    assert not RAW.search(shown)
    assert text.isprintable() == (shown == text)


def test_a_name_with_control_characters_is_refused():
    for mark in [*map(chr, range(32)), "\x7f", *map(chr, range(0x80, 0xA0))]:
        with pytest.raises(Unsafe):
            render.check_name(f"a{mark}b")


def test_list_shows_every_name_without_terminal_escapes(ground):
    one_line = [value for value in FIXED if len(value.splitlines()) == 1]
    text = "".join(
        f"[profile n{number}{value}]\nrole_arn = {value}\nsource_profile = n\n" for number, value in enumerate(one_line)
    )
    ground.home.config.write_text(text)
    for words in (("list",), ("list", "--json")):
        done = ground.run(*words)
        assert done.status == 0, done.said
        assert not RAW.search(done.out.decode().replace("\n", "").replace("\t", ""))
