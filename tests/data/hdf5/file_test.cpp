// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5/file.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <numeric>
#include <vector>

#include "check_fails.hpp"
#include "temporary_folder.hpp"

namespace tusk::hdf5 {
namespace {

template <typename T>
std::vector<T> read_all(const NumberDataset& dataset) {
  std::vector<T> values(dataset.rows() * dataset.row_elements());
  dataset.read(0, std::span(values));
  return values;
}

template <typename T>
std::vector<T> count_up(std::size_t count) {
  std::vector<T> values(count);
  std::iota(values.begin(), values.end(), T{1});
  return values;
}

// Files may not grow beyond this many bytes while it exists: a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

}  // namespace

TEST_CASE_TEMPLATE("numbers of every type come back as they were", T, std::uint8_t, std::int8_t,
                   std::uint16_t, std::int16_t, std::uint32_t, std::int32_t, std::uint64_t,
                   std::int64_t, float, double) {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("numbers.h5");
  const auto numbers = count_up<T>(24);
  {
    File file = File::create(path);
    file.create_dataset("group/numbers", element_type<T>(), {4, 3, 2})
        .write(0, std::span<const T>(numbers));
    file.close();
  }
  const File file = File::open(path);
  const NumberDataset dataset = file.dataset("group/numbers");
  CHECK(dataset.type() == element_type<T>());
  CHECK(dataset.extents() == std::vector<std::uint64_t>{4, 3, 2});
  CHECK(dataset.row_shape() == Shape{3, 2});
  CHECK(read_all<T>(dataset) == numbers);
  std::vector<T> middle(12);
  dataset.read(1, std::span(middle));
  CHECK(middle == std::vector<T>(numbers.begin() + 6, numbers.begin() + 18));
  CHECK(read_all<double>(dataset) == count_up<double>(24));
}

TEST_CASE("chunked, compressed and extendable data sets hold what was written") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("chunks.h5");
  const auto numbers = count_up<float>(1000);
  {
    File file = File::create(path);
    file.create_dataset("gzip", ElementType::f32, {100, 10}, {.chunk_rows = 7, .gzip = 4})
        .write(0, std::span<const float>(numbers));
    file.create_dataset("few", ElementType::f32, {2, 500}, {.chunk_rows = 1000})
        .write(0, std::span<const float>(numbers));
    NumberDataset growing = file.create_dataset("growing", ElementType::f32, {0, 10},
                                                {.chunk_rows = 16, .extendable = true});
    growing.append_rows(60, ElementType::f32, std::as_bytes(std::span(numbers).first(600)));
    growing.append_rows(40, ElementType::f32, std::as_bytes(std::span(numbers).last(400)));
  }
  const File file = File::open(path);
  for (const char* name : {"gzip", "few", "growing"}) {
    CHECK(read_all<float>(file.dataset(name)) == numbers);
  }
  CHECK(file.dataset("gzip").rows_per_transfer() % 7 == 0);
  CHECK(file.dataset("growing").rows() == 100);
  CHECK(file.dataset_names() == std::vector<std::string>{"few", "growing", "gzip"});
  CHECK(file.has_dataset("gzip"));
  CHECK_FALSE(file.has_dataset("nothing/gzip"));
  CHECK_FALSE(file.has_group("gzip"));
}

TEST_CASE("a file can be changed after it was closed") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("twice.h5");
  File::create(path).create_dataset("first", ElementType::u8, {1});
  File::update(path).create_dataset("second", ElementType::u8, {1});
  CHECK(File::open(path).dataset_names() == std::vector<std::string>{"first", "second"});
}

TEST_CASE("a scalar is one row") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("scalar.h5");
  const std::vector<double> number{2.5};
  File::create(path)
      .create_dataset("scalar", ElementType::f64, {})
      .write(0, std::span<const double>(number));
  const File file = File::open(path);
  CHECK(file.dataset("scalar").rows() == 1);
  CHECK(read_all<double>(file.dataset("scalar")) == number);
}

TEST_CASE("a read of many megabytes is taken in transfers of eight") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("large.h5");
  const auto numbers = count_up<std::uint32_t>(5 << 20);
  File::create(path)
      .create_dataset("large", ElementType::u32, {5 << 10, 1 << 10})
      .write(0, std::span<const std::uint32_t>(numbers));
  const File file = File::open(path);
  const NumberDataset dataset = file.dataset("large");
  CHECK(dataset.rows_per_transfer() == 2048);
  CHECK(read_all<std::uint32_t>(dataset) == numbers);
}

TEST_CASE("what is not there is named, with what is") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("some.h5");
  {
    File file = File::create(path);
    file.create_dataset("features", ElementType::u8, {1});
    file.create_dataset("label", ElementType::u8, {1});
    file.create_group("empty");
  }
  const File file = File::open(path);
  CHECK_FAILS(file.dataset("labels"), ExitCode::bad_data, "did you mean 'label'?");
  CHECK_FAILS(file.dataset("x"), ExitCode::bad_data, "it has features, label");
  CHECK_FAILS(file.dataset("features/x"), ExitCode::bad_data, "there is no data set 'features/x'");
  CHECK_FAILS(file.dataset("empty"), ExitCode::bad_data, "is a group");
  CHECK_FAILS(file.dataset(""), ExitCode::bad_data, "is a group");
  CHECK_FAILS(file.dataset("."), ExitCode::bad_data, "there is no data set");
}

TEST_CASE("files that cannot be opened or created are told apart") {
  const test::TemporaryFolder folder;
  const std::string text = folder.write("text.csv", "1,2,3\n");
  CHECK_FAILS(File::open(folder.file("none.h5")), ExitCode::no_input, "No such file");
  CHECK_FAILS(File::open(folder.path().string()), ExitCode::no_input, "is a directory");
  REQUIRE(::mkfifo(folder.file("pipe").c_str(), 0600) == 0);
  CHECK_FAILS(File::open(folder.file("pipe")), ExitCode::no_input, "it is a pipe");
  CHECK_FAILS(File::update(folder.file("pipe")), ExitCode::no_input, "it is a pipe");
  CHECK_FAILS(File::open(text), ExitCode::bad_data, "not an HDF5 file");
  CHECK_FAILS(File::open(folder.write("empty", "")), ExitCode::bad_data, "not an HDF5 file");
  CHECK_FAILS(File::create(folder.file("none/out.h5")), ExitCode::cannot_create, "No such file");
  CHECK_FAILS(File::create(folder.path().string()), ExitCode::cannot_create, "is a directory");
  CHECK_FAILS(File::create("/proc/out.h5"), ExitCode::cannot_create, "/proc/out.h5");
}

TEST_CASE("a full disk is an error that says so, at the write or at the close") {
  const test::TemporaryFolder folder;
  const auto numbers = count_up<float>(1 << 20);
  for (const std::uint64_t chunk_rows : {0, 1 << 14}) {
    CHECK_FAILS(
        [&] {
          File file = File::create(folder.file("full.h5"));
          const FileSizeLimit limit(1 << 20);
          file.create_dataset("numbers", ElementType::f32, {1 << 20}, {.chunk_rows = chunk_rows})
              .write(0, std::span<const float>(numbers));
          file.close();
        }(),
        ExitCode::io_error, "File too large");
  }
  CHECK_NOTHROW(File::create(folder.file("full.h5")).close());
}

}  // namespace tusk::hdf5
