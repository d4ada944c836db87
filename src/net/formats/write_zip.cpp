// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "data/hdf5/checksum.hpp"
#include "net/formats/zip_archive.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

// A little-endian number at the end of a record.
template <typename T>
void append(std::string& record, T number) {
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    record += static_cast<char>(static_cast<unsigned char>(number >> (8 * i)));
  }
}

// The fields that stand in an entry's own header and in the directory alike.
void append_entry(std::string& record, const ZipPart& part, std::uint32_t checksum) {
  constexpr std::uint16_t version = 20;
  constexpr std::uint16_t first_day = 0x21;  // 1980-01-01
  append<std::uint16_t>(record, version);
  append<std::uint16_t>(record, 0);  // flags
  append<std::uint16_t>(record, 0);  // stored
  append<std::uint16_t>(record, 0);  // time
  append<std::uint16_t>(record, first_day);
  append(record, checksum);
  append(record, static_cast<std::uint32_t>(part.bytes.size()));
  append(record, static_cast<std::uint32_t>(part.bytes.size()));
  append(record, static_cast<std::uint16_t>(part.name.size()));
  append<std::uint16_t>(record, 0);  // no further fields
}

}  // namespace

void write_zip(const std::string& path, std::span<const ZipPart> parts) {
  constexpr std::uint64_t most = 0xFFFF0000;
  std::uint64_t bytes = 0;
  for (const ZipPart& part : parts) bytes += part.bytes.size() + 2 * part.name.size() + 76;
  if (bytes > most) {
    fail(ExitCode::bad_data, "a .keras of more than 4 GiB is not written; .h5 has no such limit");
  }
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  if (!out) fail(ExitCode::cannot_create, "cannot create {}: {}", path, std::strerror(errno));
  std::string directory;
  std::uint32_t place = 0;
  for (const ZipPart& part : parts) {
    const std::uint32_t checksum = hdf5::checksum_of(part.bytes);
    std::string header;
    append<std::uint32_t>(header, 0x04034b50);
    append_entry(header, part, checksum);
    header += part.name;
    out.write(header.data(), std::ssize(header));
    out.write(reinterpret_cast<const char*>(part.bytes.data()), std::ssize(part.bytes));
    append<std::uint32_t>(directory, 0x02014b50);
    append<std::uint16_t>(directory, 20);  // made by
    append_entry(directory, part, checksum);
    append<std::uint16_t>(directory, 0);  // no comment
    append<std::uint16_t>(directory, 0);  // the first disk
    append<std::uint16_t>(directory, 0);  // binary
    append<std::uint32_t>(directory, 0);  // no attributes
    append<std::uint32_t>(directory, place);
    directory += part.name;
    place += static_cast<std::uint32_t>(header.size() + part.bytes.size());
  }
  std::string end;
  append<std::uint32_t>(end, 0x06054b50);
  append<std::uint32_t>(end, 0);  // the first disk, which has the directory
  append(end, static_cast<std::uint16_t>(parts.size()));
  append(end, static_cast<std::uint16_t>(parts.size()));
  append(end, static_cast<std::uint32_t>(directory.size()));
  append(end, place);
  append<std::uint16_t>(end, 0);  // no comment
  out.write(directory.data(), std::ssize(directory));
  out.write(end.data(), std::ssize(end));
  out.close();
  if (!out) fail(ExitCode::io_error, "cannot write {}: {}", path, std::strerror(errno));
}

}  // namespace tusk::formats
