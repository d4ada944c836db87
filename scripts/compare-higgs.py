#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains and evaluates configs/higgs-*.toml with several seeds, and prints the table of docs/data.md.

Usage: scripts/compare-higgs.py [SEEDS]      (8; after scripts/prepare-data.sh higgs-atlas)

A seed chooses initial weights, dropout, order and validation rows; the test rows stay the same. Figures are means over the
seeds ± their standard error; in brackets the difference from `single` in standard errors of the difference.
  TUSK   the program, build/release/tusk by default
"""

import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

TUSK = os.environ.get("TUSK", "build/release/tusk")
TEST = "data/higgs-atlas-test.h5"
RULES = {"single": 1, "downpour": 3, "adag": 3, "aeasgd": 3}  # ranks


def measure(rule, ranks, seed, folder):
    run = pathlib.Path(folder) / f"{rule}-{seed}"
    subprocess.run(["scripts/mpi-run.sh", "-n", str(ranks), TUSK, "train", f"configs/higgs-{rule}.toml",
                    "--run-dir", run, "--set", f"seed={seed}"], check=True, capture_output=True)
    done = subprocess.run([TUSK, "evaluate", run / "model.h5", TEST, "--json"], check=True, capture_output=True)
    scores = json.loads(done.stdout)
    signal = next(of_class for of_class in scores["classes"] if of_class["class"] == "s")
    return scores["accuracy"], signal["f1"], scores["auc"]


def main(seeds=8):
    os.chdir(pathlib.Path(__file__).parent.parent)
    with tempfile.TemporaryDirectory() as folder:
        measured = {rule: list(zip(*(measure(rule, ranks, seed, folder) for seed in range(1, seeds + 1))))
                    for rule, ranks in RULES.items()}
    print("| rule | accuracy | F1 of s | AUC |\n|---|---|---|---|")
    for rule, columns in measured.items():
        cells = []
        for values, of_single in zip(columns, measured["single"]):
            mean, error = statistics.mean(values), statistics.stdev(values) / math.sqrt(seeds)
            cell = f"{mean:.4f} ± {error:.4f}"
            if rule != "single":
                both = math.hypot(error, statistics.stdev(of_single) / math.sqrt(seeds))
                cell += f" ({(mean - statistics.mean(of_single)) / both:+.1f})"
            cells.append(cell)
        print(f"| `{rule}` | {' | '.join(cells)} |")


main(*map(int, sys.argv[1:2]))
