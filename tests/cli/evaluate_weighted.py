# SPDX-License-Identifier: Apache-2.0
"""Compares what `tusk evaluate --sample-weight` says of fixed predictions with a few lines of numpy and with
scikit-learn, to 1e-12, with negative weights, too; and its output on 1, 2 and 4 ranks byte by byte.

Usage: evaluate_weighted.py TUSK MPI_RUN; exits with 77 (skipped) where there is no h5py or scikit-learn."""

import json
import tempfile
import warnings

from given_predictions import Tusk, h5py, np, write_model
from skips import need

need("sklearn")
import sklearn
from sklearn import metrics

ROWS = 5003  # a last batch that is smaller


def check(name, found, expected):
    assert found is not None and abs(found - expected) <= 1e-12 * max(1.0, abs(expected)), (name, found, expected)


def write(path, score, label, weight):
    with h5py.File(path, "w") as file:
        file["features"], file["label"], file["weight"] = score.astype(np.float32), label, weight


def evaluate(tusk, folder, score, label, loss, weight, options=()):
    model, data = folder + "/model.h5", folder + "/data.h5"
    write_model(model, score.shape[1], loss, None)
    write(data, score, label, weight)
    command = ["evaluate", model, data, "--json", "--sample-weight", "weight", *options]
    texts = [tusk.run(*command, ranks=ranks) for ranks in (1, 2, 4)]
    assert len(set(texts)) == 1, "the output depends on the number of ranks"
    return json.loads(texts[0])


def area(positive, score, weight):
    """The area under scikit-learn's weighted curve; its auc() refuses the curves that negative weights make."""
    x, y, _ = metrics.roc_curve(positive, score, sample_weight=weight, drop_intermediate=False)
    if (weight > 0).all():
        check("roc_auc_score", metrics.roc_auc_score(positive, score, sample_weight=weight), np.trapezoid(y, x))
    return np.trapezoid(y, x)


def check_classes(found, label, predicted, classes, weight):
    check("accuracy", found["accuracy"], metrics.accuracy_score(label, predicted, sample_weight=weight))
    check("weighted_accuracy", found["weighted_accuracy"], ((label == predicted) * weight).sum() / weight.sum())
    check("weight_sum", found["weight_sum"], weight.sum())
    assert "loss" in found and found["rows"] == ROWS
    confusion = metrics.confusion_matrix(label, predicted, labels=range(classes), sample_weight=weight)
    for ours, theirs in zip(found["confusion_matrix"], confusion):
        for mine, cell in zip(ours, theirs):
            check("confusion matrix", mine, cell)
    scores = dict(zero_division=0, sample_weight=weight)
    for kind in ("macro", "weighted"):
        theirs = metrics.precision_recall_fscore_support(label, predicted, average=kind, **scores)
        for name, value in zip(("precision", "recall", "f1"), theirs):
            check(kind + " " + name, found[kind][name], value)
    each = metrics.precision_recall_fscore_support(label, predicted, labels=range(classes), **scores)
    for i, one in enumerate(found["classes"]):
        for name, values in zip(("precision", "recall", "f1", "weight"), each):
            check(f"{name} of class {i}", one[name], values[i])
        assert one["rows"] == (label == i).sum()


def several_classes(random, run, weight):
    label = random.integers(0, 4, ROWS)
    score = np.round(random.random((ROWS, 4)) + 0.3 * np.eye(4)[label], 2).astype(np.float32)
    score[::7] = 0.5
    found = run(score / 2, label, "categorical_crossentropy", weight, ["--top-k", "1,2", "--metrics", "accuracy"])
    check_classes(found, label, score.argmax(1), 4, weight)
    areas = [area(label == i, score[:, i], weight) for i in range(4)]
    for i, one in enumerate(found["classes"]):
        check(f"AUC of class {i}", one["auc"], areas[i])
    support = [weight[label == i].sum() for i in range(4)]
    check("AUC", found["auc"], np.mean(areas))
    check("weighted AUC", found["weighted_auc"], np.average(areas, weights=support))
    own = score[np.arange(ROWS), label, None]
    before = (score > own).sum(1) + ((score == own) & (np.arange(4) < label[:, None])).sum(1)
    for k in (1, 2):
        check(f"top-{k}", found["top_k"][str(k)], ((before < k) * weight).sum() / weight.sum())


