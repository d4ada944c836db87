// SPDX-License-Identifier: Apache-2.0
// Files made to harm whoever opens them, written through HDF5 itself. Each must end in an Error.
#include <doctest/doctest.h>
#include <hdf5.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "temporary_folder.hpp"
#include "tusk/io/attributes.hpp"
#include "tusk/io/file.hpp"
#include "tusk/io/listing.hpp"

namespace tusk::io {
namespace {

// Writes a file with HDF5's own calls, and a data set "numbers" of four bytes to point at.
std::string write_hdf5(const std::string& path, const std::function<void(hid_t)>& fill) {
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hsize_t four = 4;
  const hid_t space = H5Screate_simple(1, &four, nullptr);
  const hid_t numbers =
      H5Dcreate2(file, "numbers", H5T_NATIVE_UINT8, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  const std::array<std::uint8_t, 4> bytes{1, 2, 3, 4};
  H5Dwrite(numbers, H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data());
  H5Dclose(numbers);
  H5Sclose(space);
  fill(file);
  H5Fclose(file);
  return path;
}

// A data set that is declared and never written.
void declare(
    hid_t file, const char* name, hid_t type, const std::vector<hsize_t>& extents,
    const std::function<void(hid_t)>& configure = [](hid_t) {}) {
  const hid_t space = H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr);
  const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
  configure(properties);
  const hid_t dataset = H5Dcreate2(file, name, type, space, H5P_DEFAULT, properties, H5P_DEFAULT);
  CHECK(dataset >= 0);
  H5Dclose(dataset);
  H5Pclose(properties);
  H5Sclose(space);
}

// Every way that the program looks at a file.
void use(const std::string& path) {
  const File file = File::open(path);
  list(file);
  const Dataset dataset = file.dataset("numbers");
  std::vector<std::byte> bytes(dataset.rows() * dataset.row_elements() * size_of(dataset.type()));
  dataset.read_rows(0, dataset.rows(), dataset.type(), bytes);
}

}  // namespace

TEST_CASE("only hard links are followed") {
  const test::TemporaryFolder folder;
  const std::string path = write_hdf5(folder.file("links.h5"), [](hid_t file) {
    H5Lcreate_soft("/numbers", file, "soft", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/loop", file, "loop", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_external("/etc/passwd", "/", file, "outside", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_hard(file, "numbers", file, "hard", H5P_DEFAULT, H5P_DEFAULT);
  });
  const File file = File::open(path);
  CHECK(file.dataset("hard").rows() == 4);
  CHECK_FAILS(file.dataset("soft"), ExitCode::bad_data, "is a soft link");
  CHECK_FAILS(file.dataset("loop"), ExitCode::bad_data, "is a soft link");
  CHECK_FAILS(file.dataset("outside"), ExitCode::bad_data, "is a link to another file");
  CHECK_FAILS(file.dataset("outside/numbers"), ExitCode::bad_data, "is a link to another file");
  CHECK_FAILS(read_text(file, "soft", "x"), ExitCode::bad_data, "is a soft link");
  CHECK(file.dataset_names() == std::vector<std::string>{"hard"});  // each object once
}

TEST_CASE("groups that contain each other are listed once") {
  const test::TemporaryFolder folder;
  const std::string path = write_hdf5(folder.file("loop.h5"), [](hid_t file) {
    const hid_t group = H5Gcreate2(file, "a", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_hard(file, "/", group, "up", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_hard(file, "a", group, "self", H5P_DEFAULT, H5P_DEFAULT);
    H5Gclose(group);
  });
  const std::vector<Entry> entries = list(File::open(path));
  CHECK(entries.size() == 3);
  CHECK(entries[1].path == "/a");
  CHECK(entries[2].path == "/numbers");
}

TEST_CASE("groups nested without end are refused") {
  const test::TemporaryFolder folder;
  const std::string path = write_hdf5(folder.file("deep.h5"), [](hid_t file) {
    std::string name;
    for (int i = 0; i < 100; ++i) {
      name += "/g";
      H5Gclose(H5Gcreate2(file, name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    }
  });
  CHECK_FAILS(list(File::open(path)), ExitCode::bad_data, "nested more than");
}

TEST_CASE("numbers outside the file are refused, in whatever way they are outside") {
  const test::TemporaryFolder folder;
  const std::string raw = folder.write("raw", "abcdefgh");
  const std::string path = write_hdf5(folder.file("outside.h5"), [&](hid_t file) {
    declare(file, "external", H5T_NATIVE_UINT8, {8},
            [&](hid_t properties) { H5Pset_external(properties, raw.c_str(), 0, 8); });
    declare(file, "virtual", H5T_NATIVE_UINT8, {4}, [&](hid_t properties) {
      const hsize_t four = 4;
      const hid_t space = H5Screate_simple(1, &four, nullptr);
      H5Pset_virtual(properties, space, "other.h5", "/numbers", space);
      H5Sclose(space);
    });
  });
  const File file = File::open(path);
  CHECK_FAILS(file.dataset("external"), ExitCode::bad_data, "stored outside the file");
  CHECK_FAILS(file.dataset("virtual"), ExitCode::bad_data, "is virtual");
  const std::vector<Entry> entries = list(file);
  CHECK(entries[1].refusal == "is stored outside the file");
  CHECK(entries[3].kind == Entry::Kind::refused);
}

TEST_CASE("a data set that declares far more than it stores is refused before it is read") {
  const test::TemporaryFolder folder;
  const std::string path = write_hdf5(folder.file("huge.h5"), [](hid_t file) {
    const hsize_t tera = 1ULL << 40;
    const auto chunk = [](std::vector<hsize_t> extents, bool gzip) {
      return [=](hid_t properties) {
        H5Pset_chunk(properties, static_cast<int>(extents.size()), extents.data());
        if (gzip) H5Pset_deflate(properties, 1);
      };
    };
    declare(file, "contiguous", H5T_NATIVE_FLOAT, {tera, 28});
    declare(file, "chunked", H5T_NATIVE_FLOAT, {tera, 28}, chunk({1024, 28}, false));
    declare(file, "gzip", H5T_NATIVE_FLOAT, {tera}, chunk({1024}, true));
    declare(file, "overflow", H5T_NATIVE_UINT8, {1ULL << 62, 1ULL << 62, 16},
            chunk({1, 1, 16}, false));
    declare(file, "huge_chunk", H5T_NATIVE_UINT8, {1ULL << 31}, chunk({1ULL << 31}, true));
    declare(file, "small", H5T_NATIVE_FLOAT, {100});  // nothing but the fill value, and harmless
  });
  CHECK(std::filesystem::file_size(path) < 20'000);
  const File file = File::open(path);
  for (const char* name : {"contiguous", "chunked", "gzip", "huge_chunk"}) {
    CHECK_FAILS(file.dataset(name), ExitCode::bad_data, "but stores only 0 B");
  }
  CHECK_FAILS(file.dataset("overflow"), ExitCode::bad_data, "more bytes than there are");
  CHECK(file.dataset("small").rows() == 100);
  CHECK(list(file).size() == 8);
}

TEST_CASE("what is well compressed is not refused") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("zeros.h5");
  const std::vector<float> zeros(4 << 20);
  File::create(path)
      .create_dataset("zeros", ElementType::f32, {4 << 20}, {.chunk_rows = 1 << 20, .gzip = 9})
      .write(0, std::span<const float>(zeros));
  CHECK(std::filesystem::file_size(path) < 100'000);
  CHECK(File::open(path).dataset("zeros").rows() == 4 << 20);
}

TEST_CASE("what is no plain number is refused by its type") {
  const test::TemporaryFolder folder;
  const std::string path = write_hdf5(folder.file("types.h5"), [](hid_t file) {
    const auto make = [&](const char* name, hid_t type) {
      declare(file, name, type, {4});
      H5Tclose(type);
    };
    const hid_t text = H5Tcopy(H5T_C_S1);
    H5Tset_size(text, H5T_VARIABLE);
    make("text", text);
    const hid_t record = H5Tcreate(H5T_COMPOUND, 8);
    H5Tinsert(record, "a", 0, H5T_NATIVE_DOUBLE);
    make("record", record);
    const hid_t boolean = H5Tenum_create(H5T_NATIVE_INT8);
    const std::int8_t zero = 0;
    H5Tenum_insert(boolean, "FALSE", &zero);
    make("enum", boolean);
    const hsize_t two = 2;
    make("array", H5Tarray_create2(H5T_NATIVE_FLOAT, 1, &two));
    make("sequence", H5Tvlen_create(H5T_NATIVE_FLOAT));
    make("opaque", H5Tcreate(H5T_OPAQUE, 16));
    const hid_t odd = H5Tcopy(H5T_NATIVE_INT32);
    H5Tset_precision(odd, 17);
    make("odd", odd);
    const hid_t null = H5Screate(H5S_NULL);
    H5Dclose(
        H5Dcreate2(file, "null", H5T_NATIVE_FLOAT, null, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Sclose(null);
    const hid_t named = H5Tcopy(H5T_NATIVE_INT);
    H5Tcommit2(file, "type", named, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Tclose(named);
  });
  const File file = File::open(path);
  CHECK_FAILS(file.dataset("text"), ExitCode::bad_data, "holds strings");
  CHECK_FAILS(file.dataset("record"), ExitCode::bad_data, "holds records");
  CHECK_FAILS(file.dataset("enum"), ExitCode::bad_data, "holds enumerated values");
  CHECK_FAILS(file.dataset("array"), ExitCode::bad_data, "holds arrays");
  CHECK_FAILS(file.dataset("sequence"), ExitCode::bad_data, "holds sequences");
  CHECK_FAILS(file.dataset("opaque"), ExitCode::bad_data, "holds opaque bytes");
  CHECK_FAILS(file.dataset("odd"), ExitCode::bad_data, "integers of an unusual size");
  CHECK_FAILS(file.dataset("null"), ExitCode::bad_data, "has no extents");
  CHECK_FAILS(file.dataset("type"), ExitCode::bad_data, "is neither a group nor a data set");
  CHECK(list(file).size() == 11);
}

TEST_CASE("big-endian numbers and 16-bit floats are read as our own") {
  const test::TemporaryFolder folder;
  const std::string path = write_hdf5(folder.file("formats.h5"), [](hid_t file) {
    const std::array<float, 4> values{0.5F, -2.0F, 1024.0F, 0.0F};
    const hid_t half = H5Tcopy(H5T_IEEE_F32LE);
    H5Tset_fields(half, 15, 10, 5, 0, 10);
    H5Tset_size(half, 2);
    H5Tset_ebias(half, 15);
    for (const auto& [name, type] : {std::pair{"half", half}, {"big", H5T_IEEE_F64BE}}) {
      declare(file, name, type, {4});
      const hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
      H5Dwrite(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
      H5Dclose(dataset);
    }
    H5Tclose(half);
  });
  const File file = File::open(path);
  CHECK(file.dataset("half").type() == ElementType::f32);
  CHECK(file.dataset("big").type() == ElementType::f64);
  for (const char* name : {"half", "big"}) {
    std::vector<float> values(4);
    file.dataset(name).read(0, std::span(values));
    CHECK(values == std::vector<float>{0.5F, -2.0F, 1024.0F, 0.0F});
  }
}

TEST_CASE("a file cut off anywhere is an error or, behind all that matters, whole") {
  const test::TemporaryFolder folder;
  const std::string path = write_hdf5(folder.file("whole.h5"), [](hid_t file) {
    declare(file, "chunks", H5T_NATIVE_FLOAT, {64, 4}, [](hid_t properties) {
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
