# SPDX-License-Identifier: Apache-2.0
"""Checks that Keras loads our models, and we Keras's, and that both predict the same to 1e-5.

Usage: keras_loads_model.py EXCHANGE_FILES; exits with 77 (skipped) where there is no Keras.
Works with Keras 2 and 3 and any backend of theirs (KERAS_BACKEND).
"""

import os
import subprocess
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
try:
    import h5py
    import keras
    import numpy
except ImportError as error:
    print("skipped: no Keras in this Python:", error)
    sys.exit(77)


def difference(a, b):
    return float(numpy.abs(a - b).max())


def keras_reads_ours(program, folder):
    subprocess.run([program, "write", folder], check=True)
    model = keras.models.load_model(folder + "/model.h5", compile=False)
    with h5py.File(folder + "/expected.h5") as file:
        return difference(model.predict(file["inputs"][...], verbose=0), file["outputs"][...])


def we_read_keras(program, folder):
    """Returns whether our predictions are those of a model that Keras made and saved."""
    layers = keras.layers
    model = keras.Sequential([
        keras.Input((6, 2)),
        layers.Flatten(name="first"),
        layers.Dense(16, activation="elu", kernel_initializer="he_uniform"),
        layers.Dropout(0.25),
        layers.Dense(9, use_bias=False),
        layers.Activation("tanh"),
        layers.Dense(4, activation="softmax", bias_initializer="ones"),
    ])
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    model.save(folder + "/model.h5")
    inputs = numpy.random.default_rng(1).normal(size=(32, 6, 2)).astype("float32")
    with h5py.File(folder + "/expected.h5", "w") as file:
        file["inputs"] = inputs
        file["outputs"] = model.predict(inputs, verbose=0)
    return subprocess.run([program, "check", folder]).returncode == 0


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        ours = keras_reads_ours(program, folder)
        assert ours <= 1e-5, ours
    with tempfile.TemporaryDirectory() as folder:
        assert we_read_keras(program, folder)
    print(f"Keras {keras.__version__} loads our model (predictions differ by {ours:.1e}), "
          "and we load Keras's")


main()
