# SPDX-License-Identifier: Apache-2.0
"""Models that were trained with transforms, opened in Keras and fed rows as they are stored: Tusk's predictions, to 1e-5;
and what Keras's layers cannot do is said.

Usage: transforms_keras.py TUSK; exits with 77 (skipped) where there is no Keras."""

import tempfile

from any_keras import keras
from program import run

import h5py
import numpy as np

ROWS = 400

DENSE = """layers = [
  { type = "dense", units = 8, activation = "tanh" },
  { type = "dense", units = 2, activation = "softmax" },
]"""
GRAPH = """layers = [
  { type = "dense", units = 8, activation = "tanh", name = "stem" },
  { type = "dense", units = 8, activation = "relu", name = "transform", inputs = ["input"] },
  { type = "add", inputs = ["stem", "transform"] },
  { type = "dense", units = 2, activation = "softmax" },
]"""
IMAGES = """layers = [
  { type = "conv2d", filters = 3, kernel_size = 2, activation = "relu" },
  { type = "flatten" },
  { type = "dense", units = 2, activation = "softmax" },
]"""

MISSING = '{ type = "missing", value = -999.0, fill = "mean" }'
SHIFTED = '{ type = "scale", factor = 0.001, offset = -1.5, columns = [3, 5] }'

# The name of a case, the network, its transforms, and the classes of Keras's layers that stand for them.
CASES = [
    ("standard", DENSE, ['{ type = "standard" }'], ["Normalization"]),
    ("minmax", DENSE, ['{ type = "minmax", low = -1.0, high = 2.0 }'], ["Normalization", "Rescaling"]),
    ("scale", DENSE, ['{ type = "scale", factor = 0.25, offset = 1.0 }'], ["Rescaling"]),
    ("missing", DENSE, [MISSING, '{ type = "standard" }'], ["Functional"]),
    ("all", DENSE,
     ['{ type = "missing", value = -999.0, fill = "median", columns = [0, 4] }',
      '{ type = "missing", value = 0.0, fill = 7.5, columns = [1] }',
      '{ type = "clip", low = -2.0, high = 50.0, columns = [0, 2, 4] }',
      '{ type = "clip", low = 0.5, columns = [1] }',
      '{ type = "clip", high = -0.25, columns = [2] }',
      '{ type = "clip", high = 2.05e5 }',
      SHIFTED, '{ type = "minmax", columns = [1, 2] }', '{ type = "standard" }'], ["Functional"]),
    ("graph", GRAPH, [MISSING, '{ type = "clip", low = -1e3, high = 2.01e5 }', '{ type = "standard" }'], None),
    ("images", IMAGES, ['{ type = "reshape", shape = [3, 2, 1] }', '{ type = "scale", factor = 0.01 }'],
     ["Reshape", "Rescaling"]),
    ("flat", IMAGES, ['{ type = "standard" }', '{ type = "reshape", shape = [3, 2, 1] }'],
     ["Normalization", "Normalization", "Reshape"]),
]


def rows(random):
    """Columns of different kinds, two of them with gaps and one far from zero."""
    x = random.normal(size=(ROWS, 6)) * [3.0, 1.0, 0.5, 4000.0, 60.0, 2.0] + [1.0, 0.0, -1.0, 2e5, 80.0, 0.0]
    x[random.random(x.shape) < [0.2, 0.0, 0.0, 0.0, 0.1, 0.0]] = -999.0
    x[random.random(ROWS) < 0.1, 1] = 0.0
    return x


def write_rows(path, dtype="float32"):
    random = np.random.default_rng(4)
    x = rows(random).astype(dtype)
    with h5py.File(path, "w") as file:
        file["features"] = x
        file["label"] = (x[:, 4] > 80).astype("int32")
    return x


def train_on(folder, name, network, data, more=""):
    """`data`: the lines of [data]; `more`: tables."""
    path = f"{folder}/{name}.toml"
    with open(path, "w") as file:
        file.write(f"""name = "{name}"
[data]
{data}
[model]
{network}
loss = "categorical_crossentropy"
[optimizer]
name = "adam"
[trainer]
name = "single"
epochs = 2
batch_size = 20
{more}
""")
    return f"{folder}/{name}/model.h5", run("train", path, "--run-dir", f"{folder}/{name}").stderr


def train(folder, name, network, transforms, data):
    return train_on(folder, name, network, f'train = "{data}"\ntransforms = [{", ".join(transforms)}]')


def predict(model, data, output):
    run("predict", model, data, "--output", output, "--overwrite")
    with h5py.File(output) as file:
        return file["prediction"][...]


def difference(model, x, ours):
    theirs = keras.models.load_model(model, compile=False).predict(x, verbose=0)
    return float(np.abs(theirs - ours).max())


TWO = """layers = [
  { type = "conv2d", filters = 3, kernel_size = 2, activation = "relu", inputs = ["image"] },
  { type = "flatten", name = "flat" },
  { type = "dense", units = 4, activation = "tanh", name = "transform_event", inputs = ["event"] },
  { type = "concatenate", inputs = ["flat", "transform_event"] },
  { type = "dense", units = 2, activation = "softmax" },
]"""


