// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5/checksum.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

#include "core/pending_file.hpp"
#include "data/hdf5/attributes.hpp"
#include "data/hdf5/file.hpp"
#include "tusk/error.hpp"

namespace tusk::hdf5 {
namespace {

std::uint32_t add(std::uint32_t checksum, const NumberDataset& dataset) {
  const std::uint64_t step = dataset.rows_per_transfer();
  const std::size_t row_bytes = dataset.row_elements() * size_of(dataset.type());
  std::vector<std::byte> bytes;
  for (std::uint64_t begin = 0; begin < dataset.rows(); begin += step) {
    const std::uint64_t end = std::min(begin + step, dataset.rows());
    bytes.resize((end - begin) * row_bytes);
    dataset.read_rows(begin, end, dataset.type(), bytes);
    checksum = combine_checksums(checksum, checksum_of(bytes), bytes.size());
  }
  return checksum;
}

}  // namespace

std::uint32_t compute_checksum(const File& file) {
  std::uint32_t checksum = 0;
  for (const std::string& name : file.dataset_names()) checksum = add(checksum, file.dataset(name));
  return checksum;
}

std::uint32_t checksum_of(std::span<const std::byte> bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

std::uint32_t combine_checksums(std::uint32_t first, std::uint32_t second,
                                std::uint64_t second_bytes) {
  return static_cast<std::uint32_t>(
      crc32_combine(first, second, static_cast<z_off_t>(second_bytes)));
}

std::uint32_t sampled_checksum(const std::string& path) {
  constexpr std::uint64_t pieces = 16;
  std::array<std::byte, 4096> piece{};
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  const auto size = static_cast<std::uint64_t>(std::max<std::streamoff>(in.tellg(), 0));
  if (!in) fail(ExitCode::no_input, "cannot open {}: {}", path, std::strerror(errno));
  std::uint32_t checksum = checksum_of(std::as_bytes(std::span(&size, 1)));
  const std::uint64_t last = size - std::min<std::uint64_t>(size, piece.size());
  for (std::uint64_t i = 0; i < pieces; ++i) {
    in.seekg(static_cast<std::streamoff>(last / (pieces - 1) * i));
    in.read(reinterpret_cast<char*>(piece.data()), static_cast<std::streamsize>(piece.size()));
    const auto read = static_cast<std::size_t>(in.gcount());
    if (in.bad()) fail(ExitCode::io_error, "cannot read {}: {}", path, std::strerror(errno));
    in.clear();
    checksum = combine_checksums(checksum, checksum_of(std::span(piece).first(read)), read);
  }
  return checksum;
}

namespace {

std::string whole_checksum(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) fail(ExitCode::no_input, "cannot open {}: {}", path, std::strerror(errno));
  std::vector<char> piece(std::size_t{1} << 20);
  std::uint32_t checksum = 0;
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())), in.gcount() > 0) {
    const auto read = static_cast<std::size_t>(in.gcount());
    checksum =
        combine_checksums(checksum, checksum_of(std::as_bytes(std::span(piece).first(read))), read);
  }
  if (in.bad()) fail(ExitCode::io_error, "cannot read {}: {}", path, std::strerror(errno));
  return fmt::format("crc32:{:08x}\n", checksum);
}

}  // namespace

void write_checksum_beside(const std::string& path) {
  PendingFile pending(path + ".crc32");
  std::ofstream out(pending.part(), std::ios::binary);
  out << whole_checksum(path);
  out.close();
  if (!out) fail(ExitCode::io_error, "{} cannot be written", pending.part());
  pending.publish();
}

void require_checksum_beside(const std::string& path) {
  const std::string beside = path + ".crc32";
  std::ifstream in(beside, std::ios::binary);
  if (!in) return;
  const std::string stored{std::istreambuf_iterator<char>(in), {}};
  if (stored == whole_checksum(path)) return;
  fail(ExitCode::bad_data, "{} is damaged: its bytes have not the checksum that {} says", path,
       beside);
}

void write_checksum(File& file, std::uint32_t checksum) {
  write_attribute(file, "/", "checksum", fmt::format("crc32:{:08x}", checksum));
}

std::optional<std::string> stored_checksum(const File& file) {
  return read_text(file, "/", "checksum");
}

}  // namespace tusk::hdf5
