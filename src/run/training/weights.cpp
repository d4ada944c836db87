// SPDX-License-Identifier: Apache-2.0
#include "run/training/weights.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
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
                       std::size_t classes) {
  const auto found = std::ranges::find(names, key);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
  if (error == std::errc() && end == key.data() + key.size() && index < classes) return index;
  fail(ExitCode::bad_experiment, "model.class_weight: there is no class '{}'; {}{}", key,
       names.empty() ? "the classes have no names and are " : "their names stand in the data, or ",
       fmt::format("0 to {}{}", classes - 1, did_you_mean(key, names)));
}

std::vector<double> given_weights(const ClassWeightOptions& options,
                                  const std::vector<std::string>& names, std::size_t classes) {
  std::vector<double> weights(classes, 1.0);
  std::vector<bool> given(classes, false);
  for (const ClassWeight& one : options.weights) {
    const std::size_t index = find_class(one.name, names, classes);
    if (given[index]) {
      fail(ExitCode::bad_experiment, "model.class_weight: class {} is given twice, once as '{}'",
           index, one.name);
    }
    given[index] = true;
    weights[index] = one.weight;
  }
  return weights;
}

}  // namespace

bool is_weighted(const Experiment& experiment) {
  return experiment.data.sample_weight || !experiment.model.class_weight.empty();
}

void check_sample_weights(const Assembly& assembly, const datasets::Split& split,
                          const datasets::Rows& training, bool warns,
                          const mpi::Communicator& world) {
  const DataFiles& files = assembly.files;
  if (!files.train.has_weights()) return;
  bool warned = !warns;
  const auto look_at = [&](const datasets::Dataset& dataset, const datasets::Rows& rows) {
    if (rows.empty()) return;
    const std::uint64_t negative = samples::survey_weights(dataset, rows, world);
    if (negative == 0 || warned) return;
    samples::warn_of_negative_weights(dataset, negative, rows.size());
    warned = true;
  };
  look_at(files.train, training);
  look_at(files.train, split.validation_rows({0, split.validation_count()}));
  if (files.validation) look_at(*files.validation, datasets::Rows::all(files.validation->rows()));
  if (files.test) look_at(*files.test, datasets::Rows::all(files.test->rows()));
}

std::vector<double> find_class_weights(const Assembly& assembly, const datasets::Rows& training,
                                       const mpi::Communicator& world) {
  const ClassWeightOptions& options = assembly.experiment.model.class_weight;
  if (options.empty()) return {};
  samples::LabelFormat format;
  std::vector<double> weights;
  mpi::collectively(world, [&] {
    if (assembly.model.labels() == LabelKind::values) {
      fail(ExitCode::bad_experiment,
           "model.class_weight needs a loss of classes, a cross-entropy, but the loss is '{}'",
           name_of(assembly.model.loss()));
    }
    format = label_format(assembly.files.train, assembly);
    weights = given_weights(options, assembly.class_names, format.classes());
  });
  if (!options.balanced) return weights;
  return samples::balanced_weights(
      samples::count_classes(assembly.files.train, training, format, world));
}

}  // namespace tusk::training
