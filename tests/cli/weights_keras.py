# SPDX-License-Identifier: Apache-2.0
"""Weights of samples and of classes, in Tusk and in Keras 3: the loss, metrics and weighted metrics of the first 20
steps and the weights of the network after them, for each kind of label; the same steps to the bit however the rows are
read; and what "balanced" gives the classes.

Usage: weights_keras.py TUSK MPI_RUN; exits with 77 (skipped) where there is no Keras 3."""

import json
import tempfile

from any_keras import keras
from program import run
from skips import skip

import h5py
import numpy as np

if not keras.__version__.startswith("3."):
    skip(f"Keras {keras.__version__}; this is of Keras 3")

ROWS, BATCH, STEPS, RATE = 200, 10, 20, 0.1


def history(folder, name):
    with h5py.File(f"{folder}/{name}/history.h5") as file:
        return {key: value[...] for key, value in file["steps"].items()}


def write_data(path, x, y, weight):
    with h5py.File(path, "w") as file:
        file["features"], file["label"], file["weight"] = x, y, weight
        if y.ndim == 1 and y.dtype.kind == "i":
            file["label"].attrs["class_names"] = np.array([f"c{i}".encode() for i in range(y.max() + 1)])


def train(folder, name, data, model, loss, metrics, extra_data="", extra_model="", trainer='name = "single"',
          command=("train",), ranks=0):
    path = f"{folder}/{name}.toml"
    with open(path, "w") as file:
        file.write(f"""name = "{name}"
[data]
train = {json.dumps(data)}
test = {json.dumps(data)}
shuffle = false
{extra_data}
[model]
file = "{model}"
loss = "{loss}"
metrics = {json.dumps(metrics)}
weighted_metrics = {json.dumps(metrics)}
{extra_model}
[optimizer]
name = "sgd"
learning_rate = {RATE}
[trainer]
{trainer}
epochs = 1
batch_size = {BATCH}
""")
    done = run(command[0], path, *command[1:], "--run-dir", f"{folder}/{name}", ranks=ranks)
    with open(f"{folder}/{name}/summary.json") as file:
        return history(folder, name), json.load(file), done.stderr


def near(name, ours, theirs, tolerance=1e-6):
    assert abs(ours - theirs) <= tolerance * max(1.0, abs(theirs)), (name, ours, theirs)


def check(folder, case, y, weight, outputs, activation, loss, metrics, class_weight=None):
    """Tusk's steps are Keras's, whose weights a sample are `weight` times that of its class."""
    random = np.random.default_rng(7)
    x = random.normal(size=(ROWS, 5)).astype("float32")
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(8, activation="tanh"),
                              keras.layers.Dense(outputs, activation=activation)])
    path, data = f"{folder}/{case}.h5", f"{folder}/{case}-data.h5"
    keras_loss = "sparse_categorical_crossentropy" if loss.startswith("cat") and y.ndim == 1 else loss
    model.compile(keras.optimizers.SGD(RATE), keras_loss, metrics=metrics, weighted_metrics=metrics)
    model.save(path)
    write_data(data, x, y, np.ones(ROWS) if weight is None else weight)
    options = {"extra_data": 'sample_weight = "weight"' if weight is not None else ""}
    if class_weight:
        names = ", ".join(f"c{i} = {w}" if y.ndim == 1 and y.dtype.kind == "i" else f"{i} = {w}"
                          for i, w in class_weight.items())
        options["extra_model"] = f"class_weight = {{ {names} }}"
    steps, summary, _ = train(folder, case, data, path, loss, metrics, **options)

    total = np.ones(ROWS) if weight is None else np.asarray(weight, float)
    classes = y.argmax(1) if y.ndim > 1 else np.round(y).astype(int)
    if class_weight:
        total = total * np.array([class_weight.get(int(c), 1.0) for c in classes])
    for step in range(STEPS):
        rows = slice(step * BATCH, (step + 1) * BATCH)
        model.reset_metrics()
        if class_weight and weight is None:  # Keras's own way
            found = model.train_on_batch(x[rows], y[rows], class_weight=class_weight, return_dict=True)
        else:
            found = model.train_on_batch(x[rows], y[rows], sample_weight=total[rows], return_dict=True)
        near((case, step, "loss"), steps["loss"][step], found["loss"])
        near((case, step, "weight"), steps["weight"][step], total[rows].sum())
        for metric in metrics:
            near((case, step, metric), steps[metric][step], found[metric])
            weighted = "weighted_" + metric
            near((case, step, weighted), steps[weighted][step], found[weighted], 3e-6)
    with h5py.File(f"{folder}/{case}/model.h5") as file:
        group = file["model_weights"]
        ours = [group[layer][name][...] for layer in group.attrs["layer_names"]
                for name in group[layer].attrs["weight_names"]]
    for mine, theirs in zip(ours, model.get_weights()):
        assert np.abs(mine - theirs).max() <= 1e-5, (case, np.abs(mine - theirs).max())
    near((case, "weight_sum"), summary["weight_sum"], total.sum(), 1e-12)
    # The test counts samples by their own weights alone, as Keras's evaluate does.
    found = model.evaluate(x, y, batch_size=ROWS, sample_weight=weight, verbose=0, return_dict=True)
    near((case, "test"), summary["test_loss"], found["loss"], 3e-6)
    return x, path, data, options, steps


