"""Foreign strings and numbers as a person may see them. Pure, on the warm lane."""


def shown(text: str) -> str:
    """A foreign string for a message: what could steer a terminal stands there as an escape."""
    if text.isprintable():
        return text
    return "".join(mark if mark.isprintable() else ascii(mark)[1:-1] for mark in text)


def left(seconds: float) -> str:
    """`59m`, `3h 12m`, `40s`: how long, for people; minutes rounded up."""
    if seconds <= 0:
        return "expired"
    if seconds < 90:
        return f"{int(seconds)}s"
    minutes = int((seconds + 59) // 60)
    return f"{minutes}m" if minutes < 100 else f"{minutes // 60}h {minutes % 60:02d}m"


def account(arn: str) -> str:
    """The twelve digits in an ARN; "" for none."""
    parts = arn.split(":")
    return parts[4] if len(parts) > 5 and parts[4].isdigit() else ""


def is_production(name: str) -> bool:
    """Whether `prod` or `production` is a word of its own in a name."""
    plain = "".join(mark if mark.isascii() and mark.isalnum() else " " for mark in name.lower())
    return any(word in ("prod", "production") for word in plain.split())
