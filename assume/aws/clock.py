"""How far the clock of this machine is from that of AWS, as a reply tells it in its `date` header."""

import time

SKEW_S = 300  # AWS accepts signatures that are up to 15 minutes off


def skew(date: str) -> str:
    """`2 h ahead of`, or "" if this clock is near enough to the one in the reply, or the reply has none."""
    from email.utils import parsedate_to_datetime

    try:
        off_s = time.time() - parsedate_to_datetime(date).timestamp()
    except (TypeError, ValueError):
        return ""
    if abs(off_s) < SKEW_S:
        return ""
    size = f"{abs(off_s) / 3600:.0f} h" if abs(off_s) > 5400 else f"{abs(off_s) / 60:.0f} min"
    return f"{size} {'ahead of' if off_s > 0 else 'behind'}"
