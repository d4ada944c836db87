// SPDX-License-Identifier: Apache-2.0
#include "layer_case.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "data/hdf5/attributes.hpp"
#include "data/hdf5/file.hpp"
#include "net/graph/model.hpp"

namespace tusk::formats {
namespace {

struct Array {
  AlignedVector<float> values;
  std::size_t rows = 0;
};

Array read_array(const hdf5::File& file, const std::string& name) {
  const hdf5::NumberDataset dataset = file.dataset("case/" + name);
  Array array{AlignedVector<float>(dataset.rows() * dataset.row_elements()), dataset.rows()};
  dataset.read(0, std::span<float>(array.values));
  return array;
}

// The largest difference in the largest number that is expected.
double error_of(std::span<const float> values, std::span<const float> expected) {
  double difference = 0.0;
  double largest = 0.0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double error = std::abs(double{values[i]} - expected[i]);
    if (std::isnan(error)) return INFINITY;
    difference = std::max(difference, error);
    largest = std::max(largest, std::abs(double{expected[i]}));
  }
  return difference / largest;
}

}  // namespace

double CaseErrors::largest() const { return std::max({outputs, gradients, trained}); }

CaseErrors compute_case(const std::string& path, ModelContent& content) {
  content = load_model(path, {});
  const hdf5::File file = hdf5::File::open(path);
  const Array inputs = read_array(file, "inputs");
  const Array targets = read_array(file, "targets");
  ModelOptions options = options_of(content);
  options.loss = LossKind::mse;
  options.metrics = {};
  const graph::Model model = make_model(options, content);
  graph::Workspace workspace = model.make_workspace(inputs.rows, true, 2);
  const ConstMatrix x(inputs.values.data(), model.input_size(), inputs.rows);
  const Targets wanted{.classes = {},
                       .values = {targets.values.data(), model.output_size(), targets.rows}};
  AlignedVector<float> weights(content.weights.begin(), content.weights.end());
  AlignedVector<float> gradients(weights.size());

  // Array by array, so that one with small numbers counts as much.
  const auto error_by_array = [&](std::span<const float> values, const std::string& name,
                                  std::size_t count) {
    const Array expected = read_array(file, name);
    double error = 0.0;
    for (const layers::Parameter& p : model.parameters()) {
      if (p.offset >= count) continue;
      const auto part = std::span(expected.values).subspan(p.offset, p.size());
      error = std::max(error, error_of(values.subspan(p.offset, p.size()), part));
    }
    return error;
  };

  CaseErrors errors;
  errors.outputs =
      error_of(model.predict(weights, x, workspace).flat(), read_array(file, "outputs").values);
  const double steps = 20;
  const float rate = 0.02F;
  const std::size_t trained = model.trained_count();
  for (std::size_t step = 0; step < static_cast<std::size_t>(steps); ++step) {
    model.train_step(weights, x, wanted, gradients, workspace, {.seed = 1, .step = step});
    if (step == 0) errors.gradients = error_by_array(gradients, "gradients", trained);
    for (std::size_t i = 0; i < trained; ++i) weights[i] -= rate * gradients[i];
  }
  errors.trained = error_by_array(weights, "trained", weights.size());
  return errors;
}

}  // namespace tusk::formats
