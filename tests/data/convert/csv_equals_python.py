# SPDX-License-Identifier: Apache-2.0
"""Converts the ATLAS CSV file and compares every cell with what Python reads in it.

Usage: csv_equals_python.py TUSK. Looks for higgs-atlas in $TUSK_DATA and ../shared/data; exits with 77 (skipped)
without it or without h5py.
"""
import csv
import lzma
import os
import subprocess
import sys
import tempfile

import real_data
from skips import need

need("h5py", "numpy")
import h5py
import numpy as np

DROPPED = ["EventId", "Weight", "KaggleSet", "KaggleWeight"]


def compare(path, header, rows, dtype):
    features = [i for i, name in enumerate(header) if name not in DROPPED + ["Label"]]
    labels = [row[header.index("Label")] for row in rows]
    names = sorted(set(labels))
    with h5py.File(path) as file:
        data = file["features"]
        expected = np.array([[float(row[i]) for i in features] for row in rows]).astype(dtype)
        assert data.dtype == expected.dtype and data.shape == expected.shape, (data, expected.shape)
        assert np.array_equal(data[:].view(np.uint8), expected.view(np.uint8)), path
        stored = [name.decode() for name in data.attrs["column_names"]]
        assert stored == [header[i] for i in features], stored
        assert [n.decode() for n in file["label"].attrs["class_names"]] == names
        assert np.array_equal(file["label"][:], [names.index(label) for label in labels])


def main():
    packed = real_data.find("higgs-atlas/*.csv.xz")
    with tempfile.TemporaryDirectory() as folder:
        plain = os.path.join(folder, "atlas.csv")
        with lzma.open(packed, "rb") as source, open(plain, "wb") as out:
            out.write(source.read())
        with open(plain, newline="") as file:
            header, *rows = list(csv.reader(file))
        for source in (plain, packed):
            for dtype in ("float32", "float64"):
                out = os.path.join(folder, "atlas.h5")
                subprocess.run([sys.argv[1], "convert", source, "--drop", ",".join(DROPPED), "--type",
                                dtype, "-o", out, "--overwrite"], check=True)
                compare(out, header, rows, dtype)
    print(f"{len(rows)} rows are the same in Python")


main()
