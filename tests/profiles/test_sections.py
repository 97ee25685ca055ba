"""For any text, searching for plainly written headers finds the same sections as the grammar."""

from hypothesis import given
from hypothesis import strategies as st

from assume.profiles.ini import CONFIG, CREDENTIALS, DEFAULT, KINDS
from assume.profiles.sections import Section, Sections, _parsed

LINES = """\
[default]
[DEFAULT]
[profile default]
[profile a]
[profile b]
[profile a b]
[profile "a"]
[profile 'a b']
[profile \\a]
[profile  a]
[profile a ]
[ profile a]
[profile\ta]
[profiles a]
[profile-x a]
[profile ]
[profile]
[]
[sso-session a]
[services b]
[services-x b]
[preview]
[a]
[b]
[a b]
[a]b]
[a[b]
[profile a] # comment
[profile b\x20
[b
  [profile a]
 [a]
# [profile a]
 # [profile b]
x = y
x = [profile a]
  y = z
  [
s3 =
region
]
"""
TEXTS = st.lists(st.sampled_from([*LINES.split("\n"), "", "  "]), max_size=12).map("\n".join)
NAMES = ["a", "b", "a b", "a]b", "a[b", "default", DEFAULT, "", "x", " a", "a ", "a]\nprofile b", "a]\nb"]


def facts(sections: list[Section]) -> list[tuple[str, str, int]]:
    """A section as its header, its text without empty lines at the end, its line."""
    return [(each.header, each.body.rstrip("\n"), each.line) for each in sections]


@given(TEXTS, st.sampled_from([CONFIG, CREDENTIALS]))
def test_any_text_gives_the_same_sections_as_the_grammar(text, file):
    found, apart = Sections(file, text), _parsed(file, text)
    kinds = [CREDENTIALS] if file == CREDENTIALS else KINDS
    for key in [(DEFAULT, ""), *((kind, name) for kind in kinds for name in NAMES)]:
        assert facts(found.find(*key)) == facts(apart.get(key, [])), key
    names = [name for kind, name in apart if kind in ("profile", CREDENTIALS)]
    assert list(dict.fromkeys(found.names())) == names
    assert set(found.names("a")) == {name for name in names if name.startswith("a")}
    holding = {name for (_, name), each in apart.items() if any("y" in section.body for section in each)} - {""}
    assert holding <= set(found.naming("y"))


def test_plain_headers_are_searched_for_and_others_are_parsed():
    usual = "# [old]\n[default]\n[profile a]\nx = [y]\n[sso-session s]\n[services s]\n[preview]\n[DEFAULT]\n"
    assert Sections(CONFIG, "")._parsed is None
    assert Sections(CONFIG, usual)._parsed is None
    for line in ("[profile 'a']", "[profile  a]", "[profile a", " [profile a]", "[profile a] #", "[profiles a]", "[]"):
        assert Sections(CONFIG, usual + line)._parsed is not None, line
