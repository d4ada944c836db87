# SPDX-License-Identifier: Apache-2.0
"""For tests in Python: a model that hands its input on, so that features are predictions, and the running of Tusk."""

import json
import subprocess
import sys

from skips import need

need("h5py", "numpy")
import h5py
import numpy as np


def write_model(path, outputs, loss, names=None):
    layers = [{"class_name": "InputLayer", "config": {"name": "input", "batch_input_shape": [None, outputs]}},
              {"class_name": "Dense", "config": {"name": "dense", "units": outputs, "use_bias": False}}]
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(
            {"class_name": "Sequential", "config": {"name": "sequential", "layers": layers}})
        weights = file.create_group("model_weights")
        weights.attrs["layer_names"] = np.array([b"dense"])
        weights.create_group("dense").attrs["weight_names"] = np.array([b"kernel:0"])
        weights["dense/kernel:0"] = np.eye(outputs, dtype=np.float32)
        tusk = file.create_group("tusk")
        tusk.attrs["loss"] = np.bytes_(loss)
        if names:
            tusk.attrs["class_names"] = np.array([name.encode() for name in names])


class Tusk:
    """Runs TUSK by MPI_RUN, the first two arguments of the test."""

    def __init__(self):
        self.program, self.mpi_run = sys.argv[1:3]

    def run(self, *arguments, ranks=1, stdin=None):
        """What it prints."""
        return subprocess.run([self.mpi_run, "-n", str(ranks), self.program, *arguments], check=True,
                              stdout=subprocess.PIPE, input=stdin, text=True).stdout

    def fail(self, code, message, *arguments):
        """Checks how it fails."""
        done = subprocess.run([self.program, *arguments], capture_output=True, text=True)
        assert done.returncode == code, (arguments, done)
        assert message in done.stderr, (arguments, done)
