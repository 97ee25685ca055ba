"""`init`: the code that a shell evaluates to get the function, the hook, the segment, the completion.

In: a shell's name; out: the text to print. The fast lane takes assume.shells by
itself; this is for the command line that asks for help, or is wrong.
"""

from assume import shells


def init(name: str, *, prompt: bool = False, undo: bool = False) -> str:
    """The text for one shell; with `undo` what removes all of it from a shell that has loaded it."""
    return shells.undo_text(name) if undo else shells.init_text(name, prompt)
