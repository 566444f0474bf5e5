"""`python -m alliance_kit`: the same as the command `alliance`."""

import sys

from alliance_kit.cli import main

if __name__ == "__main__":
    sys.exit(main())
