# SPDX-License-Identifier: Apache-2.0
"""Transforms of labels: training on transformed labels is training on labels that numpy has transformed; predictions, of
files and streams, and reports are in the file's units again; a model that goes on keeps them; what cannot be undone is
refused in one line.

Usage: label_transforms_numpy.py TUSK MPI_RUN; exits with 77 (skipped) where there is no h5py."""

import json
import tempfile

from program import run
from skips import need

need("h5py")
import h5py
import numpy as np

ROWS = 300
BOTH = 'label_transforms = [{ type = "log", offset = 1.0 }, { type = "standard" }]'


def write(folder, name, x, y, **more):
    with h5py.File(f"{folder}/{name}.h5", "w") as file:
        for key, values in {"features": x, "label": y, **more}.items():
            file[key] = values


def experiment(folder, name, data, extra="", outputs=1, loss="mse", model=None, label='"label"'):
    layers = (f'file = "{model}"' if model else
              f'layers = [{{ type = "dense", units = 8, activation = "tanh" }}, {{ type = "dense", units = {outputs} }}]')
    path = f"{folder}/{name}.toml"
    with open(path, "w") as file:
        file.write(f"""name = "{name}"
[data]
train = "{folder}/{data}.h5"
label = {label}
{extra}
[model]
{layers}
loss = "{loss}"
metrics = ["mae"]
[optimizer]
name = "adam"
learning_rate = 0.01
[trainer]
name = "single"
epochs = 3
batch_size = 20
""")
    return path


def train(folder, name, *arguments, command=("train",), **options):
    path = experiment(folder, name, *arguments, **options)
    run(command[0], path, *command[1:], "--run-dir", f"{folder}/{name}")
    with h5py.File(f"{folder}/{name}/history.h5") as file:
        return file["steps/loss"][...], file["steps/mae"][...]


def predictions(folder, name, data, ranks=0):
    out = f"{folder}/{name}-{ranks}.h5"
    run("predict", f"{folder}/{name}/model.h5", f"{folder}/{data}.h5", "-o", out, ranks=ranks)
    with h5py.File(out) as file:
        return file["prediction"][...].astype(float)


def near(what, ours, theirs, tolerance):
    distance = np.abs(np.asarray(ours, float) - theirs).max()
    assert distance <= tolerance * np.abs(theirs).max(), (what, distance, ours, theirs)


def main():
    random = np.random.default_rng(3)
    x = random.normal(size=(ROWS, 4)).astype("float32")
    y = np.exp(4.8 + x[:, :2] * [0.3, 0.1] + 0.05 * random.normal(size=(ROWS, 2)))  # float64, some hundred
    logs = np.log1p(y)
    means, deviations = logs.mean(0), logs.std(0)
    with tempfile.TemporaryDirectory() as folder:
        write(folder, "data", x, y, one=y[:, 0])
        write(folder, "done", x, ((logs - means) / deviations).astype("float32"))
        ours, theirs = train(folder, "ours", "data", BOTH, outputs=2), train(folder, "theirs", "done", outputs=2)
        near("loss", ours[0], theirs[0], 1e-5)
        near("mae", ours[1], theirs[1], 1e-5)
        streamed = train(folder, "streamed", "data", BOTH + '\nmemory_limit = "3 kB"\nshuffle = false', outputs=2)
        ordered = train(folder, "ordered", "data", BOTH + "\nshuffle = false", outputs=2)
        assert np.array_equal(streamed[0], ordered[0])

        found = predictions(folder, "ours", "data")
        near("predicted", found, np.expm1(predictions(folder, "theirs", "done") * deviations + means), 1e-5)
        assert np.array_equal(predictions(folder, "ours", "data", ranks=2), found)
        model = f"{folder}/ours/model.h5"
        lines = "".join(json.dumps(row.tolist()) + "\n" for row in x[:5])
        answers = run("predict", model, "--stream", text=lines).stdout.splitlines()
        near("streamed", [json.loads(answer)["prediction"] for answer in answers], found[:5], 1e-6)

        scores = json.loads(run("evaluate", model, f"{folder}/data.h5", "--json").stdout)
        residuals = (y - found) ** 2
        near("mse", scores["regression"]["mse"], residuals.mean(), 1e-6)
        near("r2", scores["regression"]["r2"], (1 - residuals.sum(0) / ((y - y.mean(0)) ** 2).sum(0)).mean(), 1e-6)
        learned = json.loads(run("evaluate", f"{folder}/theirs/model.h5", f"{folder}/done.h5", "--json").stdout)
        near("learned", scores["loss"], learned["loss"], 1e-5)

        # A run that starts from the model has its transforms; one of a single label a row learns them, too.
        train(folder, "again", "data", model=model)
        text = run("inspect", f"{folder}/again/model.h5").stdout
        assert "label, log" in text and "label, standard" in text, text
        train(folder, "one", "data", 'label_transforms = [{ type = "minmax" }]', label='"one"')
        near("one", predictions(folder, "one", "data").mean(), y[:, 0].mean(), 0.2)

        for name, extra, loss, text in (
                ("clip", 'label_transforms = [{ type = "clip", high = 3.0 }]', "mse", "has to be undone in predictions"),
                ("classes", BOTH, "binary_crossentropy", "is trained on classes or probabilities"),
                ("table", 'label_transforms = { mass = [{ type = "log" }] }', "mse", "the model has no output 'mass'")):
            done = run("check", experiment(folder, name, "data", extra, outputs=2, loss=loss), code=78)
            assert text in done.stderr and done.stderr.count("error") == 1, done.stderr
        y[17, 1] = -3.0
        write(folder, "negative", x, y)
        done = run("check", experiment(folder, "negative", "negative", BOTH, outputs=2), code=65)
        assert "row 17" in done.stderr and "log" in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr
    print("labels transformed and undone as by numpy")


main()
