// SPDX-License-Identifier: Apache-2.0
// Where parameters lie, what is frozen, and what becomes of statistics.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "network.hpp"
#include "tusk/extensions.hpp"

using namespace tusk;

namespace {

// y = gain · x, with a statistic that counts the samples of training passes.
class Counting final : public layers::Layer {
 public:
  explicit Counting(const Shape& shape, bool forgets = false) : shape_(shape), forgets_(forgets) {}

  std::vector<Shape> output_shapes() const override { return {shape_}; }
  layers::LayerMemory memory(layers::Mode) const override { return {}; }
  std::vector<layers::Parameter> parameters() const override {
    return {{.name = "gain", .shape = {1}, .initializer = layers::named_initializer("ones")},
            {.name = "seen", .shape = {2}, .role = layers::Role::statistic}};
  }
  void forward(const layers::Forward& args) const override {
    const Span y = args.y().flat();
    std::ranges::transform(args.x().flat(), y.begin(), [&](Real x) { return args.weights[0] * x; });
    if (args.new_statistics.empty()) return;
    args.new_statistics[0] = args.statistics[0] + static_cast<Real>(args.y().cols());
    args.new_statistics[1] = args.statistics[1] + Real{1};
  }
  void backward(const layers::Backward& args) const override {
    Real sum = 0;
    for (std::size_t i = 0; i < args.dy().size(); ++i) {
      sum += args.dy().data()[i] * args.x().data()[i];
      if (args.dx().data() != nullptr) args.dx().data()[i] = args.weights[0] * args.dy().data()[i];
    }
    if (args.pass.frozen || forgets_) return;
    const Span room = args.gradients.room(0, 1, 0);
    room[0] = sum;
    args.gradients.take(0, room);
  }

 private:
  Shape shape_;
  bool forgets_;  // to hand its gradient over
};

struct NoOptions {
  friend void describe(options::Fields&, NoOptions&) {}
  friend bool operator==(const NoOptions&, const NoOptions&) = default;
};

LayerEntry counting(std::string name, bool trainable = true, bool forgets = false) {
  static const Extensions extensions = [] {
    Extensions all{.package = "test"};
    for (const bool kind_forgets : {false, true}) {
      all.add_layer<NoOptions>(
          kind_forgets ? "forgetful" : "counting",
          [=](const NoOptions&, std::span<const Shape> inputs, const std::string&) {
            return std::make_unique<Counting>(inputs.front(), kind_forgets);
          });
    }
    return all;
  }();
  const auto& kind = extensions.layers[forgets ? 1 : 0];
  LayerEntry entry = UserLayer{kind, kind->defaults};
  entry.name = std::move(name);
  entry.trainable = trainable;
  return entry;
}

LayerEntry dense_called(std::string name, bool trainable = true) {
  LayerEntry entry = DenseOptions{.units = 3};
  entry.name = std::move(name);
  entry.trainable = trainable;
  return entry;
}

ModelOptions mixed() {
  return graph::network_options({dense_called("a"), counting("b"), dense_called("c", false),
                                 counting("d", false), dense_called("e"), counting("f")},
                                LossKind::mse);
}

const std::vector<float> truth(3 * 4, 0.5F);
Targets targets_of(std::size_t samples) {
  return {.classes = {}, .values = {truth.data(), 3, samples}};
}

}  // namespace

