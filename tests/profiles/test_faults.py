"""Faults for which the AWS CLI refuses a whole file: found where botocore finds one, told once, and never quoted."""

import botocore.configloader
import pytest
from botocore.exceptions import ConfigParseError
from hypothesis import given, settings
from hypothesis import strategies as st

from assume.errors import AssumeError
from assume.profiles import faults, ini, sections
from assume.profiles.config import Config, read
from assume.profiles.faults import REFUSED

from .plans import BASE, ROLE, planned

SECRET = "wJalrXUtnFEMI/K7MDENG"
LINES = """\
[profile a]
[profile b]
[profile "a b"]
[default]
[DEFAULT]
[profile x
[]
  [profile c]
region = eu-west-1
region: eu
output=json
Output = text
  deeper = 1
s3 =
  a = 1
  no sign
aws_secret_access_key wJalr
= x
# c
  ; d
#
\ttab
caf\xe9 = \xe9
x = [y]
""".split("\n")


@settings(max_examples=600)
@given(
    st.lists(st.sampled_from(LINES), max_size=10),
    st.sampled_from(["", "\ufeff"]),
    st.sampled_from(["utf-8"] * 5 + ["latin-1"]),
)
def test_a_file_is_refused_by_botocore_if_and_only_if_a_warning_tells_so(tmp_path_factory, lines, mark, encoding):
    path = tmp_path_factory.getbasetemp() / "any-config"
    path.write_bytes((mark if encoding == "utf-8" else "").encode() + "\n".join(lines).encode(encoding))
    try:
        botocore.configloader.load_config(str(path))
        is_refused = False
    except ConfigParseError:
        is_refused = True
    config = Config(read(str(path)), "")
    config.check()
    assert [warning.endswith(REFUSED) for warning in config.warnings] == [True] * is_refused


def test_a_quick_look_agrees_with_the_grammar_whatever_the_size(monkeypatch):
    text = "".join(f"[profile p{n}]\n# c\nregion = r\n\noutput = json\n" for n in range(50))
    assert sections.Sections(ini.CONFIG, text).is_sound()
    assert faults.first(text) is None
    for line in ("region = again", "no sign", "[profile p49]"):
        assert not sections.Sections(ini.CONFIG, text + line).is_sound()
        assert faults.first(text + line) is not None


