# SPDX-License-Identifier: Apache-2.0
"""Compares what `tusk evaluate --json` says of fixed predictions with a few lines of numpy, to 1e-12, and its
output on 1, 2 and 4 ranks byte by byte.

Usage: evaluate_numpy.py TUSK MPI_RUN [sklearn]; exits with 77 (skipped) where there is no h5py. With "sklearn" it
compares the same numbers of 1 rank with scikit-learn's, too.
"""

import json
import sys
import tempfile

from given_predictions import Tusk, h5py, np, write_model
from skips import need

metrics = None
if sys.argv[3:] == ["sklearn"]:
    need("sklearn")
    import sklearn
    from sklearn import metrics

ROWS = 5003  # a last batch that is smaller
RANKS = (1,) if metrics else (1, 2, 4)


def evaluate(tusk, folder, features, label, loss, names=None, options=()):
    model, data = folder + "/model.h5", folder + "/data.h5"
    write_model(model, features.shape[1], loss, names)
    with h5py.File(data, "w") as file:
        file["features"] = features.astype(np.float32)
        file["label"] = label
    texts = [tusk.run("evaluate", model, data, "--json", *options, ranks=ranks) for ranks in RANKS]
    assert len(set(texts)) == 1, "the output depends on the number of ranks"
    return json.loads(texts[0])


def auc(positive, score):
    """Mann-Whitney, ranks of equals averaged."""
    _, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    n, m = positive.sum(), (~positive).sum()
    return (ranks[positive].sum() - n * (n + 1) / 2) / (n * m)


def expected_of_classes(label, predicted, classes):
    confusion = np.zeros((classes, classes), int)
    np.add.at(confusion, (label, predicted), 1)
    right, labels, predictions = np.diag(confusion), confusion.sum(1), confusion.sum(0)
    divide = lambda a, b: np.divide(a, b, out=np.zeros(classes), where=b > 0)
    scores = {"precision": divide(right, predictions), "recall": divide(right, labels),
              "f1": divide(2 * right, labels + predictions)}
    occurs = labels + predictions > 0
    return confusion, scores, labels, {
        "macro": {name: values[occurs].mean() for name, values in scores.items()},
        "weighted": {name: (values * labels).sum() / labels.sum() for name, values in scores.items()}}


def check(name, found, expected):
    assert found is not None and abs(found - expected) <= 1e-12, (name, found, expected)


def check_classes(found, label, predicted, classes):
    confusion, scores, support, means = expected_of_classes(label, predicted, classes)
    assert found["confusion_matrix"] == confusion.tolist()
    check("accuracy", found["accuracy"], (label == predicted).mean())
    for kind, values in means.items():
        for name, value in values.items():
            check(kind + " " + name, found[kind][name], value)
    for i, one in enumerate(found["classes"]):
        assert one["rows"] == support[i]
        for name, values in scores.items():
            check(f"{name} of class {i}", one[name], values[i])
    if metrics:
        assert found["confusion_matrix"] == metrics.confusion_matrix(label, predicted, labels=range(classes)).tolist()
        for kind in ("macro", "weighted"):
            theirs = metrics.precision_recall_fscore_support(label, predicted, average=kind, zero_division=0)
            for name, value in zip(("precision", "recall", "f1"), theirs):
                check("scikit-learn's " + kind + " " + name, found[kind][name], value)


def check_several_classes(found, label, score):
    classes = score.shape[1]
    check_classes(found, label, score.argmax(1), classes)
    support = np.bincount(label, minlength=classes)
    areas = {i: auc(label == i, score[:, i]) for i in range(classes) if support[i]}
    for i, one in enumerate(found["classes"]):
        if i in areas:
            check(f"AUC of class {i}", one["auc"], areas[i])
        else:
            assert one["auc"] is None
    weights = [support[i] for i in areas]
    check("AUC", found["auc"], np.mean(list(areas.values())))
    check("weighted AUC", found["weighted_auc"], np.average(list(areas.values()), weights=weights))
    before = (score > score[np.arange(ROWS), label, None]).sum(1)
    before += ((score == score[np.arange(ROWS), label, None]) & (np.arange(classes) < label[:, None])).sum(1)
    for k in (1, 2, 3):
        check(f"top-{k}", found["top_k"][str(k)], (before < k).mean())
    if metrics:
        for i in areas:
            check(f"scikit-learn's AUC of class {i}", found["classes"][i]["auc"],
                  metrics.roc_auc_score(label == i, score[:, i]))


