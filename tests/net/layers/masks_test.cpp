// SPDX-License-Identifier: Apache-2.0
#include "net/layers/masks.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "net/layers/layer_run.hpp"

using namespace tusk;

namespace {

// What a layer of masks makes of two samples of each.
std::vector<Real> masks_of(const layers::Layer& layer,
                           const std::vector<std::vector<Real>>& masks) {
  kernels::Team team(1);
  const layers::Pass pass{.team = team};
  std::vector<ConstMatrix> inputs;
  for (const auto& mask : masks) inputs.emplace_back(mask.data(), mask.size() / 2, 2);
  const std::size_t steps = layer.output_shapes().front().elements();
  std::vector<Real> out(2 * steps, Real{7});
  const Matrix output(out.data(), steps, 2);
  layer.forward({.pass = pass, .inputs = inputs, .outputs = {&output, 1}});
  return out;
}

}  // namespace

TEST_CASE("of several masks a step is there if it is in any") {
  const auto layer = layers::make_any_mask(3, 2);
  CHECK(masks_of(*layer, {{0, 1, 0, 0}, {0, 0, 1, 0}, {0, 1, 0, 0}}) ==
        std::vector<Real>{0, 1, 1, 0});
}

TEST_CASE("masks behind each other, with 1 where there is none") {
  const auto layer = layers::make_mask_concatenation({{.steps = 2, .is_there = true},
                                                      {.steps = 3, .is_there = false},
                                                      {.steps = 1, .is_there = true}});
  CHECK(masks_of(*layer, {{0, 1, 1, 0}, {0, 1}}) ==
        std::vector<Real>{0, 1, 1, 1, 1, 0, 1, 0, 1, 1, 1, 1});
}

TEST_CASE("the rule of a kind is that of its options") {
  using Output = layers::MaskRule::Output;
  CHECK(layers::mask_rule(DenseOptions{}).output == Output::passed);
  CHECK(layers::mask_rule(FlattenOptions{}).output == Output::none);
  CHECK(layers::mask_rule(AddOptions{}).output == Output::any_of);
  CHECK(layers::mask_rule(ConcatenateOptions{}).output == Output::concatenated);
  CHECK_FALSE(layers::mask_rule(AddOptions{}).reads);
  CHECK(layers::mask_rule(NormalizationOptions{}).output == Output::passed);
  CHECK(layers::mask_rule(GlobalAveragePooling1dOptions{}).output == Output::none);
  CHECK(layers::mask_rule(GlobalAveragePooling1dOptions{}).reads);
  CHECK_FALSE(layers::mask_rule(GlobalMaxPooling1dOptions{}).reads);
}

TEST_CASE("a mean over steps is over those that are there, whatever the others hold") {
  test::LayerRun run(GlobalAveragePooling1dOptions{}, {Shape{3, 2}, Shape{3}}, 3);
  run.inputs[0] = {1, 2, NAN, 4, 5, 10,  //
                   7, 8, 9,   1, 2, 3,   //
                   1, 2, 3,   4, 5, 6};
  run.inputs[1] = {1, 0, 1, 0, 1, 0, 0, 0, 0};
  run.forward();
  CHECK(test::Numbers(run.outputs[0].begin(), run.outputs[0].begin() + 4) ==
        test::Numbers{3, 6, 9, 1});
  CHECK(std::isnan(run.outputs[0][4]));  // as Keras's, where no step is there
  run.backward({2, 4, 6, 8, 10, 12});
  CHECK(run.input_gradient == test::Numbers{1, 2, 0, 0, 1, 2, 0, 0, 6, 8, 0, 0, 0, 0, 0, 0, 0, 0});
}
