// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/transforms/transforms.hpp"
#include "user_objects.hpp"

namespace tusk::transforms {
namespace {

// Makes samples of `promised` numbers of whatever it gets, and leaves `left`.
struct Liar final : Transform {
  struct Options {
    std::size_t promised = 2;
    std::size_t left = 2;
    friend void describe(options::Fields& fields, Options& o) {
      fields("promised", o.promised);
      fields("left", o.left);
    }
  };
  explicit Liar(const Options& what) : o(what) {}
  Shape output_shape(const Shape&) const override { return Shape{o.promised}; }
  std::size_t apply(std::span<double>, std::size_t) const override { return o.left; }
  std::string summary() const override { return "lies"; }
  Options o;
};

Transforms lying(const std::string& first, const std::string& second) {
  Extensions extensions{.package = "mylab"};
  extensions.add_transform<Liar>("liar");
  const auto step = [](const std::string& options) {
    return R"({"type": "mylab>liar", "learned": [], "options": {)" + options + "}}";
  };
  return Transforms::from_json("[" + step(first) + "," + step(second) + "]", "model.h5",
                               extensions);
}

}  // namespace

TEST_CASE("a user's transform that makes another number of numbers than it says is refused") {
  std::array<double, 2> sample{};
  CHECK_NOTHROW(lying("", "").apply(std::span(sample), 2));
  CHECK_FAILS(lying("", R"("promised": 1)").output_shape(Shape{2}, "data.h5"), ExitCode::internal,
              "data.h5: transform 1 (mylab>liar) makes samples of (1,) of those of (2,); it may "
              "not make fewer numbers");
  CHECK_FAILS(lying("", R"("left": 1)").apply(std::span(sample), 2), ExitCode::internal,
              "transform 1 (mylab>liar) left 1 numbers where the samples have 2");
  CHECK_FAILS(lying(R"("left": 3)", "").apply(std::span(sample), 2), ExitCode::internal,
              "transform 0 (mylab>liar) left 3 numbers where the samples have 2");
}

TEST_CASE("a user's transform is made again of its options and what it has learned") {
  const Extensions extensions = test::with_loss_and_transforms();
  const std::string json =
      R"([{"learned":[1.0,0.1],"options":{"share":0.5},"type":"mylab>center"},)"
      R"({"learned":[],"options":{},"type":"mylab>flip"}])";
  const auto transforms = Transforms::from_json(json, "model.h5", extensions);
  CHECK(transforms.to_json() == json);
  std::array<double, 2> sample{3.0, 0.0};
  transforms.apply(std::span(sample), 2);
  CHECK(sample == std::array{-2.5, static_cast<double>(static_cast<Real>(0.05))});
  CHECK(transforms.summary() ==
        std::vector<std::string>{"mylab>center: x − mean", "mylab>flip: −x"});
  CHECK_FAILS(transforms.output_shape(Shape{3}, "data.h5"), ExitCode::bad_data,
              "data.h5: transform 0 (mylab>center) cannot take samples of (3,): it has the means "
              "of 2 columns");
}

TEST_CASE("a model with a transform that the program does not have says what it needs") {
  CHECK_FAILS(Transforms::from_json(R"([{"type": "mylab>center"}])", "model.h5", {}),
              ExitCode::bad_data,
              "model.h5: transform 'mylab>center' needs a program that has the transform 'center' "
              "of the package 'mylab'; this one has scale, standard");
  CHECK_FAILS(Transforms::from_json(R"([{"type": "other>center"}])", "model.h5",
                                    test::with_loss_and_transforms()),
              ExitCode::bad_data, "binary_label, mylab>flip, mylab>center");
}

TEST_CASE("a user's transform in a model file is held to its rules") {
  const Extensions extensions = test::with_loss_and_transforms();
  const auto check = [&](const std::string& rest, const std::string& message) {
    CHECK_FAILS(
        Transforms::from_json(R"([{"type": "mylab>center")" + rest + "}]", "model.h5", extensions),
        ExitCode::bad_data, message);
  };
  const std::string cannot = "model.h5: transform 'mylab>center' cannot be read: ";
  check(R"(, "options": {"share": 2}, "learned": [1])",
        cannot + "it has share 2; it must be between 0 and 1");
  check(R"(, "options": {}, "learned": [])", cannot + "there are no means");
  check(R"(, "options": [], "learned": [1])", cannot + "its options are no JSON object");
  check(R"(, "options": {}, "learned": ["a"])", "model.h5: the transforms cannot be read: ");
  check(R"(, "options": {})", "model.h5: the transforms cannot be read: ");
  check("", "model.h5: the transforms cannot be read: ");
}

}  // namespace tusk::transforms
