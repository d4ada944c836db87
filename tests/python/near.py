# SPDX-License-Identifier: Apache-2.0
"""Arrays that should be the same but for rounding."""

import numpy as np


def require_near(ours, theirs, what, tolerance=1e-5, least=1e-30):
    """Of lists of arrays, each by its largest difference over the largest number wanted, or `least` if that is less."""
    assert len(ours) == len(theirs), (what, len(ours), len(theirs))
    for i, (mine, wanted) in enumerate(zip(ours, theirs)):
        mine, wanted = np.asarray(mine), np.asarray(wanted)
        assert mine.shape == wanted.shape, (what, i, mine.shape, wanted.shape)
        error = np.abs(mine - wanted).max() / max(np.abs(wanted).max(), least)
        assert error <= tolerance, (what, i, error)
