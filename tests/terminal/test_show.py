"""What is shown: escapes in place of what a terminal obeys, times, accounts, production."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assume import errors
from assume.terminal import show


@given(st.text())
def test_no_shown_text_has_a_character_that_steers_a_terminal(text):
    assert all(unicodedata.category(mark) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for mark in errors.shown(text))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("été ☃", "été ☃"),
        ("\x1b]0;x\x07", "\\x1b]0;x\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("a\u202eb", "a\\u202eb"),
        ("\udcff", "\\udcff"),
    ],
)
def test_foreign_text_is_shown_with_escapes(text, shown):
    assert errors.shown(text) == shown


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "expired"), (0, "expired"), (40, "40s"), (89, "89s"), (90, "2m"), (3541, "60m"), (3600, "60m"), (5940, "99m"),
     (5941, "1h 40m"), (43200, "12h 00m")],
)  # fmt: skip
def test_durations_for_people(seconds, text):
    assert show.left(seconds) == text


@pytest.mark.parametrize(
    ("arn", "account"),
    [("arn:aws:iam::123456789012:role/x", "123456789012"), ("arn:aws:sts::123456789012:assumed-role/x/y",
        "123456789012"), ("", ""),
     ("arn:aws:s3:::bucket", ""), ("x", "")],
)  # fmt: skip
def test_the_account_in_an_arn(arn, account):
    assert show.account(arn) == account


@pytest.mark.parametrize("name", ["prod", "PROD", "my-prod", "prod_1", "x.production", "Production Admin", "a/prod/b"])
def test_production_as_a_word(name):
    assert show.is_production(name)


@pytest.mark.parametrize("name", ["product", "reprod", "prods", "prod1", "dev", "", "préprod2"])
def test_prod_inside_a_word_is_not_production(name):
    assert not show.is_production(name)
