# SPDX-License-Identifier: Apache-2.0
"""Plots FOLDER/workers.csv and windows.csv of reproduce-figures.sh, a line through the seeds' means in the band from the least to the
greatest: plot-figures.py FOLDER. With --table it prints the tables of docs/figures.md instead."""

import csv
import sys
from collections import defaultdict
from pathlib import Path


def read(folder, name, axis):
    """{trainer: {x: [(accuracy, seconds, speed-up, staleness), …]}}"""
    series = defaultdict(lambda: defaultdict(list))
    with open(folder / f"{name}.csv", newline="") as file:
        for row in csv.DictReader(file):
            values = [float(row[key]) for key in ("test_accuracy", "time_s", "speed_up", "staleness_mean")]
            series[row["trainer"]][int(row[axis])].append(values)
    return series


def plot(folder, name, axis, title):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, plots = plt.subplots(1, 2, figsize=(9, 3.6))
    for trainer, points in read(folder, name, axis).items():
        x = sorted(points)
        for i, panel in enumerate(plots):
            values = [[run[i] for run in points[at]] for at in x]
            panel.plot(x, [sum(v) / len(v) for v in values], marker="o", label=trainer)
            panel.fill_between(x, [min(v) for v in values], [max(v) for v in values], alpha=0.25)
    plots[0].set(xlabel=axis, ylabel="test accuracy", ylim=(0, 1))
    plots[1].set(xlabel=axis, ylabel="virtual time, s", yscale="log")
    plots[0].legend()
    figure.suptitle(title)
    figure.tight_layout()
    figure.savefig(folder / f"{name}.svg", metadata={"Date": None})


def table(folder, name, axis):
    series = read(folder, name, axis)
    print(f"| {axis} | " + " | ".join(f"`{trainer}`" for trainer in series) + " | speed-up | mean staleness |")
    for x in sorted(next(iter(series.values()))):
        cells = []
        for points in series.values():
            accuracy = [run[0] for run in points[x]]
            mean = sum(accuracy) / len(accuracy)
            cells.append(f"{mean:.3f} ({min(accuracy):.3f} … {max(accuracy):.3f})")
        runs = series["adag"][x]
        print(f"| {x} | " + " | ".join(cells) + f" | {runs[0][2]:.1f} | {runs[0][3]:.1f} |")


def main():
    folder = Path(sys.argv[1])
    if "--table" in sys.argv:
        table(folder, "workers", "workers")
        table(folder, "windows", "window")
        return
    plot(folder, "workers", "workers", "MNIST, one epoch: against the number of workers")
    plot(folder, "windows", "window", "MNIST, one epoch, 20 workers: against the communication window")


main()
