# SPDX-License-Identifier: Apache-2.0
"""Training on a data set four times `data.memory_limit`, streamed, beside the same training in memory: accuracy, samples a
second and the largest resident memory, in turns within one run.

Usage: streaming.py TUSK [MNIST-TRAIN.h5 MNIST-TEST.h5], with numpy and h5py. Prints a row of a Markdown table for each kind of
data: MNIST enlarged on disk (where its files are given), and two classes of 28 floats, contiguous and in gzipped chunks.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import h5py
import numpy as np

MIB = 1 << 20
ROUNDS = 3
EPOCHS = 1

HIDDEN = {
    "mnist": '{ type = "flatten" }, { type = "dense", units = 1000, activation = "relu" }, '
             '{ type = "dropout", rate = 0.2 }, { type = "dense", units = 200, activation = "relu" }, '
             '{ type = "dropout", rate = 0.2 }, { type = "dense", units = 10, activation = "softmax" }',
    "higgs": '{ type = "dense", units = 500, activation = "relu" }, { type = "dropout", rate = 0.4 }, '
             '{ type = "dense", units = 500, activation = "relu" }, { type = "dropout", rate = 0.4 }, '
             '{ type = "dense", units = 2, activation = "softmax" }',
}


def enlarge(source, path, times):
    with h5py.File(source) as old, h5py.File(path, "w") as new:
        for name in ("features", "label"):
            rows = old[name][:]
            made = new.create_dataset(name, (times * len(rows), *rows.shape[1:]), rows.dtype)
            for i in range(times):
                made[i * len(rows):(i + 1) * len(rows)] = rows


def write_two_classes(path, rows, seed, **storage):
    random = np.random.default_rng(seed)
    direction = np.random.default_rng(1).normal(size=(28, 28)).astype(np.float32) / 28
    with h5py.File(path, "w") as file:
        features = file.create_dataset("features", (rows, 28), np.float32, **storage)
        label = file.create_dataset("label", (rows,), np.uint8)
        for begin in range(0, rows, 100_000):
            count = min(100_000, rows - begin)
            x = random.normal(size=(count, 28)).astype(np.float32)
            score = np.einsum("ij,jk,ik->i", x, direction, x) + random.normal(size=count)
            features[begin:begin + count] = x
            label[begin:begin + count] = score > 0


def experiment(kind, train, test, limit):
    scale = 'transforms = [{ type = "scale", factor = 0.00392156862745098 }]\n' if kind == "mnist" else ""
    optimizer = 'name = "adam"' if kind == "mnist" else 'name = "adagrad"\nlearning_rate = 0.01'
    return (f'name = "streaming"\n[data]\ntrain = "{train}"\ntest = "{test}"\nmemory_limit = {limit}\n{scale}'
            f'[model]\nlayers = [{HIDDEN[kind]}]\nloss = "categorical_crossentropy"\nmetrics = ["accuracy"]\n'
            f'[optimizer]\n{optimizer}\n[trainer]\nname = "single"\nepochs = {EPOCHS}\nbatch_size = 64\n')


def train(tusk, folder, text):
    """Test accuracy, samples a second of each epoch, largest resident memory in bytes."""
    run = os.path.join(folder, "run")
    path = os.path.join(folder, "experiment.toml")
    with open(path, "w") as file:
        file.write(text)
    process = subprocess.Popen([tusk, "train", path, "--run-dir", run, "--overwrite"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0  # the system's own figure counts this program, too: what forks has its size until it executes
    while process.poll() is None:
        with open(f"/proc/{process.pid}/status") as file:
            peak = max([peak] + [1024 * int(line.split()[1]) for line in file if line.startswith("VmHWM")])
        time.sleep(0.02)
    if process.returncode != 0:
        sys.exit(f"streaming.py: the training ended with status {process.returncode}")
    with open(os.path.join(run, "metrics.jsonl")) as file:
        rates = [json.loads(line)["samples_per_s"] for line in file]
    with open(os.path.join(run, "summary.json")) as file:
        summary = json.load(file)
    return summary["test_accuracy"], rates, peak


def compare(tusk, folder, name, kind, train_file, test_file):
    with h5py.File(train_file) as file:
        rows, *shape = file["features"].shape
        size = rows * (int(np.prod(shape)) * file["features"].dtype.itemsize + 8)
    limits = {"memory": 2 * size, "streamed": size // 4}
    accuracy, rates, peaks = {}, {"memory": [], "streamed": []}, {}
    for _ in range(ROUNDS):
        for way, limit in limits.items():
            accuracy[way], seen, peaks[way] = train(tusk, folder, experiment(kind, train_file, test_file, limit))
            rates[way] += seen
    ratio = statistics.median(rates["streamed"]) / statistics.median(rates["memory"])
    best = max(rates["streamed"]) / max(rates["memory"])
    print(f"| {name} | {size / MIB:.0f} | {limits['streamed'] / MIB:.0f} | {accuracy['memory']:.4f} | "
          f"{accuracy['streamed']:.4f} | {statistics.median(rates['memory']):,.0f} | "
          f"{statistics.median(rates['streamed']):,.0f} | {ratio:.2f} ({best:.2f}) | {peaks['memory'] / MIB:.0f} | "
          f"{peaks['streamed'] / MIB:.0f} | {(peaks['streamed'] - limits['streamed']) / MIB:+.0f} |", flush=True)


def main():
    tusk, mnist = sys.argv[1], sys.argv[2:4]
    print("| data | MiB | limit | accuracy in memory | streamed | samples/s in memory | streamed | ratio of medians (of "
          "the best) | peak MiB in memory | streamed | over the limit |\n|" + "---|" * 11)
    with tempfile.TemporaryDirectory() as folder:
        train_file, test_file = (os.path.join(folder, name) for name in ("train.h5", "test.h5"))
        if mnist:
            enlarge(mnist[0], train_file, 4)
            compare(tusk, folder, "MNIST, 4 times", "mnist", train_file, mnist[1])
        write_two_classes(test_file, 50_000, 3)
        for name, storage in (("28 floats", {}), ("28 floats, gzip", {"chunks": (10_000, 28), "compression": 1})):
            write_two_classes(train_file, 1_000_000, 2, **storage)
            compare(tusk, folder, name, "higgs", train_file, test_file)


if __name__ == "__main__":
    main()
