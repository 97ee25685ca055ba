"""A file of the store may hold anything: it is a miss, credentials are given all the same, and it heals."""

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
    """The file with other fields and a check that is right: only its reader can see that something is wrong."""
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
    "a byte short": lambda content: content[:-1],
    "a byte more": lambda content: content + b"\n",
    "twice": lambda content: content * 2,
    "a byte flipped in front": lambda content: bytes([content[0] ^ 1]) + content[1:],
    "a byte flipped in the middle": lambda content: (
        content[: len(content) // 2] + bytes([content[len(content) // 2] ^ 4]) + content[len(content) // 2 + 1 :]
    ),
    "a byte flipped in the check": lambda content: content[:-2] + bytes([content[-2] ^ 1]) + b"\n",
    "no check": unchecked,
    "a check that is none": lambda content: unchecked(content) + b"check=" + b"z" * 32 + b"\n",
    "a check of nothing": lambda content: b"check=" + b"0" * 32 + b"\n",
    "nothing but a sound check": lambda content: record.formatted({}),
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
    "no UTF-8": lambda content: b"\xff\xfe\xfa" * 100,
    "NULs": lambda content: b"\0" * len(content),
    "a megabyte of junk": lambda content: b"x=y\n" * 260_000,
    "ten megabytes": lambda content: b"x" * 10_000_000,
    "a later format": lambda content: content.replace(b"assume-store-1", b"assume-store-2"),
    "fields twice": lambda content: unchecked(content) * 2 + b"check=" + content.rpartition(b"check=")[2],
}
OF_ENTRIES: dict[str, dict[str, str | None]] = {
    "another's request": {"request": "hop\n  role_arn=arn:aws:iam::123456789012:role/other"},
    "no request": {"request": None},
    "no key": {"key_id": None},
    "no secret": {"secret": ""},
    "a key that is code": {"key_id": "$(touch PWN)" * 2},
    "a secret with a newline": {"secret": "a\nb"},
    "a session token that is code": {"session_token": "x'; touch PWN; '"},
    "no end": {"expires_at": None},
    "an end that is no number": {"expires_at": "soon"},
    "an end before it began": {"expires_at": "-5"},
    "an end beyond all numbers": {"expires_at": "9" * 40},
    "an end with a fraction": {"expires_at": "1e12"},
    "an end that is NaN": {"expires_at": "nan"},
    "issued tomorrow": {"issued_at": str(int(time.time()) + 86400)},
}


def check_healing(ground, calls, first):
    """It is given, for so many calls; then the store is as new: it is given warm."""
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
def test_an_entry_that_says_what_cannot_be_is_a_miss_that_heals(ground, clock, shape):
    first = ground.take(PROFILE)
    entry = ground.only(record.ENTRY)
    entry.write_bytes(resigned(entry.read_bytes(), **OF_ENTRIES[shape]))
    assert not ground.is_warm(PROFILE)
    check_healing(ground, 1, first)


@pytest.mark.slow
def test_all_shapes_one_after_another(ground, clock):
    """In one store, which has been through all the others."""
    ground.take(PROFILE)
    for ending, shapes in ((record.ENTRY, SHAPES), (record.POINTER, SHAPES)):
        for shape, spoil in shapes.items():
            path = ground.only(ending)
            path.write_bytes(spoil(path.read_bytes()))
            ground.take(PROFILE)
            assert ground.is_sound(), shape
            assert ground.is_warm(PROFILE), shape
    assert len(ground.sts.calls) == 1 + len(SHAPES)
    tried = f"{len(SHAPES)} shapes of an entry and of a pointer, {len(OF_ENTRIES)} of entries with a sound check"
    figures.tell("content", tried, "a miss, credentials all the same, healed; 0 tracebacks")


@pytest.mark.parametrize("name", ["entry", "request", "key", "export", "region", "name", "aws_profile"])
@pytest.mark.parametrize("value", [None, "", "../../../etc/passwd", "x'; touch PWN; '", "\x1b]0;x\x07"])
def test_a_pointer_that_says_what_cannot_be_gives_nobody_anything_else(ground, clock, name, value):
    first = ground.take(PROFILE)
    pointer = ground.only(record.POINTER)
    pointer.write_bytes(resigned(pointer.read_bytes(), **{name: value}))
    options, taken = asked(PROFILE), None
    try:
        taken = warm.hit(options, ground.environment, time.time())
        reply = warm.reply(taken, options, ground.environment) if taken else b""
    except AssumeError:
        reply = b""  # refused: nothing reaches the shell
    assert b"touch" not in reply.replace(b"'x'\\''; touch PWN; '\\'''", b"")
    assert taken is None or taken.credentials.keys == first.credentials.keys
