// SPDX-License-Identifier: Apache-2.0
#include "net/formats/zip_archive.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <set>

#include "core/units.hpp"
#include "data/hdf5/checksum.hpp"
#include "net/formats/zip_contents.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

constexpr std::uint32_t local_mark = 0x04034b50;
constexpr std::uint32_t central_mark = 0x02014b50;
constexpr std::uint32_t end_mark = 0x06054b50;
constexpr std::uint32_t wide_end_mark = 0x06064b50;
constexpr std::uint32_t wide_place_mark = 0x07064b50;
constexpr std::uint64_t local_bytes = 30;
constexpr std::uint64_t central_bytes = 46;
constexpr std::uint64_t end_bytes = 22;
constexpr std::uint64_t wide_place_bytes = 20;
constexpr std::uint64_t wide_end_bytes = 56;
constexpr std::uint32_t in_wide_field = 0xFFFFFFFF;  // the number itself has 64 bits, elsewhere

constexpr std::uint16_t is_encrypted = 1;
constexpr std::uint16_t stored_method = 0;
constexpr std::uint16_t deflated_method = 8;

// Weights shrink by a tenth; a file of mostly zeros may shrink more, but no large one by so much.
constexpr std::uint64_t free_bytes = std::uint64_t{64} << 20;
constexpr std::uint64_t most_expansion = 32;

// A little-endian number at an offset that is known to be inside.
template <typename T>
T number_at(std::span<const std::byte> bytes, std::size_t offset) {
  T number = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    number =
        static_cast<T>(number | static_cast<T>(std::to_integer<T>(bytes[offset + i])) << (8 * i));
  }
  return number;
}

bool leads_outside(const std::string& name) {
  if (name.empty() || name.front() == '/' || name.find('\\') != std::string::npos ||
      name.find('\0') != std::string::npos || (name.size() > 1 && name[1] == ':')) {
    return true;
  }
  const std::string whole = "/" + name + "/";
  return whole.find("/../") != std::string::npos;
}

// A name as a message may show it.
std::string shown(const std::string& name) {
  std::string text = name.substr(0, 100);
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  return text;
}

}  // namespace

ZipArchive::ZipArchive(const std::string& path)
    : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
  if (descriptor_ < 0) fail(ExitCode::no_input, "cannot open {}: {}", path, std::strerror(errno));
  try {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
      fail(ExitCode::no_input, "cannot open {}: it is no regular file", path);
    }
    size_ = static_cast<std::uint64_t>(status.st_size);
    read_directory(find_directory());
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

ZipArchive::~ZipArchive() { ::close(descriptor_); }

bool ZipArchive::is_archive(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return false;
  std::array<std::byte, 4> bytes{};
  const bool is_read = ::pread(descriptor, bytes.data(), bytes.size(), 0) == std::ssize(bytes);
  ::close(descriptor);
  const auto mark = number_at<std::uint32_t>(bytes, 0);
  return is_read && (mark == local_mark || mark == end_mark);
}

bool ZipArchive::has(std::string_view name) const {
  return std::ranges::find(entries_, name, &Entry::name) != entries_.end();
}

std::vector<std::string> ZipArchive::names() const {
  std::vector<std::string> names;
  for (const Entry& entry : entries_) names.push_back(entry.name);
  return names;
}

void ZipArchive::refuse(const std::string& why) const {
  fail(ExitCode::bad_data, "{}: {}", path_, why);
}

std::vector<std::byte> ZipArchive::bytes_at(std::uint64_t offset, std::uint64_t count) const {
  if (offset > size_ || count > size_ - offset) refuse("the zip archive is truncated or damaged");
  std::vector<std::byte> bytes(count);
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t got = ::pread(descriptor_, bytes.data() + done, bytes.size() - done,
                                static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(ExitCode::io_error, "cannot read {}: {}", path_, std::strerror(errno));
    if (got == 0) refuse("has become shorter while it was read");
    done += static_cast<std::size_t>(got);
  }
  return bytes;
}

