# SPDX-License-Identifier: Apache-2.0
"""Small models of Keras, a few for each layer and each of its options, with what Keras computes of them: outputs,
gradients and the weights after some steps. Tests compare Tusk with them; see keras_computes_layers.py in
tests/net/formats, which also writes the fixtures there. A new layer gets its cases in CASES.

No two extents of a case are equal, and no weight is zero, so that nothing can be mistaken for something else."""

import dataclasses
import json

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


def noise(random, shape):
    return random.normal(size=shape)


@dataclasses.dataclass
class Case:
    """A model on samples of a shape: `before`, then the layers that it is about, then what makes one axis of 3 outputs
    of theirs. `before` has weights, whose gradients are wrong where those of the layers' inputs are. Where one of the
    layers is a function of a tensor, the model is no chain. `inputs` makes a batch of a shape. Keras 3
    drops a list of axes when it reads an HDF5 file, so that it does not load some that it has written itself."""

    shape: tuple
    layers: list
    before: list = dataclasses.field(default_factory=list)
    after: list = dataclasses.field(default_factory=lambda: [layers.Flatten(), layers.Dense(3)])
    inputs: object = noise
    keras_loads: bool = True

    def model(self):
        everything = [*self.before, *self.layers, *self.after]
        if all(isinstance(layer, layers.Layer) for layer in everything):
            return keras.Sequential([keras.Input(self.shape), *everything])
        first = value = keras.Input(self.shape)
        for layer in everything:
            value = layer(value)
        return keras.Model(first, value)


def image(shape, *tested, **options):
    return Case(shape, list(tested), [layers.Conv2D(shape[2], 1, name="before", **options)])


def steps(shape, *tested, **options):
    return Case(shape, list(tested), [layers.Conv1D(shape[1], 1, name="before", **options)])


def gaps(random, shape, value=0.0):
    """Sequences with steps of nothing but a value: in the middle, at the beginning, at the end, and in one of two."""
    x = random.normal(size=shape)
    x[0, 2:4] = x[1, :2] = x[2, -3:] = x[3, ::2] = value
    return x


def gaps_and_none(random, shape):
    """As gaps(), and a sequence without a step."""
    x = gaps(random, shape)
    x[5] = 0.0
    return x


def masked(shape, *tested, inputs=gaps, **masking):
    """With a mask, which `before` passes on; what is masked is not zero there any more."""
    before = [layers.Masking(**masking), layers.Dense(shape[1], activation="tanh", name="before")]
    return Case(shape, list(tested), before, inputs=inputs)


def indices(shape, count, *tested):
    """Indices below a number, of which 0 is frequent."""

    def draw(random, shape):
        return random.integers(0, count, shape) * (random.random(shape) < 0.7)

    return Case(shape, list(tested), inputs=draw)


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


def recurrent_cases():
    yield "gru", steps((7, 5), layers.GRU(4))
    yield "gru_sequences", steps((7, 5), layers.GRU(4, return_sequences=True))
    yield "gru_backwards", steps((7, 5), layers.GRU(4, return_sequences=True, go_backwards=True))
    yield "gru_reset_before", steps((7, 5), layers.GRU(4, reset_after=False, return_sequences=True))
    yield "gru_activations", steps(
        (7, 5), layers.GRU(4, activation="softplus", recurrent_activation="hard_sigmoid", use_bias=False))
    yield "gru_reset_before_activations", steps(
        (7, 5), layers.GRU(4, activation="elu", recurrent_activation="hard_sigmoid", reset_after=False, use_bias=False))
    yield "gru_masked", masked((7, 5), layers.GRU(4), inputs=gaps_and_none)
    yield "gru_masked_sequences", masked(
        (7, 5), layers.GRU(4, return_sequences=True), layers.GRU(2), inputs=gaps_and_none)
    yield "gru_reset_before_masked", masked((7, 5), layers.GRU(4, reset_after=False, go_backwards=True))
    yield "lstm", steps((7, 5), layers.LSTM(4))
    yield "lstm_sequences", steps((7, 5), layers.LSTM(4, return_sequences=True), layers.LSTM(2))
    yield "lstm_backwards", steps((7, 5), layers.LSTM(4, return_sequences=True, go_backwards=True))
    yield "lstm_activations", steps(
        (7, 5), layers.LSTM(4, activation="softplus", recurrent_activation="hard_sigmoid", use_bias=False))
    yield "lstm_masked", masked((7, 5), layers.LSTM(4), inputs=gaps_and_none)
    yield "lstm_masked_sequences", masked(
        (7, 5), layers.LSTM(4, return_sequences=True, go_backwards=True), inputs=gaps_and_none)
    for mode in ("concat", "sum", "mul", "ave"):
        yield f"bidirectional_gru_{mode}", steps((7, 5), layers.Bidirectional(layers.GRU(4), merge_mode=mode))
        yield f"bidirectional_lstm_{mode}", masked(
            (7, 5), layers.Bidirectional(layers.LSTM(4, return_sequences=True), merge_mode=mode), inputs=gaps_and_none)
    yield "bidirectional_backwards", masked(
        (7, 5), layers.Bidirectional(layers.LSTM(4, return_sequences=True, go_backwards=True),
                                     backward_layer=layers.LSTM(4, return_sequences=True)))
    yield "bidirectional_last", masked((7, 5), layers.Bidirectional(layers.GRU(4, reset_after=False), merge_mode="sum"))
    yield "bidirectional_twice", masked(
        (7, 5), layers.Bidirectional(layers.GRU(4, return_sequences=True)), layers.Bidirectional(layers.LSTM(2)))


