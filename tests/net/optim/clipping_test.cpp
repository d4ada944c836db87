// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "net/optim/make_optimizer.hpp"
#include "tusk/error.hpp"

using namespace tusk;

namespace {

const std::vector<std::size_t> clipped_sizes{2, 3};

// The gradients after a step that clips; (3, 4 | 0, 0, 12) before it: norms 5 and 12, together 13.
std::vector<float> clipped(const OptimizerOptions& options) {
  std::vector<float> weights(5);
  std::vector<float> gradients{3, 4, 0, 0, 12};
  optim::make_optimizer(options, clipped_sizes)->step(weights, gradients);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    CHECK(weights[i] == doctest::Approx(-gradients[i]));  // the step is by what was clipped
  }
  return gradients;
}

OptimizerOptions plain() {
  OptimizerOptions options = with_defaults(SgdOptions{});
  options.learning_rate = 1.0;
  return options;
}

void check_equal(const std::vector<float>& values, const std::vector<double>& expected) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    CHECK(values[i] == doctest::Approx(expected[i]));
  }
}

std::string message_of(const OptimizerOptions& options) {
  try {
    optim::make_optimizer(options, clipped_sizes);
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::bad_experiment);
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("clipnorm limits each array's norm") {
  OptimizerOptions options = plain();
  options.clipnorm = 6.0;
  check_equal(clipped(options), {3, 4, 0, 0, 6});
}

TEST_CASE("global_clipnorm limits the norm of all gradients together") {
  OptimizerOptions options = plain();
  options.global_clipnorm = 6.5;
  check_equal(clipped(options), {1.5, 2, 0, 0, 6});
  options.global_clipnorm = 20.0;
  CHECK(clipped(options) == std::vector<float>{3, 4, 0, 0, 12});
}

TEST_CASE("clipvalue limits each component") {
  OptimizerOptions options = plain();
  options.clipvalue = 3.5;
  check_equal(clipped(options), {3, 3.5, 0, 0, 3.5});
}

TEST_CASE("norms of long and of huge gradients") {
  OptimizerOptions options = plain();
  options.global_clipnorm = 1.0;
  const std::size_t size = 100003;
  std::vector<float> weights(size);
  std::vector<float> gradients(size, 1e30F);  // their squares are beyond float
  optim::make_optimizer(options, std::span(&size, 1))->step(weights, gradients);
  CHECK(gradients[size - 1] == doctest::Approx(1.0 / std::sqrt(100003.0)));
}

TEST_CASE("NaN in the gradients is not clipped away") {
  for (const auto limit : {&OptimizerOptions::clipnorm, &OptimizerOptions::global_clipnorm,
                           &OptimizerOptions::clipvalue}) {
    OptimizerOptions options = plain();
    options.*limit = 1.0;
    std::vector<float> weights(5);
    std::vector<float> gradients{NAN, 1, 1, 1, 1};
    optim::make_optimizer(options, clipped_sizes)->step(weights, gradients);
    CHECK(std::isnan(weights[0]));
  }
}

TEST_CASE("options out of range are refused by their keys") {
  const auto contains = [](const std::string& message, const char* part) {
    CAPTURE(message);
    CHECK(message.find(part) != std::string::npos);
  };
  OptimizerOptions two = plain();
  two.clipnorm = 1.0;
  two.clipvalue = 1.0;
  contains(message_of(two), "only one of");
  OptimizerOptions zero = plain();
  zero.global_clipnorm = 0.0;
  contains(message_of(zero), "optimizer.global_clipnorm must be above 0");
  OptimizerOptions rate = plain();
  rate.learning_rate = NAN;
  contains(message_of(rate), "optimizer.learning_rate must be at least 0");
  contains(message_of(with_defaults(SgdOptions{.momentum = 1.5})), "optimizer.momentum");
  contains(message_of(with_defaults(AdamOptions{.beta_2 = 1.0})), "optimizer.beta_2");
  contains(message_of(with_defaults(RmspropOptions{.epsilon = -1.0})), "optimizer.epsilon");
  contains(message_of(with_defaults(RmspropOptions{.rho = 1.0})), "optimizer.rho must be");
  contains(message_of(with_defaults(AdadeltaOptions{.rho = 1.0})), "optimizer.rho must be");
}
