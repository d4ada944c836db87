# SPDX-License-Identifier: Apache-2.0
"""A network of two inputs and two outputs, on data of several arrays, in Tusk and in Keras 3: the losses and metrics of
the first 20 steps with weights of losses, samples and classes and a frozen layer; the same steps to the bit however the
rows are read; the same by several workers where a rule says what they compute; tests, evaluations and predictions, from
a file and a stream; and what is said of data that do not fit.

Usage: arrays_keras.py TUSK MPI_RUN; exits with 77 (skipped) where there is no Keras 3."""

import json
import tempfile

from any_keras import keras
from program import run
from skips import skip

import h5py
import numpy as np

if not keras.__version__.startswith("3."):
    skip(f"Keras {keras.__version__}; this is of Keras 3")

ROWS, BATCH, STEPS, RATE = 240, 12, 20, 0.05
KINDS = ["background", "signal", "other"]
CLASS_WEIGHTS = np.array([1.0, 5.0, 0.5])
LOSS_WEIGHTS = {"kind": 1.0, "mass": 0.25}
BY_NAME = '''features = { event = "event", jets = "events/jets" }
label = { mass = "targets/mass", kind = "kind" }
transforms = { jets = [{ type = "scale", factor = 0.0078125 }] }
'''
PLAIN = ["loss", "kind_loss", "mass_loss", "kind_accuracy", "mass_mae"]
WEIGHTED = ["kind_weighted_accuracy", "mass_weighted_mse", "mass_weighted_mae"]
SCORES = PLAIN + WEIGHTED


def near(name, ours, theirs, tolerance=1e-6):
    distance = np.abs(np.asarray(ours, float) - np.asarray(theirs, float)).max()
    assert distance <= tolerance * max(1.0, np.abs(theirs).max()), (name, ours, theirs)


def make_data():
    random = np.random.default_rng(5)
    return {"events/jets": random.integers(0, 256, (ROWS, 4, 3)).astype("uint8"),
            "event": random.normal(size=(ROWS, 5)).astype("float32"),
            "kind": random.integers(0, 3, ROWS).astype("int32"),
            "targets/mass": random.normal(size=(ROWS, 1)).astype("float32"),
            "weight": random.exponential(size=ROWS), "other_weight": random.exponential(size=ROWS)}


def write_data(path, data, rows=slice(None)):
    with h5py.File(path, "w") as file:
        for name, values in data.items():
            file[name] = values[rows]
        file["kind"].attrs["class_names"] = np.array([kind.encode() for kind in KINDS])
    return path


def make_model():
    keras.utils.set_random_seed(4)
    jets, event = keras.Input((4, 3), name="jets"), keras.Input((5,), name="event")
    seen = keras.layers.Dense(6, activation="tanh", name="frozen")(event)
    both = keras.layers.Concatenate(name="both")([keras.layers.Flatten(name="flat")(jets), seen])
    both = keras.layers.Dense(7, activation="relu", name="hidden")(both)
    return keras.Model([jets, event], [keras.layers.Dense(3, activation="softmax", name="kind")(both),
                                       keras.layers.Dense(1, name="mass")(both)])


def experiment(folder, name, train, arrays=BY_NAME, weights='sample_weight = "weight"', more="",
               trainer='name = "single"', class_weight=True):
    path = f"{folder}/{name}.toml"
    balance = "class_weight = { signal = 5.0, 2 = 0.5 }" if class_weight else ""
    with open(path, "w") as file:
        file.write(f"""name = "{name}"
[data]
train = {json.dumps(train)}
test = "{folder}/data.h5"
shuffle = false
{arrays}{weights}
{more}
[model]
file = "{folder}/model.h5"
frozen = ["frozen"]
[model.outputs.kind]
loss = "categorical_crossentropy"
metrics = ["accuracy"]
weighted_metrics = ["accuracy"]
{balance}
[model.outputs.mass]
loss = "mse"
loss_weight = 0.25
metrics = ["mae"]
weighted_metrics = ["mse", "mae"]
[optimizer]
name = "sgd"
learning_rate = {RATE}
[trainer]
{trainer}
epochs = 1
batch_size = {BATCH}
""")
    return path