def sequence_cases():
    yield "embedding", indices((5,), 11, layers.Embedding(11, 4))
    yield "embedding_of_two_axes", indices((5, 2), 11, layers.Embedding(11, 4))
    yield "embedding_mask", indices((7,), 11, layers.Embedding(11, 4, mask_zero=True), layers.LSTM(5))
    yield "embedding_mask_bidirectional", indices(
        (7,), 11, layers.Embedding(11, 4, mask_zero=True), layers.Bidirectional(layers.GRU(5)))
    yield "masking", masked((7, 5), layers.Flatten(), inputs=gaps_and_none)
    yield "masking_of_a_value", masked(
        (7, 5), layers.GRU(4), mask_value=2.0, inputs=lambda random, shape: gaps(random, shape, 2.0))
    yield "masks_passed", masked(
        (7, 5), layers.Activation("tanh"), layers.ReLU(negative_slope=0.4), layers.LeakyReLU(), layers.ELU(),
        layers.PReLU(), layers.Dropout(0.0), layers.Rescaling(0.5, offset=0.3),
        layers.Normalization(mean=[0.1, 0.2, 0.3, 0.4, 0.5], variance=[1.0, 2.0, 0.5, 3.0, 1.5]),
        layers.LayerNormalization(), layers.TimeDistributed(layers.Dense(4)), layers.LSTM(2))
    yield "masks_ended_by_reshape", masked((6, 4), layers.Reshape((8, 3)), layers.GRU(5))
    yield "masks_ended_by_permute", masked((7, 4), layers.Permute((2, 1)), layers.GRU(5))
    yield "masks_ended_by_conv1d", masked((7, 5), layers.Conv1D(4, 2), layers.GRU(2))
    yield "masks_ended_by_pooling", masked((7, 5), layers.MaxPooling1D(), layers.GRU(4))
    yield "global_average_pooling1d_masked", masked((7, 5), layers.GlobalAveragePooling1D())
    yield "global_average_pooling1d_masked_keepdims", masked((7, 5), layers.GlobalAveragePooling1D(keepdims=True))
    yield "global_max_pooling1d_masked", masked((7, 5), layers.GlobalMaxPooling1D())
    for merge in (layers.Add, layers.Subtract, layers.Multiply, layers.Average):
        yield "masks_of_" + merge.__name__.lower(), masked(
            (7, 5), lambda x, merge=merge: merge()([layers.Dense(4)(x), layers.LSTM(4, return_sequences=True)(x)]),
            layers.GRU(2))
    yield "masks_of_two", masked((7, 5), two_masks, layers.GRU(2), inputs=gaps_and_none)
    yield "masks_of_one", masked((7, 5), one_mask, layers.GRU(2))
    yield "masks_concatenated", masked(
        (7, 5), lambda x: layers.Concatenate()([layers.Dense(4)(x), two_masks(x)]), layers.GRU(2))
    yield "masks_concatenated_by_steps", masked(
        (7, 5), lambda x: layers.Concatenate(axis=1)([layers.Dense(4)(x), layers.Conv1D(4, 3)(x)]), layers.GRU(2))
    yield "time_distributed_dense", steps((7, 5), layers.TimeDistributed(layers.Dense(4, activation="tanh")))
    yield "time_distributed_conv1d", Case(
        (4, 7, 5), [layers.TimeDistributed(layers.Conv1D(2, 3, activation="relu"))], [layers.Dense(5, name="before")])
    yield "time_distributed_pooling", Case(
        (4, 7, 5), [layers.TimeDistributed(layers.MaxPooling1D(2))], [layers.Dense(5, name="before")])
    yield "time_distributed_flatten", Case(
        (4, 7, 5), [layers.TimeDistributed(layers.Flatten()), layers.GRU(2)], [layers.Dense(5, name="before")])
    yield "time_distributed_normalization", steps((7, 5), layers.TimeDistributed(layers.LayerNormalization()))
    yield "time_distributed_lstm", Case(
        (4, 7, 5), [layers.TimeDistributed(layers.LSTM(2))], [layers.Dense(5, name="before")])


