"""Profiles from the text of both files: precedence, tolerated faults, and messages with line numbers."""

import botocore.configloader
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assume.errors import ConfigError
from assume.profiles.config import Config, read
from assume.profiles.ini import nested

LINES = st.sampled_from(
    """[profile a]|[profile b]|[default]|[profile default]| [profile c]|  [profile d]|role_arn = x|  region=eu|x|# c
 ; d||  |a:b=c|s3 =|   q = 1| z = [x]|[profile "e f"]|[x|[]|[profiles g]|[DEFAULT]|\ty=2| q=v #c|[services s]
[sso-session t] junk|= v|Region : us|[profile it's]|[profile a b]|[profile ]""".replace("\n", "|").split("|")
)


@settings(max_examples=400)
@given(st.lists(LINES, max_size=14), st.sampled_from(["\n", "\r\n"]))
def test_any_text_that_botocore_can_read_is_read_as_botocore_reads_it(tmp_path_factory, lines, end):
    path = tmp_path_factory.getbasetemp() / "any-config"
    path.write_bytes(end.join(lines).encode())
    config = Config(read(str(path)), "")
    try:
        expected = botocore.configloader.load_config(str(path))
    except Exception:
        for name in config.names():
            try:
                config.profile(name)
            except ConfigError:
                continue
        return
    found = {name: config.profile(name) or {} for name in config.names()}
    assert {name: {key: nested(value) for key, value in values.items()} for name, values in found.items()} == expected[
        "profiles"
    ]


def test_the_credentials_file_wins_key_by_key():
    config = Config("[profile a]\nregion = r1\noutput = text\n", "[a]\nregion = r2\n")
    assert config.profile("a") == {"region": "r2", "output": "text"}
    assert config.section("profile", "a") == {"region": "r1", "output": "text"}
    assert config.section("credentials", "a") == {"region": "r2"}


def test_names_come_from_both_files_each_once_in_order():
    config = Config("[profile b]\n[default]\n[sso-session s]\n[services v]\n", "[z]\n[b]\n")
    assert config.names() == ["b", "default", "z"]
    assert [name in config for name in ("b", "z", "s", "v")] == [True, True, False, False]
    assert config.profile("s") is None


def test_of_a_repeated_key_the_last_one_counts_and_a_warning_names_its_line():
    config = Config("[profile a]\nregion = r1\n\nregion = r2\n", "")
    assert config.profile("a") == {"region": "r2"}
    assert config.warnings == ["config file, line 4: region appears twice; the later one is used"]


def test_repeated_sections_are_merged_and_a_warning_names_the_line():
    config = Config("[profile a]\nregion = r1\noutput = json\n[profile b]\n[profile a]\nregion = r2\n", "")
    assert config.profile("a") == {"region": "r2", "output": "json"}
    assert config.warnings == ["config file, line 5: [profile a] appears twice; both sections are used"]


def test_a_warning_is_given_once_however_often_the_profile_is_asked_for():
    config = Config("[profile a]\nregion = r1\nregion = r2\n", "")
    assert config.profile("a") == config.profile("a")
    assert len(config.warnings) == 1


def test_an_invalid_line_affects_only_its_own_profile():
    config = Config("[profile a]\nregion = r1\n[profile broken]\n# fine\nrole_arn\n[profile c]\nregion = r3\n", "")
    assert (config.profile("a"), config.profile("c")) == ({"region": "r1"}, {"region": "r3"})
    with pytest.raises(ConfigError) as caught:
        config.profile("broken")
    assert "config file, line 5: role_arn has no `=` behind it" in str(caught.value)
    assert "correct that line of [profile broken]" in str(caught.value)


def test_an_invalid_line_of_the_credentials_file_is_reported_with_that_file():
    with pytest.raises(ConfigError, match="credentials file, line 3: this is not a `name = value` line"):
        Config("", "[a]\nregion = r\nx\n").profile("a")


def test_bytes_that_are_not_utf8_affect_only_their_own_profile(tmp_path):
    path = tmp_path / "config"
    path.write_bytes(b"[profile a]\nregion = r1\n[profile b]\nregion = \xe9\n")
    config = Config(read(str(path)), "")
    assert config.profile("a") == {"region": "r1"}
    with pytest.raises(ConfigError, match="config file, line 4: not UTF-8"):
        config.profile("b")


@pytest.mark.parametrize(
    ("content", "region"),
    [
        (b"\xef\xbb\xbf[profile a]\nregion = r\n", "r"),
        (b"[profile a]\r\nregion = r\r\n", "r"),
        (b"[profile a]\rregion = r\r", "r"),
        ("[profile a]\nregion = ré☃\n".encode(), "ré☃"),
        (b"# nothing but the section follows\n[profile a]\nregion = r", "r"),
    ],
)
def test_byte_order_marks_and_other_line_ends_are_accepted(tmp_path, content, region):
    path = tmp_path / "config"
    path.write_bytes(content)
    assert Config(read(str(path)), "").profile("a") == {"region": region}


def test_anything_but_a_regular_file_counts_as_absent(tmp_path):
    assert [read(str(path)) for path in (tmp_path, tmp_path / "none", "/dev/null")] == ["", "", ""]


def test_an_unreadable_file_is_an_error_not_an_empty_config(tmp_path, monkeypatch):
    path = tmp_path / "config"
    path.write_text("[profile a]\n")

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(ConfigError, match="config cannot be read: Permission denied"):
        read(str(path))


def test_utf_16_is_reported(tmp_path):
    path = tmp_path / "config"
    path.write_bytes("[profile a]\n".encode("utf-16"))
    with pytest.raises(ConfigError, match=r"is UTF-16\n  save it as UTF-8"):
        read(str(path))


def test_the_section_DEFAULT_applies_to_every_section_as_in_configparser():  # noqa: N802
    config = Config("[DEFAULT]\nregion = r0\noutput = text\n[profile a]\nregion = r1\n[profile b]\n", "[b]\n")
    assert config.profile("a") == {"region": "r1", "output": "text"}
    assert config.profile("b") == {"region": "r0", "output": "text"}
    assert "DEFAULT" not in config.names()


def test_profiles_that_contain_a_text_are_found_without_parsing():
    config = Config("[profile a]\nrole_arn = R1\n[profile b]\nrole_arn = R2\nbroken\n", "[c]\nrole_arn = R2\n")
    assert config.naming("R2") == ["b", "c"]
    assert config.warnings == []
