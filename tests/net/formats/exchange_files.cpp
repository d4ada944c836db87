// SPDX-License-Identifier: Apache-2.0
// Files to exchange with Python, for the tests beside it.
//   exchange_files write FOLDER   writes model.h5, expected.h5 (inputs and the model's outputs for
//   them)
//                                 and history.h5
//   exchange_files check FOLDER   reads model.h5 and exits with 0 if it predicts what expected.h5
//   says
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "core/random.hpp"
#include "data/hdf5/file.hpp"
#include "net/formats/model_file.hpp"
#include "net/graph/model.hpp"
#include "run/records/history_file.hpp"

namespace tusk::formats {
namespace {

constexpr std::size_t samples = 32;

// Every layer and every activation that model files know.
std::vector<LayerOptions> all_layers() {
  std::vector<LayerOptions> layers{FlattenOptions{}};
  for (const auto& activation : names_of(Activation{})) {
    layers.push_back(DenseOptions{.units = 8, .activation = activation.value});
  }
  layers.push_back(DropoutOptions{.rate = 0.3});
  layers.push_back(DenseOptions{.units = 5, .use_bias = false});
  layers.push_back(ActivationOptions{.activation = Activation::softmax});
  return layers;
}

std::vector<float> predict(const ModelContent& content, const std::vector<float>& inputs) {
  const graph::Model model({.layers = content.layers, .loss = LossKind::mse}, content.input);
  auto workspace = model.make_workspace(samples, false);
  const ConstMatrix batch(inputs.data(), model.input_size(), samples);
  const ConstMatrix outputs = model.predict(content.weights, batch, workspace);
  return {outputs.flat().begin(), outputs.flat().end()};
}

void write_expected(const std::string& path, const ModelContent& content) {
  Random random(7, Stream::shuffle);
  std::vector<float> inputs(samples * content.input.elements());
  for (float& x : inputs) x = static_cast<float>(random.normal());
  const std::vector<float> outputs = predict(content, inputs);
  hdf5::File file = hdf5::File::create(path);
  std::vector<std::uint64_t> extents{samples};
  extents.insert(extents.end(), content.input.extents().begin(), content.input.extents().end());
  file.create_dataset("inputs", ElementType::f32, extents).write(0, std::span<const float>(inputs));
  file.create_dataset("outputs", ElementType::f32, {samples, outputs.size() / samples})
      .write(0, std::span<const float>(outputs));
}

void write(const std::string& folder) {
  ModelContent content{.input = Shape{4, 3}, .layers = all_layers()};
  const graph::Model model({.layers = content.layers, .loss = LossKind::mse}, content.input);
  content.weights.resize(model.parameter_count());
  model.initialize(content.weights, 11);
  content.class_names = {"a", "b", "c", "d", "é"};
  save_model(folder + "/model.h5", content);
  write_expected(folder + "/expected.h5", content);
  records::HistoryFile history(folder + "/history.h5", {"accuracy"});
  for (std::uint64_t step = 0; step < 100; ++step) {
    const std::vector<float> metrics{0.5F};
    history.add(records::StepRecord{.step = step, .loss = static_cast<float>(step)}, metrics);
  }
  history.add(records::CommitRecord{.ticket = 3, .worker = 1, .staleness = 2});
  history.close();
}

bool check(const std::string& folder) {
  const ModelContent content = load_model(folder + "/model.h5");
  const hdf5::File file = hdf5::File::open(folder + "/expected.h5");
  const auto read = [&](const char* name) {
    const hdf5::Dataset dataset = file.dataset(name);
    std::vector<float> values(dataset.rows() * dataset.row_elements());
    dataset.read(0, std::span(values));
    return values;
  };
  const std::vector<float> expected = read("outputs");
  const std::vector<float> outputs = predict(content, read("inputs"));
  return std::ranges::equal(expected, outputs,
                            [](float a, float b) { return std::abs(a - b) <= 1e-5F; });
}

}  // namespace
}  // namespace tusk::formats

int main(int argc, char** argv) try {
  const std::string command = argc == 3 ? argv[1] : "";
  if (command == "write") {
    tusk::formats::write(argv[2]);
    return 0;
  }
  return command == "check" && tusk::formats::check(argv[2]) ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
