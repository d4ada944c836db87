// SPDX-License-Identifier: Apache-2.0
// Models made to harm whoever loads them. Each is loaded in a process of its own and must end in an
// Error.
#include <doctest/doctest.h>
#include <hdf5.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "data/hdf5/attributes.hpp"
#include "data/hdf5/file.hpp"
#include "data/hdf5/write_hdf5.hpp"
#include "net/formats/model_file.hpp"
#include "outcome_in_child.hpp"
#include "temporary_folder.hpp"
#include "use_file.hpp"

namespace tusk::formats {
namespace {

using Strings = std::vector<std::string>;

std::string dense(const std::string& units, const std::string& input = "[null, 3]") {
  return R"({"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense", "config":
      {"name": "out", "units": )" +
         units + R"(, "batch_input_shape": )" + input + "}}]}}";
}

// A model of one layer whose group has these names of weights.
void write_model(const std::string& path, const std::string& config, const Strings& layers,
                 const Strings& weights) {
  hdf5::File file = hdf5::File::create(path);
  hdf5::write_attribute(file, "/", "model_config", config);
  file.create_group("model_weights/out");
  hdf5::write_attribute(file, "model_weights", "layer_names", layers);
  hdf5::write_attribute(file, "model_weights/out", "weight_names", weights);
}

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST_CASE("a model that lies about its size, its names or its configuration is an error") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("model.h5");
  const Strings weights{"kernel", "bias"};
  const std::vector<std::function<void()>> hostile{
      [&] { write_model(path, dense("4000000000"), {"out"}, weights); },
      [&] { write_model(path, dense("18446744073709551615"), {"out"}, weights); },
      [&] { write_model(path, dense("1e300"), {"out"}, weights); },
      [&] { write_model(path, dense("-1"), {"out"}, weights); },
      [&] { write_model(path, dense("2", "[null, 4294967296, 4294967296, 2]"), {"out"}, weights); },
      [&] { write_model(path, dense("2", "[]"), {"out"}, weights); },
      [&] { write_model(path, dense("2"), {"../../etc"}, weights); },
      [&] { write_model(path, dense("2"), {"."}, {"."}); },
      [&] {
        write_model(path, dense("2"), {"out"}, {"../out", "/model_weights"});
      },
      [&] { write_model(path, dense("2"), {std::string(60'000, 'x')}, weights); },
      [&] { write_model(path, dense("2"), Strings(5000, "out"), weights); },
      [&] { write_model(path, repeated("[", 1'000'000), {"out"}, weights); },
      [&] { write_model(path, repeated("{\"a\":", 200'000), {"out"}, weights); },
      [&] { write_model(path, "{\"class_name\": \"\xFF\xFE\"}", {"out"}, weights); },
      [&] { write_model(path, "\"" + repeated("\\u0000", 10'000) + "\"", {"out"}, weights); },
      [&] { write_model(path, "", {"out"}, weights); },
  };
  for (const auto& write : hostile) write();  // each can be written
  const auto outcomes = test::outcomes_in_child(hostile.size(), [&](std::size_t index) {
    hostile[index]();
    load_model(path, {});
  });
  for (std::size_t index = 0; index < hostile.size(); ++index) {
    CAPTURE(index);
    CHECK(outcomes[index] == "error");
  }
}

// An attribute of any type and extents, not written to.
void declare_attribute(hid_t file, const char* name, hid_t type, hid_t space) {
  const hid_t id = H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  CHECK(id >= 0);
  H5Aclose(id);
  H5Sclose(space);
}

TEST_CASE("attributes, types and extents of any kind are listed or refused") {
  const test::TemporaryFolder folder;
  const hid_t sequence = H5Tvlen_create(H5T_NATIVE_INT);
  const hid_t text = H5Tcopy(H5T_C_S1);
  H5Tset_size(text, H5T_VARIABLE);
  const hid_t record = H5Tcreate(H5T_COMPOUND, 16);
  H5Tinsert(record, "sequence", 0, sequence);
  const hsize_t matrix_extents[]{3, 3};
  const hid_t matrix = H5Tarray_create2(H5T_NATIVE_DOUBLE, 2, matrix_extents);
  const hid_t opaque = H5Tcreate(H5T_OPAQUE, 1000);
  const hid_t types[]{sequence,
                      text,
                      record,
                      matrix,
                      opaque,
                      H5T_STD_REF_OBJ,
                      H5T_STD_REF_DSETREG,
                      H5T_NATIVE_B8,
                      H5T_NATIVE_LDOUBLE,
                      H5T_UNIX_D32LE};
  const std::string path = test::write_hdf5(folder.file("types.h5"), [&](hid_t file) {
    int number = 0;
    for (const hid_t type : types) {
      const std::string name = "type" + std::to_string(number++);
      test::declare(file, name.c_str(), type, {2});
      test::declare(file, (name + "none").c_str(), type, {0, 5});
      test::declare(file, (name + "deep").c_str(), type, std::vector<hsize_t>(32, 1));
      declare_attribute(file, name.c_str(), type, H5Screate(H5S_SCALAR));
      declare_attribute(file, (name + "null").c_str(), type, H5Screate(H5S_NULL));
    }
    const hsize_t many = 60'000;
    declare_attribute(file, "many", H5T_NATIVE_UINT8, H5Screate_simple(1, &many, nullptr));
    const hsize_t none = 0;
    declare_attribute(file, "none", text, H5Screate_simple(1, &none, nullptr));
    H5Tcommit2(file, "a type", record, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_ud(file, "user-defined", H5L_TYPE_EXTERNAL, "\0x\0y", 5, H5P_DEFAULT, H5P_DEFAULT);
  });
  for (const hid_t type : {record, sequence, text, matrix, opaque}) H5Tclose(type);
  const auto outcomes = test::outcomes_in_child(1, [&](std::size_t) { test::use_file(path); });
  CHECK((outcomes[0] == "error" || outcomes[0] == "done"));
}

}  // namespace
}  // namespace tusk::formats
