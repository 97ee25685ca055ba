"""What `each` shows: who is meant, lines behind labels or files or JSON, and the table at the end."""

import hashlib
import json
import os
import threading
from contextlib import contextmanager
from urllib.parse import quote

from assume.errors import AssumeError, shown
from assume.services.children import Sink
from assume.services.outcome import FAILED, INTERRUPTED, NOT_RUN, OK, REFUSED, Outcome
from assume.services.targets import Target
from assume.terminal import show
from assume.terminal.labels import Labels

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import IO

CAPTURED_MOST = 1 << 20  # bytes of each stream of a command in JSON; --output keeps all of it
NAME_LONGEST = 120  # characters of a file's name before its ending
NEEDED = {"role": 70, "account": 46}  # columns of a terminal: a narrower one has no room for these
STYLES = {OK: "green", FAILED: "red", REFUSED: "red", INTERRUPTED: "yellow", NOT_RUN: "yellow"}


def listed(meant: "Sequence[Target]", as_json: bool) -> int:
    """`--dry-run`: the profiles that are meant. Returns the exit status: 1 if one of them cannot be used."""
    if as_json:
        rows = [_fields(target) | {"error": target.error.what if target.error else ""} for target in meant]
        written = show.write(1, (json.dumps(rows, indent=2) + "\n").encode())
    else:
        cells = [[*_named(target), _remark(target)] for target in meant]
        written = _table(1, ["profile", "account", "role", ""], cells, {})
        show.say(f"assume: {len(meant)} profile{'s' * (len(meant) != 1)}; nothing was run")
    return 0 if written and not any(target.error for target in meant) else 1


def output(meant: "Sequence[Target]", have: dict[str, str], folder: str, as_json: bool) -> "Shown":
    """Where the commands write. Raises AssumeError if `folder`, of --output, cannot be used."""
    if folder:
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            if not os.access(folder, os.W_OK | os.X_OK):
                raise PermissionError(13, "Permission denied")
        except OSError as error:
            raise AssumeError(f"--output {folder}: {error.strerror}", "name a folder that you can write to") from None
    return Shown(meant, have, folder, as_json)


class Shown:
    """The output of one run: behind labels, into the files of `folder` if that is not "", or as JSON."""

    def __init__(self, meant: "Sequence[Target]", have: dict[str, str], folder: str, as_json: bool) -> None:
        colours = {target.name: target.chain.colour if target.chain else "" for target in meant}
        self.labels = Labels([target.name for target in meant], colours, have)
        self.folder = folder
        self.as_json = as_json
        self.files: dict[str, list[IO[bytes]]] = {}
        self.captured: dict[str, tuple[bytearray, bytearray]] = {}
        self.count = 0  # of the objects that were printed
        self._is_closed = False
        self.names = _file_names([target.name for target in meant]) if folder else {}
        self.lock = threading.Lock()

    def sinks(self, target: Target) -> "tuple[Sink | IO[bytes], Sink | IO[bytes]]":
        """Standard output and standard error for the command of a target."""
        name = target.name
        if self.folder:
            made = [self._file(name, ending) for ending in ("out", "err")]
            with self.lock:
                self.files[name] = made
            return made[0], made[1]
        if self.as_json:
            kept = (bytearray(), bytearray())
            with self.lock:
                self.captured[name] = kept
            return _capped(kept[0]), _capped(kept[1])
        return self._labelled(1, name), self._labelled(2, name)

    def done(self, outcome: Outcome) -> None:
        """A target has come to its end: its message, its object, its files."""
        name = outcome.target.name
        for file in self.files.pop(name, ()):
            file.close()
        if self.as_json:
            start = "," if self.count else "[\n"
            self.count += 1
            self._write(f"{start}{json.dumps(self._object(outcome), ensure_ascii=False)}\n")
        if outcome.error is not None:
            self.labels.say(str(outcome.error))

    @property
    def is_broken(self) -> bool:
        """Whether standard output was closed by whoever read it."""
        return self._is_closed or self.labels.is_broken

    def progress(self, text: str) -> None:
        """One line about the whole; "" for none."""
        self.labels.progress(text)

    @contextmanager
    def undisturbed(self) -> "Iterator[None]":
        """Holds back what the commands write, while a question is asked."""
        with self.labels.lock:
            self.labels.clear()
            yield

    def end(self, outcomes: "Sequence[Outcome]", took_s: float) -> None:
        """The table of all outcomes, and how many there were of each kind."""
        if self.as_json:
            self._write("]\n" if self.count else "[]\n")
        elif not self.is_broken:
            cells = [[*_named(one.target), _result(one), _seconds(one)] for one in outcomes]
            styles = {number: STYLES[one.state] for number, one in enumerate(outcomes)}
            _table(2, ["profile", "account", "role", "result", "time"], cells, styles)
        states = [one.state for one in outcomes]
        parts = [f"{states.count(OK)} of {len(states)} ok"]
        failed = states.count(FAILED) + states.count(REFUSED)
        others = ((failed, "failed"), (states.count(INTERRUPTED), INTERRUPTED), (states.count(NOT_RUN), NOT_RUN))
        parts += [f"{count} {word}" for count, word in others if count]
        show.say(f"assume: {', '.join(parts)}, in {took_s:.1f} s")

    def _labelled(self, handle: int, name: str) -> Sink:
        return lambda content: self.labels.write(handle, name, content)

    def _file(self, name: str, ending: str) -> "IO[bytes]":
        path = os.path.join(self.folder, f"{self.names[name]}.{ending}")
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        try:
            return os.fdopen(os.open(path, flags, 0o600), "wb")
        except OSError as error:
            raise AssumeError(f"{path} cannot be written: {error.strerror}", "", name) from None

    def _object(self, outcome: Outcome) -> dict[str, object]:
        target, error = outcome.target, outcome.error
        fields: dict[str, object] = {**_fields(target), "result": outcome.state, "status": outcome.status}
        fields |= {"seconds": round(outcome.seconds, 3), "error": error.what if error else ""}
        out, err = self.captured.pop(target.name, (bytearray(), bytearray()))
        if self.folder:
            ran = outcome.status is not None
            path = os.path.join(self.folder, self.names[target.name])
            return fields | {"stdout": f"{path}.out" if ran else "", "stderr": f"{path}.err" if ran else ""}
        is_cut = max(len(out), len(err)) > CAPTURED_MOST
        texts = [bytes(part[:CAPTURED_MOST]).decode("utf-8", "replace") for part in (out, err)]
        return fields | {"stdout": texts[0], "stderr": texts[1], "truncated": is_cut}

    def _write(self, text: str) -> None:
        with self.labels.lock:
            self.labels.clear()
            if not show.write(1, text.encode("utf-8", "replace")):
                self._is_closed = True


