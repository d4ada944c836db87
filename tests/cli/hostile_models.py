# SPDX-License-Identifier: Apache-2.0
"""Hostile and foreign files where a model is taken, each in a process of its own: one clear line, the documented exit
code, nothing run, nothing written, nothing large allocated.

Usage: hostile_models.py TUSK; exits with 77 (skipped) without these packages."""

import io
import json
import os
import pickle
import resource
import struct
import subprocess
import sys
import tempfile
import zipfile

from skips import need

need("h5py", "numpy")

import h5py
import numpy as np

TUSK = sys.argv[1]
MOST_MEMORY = 400 << 20  # of a process, of which what MPI maps is most
DEEP = "[" * 100_000 + "]" * 100_000


def dense(units, name="dense", **more):
    return {"class_name": "Dense", "config": {"name": name, "units": units, "activation": "linear", **more}}


def config(*layers, shape=(None, 2)):
    first = {"class_name": "InputLayer", "config": {"batch_shape": list(shape), "name": "input"}}
    return {"module": "keras", "class_name": "Sequential", "config": {"name": "m", "layers": [first, *layers]}}


def weights(*arrays, group="layers/dense/vars"):
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        for i, array in enumerate(arrays):
            file[f"{group}/{i}"] = array
    return memory.getvalue()


KERNEL, BIAS = np.ones((2, 3), "float32"), np.zeros(3, "float32")
GOOD = weights(KERNEL, BIAS)


def archive(layers=None, arrays=GOOD, method=zipfile.ZIP_STORED, version="3.8.0", more=()):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", method) as file:
        file.writestr("metadata.json", json.dumps({"keras_version": version}))
        file.writestr("config.json", layers if isinstance(layers, (str, bytes)) else json.dumps(layers or config(dense(3))))
        file.writestr("model.weights.h5", arrays)
        for name, contents in more:
            file.writestr(name, contents)
    return memory.getvalue()


def patched(contents, old, new, which=-1):
    """With the `which`th occurrence of some bytes replaced."""
    at = contents.rfind(old) if which == -1 else contents.find(old)
    assert at >= 0 and len(old) == len(new)
    return contents[:at] + new + contents[at + len(old):]


def central(contents, name, offset, value):
    """With a field of an entry's record in the directory replaced, and the same in its own header where it has it."""
    at = contents.rfind(name.encode()) - 46 + offset
    return contents[:at] + value + contents[at + len(value):]


def hdf5(fill):
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        fill(file)
    return memory.getvalue()


def whole_h5(layers, arrays=(KERNEL, BIAS), change=lambda file: None):
    def fill(file):
        file.attrs["model_config"] = layers if isinstance(layers, str) else json.dumps(layers)
        file.attrs["keras_version"] = "2.15.0"
        group = file.create_group("model_weights/dense")
        file["model_weights"].attrs["layer_names"] = ["dense"]
        group.attrs["weight_names"] = ["dense/kernel:0", "dense/bias:0"]
        group["dense/kernel:0"], group["dense/bias:0"] = arrays
        change(file)
    return hdf5(fill)


def link_outside(file):
    del file["model_weights/dense/dense/kernel:0"]
    file["model_weights/dense/dense/kernel:0"] = h5py.ExternalLink("/etc/passwd", "/x")


def huge(file):
    del file["model_weights/dense/dense/kernel:0"]
    file["model_weights/dense/dense"].create_dataset("kernel:0", (2, 3 << 40), "float32", chunks=(2, 1 << 16))


class Runs:
    def __reduce__(self):
        return os.system, (f"touch {MARK}",)


class Piped:
    """A file that cannot be sought in."""

    def __init__(self, file):
        self.write, self.flush = file.write, file.flush


def bomb(size=8 << 30):
    """An entry that says to expand to 8 GiB."""
    deflated = archive(arrays=b"\0" * (1 << 20), method=zipfile.ZIP_DEFLATED)
    return central(deflated, "model.weights.h5", 24, struct.pack("<I", 0xF0000000))


