// SPDX-License-Identifier: Apache-2.0
#include "data/tables/libsvm_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/units.hpp"
#include "data/tables/libsvm_line.hpp"
#include "data/tables/libsvm_survey.hpp"
#include "data/tables/number_room.hpp"
#include "data/tables/text_lines.hpp"
#include "data/tables/write_element.hpp"
#include "mpi/collectively.hpp"
#include "tusk/error.hpp"

namespace tusk::tables {
namespace {

constexpr std::uint64_t most_indexed_columns = std::uint64_t{1} << 20;

void check_options(const LibsvmOptions& options) {
  const std::uint64_t columns = options.columns.value_or(1);
  if (columns >= 1 && columns <= most_indexed_columns) return;
  fail(ExitCode::usage, "{} features are asked for; 1 to {} are possible", columns,
       format_count(most_indexed_columns));
}

}  // namespace

std::uint64_t most_columns_of(const LibsvmOptions& options) {
  return options.columns.value_or(most_indexed_columns);
}

// The files, and a place among their rows.
class LibsvmTable::Files {
 public:
  Files(const std::vector<std::string>& paths, const LibsvmOptions& options,
        const mpi::Communicator* communicator)
      : options_(options), labels_(options.type) {
    mpi::collectively(communicator, [&] {
      check_options(options);
      learn_label_kind(paths.front(), labels_);
    });
    for (const std::string& path : paths) {
      files_.push_back({path, survey_libsvm(path, options_, labels_, communicator), rows_});
      rows_ += files_.back().index.rows;
      columns_ = std::max(columns_, files_.back().index.columns);
    }
    labels_.finish();
    if (rows_ == 0) fail(ExitCode::bad_data, "{} holds no rows", paths.front());
    if (columns_ == 0) fail(ExitCode::bad_data, "{} holds labels and no features", paths.front());
    columns_ = options.columns.value_or(columns_);
  }

  const TextLabels& labels() const { return labels_; }
  std::uint64_t rows() const { return rows_; }
  std::uint64_t columns() const { return columns_; }

  // Where the row that was read last stands.
  TextPlace place() const { return reader_->place(); }

  // Goes to a row; read_row() goes on there.
  void go_to(std::uint64_t row) {
    if (file_ == nullptr || row != next_row_) open(row);
  }

  // The next row: what is not zero; its label to `label`, which moves behind it, unless it is null.
  const std::vector<LibsvmLine::Entry>& read_row(std::byte*& label) {
    if (next_row_ == file_->first_row + file_->index.rows) open(next_row_);
    next_line();
    if (label != nullptr) labels_.write(line_.label, reader_->place(), label);
    return line_.entries;
  }

 private:
  struct File {
    std::string path;
    LibsvmIndex index;
    std::uint64_t first_row = 0;
  };

  void open(std::uint64_t row) {
    const File& file = *(std::ranges::upper_bound(files_, row, {}, &File::first_row) - 1);
    if (file_ != &file) reader_ = std::make_unique<TextLines>(file.path);
    file_ = &file;
    const auto behind =
        std::ranges::upper_bound(file.index.marks, row - file.first_row, {}, &LibsvmMark::row);
    const LibsvmMark& mark = *(behind - 1);
    reader_->go_to(mark.offset, mark.line);
    next_row_ = file.first_row + mark.row;
    while (next_row_ < row) next_line();
  }

  // Goes to the next line that is a row.
  void next_line() {
    do {
      if (!reader_->next()) {
        fail(ExitCode::bad_data, "{} changed while it was read", reader_->path());
      }
    } while (!read_libsvm_line(reader_->line(), options_.base, columns_, reader_->place(), line_));
    ++next_row_;
  }

  LibsvmOptions options_;
  TextLabels labels_;
  std::vector<File> files_;
  std::uint64_t rows_ = 0;
  std::uint64_t columns_ = 0;

  std::unique_ptr<TextLines> reader_;
  const File* file_ = nullptr;  // that the reader reads
  std::uint64_t next_row_ = 0;
  LibsvmLine line_;
};

LibsvmTable::LibsvmTable(const std::vector<std::string>& paths, const LibsvmOptions& options,
                         const FieldNames& names, const mpi::Communicator* communicator)
    : files_(std::make_unique<Files>(paths, options, communicator)) {
  fields_.push_back({names.features, options.type, Shape{files_->columns()}, {}, {}});
  fields_.push_back({names.label, files_->labels().type(), {}, {}, files_->labels().class_names()});
}

LibsvmTable::~LibsvmTable() = default;

std::uint64_t LibsvmTable::rows() const { return files_->rows(); }

void LibsvmTable::read_rows(std::uint64_t first, std::uint64_t count,
                            std::span<const std::span<std::byte>> out) {
  if (count == 0) return;
  files_->go_to(first);
  const TableField& features = fields_[0];
  std::byte* labels = out.size() > 1 && !out[1].empty() ? out[1].data() : nullptr;
  std::ranges::fill(out[0], std::byte{0});
  for (std::uint64_t row = 0; row < count; ++row) {
    for (const auto& [column, value] : files_->read_row(labels)) {
      if (out[0].empty()) break;
      std::byte* to = out[0].data() + row * features.row_bytes() + column * size_of(features.type);
      write_element(value, features.type, to);
      require_room(value, "", features.type,
                   [&] { return fmt::format("{}: {}", files_->place().text(), value); });
      if (std::isnan(value)) ++missing_values_;
      if (is_rounded(value, features.type)) ++rounded_values_;
    }
  }
}

}  // namespace tusk::tables
