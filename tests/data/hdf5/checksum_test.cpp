// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5/checksum.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "data/hdf5/file.hpp"
#include "temporary_folder.hpp"

namespace tusk::hdf5 {
namespace {

// "1234" in a, "56789" in b.
void write_digits(const std::string& path, const Storage& storage) {
  File file = File::create(path);
  const std::vector<std::uint8_t> a{'1', '2', '3', '4'};
  const std::vector<std::uint8_t> b{'5', '6', '7', '8', '9'};
  file.create_dataset("b", ElementType::u8, {5}, storage)
      .write(0, std::span<const std::uint8_t>(b));
  file.create_dataset("a", ElementType::u8, {2, 2}, storage)
      .write(0, std::span<const std::uint8_t>(a));
}

}  // namespace

TEST_CASE("the checksum is the CRC-32 of the numbers, whatever their storage") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("digits.h5");
  for (const Storage& storage : {Storage{}, Storage{.chunk_rows = 2, .gzip = 1}}) {
    write_digits(path, storage);
    CHECK(compute_checksum(File::open(path)) == 0xcbf43926);  // CRC-32's check value
  }
  CHECK_FALSE(stored_checksum(File::open(path)));
  {
    File file = File::update(path);
    write_checksum(file, compute_checksum(file));
  }
  CHECK(stored_checksum(File::open(path)) == "crc32:cbf43926");
}

}  // namespace tusk::hdf5
