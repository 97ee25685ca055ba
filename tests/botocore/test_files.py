"""Differential table, files: the files that are read, and the meaning of their text. Facts are about botocore."""

import codecs

from .rows import BASE, ROLE, Row, judge, params

HEALED = "one bad line does not make the other profiles of the file unusable; a warning names the line"
SECOND = "[profile p]\nrole_arn = <r2>\nsource_profile = base\n"

PLACES = [
    Row("AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE are read in place of the two paths",
        ROLE + BASE, env={"AWS_CONFIG_FILE": "<home>/other", "AWS_SHARED_CREDENTIALS_FILE": "<home>/keys"},
        reaches="r2", roles=("r2",)),
    Row("~ is expanded in AWS_CONFIG_FILE", "", env={"AWS_CONFIG_FILE": "~/other"}, reaches="r2"),
    Row("$VARS are expanded in AWS_CONFIG_FILE", "", env={"WHERE": "<home>", "AWS_CONFIG_FILE": "$WHERE/other"},
        reaches="r2"),
    Row("${VARS} too", "", env={"WHERE": "<home>", "AWS_CONFIG_FILE": "${WHERE}/other"}, reaches="r2"),
    Row("AWS_CONFIG_FILE is relative to cwd", "", env={"AWS_CONFIG_FILE": "other"}, reaches="r2"),
    Row("not a regular file: /dev/null is absent, with no fallback to the default path",
        ROLE + BASE, env={"AWS_CONFIG_FILE": "/dev/null"}, error="ProfileNotFound", says="no AWS config here"),
    Row("not a regular file: a directory is absent", ROLE + BASE, env={"AWS_CONFIG_FILE": "<home>"},
        error="ProfileNotFound", says="no AWS config here"),
    Row("not a regular file: a missing one is absent", ROLE + BASE, env={"AWS_CONFIG_FILE": "<home>/none"},
        error="ProfileNotFound", says="no AWS config here"),
    Row("AWS_CONFIG_FILE set and empty: no config file is read", ROLE + BASE, env={"AWS_CONFIG_FILE": ""},
        error="ProfileNotFound", says="AWS_CONFIG_FILE is set and empty, so no file is read"),
    Row("AWS_SHARED_CREDENTIALS_FILE set and empty: no credentials file is read", ROLE + BASE, "[p]\nrole_arn = <r2>\n",
        env={"AWS_SHARED_CREDENTIALS_FILE": ""}, reaches="r1"),
    Row("a named profile that is in neither file: ProfileNotFound", ROLE + BASE, profile="q",
        error="The config profile (q) could not be found", says="q: no such profile"),
    Row("a named profile that is in neither file, even for default", ROLE + BASE, profile="default",
        error="The config profile (default) could not be found", says="default: no such profile"),
]  # fmt: skip

LINES = [
    Row("delimiters = and :", "[profile p]\nrole_arn: <r1>\nsource_profile=base" + BASE, reaches="r1"),
    Row("no inline comments: they join the value", ROLE.replace("base", "base # of the team") + BASE,
        error='The source_profile "base # of the team" referenced in the profile "p" does not exist',
        says="its source_profile (config file, line 3) does not exist\n  the comment behind the value belongs to it"),
    Row("no inline comments: a role with one is another role", ROLE.replace("<r1>", "<r1> ; the first") + BASE,
        error="ClientError"),
    Row("comments: whole-line # and ;, indented too", f"# a\n{ROLE}  ; b\n  # c\n;d{BASE}", reaches="r1"),
    Row("option names are lower-cased", ROLE.replace("role_arn", "ROLE_Arn") + BASE, reaches="r1"),
    Row("section names are not", ROLE + BASE, profile="P", error="ProfileNotFound", says="did you mean: p?"),
    Row("no interpolation: % stands for itself", ROLE + "external_id = %(region)s50%" + BASE,
        error="ClientError", says="its external_id (config file, line "),
    Row("quotes in values are literal", ROLE.replace("base", '"base"') + BASE, error='"base"'),
    Row("values are stripped", ROLE.replace("= base", "=\t base \t") + BASE, reaches="r1"),
    Row("CRLF is fine", (ROLE + BASE).replace("\n", "\r\n"), reaches="r1"),
    Row("strict: a duplicate key gives up the whole file", ROLE + "role_arn = <r2>" + BASE,
        error="ConfigParseError", differs=HEALED, ours="r2"),
    Row("strict: a duplicate section gives up the whole file", ROLE + BASE + SECOND,
        error="ConfigParseError", differs=HEALED, ours="r2"),
    Row("strict: a line with no delimiter gives up the whole file, whichever profile is wanted",
        ROLE + BASE + "[profile broken]\nregion\n", error="ConfigParseError", differs=HEALED, ours="r1"),
    Row("strict: a line with no delimiter in the profile that is wanted", ROLE + "region\n" + BASE,
        error="ConfigParseError", says="config file, line 4: region has no `=` behind it"),
    Row("strict: text before the first section", "# fine\nregion = eu-west-1\n" + ROLE + BASE,
        error="ConfigParseError", differs=HEALED, ours="r1"),
    Row("strict: non-UTF-8", (ROLE + BASE).encode() + b"[profile other]\nregion = \xe9\n",
        error="ConfigParseError"),
    Row("strict: a UTF-8 BOM", "\ufeff" + ROLE + BASE, error="ConfigParseError", differs=HEALED, ours="r1"),
    Row("strict: UTF-16", codecs.BOM_UTF16_LE + ROLE.encode("utf-16-le"), error="ConfigParseError",
        says="is UTF-16\n  save it as UTF-8"),
]  # fmt: skip

