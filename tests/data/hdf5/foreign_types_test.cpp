// SPDX-License-Identifier: Apache-2.0
// Types that other programs write.
#include <doctest/doctest.h>
#include <hdf5.h>

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "check_fails.hpp"
#include "data/hdf5/file.hpp"
#include "data/hdf5/listing.hpp"
#include "temporary_folder.hpp"
#include "write_hdf5.hpp"

namespace tusk::hdf5 {

TEST_CASE("what is no plain number is refused by its type") {
  const test::TemporaryFolder folder;
  const std::string path = test::write_hdf5(folder.file("types.h5"), [](hid_t file) {
    const auto make = [&](const char* name, hid_t type) {
      test::declare(file, name, type, {4});
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
  CHECK_FAILS(
      file.dataset("text"), ExitCode::bad_data,
      "holds strings; numbers are expected, as numpy.unique(texts, return_inverse=True)[1]");
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
  const std::string path = test::write_hdf5(folder.file("formats.h5"), [](hid_t file) {
    const std::array<float, 4> values{0.5F, -2.0F, 1024.0F, 0.0F};
    const hid_t half = H5Tcopy(H5T_IEEE_F32LE);
    H5Tset_fields(half, 15, 10, 5, 0, 10);
    H5Tset_size(half, 2);
    H5Tset_ebias(half, 15);
    for (const auto& [name, type] : {std::pair{"half", half}, {"big", H5T_IEEE_F64BE}}) {
      test::declare(file, name, type, {4});
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

}  // namespace tusk::hdf5
