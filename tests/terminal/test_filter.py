"""What is typed, and the profiles that match it: words, order, the bar."""

import pytest

from assume.terminal.filter import About, Choice

NAMES = ["x-dev", "y", "dev", "devops"]
TEXTS = ["123456789012 reader", "234567890123 Dev eu-west-1", "", "123456789012 admin"]


def choice(names=NAMES, texts=TEXTS, guarded=(), typed=""):
    made = Choice(names, lambda name: About(is_guarded=name in guarded), texts, typed)
    while made.search_more(1):
        pass
    return made


def found(made):
    return [made.names[at] for at in made.found]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", NAMES),
        ("Dev", ["dev", "x-dev", "devops", "y"]),  # that name, then names with it, then what matches otherwise
        ("de", ["x-dev", "dev", "devops", "y"]),
        ("admin dev", ["devops"]),
        ("dev admin", ["devops"]),
        ("1234 reader", ["x-dev"]),
        ("readeradmin", []),
        ("   ", NAMES),
    ],
)
def test_words_match_in_any_order_in_name_account_role_and_region(typed, names):
    made = choice()
    made.type(typed)
    assert found(made) == names
    assert made.chosen == (names[0] if names else None)


def test_a_match_beside_the_name_is_added_once_it_is_read():
    made = Choice(NAMES, lambda _: About(), TEXTS, "admin")
    assert (found(made), made.chosen) == ([], None)
    assert made.search_more(2)
    assert found(made) == []
    assert not made.search_more(9)
    assert (found(made), made.chosen) == (["devops"], "devops")


def test_the_bar_stays_on_a_profile_to_which_it_was_moved():
    made = Choice(["dev", "b", "dev2"], lambda _: About(), ["", "dev", ""], "dev")
    made.move(1)
    assert made.chosen == "dev2"
    assert not made.search_more(9)
    assert (found(made), made.chosen) == (["dev", "dev2", "b"], "dev2")


@pytest.mark.parametrize(
    ("guarded", "typed", "chosen"),
    [
        (["x-dev"], "", "y"),
        (["x-dev"], "d", "dev"),
        (["x-dev", "dev"], "dev", "dev"),  # its own name
        (NAMES, "", None),
        (NAMES, "ops", "devops"),
    ],
)
def test_a_guarded_profile_is_under_the_bar_only_if_that_is_what_was_typed(guarded, typed, chosen):
    assert choice(guarded=guarded, typed=typed).chosen == chosen


def test_the_bar_goes_to_the_ends_and_no_further():
    made = choice(guarded=NAMES)
    made.move(-1)
    assert made.chosen == "devops"
    made.move(5)
    assert made.chosen == "devops"
    made.move(-9)
    assert made.chosen == "x-dev"
