# SPDX-License-Identifier: Apache-2.0
"""Networks with layers that normalize, in Tusk and in Keras 3: the same outputs, gradients and weights after 20 steps
from the same file, moving statistics and frozen layers included; and, of residual networks with batch normalization
that distributed optimizers have trained, the same accuracy.

Usage: train_keras.py TUSK MPI_RUN; exits with 77 (skipped) where there is no Keras 3."""

import json
import tempfile

from any_keras import keras
from near import require_near
from program import run
from skips import skip

import h5py
import numpy as np

if not keras.__version__.startswith("3."):
    skip(f"Keras {keras.__version__} moves variances otherwise; this is of Keras 3")

ROWS, STEPS, RATE = 12, 20, 0.05
layers = keras.layers


def images():
    return keras.Sequential([
        keras.Input((7, 5, 3)),
        layers.Rescaling(0.5, offset=0.1),
        layers.BatchNormalization(momentum=0.9),
        layers.Flatten(),
        layers.Dense(6, activation="tanh"),
        layers.BatchNormalization(scale=False, epsilon=1e-2),
        layers.LayerNormalization(),
        layers.Dense(3)])


def series():
    return keras.Sequential([
        keras.Input((4, 6)),
        layers.Normalization(mean=[0.1, 0.2, 0.3, 0.4, 0.5, 0.6], variance=[1.0, 2.0, 0.5, 3.0, 1.5, 0.7]),
        layers.BatchNormalization(axis=1, center=False),
        layers.LayerNormalization(axis=2, scale=False),
        layers.LayerNormalization(axis=-1, epsilon=1e-2),
        layers.Flatten(),
        layers.Dense(3)])


def frozen():
    adapted = layers.Normalization()
    adapted.adapt(np.random.default_rng(3).normal(2.0, 3.0, (50, 9)))
    return keras.Sequential([
        keras.Input((9,)),
        adapted,
        layers.Dense(5, trainable=False),
        layers.BatchNormalization(trainable=False),
        layers.Dense(4),
        layers.BatchNormalization(center=False, scale=False),
        layers.Dense(3)])


def write(path, text):
    with open(path, "w") as file:
        file.write(text)
    return path


def weights_in(path):
    """The arrays of a model file by layer, in the file's order."""
    with h5py.File(path) as file:
        group = file["model_weights"]
        return [group[layer][weight][...] for layer in group.attrs["layer_names"]
                for weight in group[layer].attrs["weight_names"]]


def check_steps(make, folder):
    """Tusk trains a file of Keras's as Keras does, and Keras loads what it leaves."""
    name, random = make.__name__, np.random.default_rng(5)
    model = make()
    for layer in model.layers:
        for weight in layer.weights:
            if not isinstance(layer, layers.Normalization) and len(weight.shape) == 1:
                weight.assign(random.uniform(0.4, 1.4, weight.shape))
    x = random.normal(1.0, 2.0, (ROWS, *model.input_shape[1:])).astype("float32")
    y = random.normal(size=(ROWS, 3)).astype("float32")
    path, data = f"{folder}/{name}.h5", f"{folder}/{name}-data.h5"
    model.compile(keras.optimizers.SGD(RATE), "mse")
    model.save(path)
    with h5py.File(data, "w") as file:
        file["features"], file["label"] = x, y
    before = [layer.get_weights() for layer in model.layers]

    def trained(steps):
        experiment = write(f"{folder}/{name}{steps}.toml", f"""name = "{name}{steps}"
[data]
train = "{data}"
shuffle = false
[model]
file = "{path}"
loss = "mse"
[optimizer]
name = "sgd"
learning_rate = {RATE}
[trainer]
name = "single"
epochs = {steps}
batch_size = {ROWS}
""")
        run("train", experiment, "--run-dir", f"{folder}/{name}-run{steps}")
        return f"{folder}/{name}-run{steps}/model.h5"

    # The outputs, in inference.
    outputs = np.asarray(model(x))
    kept = keras.models.load_model(trained(1), compile=False)
    model.fit(x, y, batch_size=ROWS, epochs=1, shuffle=False, verbose=0)
    after = [layer.get_weights() for layer in model.layers]
    # A step by the gradients, and of the statistics; as a whole and as what it changed.
    ours = [layer.get_weights() for layer in kept.layers]
    for layer, a, b, mine in zip(model.layers, before, after, ours):
        require_near(mine, b, (name, layer.name, "step"))
        change = max([np.abs(v - u).max() for u, v in zip(a, b)], default=0.0)
        for u, v, w in zip(a, b, mine):
            assert np.abs(v - w).max() <= 1e-5 * max(change, 0.02), (name, layer.name, "gradient")
    model.fit(x, y, batch_size=ROWS, epochs=STEPS - 1, shuffle=False, verbose=0)
    last = trained(STEPS)
    ours = keras.models.load_model(last, compile=False)
    assert [layer.trainable for layer in ours.layers] == [layer.trainable for layer in model.layers]
    require_near(ours.get_weights(), model.get_weights(), (name, "steps"), 3e-5)
    difference = np.abs(np.asarray(ours(x)) - np.asarray(model(x))).max()
    assert difference <= 3e-5 * np.abs(np.asarray(model(x))).max(), (name, difference)
    run("predict", path, data, "--output", f"{folder}/{name}-predictions.h5")
    with h5py.File(f"{folder}/{name}-predictions.h5") as file:
        predicted = next(file[key][...] for key in file if file[key].shape == outputs.shape)
    require_near([predicted], [outputs], (name, "outputs"))