def check_ways(folder, x, y, weight, path, data, options, steps):
    """However the rows are read, a run in their order is the same to the bit."""
    cut = 77
    parts = [f"{folder}/part{i}.h5" for i in range(2)]
    write_data(parts[0], x[:cut], y[:cut], weight[:cut])
    write_data(parts[1], x[cut:], y[cut:], weight[cut:])
    for part in parts:
        with h5py.File(part, "a") as file:
            file["label"].attrs["class_names"] = np.array([b"c0", b"c1", b"c2"])

    def same(name, *arguments, **more):
        merged = {**options, **more}
        found, _, _ = train(folder, name, *arguments, path, "categorical_crossentropy", ["accuracy"], **merged)
        for column in ("loss", "accuracy", "weighted_accuracy", "weight"):
            assert np.array_equal(found[column], steps[column]), (name, column)

    limit = options["extra_data"] + '\nmemory_limit = "2 kB"'
    same("joined", parts)
    same("streamed", data, extra_data=limit)
    same("joined-streamed", parts, extra_data=limit)
    same("simulated", data, command=("simulate", "--workers", "1"), trainer='name = "adag"\ncommunication_window = 1')
    same("claimed", data, ranks=2, trainer='name = "downpour"\ncommunication_window = 1\nparallelism_factor = 2')


def check_balanced(folder, path, x, weight):
    """N/(K·n) over the rows of all workers, whatever shards they have."""
    random = np.random.default_rng(2)
    y = np.sort(random.choice(3, ROWS, p=[0.7, 0.25, 0.05])).astype("int32")  # shards of single classes
    data = folder + "/sorted.h5"
    write_data(data, x, y, weight)
    counts = np.bincount(y)
    expected = ROWS / (3 * counts)
    for name, ranks, factor in (("one", 1, 1), ("shards", 3, 1), ("partitions", 3, 3)):
        steps, summary, _ = train(folder, "balanced-" + name, data, path, "categorical_crossentropy", ["accuracy"],
                                  extra_model='class_weight = "balanced"', ranks=ranks,
                                  trainer=f'name = "downpour"\ncommunication_window = 2\nparallelism_factor = {factor}')
        near((name, "sum"), steps["weight"].sum(), ROWS, 1e-12)
        near((name, "summary"), summary["weight_sum"], ROWS, 1e-12)
        # In the file's order each step has a weight that its rows tell.
        if ranks == 1:
            for step in range(STEPS):
                near((name, step), steps["weight"][step], expected[y[step * BATCH:(step + 1) * BATCH]].sum(), 1e-12)
    done = run("check", f"{folder}/balanced-shards.toml")
    line = next(line for line in done.stdout.splitlines() if line.startswith("weights"))
    assert line == "weights    of classes in training: " + ", ".join(
        f"c{i} {w:.6g}" for i, w in enumerate(expected)), line


def main():
    random = np.random.default_rng(1)
    weight = random.exponential(size=ROWS)
    weight[::9] = 0.0
    signed = random.normal(1.0, 1.0, ROWS)
    label = random.integers(0, 3, ROWS).astype("int32")
    two = (random.random(ROWS) < 0.3).astype("int32")
    target = random.normal(size=(ROWS, 2)).astype("float32")
    with tempfile.TemporaryDirectory() as folder:
        crossentropy = (3, "softmax", "categorical_crossentropy", ["accuracy"])
        x, path, data, options, steps = check(folder, "classes", label, weight, *crossentropy)
        check_ways(folder, x, label, weight, path, data, options, steps)
        check(folder, "signed", label, signed, *crossentropy)
        check(folder, "of-classes", label, None, *crossentropy, {0: 0.5, 2: 7.0})
        check(folder, "both", label, weight, *crossentropy, {1: 3.0})
        check(folder, "one-hot", np.eye(3, dtype="float32")[label], weight, *crossentropy, {1: 3.0})
        binary = (1, "sigmoid", "binary_crossentropy", ["accuracy"])
        check(folder, "binary", two, weight, *binary, {1: 6.0})
        check(folder, "regression", target, signed, 2, "linear", "mse", ["mae"])
        check_balanced(folder, path, x, weight)
    print(f"20 steps of seven networks weighted as by Keras {keras.__version__}")


main()
