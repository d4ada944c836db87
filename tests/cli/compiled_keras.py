# SPDX-License-Identifier: Apache-2.0
"""Models that Keras 3 has compiled: an experiment that names the file, and neither loss nor optimizer, trains it as
Keras's fit() does with what it was compiled with; what of that cannot be done is said by name.

Usage: compiled_keras.py TUSK; exits with 77 (skipped) where there is no Keras 3."""

import json
import tempfile

from any_keras import keras
from near import require_near
from program import run
from skips import skip

import h5py
import numpy as np

if not keras.__version__.startswith("3."):
    skip(f"Keras {keras.__version__} computes some optimizers otherwise; this is of Keras 3")

ROWS, STEPS = 12, 20
layers, losses, optimizers = keras.layers, keras.losses, keras.optimizers


def train(folder, name, model, data, more="", code=0):
    """Trains with an experiment that says no more than [model], which `model` is, and `more`."""
    path = f"{folder}/{name}.toml"
    with open(path, "w") as file:
        file.write(f"""name = "{name}"
[data]
train = "{data}"
shuffle = false
[model]
{model}
[trainer]
name = "single"
epochs = {STEPS}
batch_size = {ROWS}
{more}
""")
    return run("train", path, "--run-dir", f"{folder}/{name}", "--overwrite", code=code).output


def network(outputs, activation=None):
    return keras.Sequential([keras.Input((5,)), layers.Dense(7, activation="tanh"),
                             layers.Dense(outputs, activation=activation)])


def two_outputs():
    x = keras.Input((5,))
    middle = layers.Dense(6, activation="tanh")(x)
    return keras.Model(x, [layers.Dense(2, name="first")(middle), layers.Dense(2, name="second")(middle)])


def write_data(path, x, y):
    with h5py.File(path, "w") as file:
        file["features"], file["label"] = x, y
    return path


def cases():
    """A name, a model, what it is compiled with, and labels as Keras and as Tusk take them."""
    random = np.random.default_rng(1)
    classes = random.integers(0, 3, ROWS)
    bits = random.integers(0, 2, ROWS)
    numbers = random.normal(size=(ROWS, 2)).astype("float32")
    one_hot = keras.utils.to_categorical(classes, 3)
    schedules = optimizers.schedules
    yield ("logits", network(3), dict(
        loss=losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"],
        optimizer=optimizers.SGD(0.1, momentum=0.9, nesterov=True, clipnorm=0.5)), classes, classes)
    yield ("smoothed_logits", network(3), dict(
        loss=losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.2),
        optimizer=optimizers.Adam(schedules.CosineDecay(0.05, 15, alpha=0.1), amsgrad=True)), one_hot, one_hot)
    yield ("smoothed", network(3, "softmax"), dict(
        loss=losses.CategoricalCrossentropy(label_smoothing=0.1),
        optimizer=optimizers.RMSprop(0.01, momentum=0.5, centered=True, clipvalue=0.1)), one_hot, classes)
    yield ("smoothed_bits", network(1, "sigmoid"), dict(
        loss=losses.BinaryCrossentropy(label_smoothing=0.1),
        optimizer=optimizers.AdamW(0.02, weight_decay=0.1, global_clipnorm=0.3)), bits[:, None], bits)
    yield ("bit_logits", network(1), dict(
        loss=losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.3),
        optimizer=optimizers.Adagrad(schedules.ExponentialDecay(0.3, 4, 0.5, staircase=True))), bits[:, None], bits)
    yield ("tanh", network(1, "tanh"), dict(
        loss=losses.BinaryCrossentropy(from_logits=True), optimizer=optimizers.Nadam(0.01)), bits[:, None], bits)
    yield ("huber", network(2), dict(
        loss=losses.Huber(), metrics=["mae"], optimizer=optimizers.Adamax(0.02)), numbers, numbers)
    yield ("steps", network(2), dict(
        loss="mae", optimizer=optimizers.Adadelta(schedules.PiecewiseConstantDecay([5, 9], [1.0, 0.4, 0.2]))),
        numbers, numbers)
    yield ("polynomial", network(2), dict(
        loss="mse", optimizer=optimizers.SGD(schedules.PolynomialDecay(0.1, 12, 0.01, power=2.0))), numbers, numbers)
    yield ("weighted_outputs", two_outputs(), dict(
        loss=["mse", losses.Huber()], loss_weights=[0.25, 2.0],
        optimizer=optimizers.SGD(0.1)), [numbers, numbers], numbers)


def check_case(folder, name, model, compiled, y, label):
    x = np.random.default_rng(2).normal(size=(ROWS, 5)).astype("float32")
    path, data = f"{folder}/{name}.h5", write_data(f"{folder}/{name}-data.h5", x, label)
    model.compile(**compiled)
    model.save(path)
    train(folder, name, f'file = "{path}"', data)
    model.fit(x, y, batch_size=ROWS, epochs=STEPS, shuffle=False, verbose=0)
    ours = keras.models.load_model(f"{folder}/{name}/model.h5", compile=False)
    require_near(ours.get_weights(), model.get_weights(), name, 3e-5, 0.1)
    # What the experiment was completed to says all of it: it needs the file's word no more.
    resolved = f"{folder}/{name}/experiment.toml"
    with open(resolved) as file:
        assert "[optimizer]\nname = " in file.read(), name
    run("train", resolved, "--run-dir", f"{folder}/{name}-again")
    again = keras.models.load_model(f"{folder}/{name}-again/model.h5", compile=False)
    require_near(again.get_weights(), ours.get_weights(), name, 0.0)


