// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <hdf5.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "temporary_folder.hpp"
#include "tusk/io/attributes.hpp"
#include "tusk/io/file.hpp"
#include "tusk/io/listing.hpp"
#include "write_hdf5.hpp"

namespace tusk::io {
namespace {

// Every way that the program looks at a file.
void use(const std::string& path) {
  const File file = File::open(path);
  list(file);
  const Dataset dataset = file.dataset("numbers");
  std::vector<std::byte> bytes(dataset.rows() * dataset.row_elements() * size_of(dataset.type()));
  dataset.read_rows(0, dataset.rows(), dataset.type(), bytes);
}

}  // namespace

TEST_CASE("a file cut off anywhere is an error or, behind all that matters, whole") {
  const test::TemporaryFolder folder;
  const std::string path = test::write_hdf5(folder.file("whole.h5"), [](hid_t file) {
    test::declare(file, "chunks", H5T_NATIVE_FLOAT, {64, 4}, [](hid_t properties) {
      const std::array<hsize_t, 2> chunk{16, 4};
      H5Pset_chunk(properties, 2, chunk.data());
      H5Pset_deflate(properties, 1);
    });
  });
  {
    File file = File::update(path);
    const std::vector<float> values(256, 1.5F);
    file.dataset("chunks").write(0, std::span<const float>(values));
    write_attribute(file, "numbers", "note", "some text");
  }
  std::ifstream in(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  CHECK_NOTHROW(use(path));
  for (std::size_t size = 0; size < bytes.size(); size += 61) {
    const std::string cut = folder.write("cut.h5", bytes.substr(0, size));
    CHECK_FAILS(use(cut), ExitCode::bad_data, "cut.h5");
  }
}

TEST_CASE("a file that was not copied to its end says so") {
  const test::TemporaryFolder folder;
  const std::string path = test::write_hdf5(folder.file("short.h5"), [](hid_t) {});
  std::filesystem::resize_file(path, 1000);
  CHECK_FAILS(File::open(path), ExitCode::bad_data,
              "short.h5: damaged or incomplete (HDF5: truncated file");
}

TEST_CASE("storage beyond the end of the file is refused, also if the file lies about its end") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("short.h5");
  const std::vector<std::uint8_t> bytes(100'000, 7);
  File::create(path)
      .create_dataset("numbers", ElementType::u8, {100'000})
      .write(0, std::span<const std::uint8_t>(bytes));
  const std::uint64_t size = 50'000;
  std::filesystem::resize_file(path, size);
  constexpr std::streamoff end_of_file_address = 40;  // in a superblock of version 0
  std::fstream patch(path, std::ios::binary | std::ios::in | std::ios::out);
  patch.seekp(end_of_file_address);
  patch.write(reinterpret_cast<const char*>(&size), sizeof(size));
  patch.close();
  CHECK_FAILS(use(path), ExitCode::bad_data, "storage beyond the end of the file");
}

}  // namespace tusk::io
