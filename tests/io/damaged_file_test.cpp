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
#include "outcome_in_child.hpp"
#include "temporary_folder.hpp"
#include "tusk/core/random.hpp"
#include "tusk/io/attributes.hpp"
#include "tusk/io/file.hpp"
#include "tusk/io/history_file.hpp"
#include "tusk/io/listing.hpp"
#include "tusk/io/model_file.hpp"
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

// Everything that the program makes of a file, whatever it holds. Each part is tried, also if one
// before it failed; then the first error is thrown.
void use_all(const std::string& path) {
  const File file = File::open(path);
  std::optional<Error> first;
  const auto attempt = [&](const std::function<void()>& part) {
    try {
      part();
    } catch (const Error& error) {
      if (!first) first = error;
    }
  };
  attempt([&] { list(file); });
  std::vector<std::string> names;
  attempt([&] { names = file.dataset_names(); });
  for (const std::string& name : names) {
    attempt([&] {
      const Dataset dataset = file.dataset(name);
      const std::uint64_t row_bytes = dataset.row_elements() * size_of(dataset.type());
      if (row_bytes > 1U << 20) return;
      const std::uint64_t rows = std::min<std::uint64_t>(dataset.rows(), 10'000);
      std::vector<std::byte> bytes(rows * row_bytes);
      dataset.read_rows(0, rows, dataset.type(), bytes);
    });
    attempt([&] { read_texts(file, name, "class_names"); });
    attempt([&] { read_texts(file, name, "column_names"); });
  }
  if (file.has_group("model_weights")) attempt([&] { load_model(path); });
  if (first) throw *first;
}

std::string write_data_set(const std::string& path) {
  File file = File::create(path);
  std::vector<float> values(2048);
  std::iota(values.begin(), values.end(), 0.0F);
  file.create_dataset("features", ElementType::f32, {512, 4}, {.chunk_rows = 64, .gzip = 1})
      .write(0, std::span<const float>(values));
  std::vector<std::uint8_t> labels(512, 1);
  file.create_dataset("label", ElementType::u8, {512})
      .write(0, std::span<const std::uint8_t>(labels));
  const std::vector<std::string> names{"a", "b", "c", "d"};
  write_attribute(file, "features", "column_names", names);
  write_attribute(file, "label", "class_names", names);
  return path;
}

std::string write_model(const std::string& path) {
  ModelContent content;
  content.input = Shape{6};
  content.layers = {DenseOptions{.units = 40}, DropoutOptions{.rate = 0.25},
                    DenseOptions{.units = 2, .activation = Activation::softmax}};
  content.weights.resize(6 * 40 + 40 + 40 * 2 + 2, 0.5F);
  content.class_names = {"no", "yes"};
  save_model(path, content);
  return path;
}

std::string write_history(const std::string& path) {
  HistoryFile history(path, {"accuracy"});
  const float accuracy = 0.5F;
  for (std::uint32_t step = 1; step < 100; ++step) {
    history.add(StepRecord{.worker = 1, .step = step}, std::span(&accuracy, 1));
    history.add(CommitRecord{.ticket = step, .worker = 1});
  }
  history.close();
  return path;
}

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

constexpr std::size_t end_of_file_address = 40;  // in a superblock of version 0

// The superblock then says that the file ends where it does.
std::string with_end_of_file(std::string bytes) {
  const std::uint64_t size = bytes.size();
  if (size >= end_of_file_address + sizeof(size)) {
    std::memcpy(bytes.data() + end_of_file_address, &size, sizeof(size));
  }
  return bytes;
}

// Damaged files are used in processes of their own: what libhdf5 makes of them is not ours to
// promise. Where it crashes stands in docs/untrusted-files.md. Says how many files ended how.
void use_damaged(std::size_t count, const std::function<std::string(std::size_t)>& bytes_of_file) {
  const test::TemporaryFolder folder;
  const auto outcomes = test::outcomes_in_child(
      count, [&](std::size_t index) { use_all(folder.write("damaged.h5", bytes_of_file(index))); });
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

const std::vector<std::string (*)(const std::string&)> writers{write_data_set, write_model,
                                                               write_history};

}  // namespace

TEST_CASE("files of each kind, cut off or blank behind every 512 bytes, are errors or whole") {
  const test::TemporaryFolder folder;
  for (const auto& write : writers) {
    const std::string path = write(folder.file("whole.h5"));
    CHECK_NOTHROW(use_all(path));
    const std::string whole = bytes_of(path);
    for (std::size_t size = 0; size < whole.size(); size += 512) {
      CAPTURE(size);
      CHECK_FAILS(use_all(folder.write("cut.h5", whole.substr(0, size))), ExitCode::bad_data,
                  "cut.h5");
    }
    use_damaged(whole.size() / 512,
                [&](std::size_t index) { return with_end_of_file(whole.substr(0, 512 * index)); });
    use_damaged(whole.size() / 512, [&](std::size_t index) {
      return whole.substr(0, 512 * index) + std::string(whole.size() - 512 * index, '\0');
    });
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
    File file = File::update(path);
    const std::vector<float> values(256, 1.5F);
    file.dataset("chunks").write(0, std::span<const float>(values));
    write_attribute(file, "numbers", "note", "some text");
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