def several_classes(random, run):
    """Class 3 is never predicted, class 4 is never there, and many predictions are equal."""
    label = random.integers(0, 4, ROWS)
    score = np.round(random.random((ROWS, 5)) + 0.3 * np.eye(5)[label], 1).astype(np.float32)
    score[:, 3] = 0
    score[::7] = 0.5
    score /= 2
    options = ["--top-k", "1,2,3"]
    found = run(score, label, "categorical_crossentropy", ["a", "b", "c", "d", "é"], options)
    check_several_classes(found, label, score)
    assert [one["class"] for one in found["classes"]] == ["a", "b", "c", "d", "é"]
    check_several_classes(run(score, np.eye(5)[label], "categorical_crossentropy", None, options), label, score)
    # As scikit-learn's multi-class AUC wants them: every class is there, and rows sum to 1.
    label = random.integers(0, 5, ROWS)
    score = random.random((ROWS, 5)) + 0.3 * np.eye(5)[label]
    score = (score / score.sum(1, keepdims=True)).astype(np.float32)
    found = run(score, label, "categorical_crossentropy", None, options)
    check_several_classes(found, label, score)
    if metrics:
        for name, average in (("auc", "macro"), ("weighted_auc", "weighted")):
            check("scikit-learn's " + name, found[name], metrics.roc_auc_score(
                label, score, multi_class="ovr", average=average))
        for k in (2, 3):  # no two scores are equal here: on equals the two differ
            check("scikit-learn's top-k", found["top_k"][str(k)], metrics.top_k_accuracy_score(label, score, k=k))


def two_classes(random, run):
    label = (random.random(ROWS) < 0.3).astype(int)
    score = np.clip(np.round(random.normal(0.4 + 0.2 * label, 0.2), 2), 0, 1).astype(np.float32)
    for features, labels, loss in ((score[:, None], label, "binary_crossentropy"),
                                   (score[:, None], label[:, None].astype(float), "binary_crossentropy"),
                                   (np.stack([1 - score, score], 1), label, "categorical_crossentropy")):
        found = run(features, labels, loss)
        predicted = features.argmax(1) if features.shape[1] > 1 else (features[:, 0] > 0.5).astype(int)
        check_classes(found, label, predicted, 2)
        check("AUC", found["auc"], auc(label == 1, features[:, -1]))
        if metrics:
            check("scikit-learn's AUC", found["auc"], metrics.roc_auc_score(label, features[:, -1]))


def regression(random, run):
    target = random.normal(100, [1, 2, 3], (ROWS, 3)).astype(np.float32)
    predicted = (target + random.normal(0, 0.5, target.shape)).astype(np.float32)
    found = run(predicted, target, "mse")["regression"]
    y, p = target.astype(float), predicted.astype(float)
    mse, mae = ((p - y) ** 2).mean(0), np.abs(p - y).mean(0)
    r2 = 1 - ((p - y) ** 2).sum(0) / ((y - y.mean(0)) ** 2).sum(0)
    for name, values in (("mse", mse), ("mae", mae), ("r2", r2)):
        check(name, found[name], values.mean())
        for i, one in enumerate(found["outputs"]):
            check(f"{name} of output {i}", one[name], values[i])
    check("rmse", found["rmse"], np.sqrt(mse.mean()))
    if metrics:
        check("scikit-learn's mse", found["mse"], metrics.mean_squared_error(y, p))
        check("scikit-learn's mae", found["mae"], metrics.mean_absolute_error(y, p))
        check("scikit-learn's r2", found["r2"], metrics.r2_score(y, p))


def unclear_labels(random, run):
    score = random.random((ROWS, 3))
    label = np.eye(3)[random.integers(0, 3, ROWS)]
    label[[4321, 1234]] = 0.5
    found = run(score, label, "categorical_crossentropy")
    assert found["classes_left_out"] == "the label of row 1234 does not name one class", found
    assert "confusion_matrix" not in found and found["loss"] > 0


def usage(tusk, folder):
    model, data = folder + "/model.h5", folder + "/data.h5"
    write_model(model, 3, "categorical_crossentropy", ["a", "b", "c"])
    with h5py.File(data, "w") as file:
        file["features"] = np.eye(3, dtype=np.float32)
        file["label"] = np.arange(3)
        file["label"].attrs["class_names"] = np.array([b"a", b"c"])
    tusk.fail(65, "class 1 of 'label' is called 'c', but 'b' in " + model, "evaluate", model, data)
    with h5py.File(model, "a") as file:
        file["tusk"].attrs["column_names"] = np.array([b"x", b"y", b"z"])
    with h5py.File(data, "a") as file:
        del file["label"].attrs["class_names"]
        file["features"].attrs["column_names"] = np.array([b"x", b"z", b"y"])
    for command in (["evaluate", model, data], ["predict", model, data, "-o", folder + "/out.h5"]):
        tusk.fail(65, data + ": column 1 is called 'z', but 'y' in " + model, *command)
    tusk.fail(64, "has 3 outputs", "evaluate", model, data, "--top-k", "4")
    write_model(model, 3, "mse")
    tusk.fail(64, "not of classes", "evaluate", model, data, "--top-k", "1")


def main():
    tusk = Tusk()
    with tempfile.TemporaryDirectory() as folder:
        def run(*arguments):
            return evaluate(tusk, folder, *arguments)
        for case in (several_classes, two_classes, regression, unclear_labels):
            case(np.random.default_rng(5), run)
        usage(tusk, folder)
    against = "numpy " + np.__version__ + (" and scikit-learn " + sklearn.__version__ if metrics else "")
    print("evaluate agrees with", against)


main()
