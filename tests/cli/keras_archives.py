# SPDX-License-Identifier: Apache-2.0
"""Keras 3's own files, both ways: .keras archives and .weights.h5 that Keras saves are trained and predicted from, the
.keras that Tusk writes is Keras's, optimizer included, and what a model is to be written as is asked before training.

Usage: keras_archives.py TUSK; exits with 77 (skipped) where there is no Keras 3."""

import os
import tempfile

from any_keras import keras
from near import require_near
from program import run
from skips import skip

import h5py
import numpy as np

if not keras.__version__.startswith("3."):
    skip(f"Keras {keras.__version__} has no .keras of Keras 3")

ROWS, STEPS = 16, 20
layers = keras.layers


def train(folder, name, model, data, more="", code=0):
    with open(f"{folder}/{name}.toml", "w") as file:
        file.write(f"""name = "{name}"
[data]
train = "{data}"
shuffle = false
{more}
[model]
{model}
[trainer]
name = "single"
epochs = {STEPS}
batch_size = {ROWS}
[output]
formats = ["h5", "keras"]
""")
    said = run("train", f"{folder}/{name}.toml", "--run-dir", f"{folder}/{name}", code=code).output
    return f"{folder}/{name}/model", said


def predict(folder, data, *model):
    run("predict", *model, data, "--output", f"{folder}/p.h5", "--overwrite")
    with h5py.File(f"{folder}/p.h5") as file:
        return next(file[key][...] for key in file if file[key].ndim == 2)


def write_data(path, x, y):
    with h5py.File(path, "w") as file:
        file["features"], file["label"] = x, y


def functional():
    """A model within a model, a layer that is called twice, a recurrent one within Bidirectional, one without weights."""
    inner_in = keras.Input((4,))
    inner = keras.Model(inner_in, layers.Dense(4, name="last")(layers.BatchNormalization()(inner_in)), name="inner")
    inputs = keras.Input((3, 2), name="cells")
    x = layers.Bidirectional(layers.GRU(2, return_sequences=True))(inputs)
    x = layers.TimeDistributed(layers.Dense(4, activation="tanh"))(x)
    x = layers.Flatten()(layers.Dropout(0.0)(x))
    shared = layers.Dense(4, activation="tanh", name="shared")
    x = inner(shared(shared(layers.Dense(4)(x))))
    return keras.Model(inputs, layers.Dense(2, name="out")(x))


def from_keras_and_back(folder, x, y, data):
    """Saved by Keras after some steps, trained on by Tusk, and on by Keras: as by Keras alone."""
    keras.utils.set_random_seed(5)
    model = functional()
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse", metrics=["mae"])
    model.fit(x, y, batch_size=ROWS, epochs=3, shuffle=False, verbose=0)
    model.save(f"{folder}/theirs.keras")
    model.save_weights(f"{folder}/theirs.weights.h5")
    with open(f"{folder}/theirs.json", "w") as file:
        file.write(model.to_json())
    wanted = model.predict(x, verbose=0)
    for files in (["theirs.keras"], ["theirs.json", "--weights", f"{folder}/theirs.weights.h5"],
                  ["theirs.json", "--weights", f"{folder}/theirs.keras"]):
        require_near([predict(folder, data, f"{folder}/{files[0]}", *files[1:])], [wanted], files, 1e-5)
    assert "adam" in run("inspect", f"{folder}/theirs.keras").output
    assert "mse" in run("evaluate", f"{folder}/theirs.keras", data).output
    ours, said = train(folder, "on", f'file = "{folder}/theirs.keras"', data)
    assert "not used" not in said, said
    model.fit(x, y, batch_size=ROWS, epochs=STEPS, shuffle=False, verbose=0)
    wanted = model.predict(x, verbose=0)
    for form in ".keras", ".h5":
        require_near([predict(folder, data, ours + form)], [wanted], ("further steps", form), 1e-4, 0.1)
    # Keras restores the optimizer from .keras by itself.
    back = keras.models.load_model(ours + ".keras")
    require_near([back.predict(x, verbose=0)], [predict(folder, data, ours + ".keras")], "back in Keras", 1e-5)
    assert int(back.optimizer.iterations) == 3 + STEPS
    back.fit(x, y, batch_size=ROWS, epochs=STEPS, shuffle=False, verbose=0)
    further, _ = train(folder, "further", f'file = "{ours}.keras"', data)
    require_near([predict(folder, data, further + ".keras")], [back.predict(x, verbose=0)], "twenty more", 1e-4, 0.1)
    return ours


def with_transforms(folder):
    random = np.random.default_rng(2)
    x = random.normal(size=(ROWS, 3)).astype("float32") * [1, 30, 5] + [0, 100, -5]
    x[random.random(x.shape) < 0.2] = -999
    write_data(f"{folder}/rows.h5", x, random.normal(size=ROWS))
    network = """layers = [{ type = "dense", units = 4, activation = "tanh" }, { type = "dense", units = 1 }]
loss = "mse"
[optimizer]
name = "sgd"
learning_rate = 0.01
momentum = 0.9"""
    ours, _ = train(folder, "rows", network, f"{folder}/rows.h5",
                    'transforms = [{ type = "missing", value = -999.0, fill = "mean" }, { type = "standard" }]')
    wanted = predict(folder, f"{folder}/rows.h5", ours + ".h5")
    np.testing.assert_array_equal(predict(folder, f"{folder}/rows.h5", ours + ".keras"), wanted)
    model = keras.models.load_model(ours + ".keras")
    require_near([model.predict(x.astype("float32"), verbose=0)], [wanted], "raw rows", 1e-5)
    run("export", ours + ".keras", "-o", f"{folder}/again.h5")
    np.testing.assert_array_equal(predict(folder, f"{folder}/rows.h5", f"{folder}/again.h5"), wanted)


