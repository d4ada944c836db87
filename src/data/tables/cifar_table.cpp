// SPDX-License-Identifier: Apache-2.0
#include "data/tables/cifar_table.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "core/units.hpp"
#include "tusk/error.hpp"

namespace tusk::tables {
namespace {

constexpr std::size_t side = 32;
constexpr std::size_t colours = 3;
constexpr std::size_t plane_bytes = side * side;
constexpr std::size_t image_bytes = colours * plane_bytes;
constexpr std::uint64_t block_rows = 256;

// How many bytes a file has once decompressed.
std::uint64_t bytes_of(const std::string& path) {
  InputFile file(path);
  if (!file.is_compressed()) return file.max_bytes();
  std::vector<std::byte> buffer(std::size_t{1} << 20U);
  std::uint64_t bytes = 0;
  while (const std::size_t more = file.read(buffer)) bytes += more;
  return bytes;
}

// The names of the classes in a file of a line each; none if it is not there.
std::vector<std::string> names_in(const std::filesystem::path& path, std::size_t classes) {
  std::ifstream file(path);
  std::vector<std::string> names;
  std::string line;
  while (names.size() <= classes && std::getline(file, line)) {
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) names.push_back(line);
  }
  if (names.empty() || names.size() == classes) return names;
  fail(ExitCode::bad_data, "{} has {} lines, but there are {} classes", path.string(),
       names.size() > classes ? "more" : std::to_string(names.size()), classes);
}

// From plane by plane to pixel by pixel.
void interleave(std::span<const std::byte> planes, std::span<std::byte> pixels) {
  for (std::size_t colour = 0; colour < colours; ++colour) {
    for (std::size_t pixel = 0; pixel < plane_bytes; ++pixel) {
      pixels[pixel * colours + colour] = planes[colour * plane_bytes + pixel];
    }
  }
}

}  // namespace

CifarTable::CifarTable(const std::vector<std::string>& paths, CifarKind kind, bool coarse,
                       const FieldNames& names)
    : label_bytes_(kind == CifarKind::cifar100 ? 2 : 1),
      label_at_(kind == CifarKind::cifar100 && !coarse ? 1 : 0),
      classes_(kind == CifarKind::cifar10 ? 10
               : coarse                   ? 20
                                          : 100) {
  for (const std::string& path : paths) add(path);
  const char* names_file = kind == CifarKind::cifar10 ? "batches.meta.txt"
                           : coarse                   ? "coarse_label_names.txt"
                                                      : "fine_label_names.txt";
  fields_.push_back({names.features, ElementType::u8, Shape{side, side, colours}, {}, {}});
  fields_.push_back(
      {names.label,
       ElementType::u8,
       Shape{},
       {},
       names_in(std::filesystem::path(paths.front()).parent_path() / names_file, classes_)});
}

void CifarTable::add(const std::string& path) {
  const std::uint64_t bytes = bytes_of(path);
  const std::size_t record = label_bytes_ + image_bytes;
  if (bytes == 0 || bytes % record != 0) {
    fail(ExitCode::bad_data,
         "{} has {} bytes, no whole number of records of {}: truncated, or not CIFAR-{} in its "
         "binary form",
         path, format_count(bytes), format_count(record), label_bytes_ == 2 ? 100 : 10);
  }
  const std::uint64_t before = parts_.empty() ? 0 : rows();
  parts_.push_back({path, before + bytes / record});
}

void CifarTable::read_rows(std::uint64_t first, std::uint64_t count,
                           std::span<const std::span<std::byte>> out) {
  std::uint64_t done = 0;
  for (std::size_t part = 0; part < parts_.size() && done < count; ++part) {
    if (first + done >= parts_[part].end) continue;
    const std::uint64_t here = std::min(count - done, parts_[part].end - (first + done));
    const auto room = [&](std::size_t field, std::size_t bytes) {
      return out[field].empty() ? out[field] : out[field].subspan(done * bytes, here * bytes);
    };
    read_part(part, {.first = first + done,
                     .count = here,
                     .images = room(0, image_bytes),
                     .labels = room(1, 1)});
    done += here;
  }
}

void CifarTable::read_part(std::size_t part, const Rows& rows) {
  if (!file_ || open_part_ != part) {
    file_ = std::make_unique<InputFile>(parts_[part].path);
    open_part_ = part;
  }
  const std::size_t record = label_bytes_ + image_bytes;
  const std::uint64_t begin = rows.first - (part == 0 ? 0 : parts_[part - 1].end);
  std::vector<std::byte> buffer(std::min(rows.count, block_rows) * record);
  file_->seek(begin * record);
  for (std::uint64_t done = 0; done < rows.count;) {
    const std::uint64_t some = std::min(rows.count - done, block_rows);
    file_->read_exactly(std::span(buffer).first(some * record));
    for (std::uint64_t i = 0; i < some; ++i, ++done) {
      const auto bytes = std::span<const std::byte>(buffer).subspan(i * record, record);
      const auto label = std::to_integer<std::size_t>(bytes[label_at_]);
      if (label >= classes_) {
        fail(ExitCode::bad_data, "{}: record {} has label {}, but classes are 0 to {}",
             file_->path(), begin + done, label, classes_ - 1);
      }
      if (!rows.labels.empty()) rows.labels[done] = bytes[label_at_];
      if (rows.images.empty()) continue;
      interleave(bytes.subspan(label_bytes_), rows.images.subspan(done * image_bytes, image_bytes));
    }
  }
}

}  // namespace tusk::tables
