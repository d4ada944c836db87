// SPDX-License-Identifier: Apache-2.0
#include "net/graph/metric.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace tusk;

TEST_CASE("accuracy of several outputs compares the places of the largest") {
  const std::vector<float> p{0.2F, 0.5F, 0.3F, 0.9F, 0.1F, 0.0F, 0.4F, 0.4F, 0.2F};
  const ConstMatrix predictions(p.data(), 3, 3);
  const std::vector<std::int32_t> classes{1, 2, 0};  // right, wrong, right: the first of equals
  CHECK(graph::metric_sum(MetricKind::accuracy, predictions, {.classes = classes, .values = {}}) ==
        2);
  const std::vector<float> values{0, 1, 0, 0, 0, 1, 0.5F, 0.3F, 0.2F};
  CHECK(graph::metric_sum(MetricKind::accuracy, predictions,
                          {.classes = {}, .values = {values.data(), 3, 3}}) == 2);
}

TEST_CASE("accuracy of one output has its threshold above 0.5") {
  const std::vector<float> p{0.5F, 0.6F, 0.4F, 0.7F};
  const std::vector<float> values{0, 1, 1, 1};
  CHECK(graph::metric_sum(MetricKind::accuracy, {p.data(), 1, 4},
                          {.classes = {}, .values = {values.data(), 1, 4}}) == 3);
}

TEST_CASE("errors are means over the outputs, and classes count as one-hot") {
  const std::vector<float> p{0.5F, 0.25F, 0.25F, 0, 1, 0};
  const ConstMatrix predictions(p.data(), 3, 2);
  const std::vector<std::int32_t> classes{0, 2};
  const std::vector<float> values{1, 0, 0, 0, 0, 1};
  const Targets by_class{.classes = classes, .values = {}};
  const Targets one_hot{.classes = {}, .values = {values.data(), 3, 2}};
  const double mse = (0.25 + 0.0625 + 0.0625 + 0 + 1 + 1) / 3;
  const double mae = (0.5 + 0.25 + 0.25 + 0 + 1 + 1) / 3;
  CHECK(graph::metric_sum(MetricKind::mse, predictions, by_class) == doctest::Approx(mse));
  CHECK(graph::metric_sum(MetricKind::mse, predictions, one_hot) == doctest::Approx(mse));
  CHECK(graph::metric_sum(MetricKind::mae, predictions, by_class) == doctest::Approx(mae));
  CHECK(graph::metric_sum(MetricKind::mae, predictions, one_hot) == doctest::Approx(mae));
}
