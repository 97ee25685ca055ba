"""The entry by path, `python -I -S …/assume/__main__.py SCRIPT words…`: what a shell function starts.

It is read and compiled at every call, so it is short. See `fast.entry`.
"""

import sys

if __package__:  # python -m assume
    from assume.cli.start import main

    main()
else:
    # packages made by hand: no `__init__.py` is read, and only the folder of this package is searched
    folder = __file__.replace("\\", "/").rpartition("/")[0]
    for name in ("assume", "assume.fast", "assume.shells", "assume.store", "assume.terminal"):
        package = type(sys)(name)
        package.__path__ = [folder + name[6:].replace(".", "/")]
        sys.modules[name] = package
    from assume.fast.entry import answer

    answer(sys.argv[1], sys.argv[2:])
