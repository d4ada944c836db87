// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tusk/real.hpp"
#include "tusk/shape.hpp"
#include "tusk/transform.hpp"

namespace tusk::transforms {

// The columns of a sample that a transform works on: all, or some by number, ascending.
class Columns {
 public:
  Columns() = default;
  explicit Columns(std::vector<std::uint32_t> numbers) : numbers_(std::move(numbers)) {}

  // The columns that the JSON of a transform has under "columns"; all, if it has none there.
  // Error(bad_data) if they do not ascend.
  static Columns from_json(const nlohmann::json& json);
  void add_to(nlohmann::json& json) const;

  // How many of `width`.
  std::size_t count(std::size_t width) const { return numbers_ ? numbers_->size() : width; }

  // The number of the i-th of them.
  std::size_t number(std::size_t i) const { return numbers_ ? (*numbers_)[i] : i; }

  // change(i, x): the i-th of them is x.
  template <typename T, typename Change>
  void each(std::span<T> sample, Change change) const {
    if (!numbers_) {
      for (std::size_t i = 0; i < sample.size(); ++i) change(i, sample[i]);
    } else {
      for (std::size_t i = 0; i < numbers_->size(); ++i) change(i, sample[(*numbers_)[i]]);
    }
  }

  // x = to(i, x), each by itself: `to` sees no other of them, nor where they lie, so that the loop
  // vectorizes.
  template <typename To>
  void change(std::span<double> sample, To to) const {
    double* const x = sample.data();
    const std::size_t count = this->count(sample.size());
    if (!numbers_) {
#pragma GCC ivdep
      for (std::size_t i = 0; i < count; ++i) x[i] = to(i, x[i]);
    } else {
      for (std::size_t i = 0; i < numbers_->size(); ++i)
        x[(*numbers_)[i]] = to(i, x[(*numbers_)[i]]);
    }
  }

  // Error(bad_data) if samples of this shape do not have them, or if `learned` is not 0 and they
  // are not so many.
  void check(const Shape& samples, std::size_t learned) const;

  // "", or " of columns 0, 3, 4".
  std::string summary() const;

 private:
  std::optional<std::vector<std::uint32_t>> numbers_;
};

// A transform of some columns, each by itself, that leaves the shape as it is.
class ColumnTransform : public Transform {
 public:
  Shape output_shape(const Shape& input) const final {
    columns_.check(input, learned_);
    return input;
  }

 protected:
  // `learned`: how many columns it has learned of; 0: what it does is the same for all.
  explicit ColumnTransform(Columns columns, std::size_t learned = 0)
      : columns_(std::move(columns)), learned_(learned) {}

  const Columns& columns() const { return columns_; }

 private:
  Columns columns_;
  std::size_t learned_;
};

// The finite numbers of an array of a model file.
std::vector<double> numbers_of(const nlohmann::json& json, const char* key);

// "1.5, 2, 3, …": the first numbers, with six digits.
std::string listed(std::span<const double> numbers);

}  // namespace tusk::transforms
