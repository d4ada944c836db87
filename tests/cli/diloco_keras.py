# SPDX-License-Identifier: Apache-2.0
"""diloco beside a program in Keras 3: workers that train from one model, each on its part of the data, and Keras's own SGD
with momentum as the outer optimizer, whose gradient is the mean of what they have gone back. The same weights to 1e-6, on 2
and 3 ranks and simulated, with both momenta, windows that end with a pass, and workers with fewer batches.

Usage: diloco_keras.py TUSK MPI_RUN; exits with 77 (skipped) where there is no Keras 3."""

import tempfile

from any_keras import keras
from program import run
from skips import skip

import h5py
import numpy as np

if not keras.__version__.startswith("3."):
    skip(f"Keras {keras.__version__} is not Keras 3")

ROWS, BATCH, WINDOW, EPOCHS, RATE = 97, 8, 3, 3, 0.05
layers = keras.layers


def make_model():
    keras.utils.set_random_seed(5)
    return keras.Sequential([keras.Input((6,)), layers.Dense(5, activation="tanh"), layers.Dense(3)])


def parts(workers):
    """The rows of each worker: contiguous, the first ones one more."""
    return np.array_split(np.arange(ROWS), workers)


def train(x, y, workers, outer):
    """Weights at the end of the program in Keras."""
    center = make_model()
    center.compile(outer, "mse")
    replica = make_model()
    replica.compile(keras.optimizers.SGD(RATE), "mse")  # which remembers nothing
    outer.build(center.trainable_variables)
    batches = [[(x[rows][i:i + BATCH], y[rows][i:i + BATCH]) for i in range(0, len(x[rows]), BATCH)] for rows in parts(workers)]
    steps = max(len(mine) for mine in batches)
    for _ in range(EPOCHS):
        for first in range(0, steps, WINDOW):
            theta = center.get_weights()
            went, seen = [0.0] * len(theta), 0
            for mine in batches:
                window = mine[first:min(first + WINDOW, steps)]
                replica.set_weights(theta)
                for features, labels in window:
                    replica.train_on_batch(features, labels)
                samples = sum(len(labels) for _, labels in window)
                seen += samples
                went = [total + samples * (after - before)
                        for total, after, before in zip(went, replica.get_weights(), theta)]
            gradient = [-part / seen for part in went]
            outer.apply_gradients(zip([keras.ops.convert_to_tensor(g) for g in gradient], center.trainable_variables))
    return center.get_weights()


def weights_in(path):
    with h5py.File(path) as file:
        group = file["model_weights"]
        return [group[layer][weight][...] for layer in group.attrs["layer_names"] for weight in group[layer].attrs["weight_names"]]


def main():
    random = np.random.default_rng(3)
    x = random.normal(size=(ROWS, 6)).astype("float32")
    y = np.stack([x[:, :3].sum(1), x[:, 0] * x[:, 1], np.sin(x[:, 4])], axis=1).astype("float32")
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        model = make_model()
        model.compile(keras.optimizers.SGD(RATE), "mse")
        model.save(f"{folder}/model.h5")
        with h5py.File(f"{folder}/data.h5", "w") as file:
            file["features"], file["label"] = x, y
        for eta, mu, nesterov in ((0.7, 0.9, True), (1.0, 0.5, False)):
            with open(f"{folder}/experiment.toml", "w") as file:
                file.write(f"""name = "diloco"
[data]
train = "{folder}/data.h5"
shuffle = false
[model]
file = "{folder}/model.h5"
loss = "mse"
[optimizer]
name = "sgd"
learning_rate = {RATE}
[trainer]
name = "diloco"
epochs = {EPOCHS}
batch_size = {BATCH}
communication_window = {WINDOW}
outer_learning_rate = {eta}
outer_momentum = {mu}
nesterov = {str(nesterov).lower()}
""")
            for workers in (2, 3):
                expected = train(x, y, workers, keras.optimizers.SGD(eta, momentum=mu, nesterov=nesterov))
                real = ["train", f"{folder}/experiment.toml", "--run-dir", f"{folder}/run", "--overwrite"]
                virtual = ["simulate", *real[1:], "--workers", str(workers)]
                for words, ranks in ((real, workers), (virtual, 0)):
                    run(*words, ranks=ranks)
                    found = weights_in(f"{folder}/run/model.h5")
                    assert [w.shape for w in found] == [w.shape for w in expected]
                    error = max(np.abs(a - b).max() for a, b in zip(found, expected))
                    moved = max(np.abs(a - b).max() for a, b in zip(model.get_weights(), expected))
                    assert moved > 0.1, moved
                    assert error <= 1e-6, (eta, mu, nesterov, workers, words, error)
                    worst = max(worst, error)
    print(f"as Keras {keras.__version__}'s SGD moves the center: to {worst:.1e}")


main()
