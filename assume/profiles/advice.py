"""Why a name or a value of the AWS files does not mean what its writer meant, and how to write it. Pure but for `stat`.

Only messages need this: imported where something is refused, or looks odd. No
message quotes a line of the files: a mistyped one may hold a secret.
"""

from assume import paths
from assume.errors import ConfigError, NoSuchProfile
from assume.profiles.config import absence, is_harmless
from assume.profiles.ini import CREDENTIALS, kind_and_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assume.profiles.config import Config, Values

# settings in whose values a blank before `#` or `;` is never meant
WITHOUT_COMMENT = frozenset(
    """
    aws_access_key_id aws_secret_access_key aws_session_token aws_security_token role_arn source_profile
    credential_source role_session_name external_id mfa_serial duration_seconds sso_session sso_start_url sso_region
    sso_account_id sso_role_name region endpoint_url services sts_regional_endpoints use_fips_endpoint
    use_dualstack_endpoint retry_mode max_attempts mfa_session session_tags transitive_session_tags source_identity
    assume_colour assume_confirm assume_read_only assume_renew assume_export
    """.split()
)


def nearest(name: str, names: "Sequence[str]") -> "list[str]":
    """Up to three of `names` that differ from `name` in a few letters or in case, the most similar first."""
    from difflib import get_close_matches

    spelled = {candidate.casefold(): candidate for candidate in names}
    return [spelled[match] for match in get_close_matches(name.casefold(), spelled, n=3, cutoff=0.6)]


def no_such_profile(name: str, config: "Config", base: "Mapping[str, str]") -> NoSuchProfile:
    """The error for a name that is in neither file. Similar names are shown, never taken."""
    missing = _missing_files(base)
    names = config.names()
    if written := misread_header(name, config):
        what, cure = written
        return NoSuchProfile(f"no such profile: {what}", (cure, *missing), name)
    if not names:
        cures = (*missing, "`aws configure` makes one")
        return NoSuchProfile("no profiles: there is no AWS config here", cures, name)
    close = ", ".join(nearest(name, names))
    cure = f"did you mean: {close}?" if close else "`assume list` shows them"
    return NoSuchProfile("no such profile", (*missing, cure), name)


def no_such_source(name: str, source: str, config: "Config") -> ConfigError:
    """The error for a source_profile that is in neither file."""
    if not source:
        what = f"{config.told(name, 'source_profile', '')} is empty"
        return ConfigError(what, "give it the name of the profile whose credentials may assume the role", name)
    what = f"its {config.told(name, 'source_profile', source)} does not exist"
    if odd := oddity(source):
        return ConfigError(what, odd, name)
    if written := misread_header(source, config):
        return ConfigError(f"{what}: {written[0]}", written[1], name)
    if close := ", ".join(nearest(source, config.names())):
        return ConfigError(what, f"did you mean: {close}?", name)
    added = f"[profile {source}]" if is_harmless(source) else "that profile"
    return ConfigError(what, f"add {added}, or correct source_profile", name)


def no_such_section(name: str, setting: str, kind: str, value: str, config: "Config") -> ConfigError:
    """The error for an `sso_session` or `services` whose section does not exist."""
    if not value:
        return ConfigError(f"{config.told(name, setting, '')} is empty", "give it a name, or remove it", name)
    added = f"[{kind} {value}]" if is_harmless(value) else f"its [{kind} …] section"
    cure = oddity(value) or f"add {added}, or correct `{setting}`"
    between = " section " if setting == kind else " "  # `services section x`, but `sso_session x`
    return ConfigError(f"its {config.told(name, setting, value, between)} does not exist", cure, name)


def odd_values(name: str, values: "Values", config: "Config") -> "list[str]":
    """A warning for each value that holds more than was meant: a comment behind it, quotes, the line below."""
    found = [(setting, oddity(value)) for setting, value in values.items() if setting in WITHOUT_COMMENT]
    return [f"{name}: {config.told(name, setting, '')}: {odd}" for setting, odd in found if odd]


def oddity(value: str) -> str:
    """What is odd about a value, and the cure; "" if nothing is."""
    if len(value) > 1 and value[0] in "'\"" and value[-1] == value[0]:
        return "the quotes belong to the value: remove them"
    if "\n" in value:
        return "an indented line below belongs to the value: remove its blanks"
    if any(f" {mark}" in value.replace("\t", " ") for mark in "#;"):
        return "the comment behind the value belongs to it: put it on a line of its own"
    return ""


def misread_header(name: str, config: "Config") -> "tuple[str, str] | None":
    """What is wrong with a header that was meant for profile `name`, and the cure; None if there is no such header."""
    wanted = _bare(name)
    for file, text in config.texts():
        right = f"[{name}]" if file == CREDENTIALS or name == "default" else f"[profile {_quoted(name)}]"
        for number, line in enumerate(text.split("\n"), 1):
            if line.lstrip()[:1] != "[" or wanted not in _bare(line):
                continue
            header = line.strip()[1:].partition("]")[0]
            if _bare(header) not in (wanted, f"profile {wanted}", f"profile{wanted}", f"profile:{wanted}"):
                continue
            where = f"{file} file, line {number}"
            if "]" not in line:
                return f"{where}: the header has no closing `]`", f"write {right}"
            read = kind_and_name(file, header)
            if read is None or _bare(read[1]) != wanted:
                return f"{where}: AWS tools do not read this header as that profile", f"write {right}"
            if read[1] == name and line[0] != "[":
                return f"{where}: the header is indented, so it continues the setting above", "remove the blanks"
    return None


def _bare(text: str) -> str:
    """A name without case, quotes and double blanks, to compare it with what was meant."""
    for mark in "'\"\\":
        text = text.replace(mark, "")
    return " ".join(text.casefold().split())


def _quoted(name: str) -> str:
    """A name as it is written in a header."""
    plain = name.replace("-", "a").replace("_", "a").replace(".", "a").isalnum()
    return name if plain else "'" + name.replace("'", "'\\''") + "'"


def _missing_files(base: "Mapping[str, str]") -> "tuple[str, ...]":
    """A line for each variable that names an AWS file which is not there."""
    found = []
    for variable, path in zip(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), paths.aws_files(base), strict=True):
        if variable not in base:
            continue
        if not path:
            found.append(f"{variable} is set and empty, so no file is read: unset it")
        elif why := absence(path):
            found.append(f"{variable} names {path}, which {why}")
    return tuple(found)
