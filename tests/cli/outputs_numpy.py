# SPDX-License-Identifier: Apache-2.0
"""Models of several outputs: what `tusk evaluate` says of each, with weights of their own and negative ones, against
scikit-learn to 1e-12; and ensembles of them, whose members transform their labels, against the means of what the members
predict.

Usage: outputs_numpy.py TUSK MPI_RUN; exits with 77 (skipped) where there is no h5py or scikit-learn."""

import json
import tempfile
import warnings

from given_predictions import Tusk, h5py, np
from skips import need

need("sklearn")
import sklearn
from sklearn import metrics

ROWS = 2003
KINDS = ["muon", "pion", "kaon"]


def check(name, found, expected, tolerance=1e-12):
    assert found is not None and abs(found - expected) <= tolerance * max(1.0, abs(expected)), (name, found, expected)


def write_model(path, outputs):
    """A model that hands its inputs on: `outputs` are (name, width, loss)."""
    layers, kernels = [], {}
    for name, width, _ in outputs:
        layers.append({"class_name": "InputLayer", "name": "of_" + name, "inbound_nodes": [],
                       "config": {"name": "of_" + name, "batch_input_shape": [None, width]}})
    for name, width, _ in outputs:
        layers.append({"class_name": "Dense", "name": name, "inbound_nodes": [[["of_" + name, 0, 0, {}]]],
                       "config": {"name": name, "units": width, "use_bias": False}})
        kernels[name] = np.eye(width, dtype=np.float32)
    config = {"name": "model", "layers": layers, "input_layers": [["of_" + name, 0, 0] for name, _, _ in outputs],
              "output_layers": [[name, 0, 0] for name, _, _ in outputs]}
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps({"class_name": "Functional", "config": config})
        weights = file.create_group("model_weights")
        weights.attrs["layer_names"] = np.array([name.encode() for name in kernels])
        for name, kernel in kernels.items():
            weights.create_group(name).attrs["weight_names"] = np.array([b"kernel:0"])
            weights[name + "/kernel:0"] = kernel
        for i, (name, _, loss) in enumerate(outputs):
            group = file.create_group(f"tusk/outputs/{i}")
            group.attrs["name"], group.attrs["loss"] = np.bytes_(name), np.bytes_(loss)
            group.attrs["metrics"] = np.array([b"mae"])


def area(positive, score, weight):
    x, y, _ = metrics.roc_curve(positive, score, sample_weight=weight, drop_intermediate=False)
    return np.trapezoid(y, x)


def check_kind(found, label, score, weight):
    scores = dict(sample_weight=weight)
    predicted = score.argmax(1)
    check("accuracy", found["accuracy"], metrics.accuracy_score(label, predicted, **scores))
    confusion = metrics.confusion_matrix(label, predicted, **scores)
    for ours, theirs in zip(sum(found["confusion_matrix"], []), confusion.ravel()):
        check("confusion matrix", ours, theirs)
    f1 = metrics.f1_score(label, predicted, average=None, zero_division=0, **scores)
    ones = np.ones(ROWS) if weight is None else weight
    areas = [area(label == i, score[:, i], ones) for i in range(3)]
    for i, one in enumerate(found["classes"]):
        check("F1", one["f1"], f1[i])
        check("AUC", one["auc"], areas[i])
    check("AUC", found["auc"], np.mean(areas))


def check_mass(found, target, predicted, weight):
    y, p, scores = target.astype(float), predicted[:, 0].astype(float), dict(sample_weight=weight)
    check("mse", found["regression"]["mse"], metrics.mean_squared_error(y, p, **scores))
    check("mae", found["regression"]["mae"], metrics.mean_absolute_error(y, p, **scores))
    check("r2", found["regression"]["r2"], metrics.r2_score(y, p, **scores))


