# SPDX-License-Identifier: Apache-2.0
"""How a test in Python says that it cannot run here. Where every package must be there, as in CI, scripts/test.sh
--no-skips takes a skip for a failure."""

import importlib.util
import sys


def skip(reason):
    """Ends the test as skipped, for the reason on this line."""
    print("skipped:", reason)
    sys.exit(77)


def need(*packages):
    """Skips the test where one of these is not installed. One that is there but broken fails the test, later."""
    missing = [package for package in packages if importlib.util.find_spec(package) is None]
    if missing:
        skip(f"{sys.executable} has no {' and no '.join(missing)}")
