// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>

#include "experiment/example.hpp"

using namespace tusk;

namespace {

template <typename Kind>
Kind optimizer(OptimizerOptions& options) {
  const std::string set = std::string("optimizer.name=") + Kind::name;
  options = read(smallest, {set}).optimizer;
  return std::get<Kind>(options.kind);
}

template <typename Layer>
Layer layer(const std::string& toml) {
  return std::get<Layer>(read(smallest, {"model.layers.0=" + toml}).model.layers.at(0));
}

}  // namespace

TEST_CASE("the smallest experiment has the defaults of the options") {
  const Experiment e = read(smallest);
  CHECK(e.name == "smallest");
  CHECK(e.seed == 0);
  CHECK(e.data.train == "/train.h5");
  CHECK_FALSE(e.data.validation);
  CHECK_FALSE(e.data.test);
  CHECK(e.data.validation_split == 0.0);
  CHECK(e.data.features == "features");
  CHECK(e.data.label == "label");
  CHECK(e.data.shuffle);
  CHECK(e.data.read == ReadMode::independent);
  CHECK(e.data.transforms.empty());
  CHECK(e.model.loss == LossKind::mse);
  CHECK(e.model.metrics.empty());
  CHECK(e.model.weighted_metrics.empty());
  CHECK(e.model.class_weight.empty());
  CHECK_FALSE(e.data.sample_weight);
  CHECK(e.trainer.epochs == 1);
  CHECK(e.trainer.batch_size == 32);
  CHECK_FALSE(e.trainer.consistency);
  CHECK(e.trainer.keep_optimizer_state);
  CHECK(e.server.transport == Transport::automatic);
  CHECK(e.server.shards == 1);
}

TEST_CASE("layers have Keras's defaults") {
  const auto dense = layer<DenseOptions>(R"({type = "dense", units = 3})");
  CHECK(dense.units == 3);
  CHECK(dense.activation == Activation::linear);
  CHECK(dense.use_bias);
  CHECK(dense.kernel_initializer.kind == InitializerKind::glorot_uniform);
  CHECK(dense.bias_initializer.kind == InitializerKind::zeros);
}

TEST_CASE("initializers have Keras's names and defaults, as a name or as a table") {
  const auto initializer = [](const std::string& toml) {
    return layer<DenseOptions>(R"({type = "dense", units = 3, kernel_initializer = )" + toml + "}")
        .kernel_initializer;
  };
  CHECK(initializer("\"he_normal\"").kind == InitializerKind::he_normal);
  CHECK(initializer("\"uniform\"").kind == InitializerKind::uniform);
  CHECK(initializer("\"random_uniform\"").minval == -0.05);
  CHECK(initializer("\"random_uniform\"").maxval == 0.05);
  CHECK(initializer("{type = \"random_normal\"}").mean == 0.0);
  CHECK(initializer("{type = \"truncated_normal\"}").stddev == 0.05);
  CHECK(initializer("{type = \"constant\", value = 0.25}").value == 0.25);
  CHECK(initializer("{type = \"random_uniform\", minval = -1, maxval = 2}").maxval == 2.0);
}

TEST_CASE("optimizers have Keras's defaults") {
  OptimizerOptions common;
  const auto sgd = optimizer<SgdOptions>(common);
  CHECK(common.learning_rate == 0.01);
  CHECK(common.weight_decay == 0.0);
  CHECK_FALSE(common.clipnorm);
  CHECK_FALSE(common.global_clipnorm);
  CHECK_FALSE(common.clipvalue);
  CHECK(sgd == SgdOptions{.momentum = 0.0, .nesterov = false});

  const auto adagrad = optimizer<AdagradOptions>(common);
  CHECK(common.learning_rate == 0.001);
  CHECK(adagrad == AdagradOptions{.initial_accumulator_value = 0.1, .epsilon = 1e-7});

  const auto rmsprop = optimizer<RmspropOptions>(common);
  CHECK(common.learning_rate == 0.001);
  CHECK(rmsprop == RmspropOptions{.rho = 0.9, .momentum = 0.0, .epsilon = 1e-7, .centered = false});

  const auto adam = optimizer<AdamOptions>(common);
  CHECK(common.learning_rate == 0.001);
  CHECK(common.weight_decay == 0.0);
  CHECK(adam == AdamOptions{.beta_1 = 0.9, .beta_2 = 0.999, .epsilon = 1e-7, .amsgrad = false});

  const auto adamw = optimizer<AdamwOptions>(common);
  CHECK(common.learning_rate == 0.001);
  CHECK(common.weight_decay == 0.004);
  CHECK(adamw.beta_2 == 0.999);

  const auto adadelta = optimizer<AdadeltaOptions>(common);
  CHECK(common.learning_rate == 0.001);
  CHECK(adadelta == AdadeltaOptions{.rho = 0.95, .epsilon = 1e-7});

  CHECK(optimizer<AdamaxOptions>(common).beta_2 == 0.999);
  CHECK(common.learning_rate == 0.001);
  CHECK(optimizer<NadamOptions>(common).epsilon == 1e-7);
  CHECK(common.learning_rate == 0.001);
}

TEST_CASE("what is given replaces a default, whichever comes first in the file") {
  const auto text = with(smallest, "name = \"sgd\"", "learning_rate = 0.5\nname = \"adamw\"");
  const OptimizerOptions options = read(text).optimizer;
  CHECK(options.learning_rate == 0.5);
  CHECK(options.weight_decay == 0.004);
  CHECK(read(smallest, {"optimizer.learning_rate=1"}).optimizer.learning_rate == 1.0);
  CHECK(read(smallest, {"optimizer.learning_rate=0"}).optimizer.learning_rate == 0.0);
}

