"""Options that no role could take are refused before any call, with the form that is right."""

import pytest

from assume import arguments
from assume.fast import check, middle

from ..program import actions

ARN = "arn:aws:iam::123456789012:role/x"


@pytest.mark.parametrize(
    ("words", "what", "cure"),
    [
        (["--role-arn", "Developer"], "--role-arn: Developer is not the ARN of a role", "role/Developer"),
        (["--role-arn", "role/Developer"], "is not the ARN of a role", "123456789012:role/Developer"),
        (["--role-arn", "arn:aws:iam::123456789012:user/bob"], "user/bob is not the ARN of a role", "role/bob"),
        (["--role-arn", "arn:aws:iam::123456789012:role/"], "is not the ARN of a role", "role/NAME"),
        (["--role-arn", "arn:aws:sts::123456789012:assumed-role/x/y"], "is not the ARN of a role", "role/y"),
        (["--role-arn", "arn:aws:iam::12345:role/x"], "is not the ARN of a role", "it looks like"),
        (["--session-name", "bad name!"], "--session-name: bad name! cannot be the name of a session", "2 to 64"),
        (["--session-name", "x"], "cannot be the name of a session", "2 to 64"),
        (["--session-name", "x" * 65], "cannot be the name of a session", "2 to 64"),
        (["--session-name", "été"], "cannot be the name of a session", "letters, digits"),
        (["--duration", "5m"], "--duration: a role lasts from 15m to 12h, not 300 s", "for example 1h"),
        (["--duration", "899"], "a role lasts from 15m", "1h"),
        (["--duration", "13h"], "to 12h, not 46800 s", "1h"),
        (["--duration", "1hour"], "--duration: 1hour is not a duration", "for example 3600, 45m or 2h"),
        (["--duration", "-1"], "--duration: -1 is not a duration", "for example"),
        (["--external-id", "x"], "--external-id: x cannot be an external ID", "2 to 1224"),
        (["--external-id", "a b"], "a b cannot be an external ID", "letters, digits"),
        (["--policy-arn", "ReadOnlyAccess"], "--policy-arn: ReadOnlyAccess is not the ARN of a policy", "iam::aws:pol"),
    ],
)
@pytest.mark.parametrize("verb", ["use", "export", "exec"])
def test_it_is_refused_before_any_call(program, sts, verb, words, what, cure):
    more = {"use": ["--shell", "bash"], "export": ["--format", "json"], "exec": []}[verb]
    done = program(verb, *more, "marketingadmin", *words, *(["--", "true"] if verb == "exec" else []))
    assert (done.status, done.out) == (2, "")
    first, second = done.err.splitlines()[:2]
    assert what in first
    assert cure in second
    assert actions(sts) == []


@pytest.mark.parametrize(
    "words",
    [
        ["--role-arn", ARN], ["--role-arn", "arn:aws-us-gov:iam::123456789012:role/path/x"], ["--duration", "15m"],
        ["--duration", "12h"], ["--session-name", "a+=,.@-_9"], ["--external-id", "a/b:c"],
        ["--policy-arn", "arn:aws:iam::aws:policy/Read", "--policy-arn", "arn:aws:iam::123456789012:policy/p"],
    ],
)  # fmt: skip
def test_a_right_option_passes(words):
    options = arguments.read(["p", *words])
    assert options is not None
    check.check(options)
    assert any(getattr(options, name) for name in middle.CHECKED)


@pytest.mark.parametrize(("region", "meant"), [("frankfurt", "eu-central-1"), ("eu-west-99", "eu-west-1")])
def test_an_unknown_region_is_a_warning(program, region, meant):
    done = program("export", "marketingadmin", "--format", "json", "--region", region)
    assert done.status == 0
    assert f"assume: no AWS region is known as {region}; did you mean: " in done.err
    assert meant in done.err
    assert done.json["AWS_REGION"] == region
    assert program("export", "marketingadmin", "--format", "json", "--region", "eu-west-1").err == ""
