# SPDX-License-Identifier: Apache-2.0
"""Small models of Keras, a few for each layer and each of its options, with what Keras computes of them: outputs,
gradients and the weights after some steps. Tests compare Tusk with them; see keras_computes_layers.py in
tests/net/formats, which also writes the fixtures there. A new layer gets its cases in CASES.

No two extents of a case are equal, and no weight is zero, so that nothing can be mistaken for something else."""

import dataclasses

from any_keras import keras
from skips import need

import h5py
import numpy

need("jax")
import jax  # noqa: E402

layers = keras.layers
SAMPLES = 6
STEPS = 20
RATE = 0.02


@dataclasses.dataclass
class Case:
    """A model on samples of a shape: `before`, then the layers that it is about, then what makes one axis of 3 outputs
    of theirs. `before` has weights, whose gradients are wrong where those of the layers' inputs are."""

    shape: tuple
    layers: list
    before: list = dataclasses.field(default_factory=list)
    after: list = dataclasses.field(default_factory=lambda: [layers.Flatten(), layers.Dense(3)])


def image(shape, *tested):
    return Case(shape, list(tested), [layers.Conv2D(shape[2], 1, name="before")])


def steps(shape, *tested):
    return Case(shape, list(tested), [layers.Conv1D(shape[1], 1, name="before")])


def convolution_cases():
    yield "conv1d", steps((11, 4), layers.Conv1D(7, 3, activation="relu"))
    yield "conv1d_causal", steps((9, 4), layers.Conv1D(5, 3, padding="causal", dilation_rate=2, activation="tanh"))
    yield "conv1d_causal_strides", steps((10, 3), layers.Conv1D(4, 5, padding="causal", strides=2))
    yield "conv1d_same", steps((10, 3), layers.Conv1D(4, 4, padding="same", strides=3, use_bias=False))
    yield "conv1d_groups", steps((7, 6), layers.Conv1D(9, 2, groups=3, activation="elu"))
    yield "conv2d", image((7, 9, 3), layers.Conv2D(5, (3, 2), activation="relu"))
    yield "conv2d_one_channel", image((8, 9, 1), layers.Conv2D(20, 3, activation="relu"))
    yield "conv2d_same", image((8, 5, 3), layers.Conv2D(4, (4, 2), padding="same", activation="selu"))
    yield "conv2d_strides", image((9, 8, 3), layers.Conv2D(17, (3, 5), strides=(2, 3)))
    yield "conv2d_same_strides", image((7, 10, 3), layers.Conv2D(4, 3, padding="same", strides=(2, 3), use_bias=False))
    yield "conv2d_wide_strides", image((7, 10, 3), layers.Conv2D(4, (2, 1), padding="same", strides=(3, 4)))
    yield "conv2d_dilation", image((9, 11, 2), layers.Conv2D(5, (3, 2), dilation_rate=(2, 4), activation="leaky_relu"))
    yield "conv2d_same_dilation", image((5, 7, 2), layers.Conv2D(3, 3, padding="same", dilation_rate=(3, 2)))
    yield "conv2d_groups", image((6, 5, 8), layers.Conv2D(12, 3, groups=4, padding="same", activation="softplus"))
    yield "conv2d_softmax", image((4, 6, 3), layers.Conv2D(5, 2, activation="softmax"))
    yield "conv2d_wide", image((5, 4, 18), layers.Conv2D(67, (2, 3), activation="sigmoid"))
    yield "depthwise_conv2d", image((7, 9, 5), layers.DepthwiseConv2D((3, 2), activation="relu"))
    yield "depthwise_conv2d_same", image((7, 6, 3), layers.DepthwiseConv2D((2, 4), depth_multiplier=2, padding="same"))
    yield "depthwise_conv2d_strides", image(
        (9, 8, 5), layers.DepthwiseConv2D(3, strides=(2, 2), padding="same", depth_multiplier=3, use_bias=False))
    yield "depthwise_conv2d_dilation", image((9, 8, 4), layers.DepthwiseConv2D((3, 2), dilation_rate=(2, 2), activation="tanh"))
    yield "conv2d_transpose", image((5, 4, 3), layers.Conv2DTranspose(6, (3, 2), activation="relu"))
    yield "conv2d_transpose_strides", image((3, 5, 2), layers.Conv2DTranspose(7, (3, 4), strides=(2, 3), activation="elu"))
    yield "conv2d_transpose_same", image((3, 5, 4), layers.Conv2DTranspose(2, (3, 4), strides=2, padding="same"))
    yield "conv2d_transpose_wide_strides", image((3, 4, 2), layers.Conv2DTranspose(5, (2, 1), strides=(3, 4), use_bias=False))
    yield "conv2d_transpose_same_wide", image((3, 4, 2), layers.Conv2DTranspose(5, (2, 1), strides=(3, 2), padding="same"))
    yield "conv2d_transpose_output_padding", image(
        (3, 5, 2), layers.Conv2DTranspose(4, (3, 2), strides=(2, 3), output_padding=(1, 2)))
    yield "conv2d_transpose_same_output_padding", image(
        (3, 5, 2), layers.Conv2DTranspose(4, (3, 4), strides=(2, 3), padding="same", output_padding=(0, 1)))
    yield "conv2d_transpose_dilation", image((4, 5, 3), layers.Conv2DTranspose(2, (3, 2), dilation_rate=(2, 3), padding="same"))


