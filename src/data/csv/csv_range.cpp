// SPDX-License-Identifier: Apache-2.0
#include "data/csv/csv_range.hpp"

#include "tusk/error.hpp"

namespace tusk::csv {
namespace {

constexpr std::uint64_t bytes_between_marks = std::uint64_t{4} << 20;

}  // namespace

CsvRange::CsvRange(const std::string& path, const CsvLayout& layout, const CsvLearned& before,
                   std::uint64_t end)
    : layout_(layout),
      before_(before),
      end_(end),
      reader_(path, layout.options.delimiter),
      row_(layout),
      learned_(before),
      features_(layout.features.size() * size_of(layout.options.type)) {}

void CsvRange::take_from(std::uint64_t offset) {
  take([&] { reader_.go_to(offset, 1); });
}

void CsvRange::take_from_line_behind(std::uint64_t offset) {
  take([&] { reader_.go_to_line_behind(offset); });
}

void CsvRange::take(const std::function<void()>& go_to_first) {
  learned_ = before_;
  rows_ = bad_rows_ = 0;
  bad_row_.reset();
  error_ = nullptr;
  try {
    go_to_first();
    first_offset_ = reader_.next_offset();
    marks_ = {{first_offset_, 1, 0}};
    while (reader_.next_offset() < end_ && reader_.next_line()) {
      if (!reader_.record().empty()) take_record();
    }
    next_offset_ = reader_.next_offset();
    lines_ = reader_.next_line_number() - 1;
  } catch (...) {
    error_ = std::current_exception();
    error_at_ = {reader_.offset(), reader_.line(), rows_};
  }
}

void CsvRange::take_record() {
  if (reader_.offset() >= marks_.back().offset + bytes_between_marks) {
    marks_.push_back({reader_.offset(), reader_.line(), rows_});
  }
  try {
    learn_record();
    ++rows_;
  } catch (const Error&) {
    if (!layout_.options.skip_bad_rows) throw;
    if (!bad_row_) bad_row_ = CsvMark{reader_.offset(), reader_.line(), rows_};
    ++bad_rows_;
  }
  require_few_classes(layout_, learned_, reader_.place());
}

void CsvRange::learn_record() {
  row_.take(reader_);
  if (layout_.options.skip_bad_rows) row_.store_features({}, features_.data());
  if (layout_.options.skip_bad_rows && layout_.chosen.weight) row_.weight();
  if (layout_.options.skip_bad_rows && layout_.chosen.group) row_.group();
  if (layout_.chosen.label) learned_.labels.learn(row_.label(), reader_.place());
  if (learned_.categories.empty()) return;
  auto classes = learned_.categories.begin();
  for (const CsvFeature& feature : layout_.features) {
    if (!feature.category) continue;
    const std::string_view text = row_.text(feature.column);
    if (!row_.is_missing(text)) classes->add(text);
    ++classes;
  }
}

void CsvRange::repeat(const CsvMark& record, std::uint64_t first_line) {
  reader_.go_to(record.offset, first_line + record.line - 1);
  reader_.next_line();
  learn_record();
  require_few_classes(layout_, learned_, reader_.place());
}

void CsvRange::throw_error(std::uint64_t first_line) {
  if (!error_) return;
  repeat(error_at_, first_line);
  std::rethrow_exception(error_);  // one that does not come again
}

std::string CsvRange::describe_bad_row(std::uint64_t first_line) {
  if (!bad_row_) return {};
  try {
    repeat(*bad_row_, first_line);
  } catch (const Error& error) {
    return error.what();
  }
  fail(ExitCode::bad_data, "{} changed while it was read", reader_.path());
}

}  // namespace tusk::csv