def check_overriding(folder):
    """Keys of the experiment stand before those of the file."""
    x, y = np.zeros((ROWS, 5), "float32"), np.zeros((ROWS, 2), "float32")
    data = write_data(f"{folder}/zeros.h5", x, y)
    model = network(2)
    model.compile(optimizers.SGD(0.1, momentum=0.5, clipnorm=1.0), "mse", metrics=["mae"])
    path = f"{folder}/overridden.h5"
    model.save(path)

    def resolved(*lines):
        train(folder, "overridden", "\n".join([f'file = "{path}"', *lines]), data)
        with open(f"{folder}/overridden/experiment.toml") as file:
            return file.read()

    plain = resolved()
    for line in ('loss = "mse"', 'metrics = ["mae"]', "learning_rate = 0.1", "momentum = 0.5", "clipnorm = 1.0"):
        assert line in plain, (line, plain)
    changed = resolved("metrics = []", "[optimizer]", "clipvalue = 2.0", "learning_rate = 0.5")
    for line in ("metrics = []", "learning_rate = 0.5", "momentum = 0.5", "clipvalue = 2.0"):
        assert line in changed, (line, changed)
    assert "clipnorm" not in changed, changed
    other = resolved('loss = "huber"', "[optimizer]", 'name = "adam"')
    for line in ('loss = "huber"', "metrics = []", 'name = "adam"', "learning_rate = 0.001"):
        assert line in other, (line, other)


def check_parts(folder):
    """A model in two files, JSON and weights, with loss and optimizer in the experiment."""
    random = np.random.default_rng(4)
    x, y = random.normal(size=(ROWS, 5)).astype("float32"), random.normal(size=(ROWS, 2)).astype("float32")
    data = write_data(f"{folder}/parts-data.h5", x, y)
    model = network(2)
    model.compile(optimizers.SGD(0.1), "mse")
    config = json.loads(model.to_json())  # what it was compiled with is in it
    for name in "compiled", "parts":
        with open(f"{folder}/{name}.json", "w") as file:
            json.dump(config, file)
        config.pop("compile_config", None)
    model.save(f"{folder}/parts-whole.h5")
    files = f'file = "{folder}/parts.json"\nweights = "{folder}/parts-whole.h5"'
    rest = 'loss = "mse"\n[optimizer]\nname = "sgd"\nlearning_rate = 0.1'
    train(folder, "parts", f"{files}\n{rest}", data)
    train(folder, "compiled", files.replace("parts.json", "compiled.json"), data)
    model.fit(x, y, batch_size=ROWS, epochs=STEPS, shuffle=False, verbose=0)
    ours = keras.models.load_model(f"{folder}/parts/model.h5", compile=False)
    require_near(ours.get_weights(), model.get_weights(), "parts", 3e-5, 0.1)
    compiled = keras.models.load_model(f"{folder}/compiled/model.h5", compile=False)
    require_near(compiled.get_weights(), ours.get_weights(), "compiled", 0.0)
    said = train(folder, "none", f'file = "{folder}/parts.json"\n{rest}', data, code=65)
    assert "has the layers of a model, but no weights" in said and "[model] weights" in said, said
    said = train(folder, "none", files, data, code=78)
    assert "key 'model.loss' is missing" in said, said


def check_refusals(folder):
    x, y = np.zeros((ROWS, 5), "float32"), np.zeros((ROWS, 2), "float32")
    data = write_data(f"{folder}/refused-data.h5", x, y)
    path = f"{folder}/refused.h5"
    inverse = optimizers.schedules.InverseTimeDecay(0.1, 10, 0.5)
    for what, optimizer, loss in [
            ("optimizer 'Lion' is none of Tusk's", optimizers.Lion(), "mse"),
            ("optimizer 'SGD' has use_ema = true, which Tusk does not have", optimizers.SGD(use_ema=True), "mse"),
            ("its learning rate follows InverseTimeDecay, which Tusk does not have", optimizers.SGD(inverse), "mse"),
            ("loss 'log_cosh' is none of Tusk's", optimizers.SGD(), losses.LogCosh()),
            ("loss 'mean_squared_error' has reduction \"sum\"; Tusk's is the mean", optimizers.SGD(),
             losses.MeanSquaredError(reduction="sum"))]:
        model = network(2)
        model.compile(optimizer, loss)
        model.save(path)
        said = train(folder, "refused", f'file = "{path}"', data, code=78)
        assert what in said and said.count("\n") == 1, (what, said)
    model.compile(optimizers.SGD(0.1), "mse", metrics=["mae", keras.metrics.CosineSimilarity()])
    model.save(path)
    said = train(folder, "warned", f'file = "{path}"', data)
    assert "left out of what the model was compiled with: metric 'cosine_similarity' is none of Tusk's" in said, said
    model.compile(optimizers.SGD(0.1), losses.Huber(delta=0.5))
    model.save(path)
    said = train(folder, "warned", f'file = "{path}"', data)
    assert "delta of loss 'huber', which Keras 3 does not write; 1 is taken" in said, said
    with h5py.File(path, "r+") as file:
        config = json.loads(file.attrs["training_config"])
        config["optimizer_config"]["config"]["momentum"] = 2.0
        file.attrs["training_config"] = json.dumps(config)
    said = train(folder, "refused", f'file = "{path}"', data, code=78)
    assert "its optimizer has momentum 2.0; it must be between 0 and 1" in said, said


def main():
    keras.utils.set_random_seed(3)
    with tempfile.TemporaryDirectory() as folder:
        count = 0  # of cases
        for case in cases():
            check_case(folder, *case)
            count += 1
        check_overriding(folder)
        check_parts(folder)
        check_refusals(folder)
    print(f"{count} compiled models trained as by Keras {keras.__version__}")


main()
