// SPDX-License-Identifier: Apache-2.0
#include "data/tables/array_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "tusk/error.hpp"

namespace tusk::tables {
namespace {

bool is_part_of_folder(const std::filesystem::directory_entry& entry) {
  const std::string name = entry.path().filename().string();
  return entry.is_regular_file() &&
         (name.ends_with(".npy") || name.ends_with(".npy.gz") || name.ends_with(".npy.xz"));
}

bool is_digit_of_name(char c) { return c >= '0' && c <= '9'; }

// The number that a text begins with, without its first zeros; taken off the text.
std::string_view take_number(std::string_view& text) {
  const auto end = std::ranges::find_if_not(text, is_digit_of_name);
  std::string_view number = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(number.size());
  number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
  return number;
}

// Whether a file comes before another: by their names, but numbers by their size.
bool comes_before(const std::string& one, const std::string& other) {
  std::string_view a = one;
  std::string_view b = other;
  while (!a.empty() && !b.empty()) {
    if (is_digit_of_name(a.front()) && is_digit_of_name(b.front())) {
      const std::string_view left = take_number(a);
      const std::string_view right = take_number(b);
      if (left.size() != right.size()) return left.size() < right.size();
      if (left != right) return left < right;
    } else if (a.front() != b.front()) {
      return a.front() < b.front();
    } else {
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
  }
  if (a.empty() != b.empty()) return a.empty();
  return one < other;
}

std::vector<std::string> files_of(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return {path};
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    if (is_part_of_folder(entry)) files.push_back(entry.path().string());
  }
  if (error) fail(ExitCode::no_input, "cannot list {}: {}", path, error.message());
  if (files.empty()) fail(ExitCode::no_input, "the folder {} holds no .npy files", path);
  std::ranges::sort(files, comes_before);
  return files;
}

// "rows of (28, 28) uint8", "records".
std::string rows_text(const ArrayFile& file) {
  if (!file.record_fields().empty()) return "records";
  return fmt::format("rows of {} {}", file.row_shape().to_string(), name_of(file.type()));
}

}  // namespace

ArrayFiles::ArrayFiles(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    for (const std::string& file : files_of(path)) add(file);
  }
}

void ArrayFiles::add(const std::string& path) {
  auto file = std::make_unique<ArrayFile>(path);
  if (parts_.empty()) {
    type_ = file->type();
    row_shape_ = file->row_shape();
    record_fields_ = file->record_fields();
  } else if (file->record_fields() != record_fields_) {
    fail(ExitCode::bad_data, "{} holds records of other fields than {}, or only one of them does",
         path, parts_.front().path);
  } else if (file->type() != type_ || file->row_shape() != row_shape_) {
    fail(ExitCode::bad_data, "{} holds {}, but {} holds {}", path, rows_text(*file),
         parts_.front().path, rows_text(ArrayFile(parts_.front().path)));
  }
  rows_ += file->rows();
  parts_.push_back({path, rows_});
  file_ = std::move(file);
  open_part_ = parts_.size() - 1;
}

void ArrayFiles::open(std::size_t part) {
  if (part == open_part_) return;
  file_ = std::make_unique<ArrayFile>(parts_[part].path);
  open_part_ = part;
  const std::uint64_t begin = part == 0 ? 0 : parts_[part - 1].end;
  if (file_->rows() != parts_[part].end - begin || file_->row_bytes() != row_bytes()) {
    fail(ExitCode::bad_data, "{} changed while it was read", parts_[part].path);
  }
}

void ArrayFiles::read_rows(std::uint64_t first, std::span<std::byte> out) {
  const auto holds_first = [first](const Part& part) { return first < part.end; };
  auto part = static_cast<std::size_t>(std::ranges::find_if(parts_, holds_first) - parts_.begin());
  for (; !out.empty(); ++part) {
    open(part);
    const std::uint64_t rows =
        std::min<std::uint64_t>(parts_[part].end - first, out.size() / row_bytes());
    const std::uint64_t begin = part == 0 ? 0 : parts_[part - 1].end;
    file_->read_rows(first - begin, out.first(rows * row_bytes()));
    out = out.subspan(rows * row_bytes());
    first += rows;
  }
}

}  // namespace tusk::tables
