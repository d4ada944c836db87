// SPDX-License-Identifier: Apache-2.0
// Transforms of labels, which are undone in predictions.
#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/transforms/transforms.hpp"

namespace tusk::transforms {
namespace {

Transforms of_steps(const std::string& steps) { return Transforms::from_json(steps, "test", {}); }

}  // namespace

TEST_CASE("what can be undone comes back, column by column") {
  const Transforms steps = of_steps(
      R"([{"type": "log", "offset": 1.0, "columns": [1]},
          {"type": "standard", "centers": [125.0, 4.5], "slopes": [0.1, 2.0], "base": 0},
          {"type": "minmax", "centers": [0.0, 0.0], "slopes": [0.0, 0.25], "base": -1},
          {"type": "scale", "factor": -3.0, "offset": 0.5}])");
  CHECK(steps.can_undo(2));
  std::vector<float> label{130.0F, 99.0F};
  steps.apply(label, 2);
  CHECK(label[1] == doctest::Approx(-3.0 * ((std::log(100.0) - 4.5) * 2.0 * 0.25 - 1.0) + 0.5));
  steps.undo(label);
  CHECK(label[0] == 125.0F);  // the slope of a constant is 0: its center is all that is known
  CHECK(label[1] == doctest::Approx(99.0).epsilon(1e-5));
}

TEST_CASE("steps without a way back, or that change the width, cannot be undone") {
  CHECK(of_steps("[]").can_undo(3));
  CHECK_FALSE(of_steps(R"([{"type": "clip", "low": 0.0, "high": 1.0}])").can_undo(1));
  CHECK_FALSE(of_steps(R"([{"type": "scale", "factor": 0.0, "offset": 1.0}])").can_undo(1));
  CHECK_FALSE(of_steps(R"([{"type": "log", "offset": 1.0}, {"type": "one_hot", "column": 0,
                            "unknown": "zeros", "categories": [1, 2, 3]}])")
                  .can_undo(1));
}

TEST_CASE("the steps of labels are kept with the first input's, of one label or of each") {
  const Transforms scale = of_steps(R"([{"type": "scale", "factor": 0.5, "offset": 0.0}])");
  const Transforms log = of_steps(R"([{"type": "log", "offset": 1.0}])");
  CHECK(scale.of_label(0) == nullptr);
  const Transforms one = of_steps(scale.with_labels({log}).to_json());
  REQUIRE(one.of_label(0) != nullptr);
  CHECK(one.of_label(0)->to_json() == log.to_json());
  CHECK(one.of_label(1)->to_json() == log.to_json());  // one array of labels is all outputs'
  CHECK_FALSE(one.empty());
  const Transforms two = of_steps(Transforms().with_labels({Transforms(), log}).to_json());
  CHECK(two.of_label(0) == nullptr);
  CHECK(two.of_label(1)->to_json() == log.to_json());
  CHECK(two.keep_features());
  CHECK(two.summary() == std::vector<std::string>{"label 1, log: ln(x + 1)"});
  CHECK_FAILS(of_steps(Transforms().with_labels({one}).to_json()), ExitCode::bad_data,
              "have labels of their own");
}

}  // namespace tusk::transforms