def weights_for_own_layers(folder, x, y):
    """The weights of a program of Keras's for layers that the experiment names itself."""
    flat = x.reshape(ROWS, 6)
    write_data(f"{folder}/flat.h5", flat, y)
    model = keras.Sequential([keras.Input((6,)), layers.Dense(5, activation="relu"), layers.BatchNormalization(),
                              layers.Dense(2)])
    model.save_weights(f"{folder}/flat.weights.h5")
    own = f"""layers = [
  {{ type = "dense", units = 5, activation = "relu" }}, {{ type = "batch_normalization" }}, {{ type = "dense", units = 2 }},
]
weights = "{folder}/flat.weights.h5"
loss = "mse"
[optimizer]
name = "sgd"
learning_rate = 0.05"""
    ours, _ = train(folder, "flat", own, f"{folder}/flat.h5")
    model.compile(optimizer=keras.optimizers.SGD(0.05), loss="mse")
    model.fit(flat, y, batch_size=ROWS, epochs=STEPS, shuffle=False, verbose=0)
    require_near([predict(folder, f"{folder}/flat.h5", ours + ".keras")], [model.predict(flat, verbose=0)], "own layers",
                 1e-4, 0.1)
    _, said = train(folder, "wide", own.replace("units = 5", "units = 7"), f"{folder}/flat.h5", code=65)
    assert "has shape (6, 5); the kernel of layer 'dense' has (6, 7)" in said, said


def another_head(folder, ours, x):
    """Other classes, by a layer that is replaced and one that is appended; what is frozen stays as it was."""
    write_data(f"{folder}/classes.h5", x, np.arange(ROWS, dtype="int32") % 3)
    model = f"""file = "{ours}.keras"
frozen = ["bidirectional", "time_distributed", "inner.*"]
replace = {{ out = {{ units = 5 }} }}
layers = [{{ type = "dense", units = 3, activation = "softmax", name = "head" }}]
loss = "categorical_crossentropy"
[optimizer]
name = "adam\""""
    changed, _ = train(folder, "changed", model, f"{folder}/classes.h5")
    with h5py.File(ours + ".h5") as before, h5py.File(changed + ".h5") as after:
        before, after = before["model_weights"], after["model_weights"]
        assert after["head/head/kernel:0"].shape == (5, 3) and after["out/out/kernel:0"].shape == (4, 5)
        for kept in "inner.last/inner.last/kernel:0", "inner.batch_normalization/inner.batch_normalization/moving_mean:0":
            np.testing.assert_array_equal(before[kept][...], after[kept][...])
        assert np.abs(before["shared/shared/kernel:0"][...] - after["shared/shared/kernel:0"][...]).max() > 1e-4
    assert predict(folder, f"{folder}/classes.h5", changed + ".keras").shape == (ROWS, 3)
    _, said = train(folder, "wrong", model.replace("out =", "outt ="), f"{folder}/classes.h5", code=78)
    assert "has no layer 'outt'; did you mean 'out'" in said, said
    _, said = train(folder, "unfit", f'file = "{folder}/flat/model.keras"\nreplace = {{ dense = {{ units = 9 }} }}',
                    f"{folder}/flat.h5", code=78)
    assert "replace this layer, too" in said, said


def formats_before_training(folder, data):
    """What a format cannot carry is said before anything is trained; what it can stands in the run directory."""
    model = """layers = [{ type = "gru", units = 3, activation = "selu" }, { type = "dense", units = 2 }]
loss = "mse"
[optimizer]
name = "adam\""""
    with open(f"{folder}/formats.toml", "w") as file:
        file.write(f"""name = "formats"
[data]
train = "{data}"
[model]
{model}
[trainer]
name = "single"
epochs = 1
batch_size = {ROWS}
[output]
formats = ["onnx", "keras", "safetensors"]
""")
    for arguments in ["train", "--run-dir", f"{folder}/formats"], ["check"]:
        said = run(arguments[0], f"{folder}/formats.toml", *arguments[1:], code=78).output
        assert "output.formats: ONNX: layer 'gru': ONNX has no activation 'selu'" in said and said.count("\n") == 1, said
    assert not os.path.exists(f"{folder}/formats")
    run("train", f"{folder}/formats.toml", "--run-dir", f"{folder}/formats", "--set",
        "model.layers=[{type = \"dense\", units = 3}, {type = \"flatten\"}, {type = \"dense\", units = 2}]")
    models = {name for name in os.listdir(f"{folder}/formats") if name.startswith("model.")}
    assert models == {"model.h5", "model.keras", "model.onnx", "model.safetensors"}, models


def main():
    random = np.random.default_rng(1)
    x, y = random.normal(size=(ROWS, 3, 2)).astype("float32"), random.normal(size=(ROWS, 2)).astype("float32")
    with tempfile.TemporaryDirectory() as folder:
        write_data(f"{folder}/data.h5", x, y)
        ours = from_keras_and_back(folder, x, y, f"{folder}/data.h5")
        formats_before_training(folder, f"{folder}/data.h5")
        with_transforms(folder)
        weights_for_own_layers(folder, x, y)
        another_head(folder, ours, x)
    print(f"archives of Keras {keras.__version__} and Tusk agree")


main()
