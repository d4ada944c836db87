# SPDX-License-Identifier: Apache-2.0
"""What scripts/replay.py computes with: Tusk's random numbers, its split of the rows and a network of dense layers and batch
normalization, in double precision and written without a look at the C++."""

import itertools

import h5py
import numpy as np

INITIAL_WEIGHTS, SHUFFLE, VALIDATION_SPLIT, BOOTSTRAP, MEMBER = 1, 2, 4, 5, 7  # streams


def refuse(reason):
    raise SystemExit(f"replay.py: {reason}")


REPLAYED_DATA = {"train", "validation", "validation_split", "test", "features", "label", "sample_weight", "shuffle", "repeat", "memory_limit",
                 "read", "transforms"}
REPLAYED_MODEL = {"layers", "loss", "metrics", "weighted_metrics", "class_weight"}


def refuse_others(table, options, replayed):
    """Refuses what is asked for in a table of the experiment beside the options that the replay knows."""
    for key, value in options.items():
        if key not in replayed and value not in (None, False, 0, [], {}):
            refuse(f"{table}.{key} is not replayed")


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
    """The training rows, and the batches of a part of them in an epoch, with what their samples count (docs/weights.md)."""

    def __init__(self, options, model, trainer, seed):
        if options.get("repeat", 1) != 1 or len(np.atleast_1d(options["train"])) != 1:
            refuse("data.repeat and several training files are not replayed")
        names = {key: options.get(key) for key in ("features", "label", "sample_weight")}
        if any(isinstance(name, (dict, list)) for name in names.values()):
            refuse("data of several arrays are not replayed")
        refuse_others("data", options, replayed=REPLAYED_DATA)
        with h5py.File(np.atleast_1d(options["train"])[0]) as file:
            self.x = file[names["features"] or "features"][:].astype(float)
            labels = file[names["label"] or "label"]
            self.y, self.classes = labels[:], [str(name) for name in labels.attrs.get("class_names", [])]
            self.own = file[names["sample_weight"]][:].astype(float) if names["sample_weight"] else None
        for transform in options.get("transforms", []):
            if transform["type"] != "scale" or transform.get("offset", 0) != 0:
                refuse(f"transform {transform['type']} is not replayed")
            self.x = (self.x * transform["factor"]).astype(np.float32).astype(float)
        self.x = self.x.reshape(len(self.x), -1)
        self.rows = training_rows(len(self.x), options.get("validation_split", 0.0), seed)
        self.shuffled, self.size, self.seed = options.get("shuffle", True), trainer["batch_size"], seed
        self.class_weight = model.get("class_weight", {})

    def weights(self):
        """What every row counts: its own weight times that of its class."""
        weights = np.ones(len(self.x)) if self.own is None else self.own
        index = self.y if self.y.ndim == 1 else self.y.argmax(1)
        if self.class_weight == "balanced":
            counts = np.bincount(index[self.rows])
            with np.errstate(divide="ignore"):
                return weights * (len(self.rows) / (np.count_nonzero(counts) * counts))[index]
        for name, weight in self.class_weight.items():
            number = self.classes.index(name) if name in self.classes else int(name)
            weights = np.where(index == number, weights * weight, weights)
        return weights

    def batches(self, index, parts, epoch):
        rows, weights = part(self.rows, index, parts), self.weights()
        if self.shuffled:
            rows = rows[permutation(len(rows), Random(self.seed, SHUFFLE, index, epoch))]
        batches = [rows[i:i + self.size] for i in range(0, len(rows), self.size)]
        return [(self.x[batch], self.y[batch], weights[batch]) for batch in batches]


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


ACTIVATIONS = {  # and the derivative, of the result
    "linear": (lambda z: z, lambda a: 1.0), "tanh": (np.tanh, lambda a: 1.0 - a * a),
    "relu": (lambda z: np.maximum(z, 0.0), lambda a: (a > 0) * 1.0), "sigmoid": (sigmoid, lambda a: a * (1.0 - a))}


def require_defaults(layer, names, **defaults):
    """Refuses a layer with options other than `names` that are not as they are by default."""
    for key, value in layer.items():
        if key not in names and value != defaults.get(key):
            refuse(f"{layer['type']} with {key} = {value} is not replayed")


class Dense:
    statistics = 0

    def __init__(self, inputs, layer, last):
        require_defaults(layer, ("type", "name", "units", "activation"), use_bias=True, trainable=True,
                         kernel_initializer="glorot_uniform", bias_initializer="zeros")
        if not last and layer.get("activation", "linear") not in ACTIVATIONS:
            refuse(f"activation {layer['activation']} is not replayed")
        self.shape, self.trained = (inputs, layer["units"]), (inputs + 1) * layer["units"]
        self.activate, self.slope = ACTIVATIONS["linear" if last else layer.get("activation", "linear")]

    def initial(self, seed, index):
        """Glorot uniform, and biases of zero; `index` is that of the layer's first array in the model."""
        random, limit = Random(seed, INITIAL_WEIGHTS, index), np.sqrt(6.0 / sum(self.shape))
        kernel = [-limit + 2 * limit * random.uniform() for _ in range(self.shape[0] * self.shape[1])]
        return np.concatenate([np.float32(kernel).astype(float), np.zeros(self.shape[1])]), np.zeros(0)

    def forward(self, weights, x):
        self.x, self.kernel = x, weights[:-self.shape[1]].reshape(self.shape)
        self.y = self.activate(x @ self.kernel + weights[-self.shape[1]:])
        return self.y, np.zeros(0)

    def backward(self, dy):
        dz = dy * self.slope(self.y)
        return dz @ self.kernel.T, np.concatenate([(self.x.T @ dz).ravel(), dz.sum(0)])


