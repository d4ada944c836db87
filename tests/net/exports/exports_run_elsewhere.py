# SPDX-License-Identifier: Apache-2.0
"""Exported models where they are meant to go: ONNX, accepted by onnx.checker, gives in onnxruntime what Keras computed
of every layer, and of rows as they are stored what Tusk predicts; safetensors has the weights.

Usage: exports_run_elsewhere.py TUSK FOLDER, of the layers' cases; exits with 77 (skipped) without these packages."""

import json
import os
import subprocess
import sys
import tempfile

from skips import need

need("h5py", "numpy", "onnx", "onnxruntime", "safetensors")

import h5py
import numpy as np
import onnx
import onnxruntime
import safetensors

TUSK, CASES = sys.argv[1:]
ROWS = 300

DENSE = """layers = [
  { type = "dense", units = 8, activation = "tanh" },
  { type = "dense", units = 2, activation = "softmax" },
]"""
IMAGES = """layers = [
  { type = "conv2d", filters = 3, kernel_size = 2, activation = "relu" },
  { type = "flatten" },
  { type = "dense", units = 2, activation = "softmax" },
]"""
MISSING = '{ type = "missing", value = nan, fill = "mean", columns = [0, 4] }'
TRANSFORMS = [
    ("standard", DENSE, "float32", [MISSING, '{ type = "standard" }']),
    ("all", DENSE, "float32",
     [MISSING, '{ type = "missing", value = -999.0, fill = 7.5 }', '{ type = "one_hot", column = 5, unknown = "zeros" }',
      '{ type = "clip", low = -2.0, high = 50.0, columns = [0, 2, 4] }', '{ type = "log", columns = [3] }',
      '{ type = "scale", factor = 0.001, offset = -1.5, columns = [1, 3] }', '{ type = "minmax", columns = [1, 2] }',
      '{ type = "standard" }']),
    ("norms", DENSE, "float32",
     [MISSING, '{ type = "normalize", p = 1, columns = [0, 1] }', '{ type = "normalize", p = "inf", columns = [2, 3] }',
      '{ type = "normalize", p = 3, columns = [3, 4, 5] }', '{ type = "normalize", p = 2 }']),
    ("images", IMAGES, "float32",
     [MISSING, '{ type = "standard" }', '{ type = "reshape", shape = [3, 2, 1] }']),
    ("stamps", DENSE, "float64", [MISSING, '{ type = "standard" }']),
]


def run(*arguments, code=0):
    done = subprocess.run([TUSK, *arguments], capture_output=True, text=True, timeout=250)
    assert done.returncode == code, (arguments, done.stdout, done.stderr)
    return done.stdout + done.stderr


