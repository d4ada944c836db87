// SPDX-License-Identifier: Apache-2.0
#include "data/csv/csv_survey.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <span>

#include "data/csv/csv_range.hpp"
#include "data/csv/csv_row.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "tusk/error.hpp"

namespace tusk::csv {
namespace {

constexpr std::uint64_t everything = std::numeric_limits<std::uint64_t>::max();

// What the ranks tell each other about their ranges.
struct Ends {
  std::uint64_t first = 0;
  std::uint64_t next = 0;
  std::uint64_t failed = 0;
};

// How many ranges, from the first, are known to be right: each begins where the one before ends.
std::size_t count_right(const std::vector<Ends>& all) {
  std::size_t right = 1;
  while (right < all.size() && all[right - 1].failed == 0 &&
         all[right].first == all[right - 1].next) {
    ++right;
  }
  return right;
}

// The ranges of a file, one on each rank that has one, and what they are together.
class Survey {
 public:
  Survey(const std::string& path, const CsvLayout& layout, const CsvLearned& before,
         const mpi::Communicator* communicator)
      : communicator_(communicator), start_(find_start(path, layout)) {
    const bool compressed = tables::InputFile(path).is_compressed();
    const auto ranks =
        static_cast<std::uint64_t>(communicator == nullptr ? 1 : communicator->size());
    ranges_ = compressed ? 1 : ranks;
    rank_ = communicator == nullptr ? 0 : static_cast<std::uint64_t>(communicator->rank());
    if (rank_ >= ranges_) return;
    const std::uint64_t bytes = std::filesystem::file_size(path) - start_.offset;
    begin_ = start_.offset + bytes / ranges_ * rank_;
    const bool last = rank_ + 1 == ranges_;
    range_ = std::make_unique<CsvRange>(path, layout, before,
                                        last ? everything : begin_ + bytes / ranges_);
  }

  // Takes all ranges, until each begins where the one before ends or one that is right failed.
  void take() {
    if (range_ && rank_ == 0) range_->take_from(start_.offset);
    if (range_ && rank_ > 0) range_->take_from_line_behind(begin_);
    for (;;) {
      const std::vector<Ends> ends = all_ends();
      const std::size_t right = count_right(ends);
      if (right == ends.size() || ends[right - 1].failed != 0) return;
      if (!range_ || rank_ == 0) continue;
      const Ends& before = ends[rank_ - 1];
      if (before.failed == 0 && ends[rank_].first != before.next) range_->take_from(before.next);
    }
  }

  // What has been found, or the error of the first range that failed.
  CsvIndex index() {
    const std::vector<std::uint64_t> lines = before_each(range_ ? range_->lines() : 0);
    const std::vector<std::uint64_t> rows = before_each(range_ ? range_->rows() : 0);
    const std::uint64_t first_line = start_.line + lines[rank_];
    std::string bad_row;
    mpi::collectively(communicator_, [&] {
      if (!range_) return;
      range_->throw_error(first_line);
      bad_row = range_->describe_bad_row(first_line);
    });

    CsvIndex index;
    index.rows = rows.back();
    index.bad_rows = before_each(range_ ? range_->bad_rows() : 0).back();
    std::vector<CsvMark> marks = range_ ? range_->marks() : std::vector<CsvMark>();
    for (CsvMark& mark : marks) {
      mark.line += first_line - 1;
      mark.row += rows[rank_];
    }
    for (const auto& part : gathered(std::span<const CsvMark>(marks))) {
      index.marks.insert(index.marks.end(), part.begin(), part.end());
    }
    for (const auto& part : gathered(std::span<const char>(bad_row))) {
      if (index.first_bad_row.empty()) index.first_bad_row.assign(part.begin(), part.end());
    }
    return index;
  }

  void add_learned(CsvLearned& learned) const {
    if (range_) learned = range_->learned();
    if (communicator_ == nullptr) return;
    learned.labels.unite(*communicator_);
    for (tables::TextClasses& classes : learned.categories) classes.unite(*communicator_);
  }

 private:
  template <typename T>
  std::vector<std::vector<T>> gathered(std::span<const T> mine) const {
    if (communicator_ != nullptr) return communicator_->all_gather(mine);
    return {{mine.begin(), mine.end()}};
  }

  // Sums a number over the ranks before each rank; the last element is the sum over all.
  std::vector<std::uint64_t> before_each(std::uint64_t mine) const {
    std::vector<std::uint64_t> sums{0};
    for (const auto& value : gathered(std::span<const std::uint64_t>(&mine, 1))) {
      sums.push_back(sums.back() + value.front());
    }
    return sums;
  }

  std::vector<Ends> all_ends() const {
    std::vector<Ends> mine;
    if (range_) {
      mine.push_back({range_->first_offset(), range_->next_offset(), range_->failed() ? 1U : 0U});
    }
    std::vector<Ends> all;
    for (const auto& part : gathered(std::span<const Ends>(mine))) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }

  const mpi::Communicator* communicator_;
  CsvStart start_;
  std::uint64_t ranges_ = 1;
  std::uint64_t rank_ = 0;
  std::uint64_t begin_ = 0;
  std::unique_ptr<CsvRange> range_;
};

// A row's label; nothing for a malformed row: the survey meets it again, and says so or counts it.
std::optional<std::string_view> label_if_well_formed(CsvReader& reader, CsvRow& row) try {
  row.take(reader);
  return row.label();
} catch (const Error&) {
  return std::nullopt;
}

}  // namespace

void CsvLearned::finish() {
  labels.finish();
  for (tables::TextClasses& classes : categories) classes.finish();
}

void require_few_classes(const CsvLayout& layout, const CsvLearned& learned,
                         const tables::TextPlace& place) {
  const auto refuse = [&](std::size_t column) {
    fail(ExitCode::bad_data,
         "{}: more than 65,536 different texts, or 16 MiB of them, in column '{}'; are these "
         "classes?",
         place.text(), layout.names[column]);
  };
  if (learned.labels.too_many()) refuse(*layout.chosen.label);
  auto classes = learned.categories.begin();
  for (const CsvFeature& feature : layout.features) {
    if (feature.category && classes++->too_many()) refuse(feature.column);
  }
}

void learn_label_kind(const std::string& path, const CsvLayout& layout, CsvLearned& learned) {
  if (!layout.chosen.label) return;
  CsvReader reader(path, layout.options.delimiter);
  const CsvStart start = find_start(path, layout);
  reader.go_to(start.offset, start.line);
  CsvRow row(layout);
  while (reader.next()) {
    const auto cell = label_if_well_formed(reader, row);
    if (cell && !learned.labels.is_missing(*cell)) return learned.labels.begin_with(*cell);
    if (!layout.options.skip_bad_rows) return;
  }
}

CsvIndex survey_file(const std::string& path, const CsvLayout& layout, CsvLearned& learned,
                     const mpi::Communicator* communicator) {
  std::optional<Survey> survey;
  mpi::collectively(communicator, [&] { survey.emplace(path, layout, learned, communicator); });
  survey->take();
  CsvIndex index = survey->index();
  survey->add_learned(learned);
  return index;
}

}  // namespace tusk::csv