def _capped(kept: bytearray) -> Sink:
    """A sink that keeps a byte more than the limit, to tell that there was more."""

    def keep(content: bytes) -> None:
        kept.extend(content[: max(CAPTURED_MOST + 1 - len(kept), 0)])

    return keep


def _file_names(names: "Sequence[str]") -> dict[str, str]:
    """A file name for each profile: no folder, no hidden file, and no two that differ by case alone."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        safe = quote(name, safe=" @+=,()").replace(".", "%2E", 1) if name[:1] == "." else quote(name, safe=" @+=,()")
        if len(safe) > NAME_LONGEST or safe.casefold() in taken:
            digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:12]
            safe = f"{safe[: NAME_LONGEST - 13]}-{digest}"
        taken.add(safe.casefold())
        found[name] = safe
    return found


def _fields(target: Target) -> dict[str, object]:
    return {"profile": target.name, "account": target.account, "role": target.role}


def _named(target: Target) -> list[str]:
    mark = " PROD" if show.is_production(target.name) else ""
    return [target.name + mark, target.account, target.role]


def _remark(target: Target) -> str:
    return target.error.what if target.error else "guarded" if target.chain and target.chain.confirm else ""


def _result(outcome: Outcome) -> str:
    if outcome.state != FAILED or outcome.status is None:
        return outcome.state
    return f"exit {outcome.status}" if outcome.status >= 0 else f"signal {-outcome.status}"


def _seconds(outcome: Outcome) -> str:
    return f"{outcome.seconds:.1f} s" if outcome.status is not None else ""


def _table(handle: int, heads: list[str], rows: list[list[str]], styles: dict[int, str]) -> bool:
    """Writes a table: by Rich to a terminal, as wide as it is; else in columns, for programs. False if that failed."""
    if show.is_terminal(handle):
        from rich.table import Table
        from rich.text import Text

        from assume.cli.consoles import console as console_of

        console = console_of(handle)
        left_out = {head for head, least in NEEDED.items() if console.width < least}
        kept = [column for column, head in enumerate(heads) if head not in left_out]
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in kept:
            table.add_column(heads[column], overflow="fold", no_wrap=heads[column] in ("account", "result", "time"))
        for number, row in enumerate(rows):
            cells = [Text(shown(cell)) for cell in row]
            cells[0].stylize("bold red" if row[0].endswith(" PROD") else "")
            cells[3].stylize(styles.get(number, "yellow"))
            table.add_row(*(cells[column] for column in kept))
        console.print(table)
        return True
    texts = [heads, *([shown(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in texts) for column in range(len(heads))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in texts)
    return show.write(handle, "".join(line + "\n" for line in lines).encode("utf-8", "replace"))
