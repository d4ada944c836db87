# SPDX-License-Identifier: Apache-2.0
"""Compares transforms fitted by 1, 2 and 4 ranks with their definitions in a few lines of numpy.

Usage: transforms_match_numpy.py MPI_RUN TRANSFORM_ROWS [sklearn]; exits with 77 (skipped) where there is no h5py.
With "sklearn" it compares those of 1 rank with scikit-learn (1.x), too, wherever that has the transform.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

from skips import need

need("h5py", "numpy")
import h5py
import numpy as np

NAMES = ["normal", "gaps", "nans", "constant", "kind", "far", "skewed", "even"]


def make_data(path, kind):
    """Rows of every sort of column, as a file of this type has them."""
    rng = np.random.default_rng(5)
    n = 2003
    x = np.empty((n, len(NAMES)))
    x[:, 0] = rng.normal(size=n)
    x[:, 1] = np.where(rng.random(n) < 0.3, -999.0, rng.normal(120, 40, n))
    x[:, 2] = np.where(rng.random(n) < 0.1, np.nan, rng.exponential(3.0, n))
    x[:, 3] = 0.1
    x[:, 4] = rng.choice([-1.0, 2.0, 3.5, 7.0], n)
    x[:, 5] = 1e5 + rng.normal(size=n)
    x[:, 6] = rng.lognormal(2.0, 2.0, n)
    x[:, 7] = np.where(np.arange(n) % 2 == 0, -1.0, 1.0)  # a median between two numbers, often
    with h5py.File(path, "w") as file:
        file["features"] = x.astype(kind)
        file["features"].attrs["column_names"] = np.array(NAMES, "S")
        file["label"] = rng.integers(0, 3, n).astype("i4")
        file["label"].attrs["class_names"] = np.array(["b", "s", "t"], "S")
    return x.astype(kind).astype("f8")


def standard(x, t, columns=slice(None)):
    y = x.copy()
    mean, std = t[:, columns].mean(axis=0), t[:, columns].std(axis=0)
    std = np.where(t[:, columns].max(axis=0) == t[:, columns].min(axis=0), 1.0, std)
    y[:, columns] = (x[:, columns] - mean) / std
    return y


def minmax(x, t, low, high):
    span = t.max(axis=0) - t.min(axis=0)
    return low + (x - t.min(axis=0)) * (high - low) / np.where(span == 0, 1.0, span)


def fill(x, t, missing, number):
    y = x.copy()
    for j in range(x.shape[1]):
        present = t[~missing(t[:, j]) & ~np.isnan(t[:, j]), j]
        y[missing(x[:, j]), j] = number(present) if callable(number) else number
    return y


def one_hot(x, t, j):
    columns = [(x[:, j] == value) for value in np.unique(t[:, j])]
    return np.column_stack([x[:, :j], *columns, x[:, j + 1:]])


def gap(value):
    return np.isnan if value == "nan" else lambda x: x == value


def norm(x, p):
    size = np.abs(x).max(axis=1) if p == "inf" else (np.abs(x) ** p).sum(axis=1) ** (1 / p)
    return x / np.where(size == 0, 1, size)[:, None]


def nan_missing(number):
    return lambda x, t: fill(x, t, np.isnan, number)


NAN_MEAN = '{ type = "missing", value = "nan", fill = "mean" }'
GAP_MEAN = '{ type = "missing", value = -999.0, fill = "mean", columns = ["gaps"] }'
NO_NAN = (NAN_MEAN, nan_missing(np.mean))

# name: steps of (TOML, numpy of all rows and the training rows)
CASES = {
    "standard": [NO_NAN, ('{ type = "standard" }', standard)],
    "standard_some": [('{ type = "standard", columns = ["far", 0, "skewed"] }', lambda x, t: standard(x, t, [0, 5, 6])),
                      NO_NAN],
    "minmax": [NO_NAN, ('{ type = "minmax" }', lambda x, t: minmax(x, t, 0, 1))],
    "minmax_range": [NO_NAN, ('{ type = "minmax", low = -1, high = 3 }', lambda x, t: minmax(x, t, -1, 3))],
    "normalize_1": [NO_NAN, ('{ type = "normalize", p = 1 }', lambda x, t: norm(x, 1))],
    "normalize_2": [NO_NAN, ('{ type = "normalize" }', lambda x, t: norm(x, 2))],
    "normalize_3": [NO_NAN, ('{ type = "normalize", p = 3.0 }', lambda x, t: norm(x, 3.0))],
    "normalize_inf": [NO_NAN, ('{ type = "normalize", p = "inf" }', lambda x, t: norm(x, "inf"))],
    "missing_mean": [('{ type = "missing", value = -999.0, fill = "mean" }', lambda x, t: fill(x, t, gap(-999.0), np.mean)),
                     NO_NAN],
    "missing_median": [('{ type = "missing", value = nan, fill = "median" }', nan_missing(np.median)),
                       ('{ type = "missing", value = -999, fill = "median" }',
                        lambda x, t: fill(x, t, gap(-999.0), np.median)),
                       ('{ type = "missing", value = 2.0, fill = "median", columns = ["even", "kind"] }',
                        lambda x, t: np.column_stack([x[:, :4], fill(x, t, gap(2.0), np.median)[:, 4], x[:, 5:]]))],
    "missing_constant": [('{ type = "missing", value = "nan", fill = -2.5 }', nan_missing(-2.5))],
    "one_hot": [NO_NAN, ('{ type = "one_hot", column = "kind" }', lambda x, t: one_hot(x, t, 4)),
                ('{ type = "standard", columns = ["kind=3.5", "far"] }', lambda x, t: standard(x, t, [6, 8]))],
    "clip": [NO_NAN, ('{ type = "clip", low = -0.5, high = 0.75, columns = [0, 7] }',
                      lambda x, t: np.column_stack([x[:, 0].clip(-0.5, 0.75), x[:, 1:7], x[:, 7].clip(-0.5, 0.75)])),
             ('{ type = "clip", high = 1000 }', lambda x, t: np.minimum(x, 1000))],
    "log": [NO_NAN, ('{ type = "log", columns = ["skewed"] }', lambda x, t: np.column_stack([x[:, :6], np.log1p(x[:, 6]), x[:, 7]])),
            ('{ type = "log", offset = 1000.0 }', lambda x, t: np.log(x + 1000.0))],
    "scale": [NO_NAN, ('{ type = "scale", factor = 2, offset = -3, columns = ["normal"] }',
                       lambda x, t: np.column_stack([2 * x[:, 0] - 3, x[:, 1:]])),
              ('{ type = "reshape", shape = [2, 4] }', lambda x, t: x)],
    "pipeline": [(GAP_MEAN, lambda x, t: fill(x, t, gap(-999.0), np.mean)), NO_NAN,
                 ('{ type = "log", columns = [6] }', lambda x, t: np.column_stack([x[:, :6], np.log1p(x[:, 6]), x[:, 7]])),
                 ('{ type = "standard" }', standard), ('{ type = "binary_label", positive = "s" }', lambda x, t: x)],
}

# What cannot be: the steps, and how it ends.
ERRORS = {
    "nan": (['{ type = "standard" }'], "65 ", "column 2; features must be finite"),
    "order": (['{ type = "standard" }', NAN_MEAN], "65 ", "of which data.transforms.0 (standard) is to learn"),
    "log": ([NAN_MEAN, '{ type = "log" }'], "65 ", "transform 1 (log) takes numbers above -1, but column"),
    "many": ([NAN_MEAN, '{ type = "one_hot", column = 0 }'], "78 ", "more than 1,000 different values"),
    "name": (['{ type = "standard", columns = ["normel"] }'], "78 ", "did you mean 'normal'?"),
    "number": (['{ type = "clip", low = 0, columns = [8] }'], "78 ", "the columns are 0 to 7"),
    "twice": (['{ type = "clip", low = 0, columns = [1, "gaps"] }'], "78 ", "column 1 stands twice"),
    "empty": (['{ type = "clip", low = 0, columns = [] }'], "78 ", "at least one column"),
    "nothing": (['{ type = "missing", value = 0.1, fill = "mean" }'], "78 ", "column 3 (constant) is missing in every"),
    "reshape": (['{ type = "reshape", shape = [3, 3] }'], "65 ", "(3, 3) has 9 numbers, not 8"),
    "class": (['{ type = "binary_label", positive = "x" }'], "78 ", "has no class 'x'"),
    "index": (['{ type = "binary_label", positive = 3 }'], "78 ", "the classes of"),
    "labels": (['{ type = "binary_label", positive = 1 }'] * 2, "78 ", "one binary_label is enough"),
}


def experiment(data, steps):
    return f"""
