# SPDX-License-Identifier: Apache-2.0
"""Plots FOLDER/workers.csv and windows.csv of reproduce-figures.sh: plot-figures.py FOLDER."""

import csv
import sys
from collections import defaultdict
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402


def plot(folder, name, axis, title):
    series = defaultdict(list)
    with open(folder / f"{name}.csv", newline="") as file:
        for row in csv.DictReader(file):
            series[row["trainer"]].append(
                (int(row[axis]), float(row["test_accuracy"]), float(row["time_s"])))
    figure, (accuracy, time) = plt.subplots(1, 2, figsize=(9, 3.6))
    for trainer, points in series.items():
        x, y, seconds = zip(*points)
        accuracy.plot(x, y, marker="o", label=trainer)
        time.plot(x, seconds, marker="o", label=trainer)
    accuracy.set(xlabel=axis, ylabel="test accuracy", ylim=(0, 1))
    time.set(xlabel=axis, ylabel="virtual time, s", yscale="log")
    accuracy.legend()
    figure.suptitle(title)
    figure.tight_layout()
    figure.savefig(folder / f"{name}.svg", metadata={"Date": None})


folder = Path(sys.argv[1])
plot(folder, "workers", "workers", "MNIST, one epoch: against the number of workers")
plot(folder, "windows", "window", "MNIST, one epoch, 20 workers: against the communication window")
