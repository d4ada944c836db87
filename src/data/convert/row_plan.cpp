// SPDX-License-Identifier: Apache-2.0
#include "data/convert/row_plan.hpp"

#include <algorithm>
#include <numeric>

#include "core/units.hpp"
#include "data/convert/copy_rows.hpp"
#include "data/convert/field_buffers.hpp"
#include "data/convert/group_parts.hpp"
#include "data/datasets/label_counts.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "tusk/error.hpp"

namespace tusk::convert {
namespace {

// Sums of a number that each rank has: over the ranks before this one, and over all.
struct Sums {
  std::vector<std::uint64_t> before;
  std::vector<std::uint64_t> all;
};

Sums sums_over(const mpi::Communicator* communicator, const std::vector<std::uint64_t>& mine) {
  if (communicator == nullptr) return {std::vector<std::uint64_t>(mine.size(), 0), mine};
  Sums sums{std::vector<std::uint64_t>(mine.size(), 0), std::vector<std::uint64_t>(mine.size(), 0)};
  int rank = 0;
  for (const auto& theirs : communicator->all_gather(std::span<const std::uint64_t>(mine))) {
    for (std::size_t i = 0; i < mine.size(); ++i) {
      if (rank < communicator->rank()) sums.before[i] += theirs[i];
      sums.all[i] += theirs[i];
    }
    ++rank;
  }
  return sums;
}

// Cuts `rows` rows in proportion: each part gets its fraction rounded down or up. Up where most is
// owed, `owed` being what was rounded off before, so that all classes together are in proportion
// too.
std::vector<std::uint64_t> apportion(std::uint64_t rows, const std::vector<SplitPart>& parts,
                                     std::vector<double>& owed) {
  std::vector<std::uint64_t> sizes;
  std::uint64_t left = rows;
  for (std::size_t part = 0; part < parts.size(); ++part) {
    const double exact = parts[part].fraction * static_cast<double>(rows);
    sizes.push_back(std::min(static_cast<std::uint64_t>(exact), left));
    left -= sizes.back();
    owed[part] += exact - static_cast<double>(sizes.back());
  }
  std::vector<std::size_t> order(parts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater(), [&](auto part) { return owed[part]; });
  for (std::size_t i = 0; left > 0; ++i, --left) {
    ++sizes[order.at(i)];
    owed[order[i]] -= 1.0;
  }
  return sizes;
}

}  // namespace

RowPlan::RowPlan(const Arrangement& arrangement, tables::Table& table, datasets::Block share,
                 const mpi::Communicator* communicator)
    : arrangement_(arrangement), table_(table), share_(share), communicator_(communicator) {
  if (arrangement_.split.empty()) arrangement_.split = {SplitPart{}};
  if (arrangement_.split.size() == 1) arrangement_.by_group = false;  // all rows go to one file
  part_rows_.assign(arrangement_.split.size(), 0);
  if (arrangement_.by_group) {
    find_groups();
  } else if (arrangement_.stratify) {
    find_classes();
    cut_classes();
  } else {
    classes_.push_back({.rows = table.rows(), .first = share.begin, .part_begin = {}});
    cut_classes();
  }
  require_rows();
  count_parts();
  for (std::size_t part = 0; arrangement_.shuffle && part < part_rows_.size(); ++part) {
    orders_.emplace_back(rows(part), arrangement_.seed, Stream::file_shuffle,
                         static_cast<std::uint32_t>(part));
  }
}

void RowPlan::find_classes() {
  const auto& fields = table_.fields();
  if (fields.size() < 2 || !may_be_classes(fields[1])) {
    fail(ExitCode::usage, "--stratify needs labels that are classes: whole numbers or texts");
  }
  datasets::LabelCounts mine;
  mpi::collectively(communicator_, [&] {
    for_each_key([&](std::int64_t label) { mine.add(std::span<const std::int64_t>(&label, 1)); });
  });
  datasets::LabelCounts all = mine;
  if (communicator_ != nullptr) all.unite(*communicator_);
  if (all.too_many()) {
    fail(ExitCode::usage, "--stratify: more than 1,000 different labels are no classes");
  }
  std::vector<std::uint64_t> counts;
  for (const auto& [label, count] : all.counts()) {
    class_index_.emplace(label, counts.size());
    const auto found = mine.counts().find(label);
    counts.push_back(found == mine.counts().end() ? 0 : found->second);
  }
  const Sums sums = sums_over(communicator_, counts);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    classes_.push_back({.rows = sums.all[i], .first = sums.before[i], .part_begin = {}});
  }
}

void RowPlan::cut_classes() {
  std::vector<double> owed(arrangement_.split.size(), 0.0);
  for (Class& one : classes_) {
    const auto sizes = apportion(one.rows, arrangement_.split, owed);
    one.part_begin.push_back(0);
    for (std::size_t part = 0; part < sizes.size(); ++part) {
      one.part_begin.push_back(one.part_begin.back() + sizes[part]);
      part_rows_[part] += sizes[part];
    }
    const auto index = static_cast<std::uint32_t>(choices_.size());
    choices_.emplace_back(one.rows, arrangement_.seed, Stream::file_split, index);
  }
}