TEST_CASE(
    "trained arrays come first, then statistics, then what is frozen, each in the order of "
    "the layers") {
  const graph::Model model(mixed(), {4});
  CHECK(model.trained_count() == 15 + 1 + 12 + 1);
  CHECK(model.exchanged_count() == model.trained_count() + 2 + 2);
  CHECK(model.parameter_count() == model.exchanged_count() + 12 + 1 + 2);
  std::vector<layers::Parameter> arrays = model.parameters();
  std::vector<std::string> in_file;
  for (const layers::Parameter& array : arrays) in_file.push_back(array.layer + "/" + array.name);
  CHECK(in_file == std::vector<std::string>{"a/kernel", "a/bias", "b/gain", "b/seen", "c/kernel",
                                            "c/bias", "d/gain", "d/seen", "e/kernel", "e/bias",
                                            "f/gain", "f/seen"});
  std::ranges::sort(arrays, {}, &layers::Parameter::offset);
  std::vector<std::string> in_memory;
  std::size_t offset = 0;
  for (const layers::Parameter& array : arrays) {
    CHECK(array.offset == offset);
    offset += array.size();
    in_memory.push_back(array.layer + "/" + array.name);
    CHECK(array.frozen == (array.layer == "c" || array.layer == "d"));
  }
  CHECK(in_memory == std::vector<std::string>{"a/kernel", "a/bias", "b/gain", "e/kernel", "e/bias",
                                              "f/gain", "b/seen", "f/seen", "c/kernel", "c/bias",
                                              "d/gain", "d/seen"});
}

TEST_CASE("training moves the statistics of layers that are trained, and those alone") {
  graph::Network n(mixed(), {4}, 4);
  const AlignedVector<float> before = n.weights;
  n.model.train_step(n.weights, n.x(4), targets_of(4), n.gradients, n.workspace, {});
  n.model.train_step(n.weights, n.x(3), targets_of(3), n.gradients, n.workspace, {});
  n.model.evaluate(n.weights, n.x(4), targets_of(4), n.workspace);
  for (const layers::Parameter& array : n.model.parameters()) {
    CAPTURE(array.layer);
    for (std::size_t i = 0; i < array.size(); ++i) {
      const bool moves = array.role == layers::Role::statistic && array.layer != "d";
      const float moved = i == 0 ? 7.0F : 2.0F;
      CHECK(n.weights[array.offset + i] == (moves ? moved : before[array.offset + i]));
    }
  }
}

TEST_CASE("patterns of names freeze layers, whatever the entries say") {
  ModelOptions options = mixed();
  options.frozen = {"a", "[ef]"};
  const graph::Model model(options, {4});
  CHECK(model.trained_count() == 1);
  CHECK_FALSE(model.layers()[0].trainable);
  CHECK(model.layers()[1].trainable);
  CHECK_FALSE(model.layers()[4].trainable);
}

TEST_CASE("what is frozen changes no other gradient, and initial weights do not depend on it") {
  ModelOptions options = mixed();
  for (LayerEntry& layer : options.layers) layer.trainable = true;
  graph::Network all(options, {4}, 4);
  graph::Network some(mixed(), {4}, 4);
  all.model.train_step(all.weights, all.x(4), targets_of(4), all.gradients, all.workspace, {});
  some.model.train_step(some.weights, some.x(4), targets_of(4), some.gradients, some.workspace, {});
  for (std::size_t i = 0; i < all.model.parameters().size(); ++i) {
    const layers::Parameter& a = all.model.parameters()[i];
    const layers::Parameter& b = some.model.parameters()[i];
    if (a.role == layers::Role::statistic) continue;
    CHECK(std::equal(all.weights.begin() + static_cast<std::ptrdiff_t>(a.offset),
                     all.weights.begin() + static_cast<std::ptrdiff_t>(a.offset + a.size()),
                     some.weights.begin() + static_cast<std::ptrdiff_t>(b.offset)));
    if (b.frozen) continue;
    for (std::size_t k = 0; k < a.size(); ++k) {
      CHECK(all.gradients[a.offset + k] == some.gradients[b.offset + k]);
    }
  }
}

TEST_CASE("a user's layer that forgets to hand over its gradients is named") {
  const auto train = [](bool trainable) {
    graph::Network n(
        graph::network_options({dense_called("a"), counting("b", trainable, true)}, LossKind::mse),
        {4}, 4);
    n.model.train_step(n.weights, n.x(4), targets_of(4), n.gradients, n.workspace, {});
  };
  CHECK_FAILS(train(true), ExitCode::internal,
              "the layer 'b' has handed over gradients of 0 of its 1 parameters");
  CHECK_NOTHROW(train(false));
}
