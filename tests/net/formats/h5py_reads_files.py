# SPDX-License-Identifier: Apache-2.0
"""Checks with h5py that model and history files are what they should be for readers in Python.

Usage: h5py_reads_files.py EXCHANGE_FILES; exits with 77 (skipped) where there is no h5py.
"""

import json
import subprocess
import sys
import tempfile

from skips import need

need("h5py", "numpy")
import h5py
import numpy


def check_model(path):
    with h5py.File(path) as file:
        config = json.loads(file.attrs["model_config"])
        layers = [layer["config"]["name"] for layer in config["config"]["layers"]]
        assert layers[:3] == ["input", "flatten", "dense"], layers
        weights = file["model_weights"]
        names = [name.decode() for name in weights.attrs["layer_names"]]
        assert names == layers[1:], names
        arrays = [name.decode() for name in weights["dense"].attrs["weight_names"]]
        assert arrays == ["dense/kernel:0", "dense/bias:0"], arrays
        kernel = weights["dense"][arrays[0]]
        assert kernel.shape == (12, 8) and kernel.dtype == numpy.float32
        assert numpy.abs(kernel[...]).max() > 0
        classes = [name.decode() for name in file["tusk"].attrs["class_names"]]
        assert classes == ["a", "b", "c", "d", "é"], classes


def check_history(path):
    with h5py.File(path) as file:
        steps = {name: column[...] for name, column in file["steps"].items()}
        assert sorted(steps) == [
            "accuracy", "epoch", "learning_rate", "loss", "partition", "samples", "step", "time_s", "weight",
            "worker"]
        assert all(len(column) == 100 for column in steps.values())
        assert (steps["loss"] == numpy.arange(100)).all()
        commits = {name: column[0] for name, column in file["commits"].items()}
        assert commits["ticket"] == 3 and commits["worker"] == 1 and commits["staleness"] == 2


def main():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1], "write", folder], check=True)
        check_model(folder + "/all.h5")
        check_history(folder + "/history.h5")
    print("h5py", h5py.__version__, "reads model and history")


main()