def train(folder, name, train, command=("train",), ranks=0, **options):
    path = experiment(folder, name, train, **options)
    run(command[0], path, *command[1:], "--run-dir", f"{folder}/{name}", ranks=ranks)
    with h5py.File(f"{folder}/{name}/history.h5") as file:
        steps = {key: value[...] for key, value in file["steps"].items()}
    with open(f"{folder}/{name}/summary.json") as file:
        return steps, json.load(file)


def weights_in(path):
    with h5py.File(path) as file:
        group = file["model_weights"]
        return {getattr(layer, "decode", lambda layer=layer: layer)():
                [group[layer][name][...] for name in group[layer].attrs["weight_names"]]
                for layer in group.attrs["layer_names"]}


def compiled(folder):
    model = keras.models.load_model(f"{folder}/model.h5", compile=False)
    model.get_layer("frozen").trainable = False
    model.compile(keras.optimizers.SGD(RATE), loss=["sparse_categorical_crossentropy", "mse"],
                  loss_weights=list(LOSS_WEIGHTS.values()), metrics=[["accuracy"], ["mae"]],
                  weighted_metrics=[[keras.metrics.SparseCategoricalAccuracy("weighted_accuracy")],
                                    [keras.metrics.MeanSquaredError("weighted_mse"),
                                     keras.metrics.MeanAbsoluteError("weighted_mae")]])
    return model


def inputs_of(data, rows=slice(None)):
    return [data["events/jets"][rows].astype("float32") / 128, data["event"][rows]]


def step_of(model, data, rows, of_kind, of_mass):
    model.reset_metrics()
    return model.train_on_batch(inputs_of(data, rows), [data["kind"][rows], data["targets/mass"][rows]],
                                sample_weight=[of_kind[rows], of_mass[rows]], return_dict=True)


def check_steps(folder, data, name, of_kind, of_mass, **options):
    steps, summary = train(folder, name, f"{folder}/data.h5", **options)
    model = compiled(folder)
    sums = dict.fromkeys(WEIGHTED, 0.0)
    for step in range(STEPS):
        rows = slice(step * BATCH, (step + 1) * BATCH)
        found = step_of(model, data, rows, of_kind, of_mass)
        for score in SCORES:
            near((name, step, score), steps[score][step], found[score])
        for score in WEIGHTED:
            sums[score] += found[score] * (of_kind if score.startswith("kind") else of_mass)[rows].sum()
    for score in WEIGHTED:
        near((name, score), summary[score], sums[score] / (of_kind if score.startswith("kind") else of_mass).sum())
    ours = weights_in(f"{folder}/{name}/model.h5")
    for layer in model.layers:
        for mine, theirs in zip(ours.get(layer.name, []), layer.get_weights()):
            near((name, layer.name), mine, theirs, 1e-5)
    assert np.array_equal(ours["frozen"][0], weights_in(f"{folder}/model.h5")["frozen"][0])
    return steps, summary, model


def check_ways(folder, data, steps):
    """However the rows are read, a run in their order is the same to the bit."""
    parts = [write_data(f"{folder}/part{i}.h5", data, rows) for i, rows in enumerate((slice(0, 77), slice(77, None)))]
    whole = f"{folder}/data.h5"

    def same(name, *arguments, **options):
        found, _ = train(folder, name, *arguments, **options)
        for score in [*SCORES, "weight"]:
            assert np.array_equal(found[score], steps[score]), (name, score)

    limit = 'memory_limit = "4 kB"'
    same("joined", parts)
    same("streamed", whole, more=limit)
    same("joined-streamed", parts, more=limit)
    same("mpi-io", whole, more='read = "collective"', ranks=1)
    same("one-worker", whole, ranks=2, trainer='name = "downpour"\ncommunication_window = 1')
    same("simulated", whole, command=("simulate", "--workers", "1"), trainer='name = "adag"\ncommunication_window = 1')
    same("by-order", whole, arrays='features = ["events/jets", "event"]\nlabel = ["kind", "targets/mass"]\n'
         'transforms = { jets = [{ type = "scale", factor = 0.0078125 }] }\n')