def two_classes(random, run, weight):
    label = (random.random(ROWS) < 0.3).astype(int)
    score = np.clip(np.round(random.normal(0.4 + 0.2 * label, 0.2), 2), 0.01, 0.99).astype(np.float32)
    options = ["--metrics", "accuracy"]
    for features, loss in ((score[:, None], "binary_crossentropy"),
                           (np.stack([1 - score, score], 1), "categorical_crossentropy")):
        found = run(features, label, loss, weight, options)
        predicted = features.argmax(1) if features.shape[1] > 1 else (features[:, 0] > 0.5).astype(int)
        check_classes(found, label, predicted, 2, weight)
        check("AUC", found["auc"], area(label == 1, features[:, -1], weight))
    # The loss is Keras's: the sum of w·loss over the number of rows. Single losses have the digits of a float.
    p = score.astype(float)
    losses = -np.where(label == 1, np.log(p), np.log(1 - p))
    loss = run(score[:, None], label, "binary_crossentropy", weight)["loss"]
    assert abs(loss - (weight * losses).sum() / ROWS) <= 1e-6 * (abs(weight) * losses).sum() / ROWS


def regression(random, run, weight):
    target = random.normal(100, [1, 2, 3], (ROWS, 3)).astype(np.float32)
    predicted = (target + random.normal(0, 0.5, target.shape)).astype(np.float32)
    found = run(predicted, target, "mse", weight)["regression"]
    y, p = target.astype(float), predicted.astype(float)
    check("mse", found["mse"], metrics.mean_squared_error(y, p, sample_weight=weight))
    check("mae", found["mae"], metrics.mean_absolute_error(y, p, sample_weight=weight))
    check("r2", found["r2"], metrics.r2_score(y, p, sample_weight=weight))
    for i, one in enumerate(found["outputs"]):
        check(f"r2 of output {i}", one["r2"], metrics.r2_score(y[:, i], p[:, i], sample_weight=weight))


def rare_signal(tusk, folder):
    """One event of signal to 50 of background: weights of classes find it, and order events as well as without."""
    random = np.random.default_rng(7)
    label = (np.arange(5100) % 51 == 0).astype(int)
    features = random.normal(label[:, None], 1.0, (5100, 4)).astype(np.float32)
    with h5py.File(folder + "/rare.h5", "w") as file:
        file["features"], file["label"] = features, label
        file["label"].attrs["class_names"] = np.array([b"background", b"signal"])
    experiment = folder + "/rare.toml"
    with open(experiment, "w") as file:
        file.write(f"""name = "rare"
[data]
train = "{folder}/rare.h5"
[[model.layers]]
type = "dense"
units = 1
activation = "sigmoid"
[model]
loss = "binary_crossentropy"
[optimizer]
name = "adam"
learning_rate = 0.02
[trainer]
name = "single"
epochs = 5
batch_size = 50
""")
    scores = []
    for i, weights in enumerate(("{}", "{ signal = 50.0 }", "balanced")):
        run = f"{folder}/rare{i}"
        tusk.run("train", experiment, "--run-dir", run, "--set", f"model.class_weight={weights}")
        found = json.loads(tusk.run("evaluate", run + "/model.h5", folder + "/rare.h5", "--json"))
        scores.append((found["classes"][1]["recall"], found["auc"]))
    (plain, area_of_plain), *weighted = scores
    assert plain < 0.4, scores
    for recall, its_area in weighted:
        assert recall > 0.75 and abs(its_area - area_of_plain) < 0.01, scores


def mistakes(tusk, folder):
    model, data = folder + "/model.h5", folder + "/data.h5"
    write_model(model, 2, "categorical_crossentropy", None)
    score, label = np.full((9, 2), 0.5), np.arange(9) % 2

    def fails(text, weight):
        write(data, score, label, weight)
        tusk.fail(65, text, "evaluate", model, data, "--sample-weight", "weight")

    fails("data.h5: data set 'weight' has nan in row 7; weights must be finite", np.array([1.0] * 7 + [np.nan, 1.0]))
    fails("data.h5: data set 'weight' has inf in row 0", np.array([np.inf] + [1.0] * 8))
    fails("data.h5: data set 'weight' has 8 rows, but 'features' has 9", np.ones(8))
    fails("data.h5: data set 'weight' has shape (9, 2); weights are [rows]", np.ones((9, 2)))
    fails("data.h5: the weights in data set 'weight' are all 0", np.zeros(9))
    tusk.fail(65, "no data set 'wieght'", "evaluate", model, data, "--sample-weight", "wieght")


def main():
    warnings.simplefilter("error")
    tusk = Tusk()
    with tempfile.TemporaryDirectory() as folder:
        def run(*arguments):
            return evaluate(tusk, folder, *arguments)
        random = np.random.default_rng(5)
        for weight in (random.exponential(size=ROWS) * 10.0 ** random.integers(-8, 8, ROWS),
                       random.normal(1.0, 1.0, ROWS), random.choice([1.0, -1.0], ROWS, p=[0.8, 0.2])):
            for case in (several_classes, two_classes, regression):
                case(random, run, weight)
        mistakes(tusk, folder)
        rare_signal(tusk, folder)
    print("weighted evaluations agree with numpy", np.__version__, "and scikit-learn", sklearn.__version__)


main()
