"""The query protocol: the body of a request as Python's own urlencode writes it, and replies as their elements."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

import botocore.session
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assume.aws.query import LEAST, elements, form, instant

ARN = "arn:aws:iam::123456789012:role/r"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=4))
@example("a b+c&d=e%f/~._-\x00\n\u00e4\U0001f600")
def test_a_text_is_encoded_as_urlencode_does(text):
    found = form("X", {"WebIdentityToken": text})
    assert found.decode() == urlencode({"Action": "X", "Version": "2011-06-15", "WebIdentityToken": text})


def test_lists_and_numbers():
    asked = {"DurationSeconds": 900, "PolicyArns": [{"arn": ARN}], "Tags": [{"Key": "a", "Value": ""}] * 2,
             "TransitiveTagKeys": ["a", "b"]}  # fmt: skip
    assert parse_qsl(form("X", asked).decode(), keep_blank_values=True)[2:] == [
        ("DurationSeconds", "900"),
        ("PolicyArns.member.1.arn", ARN),
        *[(f"Tags.member.{number}.{name}", text) for number in (1, 2) for name, text in (("Key", "a"), ("Value", ""))],
        ("TransitiveTagKeys.member.1", "a"),
        ("TransitiveTagKeys.member.2", "b"),
    ]


@pytest.mark.parametrize("asked", [{"Policy": ""}, {"DurationSeconds": 899}, {"PolicyArns": [{"arn": "short"}]},
                                   {"Tags": [{"Key": "", "Value": "a"}]}, {"TransitiveTagKeys": [""]},
                                   {"ExternalId": "\udc80\udc80"}])  # fmt: skip
def test_what_botocore_refuses_is_refused(asked):
    with pytest.raises(ValueError):
        form("AssumeRole", asked)


@pytest.mark.once
def test_the_limits_are_those_of_botocores_model():
    model = botocore.session.Session().get_service_model("sts")
    seen: dict[str, set[int]] = {}

    def note(name, shape):
        if shape.type_name == "structure":
            for inner, member in shape.members.items():
                note(inner, member)
        elif shape.type_name == "list":
            note(name, shape.member)
        else:
            seen.setdefault(name, set()).add(shape.metadata.get("min", 0))

    for operation in ("AssumeRole", "AssumeRoleWithWebIdentity", "GetSessionToken"):
        note(operation, model.operation_model(operation).input_shape)
    assert {name: {least} for name, least in LEAST.items()} == {name: seen[name] for name in LEAST}


def test_elements():
    body = b'<?xml version="1.0"?><a xmlns="u"><b>x &amp; &#65;\n<!-- no -->y</b><c/><d><e> z </e></d></a>'
    assert elements(body) == {"a/b": "x & A\ny", "a/c": "", "a/d/e": " z "}


@pytest.mark.parametrize("body", [b"", b"<a>", b"<a><b>1</b><b>2</b></a>", b"<!DOCTYPE a><a/>", b"<a>\x00</a>", b"{}",
                                  b"<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", b"<a>&e;</a>",
                                  b"<a>" * 99 + b"</a>" * 99, b"<a>\xff</a>"])  # fmt: skip
def test_an_unusual_body_is_refused(body):
    with pytest.raises(ValueError):
        elements(body)


@given(st.integers(0, 253402300799))
@example(951782400)  # the 29th of February 2000
def test_an_instant(at):
    assert instant(datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")) == at


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z",
                                  "2026-11-26T09:30:00+00:00", "2026-11-26T09:30:00.5Z", "2026-11-26 09:30:00Z",
                                  "1969-12-31T23:59:59Z"])  # fmt: skip
def test_another_form_of_an_instant_is_refused(text):
    with pytest.raises(ValueError):
        instant(text)
