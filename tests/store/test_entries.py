"""How long credentials are good for, and what of an entry is believed."""

import pytest

from assume.credentials import Credentials, is_fresh, is_usable
from assume.store import entries, record, write

NOW = 1_800_000_000
FIELDS = {
    "format": record.FORMAT, "request": "R", "key_id": "A" * 20, "secret": "s", "session_token": "t",
    "expires_at": str(NOW + 3600), "issued_at": str(NOW), "arn": "arn:x",
}  # fmt: skip


def lasting(left_s, whole_s=3600):
    return Credentials("K", "S", "T", NOW + left_s, NOW + left_s - whole_s)


@pytest.mark.parametrize(
    ("left_s", "whole_s", "fresh"),
    [(3600, 3600, True), (901, 3600, True), (900, 3600, False), (301, 900, True), (300, 900, False), (61, 150, True),
     (60, 150, False), (901, 43200, True)],
)  # fmt: skip
def test_fresh_is_over_fifteen_minutes_or_a_third_and_never_a_last_minute(left_s, whole_s, fresh):
    assert is_fresh(lasting(left_s, whole_s), NOW) is fresh


def test_min_left_is_the_users_own_wish():
    assert is_fresh(lasting(2700), NOW, 2699)
    assert not is_fresh(lasting(2700), NOW, 2700)
    assert not is_fresh(lasting(50), NOW, 10), "a last minute is given to nobody"


def test_usable_is_over_a_minute():
    assert [is_usable(lasting(left_s), NOW) for left_s in (-5, 0, 60, 61)] == [False, False, False, True]


def test_keys_that_do_not_end_are_always_good():
    keys = Credentials("K", "S")
    assert is_fresh(keys, NOW, 9999)
    assert is_usable(keys, NOW)


def test_a_representation_holds_no_secret():
    assert repr(Credentials("KEYID", "thesecret", "thetoken", 5)) == "Credentials(KEYID, expires_at=5)"


def test_an_entry_is_written_and_read(tmp_path):
    folder = tmp_path / "s"
    folder.mkdir(mode=0o700)
    kept = Credentials("A" * 20, "a/+=\\n", "t\\-", NOW + 60, NOW, "arn:x=y")
    entries.keep(str(folder), "R\nS", kept)
    (file,) = folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    found = record.entry(str(folder), "R\nS", NOW)
    assert found is not None
    assert (found.keys, found.expires_at, found.issued_at, found.arn) == (kept.keys, NOW + 60, NOW, "arn:x=y")
    assert record.entry(str(folder), "R", NOW) is None
    assert record.entry("", "R\nS", NOW) is None


@pytest.mark.parametrize(
    "change",
    [{"request": "other"}, {"key_id": ""}, {"secret": ""}, {"issued_at": str(NOW + 301)}, {"key_id": "'; touch PWN;'"},
     {"session_token": "a b"}],
)  # fmt: skip
def test_an_entry_that_is_not_the_answer_is_a_miss(change):
    assert record.from_fields(FIELDS, "R", NOW) is not None
    assert record.from_fields(FIELDS | change, "R", NOW) is None


def test_an_entry_under_the_name_of_another_request_is_a_miss(tmp_path):
    folder = tmp_path / "s"
    folder.mkdir(mode=0o700)
    write.put(str(folder), record.entry_name("R2"), FIELDS | {"request": "R1"})
    assert record.entry(str(folder), "R2", NOW) is None


def test_notes_have_names_of_their_own():
    names = {record.entry_name("R"), entries.direct_note("R"), entries.shared_note("R"), entries.direct_note("S")}
    assert len(names) == 4