def check_reports(tusk, folder, random):
    model, data = folder + "/model.h5", folder + "/data.h5"
    write_model(model, [("kind", 3, "categorical_crossentropy"), ("mass", 1, "mse"),
                        ("trigger", 1, "binary_crossentropy")])
    kind = random.integers(0, 3, ROWS)
    of_kind = (np.round(random.random((ROWS, 3)) + 0.3 * np.eye(3)[kind], 2) / 2).astype(np.float32)
    mass = random.normal(100, 3, ROWS).astype(np.float32)
    of_mass = (mass + random.normal(0, 1, ROWS)).astype(np.float32)[:, None]
    trigger = random.integers(0, 2, ROWS)
    of_trigger = np.clip(np.round(0.3 * trigger + random.random(ROWS) * 0.6, 2), 0.01, 0.99).astype(np.float32)[:, None]
    weights = {"w/a": random.exponential(size=ROWS), "b": random.normal(1.0, 1.0, ROWS), "one": np.ones(ROWS)}
    with h5py.File(data, "w") as file:
        for name, values in {"k": of_kind, "m": of_mass, "t": of_trigger, "kind": kind, "mass": mass,
                             "trigger": trigger, **weights}.items():
            file[name] = values
    arrays = ["--features", "of_kind=k,of_mass=m,of_trigger=t", "--label", "mass=mass,trigger=trigger,kind=kind"]
    command = ["evaluate", model, data, *arrays]
    for option, names in ((None, [None] * 3), ("b", ["b"] * 3), ("w/a,b,one", ["w/a", "b", "one"]),
                          ("mass=b,kind=w/a", ["w/a", "b", None])):
        asked = [*command, "--json", "--top-k", "2", *(["--sample-weight", option] if option else [])]
        text = tusk.run(*asked)
        assert text == tusk.run(*asked, ranks=3)
        found = json.loads(text)
        of_each = [weights[name] if name else None for name in names]
        check_kind(found["outputs"]["kind"], kind, of_kind, of_each[0])
        check_mass(found["outputs"]["mass"], mass, of_mass, of_each[1])
        wanted = np.ones(ROWS) if of_each[2] is None else of_each[2]
        check("trigger", found["outputs"]["trigger"]["auc"], area(trigger == 1, of_trigger[:, 0], wanted))
        assert list(found["outputs"]["kind"]["top_k"]) == ["2"] and "top_k" not in found["outputs"]["mass"]
        if option is None:
            assert "weight_sum" not in text
            continue
        error = np.abs(of_mass[:, 0].astype(float) - mass)
        by = np.ones(ROWS) if of_each[1] is None else of_each[1]
        check("metric", found["mass_weighted_mae"], (by * error).sum() / by.sum(), 1e-7)
        if option == "b":
            check("sum", found["weight_sum"], weights["b"].sum())
        else:
            assert "weight_sum" not in found
            for output, weight in zip(("kind", "mass", "trigger"), of_each):
                check("sum", found[output + "_weight_sum"], ROWS if weight is None else weight.sum())
    table = tusk.run(*command, "--sample-weight", "kind=w/a")
    for part in ("output kind:", "output mass:", f"mass_weighted_mae", "r2", "for kind", "label \\ predicted"):
        assert part in table, (part, table)
    for code, option, message in (
            (64, "w/a,b", "has 3 outputs, kind, mass, trigger; name one data set or one for each"),
            (64, "kinds=w/a", "'kinds=w/a' is not output=DATASET"), (64, "kind=b,kind=one", "names 'kind' twice"),
            (64, "kind=", "a name of a data set is empty"), (64, "b,b,", "a name of a data set is empty"),
            (65, "kind=none", "no data set 'none'"), (65, "mass=k", "weights are [rows]")):
        tusk.fail(code, message, *command, "--sample-weight", option)
    tusk.fail(64, "--top-k 4: no output of", *command, "--top-k", "4")


