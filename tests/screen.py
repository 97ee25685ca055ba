"""A program on a terminal of a given size, and what its screen shows at the end."""

import os

import pexpect
import pyte


class Shown:
    """The screen after the program has ended: its lines without blanks at the end, its cells, the exit status."""

    def __init__(self, screen, status):
        self.screen = screen
        self.status = status
        self.lines = [line.rstrip() for line in screen.display]
        while self.lines and not self.lines[-1]:
            self.lines.pop()

    def cells(self, text):
        """The cells of `text`, in the first line that has it."""
        y = next(number for number, line in enumerate(self.screen.display) if text in line)
        x = self.screen.display[y].index(text)
        return [self.screen.buffer[y][at] for at in range(x, x + len(text))]

    def colours(self):
        """Every colour on the screen but the terminal's own."""
        cells = [cell for row in self.screen.buffer.values() for cell in row.values()]
        return {cell.fg for cell in cells} | {cell.bg for cell in cells} - {"default"}


def run(words, env, columns=80, lines=24):
    """Runs `words` on a terminal until they end."""
    env = {name: value for name, value in env.items() if name not in ("COLUMNS", "LINES")}  # pytest's workers set them
    child = pexpect.spawn(words[0], list(words[1:]), env=env, dimensions=(lines, columns), timeout=60)
    screen = pyte.Screen(columns, lines)
    stream = pyte.ByteStream(screen)
    while True:
        try:
            stream.feed(os.read(child.child_fd, 100_000))
        except OSError:  # the program has closed its end
            break
    child.close()
    return Shown(screen, child.exitstatus)