SHAPES = {
    # a file that the AWS CLI refuses, for a profile p that is fine: its line, a part of what is told
    "byte-order mark": ("\ufeff" + ROLE + BASE, 1, "byte-order mark"),
    "setting above the first section": ("# c\nregion = x\n" + ROLE + BASE, 2, "above the first [section]"),
    "neighbour's repeated key": (ROLE + BASE + "[profile n]\noutput = a\noutput = b\n", 9, "output appears twice"),
    "neighbour's repeated section": (ROLE + BASE + "[profile n]\n[profile n]\n", 8, "section appears twice"),
    "neighbour's line without a sign": (ROLE + BASE + "[profile n]\nregion\n", 8, "region has no `=` behind it"),
    "neighbour's secret": (ROLE + BASE + f"[profile n]\naws_secret_access_key {SECRET}\n", 8,
        "aws_secret_access_key has no `=`"),
    "a secret by itself": (ROLE + BASE + f"[profile n]\n{SECRET}\n", 8, "not a `name = value` line"),
    "unclosed header": (ROLE + BASE + "[profile m]\n[profile n\n", 8, "a header without its closing `]`"),
    "empty header": (ROLE + BASE + "[profile m]\n[]\n", 8, "a header without a name"),
    "nested line without a sign": (ROLE + BASE + "[profile n]\ns3 =\n  fast\n", 8, "a line under s3 has no `=`"),
    "not UTF-8, in a comment": (ROLE + BASE + "# caf\udce9\n", 7, "not UTF-8"),
    "unusual header, repeated": (ROLE + BASE + "[profile 'n']\n[profile 'n']\n", 8, "section appears twice"),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("file", ["config", "credentials"])
def test_what_the_aws_cli_will_refuse_is_told_once_with_its_line(shape, file):
    text, line, what = SHAPES[shape]
    if file == "credentials":
        text = text.replace("[profile ", "[")
        chain = planned("", credentials=text)
    else:
        chain = planned(text)
    assert len(chain.hops) == 1
    (warning,) = chain.warnings
    assert warning.startswith(f"{file} file, line {line}: ")
    assert what in warning
    assert warning.endswith('; the AWS CLI and boto3 refuse the whole file ("Unable to parse config file")')
    assert SECRET not in warning


def test_a_fault_of_the_profile_itself_and_of_its_file_are_one_warning():
    chain = planned(ROLE + "region = a\nregion = b\n" + BASE)
    assert chain.warnings == ["config file, line 5: region appears twice; the later one is used" + REFUSED]


def test_in_a_large_file_only_headers_are_checked():
    many = "".join(f"[profile n{n}]\nregion = eu-west-1\n" for n in range(10_000))
    assert planned(ROLE + BASE + many + "region = again\n").warnings == []
    assert len(planned(ROLE + BASE + many + "[profile n7]\n").warnings) == 1
    assert len(planned("region = x\n" + ROLE + BASE + many).warnings) == 1


BROKEN = {
    "the setting without its sign": f"aws_secret_access_key {SECRET}",
    "the secret by itself": SECRET,
    "two words that are no setting": f"password {SECRET}",
    "a sign before it": f"= {SECRET}",
    "an unclosed header": f"[{SECRET}",
    "a nested line": f"s3 =\n  {SECRET}",
    "a repeated name": f"{SECRET} = 1\n{SECRET} = 2",
    "a role": f"role_arn = {SECRET}",
    "a source": f"role_arn = arn:aws:iam::123456789012:role/r1\nsource_profile = {SECRET}",
    "a credential source": f"role_arn = arn:aws:iam::123456789012:role/r1\ncredential_source = {SECRET}",
    "a session": f"sso_session = {SECRET}\nsso_account_id = 1\nsso_role_name = R",
    "services": f"services = {SECRET}",
    "tags": f"role_arn = arn:aws:iam::123456789012:role/r1\nsource_profile = base\nsession_tags = {SECRET}",
    "a device": f"role_arn = arn:aws:iam::123456789012:role/r1\nsource_profile = base\nmfa_serial = {SECRET} x",
    "a duration": f"duration_seconds = {SECRET}\nrole_arn = arn:aws:iam::123456789012:role/r1\nsource_profile = base",
    "a guard": f"assume_confirm = {SECRET}",
    "a colour": f"assume_colour = {SECRET}",
    "an export": f"assume_export = {SECRET}",
    "a region": f"region = {SECRET}\nrole_arn = arn:aws:iam::123456789012:role/r1\nsource_profile = base",
    "a retry mode": f"retry_mode = {SECRET}\nrole_arn = arn:aws:iam::123456789012:role/r1\nsource_profile = base",
    "a region with a comment": f"region = x # {SECRET}",
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("file", ["config", "credentials"])
def test_no_message_quotes_a_line_that_may_hold_a_secret(kind, file):
    own = f"aws_access_key_id = AKIAALICEALICEALICE1\n{BROKEN[kind]}\n"
    if "role_arn" in own:
        own = own.partition("\n")[2]
    config, credentials = (f"[profile p]\n{own}", "") if file == "config" else ("", f"[p]\n{own}")
    try:
        told = planned(config + BASE, credentials=credentials).warnings
    except AssumeError as error:
        told = [str(error)]
    assert SECRET.casefold() not in "\n".join(told).casefold()
    assert "wjalr" not in "\n".join(told).casefold()


def test_a_line_is_told_by_its_number_and_the_name_of_a_known_setting():
    with pytest.raises(AssumeError) as caught:
        planned("", credentials=f"[p]\naws_access_key_id = AKIA\naws_secret_access_key {SECRET}\n")
    assert str(caught.value).startswith(
        "assume: credentials file, line 3: aws_secret_access_key has no `=` behind it\n"
    )


def test_a_fault_of_default_matters_if_there_is_another_section():
    text = "[DEFAULT]\ns3 =\n  x\n"
    assert faults.first(text) is None
    assert faults.first(text + "[a]\n") == (2, "a line under s3 has no `=`")
    assert faults.first("[a]\n" + text) == (3, "a line under s3 has no `=`")
