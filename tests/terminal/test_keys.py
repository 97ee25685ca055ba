"""Bytes of a terminal as keys, whole or in pieces."""

import pytest

from assume.terminal import keys


@pytest.mark.parametrize(
    ("sent", "found", "rest"),
    [
        (b"ab", ["a", "b"], b""),
        ("é東🙂".encode(), ["é", "東", "🙂"], b""),
        ("é".encode()[:1], [], "é".encode()[:1]),
        (b"\x1b[A\x1bOB", ["up", "down"], b""),
        (b"\x1b", [], b"\x1b"),
        (b"\x1b[", [], b"\x1b["),
        (b"\x1b[5", [], b"\x1b[5"),
        (b"\x1b[5~x", ["page up", "x"], b""),
        (b"\x1b[200~x\x1b[201~", ["x"], b""),
        (b"\x1bx", ["leave", "x"], b""),
        (b"\x00\x01\x1c", [], b""),
        (b"\xff\xfea", ["a"], b""),
        (b"\r\n\x03", ["enter", "enter", "leave"], b""),
    ],
)
def test_what_is_sent_is_read_as_keys(sent, found, rest):
    assert keys.read(sent) == (found, rest)


def test_every_key_is_the_same_however_it_is_cut():
    sent = b"x\x1b[A\x1b[6~\x1bOF" + "é".encode() + b"\t"
    whole, _ = keys.read(sent)
    for at in range(1, len(sent)):
        first, rest = keys.read(sent[:at])
        assert [*first, *keys.read(rest + sent[at:])[0]] == whole