class Normalization:
    """Batch normalization in training: by the batch's mean and (biased) variance, whose moving averages are its statistics."""

    def __init__(self, width, layer):
        require_defaults(layer, ("type", "name", "momentum", "epsilon", "center", "scale"), axis=-1, trainable=True, beta_initializer="zeros",
                         gamma_initializer="ones", moving_mean_initializer="zeros", moving_variance_initializer="ones")
        self.scale, self.center = layer.get("scale", True), layer.get("center", True)
        self.epsilon, self.momentum = layer.get("epsilon", 1e-3), float(np.float32(layer.get("momentum", 0.99)))
        self.width, self.trained, self.statistics = width, (self.scale + self.center) * width, 2 * width

    def initial(self, _seed, _index):
        return (np.repeat([1.0, 0.0], [self.scale * self.width, self.center * self.width]),
                np.repeat([0.0, 1.0], self.width))

    def forward(self, weights, x):
        mean, variance = x.mean(0), x.var(0)
        self.deviation = np.sqrt(variance + self.epsilon)
        self.normal = (x - mean) / self.deviation
        self.gamma = weights[:self.width] if self.scale else np.ones(self.width)
        beta = weights[-self.width:] if self.center else 0.0
        return self.gamma * self.normal + beta, np.concatenate([mean, variance])

    def backward(self, dy):
        beta, gamma = dy.sum(0), (dy * self.normal).sum(0)
        dx = self.gamma / self.deviation * (dy - beta / len(dy) - self.normal * gamma / len(dy))
        return dx, np.concatenate(self.scale * [gamma] + self.center * [beta] + [np.zeros(0)])


class Network:
    """Layers, the last dense with softmax, and the categorical cross-entropy. Its numbers are one flat vector: the weights of
    all layers, and after them the statistics of all."""

    def __init__(self, model, inputs):
        layers = [layer for layer in model["layers"] if layer["type"] != "flatten"]
        if {layer["type"] for layer in layers} - {"dense", "batch_normalization"} or layers[-1].get("activation") != "softmax" \
                or model["loss"] != "categorical_crossentropy" or "frozen" in model or "file" in model or "weights" in model:
            refuse("only networks of dense layers and batch normalization up to softmax and categorical_crossentropy are replayed, "
                   "all of them trained from their initial weights")
        refuse_others("model", model, REPLAYED_MODEL)
        self.layers = []
        for layer in layers:
            if layer["type"] == "dense":
                self.layers.append(Dense(inputs, layer, layer is layers[-1]))
                inputs = layer["units"]
            else:
                self.layers.append(Normalization(inputs, layer))
        self.trained = sum(layer.trained for layer in self.layers)
        self.momenta = np.concatenate([np.full(layer.statistics, getattr(layer, "momentum", 0.0)) for layer in self.layers])

    def initial(self, seed):
        pairs, arrays = [], 0
        for layer in self.layers:
            pairs.append(layer.initial(seed, arrays))
            arrays += 2 if isinstance(layer, Dense) else layer.scale + layer.center + 2
        weights, statistics = zip(*pairs)
        return np.concatenate(weights + statistics)

    def gradient(self, flat, x, y, weight):
        """(loss, gradient, the batch's statistics): of the sum of what the samples lose, weighed, by their number."""
        at, batch = 0, []
        for layer in self.layers:
            x, seen = layer.forward(flat[at:at + layer.trained], x)
            batch.append(seen)
            at += layer.trained
        z = x - x.max(1, keepdims=True)
        p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
        target = np.eye(z.shape[1])[y] if y.ndim == 1 else y
        weight = weight[:, np.newaxis] / len(x)
        loss = -(weight * target * (z - np.log(np.exp(z).sum(1, keepdims=True)))).sum()
        delta, parts = weight * (p * target.sum(1, keepdims=True) - target), []
        for layer in reversed(self.layers):
            delta, gradient = layer.backward(delta)
            parts.append(gradient)
        return loss, np.concatenate(parts[::-1]), np.concatenate(batch)


class Sgd:
    def __init__(self, options, size):
        self.momentum, self.nesterov = options.get("momentum", 0.0), options.get("nesterov", False)
        if options["name"] != "sgd" or any(options.get(k) for k in ("weight_decay", "clipnorm", "global_clipnorm", "clipvalue")):
            refuse("only the optimizer sgd is replayed, without weight decay and clipping")
        self.velocity = np.zeros(size)

    def reset(self):
        self.velocity[:] = 0.0

    def step(self, x, gradient, rate):
        """Moves the weights that x begins with."""
        self.velocity[:] = self.momentum * self.velocity - rate * gradient
        x[:len(gradient)] += self.momentum * self.velocity - rate * gradient if self.nesterov else self.velocity


def final_weights(path):
    """All weights of a model file, and after them all moving statistics."""
    weights, statistics = [], []
    with h5py.File(path) as file:
        text = lambda name: name.decode() if isinstance(name, bytes) else name
        group = file["model_weights"]
        for layer in group.attrs["layer_names"]:
            for weight in group[text(layer)].attrs.get("weight_names", []):
                array = group[text(layer)][text(weight)][:].astype(float).ravel()
                (statistics if "moving_" in text(weight) else weights).append(array)
    return np.concatenate(weights + statistics)
