"""A spreadsheet on PostgreSQL, as one executable. This package only finds it."""

from __future__ import annotations

import os
import sysconfig
from collections.abc import Iterator

__all__ = ["find_bin"]


def find_bin() -> str:
    """Return the path of the executable that was installed with this package.

    Raises:
        FileNotFoundError: The executable is not there, or the package was copied without it.
    """
    folders = list(_script_folders())
    for folder in folders:
        path = os.path.join(folder, "mathesar")
        if os.path.isfile(path):
            return path
    raise FileNotFoundError(
        "The executable of mathesar is in none of {}. Install the package again.".format(", ".join(folders))
    )


def _script_folders() -> Iterator[str]:
    """Yield the folders in which installers put the scripts of a package, those of this very package first."""
    # An environment, `--user` and `--prefix DIR`: PREFIX/lib/python3.X/site-packages/mathesar. `--target DIR`: DIR/mathesar.
    packages = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    for prefix in (os.path.dirname(os.path.dirname(os.path.dirname(packages))), packages):
        yield os.path.join(prefix, "bin")
    yield sysconfig.get_path("scripts")
