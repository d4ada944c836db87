// SPDX-License-Identifier: Apache-2.0
#include "data/transforms/transforms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "core/to_real.hpp"
#include "experiment/transform_options.hpp"
#include "tusk/error.hpp"

namespace tusk::transforms {
namespace {

// The first number that is not finite, or size() of them.
std::size_t first_bad(std::span<const double> numbers) {
  const auto bad = std::ranges::find_if(numbers, [](double x) { return !std::isfinite(x); });
  return static_cast<std::size_t>(bad - numbers.begin());
}

// The first number that is no index of so many rows, or size() of them.
std::size_t first_without_row(const auto& numbers, std::size_t rows) {
  const auto bad = std::ranges::find_if(
      numbers, [end = static_cast<double>(rows)](double x) { return !(x > -1.0 && x < end); });
  return static_cast<std::size_t>(bad - numbers.begin());
}

// Numbers as samples are kept.
void round(std::span<double> numbers) {
  for (double& x : numbers) x = static_cast<double>(static_cast<Real>(x));
}

// Memory of this thread for a sample, until it asks again.
std::span<double> room(std::size_t count) {
  thread_local std::vector<double> numbers;
  if (numbers.size() < count) numbers.resize(count);
  return std::span(numbers).first(count);
}

}  // namespace

// A loop without an exit, to be vectorized.
bool all_finite(ConstSpan numbers) {
  constexpr Real most = std::numeric_limits<Real>::max();
  unsigned bad = 0;  // as wide as the numbers
  for (const Real x : numbers) bad |= std::abs(x) <= most ? 0U : 1U;
  return bad == 0;
}

Transforms Transforms::with_index_limit(std::optional<std::size_t> limit) const {
  Transforms with(*this);
  with.index_limit_ = limit;
  return with;
}

const Transforms* Transforms::of_label(std::size_t label) const {
  if (labels_.empty()) return nullptr;
  const Transforms& its = labels_.size() == 1 ? labels_.front() : labels_.at(label);
  return its.steps_.empty() ? nullptr : &its;
}

Transforms Transforms::with_labels(std::vector<Transforms> labels) const {
  Transforms with(*this);
  with.labels_ = std::move(labels);
  return with;
}

void Transforms::undo(Span numbers) const {
  const std::span<double> exact = room(numbers.size());
  std::ranges::copy(numbers, exact.begin());
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) step->transform->undo(exact);
  std::ranges::transform(exact, numbers.begin(), [](double x) { return static_cast<Real>(x); });
}

bool Transforms::can_undo(std::size_t width) const {
  std::vector<double> numbers(width);
  return std::ranges::all_of(steps_, [&](const Step& step) {
    return step.transform->output_shape(Shape{width}) == Shape{width} &&
           step.transform->undo(numbers);
  });
}

bool Transforms::accepts(ConstSpan sample) const {
  return all_finite(sample) &&
         (!index_limit_ || first_without_row(sample, *index_limit_) == sample.size());
}

std::vector<std::string> Transforms::summary() const {
  std::vector<std::string> lines;
  for (const Step& step : steps_) {
    lines.push_back(fmt::format("{}: {}", step.type, step.transform->summary()));
  }
  if (positive_label_) {
    lines.push_back(fmt::format("{}: label {} becomes 1, others 0", BinaryLabelTransform::type,
                                *positive_label_));
  }
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    const std::string which = labels_.size() == 1 ? "" : fmt::format(" {}", i);
    for (const std::string& line : labels_[i].summary()) {
      lines.push_back(fmt::format("label{}, {}", which, line));
    }
  }
  return lines;
}

Shape Transforms::output_shape(const Shape& stored, const std::string& path) const {
  Shape shape = stored;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const Shape before = shape;
    try {
      shape = steps_[i].transform->output_shape(before);
    } catch (const Error& error) {
      fail(error.code(), "{}: transform {} ({}) cannot take samples of {}: {}", path, i,
           steps_[i].type, before.to_string(), error.what());
    }
    if (shape.elements() < before.elements()) {
      fail(ExitCode::internal,
           "{}: transform {} ({}) makes samples of {} of those of {}; it may "
           "not make fewer numbers",
           path, i, steps_[i].type, shape.to_string(), before.to_string());
    }
  }
  return shape;
}

