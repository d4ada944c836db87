// SPDX-License-Identifier: Apache-2.0
#include "net/layers/user_layer.hpp"

#include <doctest/doctest.h>

#include <array>
#include <functional>
#include <stdexcept>
#include <vector>

#include "check_fails.hpp"
#include "net/layers/make_layer.hpp"
#include "tusk/error.hpp"
#include "tusk/extensions.hpp"
#include "tusk/options/fields.hpp"

using namespace tusk;
using namespace tusk::layers;

namespace {

struct NoOptions {};
void describe(options::Fields&, NoOptions&) {}

// A layer that says of itself what the test wants.
struct Claims {
  std::vector<Shape> outputs = {Shape{3}};
  LayerMemory memory = {};
  std::vector<Parameter> parameters = {};
};

struct Claiming final : Layer {
  explicit Claiming(Claims what) : claims(std::move(what)) {}
  std::vector<Shape> output_shapes() const override { return claims.outputs; }
  LayerMemory memory(Mode) const override { return claims.memory; }
  std::vector<Parameter> parameters() const override { return claims.parameters; }
  void forward(const Forward&) const override {}
  void backward(const Backward&) const override {}
  Claims claims;
};

std::unique_ptr<Layer> made_by(std::function<std::unique_ptr<Layer>()> make) {
  Extensions extensions{.package = "mylab"};
  extensions.add_layer<NoOptions>("mine", [make](const NoOptions&, std::span<const Shape>,
                                                 const std::string&) { return make(); });
  const std::array<Shape, 1> inputs{Shape{3}};
  return make_layer(UserLayer{extensions.layers[0], extensions.layers[0]->defaults}, inputs,
                    "model.layers.2");
}

std::unique_ptr<Layer> made_of(const Claims& claims) {
  return made_by([&] { return std::make_unique<Claiming>(claims); });
}

// A layer as Extensions takes it by its class: of one input, or of all.
struct OfOne final : Layer {
  using Options = NoOptions;
  OfOne(const Options&, const Shape& input) : shape(input) {}
  std::vector<Shape> output_shapes() const override { return {shape}; }
  LayerMemory memory(Mode) const override { return {}; }
  void forward(const Forward&) const override {}
  void backward(const Backward&) const override {}
  Shape shape;
};

struct OfAll final : Layer {
  using Options = NoOptions;
  OfAll(const Options&, std::span<const Shape> inputs) : count(inputs.size()) {}
  std::vector<Shape> output_shapes() const override { return {Shape{count}}; }
  LayerMemory memory(Mode) const override { return {}; }
  void forward(const Forward&) const override {}
  void backward(const Backward&) const override {}
  std::size_t count;
};

}  // namespace

TEST_CASE("a layer's class is constructed with the shape of its input, or with all of them") {
  Extensions extensions{.package = "mylab"};
  extensions.add_layer<OfOne>("of_one");
  extensions.add_layer<OfAll>("of_all");
  const auto make = [&](std::size_t kind, std::span<const Shape> inputs) {
    return make_layer(UserLayer{extensions.layers[kind], extensions.layers[kind]->defaults}, inputs,
                      "model.layers.2");
  };
  const std::array<Shape, 2> inputs{Shape{3, 2}, Shape{4}};
  CHECK(make(0, std::span(inputs).first(1))->output_shapes().at(0) == Shape{3, 2});
  CHECK(make(1, inputs)->output_shapes().at(0) == Shape{2});
  CHECK_FAILS(make(0, inputs), ExitCode::bad_experiment,
              "model.layers.2: it takes one input, but has 2");
}

TEST_CASE("a user's layer that says of itself what cannot be is refused") {
  CHECK_NOTHROW(made_of({}));
  CHECK_NOTHROW(made_of({.memory = {.views = {0}}}));
  const auto refused = [](const Claims& claims, const char* why) {
    CHECK_FAILS(made_of(claims), ExitCode::internal,
                std::string("model.layers.2: the layer 'mylab>mine' ") + why);
  };
  refused({.outputs = {Shape{0}}}, "has an output of shape (0,)");
  refused({.outputs = {Shape{std::size_t{1} << 62, 8}}}, "has an output of shape (46116860184");
  refused({.memory = {.views = {1}}}, "has a view of input 1, but 1 inputs");
  refused({.outputs = {Shape{4}}, .memory = {.views = {0}}},
          "has an output of shape (4,) that is a view of an input of shape (3,)");
  refused({.memory = {.views = {0, 0}}}, "has more views than outputs");
  refused({.memory = {.gradients = {InputGradient::made, InputGradient::none}}},
          "has more gradients than inputs");
  refused({.memory = {.kept = std::size_t{1} << 60}}, "asks for memory for 1.15e+18 numbers");
  refused({.parameters = {{.shape = Shape{3}}}}, "has a parameter ''; it needs a name");
  refused({.parameters = {{.name = "a/b", .shape = Shape{3}}}}, "has a parameter 'a/b'");
  refused({.parameters = {{.name = "w", .shape = Shape{0}}}}, "has a parameter 'w' of shape (0,)");
  refused({.parameters = {{.name = "w", .shape = Shape{3}}, {.name = "w", .shape = Shape{2}}}},
          "has two parameters 'w'");
}

TEST_CASE("what the making of a user's layer throws names the layer's place") {
  CHECK_FAILS(made_by([]() -> std::unique_ptr<Layer> {
                fail(ExitCode::bad_experiment, "it wants an odd number");
              }),
              ExitCode::bad_experiment, "model.layers.2: it wants an odd number");
  CHECK_FAILS(made_by([]() -> std::unique_ptr<Layer> { throw std::runtime_error("a bug"); }),
              ExitCode::internal, "model.layers.2: a bug");
  CHECK_FAILS(made_by([]() -> std::unique_ptr<Layer> { return nullptr; }), ExitCode::internal,
              "model.layers.2: the layer 'mylab>mine' makes no layer");
}