EXPERIMENT = """name = "e"
seed = 3
[data]
train = "{folder}/train.h5"
test = "{folder}/train.h5"
validation_split = 0.2
label = ["kind", "mass"]
label_transforms = {{ mass = [{{ type = "standard" }}] }}
[[model.layers]]
type = "dense"
units = 3
activation = "softmax"
name = "kind"
inputs = ["x"]
[[model.layers]]
type = "dense"
units = 1
name = "mass"
inputs = ["x"]
[model.inputs]
x = []
[model.outputs.kind]
loss = "categorical_crossentropy"
metrics = ["accuracy"]
[model.outputs.mass]
loss = "mse"
loss_weight = 0.5
metrics = ["mae"]
[optimizer]
name = "adam"
learning_rate = 0.01
[trainer]
name = "ensemble"
members = 3
data = "bootstrap"
epochs = 2
batch_size = 50
"""


def check_ensemble(tusk, folder, random):
    kind = random.integers(0, 3, 900)
    mass = random.normal(100 + 20 * kind, 5).astype(np.float32)
    x = (np.eye(5)[kind] + random.normal(0, 0.5, (900, 5))).astype(np.float32)
    with h5py.File(folder + "/train.h5", "w") as file:
        file["features"], file["kind"], file["mass"] = x, kind, mass
        file["name"], file["is_good"] = np.array([b"an event"] * 900), np.ones(900, bool)  # that nobody reads
        file["kind"].attrs["class_names"] = np.array([name.encode() for name in KINDS])
    with open(folder + "/e.toml", "w") as file:
        file.write(EXPERIMENT.format(folder=folder))
    run, data = folder + "/run", folder + "/train.h5"
    tusk.run("train", folder + "/e.toml", "--run-dir", run, ranks=2)
    with open(run + "/summary.json") as file:
        summary = json.load(file)

    def predictions(model, *options, ranks=1):
        tusk.run("predict", model, data, "-o", folder + "/out.h5", "--overwrite", *options, ranks=ranks)
        with h5py.File(folder + "/out.h5") as file:
            return file["kind/prediction"][...].astype(float), file["mass/prediction"][...].astype(float)

    of_each = [predictions(f"{run}/members/{i:02}/model.h5") for i in range(3)]
    found = json.loads(tusk.run("evaluate", run + "/ensemble.json", data, "--json"))
    kinds, masses = predictions(run + "/ensemble.json", ranks=2)
    for mine, theirs in ((kinds, [one[0] for one in of_each]), (masses, [one[1] for one in of_each])):
        assert np.ptp(theirs, axis=0).max() > 1e-3  # members differ
        assert np.abs(mine - np.mean(theirs, 0)).max() <= 1e-5 * np.abs(mine).max()
    assert masses.mean() > 90  # in the file's units
    error = masses[:, 0] - mass
    kind_loss = -np.log(kinds[np.arange(900), kind]).mean()
    for name, value in (("kind_loss", kind_loss), ("mass_loss", (error ** 2).mean()), ("mass_mae", abs(error).mean()),
                        ("loss", kind_loss + 0.5 * (error ** 2).mean()),
                        ("kind_accuracy", (kinds.argmax(1) == kind).mean())):
        check(name, found[name], value, 1e-5)
        check("test " + name, summary["test_" + name], value, 1e-5)
    check("mae", found["outputs"]["mass"]["regression"]["mae"], abs(error).mean(), 1e-5)
    assert [one["class"] for one in found["outputs"]["kind"]["classes"]] == KINDS
    line = json.dumps([float(one) for one in x[5]]) + "\n"
    answer = json.loads(tusk.run("predict", run + "/ensemble.json", "--stream", stdin=line))
    check("streamed", answer["mass"]["prediction"][0], masses[5, 0], 1e-6)
    tusk.fail(64, "output 'mass' does not", "evaluate", run + "/ensemble.json", data, "--combine", "vote")


def main():
    warnings.simplefilter("error")
    tusk = Tusk()
    with tempfile.TemporaryDirectory() as folder:
        check_reports(tusk, folder, np.random.default_rng(5))
        check_ensemble(tusk, folder, np.random.default_rng(6))
    print("several outputs agree with numpy", np.__version__, "and scikit-learn", sklearn.__version__)


main()
