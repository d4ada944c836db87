# SPDX-License-Identifier: Apache-2.0
"""What scripts/replay.py computes with: Tusk's random numbers, its split of the rows and a network of dense layers, in
double precision and written without a look at the C++."""

import itertools

import h5py
import numpy as np

INITIAL_WEIGHTS, SHUFFLE, VALIDATION_SPLIT, BOOTSTRAP, MEMBER = 1, 2, 4, 5, 7  # streams


def refuse(reason):
    raise SystemExit(f"replay.py: {reason}")


class Random:
    """Philox 4x32-10 (Salmon et al., SC 2011): a function of (seed, stream, index, step)."""

    WORD = 0xFFFFFFFF

    def __init__(self, seed, stream, index=0, step=0):
        self.key = [seed & self.WORD, (seed >> 32) ^ (stream * 0x9E3779B9 & self.WORD)]
        self.counter = [index, step & self.WORD, step >> 32]
        self.words = itertools.chain.from_iterable(self.block(i) for i in itertools.count())

    def block(self, number):
        a, b, c, d = number, *self.counter
        k, l = self.key
        for _ in range(10):
            left, right = a * 0xD2511F53, c * 0xCD9E8D57
            a, b, c, d = (right >> 32) ^ b ^ k, right & self.WORD, (left >> 32) ^ d ^ l, left & self.WORD
            k, l = k + 0x9E3779B9 & self.WORD, l + 0xBB67AE85 & self.WORD
        return a, b, c, d

    def integer(self):
        low = next(self.words)
        return low | next(self.words) << 32

    def below(self, bound):
        while (value := self.integer()) < (1 << 64) % bound:
            pass
        return value % bound

    def uniform(self):
        return (self.integer() >> 11) * 2.0**-53


def permutation(count, random):
    order = list(range(count))
    for last in range(count - 1, 0, -1):
        other = random.below(last + 1)
        order[last], order[other] = order[other], order[last]
    return np.array(order, int)


def part(rows, index, parts):
    """A contiguous part; the first ones have one more where they are not equal."""
    small, larger = divmod(len(rows), parts)
    begin = index * small + min(index, larger)
    return rows[begin:begin + small + (index < larger)]


def training_rows(count, fraction, seed):
    wanted = int(np.floor(fraction * count + 0.5))
    if wanted == 0:
        return np.arange(count)
    random, chosen = Random(seed, VALIDATION_SPLIT), np.zeros(count, bool)
    for row in range(count):
        chosen[row] = random.below(count - row) < wanted - chosen.sum()
    return np.flatnonzero(~chosen)


class Data:
    """The training rows, and the batches of a part of them in an epoch."""

    def __init__(self, options, trainer, seed):
        if options.get("repeat", 1) != 1 or len(np.atleast_1d(options["train"])) != 1:
            refuse("data.repeat and several training files are not replayed")
        with h5py.File(options["train"]) as file:
            self.x = file[options.get("features", "features")][:].astype(float)
            self.y = file[options.get("label", "label")][:]
        for transform in options.get("transforms", []):
            if transform["type"] != "scale" or transform.get("offset", 0) != 0:
                refuse(f"transform {transform['type']} is not replayed")
            self.x = (self.x * transform["factor"]).astype(np.float32).astype(float)
        self.x = self.x.reshape(len(self.x), -1)
        self.rows = training_rows(len(self.x), options.get("validation_split", 0.0), seed)
        self.shuffled, self.size, self.seed = options.get("shuffle", True), trainer["batch_size"], seed

    def batches(self, index, parts, epoch):
        rows = part(self.rows, index, parts)
        if self.shuffled:
            rows = rows[permutation(len(rows), Random(self.seed, SHUFFLE, index, epoch))]
        return [(self.x[rows[i:i + self.size]], self.y[rows[i:i + self.size]]) for i in range(0, len(rows), self.size)]


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


ACTIVATIONS = {  # and the derivative, of the result
    "linear": (lambda z: z, lambda a: 1.0), "tanh": (np.tanh, lambda a: 1.0 - a * a),
    "relu": (lambda z: np.maximum(z, 0.0), lambda a: (a > 0) * 1.0), "sigmoid": (sigmoid, lambda a: a * (1.0 - a))}


class Network:
    """Dense layers, the last with softmax, and the categorical cross-entropy. Weights are one flat vector."""

    def __init__(self, model, inputs):
        layers = [layer for layer in model["layers"] if layer["type"] != "flatten"]
        if any(layer["type"] != "dense" for layer in layers) or layers[-1].get("activation") != "softmax" \
                or model["loss"] != "categorical_crossentropy":
            refuse("only dense layers up to softmax and categorical_crossentropy are replayed")
        self.widths = [inputs] + [layer["units"] for layer in layers]
        self.activations = [ACTIVATIONS[layer.get("activation", "linear")] for layer in layers[:-1]]
        self.shapes = [(a, b) for a, b in zip(self.widths, self.widths[1:])]

    def initial(self, seed):
        """Glorot uniform kernels and biases of zero."""
        parts = []
        for i, (a, b) in enumerate(self.shapes):
            random, limit = Random(seed, INITIAL_WEIGHTS, 2 * i), np.sqrt(6.0 / (a + b))
            parts += [np.float32([-limit + 2 * limit * random.uniform() for _ in range(a * b)]), np.zeros(b)]
        return np.concatenate(parts).astype(float)

    def split(self, flat):
        layers, at = [], 0
        for a, b in self.shapes:
            layers.append((flat[at:at + a * b].reshape(a, b), flat[at + a * b:at + a * b + b]))
            at += a * b + b
        return layers

    def gradient(self, flat, x, y):
        """(loss, gradient) of the mean over a batch."""
        layers, outputs = self.split(flat), [x]
        for (kernel, bias), (activate, _) in zip(layers, self.activations):
            outputs.append(activate(outputs[-1] @ kernel + bias))
        z = outputs[-1] @ layers[-1][0] + layers[-1][1]
        z = z - z.max(1, keepdims=True)
        p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
        target = np.eye(z.shape[1])[y] if y.ndim == 1 else y
        loss = -(target * (z - np.log(np.exp(z).sum(1, keepdims=True)))).sum() / len(x)
        delta, parts = (p * target.sum(1, keepdims=True) - target) / len(x), []
        for i in reversed(range(len(layers))):
            parts.append(np.concatenate([(outputs[i].T @ delta).ravel(), delta.sum(0)]))
            if i > 0:
                delta = delta @ layers[i][0].T * self.activations[i - 1][1](outputs[i])
        return loss, np.concatenate(parts[::-1])


class Sgd:
    def __init__(self, options, size):
        self.momentum, self.nesterov = options.get("momentum", 0.0), options.get("nesterov", False)
        if options["name"] != "sgd" or any(options.get(k) for k in ("weight_decay", "clipnorm", "global_clipnorm", "clipvalue")):
            refuse("only the optimizer sgd is replayed, without weight decay and clipping")
        self.velocity = np.zeros(size)

    def reset(self):
        self.velocity[:] = 0.0

    def step(self, x, gradient, rate):
        self.velocity[:] = self.momentum * self.velocity - rate * gradient
        x += self.momentum * self.velocity - rate * gradient if self.nesterov else self.velocity


def final_weights(path):
    with h5py.File(path) as file:
        text = lambda name: name.decode() if isinstance(name, bytes) else name
        group = file["model_weights"]
        return np.concatenate([group[text(layer)][text(weight)][:].astype(float).ravel()
                               for layer in group.attrs["layer_names"]
                               for weight in group[text(layer)].attrs.get("weight_names", [])])
