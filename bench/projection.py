# SPDX-License-Identifier: Apache-2.0
"""How far the simulator's projections are to be trusted, and what they say of 4,096 workers.

Usage: projection.py TUSK check|project [STEP_S LATENCY_S BANDWIDTH], with the data of scripts/prepare-data.sh mnist.

`check` trains MNIST's network over `message` with 1, 2 and 4 workers that sleep most of a step (so that they do not share cores),
takes the times of a step and of an exchange from the run with one worker alone, and compares the samples a second of all three
with `tusk simulate --timing-only`. `project` prints the speed-up of DOWNPOUR by the number of workers and of servers, for a fixed
amount of work (strong scaling) and for one that grows with the workers (weak scaling). Prints rows of Markdown tables.
"""

import csv
import os
import statistics
import subprocess
import sys
import tempfile

from headline import MNIST_ROWS, MODELS, ROOT, train

SLOW, CHECKED_BATCH_SIZE, ROUNDS = 16, 16, 3
BATCH_SIZE, WINDOW = 4, 5
TEST_ROWS = 10_000
WORKERS = (1, 4, 16, 64, 256, 1024, 4096)
SHARDS = (1, 4, 16)
STRONG_REPEAT = 10  # of MNIST: 7 windows a worker where there are 4,096
WEAK_ROWS = 200     # a worker: 10 windows


def experiment(folder, rows, repeat, batch_size, window, tables):
    text = MODELS["mnist"].format(root=ROOT, repeat=repeat)
    if rows == TEST_ROWS:
        text = text.replace("mnist-train", "mnist-test")
    path = os.path.join(folder, "experiment.toml")
    with open(path, "w") as file:
        file.write(f'name = "projection"\n{text}\n[trainer]\nname = "downpour"\nepochs = 1\nbatch_size = {batch_size}\n'
                   f"communication_window = {window}\n{tables}")
    return path


def simulate(tusk, folder, path, workers, machine):
    """The virtual time of each number of workers."""
    table = os.path.join(folder, "times.csv")
    step_s, latency_s, bandwidth = machine
    subprocess.run([tusk, "simulate", path, "--timing-only", "--workers", ",".join(map(str, workers)), "--csv", table,
                    "--overwrite", "--set", f"simulate.step_time={step_s}", "--set", f"simulate.latency={latency_s}",
                    "--set", f"simulate.bandwidth={bandwidth}"], check=True, stdout=subprocess.DEVNULL)
    with open(table) as file:
        return [float(row["time_s"]) for row in csv.DictReader(file)]


def check(tusk):
    print("| window | workers | measured, samples/s | projected | measured / projected |\n|" + "---|" * 5)
    for window in (WINDOW, 1):
        rates, steps_s, exchanges_s = {1: [], 2: [], 4: []}, [], []
        with tempfile.TemporaryDirectory() as folder:
            path = experiment(folder, TEST_ROWS, 1, CHECKED_BATCH_SIZE, window,
                              f'[server]\ntransport = "message"\n[debug]\nslow = {{ factor = {SLOW} }}\n')
            with open(path) as file:
                text = file.read()
            for _ in range(ROUNDS):
                for workers, measured in rates.items():
                    summary = train(tusk, text, workers + 1)
                    measured.append(summary["samples_per_s"])
                    if workers == 1:
                        exchange_s = summary["time_s"]["exchange"]
                        exchanges_s.append(exchange_s / summary["updates"])
                        steps_s.append((summary["elapsed_s"] - exchange_s) / summary["ledger"]["batches_trained"])
            step_s, exchange_s = statistics.median(steps_s), statistics.median(exchanges_s)
            path = experiment(folder, TEST_ROWS, 1, CHECKED_BATCH_SIZE, window, "")
            projected = simulate(tusk, folder, path, rates, (step_s, exchange_s, 1e30))
        for (workers, measured), time_s in zip(rates.items(), projected):
            rate = TEST_ROWS / time_s
            print(f"| {window} | {workers} | {statistics.median(measured):,.0f} | {rate:,.0f} | "
                  f"{statistics.median(measured) / rate:.2f} |", flush=True)
        print(f"(window {window}: a step takes {step_s * 1e3:.2f} ms, an exchange {exchange_s * 1e3:.2f} ms)")


def project(tusk, machine):
    print("| workers | " + " | ".join(f"{kind}, {shards} server{'s' * (shards > 1)}" for kind in ("strong", "weak")
                                      for shards in SHARDS) + " |\n|" + "---|" * (1 + 2 * len(SHARDS)))
    with tempfile.TemporaryDirectory() as folder:
        columns = []
        for shards in SHARDS:
            server = f"[server]\nshards = {shards}\n"
            path = experiment(folder, MNIST_ROWS, STRONG_REPEAT, BATCH_SIZE, WINDOW, server)
            times = simulate(tusk, folder, path, WORKERS, machine)
            columns.append([times[0] / time for time in times])
        for shards in SHARDS:
            server = f"[server]\nshards = {shards}\n"
            rates = []
            for workers in WORKERS:
                repeat = -(-workers * WEAK_ROWS // TEST_ROWS)
                path = experiment(folder, TEST_ROWS, repeat, BATCH_SIZE, WINDOW, server)
                rates.append(repeat * TEST_ROWS / simulate(tusk, folder, path, (workers,), machine)[0])
            columns.append([rate / rates[0] for rate in rates])
    for row, workers in enumerate(WORKERS):
        print(f"| {workers:,} | " + " | ".join(f"{column[row]:,.1f}" for column in columns) + " |", flush=True)


def main():
    tusk, what = os.path.abspath(sys.argv[1]), sys.argv[2]
    if what == "check":
        check(tusk)
    else:
        project(tusk, tuple(map(float, sys.argv[3:6])))


if __name__ == "__main__":
    main()
