// SPDX-License-Identifier: Apache-2.0
#include "data/csv/csv_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "mpi/collectively.hpp"
#include "tusk/error.hpp"

namespace tusk::csv {
namespace {

CsvLayout read_layout_together(const std::string& path, const CsvOptions& options,
                               const tables::ColumnChoice& choice,
                               const mpi::Communicator* communicator) {
  CsvLayout layout;
  mpi::collectively(communicator, [&] { layout = read_layout(path, options, choice); });
  return layout;
}

// What the message about a file without rows adds if the file has a single column: it may be no CSV
// at all, or have another delimiter.
std::string about_lone_column(const CsvLayout& layout) {
  constexpr std::size_t longest_shown_text = 40;
  if (layout.columns() > 1) return {};
  return fmt::format(
      ", the one column {:?}; --delimiter and --format say what the file is, if this is wrong",
      layout.names.front().substr(0, longest_shown_text));
}

}  // namespace

CsvFiles::CsvFiles(const std::vector<std::string>& paths, const CsvOptions& options,
                   const tables::ColumnChoice& choice, const mpi::Communicator* communicator)
    : layout_(read_layout_together(paths.front(), options, choice, communicator)),
      learned_(layout_),
      row_(layout_),
      unwanted_(layout_.features.size() * size_of(options.type)) {
  mpi::collectively(communicator, [&] { learn_label_kind(paths.front(), layout_, learned_); });
  for (const std::string& path : paths) {
    files_.push_back({path, survey_file(path, layout_, learned_, communicator), rows_});
    rows_ += files_.back().index.rows;
  }
  learned_.finish();
  check_class_names();
  if (rows_ > 0) return;
  fail(ExitCode::bad_data, "{} holds no {}", paths.front(),
       bad_rows().count > 0 ? "row that is well formed; the first bad one: " + bad_rows().first
                            : "rows below its header" + about_lone_column(layout_));
}

// Texts that are all numbers in another notation name no classes, unless the user says that they
// do.
void CsvFiles::check_class_names() const {
  const std::vector<std::string> names = learned_.labels.class_names();
  if (names.empty() || layout_.label_is_category) return;
  std::string option;
  for (const std::string& name : names) {
    option = tables::option_for_number(name);
    if (option.empty() && !tables::parse_number(name)) return;
  }
  const std::string& column = layout_.names[*layout_.chosen.label];
  fail(ExitCode::bad_data,
       "{}: the labels in column '{}' look like numbers, {:?} for example: {} reads them so, and "
       "'--categories {}' takes them for names of classes",
       files_.front().path, column, names.back(), option, column);
}

tables::BadRows CsvFiles::bad_rows() const {
  tables::BadRows all;
  for (const File& file : files_) {
    if (all.count == 0) all.first = file.index.first_bad_row;
    all.count += file.index.bad_rows;
  }
  return all;
}

void CsvFiles::go_to(std::uint64_t row) {
  if (file_ != nullptr && row == next_row_) return;
  open(row);
}

void CsvFiles::open(std::uint64_t row) {
  const File& file = *(std::ranges::upper_bound(files_, row, {}, &File::first_row) - 1);
  if (file_ != &file) reader_.emplace(file.path, layout_.options.delimiter);
  file_ = &file;
  const std::vector<CsvMark>& marks = file.index.marks;
  const auto behind = std::ranges::upper_bound(marks, row - file.first_row, {}, &CsvMark::row);
  const CsvMark& mark = *(behind - 1);
  reader_->go_to(mark.offset, mark.line);
  for (next_row_ = file.first_row + mark.row; next_row_ < row; ++next_row_) next_record();
}

// Only the survey knows which rows are bad, so they are looked at again.
bool CsvFiles::is_good() {
  if (!layout_.options.skip_bad_rows) return true;
  try {
    row_.take(*reader_);
    row_.store_features({}, unwanted_.data());
    if (layout_.chosen.weight) row_.weight();
    if (layout_.chosen.group) row_.group();
    if (layout_.chosen.label) learned_.labels.check(row_.label(), reader_->place());
  } catch (const Error&) {  // counted by the survey
    return false;
  }
  return true;
}

// Goes to the next good record.
void CsvFiles::next_record() {
  do {
    if (!reader_->next()) {
      fail(ExitCode::bad_data, "{} changed while it was read", reader_->path());
    }
  } while (!is_good());
}

namespace {

template <typename Number>
void put(Number number, std::byte*& place) {
  std::memcpy(place, &number, sizeof number);
  place += sizeof number;
}

}  // namespace

CsvRow::Counts CsvFiles::read_row(Places& places) {
  if (next_row_ == file_->first_row + file_->index.rows) open(next_row_);
  next_record();
  ++next_row_;
  if (!layout_.options.skip_bad_rows) row_.take(*reader_);
  if (places.label != nullptr) {
    learned_.labels.write(row_.label(), reader_->place(), places.label);
  }
  if (places.weight != nullptr) put(row_.weight(), places.weight);
  if (places.group != nullptr) put(row_.group(), places.group);
  return places.features == nullptr ? CsvRow::Counts{}
                                    : row_.store_features(learned_.categories, places.features);
}

}  // namespace tusk::csv