def outputs_of(path, x):
    """What onnxruntime makes of the one input, in a batch and of each sample alone."""
    onnx.checker.check_model(onnx.load(path), full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    whole = session.run(None, {name: x})[0]
    alone = np.concatenate([session.run(None, {name: x[i:i + 1]})[0] for i in range(3)])
    require_near(alone, whole[:3], (path, "alone"))
    return whole


def require_near(ours, wanted, what, tolerance=1e-5):
    assert ours.shape == wanted.shape, (what, ours.shape, wanted.shape)
    error = np.abs(ours - wanted).max() / max(np.abs(wanted).max(), 1e-30)
    assert error <= tolerance, (what, error)


def check_layers(folder):
    files = sorted(os.listdir(CASES))
    for file_name in files:
        path, case = f"{CASES}/{file_name}", file_name.removesuffix(".h5")
        target = f"{folder}/{case}.onnx"
        run("export", path, "-o", target)
        with h5py.File(path) as file:
            x, wanted = file["case/inputs"][...].astype("float32"), file["case/outputs"][...]
        require_near(outputs_of(target, x), wanted, case)
    return len(files)


def rows(random):
    x = random.normal(size=(ROWS, 6)) * [3.0, 1.0, 0.5, 40.0, 60.0, 0.0] + [1.0, 0.0, -1.0, 2e3, 80.0, 0.0]
    x[:, 5] = random.choice([0.25, 1.0, 2.1, 7.0], ROWS)
    x[random.random(x.shape) < [0.2, 0.0, 0.0, 0.0, 0.1, 0.0]] = np.nan
    x[random.random(ROWS) < 0.1, 1] = -999.0
    return x


def check_transforms(folder, name, network, dtype, transforms):
    random = np.random.default_rng(4)
    x = rows(random).astype(dtype)
    if name == "stamps":
        x[:, 3] += 1.7e9
    data = f"{folder}/{name}.h5"
    with h5py.File(data, "w") as file:
        file["features"], file["label"] = x, random.integers(0, 2, ROWS).astype("int32")
    experiment = f"{folder}/{name}.toml"
    with open(experiment, "w") as file:
        file.write(f"""name = "{name}"
[data]
train = "{data}"
transforms = [{", ".join(transforms)}]
[model]
{network}
loss = "categorical_crossentropy"
[optimizer]
name = "adam"
[trainer]
name = "single"
epochs = 2
batch_size = 50
""")
    run("train", experiment, "--run-dir", f"{folder}/{name}")
    model = f"{folder}/{name}/model"
    for suffix in ".onnx", ".safetensors":
        said = run("export", model + ".h5", "-o", model + suffix)
        assert ("it takes rows of float64" in said) == (dtype == "float64" and suffix == ".onnx"), said
    run("predict", model + ".h5", data, "--output", f"{folder}/{name}-predictions.h5")
    with h5py.File(f"{folder}/{name}-predictions.h5") as file:
        wanted = next(file[key][...] for key in file if file[key].shape == (ROWS, 2))
    require_near(outputs_of(model + ".onnx", x), wanted, name)
    check_safetensors(model)


def texts(attribute):
    return [text.decode() if isinstance(text, bytes) else text for text in attribute]


def check_safetensors(model):
    with h5py.File(model + ".h5") as file, safetensors.safe_open(model + ".safetensors", "np") as tensors:
        group, names = file["model_weights"], []
        for layer in texts(group.attrs["layer_names"]):
            for weight in texts(group[layer].attrs["weight_names"]):
                array = weight.split("/")[-1].removesuffix(":0")
                names.append(f"{layer}.{array}")
                np.testing.assert_array_equal(tensors.get_tensor(names[-1]), group[layer][weight][...])
        assert sorted(tensors.keys()) == sorted(names), (tensors.keys(), names)
        metadata = tensors.metadata()
        assert json.loads(metadata["model_config"])["class_name"] == "Sequential", metadata
        assert json.loads(metadata["transforms"]) == json.loads(file["tusk"].attrs["transforms"]), metadata


def check_what_is_said(folder):
    run("export", f"{CASES}/conv2d.h5", "-o", f"{folder}/a.onnx")
    said = run("export", f"{CASES}/conv2d.h5", "-o", f"{folder}/a.onnx", code=73)
    assert "exists" in said or "a.onnx" in said, said
    run("export", f"{CASES}/conv2d.h5", "-o", f"{folder}/a.onnx", "--overwrite")
    run("export", f"{CASES}/conv2d.h5", "-o", f"{folder}/a.model", "--format", "onnx")
    with open(f"{folder}/a.onnx", "rb") as a, open(f"{folder}/a.model", "rb") as b:
        assert a.read() == b.read()
    said = run("export", f"{CASES}/conv2d.h5", "-o", f"{folder}/a.pt", code=64)
    assert "its name does not say the format" in said, said


# More than rows that go in: gaps in sequences, transforms of each of several inputs, and labels' transforms undone.
GRAPHS = [
    ("masks", ["a"], "label", 'features = "a"', """layers = [
  { type = "masking" },
  { type = "bidirectional", layer = { type = "lstm", units = 3, return_sequences = true, go_backwards = true } },
  { type = "gru", units = 4, return_sequences = true, go_backwards = true, reset_after = false },
  { type = "bidirectional", layer = { type = "gru", units = 2 }, merge_mode = "sum" },
  { type = "dense", units = 1 },
]"""),
    ("labels", ["b"], "label",
     'features = "b"\nlabel_transforms = [{ type = "log", offset = 9.0 }, { type = "minmax" }, { type = "scale", factor = 3.0 }]',
     'layers = [{ type = "dense", units = 4, activation = "tanh" }, { type = "dense", units = 1 }]'),
    ("several", ["a", "b"], ["label", "pairs"], """features = { steps = "a", row = "b" }
label = { one = "label", two = "pairs" }
transforms = { row = [{ type = "missing", value = -999.0, fill = "median" }, { type = "standard" }] }
label_transforms = { two = [{ type = "standard" }] }""", """inputs = { steps = [5, 2], row = [3] }
layers = [
  { type = "masking", name = "gaps", inputs = ["steps"] },
  { type = "gru", units = 3, name = "last", inputs = ["gaps"] },
  { type = "concatenate", name = "all", inputs = ["last", "row"] },
  { type = "dense", units = 1, name = "one", inputs = ["all"] },
  { type = "dense", units = 2, name = "two", inputs = ["all"] },
]
outputs = ["one", "two"]"""),
]


def graph_data():
    """Sequences with gaps before, within and behind, one of gaps alone; a row with a gap; a column that never changes."""
    random = np.random.default_rng(5)
    a, b = random.normal(size=(50, 5, 2)).astype("float32"), random.normal(size=(50, 3)).astype("float32")
    a[random.random((50, 5)) < 0.4] = 0.0
    a[7] = 0.0
    b[random.random((50, 3)) < 0.2] = -999.0
    label = random.normal(size=50).astype("float32")
    pairs = np.stack([100.0 * label, np.full(50, 4.0)], axis=1).astype("float32")
    return {"a": a, "b": b, "label": label, "pairs": pairs}


def check_graph(folder, name, inputs, labels, data, model):
    arrays = graph_data()
    path = f"{folder}/{name}.h5"
    with h5py.File(path, "w") as file:
        for key, values in arrays.items():
            file[key] = values
    experiment = f"{folder}/{name}.toml"
    with open(experiment, "w") as file:
        file.write(f"""name = "{name}"
[data]
train = "{path}"
{data}
[model]
{model}
loss = "mse"
[optimizer]
name = "sgd"
[trainer]
name = "single"
epochs = 2
[output]
formats = ["onnx", "safetensors"]
""")
    run("train", experiment, "--run-dir", f"{folder}/{name}")
    run("predict", f"{folder}/{name}/model.h5", path, "--features", ",".join(inputs),
        "--output", f"{folder}/{name}-predictions.h5")
    target = f"{folder}/{name}/model.onnx"
    onnx.checker.check_model(onnx.load(target), full_check=True)
    session = onnxruntime.InferenceSession(target, providers=["CPUExecutionProvider"])
    given = {one.name: arrays[array] for one, array in zip(session.get_inputs(), inputs, strict=True)}
    with h5py.File(f"{folder}/{name}-predictions.h5") as file:
        for output, made in zip(session.get_outputs(), session.run(None, given), strict=True):
            wanted = file["prediction" if isinstance(labels, str) else f"{output.name}/prediction"][...]
            require_near(made, wanted.reshape(made.shape), (name, output.name))
    if len(inputs) > 1:
        with safetensors.safe_open(f"{folder}/{name}/model.safetensors", "np") as tensors:
            transforms = tensors.metadata()["transforms"]
        assert [step["type"] for step in json.loads(transforms)["row"]] == ["missing", "standard"], transforms
        assert session.get_modelmeta().custom_metadata_map["transforms"] == transforms


def main():
    with tempfile.TemporaryDirectory() as folder:
        count = check_layers(folder)
        for case in TRANSFORMS:
            check_transforms(folder, *case)
        for case in GRAPHS:
            check_graph(folder, *case)
        check_what_is_said(folder)
    print(f"{count} layers, {len(TRANSFORMS)} chains of transforms and {len(GRAPHS)} graphs in onnxruntime {onnxruntime.__version__}")


main()
