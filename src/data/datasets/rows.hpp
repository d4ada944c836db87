// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

namespace tusk::datasets {

// The positions, or the rows, from `begin` to `end`, without `end`.
struct Block {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  std::uint64_t size() const { return end - begin; }
  friend bool operator==(const Block&, const Block&) = default;
};

// Row numbers in ascending order, some of which may occur repeatedly: all of a data set, all but
// some, or a list. Cheap to copy: parts share the list, and a range has none. A row's place in the
// order is its position, from 0.
class Rows {
 public:
  using List = std::vector<std::uint64_t>;  // ascending

  Rows() = default;  // none
  Rows(List rows);   // NOLINT(google-explicit-constructor)
  Rows(std::initializer_list<std::uint64_t> rows) : Rows(List(rows)) {}
  explicit Rows(std::shared_ptr<const List> rows) : list_(std::move(rows)), size_(list_->size()) {}

  // The rows 0 … count−1.
  static Rows all(std::uint64_t count);

  // The rows 0 … count−1 without those of the list, which has each once.
  static Rows all_but(std::uint64_t count, std::shared_ptr<const List> excluded);

  std::uint64_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  std::uint64_t operator[](std::uint64_t position) const;

  // The first position with this row or a later one; size() if there is none.
  std::uint64_t position_of(std::uint64_t row) const;

  // The rows at these positions.
  Rows part(Block positions) const;

  // The stretches of rows that follow each other without a gap, as blocks of row numbers.
  std::vector<Block> runs() const;

  List to_vector() const;

 private:
  std::shared_ptr<const List> list_;  // may be null: nothing
  bool all_but_list_ = false;
  std::uint64_t first_ = 0;  // where these rows begin among all, or all but the list
  std::uint64_t size_ = 0;
};

}  // namespace tusk::datasets
