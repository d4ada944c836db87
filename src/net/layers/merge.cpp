// SPDX-License-Identifier: Apache-2.0
#include "net/layers/merge.hpp"

#include <algorithm>
#include <limits>

#include "tusk/error.hpp"

namespace tusk::layers {
namespace {

// The shape to which both are broadcast. Error if there is none.
Shape broadcast_shape(const Shape& a, const Shape& b, const std::string& key) {
  std::vector<std::size_t> extents;
  bool fits = a.rank() == b.rank();
  for (std::size_t axis = 0; fits && axis < a.rank(); ++axis) {
    fits = a[axis] == b[axis] || a[axis] == 1 || b[axis] == 1;
    extents.push_back(std::max(a[axis], b[axis]));
  }
  if (!fits) {
    fail(ExitCode::bad_experiment,
         "{}: its inputs have shapes {} and {}, which do not go together element by element", key,
         a.to_string(), b.to_string());
  }
  return Shape(extents);
}

// For each element of `output` the element of `input` at its place.
std::vector<std::uint32_t> places_of(const Shape& input, const Shape& output) {
  std::vector<std::uint32_t> places{0};
  for (std::size_t axis = 0; axis < output.rank(); ++axis) {
    std::vector<std::uint32_t> finer;
    finer.reserve(places.size() * output[axis]);
    for (const std::uint32_t place : places) {
      for (std::size_t i = 0; i < output[axis]; ++i) {
        finer.push_back(static_cast<std::uint32_t>(place * input[axis] +
                                                   (input[axis] == 1 ? std::size_t{0} : i)));
      }
    }
    places = std::move(finer);
  }
  return places;
}

}  // namespace

Merge::Merge(std::span<const Shape> inputs, const std::string& key) {
  if (inputs.size() < 2) {
    fail(ExitCode::bad_experiment,
         "{}: it takes at least two inputs, but has {}; name them, as in inputs = [\"a\", \"b\"]",
         key, inputs.size());
  }
  output_ = inputs.front();
  for (const Shape& input : inputs.subspan(1)) output_ = broadcast_shape(output_, input, key);
  if (elements() > std::numeric_limits<std::uint32_t>::max()) {
    fail(ExitCode::bad_experiment, "{}: outputs of shape {} are too many", key,
         output_.to_string());
  }
  for (const Shape& input : inputs) {
    places_.push_back(input == output_ ? std::vector<std::uint32_t>() : places_of(input, output_));
  }
}

bool Merge::are_all_whole() const {
  return std::ranges::all_of(places_, [](const auto& places) { return places.empty(); });
}

}  // namespace tusk::layers