def two_masks(x):
    """The sum of a value and of one that has another mask: what is there in either is there."""
    second = layers.Masking()(layers.ReLU(threshold=0.9)(x))
    return layers.Add()([layers.Dense(4)(x), layers.Dense(4)(second)])


def one_mask(x):
    """A convolution ends its mask; of a value with one and one without there is none."""
    return layers.Add()([layers.Dense(4)(x), layers.Conv1D(4, 3, padding="same")(x)])


def several_axes(tested):
    return dataclasses.replace(image((4, 7, 3), tested), keras_loads=False)


def normalization_cases():
    # What is normalized does not depend on a bias before it, whose gradient would be zero but for its rounding.
    bent = dict(activation="tanh")
    yield "batch_normalization", Case((5,), [layers.BatchNormalization()], [layers.Dense(5, name="before", **bent)])
    yield "batch_normalization_of_images", image((4, 7, 3), layers.BatchNormalization(momentum=0.8, epsilon=1e-2), **bent)
    yield "batch_normalization_axis", image((4, 7, 3), layers.BatchNormalization(axis=1, momentum=0.9), **bent)
    yield "batch_normalization_no_scale", steps((7, 5), layers.BatchNormalization(scale=False, momentum=0.9), **bent)
    yield "batch_normalization_no_center", steps((7, 5), layers.BatchNormalization(center=False, momentum=0.9), **bent)
    yield "batch_normalization_frozen", steps((7, 5), layers.BatchNormalization(trainable=False))
    yield "batch_normalization_masked", masked(
        (7, 5), layers.BatchNormalization(momentum=0.7), layers.LSTM(4), inputs=gaps_and_none)
    yield "layer_normalization", steps((7, 5), layers.LayerNormalization())
    yield "layer_normalization_axes", several_axes(layers.LayerNormalization(axis=[2, 3], center=False, epsilon=1e-2))
    yield "layer_normalization_all_axes", several_axes(layers.LayerNormalization(axis=[1, 2, 3], scale=False))
    yield "normalization", steps(
        (7, 5), layers.Normalization(mean=[0.1, 0.2, 0.3, 0.4, 0.5], variance=[1.0, 2.0, 0.5, 3.0, 1.5]))
    yield "normalization_inverted", steps(
        (7, 5), layers.Normalization(axis=1, mean=[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7], variance=[2.0] * 7, invert=True))
    adapted = layers.Normalization()
    adapted.adapt(numpy.random.default_rng(3).normal(2.0, 3.0, (50, 7, 5)))
    yield "normalization_adapted", steps((7, 5), adapted)
    yield "rescaling", steps((7, 5), layers.Rescaling(0.5, offset=0.3))


