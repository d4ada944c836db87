// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "data/convert/arrangement.hpp"
#include "data/convert/permutation.hpp"
#include "data/datasets/split.hpp"
#include "data/tables/table.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::convert {

// Where each row of a table goes: to which part of an arrangement, and where in it. Each rank knows
// it for its share of the rows, which follow one another by rank.
//
// Row j of a class of n rows goes to the part into whose interval π(j) falls, where the intervals
// cut 0 … n−1 in proportion; without stratification all rows are one class. By groups, the rows of
// a group go to one part (assign_groups): a number for every group is kept. Within a part the rows
// keep their order, or change it by a permutation of the part's own.
class RowPlan {
 public:
  // Collective if there is a communicator. To stratify, or by groups, reads the labels, or groups,
  // twice. Throws Error(usage) to stratify what has no classes, Error(bad_data) for a part without
  // rows, and what reading throws.
  RowPlan(const Arrangement& arrangement, tables::Table& table, datasets::Block share,
          const mpi::Communicator* communicator);

  // How many rows the file of a part gets, repeated rows included.
  std::uint64_t rows(std::size_t part) const { return part_rows_[part] * arrangement_.repeat; }

  // The field whose numbers decide where rows go, if one does: the labels or the groups.
  std::optional<std::size_t> key_field() const;

  // Goes through the rows of the share in their order: calls `take(part, row of its file)`, as
  // often as the row is repeated. `key`: the row's number of the key field.
  using Take = std::function<void(std::size_t, std::uint64_t)>;
  class Walk {
   public:
    explicit Walk(const RowPlan& plan);
    Walk(const RowPlan&&) = delete;
    void next(std::int64_t key, const Take& take);

   private:
    const RowPlan& plan_;
    std::vector<std::uint64_t> next_of_class_;
    std::vector<std::uint64_t> next_of_part_;
  };

  // Goes through all rows of the share.
  void walk_share(const Take& take) const;

 private:
  // The rows with one label, or all.
  struct Class {
    std::uint64_t rows = 0;
    std::uint64_t first = 0;                // number of the share's first one
    std::vector<std::uint64_t> part_begin;  // where each part's interval begins, and the end
  };

  void find_classes();
  void find_groups();
  void require_rows() const;
  void cut_classes();
  void count_parts();
  void for_each_key(const std::function<void(std::int64_t)>& take) const;
  std::size_t class_of(std::int64_t label) const;
  std::size_t part_of(std::size_t index, std::uint64_t number) const;
  std::size_t next_part(std::int64_t key, std::vector<std::uint64_t>& next_of_class) const;

  Arrangement arrangement_;
  tables::Table& table_;
  datasets::Block share_;
  const mpi::Communicator* communicator_;
  std::map<std::int64_t, std::size_t> class_index_;  // empty: all rows are one class
  std::vector<Class> classes_;
  std::unordered_map<std::int64_t, std::size_t> group_part_;  // by groups; then without classes
  std::vector<Permutation> choices_;                          // by class
  std::vector<std::uint64_t> part_rows_;
  std::vector<std::uint64_t> part_first_;  // the share's first row in each part
  std::vector<Permutation> orders_;        // by part; none: they keep their order
};

}  // namespace tusk::convert
