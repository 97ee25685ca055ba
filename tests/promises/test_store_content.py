"""A file of the store may contain anything: that is a miss, the switch succeeds, and the file is replaced."""

import json
import time

import pytest

from assume.errors import AssumeError
from assume.fast import warm
from assume.store import record

from . import figures
from .ground import asked

PROFILE = "marketingadmin"


def resigned(content, **fields):
    """The file with other fields and a valid check: only the code that uses the fields can notice."""
    parsed = record.parsed(content)
    assert parsed is not None
    changed = {name: value for name, value in (parsed | fields).items() if value is not None and name != "format"}
    return record.formatted(changed)


def unchecked(content):
    return content.rpartition(b"check=")[0]


SHAPES = {
    "empty": lambda content: b"",
    "a newline": lambda content: b"\n",
    "one byte": lambda content: content[:1],
    "half": lambda content: content[: len(content) // 2],
    "a byte missing": lambda content: content[:-1],
    "a byte too many": lambda content: content + b"\n",
    "twice": lambda content: content * 2,
    "a bit flipped in the first byte": lambda content: bytes([content[0] ^ 1]) + content[1:],
    "a bit flipped in the middle": lambda content: (
        content[: len(content) // 2] + bytes([content[len(content) // 2] ^ 4]) + content[len(content) // 2 + 1 :]
    ),
    "a bit flipped in the check": lambda content: content[:-2] + bytes([content[-2] ^ 1]) + b"\n",
    "no check": unchecked,
    "an invalid check": lambda content: unchecked(content) + b"check=" + b"z" * 32 + b"\n",
    "a check without content": lambda content: b"check=" + b"0" * 32 + b"\n",
    "no fields, but a valid check": lambda content: record.formatted({}),
    "{": lambda content: b"{",
    "{}": lambda content: b"{}",
    "[]": lambda content: b"[]",
    "null": lambda content: b"null",
    "NaN": lambda content: b"NaN",
    "an entry of the AWS CLI": lambda content: json.dumps({"Credentials": {"AccessKeyId": "A"}}).encode(),
    "nested 100,000 deep": lambda content: b"[" * 100_000,
    "a byte order mark": lambda content: b"\xef\xbb\xbf" + content,
    "CRLF": lambda content: content.replace(b"\n", b"\r\n"),
    "UTF-16": lambda content: content.decode().encode("utf-16"),
    "not UTF-8": lambda content: b"\xff\xfe\xfa" * 100,
    "NULs": lambda content: b"\0" * len(content),
    "a megabyte of junk": lambda content: b"x=y\n" * 260_000,
    "ten megabytes": lambda content: b"x" * 10_000_000,
    "a later format": lambda content: content.replace(b"assume-store-1", b"assume-store-2"),
    "fields twice": lambda content: unchecked(content) * 2 + b"check=" + content.rpartition(b"check=")[2],
}
OF_ENTRIES: dict[str, dict[str, str | None]] = {
    "the request of another entry": {"request": "hop\n  role_arn=arn:aws:iam::123456789012:role/other"},
    "no request": {"request": None},
    "no key": {"key_id": None},
    "no secret": {"secret": ""},
    "a key that is code": {"key_id": "$(touch PWN)" * 2},
    "a secret with a newline": {"secret": "a\nb"},
    "a session token that is code": {"session_token": "x'; touch PWN; '"},
    "no expiry": {"expires_at": None},
    "an expiry that is not a number": {"expires_at": "soon"},
    "a negative expiry": {"expires_at": "-5"},
    "a huge expiry": {"expires_at": "9" * 40},
    "an expiry with an exponent": {"expires_at": "1e12"},
    "an expiry of NaN": {"expires_at": "nan"},
    "issued tomorrow": {"issued_at": str(int(time.time()) + 86400)},
}


def check_healing(ground, calls, first):
    """The switch succeeds with `calls` calls; then the store is sound, and the next switch is warm."""
    taken = ground.take(PROFILE)
    assert taken.known["name"] == PROFILE
    assert len(ground.sts.calls) == 1 + calls
    assert (taken.credentials.keys == first.credentials.keys) is (calls == 0)
    assert ground.is_sound()
    assert ground.is_warm(PROFILE)
    assert len(ground.sts.calls) == 1 + calls


def test_there_are_thirty_shapes():
    assert len(SHAPES) == 30


@pytest.mark.parametrize("shape", SHAPES)
def test_a_corrupt_entry_is_a_miss_that_heals(ground, clock, shape):
    first = ground.take(PROFILE)
    assert ground.is_warm(PROFILE)
    entry = ground.only(record.ENTRY)
    entry.write_bytes(SHAPES[shape](entry.read_bytes()))
    assert not ground.is_warm(PROFILE)
    check_healing(ground, 1, first)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_corrupt_pointer_costs_no_call_and_heals(ground, clock, shape):
    first = ground.take(PROFILE)
    pointer = ground.only(record.POINTER)
    pointer.write_bytes(SHAPES[shape](pointer.read_bytes()))
    assert not ground.is_warm(PROFILE)
    check_healing(ground, 0, first)


@pytest.mark.parametrize("shape", OF_ENTRIES)
def test_an_entry_with_impossible_values_is_a_miss_that_heals(ground, clock, shape):
    first = ground.take(PROFILE)
    entry = ground.only(record.ENTRY)
    entry.write_bytes(resigned(entry.read_bytes(), **OF_ENTRIES[shape]))
    assert not ground.is_warm(PROFILE)
    check_healing(ground, 1, first)


@pytest.mark.slow
def test_all_shapes_one_after_another(ground, clock):
    """All shapes, in the same store."""
    ground.take(PROFILE)
    for ending, shapes in ((record.ENTRY, SHAPES), (record.POINTER, SHAPES)):
        for shape, spoil in shapes.items():
            path = ground.only(ending)
            path.write_bytes(spoil(path.read_bytes()))
            ground.take(PROFILE)
            assert ground.is_sound(), shape
            assert ground.is_warm(PROFILE), shape
    assert len(ground.sts.calls) == 1 + len(SHAPES)
    tried = f"{len(SHAPES)} kinds of damage to entry and pointer, {len(OF_ENTRIES)} to entries with a valid check"
    figures.tell("content", tried, "a miss, then a new file; every switch succeeds; 0 tracebacks")


@pytest.mark.parametrize("name", ["entry", "request", "key", "export", "region", "name", "aws_profile"])
@pytest.mark.parametrize("value", [None, "", "../../../etc/passwd", "x'; touch PWN; '", "\x1b]0;x\x07"])
def test_a_pointer_with_impossible_values_never_leads_to_other_credentials(ground, clock, name, value):
    first = ground.take(PROFILE)
    pointer = ground.only(record.POINTER)
    pointer.write_bytes(resigned(pointer.read_bytes(), **{name: value}))
    options, taken = asked(PROFILE), None
    try:
        taken = warm.hit(options, ground.environment, time.time())
        reply = warm.reply(taken, options, ground.environment) if taken else b""
    except AssumeError:
        reply = b""  # refused: the shell receives nothing
    assert b"touch" not in reply.replace(b"'x'\\''; touch PWN; '\\'''", b"")
    assert taken is None or taken.credentials.keys == first.credentials.keys
