// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <vector>

namespace tusk {

// The extents of one sample or of one parameter array, without the batch: (28, 28) for an image.
class Shape {
 public:
  Shape() = default;
  Shape(std::initializer_list<std::size_t> extents) : extents_(extents) {}
  explicit Shape(std::vector<std::size_t> extents) : extents_(std::move(extents)) {}

  std::size_t rank() const { return extents_.size(); }
  std::size_t operator[](std::size_t axis) const { return extents_[axis]; }
  const std::vector<std::size_t>& extents() const { return extents_; }

  // The product of the extents; 1 for a scalar.
  std::size_t elements() const;

  // "(28, 28)"; "(10,)" for one axis, as numpy prints it.
  std::string to_string() const;

  friend bool operator==(const Shape&, const Shape&) = default;

 private:
  std::vector<std::size_t> extents_;
};

}  // namespace tusk
