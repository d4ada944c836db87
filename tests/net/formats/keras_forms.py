# SPDX-License-Identifier: Apache-2.0
"""Models that Keras makes, in every form in which it keeps them: what Tusk predicts is what Keras does, to 1e-5.

Usage: keras_forms.py EXCHANGE_FILES; exits with 77 (skipped) where there is no Keras.
Works with Keras 2 and 3 and any backend of theirs. With --write FOLDER in the place of the program it leaves the .h5
files there, with NAME.expected.h5 beside each: the fixtures of another version of Keras."""

import os
import subprocess
import sys
import tempfile

from any_keras import keras

import h5py
import numpy as np

layers = keras.layers
IS_KERAS3 = keras.__version__ >= "3"


def varied(model):
    """The model with no weight that is zero or one, so that none can be taken for another."""
    random = np.random.default_rng(8)
    for layer in model.layers:
        if hasattr(layer, "layers"):
            varied(layer)
        elif not isinstance(layer, layers.Normalization):
            layer.set_weights([w + random.uniform(0.1, 0.5, w.shape).astype(w.dtype) for w in layer.get_weights()])
    return model


def block(name, width, **options):
    inputs = keras.Input((width,))
    x = layers.Dense(5, activation="tanh", name="first", **options)(inputs)
    x = layers.BatchNormalization(name="norm")(x)
    return keras.Model(inputs, layers.Dense(width, name="last")(x), name=name)


def nested_functional():
    """Trained weights of all layers within come first in the file, then statistics and what is frozen."""
    inputs = keras.Input((6, 2), name="cells")
    x = layers.Flatten()(inputs)
    return keras.Model(inputs, layers.Dense(3, activation="softmax", name="out")(block("tower", 12)(x)))


def nested_frozen_layer():
    inputs = keras.Input((6, 2))
    x = block("tower", 12, trainable=False)(layers.Flatten()(inputs))
    return keras.Model(inputs, layers.Dense(3)(x))


def nested_frozen():
    inputs = keras.Input((6, 2))
    tower = block("tower", 12)
    tower.trainable = False
    return keras.Model(inputs, layers.Dense(3)(tower(layers.Flatten()(inputs))))


def nested_twice():
    """A model that is called twice, and once more within itself's output."""
    inputs = keras.Input((6, 2))
    flat = layers.Flatten()(inputs)
    tower = block("tower", 12)
    once = tower(flat)
    twice = tower(layers.Activation("relu")(flat))
    return keras.Model(inputs, layers.Dense(3)(layers.Subtract()([tower(once), twice])))


def nested_as_output():
    inputs = keras.Input((6, 2))
    tower = block("tower", 12)
    return keras.Model(inputs, tower(tower(layers.Flatten()(inputs))))


def sequential_as_output():
    inputs = keras.Input((6, 2))
    head = keras.Sequential([keras.Input((12,)), layers.Dense(4), layers.BatchNormalization()], name="head")
    return keras.Model(inputs, head(layers.Flatten()(inputs)))


def models_in_a_sequential():
    return keras.Sequential([
        keras.Input((6, 2)), layers.Flatten(), block("tower", 12),
        keras.Sequential([keras.Input((12,)), layers.Dense(7, activation="relu"), layers.BatchNormalization(axis=1)]),
        layers.Dense(3)])


def deep():
    """Models within models, of which the inner one has two inputs and is called twice."""
    a, b = keras.Input((4,)), keras.Input((4,))
    core = keras.Model([a, b], layers.Add()([layers.Dense(4, name="left")(a), b]), name="core")
    x = keras.Input((12,))
    halves = [layers.Dense(4, activation="tanh", name=name)(x) for name in ("u", "v")]
    middle = keras.Model(x, core([core(halves), halves[1]]), name="middle")
    inputs = keras.Input((6, 2))
    flat = layers.Flatten()(inputs)
    return keras.Model(inputs, layers.Concatenate()([middle(flat), layers.Dense(2)(flat)]))


def shared_layer():
    inputs = keras.Input((6, 2))
    flat = layers.Flatten()(inputs)
    shared = layers.Dense(12, activation="tanh")
    norm = layers.BatchNormalization(trainable=False)
    return keras.Model(inputs, layers.Dense(3)(layers.Average()([norm(shared(shared(flat))), shared(norm(flat))])))


def images():
    return keras.Sequential([
        keras.Input((6, 2)), layers.Reshape((3, 4, 1)), layers.Rescaling(0.5, offset=0.25),
        layers.Conv2D(4, 2, padding="same", activation="relu"), layers.BatchNormalization(), layers.MaxPooling2D((1, 2)),
        layers.DepthwiseConv2D(2, depth_multiplier=2, padding="same"), layers.LeakyReLU(), layers.Flatten(),
        layers.Dense(3, activation="softmax")])


def steps():
    return keras.Sequential([
        keras.Input((6, 2)), layers.Masking(0.0), layers.Bidirectional(layers.LSTM(3, return_sequences=True)),
        layers.TimeDistributed(layers.Dense(4, activation="tanh")), layers.GRU(5, reset_after=False), layers.Dense(3)])


MODELS = [nested_functional, nested_frozen_layer, nested_frozen, nested_twice, nested_as_output, sequential_as_output,
          models_in_a_sequential, deep, shared_layer, images, steps]


def save(make, name, samples=32):
    keras.utils.set_random_seed(3) if hasattr(keras.utils, "set_random_seed") else None
    model = varied(make())
    model.compile(loss="mse", optimizer="adam")
    inputs = np.random.default_rng(1).normal(size=(32, 6, 2)).astype("float32")
    model.save(name + ".h5")
    if IS_KERAS3:
        model.save(name + ".keras")
        model.save_weights(name + ".weights.h5")
    with h5py.File(name + ".expected.h5", "w") as file:
        file["inputs"] = inputs[:samples]
        file["outputs"] = model.predict(inputs, verbose=0)[:samples]
    return model


def save_apart(model, name):
    """The layers as JSON, and the weights alone as Keras 2's save_weights() writes them, which Keras 3 cannot any more."""
    with open(name + ".json", "w") as file:
        file.write(model.to_json())
    with h5py.File(name + ".h5") as whole, h5py.File(name + "_weights.h5", "w") as weights:
        group = whole["model_weights"]
        for key in group.keys():
            group.copy(key, weights)
        for key, value in group.attrs.items():
            weights.attrs[key] = value


def main():
    if sys.argv[1] == "--write":
        for make in MODELS:
            name = os.path.join(sys.argv[2], make.__name__)
            model = save(make, name, samples=3)
            if make in (images, steps, nested_twice, nested_frozen_layer):
                model.save(name + ".keras")
            if make is nested_twice:
                save_apart(model, name)
        return
    program = sys.argv[1]
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        for make in MODELS:
            name = os.path.join(folder, make.__name__)
            save_apart(save(make, name), name)
            forms = [[name + ".h5"], [name + ".json", name + "_weights.h5"], [name + ".json", name + ".h5"]]
            if IS_KERAS3:
                forms += [[name + ".keras"], [name + ".json", name + ".weights.h5"], [name + ".json", name + ".keras"]]
            for files in forms:
                done = subprocess.run([program, "check", name, *files], capture_output=True, text=True)
                if done.returncode:
                    failed.append((make.__name__, files, done.stderr))
    assert not failed, failed
    print(f"{len(MODELS)} models of Keras {keras.__version__} predict in Tusk as there")


main()