def corpus():
    code = {"class_name": "Lambda", "config": {"name": "code", "function": ["4wEAAAAAAAAA", None, None]}}
    nan = json.dumps(config(dense(3))).replace('"units": 3', '"units": NaN')
    huge_layer = config(dense(1 << 40))
    stored = archive()
    yield "not the layers' shapes", "a.keras", archive(arrays=weights(KERNEL.T, BIAS)), "has shape (3, 2); the kernel of layer"
    yield "one array too few", "a.keras", archive(arrays=weights(KERNEL)), "has 1 arrays in the file, but 2"
    yield "a layer too many", "a.keras", archive(arrays=weights(KERNEL, BIAS, group="layers/conv2d/vars")), "class 'dense'"
    yield "numbers that are none", "a.keras", archive(arrays=weights(KERNEL * np.nan, BIAS)), "not finite"
    yield "no HDF5 within", "a.keras", archive(arrays=b"nothing"), "damaged, or no HDF5 file"
    yield "a huge layer", "a.keras", archive(huge_layer), ""
    yield "deep JSON", "a.keras", archive('{"config":' + DEEP + "}"), "nested more than 200 deep"
    yield "NaN in JSON", "a.keras", archive(nan), "cannot be read"
    yield "half a JSON", "a.keras", archive('{"config": ['), "cannot be read"
    yield "JSON of another thing", "a.keras", archive("[1, 2]"), "is no model's"
    yield "metadata of lists", "a.keras", archive(version=[[[]]], layers=nan), "cannot be read"
    yield "code in a layer", "a.keras", archive(config(code)), "layer 'code' (Lambda)"
    yield "a slip up", "a.keras", archive(more=[("../../up", "x")]), "leads out of it"
    yield "a slip to the root", "a.keras", archive(more=[("/etc/x", "x")]), "leads out of it"
    yield "the same name twice", "a.keras", patched(archive(more=[("metadata.jsoN", "{}")]), b"metadata.jsoN", b"metadata.json"), "two entries"
    yield "a bomb", "a.keras", bomb(), "which weights never do"
    yield "a size that lies", "a.keras", central(archive(method=zipfile.ZIP_DEFLATED), "model.weights.h5", 24, struct.pack("<I", 100_000)), "is damaged"
    yield "encrypted", "a.keras", central(stored, "model.weights.h5", 8, struct.pack("<H", 1)), "is encrypted"
    yield "another compression", "a.keras", archive(method=zipfile.ZIP_LZMA), "only deflate"
    yield "a checksum that lies", "a.keras", central(stored, "model.weights.h5", 16, b"\1\2\3\4"), "checksum"
    yield "an entry elsewhere", "a.keras", central(stored, "config.json", 42, struct.pack("<I", 3)), "truncated or damaged"
    yield "a directory elsewhere", "a.keras", stored[:-6] + struct.pack("<I", 1 << 31) + stored[-2:], "truncated or damaged"
    for part in (4, 100, len(stored) // 2, len(stored) - 1):
        yield f"the first {part} bytes", "a.keras", stored[:part], "truncated or damaged"
    yield "NumPy's weights", "a.keras", archive_of(("config.json", "{}"), ("model.weights.npz", "x")), "model.weights.npz"
    yield "PyTorch's zip", "a.pt", archive_of(("archive/data.pkl", pickle.dumps(Runs()))), "never opened here"
    yield "an .npz", "a.npz", archive_of(("a.npy", "x")), "arrays of NumPy (.npz)"
    yield "a sheet", "a.xlsx", archive_of(("xl/workbook.xml", "x")), "no model of Keras's"
    yield "a pickle", "a.pkl", pickle.dumps(Runs()), "never opened here"
    yield "Parquet", "a.parquet", b"PAR1" + bytes(50), "a table of Parquet"
    yield "ROOT", "a.root", b"root" + bytes(50), "uproot"
    yield "an array", "a.npy", b"\x93NUMPY\1\0" + bytes(50), "an array of NumPy"
    yield "ONNX", "a.onnx", b"\x08\x08\x12\x04lab1" + bytes(50), "a model of ONNX"
    yield "safetensors", "a.safetensors", struct.pack("<Q", 2) + b"{}" + bytes(50), "safetensors"
    yield "TensorFlow Lite", "a.tflite", b"\x1c\0\0\0TFL3" + bytes(50), "TensorFlow Lite"
    yield "MATLAB", "a.mat", b"MATLAB 5.0 MAT-file" + bytes(110), "'-v7.3'"
    yield "nothing at all", "a.h5", b"", "empty"
    pieces = {"metadata": {"total_size": 36}, "weight_map": {"/layers/dense/vars": ["a_00000.weights.h5"]}}
    yield "weights in pieces", "a.weights.json", json.dumps(pieces, indent=4).encode(), "makes one file"
    for what, layers, said in refused():
        yield what, "a.keras", archive(layers), said
        yield what, "a.h5", whole_h5(layers), said
    yield "weights of Keras 3 alone", "a.weights.h5", GOOD, "but not its layers"
    yield "a link outside", "a.h5", whole_h5(config(dense(3)), change=link_outside), "a link to another file"
    yield "huge declared sizes", "a.h5", whole_h5(config(dense(3)), change=huge), "declares"
    yield "deep JSON in .h5", "a.h5", whole_h5('{"config":' + DEEP[:60_000] + "}"), ""
    yield "code in .h5", "a.h5", whole_h5(config(code)), "layer 'code' (Lambda)"
    yield "deep JSON alone", "a.json", ('{"class_name":' + DEEP + "}").encode(), "nested more than 200 deep"


def refused():
    """What is no model of layers that Tusk has: the layer, its class and what could be done."""
    def layer(class_name, name="own", **more):
        return {"class_name": class_name, "config": {"name": name, **more}}
    first = {"class_name": "InputLayer", "config": {"batch_shape": [None, 2], "name": "i"}, "name": "i", "inbound_nodes": []}
    slice_of = {**layer("SlicingOpLambda"), "name": "own", "inbound_nodes": [["i", 0, 0, {"slice_spec": []}]]}
    graph = {"class_name": "Functional", "config": {"name": "m", "layers": [first, slice_of], "input_layers": [["i", 0, 0]],
                                                    "output_layers": [["own", 0, 0]]}}
    yield "a layer that Tusk lacks", config(layer("ConvLSTM2D", filters=3)), "layer 'own' (ConvLSTM2D) is of a type that Tusk does not have: a program"
    yield "a layer of the user's", config(layer("lab>Ring")), "layer 'own' (lab>Ring)"
    yield "QKeras", config(layer("QDense", units=3)), "layer 'own' (QDense) is of a type that Tusk does not have: it computes in few bits"
    yield "an activation of the user's", config(dense(3, activation="wave")), "layer 'dense' (Dense) has activation 'wave', which Tusk does not have: give"
    yield "an activation of QKeras", config(dense(3, activation="quantized_relu(6)")), "'quantized_relu(6)', which Tusk does not have: it is one of QKeras's"
    yield "a quantizer", config(dense(3, activation=layer("quantized_bits"))), "one of QKeras's"
    yield "a layer as an activation", config(dense(3, activation=layer("ReLU"))), "'ReLU', which Tusk does not have: call that as a layer"
    yield "code", config(layer("Lambda")), "never run here; layers"
    yield "an operation", graph, "layer 'own' (SlicingOpLambda) is of a type that Tusk does not have: it is an operation on tensors"
    yield "texts", config(layer("TextVectorization")), "it prepares data"
    yield "a subclassed model", {"module": "lab", "class_name": "Net", "config": {}}, "a model of class \"Net\"; Sequential and Functional"
    yield "channels first", config(layer("Conv2D", filters=3, kernel_size=[2, 2], data_format="channels_first"), shape=(None, 1, 4, 4)), (
        "layer 'own' (Conv2D) has data_format \"channels_first\"; channels_last is supported: build")


def archive_of(*entries):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as file:
        for name, contents in entries:
            file.writestr(name, contents)
    return memory.getvalue()


def inspect(path, code):
    done = subprocess.run([TUSK, "inspect", path], capture_output=True, text=True, timeout=60)
    assert done.returncode == code, (path, done.returncode, done.stdout[-500:], done.stderr[-500:])
    return done


def main():
    global MARK
    with tempfile.TemporaryDirectory() as folder:
        MARK = f"{folder}/was-run"
        count = 0
        for what, name, contents, said in corpus():
            os.mkdir(f"{folder}/{count}")
            path = f"{folder}/{count}/{name}"
            with open(path, "wb") as file:
                file.write(contents)
            done = inspect(path, 65)
            assert done.stderr.count("\n") == 1 and said in done.stderr, (what, done.stderr)
            assert os.listdir(f"{folder}/{count}") == [name], what
            count += 1
        os.mkdir(f"{folder}/saved")
        open(f"{folder}/saved/saved_model.pb", "w").close()
        assert "a SavedModel of TensorFlow's" in inspect(f"{folder}/saved", 65).stderr
        assert sorted(os.listdir(folder)) == sorted([*map(str, range(count)), "saved"])
        # What is good is taken, however it is packed, and a name is but a name.
        with open(f"{folder}/named.keras", "wb") as file:
            file.write(archive(config(dense(3, name="../../up"))))
        inspect(f"{folder}/named.keras", 0)
        for what, dtype, said in (
                ("half", {"class_name": "DTypePolicy", "config": {"name": "mixed_float16"}}, "computed in mixed_float16 where"),
                ("double", "float64", "layer 'dense' computed in float64 where"), ("float", "float32", "")):
            path = f"{folder}/{what}.keras"
            with open(path, "wb") as file:
                file.write(archive(config(dense(3, dtype=dtype))))
            warned = inspect(path, 0).stderr
            assert said in warned and warned.count("\n") == (1 if said else 0), warned
        # Archives with sizes in 64 bits, and with sizes behind their entries, as who writes to a pipe makes them.
        for what, kind in ("wide", {"force_zip64": True}), ("piped", {}):
            with open(f"{folder}/{what}.keras", "wb") as out, zipfile.ZipFile(Piped(out) if what == "piped" else out, "w") as file:
                for name, contents in ("config.json", json.dumps(config(dense(3))).encode()), ("model.weights.h5", GOOD):
                    with file.open(name, "w", **kind) as entry:
                        entry.write(contents)
            assert "(2, 3)" in inspect(f"{folder}/{what}.keras", 0).stdout
        for method in zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED:
            path = f"{folder}/good-{method}.keras"
            with open(path, "wb") as file:
                file.write(archive(method=method, more=[("assets/notes.pkl", pickle.dumps(Runs()))]))
            assert "(2, 3)" in inspect(path, 0).stdout
        assert not os.path.exists(MARK)
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10
    assert most < MOST_MEMORY, most
    print(f"{count + 1} hostile files refused, at most {most >> 20} MiB")


main()
