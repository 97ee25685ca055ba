"""The table of docs/reliability.md. The tests write it when they run with their full counts (`make test-long`).

Each row is written by the test that measures its figure; the rest of the page is
not changed.
"""

import fcntl
import os
import platform
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
ROWS = {
    "crowd": "One question, one call, one identity",
    "heir": "The holder of the lock is killed with -9",
    "apart": "Profiles that share no hop do not wait for each other",
    "calls": "Killed after each system call",
    "instants": "Killed at any instant",
    "errors": "Each system call fails",
    "content": "Any content in the store",
    "faults": "Any fault of STS or of the network",
    "eval": "Nothing runs in the eval",
    "prompt": "Nothing runs in the prompt",
    "tab": "Nothing runs on TAB",
    "inputs": "Nothing hostile gets through the program",
    "secrets": "No secret in a wrong place",
}
BEGIN, END = "<!-- written by the tests -->\n", "<!-- end -->\n"
HEAD = "| promise | tried | seen |\n|---|---|---|\n"


def tell(key: str, tried: str, seen: str) -> None:
    """Replaces one row. Safe while other processes write other rows."""
    with PAGE.open("r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        before, _, rest = file.read().partition(BEGIN)
        _, _, after = rest.partition(END)
        rows = written(rest)
        rows[key] = f"| {ROWS[key]} | {tried} | {seen} |"
        table = "".join(rows[name] + "\n" for name in ROWS if name in rows)
        file.seek(0)
        file.truncate()
        file.write(f"{before}{BEGIN}{HEAD}{table}\n{machine()}\n{END}{after}")


def written(text: str) -> dict[str, str]:
    """The rows in `text`, by key."""
    keys = {promise: key for key, promise in ROWS.items()}
    lines = (line for line in text.splitlines() if line.startswith("| "))
    return {keys[promise]: line for line in lines if (promise := line.split(" | ")[0][2:]) in keys}


def machine() -> str:
    """The line that names the machine."""
    name = f"{platform.system()} on {platform.machine()}, {os.cpu_count()} cores"
    return f"Written by `make test-long`: {name}, Python {platform.python_version()}."
