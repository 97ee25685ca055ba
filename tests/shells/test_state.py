"""What a shell remembers of its requests: `-` goes between two of them, and no code is in it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assume import arguments
from assume.shells import state

WORDS = st.lists(
    st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=12), min_size=1, max_size=5
)
OPAQUE = re.compile(r"[A-Za-z0-9%._,;=@+/:-]*")


@given(WORDS, WORDS)
def test_any_words_are_read_back_and_the_state_is_plain_ascii(first, second):
    one = state.after_use("", first, True, "35")
    two = state.after_use(one, second, False, "")
    assert (state.current(one), state.again(one)) == (first, [])
    assert state.current(two) == second
    assert state.again(two) == (first if first != second else [])
    assert OPAQUE.fullmatch(one)
    assert OPAQUE.fullmatch(two)
    assert two.startswith("hold;;")


def test_undecodable_bytes_are_restored():
    assert state.current(state.after_use("", ["\udcff"], True, "")) == ["\udcff"]


def test_the_same_request_again_keeps_the_one_before():
    have = state.after_use(state.after_use("", ["a"], True, ""), ["b"], True, "")
    assert state.again(state.after_use(have, ["b"], True, "")) == ["a"]


def test_minus_goes_back_and_forth():
    have = ""
    for name in "ab":
        have = state.after_use(have, [name], True, "")
    for expected in "abab":
        words = state.again(have)
        assert words == [expected]
        have = state.after_use(have, words, True, "")


def test_after_off_minus_is_the_last_request():
    have = state.after_off(state.after_use(state.after_use("", ["a"], True, ""), ["b"], True, ""))
    assert (state.again(have), state.current(have), have.partition(";")[0]) == (["b"], [], "off")
    assert state.after_off("") == ""
    assert state.again(state.after_use(have, ["b"], True, "")) == ["a"]


@pytest.mark.parametrize("text", ["", "x", "renew;;a", "renew;;a;b;c", "renew;;%ZZ;", "renew;;%;", ";;;;", "off"])
def test_a_malformed_state_holds_no_request(text):
    assert state.again(text) == []
    assert state.current(text) == []


def test_the_state_has_neither_a_code_nor_yes():
    options = arguments.read(
        "p --mfa-code 123456 --yes --refresh --region r --read-only --policy-arn a --policy-arn b".split()
    )
    assert options is not None
    assert options.repeated() == "p --region r --read-only --policy-arn a --policy-arn b".split()
    assert arguments.read(options.repeated()).repeated() == options.repeated()  # type: ignore[union-attr]
