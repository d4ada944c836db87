# SPDX-License-Identifier: Apache-2.0
"""Reads with h5py what `tusk predict` writes on 1, 2 and 4 ranks, and compares its answers to a stream with it.

Usage: predict_numpy.py TUSK MPI_RUN; exits with 77 (skipped) where there is no h5py.
"""

import json
import subprocess
import tempfile

from given_predictions import Tusk, h5py, np, write_model

ROWS = 300_001  # more than a rank keeps


def write_data(path, score, identity):
    with h5py.File(path, "w") as file:
        file["features"] = score
        file.create_dataset("event/id", data=identity, chunks=(1000, 2), compression="gzip")
        file["label"] = (score[:, 1] > 0.5).astype(np.uint8)
        file["short"] = np.arange(3)
        file["one"] = 1


def check_output(path, score, identity, names):
    with h5py.File(path) as file:
        assert sorted(file) == ["event", "label", "predicted_class", "predicted_index", "prediction"]
        assert (file["prediction"][...] == score).all()
        index = file["predicted_index"][...]
        assert (index == score.argmax(1)).all()
        assert (file["predicted_class"][...] == np.array([name.encode() for name in names])[index]).all()
        assert file["event/id"].dtype == np.int64 and (file["event/id"][...] == identity).all()
        assert file["label"].dtype == np.uint8 and (file["label"][...] == (score[:, 1] > 0.5)).all()


def check_stream(tusk, model, score, names):
    lines = [json.dumps({"features": [float(x) for x in row], "id": i}) for i, row in enumerate(score[:5000])]
    answers = tusk.run("predict", model, "--stream", stdin="\n".join(lines)).splitlines()
    assert len(answers) == len(lines)
    for i, answer in enumerate(map(json.loads, answers)):
        choice = int(score[i].argmax())
        assert (np.array(answer["prediction"], np.float32) == score[i]).all()
        del answer["prediction"]
        assert answer == {"line": i + 1, "index": choice, "class": names[choice], "id": i}, answer


def closed_streams(tusk, model):
    """A file of the program's own must not come in the place of a stream that is closed."""
    for closed in ("<&-", ">&-", "<&- >&-"):
        done = subprocess.run(["sh", "-c", f'exec "$0" "$@" {closed}', tusk.program, "predict", model, "--stream"],
                              input=b"[0,1]\n", capture_output=True, timeout=100)
        assert done.returncode == 74, (closed, done)


def trained_names(tusk, folder, score):
    """A model finds the data sets that it was trained on, or else `features` and `label`, or those that one names."""
    data, other, model, out = (f"{folder}/{name}" for name in ("named.h5", "usual.h5", "run/model.h5", "out.h5"))
    rows = score[:1000]
    for path, x, label in ((data, "events/x", "kind"), (other, "features", "label")):
        with h5py.File(path, "w") as file:
            file[x], file[label], file["others"] = rows, (rows[:, 1] > 0.5).astype(np.uint8), rows[:, ::-1]
    with open(f"{folder}/named.toml", "w") as file:
        file.write(f"""name = "named"
[data]
train = "{data}"
features = "events/x"
label = "kind"
[model]
layers = [{{ type = "dense", units = 2, activation = "softmax" }}]
loss = "categorical_crossentropy"
[optimizer]
name = "sgd"
learning_rate = 0.1
[trainer]
name = "single"
epochs = 1
batch_size = 100
""")
    tusk.run("train", f"{folder}/named.toml", "--run-dir", f"{folder}/run")
    reports = [tusk.run("evaluate", model, path, "--json", *given)
               for path, given in ((data, ()), (other, ()), (data, ("--features", "events/x", "--label", "kind")))]
    assert reports[0].replace(data, "") == reports[1].replace(other, "") == reports[2].replace(data, ""), reports

    def predictions(path, *given):
        tusk.run("predict", model, path, "-o", out, "--overwrite", *given)
        with h5py.File(out) as file:
            return file["prediction"][...]

    assert (predictions(data) == predictions(other)).all()
    assert (predictions(f"{folder}/name?.h5") == predictions(data)).all()  # a pattern, as in data.train
    assert (predictions(data, "--features", "others") != predictions(data)).any()
    tusk.fail(65, "there is no data set 'features'", "predict", model, data, "-o", out, "--overwrite",
              "--features", "features")


def main():
    tusk = Tusk()
    names = ["background", "signal"]
    random = np.random.default_rng(5)
    score = random.random((ROWS, 2)).astype(np.float32)
    identity = random.integers(-(1 << 62), 1 << 62, (ROWS, 2))
    with tempfile.TemporaryDirectory() as folder:
        model, data, out = (f"{folder}/{name}.h5" for name in ("model", "data", "out"))
        write_model(model, 2, "categorical_crossentropy", names)
        write_data(data, score, identity)
        for ranks in (1, 2, 4):
            tusk.run("predict", model, data, "-o", out, "--overwrite", "--copy", "event/id,label", ranks=ranks)
            check_output(out, score, identity, names)
        trained_names(tusk, folder, score)
        check_stream(tusk, model, score, names)
        closed_streams(tusk, model)
        predict = ("predict", model, data, "-o", out, "--overwrite", "--copy")
        tusk.fail(65, "'short' of shape (3,) has no row for each of 300,001 samples", *predict, "label,short")
        tusk.fail(65, "'one'", *predict, "one")
        tusk.fail(65, "none", *predict, "none")
        tusk.fail(64, "--copy label", *predict, "label,label")
        tusk.fail(64, "--copy prediction", *predict, "prediction")
        tusk.fail(73, "exists already", "predict", model, data, "-o", out)
        tusk.fail(73, "is no regular file", "predict", model, data, "-o", folder, "--overwrite")
        for path in (model, data):
            tusk.fail(64, path + " is both an input and the output",
                      "predict", model, data, "-o", path, "--overwrite")
    print("predictions are what they should be, read by h5py", h5py.__version__)


main()