def elementwise_cases():
    bent = dict(activation="tanh")
    yield "relu", steps((7, 5), layers.ReLU(max_value=1.2, negative_slope=0.3, threshold=0.4))
    yield "leaky_relu", steps((7, 5), layers.LeakyReLU(negative_slope=0.15))
    yield "prelu", steps((7, 5), layers.PReLU())
    yield "prelu_shared", image((4, 7, 3), layers.PReLU(shared_axes=[1, 2]))
    yield "elu", steps((7, 5), layers.ELU(alpha=0.7))
    yield "softmax", steps((7, 5), layers.Softmax(axis=1), activation="tanh")
    for name in ("silu", "gelu", "hard_sigmoid", "softplus", "selu"):
        yield name, steps((7, 5), layers.Activation(name))
    yield "reshape", steps((6, 4), layers.Reshape((3, -1)), layers.Conv1D(2, 2))
    yield "permute", Case((4, 7, 5), [layers.Permute((3, 1, 2)), layers.Dense(2)], [layers.Dense(5, name="before")])
    yield "repeat_vector", Case(
        (5,), [layers.RepeatVector(7), layers.GRU(4)], [layers.Dense(5, name="before")])
    yield "broadcast_add", steps(
        (7, 5), lambda x: layers.Add()([layers.Dense(4)(x), layers.GlobalMaxPooling1D(keepdims=True)(layers.Dense(4)(x))]))
    yield "broadcast_multiply", steps(
        (7, 5), lambda x: layers.Multiply()([layers.Dense(1)(x), layers.Dense(4)(x)]))
    yield "concatenate", steps((7, 5), lambda x: layers.Concatenate()([layers.Dense(4)(x), x, layers.Dense(2)(x)]))
    yield "concatenate_axis", steps(
        (7, 5), lambda x: layers.Concatenate(axis=1)([x, layers.Conv1D(5, 3, activation="tanh")(x)]))
    yield "residual", image(
        (4, 7, 3), lambda x: layers.Add()(
            [x, layers.BatchNormalization()(layers.Conv2D(3, 3, padding="same", activation="tanh")(x))]),
        layers.ReLU(), layers.BatchNormalization(momentum=0.9), **bent)


def all_cases():
    keras.utils.set_random_seed(1)
    return dict([*convolution_cases(), *pooling_cases(), *recurrent_cases(), *sequence_cases(), *normalization_cases(),
                 *elementwise_cases()])


def fill(model, random):
    """Gives every bias and the like a value; kernels have their initial ones."""
    for layer in model.layers:
        for weight in layer.weights:
            if not isinstance(layer, layers.Normalization) and weight.name.split("_")[-1] not in ("kernel", "embeddings"):
                weight.assign(random.uniform(0.2, 0.7, weight.shape))


def flat(model, values_of):
    """What values_of() says of the model's weights, in Tusk's order: what is trained, layer by layer, then statistics
    of layers that are trained, then what nothing moves."""
    still = [layer for layer in model.layers if not layer.trainable or isinstance(layer, layers.Normalization)]
    moved = [layer for layer in model.layers if layer not in still]
    weights = [weight for layer in moved for weight in layer.trainable_weights]
    weights += [weight for layer in moved for weight in layer.non_trainable_weights]
    weights += [weight for layer in still for weight in layer.weights]
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


def without_masks(file, model):
    """Masks go where Keras's layers pass them. Functional models of Keras 3 have them as operations, too, and as
    arguments of calls; this takes them out of a file's configuration."""
    config = json.loads(file.attrs["model_config"])
    if config["class_name"] == "Sequential":
        return
    names = {layer.name for layer in model.layers}
    config["config"]["layers"] = [entry for entry in config["config"]["layers"] if entry["name"] in names]
    for entry in config["config"]["layers"]:
        for call in entry["inbound_nodes"]:
            call["kwargs"].pop("mask", None)
    file.attrs["model_config"] = json.dumps(config)


def write(case, path):
    """Writes a file of Keras's with the case's model and, in the group `case`, its inputs, targets and what becomes of
    them."""
    random = numpy.random.default_rng(7)
    model = case.model()
    fill(model, random)
    model.save(path)
    x = case.inputs(random, (SAMPLES, *case.shape)).astype("float32")
    y = random.normal(size=(SAMPLES, *model.output_shape[1:])).astype("float32")
    outputs = numpy.asarray(model(x))
    gradients, trained = train(model, x, y)
    with h5py.File(path, "a") as file:
        without_masks(file, model)
        group = file.create_group("case")
        for name, values in dict(inputs=x, targets=y, outputs=outputs, gradients=gradients, trained=trained).items():
            group[name] = values
        group.attrs["steps"], group.attrs["rate"] = STEPS, RATE
