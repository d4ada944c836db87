// SPDX-License-Identifier: Apache-2.0
#include "net/graph/make_loss.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "check_fails.hpp"
#include "net/kernels/activation.hpp"
#include "network.hpp"
#include "tusk/error.hpp"
#include "tusk/extensions.hpp"

using namespace tusk;

namespace {

// Outputs and targets of `samples` samples of `width` values.
struct Batch {
  std::size_t width;
  std::vector<float> outputs;
  std::vector<float> values;
  std::vector<std::int32_t> classes;

  std::size_t samples() const { return outputs.size() / width; }
  ConstMatrix y() const { return {outputs.data(), width, samples()}; }
  Targets targets() const { return {.classes = {}, .values = {values.data(), width, samples()}}; }
  Targets class_targets() const { return {.classes = classes, .values = {}}; }
};

// Fused: the form that takes logits, if there is one.
std::unique_ptr<graph::Loss> make(LossKind kind, bool fused, double delta) {
  auto loss = graph::make_loss(kind, {.huber_delta = delta});
  auto of_logits = loss->of_logits();
  return fused && of_logits ? std::move(of_logits) : std::move(loss);
}

double mean_loss(LossKind kind, bool fused, const Batch& batch, const Targets& targets,
                 double delta = 1.0) {
  return make(kind, fused, delta)->sum(batch.y(), targets) / static_cast<double>(batch.samples());
}

double clip(double p) { return std::clamp(p, 1e-7, 1 - 1e-7); }

struct NoLossOptions {
  friend void describe(options::Fields&, NoLossOptions&) {}
};

}  // namespace

TEST_CASE("losses of errors are means over the outputs, then over the batch") {
  // Errors 0.5, −2; 0, 3.
  const Batch batch{2, {1.5F, 0, 4, 3}, {1, 2, 4, 0}, {}};
  CHECK(mean_loss(LossKind::mse, false, batch, batch.targets()) ==
        doctest::Approx((0.25 + 4 + 0 + 9) / 4));
  CHECK(mean_loss(LossKind::mae, false, batch, batch.targets()) ==
        doctest::Approx((0.5 + 2 + 0 + 3) / 4));
  CHECK(mean_loss(LossKind::huber, false, batch, batch.targets()) ==
        doctest::Approx((0.125 + 1.5 + 0 + 2.5) / 4));
  CHECK(mean_loss(LossKind::huber, false, batch, batch.targets(), 2.5) ==
        doctest::Approx((0.125 + 2 + 0 + 2.5 * 3 - 0.5 * 6.25) / 4));
}

TEST_CASE("a fused cross-entropy is that of the activation's probabilities") {
  const Batch batch{3, {0.3F, -1, 2, 0, 0.5F, 1}, {0.2F, 0.3F, 0.5F, 0, 1, 0}, {2, 1}};
  double from_values = 0, from_classes = 0, binary = 0;
  for (std::size_t sample = 0; sample < 2; ++sample) {
    double sum = 0;
    for (std::size_t i = 0; i < 3; ++i) sum += std::exp(double{batch.y()(i, sample)});
    for (std::size_t i = 0; i < 3; ++i) {
      const double z = batch.y()(i, sample);
      const double t = batch.values[sample * 3 + i];
      const double p = 1 / (1 + std::exp(-z));
      from_values -= t * std::log(std::exp(z) / sum) / 2;
      binary -= (t * std::log(p) + (1 - t) * std::log(1 - p)) / 6;
      if (static_cast<std::int32_t>(i) == batch.classes[sample]) {
        from_classes -= std::log(std::exp(z) / sum) / 2;
      }
    }
  }
  const LossKind categorical = LossKind::categorical_crossentropy;
  CHECK(mean_loss(categorical, true, batch, batch.targets()) == doctest::Approx(from_values));
  CHECK(mean_loss(categorical, true, batch, batch.class_targets()) ==
        doctest::Approx(from_classes));
  CHECK(mean_loss(LossKind::binary_crossentropy, true, batch, batch.targets()) ==
        doctest::Approx(binary));
}

TEST_CASE("a cross-entropy that is not fused takes outputs for probabilities and clips them") {
  // The first sample adds up to 2 and the second has a certain mistake.
  const Batch batch{2, {0.5F, 1.5F, 1, 0}, {1, 0, 0, 1}, {0, 1}};
  const double expected = -(std::log(0.25) + std::log(1e-7)) / 2;
  const LossKind categorical = LossKind::categorical_crossentropy;
  CHECK(mean_loss(categorical, false, batch, batch.targets()) == doctest::Approx(expected));
  CHECK(mean_loss(categorical, false, batch, batch.class_targets()) == doctest::Approx(expected));

  const Batch binary{2, {0.5F, 0.9F, 1, 0}, {1, 1, 0, 0}, {}};
  CHECK(mean_loss(LossKind::binary_crossentropy, false, binary, binary.targets()) ==
        doctest::Approx(
            -(std::log(0.5) + std::log(0.9) + std::log(1 - clip(1)) + std::log(1 - clip(0))) / 4)
            .epsilon(0.01));  // 1 − 1e-7 is 1 − 2⁻²³ in float
}