void Transforms::run(std::span<double> sample, std::size_t stored) const {
  std::size_t width = stored;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (i > 0 && precision_ == Precision::float32) round(sample.first(width));
    width = steps_[i].transform->apply(sample, width);
    const bool last = i + 1 == steps_.size();
    if (last ? width != sample.size() : width > sample.size()) {
      fail(ExitCode::internal, "transform {} ({}) left {} numbers where the samples have {}", i,
           steps_[i].type, width, sample.size());
    }
  }
}

void Transforms::apply(std::span<double> sample, std::size_t stored) const {
  const bool rounds = precision_ == Precision::float32;
  if (rounds) round(sample.first(stored));
  run(sample, stored);
  if (rounds) round(sample);
}

void Transforms::apply(Span sample, std::size_t stored) const {
  if (steps_.empty()) return;
  const std::span<double> exact = room(sample.size());
  std::ranges::copy(sample.first(stored), exact.begin());
  run_to(sample, exact, stored);
}

void Transforms::apply(ConstSpan stored, Span out) const {
  std::ranges::copy(stored, out.begin());
  apply(out, stored.size());
}

void Transforms::apply(std::span<const double> stored, Span out) const {
  const std::span<double> exact = room(out.size());
  std::ranges::copy(stored, exact.begin());
  if (precision_ == Precision::float32) round(exact.first(stored.size()));
  run_to(out, exact, stored.size());
}

void Transforms::apply(ElementType type, const std::byte* stored, std::size_t width,
                       Span out) const {
  if (steps_.empty()) return to_real(type, stored, out.first(width));
  if (precision_ == Precision::float32 && !real_holds(type)) {
    to_real(type, stored, out.first(width));
    return apply(out, width);
  }
  const std::span<double> exact = room(out.size());
  to_double(type, stored, exact.first(width));
  run_to(out, exact, width);
}

void Transforms::run_to(Span out, std::span<double> exact, std::size_t stored) const {
  run(exact, stored);
  std::ranges::transform(exact, out.begin(), [](double x) { return static_cast<Real>(x); });
}

std::string Transforms::objection(ConstSpan stored) const {
  return objection(std::vector<double>(stored.begin(), stored.end()));
}

std::string Transforms::objection(std::span<const double> numbers) const {
  std::vector<double> sample(numbers.begin(), numbers.end());
  const bool rounds = precision_ == Precision::float32;
  if (rounds) round(sample);
  const std::vector<double> stored = sample;
  const auto text = [rounds](double x) {
    return rounds ? fmt::format("{}", static_cast<Real>(x)) : fmt::format("{}", x);
  };
  const auto stored_objection = [&](std::size_t column) {
    return fmt::format("{} in column {}; features must be finite", text(stored[column]), column);
  };
  std::size_t bad = first_bad(sample);
  std::string found = bad < stored.size() ? stored_objection(bad) : "";
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const Transform& step = *steps_[i].transform;
    const std::vector<double> before = sample;
    sample.resize(step.output_shape(Shape{before.size()}).elements());
    step.apply(sample, before.size());
    if (rounds || i + 1 == steps_.size()) round(sample);
    bad = first_bad(sample);
    if (bad == sample.size()) {
      found.clear();
    } else if (found.empty()) {
      found = fmt::format("transform {} ({}) takes {}, but column {} has {}", i, steps_[i].type,
                          step.takes(), bad, text(before[bad]));
    } else if (bad < stored.size() && !std::isfinite(stored[bad])) {
      found = stored_objection(bad);  // what came first in the file may be mended
    }
  }
  if (found.empty() && index_limit_) {
    bad = first_without_row(sample, *index_limit_);
    found = fmt::format(
        "{} in column {}{} is no index of the model's embedding, whose {} rows count from 0",
        text(sample[bad]), bad, steps_.empty() ? "" : ", as the transforms leave it,",
        *index_limit_);
  }
  return found;
}

std::vector<std::string> Transforms::class_names(std::vector<std::string> stored) const {
  if (!positive_label_) return stored;
  const double positive = *positive_label_;
  if (!(positive >= 0.0 && positive < static_cast<double>(stored.size()))) return {};
  const auto index = static_cast<std::size_t>(positive);
  const std::string other =
      stored.size() == 2 ? stored[1 - index] : fmt::format("not {}", stored[index]);
  return {other, stored[index]};
}

}  // namespace tusk::transforms
