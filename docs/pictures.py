"""Draws the pictures of the README and of docs, with the demo's AWS. `python docs/pictures.py [SHELL|SCENE…]`.

Out: docs/img/SHELL.svg, a session in each shell; docs/img/SCENE.svg, one command in bash.
The drivers of the tests type into a real shell, and the screen of a terminal emulator is
drawn cell by cell. Nothing in a picture is written by hand. A shell that is not installed
is left out, with a message.
"""

import importlib
import sys
import tempfile
import time
from html import escape
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from assume.demo import config  # noqa: E402
from assume.shells import init, table  # noqa: E402
from assume.simulator.sts import serve  # noqa: E402

DRIVERS = {"bash": "Bash", "zsh": "Zsh", "fish": "Fish", "powershell": "PowerShell"}
TITLE = "assume in {}: a switch, one with MFA, a profile that another tool sets, and back"
COLUMNS, ROWS = 92, 30
CELL_X, CELL_Y, MARGIN = 8.4, 19, 16
PAPER, INK = "#1c2128", "#d0d7de"
COLOURS = {
    "black": "#545d68",
    "red": "#ff7b72",
    "green": "#7ee787",
    "brown": "#e3b341",
    "blue": "#79c0ff",
    "magenta": "#d2a8ff",
    "cyan": "#76e3ea",
    "white": "#f0f6fc",
}
SET_PROFILE = {"fish": "set -gx AWS_PROFILE user1", "powershell": "$env:AWS_PROFILE = 'user1'"}


def play(shell, world, name):
    """Types the session: a switch, the identity, a switch with MFA, a profile that another tool sets, and back."""
    shell.run("assume marketingadmin")
    shell.run("aws sts get-caller-identity --query Arn --output text", 60)
    shell.send("assume role-with-mfa\r")
    shell.wait("cli-user): ")
    shell.send(world.code(config.CLI_USER_MFA, time.time()) + "\r")
    shell.prompt()
    shell.run(SET_PROFILE.get(name, "export AWS_PROFILE=user1"))
    shell.run("assume -")
    shell.run("assume status")
    shell.run("assume off")
    shell.drain()


def pick(shell, world, _):
    """The picker, with a few letters typed; roles are cached, and two of them were used lately."""
    _take_some(shell, world)
    shell.send("assume\r")
    count = len(config.ROLE_PROFILES) + len(config.KEYS)
    shell.wait(f"{count} of {count} ")
    shell.send("role 12")
    shell.settle(lambda rows: any("role 12" in row for row in rows) and not any(f"{count} of" in row for row in rows))


def table_of_profiles(shell, world, _):
    """The table of `assume list`."""
    _take_some(shell, world)
    shell.run("assume list")


def explained(shell, _, __):
    """Why AWS refuses a role, and what to change."""
    shell.run("assume explain landing --duration 2h --check", 60)


def wrong(shell, _, __):
    """Three errors: a name that is misspelt, an option that there is not, a role that AWS refuses."""
    shell.run("assume marketingadmn")
    shell.run("assume hub --durations 2h")
    shell.run("assume landing --duration 2h", 60)


def _take_some(shell, world):
    """Two roles, so that something is cached; then a clear screen."""
    shell.send("assume role-with-mfa\r")
    shell.wait("cli-user): ")
    shell.send(world.code(config.CLI_USER_MFA, time.time()) + "\r")
    shell.prompt()
    shell.run("assume marketingadmin")
    shell.run("clear")
    shell.drain()


SCENES = {
    # name: what is typed, the title, the columns of the terminal
    "picker": (pick, "assume: the picker, filtered by the words that were typed", COLUMNS),
    "list": (table_of_profiles, "assume list: how each profile gets credentials, and what is cached", 112),
    "explain": (explained, "assume explain --check: the hop that AWS refuses, the cause, what to change", 112),
    "error": (wrong, "three errors of assume, each with the line that helps", 112),
}