TEST_CASE("layers that are activations or shapes have Keras's defaults") {
  CHECK(layer<ReluOptions>("{type=\"relu\"}") ==
        ReluOptions{.max_value = std::nullopt, .negative_slope = 0.0, .threshold = 0.0});
  CHECK(layer<LeakyReluOptions>("{type=\"leaky_relu\"}").negative_slope == 0.3);
  CHECK(layer<PreluOptions>("{type=\"prelu\"}") ==
        PreluOptions{.alpha_initializer = {.kind = InitializerKind::zeros}, .shared_axes = {}});
  CHECK(layer<EluOptions>("{type=\"elu\"}").alpha == 1.0);
  CHECK(layer<SoftmaxOptions>("{type=\"softmax\"}").axis == -1);
  CHECK(layer<ReshapeOptions>("{type=\"reshape\",target_shape=[2,-1]}").target_shape ==
        std::vector<std::int64_t>{2, -1});
}

TEST_CASE("recurrent layers have Keras 3's defaults") {
  const auto check = [](const RecurrentOptions& o) {
    CHECK(o.units == 3);
    CHECK(o.cell_activation == Activation::tanh);
    CHECK(o.recurrent_activation == Activation::sigmoid);
    CHECK(o.use_bias);
    CHECK_FALSE(o.return_sequences);
    CHECK_FALSE(o.go_backwards);
    CHECK(o.kernel_initializer.kind == InitializerKind::glorot_uniform);
    CHECK(o.recurrent_initializer.kind == InitializerKind::orthogonal);
    CHECK(o.bias_initializer.kind == InitializerKind::zeros);
  };
  const auto gru = layer<GruOptions>("{type=\"gru\",units=3}");
  const auto lstm = layer<LstmOptions>("{type=\"lstm\",units=3}");
  check(gru);
  check(lstm);
  CHECK(gru.reset_after);
  CHECK(lstm.unit_forget_bias);
  CHECK(layer<MaskingOptions>("{type=\"masking\"}").mask_value == 0.0);
  const auto embedding = layer<EmbeddingOptions>("{type=\"embedding\",input_dim=3,output_dim=2}");
  CHECK_FALSE(embedding.mask_zero);
  CHECK(embedding.embeddings_initializer.kind == InitializerKind::uniform);
  const auto both =
      layer<BidirectionalOptions>("{type=\"bidirectional\",layer={type=\"gru\",units=3}}");
  CHECK(both.merge_mode == MergeMode::concat);
  CHECK((*both.layer).layer == LayerOptions(gru));
}

TEST_CASE("trainers have their papers' names and windows") {
  const auto trainer = [](const std::string& name) {
    return read(smallest, {"trainer.name=" + name}).trainer.strategy;
  };
  CHECK(std::holds_alternative<SingleOptions>(trainer("single")));
  CHECK(std::get<DownpourOptions>(trainer("downpour")).communication_window == 5);
  CHECK(std::get<AdagOptions>(trainer("adag")).communication_window == 12);
  CHECK(std::get<AdagOptions>(trainer("agn")).communication_window == 12);
  CHECK(std::get<DynsgdOptions>(trainer("dynsgd")).communication_window == 5);
  CHECK(std::get<ExperimentalOptions>(trainer("experimental")).communication_window == 5);
  CHECK(std::get<HogwildOptions>(trainer("hogwild")).communication_window == 5);
  CHECK(std::get<AeasgdOptions>(trainer("aeasgd")).communication_window == 32);
  CHECK(std::get<EamsgdOptions>(trainer("eamsgd")).communication_window == 32);
  CHECK(std::get<EasgdOptions>(trainer("easgd")).communication_window == 32);
  CHECK(std::get<EasgdOptions>(trainer("easgd")).moving_rate.beta == 0.9);
  CHECK_FALSE(std::get<AveragingOptions>(trainer("averaging")).communication_window);
  CHECK(std::holds_alternative<SyncSgdOptions>(trainer("sync_sgd")));
  CHECK(std::get<AsyncLocalSgdOptions>(trainer("async_local_sgd")) ==
        AsyncLocalSgdOptions{.communication_window = 5, .outer_learning_rate = std::nullopt});
  CHECK(std::get<DelayedNesterovOptions>(trainer("delayed_nesterov")) ==
        DelayedNesterovOptions{.communication_window = 5,
                               .outer_learning_rate = 0.7,
                               .outer_momentum = 0.9,
                               .delay = std::nullopt});
  CHECK(std::get<DilocoOptions>(trainer("diloco")) == DilocoOptions{.communication_window = 50,
                                                                    .outer_learning_rate = 0.7,
                                                                    .outer_momentum = 0.9,
                                                                    .nesterov = true});
  CHECK(std::get<GemOptions>(trainer("gem")) ==
        GemOptions{.communication_window = 5, .momentum = 0.9, .kappa = 1.0});
}

TEST_CASE("Keras's other names of losses and metrics are understood") {
  const auto model = [](const std::string& key, const std::string& value) {
    return read(smallest, {"model." + key + "=" + value}).model;
  };
  CHECK(model("loss", "sparse_categorical_crossentropy").loss ==
        LossKind::categorical_crossentropy);
  CHECK(model("loss", "mean_squared_error").loss == LossKind::mse);
  CHECK(model("loss", "mean_absolute_error").loss == LossKind::mae);
  CHECK(model("loss", "huber").huber_delta == 1.0);
  CHECK(model("metrics", "[\"acc\", \"mean_squared_error\", \"mean_absolute_error\"]").metrics ==
        std::vector{MetricKind::accuracy, MetricKind::mse, MetricKind::mae});
}
