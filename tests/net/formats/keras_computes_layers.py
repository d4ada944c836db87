# SPDX-License-Identifier: Apache-2.0
"""Checks that Tusk computes what Keras does, for each case of tests/python/layer_cases.py: outputs, gradients and the
weights after some steps, each array to 1e-5 of its largest number; and that Keras loads what Tusk writes of it.

Usage: keras_computes_layers.py LAYER_CASES [NAME…]   the program, and the cases; without names all
       keras_computes_layers.py --write FOLDER [NAME…]   writes fixtures, which tests in C++ read
Exits with 77 (skipped) where there is no Keras with JAX."""

import os
import subprocess
import sys
import tempfile

import layer_cases
from any_keras import keras

import h5py
import numpy

TOLERANCE = 1e-5


def keras_predicts(path):
    """The largest difference between what Keras computes with Tusk's file of a case and what it did before."""
    with h5py.File(path) as file:
        inputs, outputs = file["case/inputs"][...], file["case/outputs"][...]
    model = keras.models.load_model(path.removesuffix(".h5") + ".ours.h5", compile=False)
    return float(numpy.abs(numpy.asarray(model(inputs)) - outputs).max() / numpy.abs(outputs).max())


def main():
    if sys.argv[1] == "--write":
        cases = layer_cases.all_cases()
        for name in sys.argv[3:] or cases:
            layer_cases.write(cases[name], os.path.join(sys.argv[2], name + ".h5"))
        return
    program, *names = sys.argv[1:]
    cases = layer_cases.all_cases()
    largest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name + ".h5") for name in names or cases]
        for name, path in zip(names or cases, paths):
            layer_cases.write(cases[name], path)
        subprocess.run([program, *paths], check=True)
        loaded = [path for name, path in zip(names or cases, paths) if cases[name].keras_loads]
        for path in loaded:
            difference = keras_predicts(path)
            largest = max(largest, difference)
            assert difference <= TOLERANCE, (path, difference)
    print(f"Tusk computes {len(paths)} models as Keras {keras.__version__} does with {keras.backend.backend()}, "
          f"which loads what it writes of {len(loaded)} of them (predictions differ by {largest:.1e})")


main()
