# SPDX-License-Identifier: Apache-2.0
"""Time and memory to load a model of 100 MB and to predict from it, with Tusk and with Keras, whole processes in turns: of
each the shortest time and the least of the largest memory that the system says it had.

Usage: load.py TUSK [RUNS]; with a Python that has Keras and h5py (scripts/python-env.sh). RUNS: of each, 5 by default."""

import os
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("KERAS_BACKEND", "jax")
MAKE = """
import sys, h5py, keras, numpy as np
model = keras.Sequential([keras.Input((1000,)), keras.layers.Dense(5000, activation="relu"),
                          keras.layers.Dense(4000, activation="relu"), keras.layers.Dense(10, activation="softmax")])
model.save(sys.argv[1] + "/model.h5")
model.save(sys.argv[1] + "/model.keras")
with h5py.File(sys.argv[1] + "/rows.h5", "w") as file:
    file["features"] = np.random.default_rng(1).normal(size=(1000, 1000)).astype("float32")
"""
KERAS = """
import sys, h5py, keras
model = keras.models.load_model(sys.argv[1], compile=False)
with h5py.File(sys.argv[2]) as file:
    rows = file["features"][...]
predictions = model.predict(rows, batch_size=256, verbose=0)
with h5py.File(sys.argv[3], "w") as file:
    file["prediction"] = predictions
"""
COMPARE = """
import sys, h5py, numpy as np
with h5py.File(sys.argv[1]) as ours, h5py.File(sys.argv[2]) as theirs:
    print(f"largest difference of a prediction: {np.abs(ours['prediction'][...] - theirs['prediction'][...]).max():.1e}")
"""


def measure(*command):
    """Seconds, seconds of CPU and MiB of a process. This one is small: what it has counts for what it starts."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return time.perf_counter() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    tusk, runs, python = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5, sys.executable
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([python, "-c", MAKE, folder], check=True)
        size = os.path.getsize(f"{folder}/model.h5") / 1e6
        print(f"{size:.0f} MB, 1,000 rows; {os.cpu_count()} cores, load {os.getloadavg()[0]:.0f}")
        ways = {"import keras": (python, "-c", "import keras, h5py")}
        for form in "h5", "keras":
            files = f"{folder}/model.{form}", f"{folder}/rows.h5"
            ways[f"Tusk, .{form}"] = tusk, "predict", *files, "-o", f"{folder}/ours.h5", "--overwrite"
            ways[f"Keras, .{form}"] = python, "-c", KERAS, *files, f"{folder}/theirs.h5"
        seen = {name: [] for name in ways}
        for _ in range(runs):
            for name, command in ways.items():
                seen[name].append(measure(*command))
        subprocess.run([python, "-c", COMPARE, f"{folder}/ours.h5", f"{folder}/theirs.h5"], check=True)
        print("| | s | CPU s | MiB |\n|---|---|---|---|")
        for name, values in seen.items():
            wall, cpu, memory = (min(column) for column in zip(*values))
            print(f"| {name} | {wall:.2f} | {cpu:.2f} | {memory:.0f} |")


main()
