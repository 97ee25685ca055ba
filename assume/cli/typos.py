"""Wrong command lines: the verb, the option or the line that was meant.

In: the words that a user typed; out: a UsageError, or an error with a better cure. Two
tables have the words of other tools (awsume, Granted, aws-vault, the AWS CLI); the rest is
found by likeness. Nothing is ever run in place of what was typed.
"""

from difflib import get_close_matches

from assume import arguments, verbs
from assume.errors import NoSuchProfile, UsageError
from assume.fast import complete

OPTIONS = {
    # what other tools call it: our words for it
    "-r": "--region REGION",
    "-d": "--duration TIME",
    "-f": "--format FORMAT",
    "-y": "--yes",
    "-p": "assume PROFILE",
    "--profile": "assume PROFILE",
    "--source-profile": "assume PROFILE --role-arn ARN",
    "--role": "--role-arn ARN",
    "--mfa-token": "--mfa-code CODE",
    "--mfa": "--mfa-code CODE",
    "--role-duration": "--duration TIME",
    "--session-policy": "--policy FILE",
    "--force-refresh": "--refresh",
    "--json": "assume list --json",
    "-l": "assume list",
    "--list": "assume list",
    "--list-profiles": "assume list",
    "-s": "assume status",
    "--status": "assume status",
    "-c": "assume console PROFILE",
    "--console": "assume console PROFILE",
    "--clear": "assume clear PROFILE",
    "-u": "assume off",
    "-k": "assume off",
    "--off": "assume off",
    "--unset": "assume off",
    "--un": "assume off",
    "-e": "assume exec PROFILE -- COMMAND",
    "-x": "assume exec PROFILE -- COMMAND",
    "--exec": "assume exec PROFILE -- COMMAND",
    "-v": "assume --version",
    "-V": "assume --version",
    "-?": "assume --help",
}
COMMANDS = {
    "help": "assume --help",
    "version": "assume --version",
    "unset": "assume off",
    "exit": "assume off",
    "signin": "assume login PROFILE",
    "signout": "assume logout",
    "deactivate": "assume off",
    "ls": "assume list",
    "profiles": "assume list",
    "whoami": "assume status",
    "who": "assume status",
    "refresh": "assume PROFILE --refresh",
    "run": "assume exec PROFILE -- COMMAND",
    "shell": "assume exec PROFILE -- COMMAND",
    "env": "assume export PROFILE --format FORMAT",
    "print": "assume export PROFILE --format FORMAT",
    "forget": "assume clear PROFILE",
    "open": "assume console PROFILE",
    "web": "assume console PROFILE",
    "foreach": "assume each PATTERN -- COMMAND",
    "all": "assume each PATTERN -- COMMAND",
    "why": "assume explain PROFILE --check",
    "check": "assume explain PROFILE --check",
    "diagnose": "assume doctor",
    "policies": "assume policy PROFILE",
    "configure": "aws configure",
    "sso": "assume login",
}

LIKE = 0.7  # how alike two words are to be taken for a typing error: 1 is equal


def command_for(word: str) -> str:
    """The command line that `word` may stand for; "" if it is like no command."""
    if word in COMMANDS:
        return COMMANDS[word]
    close = get_close_matches(word.casefold(), verbs.SHOWN, n=1, cutoff=LIKE)
    return verbs.VERBS[close[0]].line if close else ""


def unknown_option(word: str, verb: str) -> UsageError:
    """The error for an option that `verb` does not have."""
    name = word.partition("=")[0]
    what = f"No such option: {name}"
    if name in OPTIONS and verb in verbs.QUICK:
        return UsageError(what, f"did you mean: {OPTIONS[name]}?")
    close = get_close_matches(name, complete.OPTIONS.get(verb, ()), n=1, cutoff=LIKE) if len(name) > 3 else []
    return UsageError(what, f"did you mean: {close[0]}?" if close else help_of(verb))


def wrong_line(words: list[str], verb: str) -> UsageError:
    """The reason why assume/arguments.py could not read `words`, which follow `verb`."""
    options = arguments.Options()
    waiting = list(words)
    named: list[str] = []
    while waiting:
        word = waiting.pop(0)
        if word == "--":
            named += waiting
            break
        if len(word) < 2 or word[0] != "-":
            named.append(word)
            if verb == "exec" and (len(named) > 1 or options.credential_source):
                break
            continue
        value = word.partition("=")[2] or "".join(waiting[:1])
        if arguments.take(options, word, waiting, verb):
            continue
        name = word.partition("=")[0]
        kind = arguments.OPTIONS.get(name, ("", None))[1]
        if kind is None or isinstance(kind, bool) or not arguments.is_of(name, verb):
            named += [other for other in waiting if other[:1] != "-"]
            return _misspelt(named, words, verb, name) or unknown_option(word, verb)
        if kind == arguments.SECONDS and value:
            return UsageError(f"{name}: {value} is not a duration", "for example 3600, 45m or 2h")
        return UsageError(f"Option '{name}' requires an argument", help_of(verb))
    return _too_many(named, words, verb)


def _misspelt(named: list[str], words: list[str], verb: str, option: str = "") -> UsageError | None:
    """The error if the first of `named` was meant as a command; None if it is like none.

    A single name is a profile, unless `option`, which no profile takes, is one of the command's.
    """
    if verb != "use" or not named:
        return None
    first = named[0]
    if len(named) < 2:
        close = get_close_matches(first.casefold(), verbs.SHOWN, n=1, cutoff=LIKE)
        if not close or option not in complete.OPTIONS.get(close[0], ()):
            return None
    elif first in COMMANDS:
        return UsageError(f"{first}: no such command", f"did you mean: {COMMANDS[first]}?")
    close = get_close_matches(first.casefold(), verbs.SHOWN, n=1, cutoff=LIKE)
    if not close:
        return None
    at = words.index(first)
    line = " ".join(["assume", *words[:at], close[0], *words[at + 1 :]])
    return UsageError(f"{first}: no such command", f"did you mean: {line}?")


def _too_many(named: list[str], words: list[str], verb: str) -> UsageError:
    """The error for more than one profile, or for a command that does not exist, with words behind it."""
    if (error := _misspelt(named, words, verb)) is not None:
        return error
    if verb != "use" or len(named) < 2:
        return UsageError("more than one profile", (f"the line is: {verbs.VERBS[verb].line}", help_of(verb)))
    first, *rest = named
    return UsageError(
        f"{' '.join(named)}: more than one profile, or a command that does not exist",
        (
            f"one profile: assume {first}",
            f"to run a command with its role: assume exec {first} -- {' '.join(rest)}",
            "`assume --help` shows the commands",
        ),
    )


def is_like_a_command(name: str) -> bool:
    """Whether `better` has a cure for `name`, if it is not a profile."""
    return bool(command_for(name)) or _is_role(name)


def _is_role(name: str) -> bool:
    return name.startswith("arn:") and ":role/" in name


def better(error: NoSuchProfile, verb: str) -> NoSuchProfile:
    """`error` with the command, or the option, that its name may stand for."""
    name = error.profile
    if _is_role(name):
        line = f"assume {'' if verb == 'use' else verb + ' '}PROFILE --role-arn {name}"
        error.cures = (f"for a role without a profile: {line}", "PROFILE is the one whose keys may take the role")
    elif verb == "use" and (line := command_for(name)):
        error.cures = (f"did you mean the command: {line}?", *error.cures)
    return error


def help_of(verb: str) -> str:
    """The cure that always fits."""
    return f"`assume {verb} --help` shows what there is"
