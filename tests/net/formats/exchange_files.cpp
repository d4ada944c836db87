// SPDX-License-Identifier: Apache-2.0
// Files to exchange with Python, for the tests beside it.
//   exchange_files write FOLDER
//     writes history.h5 and models: all.h5 with every layer of a chain and every activation,
//     graph.h5 with every merge, scrambled.h5, a graph in no order, and NAME.h5 for each activation
//     alone; beside each NAME.expected.h5 with inputs and its outputs for them
//   exchange_files check NAME [MODEL [WEIGHTS]]
//     reads MODEL (NAME.h5), perhaps with its weights in another file, and exits with 0 if it
//     predicts what NAME.expected.h5 says
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <numeric>
#include <string>
#include <vector>

#include "data/hdf5/file.hpp"
#include "net/formats/model_file.hpp"
#include "net/graph/model.hpp"
#include "run/records/history_file.hpp"
#include "tusk/random.hpp"

namespace tusk::formats {
namespace {

constexpr std::size_t samples = 32;

// Every layer and every activation that model files know.
std::vector<LayerEntry> all_layers() {
  std::vector<LayerEntry> layers{FlattenOptions{}};
  for (const auto& activation : names_of(Activation{})) {
    if (activation.value == Activation::hard_sigmoid_keras2) continue;  // no name in Keras 3
    layers.push_back(DenseOptions{.units = 8, .activation = activation.value});
  }
  layers.push_back(DropoutOptions{.rate = 0.3});
  layers.push_back(DenseOptions{.units = 5, .use_bias = false});
  layers.push_back(ActivationOptions{.activation = Activation::softmax});
  return layers;
}

// Layers that give samples other shapes, and activations that are layers; dense ones with several
// axes.
std::vector<LayerEntry> shaping_layers() {
  return {DenseOptions{.units = 6},
          PreluOptions{.alpha_initializer = {.kind = InitializerKind::uniform}, .shared_axes = {1}},
          ReshapeOptions{.target_shape = {2, -1, 3}},
          PermuteOptions{.dims = {3, 1, 2}},
          LeakyReluOptions{},
          DenseOptions{.units = 5},
          ReluOptions{.max_value = 2.0, .negative_slope = 0.1, .threshold = 0.1},
          EluOptions{.alpha = 0.7},
          PreluOptions{.alpha_initializer = {.kind = InitializerKind::normal}},
          SoftmaxOptions{.axis = 2},
          FlattenOptions{},
          DenseOptions{.units = 4},
          ReluOptions{},
          RepeatVectorOptions{.n = 3},
          SoftmaxOptions{},
          FlattenOptions{}};
}

// Branches, merges of every kind, a layer that is called three times, and one that is frozen.
ModelContent graph_content() {
  const auto at = [](LayerEntry entry, std::string name, std::vector<std::string> inputs) {
    entry.name = std::move(name);
    entry.inputs = std::move(inputs);
    return entry;
  };
  const auto again = [](std::vector<std::string> inputs) {
    LayerEntry entry;
    entry.use = "shared";
    entry.inputs = std::move(inputs);
    return entry;
  };
  const DenseOptions dense{.units = 6, .activation = Activation::tanh};
  ModelContent content{.input = Shape{4, 3}, .layers = {}, .weights = {}};
  content.inputs = {{"cells", {4, 3}}};
  content.layers = {
      at(FlattenOptions{}, "flat", {"cells"}),
      at(dense, "first", {"flat"}),
      at(dense, "second", {"flat"}),
      at(DenseOptions{.units = 6, .activation = Activation::relu}, "shared", {"first"}),
      again({"second"}),
      again({"shared:1"}),
      at(AddOptions{}, "sum", {"shared", "first", "shared:2"}),
      at(SubtractOptions{}, "less", {"sum", "shared:1"}),
      at(MultiplyOptions{}, "product", {"less", "second"}),
      at(AverageOptions{}, "mean", {"product", "sum", "flat_out"}),
      at(dense, "flat_out", {"flat"}),
      at(ConcatenateOptions{}, "joined", {"mean", "first"}),
      at(DenseOptions{.units = 5, .activation = Activation::softmax}, "out", {"joined"})};
  content.layers[1].trainable = false;
  content.outputs = {{.name = "out"}};
  return content;
}

// Layers of the same shapes, of which some are called several times, at random and in no order:
// what Keras takes for the weights of another is found.
ModelContent scrambled_content() {
  Random random(23, Stream::shuffle);
  ModelContent content{.input = Shape{4, 3}, .layers = {}, .weights = {}};
  content.inputs = {{"cells", {4, 3}}};
  std::vector<LayerEntry> entries;
  const auto add = [&](LayerEntry entry, std::string name, std::vector<std::string> inputs) {
    entry.name = std::move(name);
    entry.inputs = std::move(inputs);
    entries.push_back(std::move(entry));
  };
  const DenseOptions dense{.units = 6, .activation = Activation::tanh};
  add(FlattenOptions{}, "flat", {"cells"});
  add(dense, "a0", {"flat"});
  std::vector<std::string> values{"a0"};
  std::vector<std::string> layers;
  std::vector<std::string> unread{"a0"};
  const auto any_value = [&] {
    std::string value = values[random.below(values.size())];
    std::erase(unread, value);
    return value;
  };
  for (int i = 1; i < 30; ++i) {
    const std::string name = fmt::format("a{}", i);
    const std::uint64_t kind = random.below(4);
    const std::string first = any_value();
    if (kind == 0) {
      add(AddOptions{}, name, {first, any_value()});
    } else if (kind == 1 && !layers.empty()) {
      LayerEntry again;
      again.use = layers[random.below(layers.size())];
      add(std::move(again), name, {first});
    } else {
      add(dense, name, {first});
      layers.push_back(name);
    }
    values.push_back(name);
    unread.push_back(name);
  }
  add(AddOptions{}, "sum", unread);
  add(DenseOptions{.units = 5}, "out", {"sum"});
  std::vector<std::uint32_t> order(entries.size());
  std::iota(order.begin(), order.end(), 0U);
  shuffle(order, random);
  for (const std::uint32_t i : order) content.layers.push_back(entries[i]);
  content.outputs = {{.name = "out"}};
  return content;
}

GruOptions gru(std::size_t units, bool reset_after, bool backwards) {
  GruOptions options;
  options.units = units;
  options.return_sequences = true;
  options.go_backwards = backwards;
  options.reset_after = reset_after;
  options.bias_initializer = {.kind = InitializerKind::normal, .stddev = 0.5};
  return options;
}

LstmOptions lstm(std::size_t units, bool sequences) {
  LstmOptions options;
  options.units = units;
  options.return_sequences = sequences;
  options.recurrent_activation = Activation::hard_sigmoid;
  options.bias_initializer = {.kind = InitializerKind::normal, .stddev = 0.5};
  return options;
}

// Layers over steps, with biases that are not zero.
std::vector<LayerEntry> recurrent_layers() {
  return {
      gru(5, true, true),
      TimeDistributedOptions{
          .layer = InnerLayer({DenseOptions{.units = 4, .activation = Activation::gelu}})},
      gru(6, false, false),
      BidirectionalOptions{.layer = InnerLayer({lstm(3, true)})},
      BidirectionalOptions{.layer = InnerLayer({gru(4, true, true)}), .merge_mode = MergeMode::ave},
      BidirectionalOptions{.layer = InnerLayer({lstm(5, false)}), .merge_mode = MergeMode::mul},
      RepeatVectorOptions{.n = 3},
      lstm(4, false)};
}

// Steps without a feature above 0.8, which are half of them, are masked.
std::vector<LayerEntry> masked_layers() {
  return {ReluOptions{.threshold = 0.8},
          MaskingOptions{},
          gru(5, true, false),
          BidirectionalOptions{.layer = InnerLayer({lstm(3, true)})},
          DenseOptions{.units = 4, .activation = Activation::tanh},
          gru(4, false, true),
          lstm(6, false)};
}

std::vector<float> predict(const ModelContent& content, const std::vector<float>& inputs) {
  const graph::Model model = make_model(options_of(content), content);
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

void write_model(const std::string& name, ModelContent content) {
  const graph::Model model = make_model(options_of(content), content);
  content.weights.resize(model.parameter_count());
  model.initialize(content.weights, 11);
  save_model(name + ".h5", content);
  save_archive(name + ".keras", content);
  write_expected(name + ".expected.h5", content);
}

void write_model(const std::string& name, const std::vector<LayerEntry>& layers,
                 const std::vector<std::string>& class_names) {
  write_model(name, {.input = Shape{4, 3}, .layers = layers, .class_names = class_names});
}

void write(const std::string& folder) {
  write_model(folder + "/all", all_layers(), {"a", "b", "c", "d", "é"});
  write_model(folder + "/shaping", shaping_layers(), {});
  write_model(folder + "/graph", graph_content());
  write_model(folder + "/scrambled", scrambled_content());
  write_model(folder + "/recurrent", recurrent_layers(), {});
  write_model(folder + "/masked", masked_layers(), {});
  // A difference in one of many layers may be lost in those behind it.
  for (const auto& activation : names_of(Activation{})) {
    write_model(folder + "/" + std::string(activation.name),
                {FlattenOptions{}, DenseOptions{.units = 8, .activation = activation.value}}, {});
  }
  records::HistoryFile history(folder + "/history.h5", {"accuracy"});
  for (std::uint64_t step = 0; step < 100; ++step) {
    const std::vector<float> metrics{0.5F};
    history.add(records::StepRecord{.step = step, .loss = static_cast<float>(step)}, metrics);
  }
  history.add(records::CommitRecord{.ticket = 3, .worker = 1, .staleness = 2});
  history.close();
}

bool check(const std::string& name, const std::string& path, const std::string& weights) {
  const ModelContent content = load_model(path, {}, weights);
  const hdf5::File file = hdf5::File::open(name + ".expected.h5");
  const auto read = [&](const char* dataset_name) {
    const hdf5::NumberDataset dataset = file.dataset(dataset_name);
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
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 2 && arguments[0] == "write") {
    tusk::formats::write(arguments[1]);
    return 0;
  }
  if (arguments.size() < 2 || arguments[0] != "check") return 1;
  const std::string path = arguments.size() > 2 ? arguments[2] : arguments[1] + ".h5";
  return tusk::formats::check(arguments[1], path, arguments.size() > 3 ? arguments[3] : "") ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
