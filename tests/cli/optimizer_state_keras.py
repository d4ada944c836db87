# SPDX-License-Identifier: Apache-2.0
"""What an optimizer remembers goes from Tusk to Keras 3 and back: twenty further steps of both from one file agree,
with the trainers single and sync_sgd, and so does what the optimizers remember then.

Usage: optimizer_state_keras.py TUSK MPI_RUN; exits with 77 (skipped) where there is no Keras 3."""

import tempfile

from any_keras import keras
from near import require_near
from program import run
from skips import skip

import h5py
import numpy as np

if not keras.__version__.startswith("3."):
    skip(f"Keras {keras.__version__} keeps what optimizers remember otherwise; this is of Keras 3")

ROWS, FIRST, STEPS = 12, 7, 20
layers, optimizers = keras.layers, keras.optimizers

CHAIN = """
layers = [
  { type = "dense", units = 6, activation = "tanh" },
  { type = "batch_normalization" },
  { type = "dense", units = 2 },
]"""
GRAPH = """
layers = [
  { type = "dense", units = 4, activation = "tanh", name = "b" },
  { type = "dense", units = 4, activation = "tanh", name = "frozen", trainable = false },
  { type = "dense", units = 3, name = "a" },
  { type = "dense", units = 3, inputs = ["b"], name = "c" },
  { type = "add", inputs = ["a", "c"] },
  { type = "dense", units = 2, name = "out" },
]"""
OPTIMIZERS = [
    ("adam", CHAIN, "single", 'name = "adam"\nlearning_rate = 0.02'),
    ("amsgrad", GRAPH, "single", 'name = "adam"\nlearning_rate = 0.02\namsgrad = true'),
    ("adamw", CHAIN, "sync_sgd", 'name = "adamw"\nlearning_rate = 0.02\nclipnorm = 0.4'),
    ("sgd", GRAPH, "sync_sgd", 'name = "sgd"\nlearning_rate = 0.05\nmomentum = 0.9\nnesterov = true'),
    ("plain", CHAIN, "single", 'name = "sgd"\nlearning_rate = 0.05'),
    ("rmsprop", GRAPH, "single", 'name = "rmsprop"\nlearning_rate = 0.01\nmomentum = 0.5\ncentered = true'),
    ("adagrad", CHAIN, "sync_sgd", 'name = "adagrad"\nlearning_rate = 0.1'),
    ("adadelta", CHAIN, "single", 'name = "adadelta"\nlearning_rate = 1.0'),
    ("adamax", CHAIN, "single", 'name = "adamax"\nlearning_rate = 0.02'),
    ("nadam", GRAPH, "single", 'name = "nadam"\nlearning_rate = 0.02'),
    ("schedule", CHAIN, "single",
     'name = "adam"\nlearning_rate = 0.05\nschedule = { type = "exponential", decay_steps = 5, decay_rate = 0.7 }')]


def train(folder, name, model, data, steps, rule="single", more=""):
    """Trains full batches, of two workers by half with sync_sgd; returns the model and what was said."""
    ranks = 2 if rule == "sync_sgd" else 0
    path = f"{folder}/{name}.toml"
    with open(path, "w") as file:
        file.write(f"""name = "{name}"
[data]
train = "{data}"
shuffle = false
[model]
{model}
[trainer]
name = "{rule}"
epochs = {steps}
batch_size = {ROWS // max(ranks, 1)}
{more}
""")
    said = run("train", path, "--run-dir", f"{folder}/{name}", ranks=ranks).output
    return f"{folder}/{name}/model.h5", said


def state_in(path):
    with h5py.File(path) as file:
        group = file["tusk/optimizer_weights"]
        return [group[name][()] for name in group.attrs["weight_names"]]


def restored(path):
    """The model, compiled, with its optimizer as it was left, by the lines of docs/keras.md."""
    model = keras.models.load_model(path)
    model.optimizer.build(model.trainable_variables)
    for variable, value in zip(model.optimizer.variables, state_in(path), strict=True):
        variable.assign(value)
    return model


