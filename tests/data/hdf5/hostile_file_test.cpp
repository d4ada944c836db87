// SPDX-License-Identifier: Apache-2.0
// Files made to harm whoever opens them, written through HDF5 itself. Each must end in an Error.
#include <doctest/doctest.h>
#include <hdf5.h>

#include <filesystem>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/hdf5/attributes.hpp"
#include "data/hdf5/file.hpp"
#include "data/hdf5/listing.hpp"
#include "temporary_folder.hpp"
#include "write_hdf5.hpp"

namespace tusk::hdf5 {

TEST_CASE("only hard links are followed") {
  const test::TemporaryFolder folder;
  const std::string path = test::write_hdf5(folder.file("links.h5"), [](hid_t file) {
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
  const std::string path = test::write_hdf5(folder.file("loop.h5"), [](hid_t file) {
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
  const std::string path = test::write_hdf5(folder.file("deep.h5"), [](hid_t file) {
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
  const std::string path = test::write_hdf5(folder.file("outside.h5"), [&](hid_t file) {
    test::declare(file, "external", H5T_NATIVE_UINT8, {8},
                  [&](hid_t properties) { H5Pset_external(properties, raw.c_str(), 0, 8); });
    test::declare(file, "virtual", H5T_NATIVE_UINT8, {4}, [&](hid_t properties) {
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
  const std::string path = test::write_hdf5(folder.file("huge.h5"), [](hid_t file) {
    const hsize_t tera = 1ULL << 40;
    const auto chunk = [](std::vector<hsize_t> extents, bool gzip) {
      return [=](hid_t properties) {
        H5Pset_chunk(properties, static_cast<int>(extents.size()), extents.data());
        if (gzip) H5Pset_deflate(properties, 1);
      };
    };
    test::declare(file, "contiguous", H5T_NATIVE_FLOAT, {tera, 28});
    test::declare(file, "chunked", H5T_NATIVE_FLOAT, {tera, 28}, chunk({1024, 28}, false));
    test::declare(file, "gzip", H5T_NATIVE_FLOAT, {tera}, chunk({1024}, true));
    test::declare(file, "overflow", H5T_NATIVE_UINT8, {1ULL << 62, 1ULL << 62, 16},
                  chunk({1, 1, 16}, false));
    test::declare(file, "huge_chunk", H5T_NATIVE_UINT8, {1ULL << 31}, chunk({1ULL << 31}, true));
    test::declare(file, "small", H5T_NATIVE_FLOAT,
                  {100});  // nothing but the fill value, and harmless
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

TEST_CASE("a data set that is compressed twice, which a few bytes can make huge, is refused") {
  const test::TemporaryFolder folder;
  const std::string path = test::write_hdf5(folder.file("twice.h5"), [](hid_t file) {
    const hsize_t chunk = 1 << 19;
    test::declare(file, "twice", H5T_NATIVE_UINT8, {1 << 20}, [&](hid_t properties) {
      H5Pset_chunk(properties, 1, &chunk);
      H5Pset_deflate(properties, 9);
      H5Pset_deflate(properties, 9);
    });
    test::declare(file, "once", H5T_NATIVE_UINT16, {1 << 19}, [&](hid_t properties) {
      H5Pset_chunk(properties, 1, &chunk);
      H5Pset_shuffle(properties);
      H5Pset_deflate(properties, 9);
      H5Pset_fletcher32(properties);
    });
  });
  const File file = File::open(path);
  CHECK_FAILS(file.dataset("twice"), ExitCode::bad_data, "is compressed more than once");
  CHECK(file.dataset("once").rows() == 1 << 19);
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

}  // namespace tusk::hdf5
