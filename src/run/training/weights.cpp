// SPDX-License-Identifier: Apache-2.0
#include "run/training/weights.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>

#include "core/near_miss.hpp"
#include "data/samples/sample_weights.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "run/training/assembly.hpp"
#include "run/training/load_data.hpp"
#include "tusk/error.hpp"

namespace tusk::training {
namespace {

// The class that a key of model.class_weight means: a name, or an index in digits.
std::size_t find_class(const std::string& key, const std::vector<std::string>& names,
                       std::size_t classes, const std::string& option) {
  const auto found = std::ranges::find(names, key);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
  if (error == std::errc() && end == key.data() + key.size() && index < classes) return index;
  fail(ExitCode::bad_experiment, "{}: there is no class '{}'; {}{}", option, key,
       names.empty() ? "the classes have no names and are " : "their names stand in the data, or ",
       fmt::format("0 to {}{}", classes - 1, did_you_mean(key, names)));
}

std::vector<double> given_weights(const ClassWeightOptions& options,
                                  const std::vector<std::string>& names, std::size_t classes,
                                  const std::string& option) {
  std::vector<double> weights(classes, 1.0);
  std::vector<bool> given(classes, false);
  for (const ClassWeight& one : options.weights) {
    const std::size_t index = find_class(one.name, names, classes, option);
    if (given[index]) {
      fail(ExitCode::bad_experiment, "{}: class {} is given twice, once as '{}'", option, index,
           one.name);
    }
    given[index] = true;
    weights[index] = one.weight;
  }
  if (std::ranges::all_of(weights, [](double weight) { return weight == 0.0; })) {
    fail(ExitCode::bad_experiment, "{}: every class has the weight 0: no row would count", option);
  }
  return weights;
}

// Where the weights of classes of an array of labels stand in the experiment.
struct GivenClassWeights {
  const ClassWeightOptions* options = nullptr;
  const graph::ModelOutput* output = nullptr;
  std::string key;
};

GivenClassWeights given_for(const Assembly& assembly, std::size_t label) {
  const ModelOptions& model = assembly.experiment.model;
  const graph::ModelOutput& output = assembly.model.outputs()[label];
  GivenClassWeights given{&model.class_weight, &output, "model.class_weight"};
  if (label >= model.outputs.size() || model.outputs[label].class_weight.empty()) return given;
  given.options = &model.outputs[label].class_weight;
  given.key = fmt::format("model.outputs.{}.class_weight", output.name);
  return given;
}

// Collective: those of one array of labels.
std::vector<double> class_weights_of(const Assembly& assembly, std::size_t label,
                                     const datasets::Rows& training,
                                     const mpi::Communicator& world) {
  const GivenClassWeights given = given_for(assembly, label);
  if (given.options->empty()) return {};
  samples::LabelFormat format;
  std::vector<double> weights;
  mpi::collectively(world, [&] {
    if (given.output->loss->labels() == LabelKind::values) {
      fail(ExitCode::bad_experiment,
           "{} needs a loss of classes, a cross-entropy, but the loss is '{}'", given.key,
           name_of(given.output->loss_options));
    }
    format = label_formats(assembly.files.train, assembly)[label];
    weights =
        given_weights(*given.options, assembly.class_names[label], format.classes(), given.key);
  });
  if (!given.options->balanced) return weights;
  return samples::balanced_weights(
      samples::count_classes(assembly.files.train.of_label(label), training, format, world));
}

// Whether samples count differently for one output than for another.
bool weigh_apart(const Assembly& assembly) {
  const datasets::Dataset& train = assembly.files.train;
  if (train.weighs_apart()) return true;
  for (std::size_t i = 0; i < train.labels_count() && train.labels_count() > 1; ++i) {
    if (!given_for(assembly, i).options->empty()) return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> weight_names(const Assembly& assembly) {
  if (weigh_apart(assembly)) return graph::names_of_weight_sums(assembly.model.outputs(), true);
  const Experiment& experiment = assembly.experiment;
  const auto& outputs = experiment.model.outputs;
  const bool have_weights =
      experiment.data.sample_weight || !experiment.model.class_weight.empty() ||
      std::ranges::any_of(outputs, [](const OutputOptions& o) { return !o.class_weight.empty(); });
  if (!have_weights) return {};
  return graph::names_of_weight_sums(assembly.model.outputs(), false);
}

void check_sample_weights(const Assembly& assembly, const datasets::Split& split,
                          const datasets::Rows& training, bool warns,
                          const mpi::Communicator& world) {
  const DataFiles& files = assembly.files;
  bool warned = !warns;
  std::vector<std::string> seen;  // a data set may weigh several outputs
  const auto look_at = [&](const datasets::JoinedDataset& weights, const datasets::Rows& rows) {
    if (rows.empty()) return;
    const std::uint64_t negative = samples::survey_weights(weights, rows, world);
    if (negative == 0 || warned) return;
    samples::warn_of_negative_weights(weights, negative, rows.size());
    warned = true;
  };
  for (std::size_t i = 0; i < files.train.labels_count(); ++i) {
    if (!files.train.has_weights(i)) continue;
    const datasets::JoinedDataset& weights = files.train.weights(i);
    if (std::ranges::find(seen, weights.name()) != seen.end()) continue;
    seen.push_back(weights.name());
    look_at(weights, training);
    look_at(weights, split.validation_rows({0, split.validation_count()}));
    for (const auto* other : {&files.validation, &files.test}) {
      if (*other) look_at((*other)->weights(i), datasets::Rows::all((*other)->rows()));
    }
  }
}

std::vector<std::vector<double>> find_class_weights(const Assembly& assembly,
                                                    const datasets::Rows& training,
                                                    const mpi::Communicator& world) {
  const std::size_t labels = assembly.files.train.labels_count();
  mpi::collectively(world, [&] {
    if (labels == 1 || assembly.experiment.model.class_weight.empty()) return;
    fail(ExitCode::bad_experiment,
         "model.class_weight: each output has labels of its own, so give the weights there, as in "
         "model.outputs.{}.class_weight",
         assembly.model.outputs().front().name);
  });
  std::vector<std::vector<double>> weights;
  for (std::size_t i = 0; i < labels; ++i) {
    weights.push_back(class_weights_of(assembly, i, training, world));
  }
  return weights;
}

}  // namespace tusk::training
