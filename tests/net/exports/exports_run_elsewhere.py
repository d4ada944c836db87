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

# Layers that read a mask, for which ONNX has no operators.
MASKED = {"batch_normalization_masked", "bidirectional_backwards", "bidirectional_last", "bidirectional_lstm_ave",
          "bidirectional_lstm_concat", "bidirectional_lstm_mul", "bidirectional_lstm_sum", "embedding_mask",
          "global_average_pooling1d_masked", "gru_masked_sequences", "gru_reset_before_masked",
          "lstm_masked_sequences", "masking_of_a_value", "masks_concatenated_by_steps", "masks_of_two",
          "masks_passed"}

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
    refused, count = set(), 0
    for file_name in sorted(os.listdir(CASES)):
        path, case = f"{CASES}/{file_name}", file_name.removesuffix(".h5")
        target = f"{folder}/{case}.onnx"
        done = subprocess.run([TUSK, "export", path, "-o", target], capture_output=True, text=True, timeout=60)
        if done.returncode == 65:
            assert "ONNX: layer '" in done.stderr and "it reads a mask" in done.stderr, done.stderr
            assert done.stderr.count("\n") == 1 and not os.path.exists(target), done.stderr
            refused.add(case)
            continue
        assert done.returncode == 0, (case, done.stderr)
        with h5py.File(path) as file:
            x, wanted = file["case/inputs"][...].astype("float32"), file["case/outputs"][...]
        require_near(outputs_of(target, x), wanted, case)
        count += 1
    assert refused == MASKED, refused ^ MASKED
    return count


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


# What ONNX would have to do beside rows' own transforms is refused: nothing is left out without a word.
REFUSED = [
    ("labels", 'features = "a"\nlabel_transforms = [{ type = "standard" }]',
     'layers = [{ type = "dense", units = 1 }]', "its label_transforms, which predictions undo, cannot be written"),
    ("inputs", 'features = ["a", "b"]\ntransforms = { b = [{ type = "standard" }] }',
     'inputs = { a = [4], b = [3] }\nlayers = [{ type = "concatenate", inputs = ["a", "b"] }, { type = "dense", units = 1 }]',
     "transforms of a model with 2 inputs cannot be written"),
]


def check_refused(folder, name, data, model, wanted):
    random = np.random.default_rng(5)
    with h5py.File(f"{folder}/{name}.h5", "w") as file:
        file["a"], file["b"] = random.normal(size=(50, 4)), random.normal(size=(50, 3))
        file["label"] = random.normal(size=50)
    experiment = f"{folder}/{name}.toml"
    with open(experiment, "w") as file:
        file.write(f"""name = "{name}"
[data]
train = "{folder}/{name}.h5"
{data}
[model]
{model}
loss = "mse"
[optimizer]
name = "sgd"
[trainer]
name = "single"
epochs = 1
""")
    run("train", experiment, "--run-dir", f"{folder}/{name}")
    said = run("export", f"{folder}/{name}/model.h5", "-o", f"{folder}/{name}.onnx", code=65)
    assert wanted in said, said
    assert not os.path.exists(f"{folder}/{name}.onnx")


def main():
    with tempfile.TemporaryDirectory() as folder:
        count = check_layers(folder)
        for case in TRANSFORMS:
            check_transforms(folder, *case)
        for case in REFUSED:
            check_refused(folder, *case)
        check_what_is_said(folder)
    print(f"{count} layers and {len(TRANSFORMS)} chains of transforms in onnxruntime {onnxruntime.__version__}")


main()
