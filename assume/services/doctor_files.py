"""Doctor: the AWS files. Modes, lines that AWS tools refuse, settings that are in both, profiles that cannot work."""

import codecs
import os
import shutil
import stat
import sys

from assume import arguments
from assume.errors import AssumeError, ConfigError
from assume.profiles import chain as words
from assume.profiles import config as reading
from assume.profiles import faults, ini
from assume.profiles.plan import plan
from assume.services.explain import is_chained
from assume.services.findings import Finding, Patient

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from assume.profiles.chain import Chain

FILES, PROFILES = "files", "profiles"
SECRET = ("aws_secret_access_key", "aws_session_token")
STAND_IN = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "x" * 40}  # for Environment
SSO_NEEDS = ("sso_start_url", "sso_region")
OF_LINES = tuple(f"{file} file, line " for file in (ini.CONFIG, ini.CREDENTIALS))
POSIX = sys.platform != "win32"


def files(patient: Patient) -> "Iterator[Finding]":
    """Both AWS files as files, and their lines. Reads them into `patient.config`."""
    present = [path for path in patient.aws_files if path and not reading.absence(path)]
    if not present:
        yield Finding(
            FILES, f"there is no AWS config: neither {' nor '.join(patient.aws_files)} exists", "aws configure"
        )
    texts = []
    for path in patient.aws_files:
        try:
            texts.append(reading.read(path))
        except ConfigError as error:
            texts.append("")
            yield _unreadable(patient, path, error)
    patient.config = reading.Config(*texts)
    patient.is_read = True
    for path, text in zip(patient.aws_files, texts, strict=True):
        if path in present and POSIX:
            yield from _modes(patient, path, text)
        yield from _lines(patient, path, text)


def _unreadable(patient: Patient, path: str, error: ConfigError) -> Finding:
    if _is_utf16(path):
        return Finding(FILES, error.what, patient.rewrite(path, "iconv -f UTF-16 -t UTF-8 {}"))
    return Finding(FILES, error.what, f"chmod u+r {patient.word(path)}")


