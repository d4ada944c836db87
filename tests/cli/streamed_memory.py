# SPDX-License-Identifier: Apache-2.0
"""What a training on two arrays takes of memory: streamed, at most data.memory_limit more than one on a few rows; in
memory, the bytes of the file. The same rows are trained in both.

Usage: streamed_memory.py TUSK; exits with 77 (skipped) without h5py and NumPy."""

import json
import multiprocessing
import os
import subprocess
import sys
import tempfile

from skips import need

need("h5py", "numpy")

TUSK = sys.argv[1]
FEW, MANY = 1_000, 96_000
ROW_BYTES = 16 * 16 * 3 + 32 * 4 + 4 + 4
BLOCK = 8 << 20  # rows are read and checked in blocks of these bytes
SLACK = 6 << 20  # threads' stacks, and HDF5's own
EXPERIMENT = """
[data]
train = "{data}"
features = {{ image = "image", event = "event" }}
label = {{ kind = "kind", mass = "mass" }}
transforms = {{ image = [{{ type = "scale", factor = 0.00390625 }}] }}
{limit}
[model]
inputs = ["image", "event"]
layers = [
  {{ type = "flatten", name = "flat", inputs = ["image"] }},
  {{ type = "concatenate", name = "both", inputs = ["flat", "event"] }},
  {{ type = "dense", units = 3, activation = "softmax", name = "kind", inputs = ["both"] }},
  {{ type = "dense", units = 1, name = "mass", inputs = ["both"] }},
]
[model.outputs.kind]
loss = "categorical_crossentropy"
[model.outputs.mass]
loss = "mse"
[optimizer]
name = "sgd"
learning_rate = 1e-3
[trainer]
name = "single"
epochs = 1
batch_size = 64
"""


def write_data(path, rows):
    import h5py
    import numpy as np

    random = np.random.default_rng(1)
    with h5py.File(path, "w") as file:
        file.create_dataset("image", data=random.integers(0, 256, (rows, 16, 16, 3)).astype("uint8"),
                            chunks=(64, 16, 16, 3))
        file.create_dataset("event", data=random.normal(size=(rows, 32)).astype("float32"), chunks=(100, 32))
        file["kind"] = (np.arange(rows) % 3).astype("int32")
        file["mass"] = random.normal(size=(rows, 1)).astype("float32")


def peak_of_training(name, data, limit=""):
    """Bytes that the process takes at its peak. This process is to be the smaller one: a child counts what its parent
    had."""
    with open(f"{name}.toml", "w") as file:
        file.write(f'name = "{name}"' + EXPERIMENT.format(data=data, limit=limit))
    environment = {**os.environ, "MALLOC_ARENA_MAX": "1"}  # or glibc keeps some for each thread
    process = subprocess.Popen([TUSK, "train", f"{name}.toml"], stderr=subprocess.PIPE, text=True, env=environment)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, errors
    return usage.ru_maxrss << 10


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for name, rows in (("few", FEW), ("many", MANY)):
            writer = multiprocessing.get_context("spawn").Process(target=write_data, args=(f"{name}.h5", rows))
            writer.start()
            writer.join()
            assert writer.exitcode == 0, name
        base = peak_of_training("base", "few.h5")
        taken = {mib: peak_of_training(f"within-{mib}", "many.h5", f'memory_limit = "{mib} MiB"') - base
                 for mib in (4, 16)}
        in_memory = peak_of_training("in-memory", "many.h5") - base
        print("bytes beside those of", FEW, "rows:", taken, "streamed,", in_memory, "in memory")
        for mib, more in taken.items():
            assert more <= (mib << 20) + SLACK, (mib, more)
        assert abs(in_memory - (MANY - FEW) * ROW_BYTES) <= BLOCK + SLACK, in_memory
        for name in ("within-4", "within-16", "in-memory"):
            with open(f"runs/{name}/metrics.jsonl") as file:
                assert json.loads(file.readlines()[-1])["samples"] == MANY, name


if __name__ == "__main__":
    main()
