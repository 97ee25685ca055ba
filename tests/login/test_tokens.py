"""Token files: the AWS CLI's names and form, what is not a token, what a kill leaves behind."""

import json
import os
import time
from hashlib import sha1

import pytest

from assume import paths
from assume.login import tokens
from assume.login.sign_in import Place

PLACE = Place("corp", "https://corp.awsapps.com/start", "eu-west-1", ["sso:account:access"], "p")
FIELDS = {"accessToken": "bearer", "expiresAt": "2026-01-31T09:30:00Z"}


@pytest.fixture
def cache(tmp_path):
    return tokens.Cache({"HOME": str(tmp_path)})


def test_the_names_of_the_files_are_those_of_the_aws_cli():
    """Its code makes them of the session's name, and of what a client is registered for, as JSON with sorted keys."""
    assert PLACE.key == sha1(b"corp").hexdigest()
    text = (
        '{"region": "eu-west-1", "scopes": ["sso:account:access"], "session_name": "corp", '
        '"startUrl": "https://corp.awsapps.com/start", "tool": "botocore"}'
    )
    assert tokens.registration_key(PLACE) == sha1(text.encode()).hexdigest()
    older = Place("", PLACE.start_url, PLACE.region, None, "p")
    assert older.key == sha1(PLACE.start_url.encode()).hexdigest()
    assert (
        tokens.registration_key(older)
        == sha1(
            b'{"region": "eu-west-1", "scopes": null, "session_name": null, '
            b'"startUrl": "https://corp.awsapps.com/start", "tool": "botocore"}'
        ).hexdigest()
    )


def test_a_token_is_written_whole_and_read_again(cache):
    before = os.umask(0)
    try:
        made = cache.keep(PLACE, FIELDS)
    finally:
        os.umask(before)
    (path,) = os.scandir(cache.folder)
    assert (path.name, path.stat().st_mode & 0o777) == (f"{PLACE.key}.json", 0o600)
    assert os.stat(cache.folder).st_mode & 0o777 == 0o700
    found = cache.token(PLACE)
    assert found is not None
    assert (found.bearer, found.expires_at) == (made.bearer, made.expires_at) == ("bearer", 1769851800.0)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"{}", b'{"accessToken": "x"}', b'{"accessToken": 5, "expiresAt": "2026-01-31T09:30Z"}',
     b'{"accessToken": "a\\nb", "expiresAt": "2026-01-31T09:30:00Z"}', b'{"accessToken": "x", "expiresAt": "soon"}',
     b'{"accessToken": "x", "expiresAt": 5}', b'{"accessToken": "", "expiresAt": "2026-01-31T09:30:00Z"}',
     b"[" * 100_000, b"\xff\xfe", b'{"accessToken": "x", "expiresAt": null}'],
)  # fmt: skip
def test_what_is_not_a_token_counts_as_absent(cache, content):
    cache.keep(PLACE, FIELDS)
    with open(f"{cache.folder}/{PLACE.key}.json", "wb") as file:
        file.write(content)
    assert cache.token(PLACE) is None


def test_a_fifo_in_place_of_a_token_holds_nobody_up(cache):
    os.makedirs(cache.folder)
    os.mkfifo(f"{cache.folder}/{PLACE.key}.json")
    assert cache.token(PLACE) is None


def test_times_of_every_version_of_the_aws_cli():
    assert {tokens.instant_of(text) for text in ("2026-01-31T09:30:00Z", "2026-01-31T09:30:00UTC")} == {1769851800.0}
    assert tokens.instant_of("2026-01-31T10:30:00+01:00") == 1769851800.0
    assert tokens.text_of(1769851800.9) == "2026-01-31T09:30:00Z"
    for wrong in ("", "x", None, 5):
        with pytest.raises(ValueError):
            tokens.instant_of(wrong)
    with pytest.raises(ValueError):
        tokens.text_of(1e20)


def test_what_can_be_renewed(cache):
    whole = FIELDS | {
        "refreshToken": "r",
        "clientId": "c",
        "clientSecret": "s",
        "registrationExpiresAt": "2030-01-01T00:00:00Z",
    }
    assert tokens.Token(whole).can_renew(time.time())
    for name in ("refreshToken", "clientId", "clientSecret", "registrationExpiresAt"):
        assert not tokens.Token({key: value for key, value in whole.items() if key != name}).can_renew(time.time())
    assert not tokens.Token(whole | {"registrationExpiresAt": "2020-01-01T00:00:00Z"}).can_renew(time.time())


def test_what_a_killed_process_left_half_written_is_removed(cache):
    cache.keep(PLACE, FIELDS)
    left = f"{cache.folder}/tmp.{2**22 + 1}.abc.{PLACE.key}.json"
    with open(left, "w") as file:
        file.write("half")
    cache.keep(PLACE, FIELDS)
    assert os.listdir(cache.folder) == [f"{PLACE.key}.json"]


def test_a_registration_is_for_its_grants_and_not_about_to_end(cache):
    now = time.time()
    fields = {"clientId": "c", "clientSecret": "s", "expiresAt": tokens.text_of(now + 3600)}
    cache.write(tokens.registration_key(PLACE), fields)
    assert cache.registration(PLACE, (), now) == fields
    assert cache.registration(PLACE, ("authorization_code",), now) is None
    assert cache.registration(PLACE, (), now + 3600 - tokens.EARLY_S + 1) is None
    cache.write(tokens.registration_key(PLACE), fields | {"grantTypes": ["authorization_code", "refresh_token"]})
    assert cache.registration(PLACE, ("authorization_code",), now) is not None
    cache.write(tokens.registration_key(PLACE), {"clientId": 5} | json.loads("{}"))
    assert cache.registration(PLACE, (), now) is None


def test_without_a_home_there_is_no_place_for_a_token(monkeypatch):
    monkeypatch.setattr(paths, "home", lambda _: "")
    cache = tokens.Cache({})
    assert (cache.token(PLACE), cache.keys()) == (None, [])
    with pytest.raises(OSError, match="no home"):
        cache.keep(PLACE, FIELDS)
