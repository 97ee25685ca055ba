"""Prepares a bare interpreter for the fast lanes, and answers: `assume/__main__.py` runs this file.

In: `sys.argv`, the console script and the words after `assume`. Does not return.

The packages of the fast lanes are made by hand: no `__init__.py` is read, and no folder is listed.
The usual search lists each folder that it enters, which costs 2 % of a bare start.
"""

import sys
from _frozen_importlib import ModuleSpec  # these two are importlib's own, without the import of importlib
from _frozen_importlib_external import SourceFileLoader

PACKAGES = ("", ".fast", ".profiles", ".shells", ".store", ".terminal")


class Folder:
    """Finds the modules of one folder of ours: each is a file of its name."""

    def __init__(self, path: str) -> None:
        self.path = path

    def find_spec(self, name: str, _target: object = None) -> ModuleSpec:
        """What the import of the module `name` needs to know."""
        file = f"{self.path}/{name.rpartition('.')[2]}.py"
        spec = ModuleSpec(name, SourceFileLoader(name, file), origin=file)
        spec.has_location = True
        return spec


def prepare(folder: str) -> None:
    """Makes the packages of the fast lanes; `folder` is the one of `assume`."""
    for name in PACKAGES:
        package = type(sys)("assume" + name)
        path = folder + name.replace(".", "/")
        package.__path__ = [path]
        sys.path_importer_cache[path] = Folder(path)
        sys.modules["assume" + name] = package


prepare(__file__.replace("\\", "/").rpartition("/fast/")[0])

from assume.fast.entry import answer  # noqa: E402  it has to be prepared first

answer(sys.argv[1], sys.argv[2:])
