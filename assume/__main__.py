"""The entry by path, `python -I -S …/assume/__main__.py SCRIPT words…`: what a shell function starts.

Python compiles this file at every call and keeps the compiled form of every other file, so `fast.start` does the work.
"""

if __package__:  # python -m assume
    from assume.cli.start import main

    main()
else:
    from _frozen_importlib_external import SourceFileLoader  # what importlib has, without the import of importlib

    path = __file__[: -len("__main__.py")] + "fast/start.py"
    code = SourceFileLoader("assume.fast.start", path).get_code("assume.fast.start")
    exec(code, {"__file__": path})  # type: ignore[arg-type]  # noqa: S102
