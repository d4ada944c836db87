// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <hdf5.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/hdf5/attributes.hpp"
#include "data/hdf5/file.hpp"
#include "data/hdf5/listing.hpp"
#include "data/hdf5/write_hdf5.hpp"
#include "net/formats/model_file.hpp"
#include "outcome_in_child.hpp"
#include "run/records/history_file.hpp"
#include "temporary_folder.hpp"
#include "tusk/random.hpp"
#include "use_file.hpp"

namespace tusk::formats {
namespace {

// Every way that the program looks at a file.
void use(const std::string& path) {
  const hdf5::File file = hdf5::File::open(path);
  hdf5::list(file);
  const hdf5::NumberDataset dataset = file.dataset("numbers");
  std::vector<std::byte> bytes(dataset.rows() * dataset.row_elements() * size_of(dataset.type()));
  dataset.read_rows(0, dataset.rows(), dataset.type(), bytes);
}

std::string write_data_set(const std::string& path) {
  hdf5::File file = hdf5::File::create(path);
  std::vector<float> values(2048);
  std::iota(values.begin(), values.end(), 0.0F);
  file.create_dataset("features", ElementType::f32, {512, 4}, {.chunk_rows = 64, .gzip = 1})
      .write(0, std::span<const float>(values));
  std::vector<std::uint8_t> labels(512, 1);
  file.create_dataset("label", ElementType::u8, {512})
      .write(0, std::span<const std::uint8_t>(labels));
  const std::vector<std::string> names{"a", "b", "c", "d"};
  hdf5::write_attribute(file, "features", "column_names", names);
  hdf5::write_attribute(file, "label", "class_names", names);
  return path;
}

std::string write_model(const std::string& path) {
  ModelContent content;
  content.input = Shape{6};
  content.layers = {DenseOptions{.units = 40}, DropoutOptions{.rate = 0.25},
                    DenseOptions{.units = 2, .activation = Activation::softmax}};
  content.weights.resize(6 * 40 + 40 + 40 * 2 + 2, 0.5F);
  content.class_names = {"no", "yes"};
  content.optimizer = with_defaults(AdamOptions{});
  content.optimizer_state = empty_state(*content.optimizer, content.weights.size());
  save_model(path, content);
  return path;
}

std::string write_history(const std::string& path) {
  records::HistoryFile history(path, {"accuracy"});
  const float accuracy = 0.5F;
  for (std::uint32_t step = 1; step < 100; ++step) {
    history.add(records::StepRecord{.worker = 1, .step = step}, std::span(&accuracy, 1));
    history.add(records::CommitRecord{.ticket = step, .worker = 1});
  }
  history.close();
  return path;
}

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

constexpr std::size_t superblock_version = 8;
constexpr std::size_t end_of_file_address = 40;  // in a superblock of version 0

// The superblock then says that the file ends where it does.
std::string with_end_of_file(std::string bytes) {
  const std::uint64_t size = bytes.size();
  if (size >= end_of_file_address + sizeof(size) && bytes[superblock_version] == 0) {
    std::memcpy(bytes.data() + end_of_file_address, &size, sizeof(size));
  }
  return bytes;
}

// Damaged files are used in processes of their own: what libhdf5 makes of them is not ours to
// promise. Where it crashes stands in docs/untrusted-files.md. Says how many files ended how.
void use_damaged(std::size_t count, const std::function<std::string(std::size_t)>& bytes_of_file) {
  const test::TemporaryFolder folder;
  const auto outcomes = test::outcomes_in_child(count, [&](std::size_t index) {
    test::use_file(folder.write("damaged.h5", bytes_of_file(index)));
  });
  std::map<std::string, int> counts;
  for (std::size_t index = 0; index < count; ++index) {
    CAPTURE(index);
    const std::string& outcome = outcomes[index];
    CHECK_MESSAGE(
        (outcome == "done" || outcome == "error" || outcome.starts_with("crash in libhdf5")),
        outcome);
    ++counts[outcome];
  }
  for (const auto& [outcome, times] : counts) MESSAGE(times, " files: ", outcome);
}

// The newest file format: other indices of links, attributes and chunks, all with checksums.
std::string write_newest(const std::string& path) {
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access);
  const std::array<hsize_t, 2> extents{64, 4};
  const std::array<hsize_t, 2> unlimited{H5S_UNLIMITED, 4};
  const std::array<hsize_t, 2> chunk{4, 4};
  const std::vector<float> values(256, 1.5F);
  for (const auto& [name, limits] :
       {std::pair("fixed", extents.data()), std::pair("growing", unlimited.data())}) {
    const hid_t space = H5Screate_simple(2, extents.data(), limits);
    const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(properties, 2, chunk.data());
    H5Pset_deflate(properties, 1);
    const hid_t dataset =
        H5Dcreate2(file, name, H5T_IEEE_F32LE, space, H5P_DEFAULT, properties, H5P_DEFAULT);
    H5Dwrite(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    const hid_t scalar = H5Screate(H5S_SCALAR);
    for (int i = 0; i < 12; ++i) {  // above 8 they are indexed
      const std::string attribute = "a" + std::to_string(i);
      const hid_t id =
          H5Acreate2(dataset, attribute.c_str(), H5T_NATIVE_INT, scalar, H5P_DEFAULT, H5P_DEFAULT);
      H5Awrite(id, H5T_NATIVE_INT, &i);
      H5Aclose(id);
    }
    H5Sclose(scalar);
    H5Dclose(dataset);
    H5Pclose(properties);
    H5Sclose(space);
  }
  H5Fclose(file);
  H5Pclose(access);
  return path;
}

const std::vector<std::string (*)(const std::string&)> writers{write_data_set, write_model,
                                                               write_history, write_newest};

}  // namespace

TEST_CASE("files of each kind, cut off or blank behind every 512 bytes, are errors or whole") {
  const test::TemporaryFolder folder;
  for (const auto& write : writers) {
    const std::string path = write(folder.file("whole.h5"));
    CHECK_NOTHROW(test::use_file(path));
    const std::string whole = bytes_of(path);
    for (std::size_t size = 0; size < whole.size(); size += 512) {
      CAPTURE(size);
      CHECK_FAILS(test::use_file(folder.write("cut.h5", whole.substr(0, size))), ExitCode::bad_data,
                  "cut.h5");
    }
    use_damaged(whole.size() / 512,
                [&](std::size_t index) { return with_end_of_file(whole.substr(0, 512 * index)); });
    for (const char blank : {'\0', '\xFF'}) {
      use_damaged(whole.size() / 512, [&](std::size_t index) {
        return whole.substr(0, 512 * index) + std::string(whole.size() - 512 * index, blank);
      });
    }
  }
}

TEST_CASE("files of each kind with some bytes changed are errors or read") {
  const test::TemporaryFolder folder;
  for (const auto& write : writers) {
    const std::string whole = bytes_of(write(folder.file("whole.h5")));
    use_damaged(300, [&](std::size_t index) {
      Random random(index, Stream::shuffle);
      std::string bytes = whole;
      for (std::uint64_t change = 1 + random.below(3); change-- > 0;) {
        bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
      }
      return bytes;
    });
  }
}

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
    hdf5::File file = hdf5::File::update(path);
    const std::vector<float> values(256, 1.5F);
    file.dataset("chunks").write(0, std::span<const float>(values));
    hdf5::write_attribute(file, "numbers", "note", "some text");
  }
  const std::string bytes = bytes_of(path);
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
  CHECK_FAILS(hdf5::File::open(path), ExitCode::bad_data,
              "short.h5: damaged or incomplete (HDF5: truncated file");
}

TEST_CASE("storage beyond the end of the file is refused, also if the file lies about its end") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("short.h5");
  const std::vector<std::uint8_t> bytes(100'000, 7);
  hdf5::File::create(path)
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

}  // namespace tusk::formats