def pooling_cases():
    yield "max_pooling1d", steps((11, 4), layers.MaxPooling1D(3))
    yield "max_pooling1d_same", steps((10, 3), layers.MaxPooling1D(4, strides=3, padding="same"))
    yield "average_pooling1d", steps((11, 4), layers.AveragePooling1D(2, strides=3))
    yield "average_pooling1d_same", steps((10, 3), layers.AveragePooling1D(4, strides=3, padding="same"))
    yield "max_pooling2d", image((7, 9, 3), layers.MaxPooling2D())
    yield "max_pooling2d_overlapping", image((5, 6, 4), layers.MaxPooling2D((3, 2), strides=(2, 1)))
    yield "max_pooling2d_same", image((7, 8, 3), layers.MaxPooling2D((3, 5), strides=(2, 3), padding="same"))
    yield "average_pooling2d", image((7, 9, 3), layers.AveragePooling2D((2, 3)))
    yield "average_pooling2d_same", image((7, 8, 3), layers.AveragePooling2D((3, 5), strides=(2, 3), padding="same"))
    yield "global_max_pooling1d", steps((7, 4), layers.GlobalMaxPooling1D())
    yield "global_max_pooling2d", image((5, 7, 4), layers.GlobalMaxPooling2D(keepdims=True))
    yield "global_average_pooling1d", steps((7, 4), layers.GlobalAveragePooling1D(keepdims=True))
    yield "global_average_pooling2d", image((5, 7, 4), layers.GlobalAveragePooling2D())
    yield "up_sampling2d", image((3, 4, 5), layers.UpSampling2D((2, 3)))
    yield "up_sampling2d_bilinear", image((3, 4, 5), layers.UpSampling2D((2, 3), interpolation="bilinear"))
    yield "zero_padding2d", image((3, 4, 5), layers.ZeroPadding2D(2))
    yield "zero_padding2d_axes", image((3, 4, 5), layers.ZeroPadding2D((1, 2)))
    yield "zero_padding2d_edges", image((3, 4, 5), layers.ZeroPadding2D(((1, 2), (0, 3))))


def all_cases():
    keras.utils.set_random_seed(1)
    return dict([*convolution_cases(), *pooling_cases()])


def fill(model, random):
    """Gives every bias and the like a value; kernels have their initial ones."""
    for layer in model.layers:
        for weight in layer.weights:
            if len(weight.shape) == 1:
                weight.assign(random.uniform(0.2, 0.7, weight.shape))


def flat(model, values_of):
    """What values_of() says of the model's weights, in Tusk's order: what is trained, layer by layer, then the rest."""
    weights = [weight for layer in model.layers for weight in layer.trainable_weights]
    weights += [weight for layer in model.layers for weight in layer.non_trainable_weights]
    arrays = [numpy.ravel(values_of(weight)) for weight in weights]
    return numpy.concatenate(arrays).astype("float32")


def train(model, x, y):
    """The gradients at the model's weights, and these after STEPS steps of RATE."""

    def loss(trained, others):
        outputs, others = model.stateless_call(trained, others, x, training=True)
        return ((outputs - y) ** 2).mean(), others

    gradient = jax.jit(jax.grad(loss, has_aux=True))
    trained = [v.value for v in model.trainable_variables]
    others = [v.value for v in model.non_trainable_variables]
    first = None
    for _ in range(STEPS):
        slopes, others = gradient(trained, others)
        first = first or slopes
        trained = [weight - RATE * slope for weight, slope in zip(trained, slopes)]
    slope_of = dict(zip((v.path for v in model.trainable_variables), first))
    for variable, value in zip([*model.trainable_variables, *model.non_trainable_variables], [*trained, *others]):
        variable.assign(value)
    return flat(model, lambda w: slope_of.get(w.path, numpy.zeros(w.shape))), flat(model, lambda w: w)


def write(case, path):
    """Writes a file of Keras's with the case's model and, in the group `case`, its inputs, targets and what becomes of
    them."""
    random = numpy.random.default_rng(7)
    model = keras.Sequential([keras.Input(case.shape), *case.before, *case.layers, *case.after])
    fill(model, random)
    model.save(path)
    x = random.normal(size=(SAMPLES, *case.shape)).astype("float32")
    y = random.normal(size=(SAMPLES, *model.output_shape[1:])).astype("float32")
    outputs = numpy.asarray(model(x))
    gradients, trained = train(model, x, y)
    with h5py.File(path, "a") as file:
        group = file.create_group("case")
        for name, values in dict(inputs=x, targets=y, outputs=outputs, gradients=gradients, trained=trained).items():
            group[name] = values
        group.attrs["steps"], group.attrs["rate"] = STEPS, RATE
