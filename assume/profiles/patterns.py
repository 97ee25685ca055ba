"""The profiles that the words of a command line mean: a part of a name, a pattern, or an account's number. Pure.

    prod               every profile with `prod` in its name; upper and lower case are the same
    'team-*'           a pattern for the whole name: * any characters, ? one, [abc] one of these
    123456789012       every profile whose own role, SSO account or keys are of this account

Several words mean all profiles that any of them means.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from assume.profiles.config import Config

ACCOUNT_DIGITS = 12
MARKS = "*?["


def matching(config: "Config", words: "Iterable[str]") -> "list[str]":
    """The profiles that `words` mean, each once, in the order of the files; all of them without words."""
    names = config.names()
    if not (tests := [_test(config, word) for word in words]):
        return names
    return [name for name in names if any(test(name) for test in tests)]


def account(config: "Config", name: str) -> str:
    """The account that the profile's own settings name; "" if they name none, or cannot be read."""
    from assume.errors import AssumeError

    try:
        values = config.profile(name) or {}
    except AssumeError:
        return ""
    parts = values.get("role_arn", "").split(":")
    if len(parts) > 5:
        return parts[4]
    return values.get("sso_account_id", "").strip() or values.get("aws_account_id", "").strip()


def _test(config: "Config", word: str) -> "Callable[[str], bool]":
    """A function that tells whether a name is meant by `word`."""
    if len(word) == ACCOUNT_DIGITS and word.isascii() and word.isdigit():
        named = set(config.naming(word))  # their sections hold the number; only these are parsed
        return lambda name: word in name or (name in named and account(config, name) == word)
    folded = word.casefold()
    if not any(mark in word for mark in MARKS):
        return lambda name: folded in name.casefold()
    import re
    from fnmatch import translate

    matches = re.compile(translate(folded)).match
    return lambda name: name == word or matches(name.casefold()) is not None
