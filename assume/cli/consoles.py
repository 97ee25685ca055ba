"""Rich's console for a stream of ours: colours only where the terminal shows them."""

import os
import sys

from rich.console import Console

from assume.terminal import show


def console(handle: int = 1, *, wraps: bool = True, plain: bool = False) -> Console:
    """The console of stdout (1) or stderr (2).

    `wraps`: long lines are broken to the width of the terminal. `plain`: no colours in any case. Rich takes a missing
    TERM for a terminal with colours.
    """
    is_dumb = sys.platform != "win32" and show.is_dumb(os.environ.get("TERM", ""))
    return Console(
        stderr=handle == 2,
        soft_wrap=not wraps,
        highlight=False,
        markup=False,
        emoji=False,
        color_system=None if is_dumb or plain else "auto",
    )