def session(name, play, columns):
    """The screen after `play` in one shell; None if that shell is not installed."""
    driver = getattr(importlib.import_module(f"tests.shells.{name}"), DRIVERS[name])
    if reason := driver.absent():
        print(f"{name}: {reason}", file=sys.stderr)
        return None
    world = config.world()
    with tempfile.TemporaryDirectory() as folder, serve(world, time.time) as sts:
        home = Path(folder)
        files = config.build(home, sts.url, world, time.time())
        file = home / table.SHELLS[name].init_file
        file.write_text(init.init_text(name, prompt=True, script=f"{sys.prefix}/bin/assume"))
        environment = {
            **files.environment,
            "USER": "alice",
            "LOGNAME": "alice",
            "PATH": f"{sys.prefix}/bin:/usr/local/bin:/usr/bin:/bin",
        }
        rc = table.SHELLS[name].load.format(file)
        if name == "fish":  # fish reads the user's name from the system
            rc = f"set -gx USER alice\n{rc}"
        shell = driver.spawn(home, environment, rc=rc, columns=columns, lines=ROWS)
        try:
            play(shell, world, name)
            return shell.screen
        finally:
            shell.close()


def colour(cell):
    """The colours (ink, paper) of a cell, as CSS."""
    ink, paper = (
        COLOURS.get(name.removeprefix("bright"), f"#{name}" if len(name) == 6 and name != "default" else None)
        for name in (cell.fg, cell.bg)
    )
    ink, paper = ink or INK, paper or PAPER
    return (paper, ink) if cell.reverse else (ink, paper)


def drawn(screen, title):
    """A screen of a terminal emulator as SVG, without the empty rows at its end."""
    lines = [[screen.buffer[y][x] for x in range(screen.columns)] for y in range(screen.lines)]
    while lines and not "".join(cell.data for cell in lines[-1]).strip():
        lines.pop()
    width, height = round(screen.columns * CELL_X + 2 * MARGIN), len(lines) * CELL_Y + 2 * MARGIN
    marks = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="100%" height="100%" rx="8" fill="{PAPER}"/>',
        '<g font-family="ui-monospace, Menlo, Consolas, monospace" font-size="14">',
    ]
    for y, line in enumerate(lines):
        for (ink, paper, bold), run in groupby(enumerate(line), key=lambda at: (*colour(at[1]), at[1].bold)):
            marks += _run(list(run), y, ink, paper, bold)
    return "\n".join([*marks, "</g>", "</svg>", ""])


def _run(cells, y, ink, paper, bold):
    """The SVG of neighbouring cells of row `y` that look the same."""
    text = "".join(cell.data for _, cell in cells)
    if not text.strip() and paper == PAPER:
        return
    x, top, length = MARGIN + cells[0][0] * CELL_X, MARGIN + y * CELL_Y, len(cells) * CELL_X
    if paper != PAPER:
        size = f'width="{length:.1f}" height="{CELL_Y}"'
        yield f'<rect x="{x:.1f}" y="{top}" {size} fill="{paper}" shape-rendering="crispEdges"/>'  # or seams show
    text = text.rstrip() if paper == PAPER else text
    text = text.replace(" ", "\N{NO-BREAK SPACE}")  # browsers leave out plain blanks, and stretch the rest
    weight = ' font-weight="bold"' if bold else ""
    length = f'textLength="{len(text) * CELL_X:.1f}" lengthAdjust="spacingAndGlyphs"'
    yield f'<text x="{x:.1f}" y="{top + 14}" fill="{ink}"{weight} {length}>{escape(text)}</text>'


def main(names):
    """Draws one picture per shell, and one per scene."""
    folder = ROOT / "docs" / "img"
    folder.mkdir(exist_ok=True)
    for name in names or [*DRIVERS, *SCENES]:
        typed, title, columns = SCENES.get(name, (play, TITLE.format(name), COLUMNS))
        if screen := session(name if name in DRIVERS else "bash", typed, columns):
            path = folder / f"{name}.svg"
            path.write_text(drawn(screen, title))
            print(path.relative_to(ROOT))


if __name__ == "__main__":
    main(sys.argv[1:])