def _is_utf16(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    except OSError:
        return False


def _modes(patient: Patient, path: str, text: str) -> "Iterator[Finding]":
    seen = os.stat(path)
    if seen.st_uid != os.geteuid():
        yield Finding(FILES, f"{path} belongs to another user", f"sudo chown {os.geteuid()} {patient.word(path)}")
        return
    has_secret = path == patient.aws_files[1] or any(name in text for name in SECRET)
    mode = stat.S_IMODE(seen.st_mode)
    if has_secret and mode & 0o077:
        what = f"{path} holds keys, and other users may read or change it (mode {mode:o})"
        yield Finding(FILES, what, f"chmod 600 {patient.word(path)}")
    elif mode & 0o022:
        what = f"other users may change {path} (mode {mode:o}), and so have commands run as you"
        yield Finding(FILES, what, f"chmod go-w {patient.word(path)}")
    folder = os.path.dirname(path)
    if os.stat(folder).st_mode & 0o022 and not os.stat(folder).st_mode & stat.S_ISVTX:
        yield Finding(FILES, f"other users may replace the files in {folder}", f"chmod go-w {patient.word(folder)}")


def _lines(patient: Patient, path: str, text: str) -> "Iterator[Finding]":
    """The first fault for which the AWS CLI refuses the whole file: the next one shows when this one is gone."""
    refused = 'the AWS CLI refuses the whole file ("Unable to parse config file")'
    if text.startswith("\ufeff"):
        what = f"{path} begins with a byte-order mark: {refused}"
        yield Finding(FILES, what, patient.rewrite(path, "tail -c +4 {}"))
        return
    if (at := ini.not_utf8(text)) >= 0:
        what = f"{path}, line {text.count(chr(10), 0, at) + 1}: not UTF-8: {refused}"
        yield Finding(FILES, what, patient.rewrite(path, "iconv -f ISO-8859-1 -t UTF-8 {}"))
        return
    found = faults.first(text)
    if found is None:
        return
    line, why = found
    yield Finding(FILES, f"{path}, line {line}: {why}: {refused}", _mend(patient, path, text, line))


def _mend(patient: Patient, path: str, text: str, line: int) -> str:
    """The command for a faulty line: a comment, where nothing is lost by it; else a person decides."""
    parsed = {offset + 1: (name, values) for offset, name, values in ini.parsed_lines(text)}
    name, values = parsed.get(line, (None, [""]))
    if name == ini.HEADER or (name is not None and len(values) > 1):
        return patient.edit(path, line)
    if name is None and values[0].startswith("["):
        return patient.sed(path, line, "s/[[:space:]]*$/]/") if "]" not in values[0] else patient.edit(path, line)
    if name is not None and (earlier := _earlier(parsed, line, name)):
        return patient.edit(path, earlier) if len(parsed[earlier][1]) > 1 else patient.comment_out(path, earlier)
    return patient.comment_out(path, line)


def _earlier(parsed: "dict[int, tuple[str | None, list[str]]]", line: int, name: str) -> int:
    """The line of the same setting above `line`, in its section; 0 if there is none. The later one is used."""
    found = 0
    for number in sorted(number for number in parsed if number < line):
        if parsed[number][0] == ini.HEADER:
            found = 0
        elif parsed[number][0] == name:
            found = number
    return found


def profiles(patient: Patient) -> "Iterator[Finding]":
    """Profiles that cannot work whatever AWS says, settings that have no effect, and those that are in both files."""
    base = {**STAND_IN, **patient.base}
    told: set[str] = set()
    for name in patient.config.names():
        yield from _conflicts(patient, name)
        options = arguments.Options()
        options.profile = name
        try:
            chain = plan(patient.config, options, base)
        except AssumeError as error:
            if error.what.startswith(OF_LINES):
                continue  # `_lines` names it
            of = error.profile or name
            what = f"{name}: {'' if of == name else f'{of} '}{error.what}"
            yield Finding(PROFILES, what, _at(patient, of), error.cure)
            continue
        patient.chains.append(chain)
        ours = [one for one in chain.warnings if one not in patient.config.warnings and one not in told]
        told.update(ours)
        for warning in ours:
            yield Finding(PROFILES, warning, _at(patient, warning.partition(":")[0]))
        yield from _impossible(patient, name, chain)
        yield from _programs(patient, name)
        yield from _not_inherited(patient, name)


def _conflicts(patient: Patient, name: str) -> "Iterator[Finding]":
    settings = patient.config.section("profile", name) if _is_sound(patient, name) else None
    keys = patient.config.section(ini.CREDENTIALS, name) if settings else None
    for setting, value in (keys or {}).items():
        other = (settings or {}).get(setting)
        if other is None or other == value:
            continue
        line = patient.config.line(ini.CONFIG, name, setting)
        what = f"{name}: {setting} is in both files with two values; that of the credentials file is used"
        path = patient.aws_files[0]
        is_long = "\n" in other or not line
        yield Finding(PROFILES, what, patient.edit(path, line) if is_long else patient.comment_out(path, line))


def _is_sound(patient: Patient, name: str) -> bool:
    try:
        patient.config.profile(name)
    except AssumeError:
        return False
    return True


def _impossible(patient: Patient, name: str, chain: "Chain") -> "Iterator[Finding]":
    """Settings that STS refuses for certain; each hop is looked at in its own profile."""
    if chain.source.kind == words.SSO and chain.source.profile == name:
        yield from _sso(patient, name)
    if not chain.hops or chain.hops[-1].profile != name:
        return
    number = len(chain.hops) - 1
    hop = chain.hops[number]
    if not is_chained(chain, number) or hop.token_file is not None:
        return
    if (hop.duration_s or 0) > words.CHAINED_MAX_S:
        what = f"{name}: duration_seconds = {hop.duration_s}: a role that is reached from a role lasts an hour at most"
        yield Finding(PROFILES, what, patient.aws_set(name, "duration_seconds", str(words.CHAINED_MAX_S)))
    if hop.mfa_serial and (number or chain.source.kind in (words.INSTANCE, words.CONTAINER, words.SSO)):
        line = patient.config.line(ini.CONFIG, name, "mfa_serial")
        path = patient.aws_files[0] if line else patient.aws_files[1]
        line = line or patient.config.line(ini.CREDENTIALS, name, "mfa_serial")
        what = f"{name}: mfa_serial: a code goes with a user's keys alone, and this role is reached from another role"
        yield Finding(PROFILES, what, patient.comment_out(path, line))


def _programs(patient: Patient, name: str) -> "Iterator[Finding]":
    """The commands of a profile whose program is not there."""
    values = patient.config.profile(name) or {}
    for setting in ("credential_process", "mfa_process") if POSIX else ():
        program = "".join((ini.words(values.get(setting, "")) or [])[:1])
        if setting == "mfa_process":
            program = os.path.expanduser(program)
        if not program or shutil.which(program, path=patient.base.get("PATH", os.defpath)):
            continue
        for file in (ini.CREDENTIALS, ini.CONFIG):
            if line := patient.config.line(file, name, setting):
                what = f"{name}: {setting}: {program} is not a program that can be started"
                yield Finding(PROFILES, what, patient.edit(patient.path_of(file), line))
                break


def _sso(patient: Patient, name: str) -> "Iterator[Finding]":
    values = patient.config.profile(name) or {}
    session = values.get("sso_session", "")
    found = values | ((patient.config.section("sso-session", session) or {}) if session else {})
    where = f"[sso-session {session}]" if session else f"[profile {name}]"
    line = _header(patient, "sso-session", session) if session else _header(patient, "profile", name)
    lacks = [(one, where, line) for one in SSO_NEEDS if not found.get(one)]
    own = _header(patient, "profile", name)
    lacks += [(one, f"[profile {name}]", own) for one in ("sso_account_id", "sso_role_name") if not values.get(one)]
    for setting, place, at in lacks:
        yield Finding(PROFILES, f"{name}: {place} lacks {setting}", patient.edit(patient.aws_files[0], at))


def _not_inherited(patient: Patient, name: str) -> "Iterator[Finding]":
    """mfa_serial of [default], where the profile takes its keys and is meant to take the device too."""
    default, values = patient.config.profile("default") or {}, patient.config.profile(name) or {}
    serial = default.get("mfa_serial")
    if not serial or name == "default" or "role_arn" in default or default.get("mfa_session"):
        return
    if values.get("source_profile") == "default" and "role_arn" in values and "mfa_serial" not in values:
        what = f"{name}: mfa_serial is in [default], from which no profile inherits it: {name} asks for no code"
        yield Finding(PROFILES, what, patient.aws_set(name, "mfa_serial", serial))


def _at(patient: Patient, name: str) -> str:
    """The command that opens the file at a profile's header."""
    for kind, file in (("profile", ini.CONFIG), (ini.CREDENTIALS, ini.CREDENTIALS)):
        if line := _header(patient, kind, name):
            return patient.edit(patient.path_of(file), line)
    return patient.edit(patient.aws_files[0])


def _header(patient: Patient, kind: str, name: str) -> int:
    return patient.config.line(ini.CREDENTIALS if kind == ini.CREDENTIALS else ini.CONFIG, name, "", kind)
