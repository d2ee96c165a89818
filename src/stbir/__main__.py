"""`python -m stbir` is the same as `stbir`."""

import sys

from stbir.cli import main

if __name__ == "__main__":
    sys.exit(main())
