# SPDX-License-Identifier: Apache-2.0
"""Checks that Keras loads our models, and we Keras's, and that both predict the same to 1e-5.

Usage: keras_loads_model.py EXCHANGE_FILES; exits with 77 (skipped) where there is no Keras.
Works with Keras 2 and 3 and any backend of theirs.
"""

import glob
import subprocess
import sys
import tempfile

from any_keras import keras

import h5py
import numpy

ACTIVATIONS = ["linear", "relu", "sigmoid", "tanh", "softmax", "elu", "selu", "softplus", "leaky_relu", "silu", "swish",
               "gelu", "hard_sigmoid"]
OLD_HARD_SIGMOID = "hard_sigmoid_keras2"  # which Keras 3 has no name for, so that it must not load it


def check_graph(model):
    """What Keras must know of our graph beside what it computes."""
    names = [layer.name for layer in model.layers]
    assert {"cells", "flat", "first", "second", "shared", "joined", "out"} <= set(names), names
    assert [layer.name for layer in model.layers if layer.weights and not layer.trainable] == ["first"]
    assert len(model.layers) == 12, names  # the shared layer once


def keras_reads_ours(program, folder):
    """The largest difference between our predictions and those of Keras, for each model."""
    subprocess.run([program, "write", folder], check=True)
    differences = {}
    for path in glob.glob(folder + "/*.expected.h5"):
        name = path.removesuffix(".expected.h5")
        if name.endswith("/" + OLD_HARD_SIGMOID):
            continue
        model = keras.models.load_model(name + ".h5", compile=False)
        if name.endswith("/graph"):
            check_graph(model)
        check_archive(model, name + ".keras")
        with h5py.File(path) as file:
            difference = model.predict(file["inputs"][...], verbose=0) - file["outputs"][...]
        differences[name.removeprefix(folder + "/")] = float(numpy.abs(difference).max())
    assert sorted(differences) == sorted(["all", "graph", "masked", "recurrent", "scrambled", "shaping", *ACTIVATIONS]), differences
    return differences


def check_archive(model, path):
    """The same model, but for the form of its file. Only models of several layers are worth the time."""
    if keras.__version__ < "3" or path.rsplit("/", 1)[1].removesuffix(".keras") in ACTIVATIONS:
        return
    same = keras.models.load_model(path, compile=False)
    assert [layer.name for layer in same.layers] == [layer.name for layer in model.layers], path
    for ours, wanted in zip(same.get_weights(), model.get_weights(), strict=True):
        numpy.testing.assert_array_equal(ours, wanted, path)


def keras_refuses(path):
    try:
        keras.models.load_model(path, compile=False)
    except (TypeError, ValueError) as error:
        return "hard_sigmoid_keras2" in str(error)
    return False


def several_layers():
    layers = keras.layers
    return [
        layers.Flatten(name="first"),
        layers.Dense(16, activation="elu", kernel_initializer="he_uniform"),
        layers.Dropout(0.25),
        layers.Dense(9, use_bias=False),
        layers.Activation("tanh"),
        layers.Dense(4, activation="softmax", bias_initializer="ones"),
    ]


def shaping_layers():
    layers = keras.layers
    return [
        layers.Dense(6, activation="gelu"),
        layers.PReLU(alpha_initializer="uniform", shared_axes=[1]),
        layers.Reshape((4, -1, 3)),
        layers.Permute((3, 1, 2)),
        layers.LeakyReLU(),
        layers.LeakyReLU(0.1),
        layers.ReLU(max_value=1.5, negative_slope=0.2, threshold=0.25),
        layers.PReLU(alpha_initializer="normal"),
        layers.ELU(0.7),
        layers.ELU(),
        layers.Softmax(axis=2),
        layers.Flatten(),
        layers.Dense(4),
        layers.ReLU(),
        layers.RepeatVector(3),
        layers.Softmax(),
        layers.Flatten(),
    ]


def recurrent_layers():
    layers = keras.layers
    bias = {"bias_initializer": "random_normal"}
    return [
        layers.GRU(5, return_sequences=True, **bias),
        layers.TimeDistributed(layers.Dense(4, activation="silu")),
        layers.GRU(6, return_sequences=True, reset_after=False, go_backwards=True, **bias),
        layers.Bidirectional(layers.LSTM(3, return_sequences=True, **bias)),
        layers.Bidirectional(layers.GRU(4, return_sequences=True, go_backwards=True, **bias), merge_mode="ave",
                             backward_layer=layers.GRU(4, return_sequences=True, **bias)),
        layers.LSTM(5, return_sequences=True, recurrent_activation="hard_sigmoid", unit_forget_bias=False, **bias),
        layers.Bidirectional(layers.LSTM(5, use_bias=False), merge_mode="sum"),
        layers.Dense(3),
    ]


def masked_layers():
    """Steps without a feature above 0.8, which are half of them, are masked."""
    layers = keras.layers
    return [
        layers.ReLU(threshold=0.8),
        layers.Masking(),
        layers.Bidirectional(layers.GRU(4, return_sequences=True, bias_initializer="random_normal"), merge_mode="ave"),
        layers.Dropout(0.5),
        layers.LSTM(5, return_sequences=True, go_backwards=True),
        layers.TimeDistributed(layers.Dense(3)),
        layers.Bidirectional(layers.LSTM(6)),
    ]


def one_layer(activation):
    return [keras.layers.Flatten(), keras.layers.Dense(16, activation=activation)]


def branching_model():
    """A graph that Keras makes: a layer that is called twice, merges, an untrained layer."""
    layers = keras.layers
    inputs = keras.Input((6, 2), name="cells")
    flat = layers.Flatten()(inputs)
    first = layers.Dense(7, activation="tanh", name="first", trainable=False)(flat)
    second = layers.Dense(7, activation="relu")(flat)
    tower = layers.Dense(7, activation="sigmoid", name="tower")
    twice = tower(tower(first))
    merged = layers.Concatenate()([layers.Add()([twice, second]), layers.Multiply()([first, second]), twice])
    return keras.Model(inputs, layers.Dense(4, activation="softmax")(merged))


def we_read_keras(program, name, layers):
    """Whether our predictions are those of a model that Keras makes of the layers and saves."""
    return we_read_model(program, name, keras.Sequential([keras.Input((6, 2)), *layers]))


def we_read_model(program, name, model):
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    model.save(name + ".h5")
    inputs = numpy.random.default_rng(1).normal(size=(32, 6, 2)).astype("float32")
    with h5py.File(name + ".expected.h5", "w") as file:
        file["inputs"] = inputs
        file["outputs"] = model.predict(inputs, verbose=0)
    return subprocess.run([program, "check", name]).returncode == 0


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        ours = keras_reads_ours(program, folder)
        assert max(ours.values()) <= 1e-5, ours
        assert keras_refuses(f"{folder}/{OLD_HARD_SIGMOID}.h5")
    with tempfile.TemporaryDirectory() as folder:
        assert we_read_keras(program, folder + "/several", several_layers())
        assert we_read_keras(program, folder + "/shaping", shaping_layers())
        assert we_read_model(program, folder + "/branches", branching_model())
        assert we_read_keras(program, folder + "/recurrent", recurrent_layers())
        assert we_read_keras(program, folder + "/masked", masked_layers())
        for activation in ACTIVATIONS:
            assert we_read_keras(program, folder + "/" + activation, one_layer(activation)), activation
    print(f"Keras {keras.__version__} with {keras.backend.backend()} loads our models (predictions differ by "
          f"{max(ours.values()):.1e}), and we load Keras's")


main()
