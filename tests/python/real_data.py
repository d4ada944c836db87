# SPDX-License-Identifier: Apache-2.0
"""Real data sets, which are not part of the repository: in $TUSK_DATA, or in ../shared/data beside it."""

import os
import pathlib

from skips import skip

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


def find(pattern):
    """The first file, in the order of names, that a pattern as "higgs-atlas/*.csv.xz" names. Without one the test
    is skipped."""
    for folder in (os.environ.get("TUSK_DATA"), REPOSITORY.parent / "shared" / "data"):
        found = sorted(pathlib.Path(folder).glob(pattern)) if folder else []
        if found:
            return str(found[0])
    skip(f"no {pattern} in $TUSK_DATA or ../shared/data")
