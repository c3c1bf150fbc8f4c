"""`python -m mathesar` is the executable, under the same process number, so that signals reach it."""

import os
import sys

from mathesar import find_bin

if __name__ == "__main__":
    executable = find_bin()
    os.execv(executable, [executable, *sys.argv[1:]])
