#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What checkpoints cost: a network of 22 million parameters with two workers, in turns with a checkpoint every 30 seconds and without.

bench/checkpoints.py TUSK [--every 30s] [--epochs N] [--turns T] [--optimizer adam]: samples a second, CPU seconds, how long a checkpoint holds the workers
(stall_s of summary.json: until the last one stands, and the copy) and what part of its time a worker waited for that; and at which rate a checkpoint was
written beside a plain write of as many bytes (dd, handed to the disk) on the same disk."""
import argparse
import json
import pathlib
import resource
import shutil
import statistics
import subprocess
import tempfile
import time

import numpy

WORKERS = 2
REPO = pathlib.Path(__file__).resolve().parents[1]
EXPERIMENT = """
name = "checkpoints"
seed = 1
[data]
train = "{data}"
[model]
layers = [{{ type = "dense", units = 4300, activation = "relu" }}, {{ type = "dense", units = 4300, activation = "relu" }},
          {{ type = "dense", units = 10, activation = "softmax" }}]
loss = "categorical_crossentropy"
[optimizer]
name = "{optimizer}"
[trainer]
name = "adag"
communication_window = 5
epochs = {epochs}
batch_size = 128
[history]
steps = "none"
[checkpoint]
every = "{every}"
"""

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("tusk", type=pathlib.Path)
parser.add_argument("--every", default="30s")
parser.add_argument("--epochs", type=int, default=8)
parser.add_argument("--turns", type=int, default=3)
parser.add_argument("--optimizer", default="adam")
arguments = parser.parse_args()
tusk = arguments.tusk.resolve()
folder = pathlib.Path(tempfile.mkdtemp(prefix="tusk-checkpoints-"))
rng = numpy.random.default_rng(1)
numpy.save(folder / "x.npy", rng.random((4096, 784), dtype=numpy.float32))
numpy.save(folder / "y.npy", rng.integers(0, 10, 4096, dtype=numpy.int32))
subprocess.run([tusk, "convert", folder / "x.npy", "--label", folder / "y.npy", "-o", folder / "data.h5"], check=True, stdout=subprocess.DEVNULL)


def plain_write(size):
    """Bytes a second of dd into as large a file."""
    start = time.monotonic()
    subprocess.run(["dd", "if=/dev/zero", f"of={folder}/plain", "bs=1M", f"count={size >> 20}", "conv=fsync"], check=True, stderr=subprocess.DEVNULL)
    seconds = time.monotonic() - start
    (folder / "plain").unlink()
    return (size >> 20 << 20) / seconds


def train(every):
    experiment = folder / "experiment.toml"
    experiment.write_text(EXPERIMENT.format(data=folder / "data.h5", every=every, epochs=arguments.epochs, optimizer=arguments.optimizer))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([REPO / "scripts/mpi-run.sh", "-n", "3", tusk, "train", experiment, "--run-dir", folder / "run", "--overwrite"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    summary = json.loads((folder / "run/summary.json").read_text())
    summary["cpu_s"] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return summary


rates = {every: [] for every in ("never", arguments.every)}
cpu = {every: [] for every in rates}
for turn in range(arguments.turns):
    for every in rates:
        load = pathlib.Path("/proc/loadavg").read_text().split()[0]
        summary = train(every)
        rates[every].append(summary["samples_per_s"])
        cpu[every].append(summary["cpu_s"])
        line = f"{every:>6}: {summary['samples_per_s']:,.0f} samples/s, {summary['elapsed_s']:.1f} s, {summary['cpu_s']:.1f} CPU s, load before {load}"
        costs = summary.get("checkpoints")
        if every != "never" and costs:
            rate = costs["bytes"] / costs["write_s"]
            line += (f"; {costs['written']} checkpoints of {costs['bytes'] / costs['written'] / 1e6:.0f} MB, from order to go {costs['stall_s']:.2f} s "
                     f"in all, in which workers waited {100 * summary['time_s']['wait'] / WORKERS / summary['elapsed_s']:.2f}% of the run, written at {rate / 1e6:.0f} MB/s, plainly at "
                     f"{plain_write(costs['bytes'] // costs['written']) / 1e6:.0f} MB/s")
        print(line, flush=True)
slower = 1 - statistics.median(rates[arguments.every]) / statistics.median(rates["never"])
more = statistics.median(cpu[arguments.every]) / statistics.median(cpu["never"]) - 1
print(f"medians: {100 * slower:+.2f}% of the time, {100 * more:+.2f}% CPU for checkpoints")
shutil.rmtree(folder)