def several_inputs(folder):
    """Each input has layers of its own in front, or none; where one cannot be written, none is."""
    random = np.random.default_rng(6)
    event, image = rows(random).astype("float32"), random.integers(0, 256, (ROWS, 12)).astype("uint8")
    data = f"{folder}/two.h5"
    with h5py.File(data, "w") as file:
        file["event"], file["image"], file["label"] = event, image, (event[:, 4] > 80).astype("int32")

    def experiment(name, of_image, of_event, network=f'inputs = ["image", "event"]\n{TWO}'):
        lines = [f'train = "{data}"', 'features = ["image", "event"]']
        if of_image:
            lines.append(f"transforms = {{ image = [{of_image}], event = [{of_event}] }}")
        _, said = train_on(folder, name, network, "\n".join(lines), '[output]\nformats = ["h5", "keras"]')
        return [f"{folder}/{name}/model.{form}" for form in ("h5", "keras")], said

    def same(models, x):
        for model in models:
            found = difference(model, x, predict(model, data, f"{folder}/two.out.h5"))
            assert found <= 1e-5, (model, found)

    reshape, standard = '{ type = "reshape", shape = [3, 2, 2] }', '{ type = "standard" }'
    both, said = experiment("both", f'{{ type = "scale", factor = 0.004 }}, {reshape}', f"{MISSING}, {standard}")
    assert "warning" not in said, said
    same(both, [image, event])
    again, _ = experiment("both-again", "", "", f'file = "{both[0]}"')
    same(again, [image, event])
    one, _ = experiment("one", reshape, "")
    same(one, [image, event])
    none, said = experiment("none", reshape, '{ type = "clip", low = 0.0 }, { type = "log" }')
    assert "input 'event': transform 1 (log) cannot be written for Keras" in said, said
    same(none, [image.reshape(ROWS, 3, 2, 2).astype("float32"), np.log(np.maximum(event, 0) + 1)])


def main():
    with tempfile.TemporaryDirectory() as folder:
        data = f"{folder}/rows.h5"
        x = write_rows(data)
        worst = 0.0
        for name, network, transforms, classes in CASES:
            model, messages = train(folder, name, network, transforms, data)
            assert "warning" not in messages, (name, messages)
            found = difference(model, x, predict(model, data, f"{folder}/{name}.out.h5"))
            assert found <= 1e-5, (name, found)
            worst = max(worst, found)
            if classes:
                layers = keras.models.load_model(model, compile=False).layers
                assert [type(layer).__name__ for layer in layers[:len(classes)]] == classes, (name, layers)

        several_inputs(folder)

        # Training goes on from such a file with its transforms, once.
        again = DENSE.replace("layers", "file = \"%s/missing/model.h5\"\n# layers" % folder).split("\n")[0]
        model, _ = train(folder, "again", again, [], data)
        assert difference(model, x, predict(model, data, f"{folder}/again.out.h5")) <= 1e-5

        # The layers as JSON and the weights in another file, for predict, evaluate and an experiment.
        keras_model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(2, activation="softmax")])
        keras_model.save(f"{folder}/parts.h5")
        with open(f"{folder}/parts.json", "w") as file:
            file.write(keras_model.to_json())
        parts = [f"{folder}/parts.json", data, "--weights", f"{folder}/parts.h5"]
        run("predict", *parts, "-o", f"{folder}/parts.out.h5")
        with h5py.File(f"{folder}/parts.out.h5") as file:
            assert np.abs(file["prediction"][...] - keras_model.predict(x, verbose=0)).max() <= 1e-5
        run("evaluate", *parts, "--loss", "categorical_crossentropy")
        done = run("predict", *parts[:2], "-o", f"{folder}/none.h5", code=65)
        assert "no weights; name their file, too: --weights FILE.h5" in done.stderr, done

        # What layers of Keras cannot do: the network alone, and a word about it.
        for transforms, reason in [
                (['{ type = "missing", value = "nan", fill = "mean" }', '{ type = "standard" }'], "transform 0 (missing) cannot"),
                (['{ type = "standard" }', '{ type = "log", offset = 100.0 }'], "transform 1 (log) cannot"),
                (['{ type = "normalize" }'], "transform 0 (normalize) cannot")]:
            model, messages = train(folder, f"cannot{len(reason)}", DENSE, transforms, data)
            assert reason in messages, messages
            assert len(keras.models.load_model(model, compile=False).layers) == 2

        # Seconds since 1970 keep no 1e-5 in float32.
        with h5py.File(f"{folder}/times.h5", "w") as file:
            file["features"] = 1.7e9 + np.random.default_rng(1).normal(0, 500, (ROWS, 2))
            file["label"] = np.arange(ROWS, dtype="int32") % 2
        _, messages = train(folder, "times", DENSE, ['{ type = "standard" }'], f"{folder}/times.h5")
        assert "column 0 lies around 1.7e+09, which float32 rounds" in messages, messages
    print(f"{len(CASES)} models with transforms predict in Keras {keras.__version__} as in Tusk (to {worst:.1e})")


main()
