"""The grammar of the AWS files, compared with shlex for section names and with configparser for lines."""

import configparser
import shlex

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assume.errors import ConfigError
from assume.profiles import ini

LINES = st.sampled_from(
    ["a = x", "a=y", "  b: z", "\tb=2", "c", "# c", " ; d", "", "  ", "a:b=c", "s3 =", "   q = 1", " deeper", "= v",
        "Region : us", "k =v #c"]
)  # fmt: skip


@settings(max_examples=500)
@given(st.text(alphabet="ab \"'\\ \t\n", max_size=12))
def test_any_text_is_split_as_shlex_splits_it(text):
    try:
        expected = shlex.split(text)
    except ValueError:
        expected = None
    assert ini.words(text) == expected


@settings(max_examples=500)
@given(st.lists(LINES, max_size=8))
def test_any_lines_give_the_options_that_configparser_finds(lines):
    body = "\n".join(lines)
    parser = configparser.RawConfigParser(strict=False)
    found = list(ini.options(body))
    try:
        parser.read_string(f"[x]\n{body}")
    except configparser.ParsingError as error:
        refused_at: int | None = min(line for line, _ in error.errors)
    else:
        refused_at = None
    assert refused_at == min((offset + 2 for offset, name, _ in found if name is None), default=None)
    if refused_at is None:
        assert {name: value for _, name, value in found} == dict(parser["x"])


@settings(max_examples=500)
@given(st.lists(LINES, max_size=6))
def test_plain_lines_read_the_quick_way_are_the_same(lines):
    body = "\n".join(lines)
    found = [(offset, name, "\n".join(values).rstrip()) for offset, name, values in ini.parsed_lines(body)]
    assert list(ini.options(body)) == found


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "plain"),
        ("\na = 1\nb=2", {"a": "1", "b": "2"}),
        ("\n\n  a = x = y\n", {"a": "x = y"}),
        ("first\na = 1", "first\na = 1"),
    ],
)
def test_a_value_that_starts_on_its_own_line_is_a_map(value, expected):
    assert ini.nested(value) == expected


def test_a_line_of_a_map_without_an_equals_sign_is_reported():
    with pytest.raises(ConfigError) as caught:
        ini.nested("\nno sign", "p")
    assert str(caught.value) == "assume: p: a line under a nested setting has no `=`\n  correct that line"
