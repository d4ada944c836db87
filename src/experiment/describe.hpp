// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiment/describe_simulate.hpp"
#include "experiment/describe_strategies.hpp"
#include "experiment/describe_training.hpp"
#include "experiment/describe_transforms.hpp"
#include "experiment/experiment.hpp"
#include "experiment/rule.hpp"

// What an experiment file may contain: a function describe() for each struct of options, with a
// line for each option. TableReader, TableWriter and KeyList go through them as `fields`:
//
//   fields("key", member, rule)      an option, which keeps its default if the file is silent
//   fields.section("key", member)    a table of its own, as [data]
//   fields.choice("key", variant)    the key that selects one of a variant's structs, whose options
//                                    stand in the same table
//   fields.on_read(function)         what a reader does before it goes on to the lines below
//
// A new option is a member of its struct and a line here.
namespace tusk::experiment {

template <typename Fields>
void describe(Fields& fields, DataOptions& o) {
  fields("train", o.train, required(path()));
  fields("validation_split", o.validation_split, from_below(0.0, 1.0));
  fields("validation", o.validation,
         path().only_when(o.validation_split == 0.0,
                          "cannot be given together with 'data.validation_split'"));
  fields("test", o.test, path());
  fields("features", o.features);
  fields("label", o.label);
  fields("shuffle", o.shuffle);
  fields("repeat", o.repeat, count());
  fields("memory_limit", o.memory_limit);
  fields("read", o.read);
  fields("transforms", o.transforms);
}

template <typename Fields>
void describe(Fields& fields, InitializerOptions& o) {
  using enum InitializerKind;
  fields("type", o.kind, required());
  const auto of = [&](bool kind_has_it, const Rule& rule, const char* kinds) {
    return rule.only_when(kind_has_it, std::string("needs type = ") + kinds);
  };
  const bool is_normal = o.kind == normal || o.kind == truncated_normal;
  constexpr const char* normals = "\"random_normal\" or \"truncated_normal\"";
  fields("value", o.value, of(o.kind == constant, any(), "\"constant\""));
  fields("minval", o.minval, of(o.kind == uniform, any(), "\"random_uniform\""));
  fields("maxval", o.maxval, of(o.kind == uniform, at_least(o.minval), "\"random_uniform\""));
  fields("mean", o.mean, of(is_normal, any(), normals));
  fields("stddev", o.stddev, of(is_normal, at_least(0.0), normals));
}

template <typename Fields>
void describe(Fields& fields, DenseOptions& o) {
  fields("units", o.units, required(count()));
  fields("activation", o.activation);
  fields("use_bias", o.use_bias);
  fields("kernel_initializer", o.kernel_initializer);
  fields("bias_initializer", o.bias_initializer,
         any().only_when(o.use_bias, "needs use_bias = true"));
}

template <typename Fields>
void describe(Fields& fields, ActivationOptions& o) {
  fields("activation", o.activation, required());
}

template <typename Fields>
void describe(Fields& fields, DropoutOptions& o) {
  fields("rate", o.rate, required(from_below(0.0, 1.0)));
}

template <typename Fields>
void describe(Fields&, FlattenOptions&) {}

template <typename Fields>
void describe(Fields& fields, LayerOptions& o) {
  fields.choice("type", o);
}

template <typename Fields>
void describe(Fields& fields, ModelOptions& o) {
  fields("file", o.file, path());
  fields("layers", o.layers,
         (o.file ? any() : required())
             .only_when(!o.file, "cannot be given together with 'model.file'"));
  fields("loss", o.loss, required());
  fields("huber_delta", o.huber_delta,
         above(0.0).only_when(o.loss == LossKind::huber, "needs loss = \"huber\""));
  fields("metrics", o.metrics);
}

template <typename Fields>
void describe(Fields& fields, SgdOptions& o) {
  fields("momentum", o.momentum, between(0.0, 1.0));
  fields("nesterov", o.nesterov);
}

template <typename Fields>
void describe(Fields& fields, AdagradOptions& o) {
  fields("initial_accumulator_value", o.initial_accumulator_value, at_least(0.0));
  fields("epsilon", o.epsilon, at_least(0.0));
}

template <typename Fields>
void describe(Fields& fields, RmspropOptions& o) {
  fields("rho", o.rho, between(0.0, 1.0));
  fields("momentum", o.momentum, between(0.0, 1.0));
  fields("epsilon", o.epsilon, at_least(0.0));
  fields("centered", o.centered);
}

// beta_1, beta_2 and epsilon, as Adam and its relatives have them.
template <typename Fields, typename Options>
void describe_moments(Fields& fields, Options& o) {
  fields("beta_1", o.beta_1, from_below(0.0, 1.0));
  fields("beta_2", o.beta_2, from_below(0.0, 1.0));
  fields("epsilon", o.epsilon, at_least(0.0));
}

template <typename Fields>
void describe(Fields& fields, AdamOptions& o) {
  describe_moments(fields, o);
  fields("amsgrad", o.amsgrad);
}

template <typename Fields>
void describe(Fields& fields, AdamwOptions& o) {
  describe(fields, static_cast<AdamOptions&>(o));
}

template <typename Fields>
void describe(Fields& fields, AdadeltaOptions& o) {
  fields("rho", o.rho, between(0.0, 1.0));
  fields("epsilon", o.epsilon, at_least(0.0));
}

template <typename Fields>
void describe(Fields& fields, AdamaxOptions& o) {
  describe_moments(fields, o);
}

template <typename Fields>
void describe(Fields& fields, NadamOptions& o) {
  describe_moments(fields, o);
}

template <typename Fields>
void describe(Fields& fields, OptimizerOptions& o) {
  fields.choice("name", o.kind);
  fields.on_read([&] {
    const OptimizerOptions defaults = with_defaults(o.kind);
    o.learning_rate = defaults.learning_rate;
    o.weight_decay = defaults.weight_decay;
  });
  constexpr const char* clash = "cannot be given together with another clip option";
  fields("learning_rate", o.learning_rate, at_least(0.0));
  fields("weight_decay", o.weight_decay, at_least(0.0));
  fields("clipnorm", o.clipnorm, above(0.0));
  fields("global_clipnorm", o.global_clipnorm, above(0.0).only_when(!o.clipnorm, clash));
  fields("clipvalue", o.clipvalue, above(0.0).only_when(!o.clipnorm && !o.global_clipnorm, clash));
  fields("schedule", o.schedule);
}

template <typename Fields>
void describe(Fields& fields, TrainerOptions& o) {
  fields.choice("name", o.strategy);
  const Topology shape = topology(o.strategy);
  const auto of_center = [&](const Rule& rule) {
    return rule.only_when(shape == Topology::parameter_server,
                          "needs a trainer with a parameter server");
  };
  const bool races = std::holds_alternative<HogwildOptions>(o.strategy);
  const bool every_step = std::holds_alternative<SyncSgdOptions>(o.strategy);
  const bool exchanges = shape == Topology::parameter_server || shape == Topology::peers;
  fields("epochs", o.epochs, count());
  fields("batch_size", o.batch_size, count());
  fields("consistency", o.consistency,
         of_center(any().only_when(!races, "is always \"none\" with name = \"hogwild\"")));
  fields("keep_optimizer_state", o.keep_optimizer_state,
         any()
             .only_when(exchanges, "needs a trainer whose workers exchange something")
             .only_when(!every_step,
                        "is always true with name = \"sync_sgd\", whose workers exchange every "
                        "step's gradients"));
  fields("max_staleness", o.max_staleness, of_center(at_least(0.0)));
  fields("parallelism_factor", o.parallelism_factor, of_center(count()));
  fields(
      "overlap", o.overlap,
      any()
          .only_when(can_overlap(o.strategy),
                     "needs a trainer with one exchange a window: downpour, adag, dynsgd, "
                     "aeasgd or eamsgd")
          .only_when(!o.max_staleness,
                     "cannot be given together with max_staleness, whose pull follows the wait"));
  fields("threads", o.threads, between(1, 1024));
}

template <typename Fields>
void describe(Fields& fields, ServerOptions& o) {
  fields("transport", o.transport);
  fields("shards", o.shards, between(1, 1024));
  fields("compression", o.compression.kind);
  fields("topk_fraction", o.compression.topk_fraction,
         inside(0.0, 0.5).only_when(o.compression.kind == CompressionKind::topk,
                                    "needs compression = \"topk\""));
}

template <typename Fields>
void describe(Fields& fields, Experiment& o) {
  fields("name", o.name, required(file_name()));
  fields("seed", o.seed, at_least(0.0));
  fields.section("data", o.data);
  fields.section("model", o.model);
  fields.section("optimizer", o.optimizer);
  fields.section("trainer", o.trainer);
  fields.section("server", o.server);
  fields.section("simulate", o.simulate);
  fields.section("callbacks", o.callbacks);
  fields.section("debug", o.debug);
}

}  // namespace tusk::experiment