void RowPlan::find_groups() {
  datasets::LabelCounts::Counts rows;
  mpi::collectively(communicator_,
                    [&] { for_each_key([&](std::int64_t group) { ++rows[group]; }); });
  if (communicator_ != nullptr) rows = datasets::sum_of_counts(*communicator_, rows);
  group_part_ = assign_groups(rows, arrangement_.split, arrangement_.seed);
  for (const auto& [group, count] : rows) part_rows_[group_part_.at(group)] += count;
}

void RowPlan::require_rows() const {
  for (std::size_t part = 0; part < part_rows_.size(); ++part) {
    if (part_rows_[part] > 0) continue;
    if (!group_part_.empty()) {
      fail(ExitCode::bad_data, "--split: part '{}' would have none of the {} group{}",
           arrangement_.split[part].name, format_count(group_part_.size()),
           group_part_.size() == 1 ? "" : "s");
    }
    fail(ExitCode::bad_data, "--split: part '{}' would have none of the {} rows",
         arrangement_.split[part].name, format_count(table_.rows()));
  }
}

void RowPlan::count_parts() {
  std::vector<std::uint64_t> counts(part_rows_.size(), 0);
  mpi::collectively(communicator_, [&] {
    std::vector<std::uint64_t> next;
    for (const Class& one : classes_) next.push_back(one.first);
    for_each_key([&](std::int64_t key) { ++counts[next_part(key, next)]; });
  });
  part_first_ = sums_over(communicator_, counts).before;
}

std::optional<std::size_t> RowPlan::key_field() const {
  if (arrangement_.stratify) return 1;
  const auto& fields = table_.fields();
  const auto group =
      std::ranges::find(fields, tables::FieldRole::groups, &tables::TableField::role);
  if (!arrangement_.by_group || group == fields.end()) return std::nullopt;
  return static_cast<std::size_t>(group - fields.begin());
}

void RowPlan::for_each_key(const std::function<void(std::int64_t)>& take) const {
  const auto key_field = this->key_field();
  if (!key_field) {
    for (std::uint64_t row = share_.begin; row < share_.end; ++row) take(0);
    return;
  }
  const tables::TableField& field = table_.fields()[*key_field];
  const std::uint64_t step = rows_at_a_time(table_, 1);
  std::vector<std::byte> keys;
  for (std::uint64_t row = share_.begin; row < share_.end; row += step) {
    const std::uint64_t count = std::min(step, share_.end - row);
    keys.resize(count * field.row_bytes());
    std::vector<std::span<std::byte>> out(table_.fields().size());
    out[*key_field] = keys;
    table_.read_rows(row, count, out);
    for (const std::int64_t key : datasets::integers_of(field.type, keys)) take(key);
  }
}

std::size_t RowPlan::class_of(std::int64_t label) const {
  if (!arrangement_.stratify) return 0;
  const auto found = class_index_.find(label);
  if (found == class_index_.end()) {
    fail(ExitCode::bad_data, "the labels changed while they were read");
  }
  return found->second;
}

std::size_t RowPlan::part_of(std::size_t index, std::uint64_t number) const {
  const std::vector<std::uint64_t>& begin = classes_[index].part_begin;
  if (begin.size() == 2) return 0;
  const std::uint64_t place = choices_[index](number % classes_[index].rows);
  return static_cast<std::size_t>(std::ranges::upper_bound(begin, place) - begin.begin()) - 1;
}

RowPlan::Walk::Walk(const RowPlan& plan) : plan_(plan), next_of_part_(plan.part_first_) {
  for (const Class& one : plan.classes_) next_of_class_.push_back(one.first);
}

// The part of the next row with this key.
std::size_t RowPlan::next_part(std::int64_t key, std::vector<std::uint64_t>& next_of_class) const {
  if (!group_part_.empty()) {
    const auto found = group_part_.find(key);
    if (found != group_part_.end()) return found->second;
    fail(ExitCode::bad_data, "the groups changed while they were read");
  }
  const std::size_t index = class_of(key);
  return part_of(index, next_of_class[index]++);
}

void RowPlan::Walk::next(std::int64_t key, const Take& take) {
  const std::size_t part = plan_.next_part(key, next_of_class_);
  std::uint64_t row = next_of_part_[part]++;
  for (std::uint64_t copy = 0; copy < plan_.arrangement_.repeat; ++copy) {
    take(part, plan_.orders_.empty() ? row : plan_.orders_[part](row));
    row += plan_.part_rows_[part];
  }
}

void RowPlan::walk_share(const Take& take) const {
  Walk walk(*this);
  for_each_key([&](std::int64_t key) { walk.next(key, take); });
}

}  // namespace tusk::convert
