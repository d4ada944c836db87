// SPDX-License-Identifier: Apache-2.0
#include "data/tables/libsvm_survey.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <memory>
#include <span>

#include "data/tables/libsvm_line.hpp"
#include "data/tables/text_lines.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "tusk/error.hpp"

namespace tusk::tables {
namespace {

constexpr std::uint64_t bytes_between_marks = std::uint64_t{4} << 20;

// The lines of a file that begin in a range of its bytes.
class Range {
 public:
  Range(const std::string& path, const LibsvmOptions& options, const TextLabels& labels,
        std::uint64_t begin, std::uint64_t end)
      : reader_(path), options_(options), labels_(labels), begin_(begin), end_(end) {}

  // Takes them all, or up to one that is an error.
  void take() try {
    reader_.go_to_line_behind(begin_);
    while (reader_.next() && reader_.offset() < end_) {
      take_line();
      ++lines_;
    }
  } catch (const Error&) {
    failed_ = true;
  }

  // Throws the error again, with the line's number in the file.
  void throw_error(std::uint64_t lines_before) {
    if (!failed_) return;
    reader_.go_to(reader_.offset(), lines_before + lines_ + 1);
    if (reader_.next()) take_line();
    fail(ExitCode::bad_data, "{} changed while it was read", reader_.path());
  }

  const TextLabels& labels() const { return labels_; }
  const std::vector<LibsvmMark>& marks() const { return marks_; }
  std::uint64_t lines() const { return lines_; }
  std::uint64_t rows() const { return rows_; }
  std::uint64_t columns() const { return columns_; }

 private:
  void take_line() {
    if (!read_libsvm_line(reader_.line(), options_.base, most_columns_of(options_), reader_.place(),
                          line_)) {
      return;
    }
    labels_.learn(line_.label, reader_.place());
    if (labels_.too_many()) {
      fail(ExitCode::bad_data, "{}: too many different texts as labels; are these classes?",
           reader_.place().text());
    }
    if (!line_.entries.empty()) columns_ = std::max(columns_, line_.entries.back().column + 1);
    if (marks_.empty() || reader_.offset() >= marks_.back().offset + bytes_between_marks) {
      marks_.push_back({reader_.offset(), lines_ + 1, rows_});
    }
    ++rows_;
  }

  TextLines reader_;
  const LibsvmOptions& options_;
  TextLabels labels_;
  std::uint64_t begin_;
  std::uint64_t end_;
  bool failed_ = false;
  LibsvmLine line_;
  std::vector<LibsvmMark> marks_;
  std::uint64_t lines_ = 0;
  std::uint64_t rows_ = 0;
  std::uint64_t columns_ = 0;
};

// This rank's share of a file.
std::unique_ptr<Range> share_of(const std::string& path, const LibsvmOptions& options,
                                const TextLabels& labels, const mpi::Communicator* communicator) {
  const auto ranks = static_cast<std::uint64_t>(communicator == nullptr ? 1 : communicator->size());
  const auto rank = static_cast<std::uint64_t>(communicator == nullptr ? 0 : communicator->rank());
  constexpr std::uint64_t everything = std::numeric_limits<std::uint64_t>::max();
  if (InputFile(path).is_compressed()) {
    return std::make_unique<Range>(path, options, labels, 0, rank == 0 ? everything : 0);
  }
  const std::uint64_t bytes = std::filesystem::file_size(path);
  const auto begin_of = [&](std::uint64_t share) { return bytes / ranks * share; };
  const std::uint64_t end = rank + 1 == ranks ? everything : begin_of(rank + 1);
  return std::make_unique<Range>(path, options, labels, begin_of(rank), end);
}

template <typename T>
std::vector<std::vector<T>> gathered(std::span<const T> mine,
                                     const mpi::Communicator* communicator) {
  if (communicator != nullptr) return communicator->all_gather(mine);
  return {{mine.begin(), mine.end()}};
}

// What the ranks have found, one behind the other.
struct Found {
  std::uint64_t lines = 0;
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;
};

}  // namespace

void learn_label_kind(const std::string& path, TextLabels& labels) {
  TextLines reader(path);
  while (reader.next()) {
    const std::string_view label = label_of_libsvm_line(reader.line());
    if (!label.empty()) return labels.begin_with(label);
  }
}

LibsvmIndex survey_libsvm(const std::string& path, const LibsvmOptions& options, TextLabels& labels,
                          const mpi::Communicator* communicator) {
  std::unique_ptr<Range> range;
  mpi::collectively(communicator, [&] {
    range = share_of(path, options, labels, communicator);
    range->take();
  });
  const Found mine{range->lines(), range->rows(), range->columns()};
  Found before;  // on the ranks before this one
  LibsvmIndex index;
  const auto all = gathered(std::span<const Found>(&mine, 1), communicator);
  for (std::size_t rank = 0; rank < all.size(); ++rank) {
    const Found& other = all[rank].front();
    const bool earlier =
        communicator != nullptr && rank < static_cast<std::size_t>(communicator->rank());
    before.lines += earlier ? other.lines : 0;
    before.rows += earlier ? other.rows : 0;
    index.rows += other.rows;
    index.columns = std::max(index.columns, other.columns);
  }
  mpi::collectively(communicator, [&] { range->throw_error(before.lines); });

  std::vector<LibsvmMark> marks = range->marks();
  for (LibsvmMark& mark : marks) {
    mark.line += before.lines;
    mark.row += before.rows;
  }
  for (const auto& part : gathered(std::span<const LibsvmMark>(marks), communicator)) {
    index.marks.insert(index.marks.end(), part.begin(), part.end());
  }
  labels = range->labels();
  if (communicator != nullptr) labels.unite(*communicator);
  return index;
}

}  // namespace tusk::tables
