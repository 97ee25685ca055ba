"""The picker's keys, text line and drawing, by prompt_toolkit.

In: a terminal that is raw already and shows the frame's first lines, its cursor in the first; out: the chosen name.
The import takes some 100 ms: who imports this module has drawn the frame before. What was typed since then waits in
the terminal, and prompt_toolkit reads it.
"""

import asyncio
import selectors
import signal

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.data_structures import Size
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import ANSI, to_formatted_text
from prompt_toolkit.input import create_input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import BufferControl, FormattedTextControl, HSplit, Layout, Window
from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output

from assume.errors import Interrupted, shown
from assume.terminal.frame import ROWS, Frame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TextIO

ESCAPE_S = 0.05  # an ESC that nothing follows for so long is the key
SLICE = 40  # texts that are read between two looks at the keyboard: a few milliseconds
MOVES = {"up": -1, "s-tab": -1, "c-p": -1, "down": 1, "tab": 1, "c-n": 1, "pageup": -ROWS, "c-b": -ROWS,
         "pagedown": ROWS, "c-f": ROWS}  # fmt: skip


def chosen(
    reads: "TextIO",
    writes: "TextIO",
    frame: Frame,
    size: "Callable[[], tuple[int, int]]",
    drawn_at: "tuple[int, int]",
) -> str:
    """The name that Enter takes. `size`: columns and rows of the terminal; at `drawn_at` the frame was drawn first.

    Raises Interrupted at Ctrl-C, Ctrl-D, Escape, and if the terminal is gone.
    """
    picker = _Picker(reads, _Output(writes, size, drawn_at), frame, size)
    # `select`, since the usual selector of macOS cannot wait for /dev/tty
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selectors.SelectSelector())) as runner:
        try:
            run = picker.application.run_async(picker.start, set_exception_handler=False, handle_sigint=False)
            return runner.run(run)
        except EOFError:
            raise Interrupted from None
        except OSError:
            if reads.isatty():
                raise
            raise Interrupted from None


class _Output(Vt100_Output):
    """A terminal that shows the first frame already: prompt_toolkit draws over it, so that nothing flickers."""

    def __init__(self, writes: "TextIO", size: "Callable[[], tuple[int, int]]", drawn_at: "tuple[int, int]") -> None:
        def measured() -> Size:
            columns, rows = size()
            return Size(rows, columns)

        super().__init__(writes, measured, default_color_depth=ColorDepth.DEPTH_4_BIT, enable_cpr=False)
        self.shown_at: Size | None = Size(drawn_at[1], drawn_at[0])  # None once prompt_toolkit has drawn

    def erase_down(self) -> None:
        """Called before the first drawing, too: then only if the terminal has another size than the first frame."""
        if self.shown_at:
            self.write_raw("\r")
        if self.shown_at != self.get_size():
            super().erase_down()
        self.shown_at = None


class _Line(Processor):
    """Shows the frame's first line in place of the text alone, and the cursor where it is in the text."""

    def __init__(self, picker: "_Picker") -> None:
        self.picker = picker

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        line, typed = self.picker.lines[0], self.picker.buffer.text
        least = min(len(self.picker.frame.heading), len(line))

        def displayed(at: int) -> int:
            return max(len(line) - len(shown(typed[at:])), least)

        return Transformation(to_formatted_text(line), source_to_display=displayed)


class _Picker:
    """The application: its text changes the choice, its layout shows the frame."""

    def __init__(self, reads: "TextIO", output: _Output, frame: Frame, size: "Callable[[], tuple[int, int]]") -> None:
        self.frame = frame
        self.choice = frame.choice
        self.size = size
        self.lines = [""]
        self.buffer = Buffer(document=Document(self.choice.typed), multiline=False)
        self.buffer.on_text_changed += lambda buffer: self.choice.type(buffer.text)
        text = BufferControl(self.buffer, input_processors=[_Line(self)])
        rest = FormattedTextControl(lambda: ANSI("\n".join(self.lines[1:])))
        layout = HSplit([Window(text, height=1), Window(rest, height=lambda: len(self.lines) - 1)])
        self.application: Application[str] = Application(
            Layout(layout),
            key_bindings=self.keys(),
            input=create_input(reads),
            output=output,
            include_default_pygments_style=False,
            erase_when_done=True,
            max_render_postpone_time=None,
            terminal_size_polling_interval=None,
            before_render=lambda _: self.measure(),
        )
        self.application.ttimeoutlen = ESCAPE_S

    def start(self) -> None:
        """Called in the running event loop, before the first drawing."""
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(self.failed)
        # in the loop: an exception out of a signal's handler may be lost in whatever runs at that moment
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.end, SystemExit(128 + number))
        loop.add_signal_handler(signal.SIGINT, self.end, Interrupted())
        loop.call_soon(self.search)

    def failed(self, _loop: object, context: "dict[str, Any]") -> None:
        """Ends the picker with the exception of a callback, which asyncio would only print."""
        self.end(context.get("exception"))

    def end(self, error: BaseException | None) -> None:
        """Ends the picker with `error`, if there is one and the picker has not ended."""
        future = self.application.future
        if error and future and not future.done():
            future.set_exception(error)

    def search(self) -> None:
        """Reads the texts that are to be searched; keys come first."""
        if self.application.is_done:
            return
        if self.choice.search_more(SLICE):
            asyncio.get_running_loop().call_soon(self.search)
        elif self.choice.typed:
            self.application.invalidate()

    def measure(self) -> None:
        """Takes the frame's lines for the terminal's present size."""
        self.lines, _ = self.frame.lines(*self.size())

    def keys(self) -> KeyBindings:
        """The keys that are not prompt_toolkit's own for a line of text."""
        keys = KeyBindings()
        for name, by in {**MOVES, "home": -len(self.choice.names), "end": len(self.choice.names)}.items():
            keys.add(name)(lambda _, by=by: self.choice.move(by))
        keys.add("enter")(self.take)
        for name in ("c-c", "c-d"):
            keys.add(name, eager=True)(self.leave)
        keys.add("escape", eager=True)(self.escape)
        keys.add(Keys.BracketedPaste)(lambda event: self.buffer.insert_text(" ".join(event.data.split())))
        for name in ("c-z", "c-q", "c-@"):  # prompt_toolkit would insert control characters, or mark text
            keys.add(name)(lambda _: None)
        return keys

    def take(self, event: KeyPressEvent) -> None:
        """Ends with the profile under the bar."""
        if self.choice.chosen is None:
            self.choice.search_more(len(self.choice.names) + 1)  # what was typed may be an account or a role
        if self.choice.chosen is not None:
            event.app.exit(result=self.choice.chosen)

    def leave(self, event: KeyPressEvent) -> None:
        """Ends without a profile."""
        event.app.exit(exception=Interrupted)

    def escape(self, event: KeyPressEvent) -> None:
        """Leaves at the key Esc; a key that prompt_toolkit does not know comes as ESC and the rest of its sequence."""
        waiting = event.app.key_processor.input_queue
        if not waiting or waiting[0].key not in ("[", "O"):
            self.leave(event)
            return
        waiting.popleft()
        while waiting and not "@" <= waiting.popleft().data <= "~":
            pass