name = "test"
seed = 3
[data]
train = "{data}"
validation_split = 0.2
transforms = [{", ".join(steps)}]
[model]
layers = [{{ type = "dense", units = 1 }}]
loss = "mse"
[optimizer]
name = "sgd"
[trainer]
name = "single"
"""


def close(got, expected):
    """To 1e-6 of the largest number of the column, or of 1."""
    scale = np.maximum(np.abs(expected).max(axis=0), 1.0)
    return got.shape == expected.shape and np.abs((got - expected) / scale).max() < 1e-6


def check_cases(folder, x):
    for name, steps in CASES.items():
        with h5py.File(folder / f"{name}.toml.h5") as file:
            got, label, training = (file[key][...] for key in ("features", "label", "training"))
        assert len(np.unique(training)) == len(training) == 1602
        expected = x
        for _, compute in steps:
            expected = compute(expected, expected[training])
        assert close(got, expected), (name, np.abs(got - expected).max(axis=0))
        with h5py.File(folder / "data.h5") as file:
            stored = file["label"][...]
        wanted = stored == 1 if name == "pipeline" else stored
        assert np.array_equal(label, wanted), name


def check_sklearn(folder, x):
    import sklearn
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler, Normalizer, OneHotEncoder, StandardScaler

    nan = SimpleImputer()
    for name, theirs in {
        "standard": make_pipeline(nan, StandardScaler()),
        "minmax": make_pipeline(nan, MinMaxScaler()),
        "minmax_range": make_pipeline(nan, MinMaxScaler((-1, 3))),
        "normalize_1": make_pipeline(nan, Normalizer("l1")),
        "normalize_2": make_pipeline(nan, Normalizer("l2")),
        "normalize_inf": make_pipeline(nan, Normalizer("max")),
        "missing_constant": SimpleImputer(strategy="constant", fill_value=-2.5),
    }.items():
        with h5py.File(folder / f"{name}.toml.h5") as file:
            got, training = file["features"][...], file["training"][...]
        assert close(got, theirs.fit(x[training]).transform(x)), name
    with h5py.File(folder / "missing_median.toml.h5") as file:
        got, training = file["features"][...], file["training"][...]
    imputers = make_pipeline(SimpleImputer(strategy="median"), SimpleImputer(missing_values=-999.0, strategy="median"))
    kept = [0, 1, 2, 3, 5, 6, 7]
    assert close(got[:, kept], imputers.fit(x[training]).transform(x)[:, kept])
    with h5py.File(folder / "one_hot.toml.h5") as file:
        got, training = file["features"][...], file["training"][...]
    encoder = OneHotEncoder(sparse_output=False).fit(x[training][:, 4:5])
    assert np.array_equal(got[:, [4, 5, 7]], encoder.transform(x[:, 4:5])[:, [0, 1, 3]])
    print("the same as scikit-learn", sklearn.__version__)


def main(mpi_run, transform_rows, *options):
    if with_sklearn := options == ("sklearn",):
        need("sklearn")
    check_type("f8", (1,) if with_sklearn else (1, 2, 4), mpi_run, transform_rows, with_sklearn)
    check_type("f4", (1,) if with_sklearn else (2,), mpi_run, transform_rows, with_sklearn)


def check_type(kind, rank_counts, mpi_run, transform_rows, with_sklearn):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        x = make_data(folder / "data.h5", kind)
        texts = {name: [toml for toml, _ in steps] for name, steps in CASES.items()}
        texts |= {f"error_{name}": steps for name, (steps, _, _) in ERRORS.items()}
        for name, steps in texts.items():
            (folder / f"{name}.toml").write_text(experiment(folder / "data.h5", steps))
        learned = set()
        for ranks in rank_counts:
            for old in folder.glob("*.toml.*"):
                old.unlink()
            files = [folder / f"{name}.toml" for name in texts]
            subprocess.run([mpi_run, "-n", str(ranks), transform_rows, *files], check=True, timeout=100)
            for name, (_, code, part) in ERRORS.items():
                error = (folder / f"error_{name}.toml.error").read_text()
                assert error.startswith(code) and part in error, (name, error)
            check_cases(folder, x)
            learned.add(json.dumps({name: (folder / f"{name}.toml.json").read_text() for name in CASES}))
        assert len(learned) == 1, "different for different numbers of ranks"
        if with_sklearn:
            check_sklearn(folder, x)


main(*sys.argv[1:])