// The record at the end of the archive, behind which is a comment at most; a record with 64 bits
// may stand before it.
ZipArchive::Directory ZipArchive::find_directory() const {
  constexpr std::uint64_t longest_comment = 0xFFFF;
  const std::uint64_t tail_bytes = std::min(size_, end_bytes + longest_comment);
  const std::uint64_t tail_place = size_ - tail_bytes;
  const std::vector<std::byte> tail = bytes_at(tail_place, tail_bytes);
  for (std::size_t at = tail.size(); at-- > 0;) {
    if (at + end_bytes > tail.size() || number_at<std::uint32_t>(tail, at) != end_mark) continue;
    if (at + end_bytes + number_at<std::uint16_t>(tail, at + 20) != tail.size()) continue;
    Directory directory{.offset = number_at<std::uint32_t>(tail, at + 16),
                        .bytes = number_at<std::uint32_t>(tail, at + 12),
                        .entries = number_at<std::uint16_t>(tail, at + 10)};
    const std::uint64_t end = tail_place + at;
    if (number_at<std::uint16_t>(tail, at + 4) != number_at<std::uint16_t>(tail, at + 6)) {
      refuse("the zip archive has several parts");
    }
    if (end < wide_place_bytes) return directory;
    const std::vector<std::byte> place = bytes_at(end - wide_place_bytes, wide_place_bytes);
    if (number_at<std::uint32_t>(place, 0) != wide_place_mark) return directory;
    const std::vector<std::byte> wide =
        bytes_at(number_at<std::uint64_t>(place, 8), wide_end_bytes);
    if (number_at<std::uint32_t>(wide, 0) != wide_end_mark) {
      refuse("the zip archive is truncated or damaged");
    }
    return {.offset = number_at<std::uint64_t>(wide, 48),
            .bytes = number_at<std::uint64_t>(wide, 40),
            .entries = number_at<std::uint64_t>(wide, 32)};
  }
  refuse(
      "the zip archive is truncated or damaged (its directory, which is at its end, is missing)");
}

void ZipArchive::read_directory(const Directory& directory) {
  constexpr std::uint64_t most_entries = 10'000;
  constexpr std::uint64_t most_bytes = std::uint64_t{16} << 20;
  if (directory.entries > most_entries || directory.bytes > most_bytes) {
    refuse(fmt::format("an archive of {} entries is no model", directory.entries));
  }
  const std::vector<std::byte> bytes = bytes_at(directory.offset, directory.bytes);
  std::set<std::string> names;
  std::size_t at = 0;
  for (std::uint64_t i = 0; i < directory.entries; ++i) {
    if (bytes.size() - at < central_bytes || number_at<std::uint32_t>(bytes, at) != central_mark) {
      refuse("the directory of the zip archive is damaged");
    }
    const std::size_t name_bytes = number_at<std::uint16_t>(bytes, at + 28);
    const std::size_t extra_bytes = number_at<std::uint16_t>(bytes, at + 30);
    const std::size_t comment_bytes = number_at<std::uint16_t>(bytes, at + 32);
    if (bytes.size() - at - central_bytes < name_bytes + extra_bytes + comment_bytes) {
      refuse("the directory of the zip archive is damaged");
    }
    Entry entry{.name = {},
                .flags = number_at<std::uint16_t>(bytes, at + 8),
                .method = number_at<std::uint16_t>(bytes, at + 10),
                .checksum = number_at<std::uint32_t>(bytes, at + 16),
                .stored = number_at<std::uint32_t>(bytes, at + 20),
                .size = number_at<std::uint32_t>(bytes, at + 24),
                .offset = number_at<std::uint32_t>(bytes, at + 42)};
    at += central_bytes;
    entry.name.assign(reinterpret_cast<const char*>(bytes.data() + at), name_bytes);
    read_wide_fields(std::span(bytes).subspan(at + name_bytes, extra_bytes), entry);
    at += name_bytes + extra_bytes + comment_bytes;
    if (leads_outside(entry.name)) {
      refuse(fmt::format("the archive has an entry '{}', whose name leads out of it; no model has",
                         shown(entry.name)));
    }
    if (!names.insert(entry.name).second) {
      refuse(fmt::format("the archive has two entries '{}'", shown(entry.name)));
    }
    entries_.push_back(std::move(entry));
  }
}

