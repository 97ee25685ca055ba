"""The entry: a fast lane if it can, else the command line. The only file that knows there are lanes.

Two ways in. The shell function runs this file by its path, `python -I -S
.../assume/__main__.py SCRIPT words…`: no site-packages, nothing of the current
directory. What cannot be answered there goes to SCRIPT, the console script, by
`execv`: it knows how this package was installed. The console script calls
`main()`, in a full interpreter.
"""

import sys


def main() -> None:
    """The console script."""
    from assume.cli.start import start

    sys.exit(start(sys.argv[1:]))


def _by_path() -> None:
    package = type(sys)("assume")  # so that nothing but this package's own folder is searched for it
    package.__path__ = [__file__.replace("\\", "/").rpartition("/")[0]]
    sys.modules["assume"] = package
    script, words = sys.argv[1], sys.argv[2:]
    from assume.fast import answer

    answer(script, words)


if __name__ == "__main__":
    _by_path()
