#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How weights of classes find a rare signal: trains on the ATLAS Higgs challenge with 50 background events to one of signal,
without and with `class_weight`, and prints the table of docs/weights.md.

Usage: scripts/rare-signal.py [SEEDS]      (8; after scripts/prepare-data.sh higgs-atlas; needs h5py)

A seed chooses which signal events are kept for training, the initial weights, dropout and order. The test rows are all of
the test file, of which those of signal weigh so little that they are one to 50, too: `evaluate --sample-weight`.
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

import h5py
import numpy as np

TUSK = os.environ.get("TUSK", "build/release/tusk")
RATIO = 50
WAYS = {"none": [], "`{ s = 10 }`": ["model.class_weight={ s = 10 }"], "`{ s = 50 }`": ["model.class_weight={ s = 50 }"],
        "`\"balanced\"`": ["model.class_weight=balanced"]}


def read(name):
    with h5py.File(f"data/higgs-atlas-{name}.h5") as file:
        return file["features"][...], file["label"][...], list(file["label"].attrs["class_names"])


def write(path, features, label, names, weight):
    with h5py.File(path, "w") as file:
        file["features"], file["label"], file["weight"] = features, label, weight
        file["label"].attrs["class_names"] = np.array(names)


def make_data(folder, seed):
    """The training rows, with so few of signal, and the test rows, with weights; returns their files."""
    features, label, names = read("train")
    signal = names.index("s" if isinstance(names[0], str) else b"s")
    random = np.random.default_rng(seed)
    background = np.flatnonzero(label != signal)
    few = random.choice(np.flatnonzero(label == signal), len(background) // RATIO, replace=False)
    kept = np.sort(np.concatenate([background, few]))
    write(folder / "train.h5", features[kept], label[kept], names, np.ones(len(kept)))
    features, label, names = read("test")
    share = (label != signal).sum() / RATIO / (label == signal).sum()
    write(folder / "test.h5", features, label, names, np.where(label == signal, share, 1.0))
    return folder / "train.h5", folder / "test.h5"


def measure(way, seed, folder):
    train, test = make_data(folder, seed)
    run = folder / f"run-{seed}"
    sets = [f"data.train={train}", "data.validation_split=0", f"data.test={test}", f"seed={seed}", "trainer.epochs=40", *way]
    arguments = [argument for each in sets for argument in ("--set", each)]
    subprocess.run([TUSK, "train", "configs/higgs-single.toml", "--run-dir", run, "--overwrite", *arguments], check=True,
                   capture_output=True)
    done = subprocess.run([TUSK, "evaluate", run / "model.h5", test, "--sample-weight", "weight", "--json"], check=True,
                          capture_output=True)
    scores = json.loads(done.stdout)
    signal = next(one for one in scores["classes"] if one["class"] == "s")
    return signal["recall"], signal["precision"], scores["auc"], scores["accuracy"]


def main(seeds=8):
    os.chdir(pathlib.Path(__file__).parent.parent)
    print("| class_weight | recall of s | precision of s | AUC | accuracy |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, way in WAYS.items():
            columns = zip(*(measure(way, seed, pathlib.Path(folder)) for seed in range(1, seeds + 1)))
            cells = [f"{statistics.mean(values):.3f} ± {statistics.stdev(values) / math.sqrt(seeds):.3f}" for values in columns]
            print(f"| {name} | {' | '.join(cells)} |", flush=True)


main(*map(int, sys.argv[1:2]))
