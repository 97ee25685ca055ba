"""The entry by path, `python -I -S …/assume/__main__.py SCRIPT words…`: what a shell function starts.

Read and compiled at every call, so it is short. See `fast`.
"""

import sys

if __package__:  # python -m assume
    from assume.cli.start import main

    main()
else:
    package = type(sys)("assume")  # only this package's own folder is searched for it, and nothing of the user's
    package.__path__ = [__file__.replace("\\", "/").rpartition("/")[0]]
    sys.modules["assume"] = package
    from assume.fast import answer

    answer(sys.argv[1], sys.argv[2:])
