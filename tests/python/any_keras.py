# SPDX-License-Identifier: Apache-2.0
"""Imports Keras for a test, 2 or 3, with a backend that this Python has: KERAS_BACKEND, or else the first of these.
Without Keras the test is skipped. Its random numbers begin at the same seed each time: a comparison within rounding is
then of the same weights on every run."""

import importlib.util
import os

from skips import need

need("keras", "h5py", "numpy")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
for backend in ("jax", "tensorflow", "torch"):
    if importlib.util.find_spec(backend):
        os.environ.setdefault("KERAS_BACKEND", backend)

import keras  # noqa: E402 - after the choice of its backend

keras.utils.set_random_seed(20)