def check_optimizer(folder, data, x, y, name, network, rule, optimizer):
    own = f'{network}\nloss = "mse"\nmetrics = ["mae"]'
    # Batch statistics differ between halves of a batch and the whole.
    if rule == "sync_sgd":
        own = own.replace('  { type = "batch_normalization" },\n', "")
    start, _ = train(folder, name, own, data, FIRST, rule, f"[optimizer]\n{optimizer}")
    model = restored(start)
    model.fit(x, y, batch_size=ROWS, epochs=STEPS, shuffle=False, verbose=0)
    # The file says all else: loss, optimizer and what that remembers.
    ours, _ = train(folder, name + "-on", f'file = "{start}"', data, STEPS, rule)
    kept = restored(ours)
    require_near(kept.get_weights(), model.get_weights(), name, 3e-5, 0.1)
    assert int(model.optimizer.iterations) == int(state_in(ours)[0]) == FIRST + STEPS, name
    require_near(kept.optimizer.variables[1:], model.optimizer.variables[1:], (name, "optimizer"), 1e-3, 0.1)
    # It matters: an optimizer that begins anew goes elsewhere.
    anew = keras.models.load_model(start)
    anew.fit(x, y, batch_size=ROWS, epochs=STEPS, shuffle=False, verbose=0)
    if name != "plain":
        far = max(np.abs(a - b).max() for a, b in zip(anew.get_weights(), model.get_weights()))
        assert far > 1e-3, (name, far)
    # From a file of Keras's own.
    model.save(f"{folder}/theirs.h5")
    theirs, said = train(folder, name + "-theirs", f'file = "{folder}/theirs.h5"\nmetrics = []', data, STEPS, rule)
    assert "not used" not in said, said
    model.fit(x, y, batch_size=ROWS, epochs=STEPS, shuffle=False, verbose=0)
    require_near(restored(theirs).get_weights(), model.get_weights(), (name, "from Keras"), 1e-4, 0.1)


def check_none(folder, data):
    """Where no optimizer is the model's, or it is another, nothing is taken over, and that is said."""
    adam = '[optimizer]\nname = "adam"'
    start, _ = train(folder, "start", f'{CHAIN}\nloss = "mse"', data, 2, "single", adam)
    many, said = train(folder, "many", f'file = "{start}"', data, 2, "downpour")
    assert "with trainer 'downpour' every worker has its own" in said, said
    with h5py.File(many) as file:
        assert "optimizer_weights" not in file["tusk"] and "training_config" in file.attrs
    _, said = train(folder, "other", f'file = "{start}"', data, 2, "single", '[optimizer]\nname = "adagrad"')
    assert "it is another optimizer's" in said, said


def check_hostile(folder, data):
    """What a file says of its training may be anything: an error in one line, or passed over where it does not matter."""
    model, _ = train(folder, "hostile", f'{CHAIN}\nloss = "mse"', data, 1, "single", '[optimizer]\nname = "adam"')
    deep = "[" * 100_000 + "]" * 100_000

    def said(where, attribute, text, code):
        with h5py.File(model, "r+") as file:
            kept = file[where].attrs[attribute]
            file[where].attrs[attribute] = text
        done = run("evaluate", model, data, code=code)
        with h5py.File(model, "r+") as file:
            file[where].attrs[attribute] = kept
        assert done.stderr.count("\n") == (code != 0), (text[:80], done)
        return done.stderr

    for text, what in [('{"learning_rate":' + deep + "}", "its JSON is nested more than 200 deep"),
                       ("[1", "cannot be read"), ("[]", "is no JSON object"),
                       ('{"name":"adam","beta_1":1e300}', "has beta_1 1e+300; it must be at least 0 and below 1")]:
        error = said("tusk", "optimizer", text, 65)
        assert what in error and "the attribute 'optimizer' of group 'tusk'" in error, error
    for text in ['{"optimizer_config":' + deep + "}", "{", '{"optimizer_config":7}',
                 '{"optimizer_config":{"class_name":3,"config":[]}}']:
        said("/", "training_config", text, 0)


def main():
    keras.utils.set_random_seed(3)
    random = np.random.default_rng(2)
    x, y = random.normal(size=(ROWS, 5)).astype("float32"), random.normal(size=(ROWS, 2)).astype("float32")
    with tempfile.TemporaryDirectory() as folder:
        data = f"{folder}/data.h5"
        with h5py.File(data, "w") as file:
            file["features"], file["label"] = x, y
        for case in OPTIMIZERS:
            check_optimizer(folder, data, x, y, *case)
        check_none(folder, data)
        check_hostile(folder, data)
    print(f"{len(OPTIMIZERS)} optimizers went on from where they were, here and in Keras {keras.__version__}")


main()