RESIDUAL = """
  { type = "batch_normalization" },
  { type = "conv2d", filters = 8, kernel_size = 3, padding = "same", use_bias = false },
  { type = "batch_normalization" },
  { type = "activation", activation = "relu", name = "before" },
  { type = "conv2d", filters = 8, kernel_size = 3, padding = "same", use_bias = false },
  { type = "batch_normalization", momentum = 0.9 },
  { type = "activation", activation = "relu", name = "block" },
  { type = "add", inputs = ["before", "block"] },
  { type = "global_average_pooling2d" },
  { type = "dense", units = 3, activation = "softmax" },
"""


def write_classes(path):
    """Images of stripes, which lie, stand or cross, anywhere, in noise and far from zero."""
    random = np.random.default_rng(11)
    label = random.integers(0, 3, 2003)
    row, col = np.indices((7, 6))
    waves = [row % 2, col % 2, (row + col) % 2]
    signs = random.choice([-1, 1], 2003)
    patterns = np.array([2 * sign * waves[kind] for sign, kind in zip(signs, label)])
    with h5py.File(path, "w") as file:
        file["features"] = (5 + patterns + random.normal(0, 1.8, patterns.shape)).astype("float32")[..., None]
        file["label"] = label.astype("int32")
    return path


def check_accuracy(rule, folder, data, simulated):
    """The accuracy that Tusk reports of what it has trained is Keras's with the same weights."""
    name, _, options = rule.partition(" ")
    momentum = '\nmomentum = 0.9\nnesterov = true' if name == "eamsgd" else ""
    run_dir = f"{folder}/{name}{'-simulated' if simulated else ''}"
    experiment = write(f"{run_dir}.toml", f"""name = "{name}"
[data]
train = "{data}"
test = "{data}"
[model]
layers = [{RESIDUAL}]
loss = "categorical_crossentropy"
metrics = ["accuracy"]
[optimizer]
name = "sgd"
learning_rate = 0.05{momentum}
[trainer]
name = "{name}"
epochs = 4
batch_size = 16
{options}
""")
    if simulated:
        run("simulate", experiment, "--workers", "4", "--run-dir", run_dir)
    else:
        run("train", experiment, "--run-dir", run_dir, ranks=4)
    with open(f"{run_dir}/summary.json") as file:
        summary = json.load(file)
    model = keras.models.load_model(f"{run_dir}/model.h5", compile=False)
    with h5py.File(data) as file:
        x, label = file["features"][...], file["label"][...]
    right = int((np.asarray(model(x)).argmax(axis=1) == label).sum())
    accuracy = summary["test_accuracy"]
    assert round(accuracy * len(label)) == right, (run_dir, accuracy, right / len(label))
    assert accuracy > 0.75, (run_dir, accuracy)


def main():
    with tempfile.TemporaryDirectory() as folder:
        for make in (images, series, frozen):
            check_steps(make, folder)
        data = write_classes(folder + "/classes.h5")
        rules = ["downpour communication_window = 3", "adag communication_window = 2", "dynsgd communication_window = 3",
                 "experimental communication_window = 2", "hogwild communication_window = 3",
                 "gem communication_window = 3", "aeasgd communication_window = 4", "eamsgd communication_window = 4",
                 "async_local_sgd communication_window = 3", "delayed_nesterov communication_window = 3\nouter_momentum = 0.5",
                 "easgd communication_window = 4", "averaging communication_window = 5", "diloco communication_window = 5", "sync_sgd"]
        for rule in rules:
            for simulated in (False, True):
                check_accuracy(rule, folder, data, simulated)
    print(f"three networks trained as by Keras {keras.__version__}; {len(rules)} rules evaluated as by it")


main()
