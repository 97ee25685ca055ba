"""The limits of STS's model: the parameters of each action, their lengths, their characters.

In: the name of an action and its parameters. Out: a sentence for every limit
that is broken, in the words of STS.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

WORDS = r"[\w+=,.@-]*"
FAILED = "failed to satisfy constraint: Member must"
TAG_SIGNS = "_.:/=+-@"
TAG_PATTERN = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]"


@dataclass(frozen=True, slots=True)
class Rule:
    """The limits of one parameter's length, or of its value if it is a number."""

    least: int
    most: int
    pattern: str | None = None
    number: bool = False


ROLE_SECONDS = Rule(900, 43200, number=True)
SESSION_SECONDS = Rule(900, 129600, number=True)
ARN = Rule(20, 2048)
NAME = Rule(2, 64, WORDS)
SERIAL = Rule(9, 256, r"[\w+=/:,.@-]*")
CODE = Rule(6, 6, r"[\d]*")
POLICY = Rule(1, 2048, r"[\u0009\u000A\u000D\u0020-\u00FF]+")
TOKEN_SIZE = Rule(0, 4096, number=True)

RULES: dict[str, dict[str, Rule]] = {
    "AssumeRole": {
        "RoleArn": ARN,
        "RoleSessionName": NAME,
        "Policy": POLICY,
        "DurationSeconds": ROLE_SECONDS,
        "ExternalId": Rule(2, 1224, r"[\w+=,.@:\/-]*"),
        "SerialNumber": SERIAL,
        "TokenCode": CODE,
        "SourceIdentity": Rule(2, 256, WORDS),
        "MinimumSessionTokenSize": TOKEN_SIZE,
    },
    "AssumeRoleWithWebIdentity": {
        "RoleArn": ARN,
        "RoleSessionName": NAME,
        "WebIdentityToken": Rule(4, 20000),
        "Policy": POLICY,
        "DurationSeconds": ROLE_SECONDS,
        "MinimumSessionTokenSize": TOKEN_SIZE,
    },
    "GetSessionToken": {
        "DurationSeconds": SESSION_SECONDS,
        "SerialNumber": SERIAL,
        "TokenCode": CODE,
        "MinimumSessionTokenSize": TOKEN_SIZE,
    },
    "GetCallerIdentity": {},
    "GetAccessKeyInfo": {"AccessKeyId": Rule(16, 128, r"[\w]*")},
}
REQUIRED = {
    "AssumeRole": ("RoleArn", "RoleSessionName"),
    "AssumeRoleWithWebIdentity": ("RoleArn", "RoleSessionName", "WebIdentityToken"),
    "GetAccessKeyInfo": ("AccessKeyId",),
}
# by action: its list parameters, and the fields of their members
LISTS: dict[str, dict[str, tuple[str, ...]]] = {
    "AssumeRole": {"PolicyArns": ("arn",), "Tags": ("Key", "Value"), "TransitiveTagKeys": ("",)},
    "AssumeRoleWithWebIdentity": {"PolicyArns": ("arn",)},
}
LONGEST = {"PolicyArns": 10, "Tags": 50, "TagValues": 50, "TransitiveTagKeys": 50}
MEMBER_RULES = {
    "PolicyArns": ARN,
    "Tags": Rule(1, 128),
    "TagValues": Rule(0, 256),
    "TransitiveTagKeys": Rule(1, 128),
}


def faults(action: str, single: dict[str, str]) -> Iterator[str]:
    """The broken limits of the parameters that are not lists, a sentence each."""
    for name in REQUIRED.get(action, ()):
        if name not in single:
            yield f"Value null at '{_lower(name)}' {FAILED} not be null"
    for name, value in single.items():
        rule = RULES[action][name]
        yield from (number_faults if rule.number else text_faults)(_lower(name), value, rule)


def number_faults(name: str, value: str, rule: Rule) -> Iterator[str]:
    """The broken limits of a number."""
    if not re.fullmatch(r"-?\d{1,9}", value, re.ASCII):
        yield f"Value '{value}' at '{name}' {FAILED} be a number"
    elif int(value) < rule.least:
        yield f"Value '{value}' at '{name}' {FAILED} have value greater than or equal to {rule.least}"
    elif int(value) > rule.most:
        yield f"Value '{value}' at '{name}' {FAILED} have value less than or equal to {rule.most}"


def text_faults(name: str, value: str, rule: Rule) -> Iterator[str]:
    """The broken limits of a text."""
    here = f"Value '{value}' at '{name}' {FAILED}"
    if rule.pattern and not re.fullmatch(rule.pattern, value, re.ASCII):
        yield f"{here} satisfy regular expression pattern: {rule.pattern}"
    if len(value) < rule.least:
        yield f"{here} have length greater than or equal to {rule.least}"
    if len(value) > rule.most:
        yield f"{here} have length less than or equal to {rule.most}"


def list_faults(name: str, values: list[str]) -> Iterator[str]:
    """The broken limits of a list of policy ARNs, tag keys or tag values."""
    if len(values) > LONGEST[name]:
        yield (
            f"Value '[{', '.join(values)}]' at '{_lower(name)}' {FAILED} have length less than "
            f"or equal to {LONGEST[name]}"
        )
    for number, value in enumerate(values, 1):
        where = f"{_lower(name)}.{number}.member"
        yield from text_faults(where, value, MEMBER_RULES[name])
        if name != "PolicyArns" and not _is_tag_text(value):
            sign = "*" if name == "TagValues" else "+"
            yield (f"Value '{value}' at '{where}' {FAILED} satisfy regular expression pattern: {TAG_PATTERN}{sign}")


def _is_tag_text(text: str) -> bool:
    return all(unicodedata.category(sign)[0] in "LZN" or sign in TAG_SIGNS for sign in text)


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]