CONTINUED = [
    Row("a line indented deeper than its option's line continues the value, so a stray indent swallows source_profile",
        "[profile p]\nrole_arn = <r1>\n  source_profile = base" + BASE, error="PartialCredentialsError",
        says="an indented line below belongs to the value"),
    Row("an indented [profile x] vanishes", ROLE + "region = us-east-1\n [profile q]\n role_arn = <r2>" + BASE,
        profile="q", error="ProfileNotFound"),
    Row("all options equally indented is fine",
        "[profile p]\n  role_arn = <r1>\n  source_profile = base\n" + BASE, reaches="r1"),
    Row("a continued value has a newline in it", ROLE + "external_id = ab\n  cd" + BASE, error="ClientError",
        says="its external_id (config file, line "),
    Row("a value that starts with a newline is a nested map, one level; nested keys never leak into the profile",
        ROLE + "s3 =\n  region = nowhere\n  external_id = 42" + BASE, reaches="r1", sends={"ExternalId": None}),
    Row("a nested line without = gives up the file", ROLE + "s3 =\n  region\n" + BASE, error="ConfigParseError",
        says="config file, line 4: a line under s3 has no `=`"),
    Row("a nested line without = gives up the file for every profile",
        ROLE + BASE + "[profile q]\ns3 =\n  region\n",
        error="ConfigParseError", differs=HEALED, ours="r1"),
    Row("an empty line inside a value does not end it",
        ROLE.replace("source", "x = 1\n\n  2\nsource") + BASE, reaches="r1"),
]  # fmt: skip

SECTIONS = [
    *(Row(f"[{header}] is profile {profile!r}", ROLE.replace("profile p", header) + BASE, profile=profile, reaches="r1")
      for header, profile in [
          ("profile p", "p"), ('profile "a b"', "a b"), ("profile 'a b'", "a b"), (r"profile a\ b", "a b"),
          ("profile   x ", "x"), ("profiles x", "x"), ("profile été", "été"), ('profile "it\'s"', "it's"),
          ("profile x]y", "x]y"), ("default", "default"), ("profile default", "default"), ('profile ""', ""),
      ] if profile),
    *(Row(f"[{header}] is dropped in silence", ROLE.replace("profile p", header) + BASE, profile=profile,
          error="ProfileNotFound")
      for header, profile in [
          ("profile a b", "a b"), ("profilex", "x"), ("profile it's", "it's"), ("Profile x", "x"), ("x", "x"),
          ("profile x", "profile x"),
      ]),
    Row("two sections that give one name: the later replaces the earlier whole ([default] / [profile default])",
        ROLE.replace("profile p", "default") + BASE + "[profile default]\nregion = us-east-1\n",
        profile="default", error="LookupError", says="has no credentials"),
    Row('two sections that give one name: [profile r] / [profile "r"]',
        ROLE.replace("source", "external_id = 42\nsource") + BASE + SECOND.replace("profile p", 'profile "p"'),
        reaches="r2", sends={"ExternalId": None}),
    Row("credentials file: section name = profile name, verbatim", "",
        "[p x]\n<alice>\n", profile="p x", reaches="alice"),
    Row('[profile x] there is a profile called "profile x"', "", "[profile x]\n<alice>\n", profile="profile x",
        reaches="alice"),
    Row("[profile x] there is not x", "", "[profile x]\n<alice>\n", profile="x", error="ProfileNotFound"),
    Row('["a b"] there has its quotes in it', "", '["a b"]\n<alice>\n', profile='"a b"', reaches="alice"),
    Row("credentials file wins key by key: role_arn", ROLE + BASE, "[p]\nrole_arn = <r2>\n", reaches="r2"),
    Row("credentials file wins key by key: source_profile", ROLE + BASE, "[p]\nsource_profile = b\n[b]\n<bob>\n",
        reaches="r1"),
    Row("credentials file wins key by key: region", ROLE + "region = us-west-2" + BASE, "[p]\nregion = eu-west-1\n",
        env={"AWS_DEFAULT_REGION": None}, reaches="r1", region="eu-west-1"),
    Row("credentials file wins key by key: credential_process",
        "[profile p]\ncredential_process = false\n",
        "[p]\ncredential_process = <home>/prints-alice\n", reaches="alice"),
    Row("key id in one file and secret in the other: PartialCredentialsError",
        "[profile p]\naws_secret_access_key = s\n", "[p]\naws_access_key_id = AKIAALICEALICEALICE1\n",
        error="PartialCredentialsError", says="has an access key id but no aws_secret_access_key"),
    Row("key id in the config file and secret in the credentials file",
        "[profile p]\naws_access_key_id = AKIAALICEALICEALICE1\n", "[p]\naws_secret_access_key = s\n",
        error="PartialCredentialsError", says="has an access key id but no aws_secret_access_key"),
]  # fmt: skip


def prepare(both, monkeypatch):
    """Makes what some rows name: another config file, a command, the current directory."""
    (both.home / "other").write_text(both.filled(SECOND + BASE))
    both.process()
    monkeypatch.chdir(both.home)


@params(PLACES)
def test_the_files_that_are_read(both, monkeypatch, row):
    prepare(both, monkeypatch)
    judge(both, row)


@params(LINES)
def test_the_meaning_of_a_line(both, row):
    judge(both, row)


@params(CONTINUED)
def test_the_meaning_of_an_indented_line(both, row):
    judge(both, row)


@params(SECTIONS)
def test_the_profile_of_a_section(both, monkeypatch, row):
    prepare(both, monkeypatch)
    judge(both, row)