TEST_CASE("logits of ±1e4 give finite losses and gradients") {
  const Batch batch{2, {1e4F, -1e4F, -1e4F, 1e4F}, {0, 1, 0, 1}, {1, 1}};
  for (const LossKind kind : {LossKind::categorical_crossentropy, LossKind::binary_crossentropy}) {
    CAPTURE(name_of(kind));
    const auto loss = make(kind, true, 1.0);
    std::vector<float> p = batch.outputs;
    for (std::size_t i = 0; i < 2; ++i) {
      kernels::activate(loss->takes_over(), Span(p).subspan(2 * i, 2));
    }
    std::vector<float> dy(4);
    loss->gradient(batch.y(), {p.data(), 2, 2}, batch.targets(), {dy.data(), 2, 2});
    for (const float g : dy) CHECK(std::isfinite(g));
    CHECK(dy[0] > 0);  // the first sample's first output is too large
    CHECK(dy[2] == doctest::Approx(0));
    const double sum = loss->sum(batch.y(), batch.targets());
    // The first sample is wrong by 20,000 (categorical), by 10,000 on average (binary).
    CHECK(sum == doctest::Approx(kind == LossKind::categorical_crossentropy ? 2e4 : 1e4));
  }
}

TEST_CASE("a certain and right answer costs nothing, however large the logits") {
  const Batch batch{3, {20000, 0, 0}, {1, 0, 0}, {0}};
  CHECK(mean_loss(LossKind::categorical_crossentropy, true, batch, batch.class_targets()) == 0.0);
}

TEST_CASE("NaN outputs give a NaN loss") {
  const Batch batch{2, {std::numeric_limits<float>::quiet_NaN(), 1}, {1, 0}, {1}};
  for (const auto& [name, kind] : names_of(LossKind{})) {
    CAPTURE(name);
    for (const bool fused : {false, true}) {
      CHECK(std::isnan(mean_loss(kind, fused, batch, batch.targets())));
    }
  }
  CHECK(std::isnan(
      mean_loss(LossKind::categorical_crossentropy, true, batch, batch.class_targets())));
}

TEST_CASE("a class that the model does not have is an error about the data") {
  for (const std::int32_t label : {-1, 3}) {
    const Batch batch{3, {0, 0, 0}, {}, {label}};
    for (const bool fused : {false, true}) {
      try {
        mean_loss(LossKind::categorical_crossentropy, fused, batch, batch.class_targets());
        FAIL("no error");
      } catch (const Error& error) {
        CHECK(error.code() == ExitCode::bad_data);
        CHECK(std::string(error.what()).find("3 classes, 0 to 2") != std::string::npos);
      }
    }
  }
}

TEST_CASE("a maker that makes no loss is named") {
  Extensions extensions{.package = "test"};
  extensions.add_loss<NoLossOptions>(
      "nothing", [](const NoLossOptions&) { return std::unique_ptr<graph::Loss>(); });
  const UserLoss nothing{extensions.losses.front(), extensions.losses.front()->defaults};
  CHECK_FAILS(graph::make_loss(nothing, {}), ExitCode::internal,
              "the loss 'test>nothing' makes no loss");
}

TEST_CASE("label smoothing is a loss of smoothed labels, and given logits are a fused loss") {
  const Batch batch{3, {0.3F, -1, 2, 0, 0.5F, 1}, {0, 0, 1, 0, 1, 0}, {2, 1}};
  constexpr double s = 0.3;
  Batch smoothed = batch;
  for (const LossKind kind : {LossKind::categorical_crossentropy, LossKind::binary_crossentropy}) {
    const double classes = kind == LossKind::binary_crossentropy ? 2.0 : 3.0;
    for (std::size_t i = 0; i < batch.values.size(); ++i) {
      smoothed.values[i] = static_cast<float>((1 - s) * double{batch.values[i]} + s / classes);
    }
    const auto plain = graph::make_loss(kind, {});
    const auto asked = graph::make_loss(kind, {.label_smoothing = s});
    const auto logits = graph::make_loss(kind, {.label_smoothing = s, .from_logits = true});
    CHECK(plain->takes_over() != Activation::linear);
    CHECK(logits->takes_over() == Activation::linear);

    Batch probabilities = batch;
    Batch wanted = smoothed;
    const auto softmax = [&](std::size_t sample) {
      double sum = 0.0;
      for (std::size_t i = 0; i < 3; ++i) sum += std::exp(double{batch.y()(i, sample)});
      return sum;
    };
    for (std::size_t i = 0; i < batch.outputs.size(); ++i) {
      const double z = double{batch.outputs[i]};
      const double p = classes == 2.0 ? 1 / (1 + std::exp(-z)) : std::exp(z) / softmax(i / 3);
      probabilities.outputs[i] = wanted.outputs[i] = static_cast<float>(p);
    }
    const auto near = [&](const graph::Loss& loss, const Batch& outputs, const Targets& targets,
                          const graph::Loss& reference, const Batch& its) {
      CHECK(loss.sum(outputs.y(), targets) ==
            doctest::Approx(reference.sum(its.y(), its.targets())).epsilon(1e-5));
      std::vector<float> mine(6), theirs(6);
      loss.gradient(outputs.y(), probabilities.y(), targets, Matrix(mine.data(), 3, 2));
      reference.gradient(its.y(), probabilities.y(), its.targets(), Matrix(theirs.data(), 3, 2));
      for (std::size_t i = 0; i < 6; ++i) {
        CHECK(mine[i] == doctest::Approx(theirs[i]).epsilon(1e-4));
      }
    };
    near(*asked, probabilities, batch.targets(), *plain, wanted);
    near(*asked->of_logits(), batch, batch.targets(), *plain->of_logits(), smoothed);
    near(*logits, batch, batch.targets(), *plain->of_logits(), smoothed);
    if (kind != LossKind::categorical_crossentropy) continue;
    near(*asked, probabilities, batch.class_targets(), *plain, wanted);
    near(*asked->of_logits(), batch, batch.class_targets(), *plain->of_logits(), smoothed);
    near(*logits, batch, batch.class_targets(), *plain->of_logits(), smoothed);
  }
}
