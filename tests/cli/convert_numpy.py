# SPDX-License-Identifier: Apache-2.0
"""Compares what `tusk convert` makes of files that NumPy wrote with what NumPy reads in them.

Usage: convert_numpy.py TUSK; exits with 77 (skipped) where there is no h5py.
"""

import gzip
import lzma
import os
import subprocess
import sys
import tempfile

from skips import need

need("h5py", "numpy")
import h5py
import numpy

tusk = os.path.abspath(sys.argv[1])
random = numpy.random.default_rng(1)
types = ["?", "u1", "i1", "<u2", ">i2", "<u4", ">i4", "<i8", ">u8", "<f2", ">f2", "<f4", ">f4", "<f8", ">f8"]


def numbers(dtype, shape):
    dtype = numpy.dtype(dtype)
    if dtype.kind == "f":
        return random.normal(size=shape).astype(dtype)
    if dtype.kind == "b":
        return random.integers(0, 2, size=shape).astype(dtype)
    limits = numpy.iinfo(dtype)
    native = dtype.newbyteorder("=")
    return random.integers(limits.min, limits.max, size=shape, dtype=native, endpoint=True).astype(dtype)


def convert(*arguments):
    if os.path.exists("out.h5"):
        os.remove("out.h5")
    subprocess.run([tusk, "convert", *arguments, "-o", "out.h5"], check=True, stdout=subprocess.DEVNULL)
    with h5py.File("out.h5") as file:
        return {name: (data[...], dict(data.attrs)) for name, data in file.items()}


def as_read(array):
    """Booleans are read as uint8, float16 as float32."""
    kind = {"?": "u1", "e": "f4"}.get(array.dtype.char, array.dtype.newbyteorder("="))
    return array.astype(kind)


def same(got, expected):
    assert got.dtype == expected.dtype, (got.dtype, expected.dtype)
    assert got.shape == expected.shape, (got.shape, expected.shape)
    assert numpy.array_equal(got, expected, equal_nan=got.dtype.kind == "f")


def check_arrays():
    for dtype in types:
        cube = numbers(dtype, (40, 2, 3))
        numpy.save("a.npy", numpy.asfortranarray(cube) if dtype[0] in "<?" else cube)
        same(convert("a.npy")["features"][0], as_read(cube))
    array = numbers("<f8", (100, 4))
    for version in [(2, 0), (3, 0)]:
        with open("a.npy", "wb") as file:
            numpy.lib.format.write_array(file, array, version)
        same(convert("a.npy")["features"][0], array)


def check_compressed_parts():
    array = numbers("<f4", (1000, 5))
    labels = numbers("u1", (1000,))
    os.mkdir("parts")
    for name, rows, opener in [("0.npy", slice(0, 1), open), ("1.npy.gz", slice(1, 700), gzip.open),
                               ("2.npy.xz", slice(700, 1000), lzma.open)]:
        with opener(os.path.join("parts", name), "wb") as file:
            numpy.save(file, array[rows])
    numpy.save("labels.npy", labels)
    out = convert("parts", "--label", "labels.npy")
    same(out["features"][0], array)
    same(out["label"][0], labels)


def check_records():
    for align in [False, True]:
        fields = [(f"x{i}", dtype) for i, dtype in enumerate(types)]
        others = [("pair", "<i2", (2, 2)), ("label", ">i2"), ("d", "M8[s]")]
        dtype = numpy.dtype([("t", "U3"), *fields, *others], align=align)
        records = numpy.zeros(1000, dtype)
        for name, (field, *_) in dtype.fields.items():
            if field.base.kind not in "UM":
                records[name] = numbers(field.base, (1000, *field.shape))
        numpy.save("r.npy", records)
        out = convert("r.npy", "--drop", "t,d", "--type", "float64")
        features, attributes = out["features"]
        names = [name.decode() for name in attributes["column_names"]]
        assert names == [name for name, _ in fields] + [f"pair[{i}]" for i in range(4)], names
        for column, name in enumerate(names[:-4]):
            same(features[:, column], records[name].astype("f8"))
        same(features[:, -4:], records["pair"].reshape(-1, 4).astype("f8"))
        same(out["label"][0], records["label"].astype("i2"))
        single = convert("r.npy", "--columns", "x12,x0", "--label", "x1")
        same(single["features"][0], numpy.stack([records["x12"], records["x0"]], 1).astype("f4"))
        same(single["label"][0], records["x1"])


def check_groups():
    """Records with a field of groups: kept in its type, no group in two files, with its own rows."""
    for dtype in ("u1", ">i4", "<u8"):
        records = numpy.zeros(3000, numpy.dtype([("x", "<f4"), ("event", dtype), ("label", "u1")]))
        records["x"], records["label"] = numpy.arange(3000), numpy.arange(3000) % 3
        records["event"] = random.integers(0, 100, 3000) + (2**60 if dtype == "<u8" else 0)
        numpy.save("r.npy", records)
        subprocess.run([tusk, "convert", "r.npy", "--group", "event", "--split", "train=0.7,test=0.3", "--shuffle",
                        "-o", "g.h5", "--overwrite"], check=True, stdout=subprocess.DEVNULL)
        seen = []
        for part in ("train", "test"):
            with h5py.File(f"g-{part}.h5") as file:
                x, group, label = (file[name][...] for name in ("features", "group", "label"))
            rows = x[:, 0].astype(int)
            same(group, records["event"].astype(numpy.dtype(dtype).newbyteorder("="))[rows])
            assert x.shape[1] == 1 and numpy.array_equal(label, records["label"][rows])
            seen.append((set(group.tolist()), rows))
        assert not seen[0][0] & seen[1][0] and len(seen[0][1]) + len(seen[1][1]) == 3000
        assert abs(len(seen[0][1]) - 2100) <= 50, len(seen[0][1])
    records = numpy.zeros(9, numpy.dtype([("x", "<f4"), ("event", "<f8")]))
    numpy.save("r.npy", records)
    done = subprocess.run([tusk, "convert", "r.npy", "--group", "event", "-o", "out.h5", "--overwrite"], capture_output=True, text=True)
    assert done.returncode == 65 and "groups of rows are told by whole numbers" in done.stderr, done


def check_cifar100():
    """Records of a coarse label, a fine one and an image, plane by plane."""
    records = random.integers(0, 256, (7, 3074)).astype("u1")
    records[:, 0], records[:, 1] = numpy.arange(7) * 3, numpy.arange(7) * 16
    records.tofile("train.bin")
    for options, label in (([], 1), (["--label", "coarse"], 0)):
        out = convert("train.bin", *options)
        same(out["features"][0], records[:, 2:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
        assert numpy.array_equal(out["label"][0], records[:, label])


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    check_arrays()
    check_compressed_parts()
    check_records()
    check_groups()
    check_cifar100()