// The numbers that have no room in 32 bits, in this order.
void ZipArchive::read_wide_fields(std::span<const std::byte> extra, Entry& entry) const {
  constexpr std::uint16_t wide_kind = 1;
  std::size_t at = 0;
  while (extra.size() - at >= 4) {
    const auto kind = number_at<std::uint16_t>(extra, at);
    const std::size_t bytes = number_at<std::uint16_t>(extra, at + 2);
    at += 4;
    if (bytes > extra.size() - at) refuse("the directory of the zip archive is damaged");
    const std::span<const std::byte> field = extra.subspan(at, bytes);
    at += bytes;
    if (kind != wide_kind) continue;
    std::size_t used = 0;
    for (std::uint64_t* number : {&entry.size, &entry.stored, &entry.offset}) {
      if (*number != in_wide_field) continue;
      if (field.size() - used < 8) refuse("the directory of the zip archive is damaged");
      *number = number_at<std::uint64_t>(field, used);
      used += 8;
    }
  }
}

std::uint64_t ZipArchive::place_of_data(const Entry& entry) const {
  const std::vector<std::byte> header = bytes_at(entry.offset, local_bytes);
  const std::uint64_t name_bytes = number_at<std::uint16_t>(header, 26);
  const std::vector<std::byte> name = bytes_at(entry.offset + local_bytes, name_bytes);
  const bool is_its = std::ranges::equal(name, std::as_bytes(std::span(entry.name)));
  if (number_at<std::uint32_t>(header, 0) != local_mark || !is_its) {
    refuse(fmt::format("entry '{}' is not where the directory of the archive says", entry.name));
  }
  return entry.offset + local_bytes + name_bytes + number_at<std::uint16_t>(header, 28);
}

std::vector<std::byte> ZipArchive::read(std::string_view name, std::uint64_t most) const {
  const auto found = std::ranges::find(entries_, name, &Entry::name);
  if (found == entries_.end()) refuse(fmt::format("the archive has no entry '{}'", name));
  const Entry& entry = *found;
  if ((entry.flags & is_encrypted) != 0) {
    refuse(fmt::format("entry '{}' is encrypted; store the model without a password", name));
  }
  if (entry.method != stored_method && entry.method != deflated_method) {
    refuse(fmt::format("entry '{}' is compressed by method {}; only deflate is read", name,
                       entry.method));
  }
  const std::uint64_t place = place_of_data(entry);
  if (place > size_ || entry.stored > size_ - place) {
    refuse("the zip archive is truncated or damaged");
  }
  const bool is_stored = entry.method == stored_method;
  if (is_stored && entry.stored != entry.size) refuse(fmt::format("entry '{}' is damaged", name));
  if (entry.size > most) {
    refuse(
        fmt::format("entry '{}' has {}, more than is plausible", name, format_bytes(entry.size)));
  }
  if (!is_stored && entry.size > free_bytes && entry.size / most_expansion > entry.stored) {
    refuse(fmt::format("entry '{}' says that {} expand to {}, which weights never do", name,
                       format_bytes(entry.stored), format_bytes(entry.size)));
  }
  std::vector<std::byte> contents;
  if (is_stored) {
    contents = bytes_at(place, entry.stored);
  } else {
    contents.resize(entry.size);
    Inflation inflation;
    constexpr std::uint64_t piece = std::uint64_t{1} << 20;
    for (std::uint64_t begin = 0; begin < entry.stored; begin += piece) {
      std::vector<std::byte> input = bytes_at(place + begin, std::min(piece, entry.stored - begin));
      if (!inflation.add(input, contents)) refuse(fmt::format("entry '{}' is damaged", name));
    }
    if (!inflation.has_made(contents.size())) refuse(fmt::format("entry '{}' is damaged", name));
  }
  if (hdf5::checksum_of(contents) != entry.checksum) {
    refuse(fmt::format("entry '{}' is damaged: its checksum is another", name));
  }
  return contents;
}

}  // namespace tusk::formats
