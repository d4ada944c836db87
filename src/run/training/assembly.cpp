// SPDX-License-Identifier: Apache-2.0
#include "run/training/assembly.hpp"

#include <algorithm>
#include <span>
#include <utility>
#include <variant>

#include "data/datasets/draw_validation.hpp"
#include "data/datasets/split.hpp"
#include "data/samples/label_format.hpp"
#include "data/samples/label_warnings.hpp"
#include "data/samples/memory_limit.hpp"
#include "data/samples/shard_balance.hpp"
#include "data/samples/shared_rows.hpp"
#include "exchange/strategies/relay_rule.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "net/exports/export_model.hpp"
#include "net/formats/model_file.hpp"
#include "run/coordinator/callbacks.hpp"
#include "run/training/learn_transforms.hpp"
#include "run/training/load_data.hpp"
#include "run/training/members.hpp"
#include "run/training/model_content.hpp"
#include "run/training/optimizer_memory.hpp"
#include "run/training/same_everywhere.hpp"
#include "run/training/weights.hpp"
#include "tusk/error.hpp"

namespace tusk::training {
namespace {

// The rows of the training files.
struct TrainingRows {
  datasets::Split split;
  datasets::Rows mine;        // what this rank trains on
  datasets::Rows learn_from;  // what transforms learn from
};

datasets::Split split_rows(const DataOptions& options, const datasets::Dataset& train,
                           std::uint64_t seed) {
  datasets::ValidationShare share{.fraction = options.validation_split, .seed = seed};
  if (options.fold) share.fold = datasets::parse_fold(*options.fold);
  if (share.fraction == 0.0 && !share.fold) return datasets::Split(train.rows());
  if (train.groups()) return datasets::split_groups(*train.groups(), share);
  if (options.stratify && train.labels_count() > 1) {
    fail(ExitCode::bad_experiment,
         "data.stratify takes data of one array of labels, but data.label names {}",
         train.labels_count());
  }
  if (options.stratify) return datasets::split_classes(train.labels(), share);
  return datasets::split_rows(train.rows(), share);
}

TrainingRows divide_rows(const Experiment& experiment, const datasets::Dataset& train,
                         const Roles& roles, const Member* member) {
  const std::uint64_t seed = member != nullptr ? member->seed : experiment.seed;
  datasets::Split split = split_rows(experiment.data, train, seed);
  split.shard_rows(roles.workers - 1, roles.workers, train.path());  // enough for everyone?
  check_workers(experiment, roles.workers);
  if (roles.node) check_rules(experiment, center_sizes(experiment, roles));
  const datasets::Rows all = split.training_rows({0, split.training_count()});
  if (member != nullptr) {
    const datasets::Rows mine = member_rows(split, *member);
    return {std::move(split), mine, mine};
  }
  if (roles.simulated) return {std::move(split), all, all};
  const bool has_shard = roles.worker && experiment.trainer.parallelism_factor == 1;
  datasets::Rows mine;
  if (has_shard) {
    mine = split.shard_rows(*roles.worker, roles.workers, experiment.data.train.to_string());
  }
  return {std::move(split), mine, all};
}

// The experiment's layers, or the model file's, for samples as the transforms make them.
graph::Model make_model(ModelOptions options, const std::optional<formats::ModelContent>& origin,
                        const datasets::Dataset& train,
                        const transforms::ArrayTransforms& transforms) {
  if (origin) {
    options.layers = origin->layers;
    options.inputs = origin->inputs;
    if (options.outputs.empty()) {  // each with the experiment's loss, and its weight in the file
      for (const OutputOptions& output : origin->outputs) {
        options.outputs.push_back({.name = output.name, .loss_weight = output.loss_weight});
      }
    }
  }
  std::vector<Shape> shapes;
  for (std::size_t i = 0; i < train.inputs(); ++i) {
    shapes.push_back(transforms[i].output_shape(train.sample_shape(i), train.path()));
  }
  return {options, shapes};
}

// Draws those of the layers that are new in the model of the file.
void draw_new(const graph::Model& model, const std::vector<std::string>& new_layers,
              std::uint64_t seed, AlignedVector<float>& weights) {
  if (new_layers.empty()) return;
  AlignedVector<float> drawn(weights.size());
  model.initialize(drawn, seed);
  for (const layers::Parameter& array : model.parameters()) {
    if (std::ranges::count(new_layers, array.layer) == 0) continue;
    std::ranges::copy(std::span(drawn).subspan(array.offset, array.size()),
                      weights.begin() + static_cast<std::ptrdiff_t>(array.offset));
  }
}

// The weights to start from: those of model.file or model.weights, or drawn.
AlignedVector<float> initial_weights(const graph::Model& model, const Experiment& experiment,
                                     const std::optional<formats::ModelContent>& origin,
                                     const Extensions& extensions) {
  if (origin) {
    if (origin->weights.size() != model.parameter_count()) {
      fail(ExitCode::bad_data,
           "{}: the model has {} weights for samples of {}, but its layers need {} for those of "
           "{}, which are {} as the transforms leave them",
           *experiment.model.file, origin->weights.size(), origin->input.to_string(),
           model.parameter_count(), experiment.data.train.to_string(),
           model.input_shape().to_string());
    }
    AlignedVector<float> weights = formats::weights_for(model, *origin);
    draw_new(model, origin->new_layers, experiment.seed, weights);
    return weights;
  }
  if (experiment.model.weights) {
    return formats::load_weights(*experiment.model.weights, model, extensions);
  }
  AlignedVector<float> weights(model.parameter_count());
  model.initialize(weights, experiment.seed);
  return weights;
}

// What training does to the model's inputs; null: nothing.
std::shared_ptr<const samples::Augmentation> make_augmentation(const Assembly& assembly) {
  const AugmentLists& lists = assembly.experiment.data.augment;
  if (lists.none()) return nullptr;
  std::vector<samples::Augmentation::Input> inputs;
  for (std::size_t i = 0; i < assembly.model.inputs().size(); ++i) {
    const graph::ModelInput& input = assembly.model.inputs()[i];
    inputs.push_back({.name = input.name,
                      .shape = input.shape,
                      .indices = assembly.model.index_limit(i).has_value()});
  }
  return std::make_shared<const samples::Augmentation>(lists, std::move(inputs),
                                                       assembly.experiment.seed);
}

// What the outputs can be at all, of each array of labels; any number where one array is for
// several outputs, or a loss of the user's says what its labels are.
std::vector<samples::Reach> reaches_of(const graph::Model& model, std::size_t arrays) {
  std::vector<samples::Reach> reaches;
  for (const graph::ModelOutput& output : model.outputs()) {
    samples::Reach& reach = reaches.emplace_back();
    const bool is_built_in = std::holds_alternative<LossKind>(output.loss_options);
    if (!is_built_in || output.loss->labels() != LabelKind::values || !output.ends_in) continue;
    switch (*output.ends_in) {
      case Activation::sigmoid:
      case Activation::hard_sigmoid:
      case Activation::hard_sigmoid_keras2:
      case Activation::softmax:
        reach.low = 0.0;
        reach.high = 1.0;
        break;
      case Activation::tanh:
        reach.low = -1.0;
        reach.high = 1.0;
        break;
      case Activation::relu:
      case Activation::softplus:
        reach.low = 0.0;
        break;
      default:
        continue;
    }
    reach.activation = name_of(*output.ends_in);
  }
  if (arrays != reaches.size()) reaches.clear();
  return reaches;
}

// What the model, the data and the rest of the experiment demand of each other.
void check_together(const Assembly& assembly, const datasets::Split& split) {
  const Experiment& experiment = assembly.experiment;
  const DataFiles& files = assembly.files;
  const graph::Model& model = assembly.model;
  if (experiment.server.shards > model.trained_count()) {
    fail(ExitCode::bad_experiment,
         "server.shards = {}, but the model has {} parameters to train: at least one a shard is "
         "needed",
         experiment.server.shards, model.trained_count());
  }
  label_formats(files.train, assembly);
  if (files.test) label_formats(*files.test, assembly);
  coordinator::check_callbacks(experiment.callbacks, model.metric_names(),
                               files.validation || split.validation_count() > 0);
}

// What the run is to write at its end can be written, as far as can be known.
void check_formats(const Assembly& assembly) {
  for (const ModelFormat format : assembly.experiment.output.formats) {
    if (format == ModelFormat::h5 || format == ModelFormat::keras) continue;
    try {
      exports::check_model(format, model_content(assembly, assembly.initial));
    } catch (const Error& error) {
      fail(ExitCode::bad_experiment, "output.formats: {}", error.what());
    }
  }
}

// Collective. From the open files to this rank's samples.
Assembly assemble(Experiment experiment, const Roles& roles, DataFiles files, const Member* member,
                  const mpi::Communicator& world, const Extensions& extensions) {
  const TrainingRows rows =
      mpi::collectively(world, [&] { return divide_rows(experiment, files.train, roles, member); });
  const auto origin =
      mpi::collectively(world, [&] { return read_model_file(experiment.model, extensions); });
  transforms::ArrayTransforms transforms = learn_transforms({.experiment = experiment,
                                                             .origin = origin ? &*origin : nullptr,
                                                             .train = files.train,
                                                             .learn_from = rows.learn_from,
                                                             .extensions = extensions},
                                                            world);

  Assembly assembly = mpi::collectively(world, [&] {
    graph::Model model = make_model(experiment.model, origin, files.train, transforms);
    AlignedVector<float> initial = initial_weights(model, experiment, origin, extensions);
    auto optimizer_state = read_optimizer_memory(experiment, model, roles);
    Assembly made{.experiment = std::move(experiment),
                  .roles = roles,
                  .files = std::move(files),
                  .transforms = std::move(transforms),
                  .class_names = {},
                  .columns = {},
                  .model = std::move(model),
                  .initial = std::move(initial),
                  .training_rows = rows.split.training_count(),
                  .split = rows.split,
                  .optimizer_state = std::move(optimizer_state)};
    const datasets::Dataset& train = made.files.train;
    for (std::size_t i = 0; i < train.inputs(); ++i) {
      made.columns.push_back(train.column_names(i));
      made.transforms[i] = made.transforms[i].with_index_limit(made.model.index_limit(i));
    }
    for (std::size_t i = 0; i < train.labels_count(); ++i) {
      made.class_names.push_back(made.transforms.front().class_names(train.class_names(i)));
    }
    check_together(made, rows.split);
    made.augmentation = make_augmentation(made);
    graph::warn_of_outputs(made.model.outputs());
    if (world.rank() == 0) check_formats(made);
    return made;
  });
  check_sample_weights(assembly, rows.split, rows.learn_from,
                       member == nullptr || member->index == 0, world);
  assembly.class_weights = find_class_weights(assembly, rows.learn_from, world);
  if (assembly.experiment.trainer.parallelism_factor > 1) {
    assembly.partitions =
        mpi::collectively(world, [&] { return make_partitions(assembly, rows.split); });
  }

  assembly.shard = load_shard(assembly, rows.mine, world);
  if (member != nullptr) assembly.training_rows = assembly.shard->size();
  assembly.validation = mpi::collectively(
      world, [&] { return world.rank() == 0 ? load_validation(assembly, rows.split) : nullptr; });
  samples::warn_of_uneven_shards(*assembly.shard, world);
  samples::warn_of_labels(*assembly.shard,
                          reaches_of(assembly.model, assembly.files.train.labels_count()), world);
  samples::warn_of_shared_rows(*assembly.shard, assembly.validation.get(), "validation", world);
  const auto test = mpi::collectively(
      world, [&] { return world.rank() == 0 ? load_some_test_rows(assembly) : nullptr; });
  samples::warn_of_shared_rows(*assembly.shard, test.get(), "test", world);
  return assembly;
}

// Collective: with the limit of memory that holds for these ranks, and for those that repeat it.
Experiment with_memory_limit(Experiment experiment, const mpi::Communicator& world) {
  experiment.data.memory_limit = ByteCount{samples::memory_limit(experiment.data, world)};
  return experiment;
}

}  // namespace

Assembly assemble(const Experiment& experiment, const Roles& roles, const mpi::Communicator& world,
                  const Extensions& extensions) {
  Experiment limited = with_memory_limit(experiment, world);
  DataFiles files =
      mpi::collectively(world, [&] { return open_data_files(experiment, extensions); });
  require_same_data(files, world);
  return assemble(std::move(limited), roles, std::move(files), nullptr, world, extensions);
}

Assembly assemble_member(const Experiment& experiment, const DataFiles& files, const Member& member,
                         const mpi::Communicator& alone, const Extensions& extensions) {
  return assemble(with_memory_limit(experiment, alone), {.workers = 1, .worker = 0}, files, &member,
                  alone, extensions);
}

Assembly assemble_simulation(const Experiment& experiment, std::size_t workers,
                             const mpi::Communicator& alone, const Extensions& extensions) {
  Experiment limited = with_memory_limit(experiment, alone);
  DataFiles files =
      mpi::collectively(alone, [&] { return open_data_files(experiment, extensions); });
  const Roles roles{.workers = workers, .worker = std::nullopt, .simulated = true};
  return assemble(std::move(limited), roles, std::move(files), nullptr, alone, extensions);
}

void warn_of_rules(const Assembly& assembly) {
  const Experiment& experiment = assembly.experiment;
  const CenterSizes sizes = center_sizes(experiment, assembly.roles);
  strategies::warn_of_strategy(experiment.trainer.strategy, experiment.optimizer, sizes.workers);
  if (sizes.centers == 1) return;
  strategies::warn_of_relays(strategies::relay_rule(experiment.relay, experiment.trainer.strategy),
                             experiment.optimizer, sizes.centers);
}

void check_rules(const Experiment& experiment, const CenterSizes& sizes) {
  strategies::check_strategy(experiment.trainer.strategy, experiment.optimizer, sizes.workers);
  strategies::check_relays(strategies::relay_rule(experiment.relay, experiment.trainer.strategy),
                           experiment.optimizer, sizes.centers);
}

void check_workers(const Experiment& experiment, std::size_t workers) {
  strategies::check_tree(experiment.trainer, experiment.server, experiment.relay);
  strategies::check_strategy(experiment.trainer.strategy, experiment.optimizer, workers);
  if (experiment.server.topology == ServerTopology::flat) {  // otherwise it is the relays'
    strategies::check_compression(experiment.trainer.strategy, experiment.server.compression);
  }
  strategies::check_shards(experiment.trainer.strategy, experiment.server);
  const auto& slow = experiment.debug.slow;
  if (slow && slow->worker.value_or(0) >= workers) {
    fail(ExitCode::bad_experiment, "debug.slow.worker = {}, but the last of {} worker{} is {}",
         *slow->worker, workers, workers == 1 ? "" : "s", workers - 1);
  }
}

}  // namespace tusk::training