def check_workers(folder, data, of_kind, of_mass):
    whole = f"{folder}/data.h5"
    for name, ranks, more, trainer in (
            ("downpour", 3, "", 'name = "downpour"\ncommunication_window = 2'),
            ("claimed", 3, "", 'name = "downpour"\ncommunication_window = 2\nparallelism_factor = 3'),
            ("downpour-streamed", 3, 'memory_limit = "4 kB"', 'name = "downpour"\ncommunication_window = 2')):
        steps, _ = train(folder, name, whole, ranks=ranks, more=more, trainer=trainer)
        assert steps["samples"].sum() == ROWS, (name, steps["samples"].sum())
        near((name, "weight"), steps["weight"].sum(), of_kind.sum(), 1e-9)
    # The mean of three ranks' gradients is the gradient of their rows together.
    steps, _ = train(folder, "together", whole, ranks=3, trainer='name = "sync_sgd"')
    model = compiled(folder)
    third = ROWS // 3
    for step in range(third // BATCH):
        rows = np.concatenate([np.arange(step * BATCH, (step + 1) * BATCH) + i * third for i in range(3)])
        found = step_of(model, data, rows, of_kind, of_mass)
        mine = steps["step"] == step + 1
        for score in PLAIN:
            near(("sync_sgd", step, score), steps[score][mine].mean(), found[score], 2e-6)
        by = np.average(steps["kind_weighted_accuracy"][mine], weights=steps["weight"][mine])
        near(("sync_sgd", step, "weighted"), by, found["kind_weighted_accuracy"], 2e-6)


def check_uses(folder, data, name, summary, model, weight):
    """The test, evaluations and predictions of a model, by the names that its file keeps."""
    whole, path = f"{folder}/data.h5", f"{folder}/{name}/model.h5"
    labels = [data["kind"], data["targets/mass"]]

    def keras_scores(sample_weight):
        return model.evaluate(inputs_of(data), labels, batch_size=ROWS, sample_weight=sample_weight, verbose=0,
                              return_dict=True)

    found = keras_scores([weight, weight])
    for score in SCORES:
        near(("test", score), summary["test_" + score], found[score], 5e-6)
    one = run("evaluate", path, whole, "--json").stdout
    scores = json.loads(one)
    found = keras_scores(None)
    near("evaluated", scores["loss"], found["loss"], 5e-6)
    assert run("evaluate", path, whole, "--json", ranks=3).stdout == one
    given = ["--features", "event=event,jets=events/jets", "--label", "kind,targets/mass"]
    assert run("evaluate", path, whole, "--json", *given).stdout == one
    weighted = json.loads(run("evaluate", path, whole, "--json", "--sample-weight", "weight").stdout)
    near("weighted", weighted["loss"], keras_scores([weight, weight])["loss"], 5e-6)

    kinds, masses = (np.asarray(output) for output in model.predict(inputs_of(data), verbose=0))
    for ranks in (0, 2):
        out = f"{folder}/out{ranks}.h5"
        run("predict", path, whole, "-o", out, "--copy", "weight", ranks=ranks)
        with h5py.File(out) as file:
            near("kinds", file["kind/prediction"][...], kinds, 5e-6)
            near("masses", file["mass/prediction"][...], masses, 5e-6)
            assert set(file) == {"kind", "mass", "weight"} and set(file["mass"]) == {"prediction"}, list(file)
            index = file["kind/predicted_index"][...]
            assert np.array_equal(index, file["kind/prediction"][...].argmax(1))
            assert [name.decode().rstrip("\0") for name in file["kind/predicted_class"][...]] == [KINDS[i] for i in index]
    lines = [json.dumps({"jets": data["events/jets"][i].ravel().tolist(), "id": i, "event": data["event"][i].tolist()})
             for i in range(9)]
    lines += ['{"jets": [1]}', "[1, 2, 3]", json.dumps({"jets": [1] * 12, "event": [1, 2]})]
    answers = [json.loads(line) for line in
               run("predict", path, "--stream", text="\n".join(lines) + "\n").stdout.splitlines()]
    for i, answer in enumerate(answers[:9]):
        near("streamed", answer["kind"]["prediction"], kinds[i], 5e-6)
        near("streamed", answer["mass"]["prediction"], masses[i], 5e-6)
        assert answer["id"] == i and answer["kind"]["class"] == KINDS[kinds[i].argmax()], answer
        assert set(answer["mass"]) == {"prediction"}, answer
    assert answers[9]["error"] == 'the object has no "event"', answers[9]
    assert "a JSON object with an array of numbers for each" in answers[10]["error"], answers[10]
    assert answers[11]["error"] == "2 features, but the model takes 5 at its input 'event'", answers[11]


def check_errors(folder, data):
    whole = f"{folder}/data.h5"

    def refused(name, code, text, **options):
        data_file = options.pop("data", whole)
        done = run("check", experiment(folder, name, data_file, **options), code=code)
        errors = done.stderr.splitlines()
        assert len(errors) == 1 and text in errors[0], (name, errors)

    def with_array(array, values):
        changed = f"{folder}/{array.replace('/', '-')}-changed.h5"
        return write_data(changed, {**data, array: values})

    order = 'features = ["events/jets", "event"]\n'
    label = 'label = ["kind", "targets/mass"]\n'
    refused("short", 65, "data set 'event' has 239 rows, but 'events/jets' has 240",
            data=with_array("event", data["event"][1:]))
    refused("short-label", 65, "data set 'targets/mass' has 239 rows, but 'events/jets' has 240",
            data=with_array("targets/mass", data["targets/mass"][1:]))
    refused("short-weight", 65, "data set 'weight' has 239 rows", data=with_array("weight", data["weight"][1:]))
    holed = data["weight"].copy()
    holed[7] = np.nan
    refused("nan-weight", 65, "data set 'weight' has nan in row 7", data=with_array("weight", holed))
    broken = data["event"].copy()
    broken[9, 2] = np.inf
    refused("inf", 65, "data set 'event' has inf in row 9, column 2", data=with_array("event", broken))
    refused("no-input", 78, "data.features names no data set for the model's input 'event'",
            arrays='features = { jets = "events/jets" }\n' + label)
    refused("no-such-input", 78, "data.features: the model has no input 'jet'",
            arrays='features = { jet = "events/jets", event = "event" }\n' + label)
    refused("one-input", 78, "data.features names 1 data set, but the model has 2 inputs: jets, event",
            arrays='features = "events/jets"\n' + label)
    refused("no-such-output", 78, "data.label: the model has no output 'masses'",
            arrays=order + 'label = { kind = "kind", masses = "targets/mass" }\n')
    refused("three-labels", 78, "data.label names 3 data sets, but the model has 2 outputs",
            arrays=order + 'label = ["kind", "targets/mass", "kind"]\n', class_weight=False, weights="")
    refused("one-label", 78, "but data.label names one data set: name one for each output",
            arrays=order + 'label = "kind"\n', class_weight=False, weights="")
    refused("wide", 65, "data set 'event' has 5 numbers a row, but output 'mass' has 1 outputs",
            arrays=order + 'label = ["kind", "event"]\n')
    refused("list", 78, "data.transforms is a list, but the model has 2 inputs",
            arrays=order + label + 'transforms = [{ type = "standard" }]\n')
    refused("no-such-transforms", 78, "data.transforms: the model has no input 'evnt'",
            arrays=order + label + 'transforms = { evnt = [{ type = "standard" }] }\n')
    refused("no-array", 65, "there is no data set 'events/tracks'",
            arrays='features = ["events/tracks", "event"]\n' + label)


def main():
    data = make_data()
    with tempfile.TemporaryDirectory() as folder:
        write_data(f"{folder}/data.h5", data)
        make_model().save(f"{folder}/model.h5")
        weight = data["weight"]
        of_kind = weight * CLASS_WEIGHTS[data["kind"]]
        steps, summary, model = check_steps(folder, data, "first", of_kind, weight)
        near("sum", summary["kind_weight_sum"], of_kind.sum(), 1e-9)
        near("sum", summary["mass_weight_sum"], weight.sum(), 1e-9)
        check_steps(folder, data, "apart", CLASS_WEIGHTS[data["kind"]], data["other_weight"],
                    weights='sample_weight = { mass = "other_weight" }')
        check_steps(folder, data, "plain", np.ones(ROWS), np.ones(ROWS), weights="", class_weight=False)
        check_ways(folder, data, steps)
        check_workers(folder, data, of_kind, weight)
        check_uses(folder, data, "first", summary, model, weight)
        check_errors(folder, data)
    print(f"20 steps of two inputs and two outputs as by Keras {keras.__version__}")


main()
