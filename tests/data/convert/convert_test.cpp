// SPDX-License-Identifier: Apache-2.0
#include "data/convert/convert.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <filesystem>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/hdf5/attributes.hpp"
#include "data/hdf5/checksum.hpp"
#include "data/hdf5/file.hpp"
#include "gzip.hpp"
#include "npy.hpp"
#include "temporary_folder.hpp"

namespace tusk::convert {
namespace {

using namespace std::string_literals;

// uint8 images of 2 × 2 and their labels, as IDX.
std::string idx_images(std::uint32_t count) {
  std::string bytes = "\0\0\x08\x03"s;
  for (const std::uint32_t extent : {count, 2U, 2U}) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(extent >> shift);
  }
  for (std::uint32_t i = 0; i < 4 * count; ++i) bytes += static_cast<char>(i);
  return bytes;
}
const std::string idx_labels = "\0\0\x08\x01\0\0\0\x03\x02\0\x02"s;

template <typename T>
std::vector<T> read(const hdf5::NumberDataset& dataset) {
  std::vector<T> values(dataset.rows() * dataset.row_elements());
  dataset.read(0, std::span(values));
  return values;
}

TEST_CASE("images and labels in IDX files keep their types, shapes and values, in either order") {
  const test::TemporaryFolder folder;
  const std::string images = test::write_gzip(folder.file("images.gz"), idx_images(3));
  const std::string labels = folder.write("labels", idx_labels);
  std::vector<std::uint8_t> pixels(12);
  std::iota(pixels.begin(), pixels.end(), std::uint8_t{0});
  for (const auto& inputs : {std::vector{images, labels}, std::vector{labels, images}}) {
    const Conversion done =
        convert({.inputs = inputs, .output = folder.file("out.h5"), .overwrite = true});
    CHECK(done.files[0].rows == 3);
    CHECK(done.features.row_shape == Shape{2, 2});
    CHECK(done.features.type == ElementType::u8);
    CHECK(done.classes == 2);
    const hdf5::File file = hdf5::File::open(folder.file("out.h5"));
    CHECK(read<std::uint8_t>(file.dataset("features")) == pixels);
    CHECK(read<std::uint8_t>(file.dataset("label")) == std::vector<std::uint8_t>{2, 0, 2});
    CHECK(file.dataset("label").type() == ElementType::u8);
    CHECK(hdf5::stored_checksum(file).has_value());
  }
}

TEST_CASE("a CSV file becomes features with column names and labels with class names") {
  const test::TemporaryFolder folder;
  ConvertOptions options;
  options.inputs = {folder.write("in.csv", "id,x,y,kind\n1,0.5,,s\n2,-1,3,b\n")};
  options.columns.label = "kind";
  options.output = folder.file("out.h5");
  options.columns.drop = {"id"};
  options.csv.type = ElementType::f64;
  options.names = {"inputs", "target"};
  const Conversion done = convert(options);
  CHECK(done.missing_values == 1);
  CHECK(done.classes == 2);
  const hdf5::File file = hdf5::File::open(options.output);
  CHECK(file.dataset("inputs").type() == ElementType::f64);
  CHECK(read<double>(file.dataset("inputs"))[3] == 3);
  CHECK(read<std::int32_t>(file.dataset("target")) == std::vector<std::int32_t>{1, 0});
  using Names = std::vector<std::string>;
  CHECK(hdf5::read_texts(file, "inputs", "column_names") == Names{"x", "y"});
  CHECK(hdf5::read_texts(file, "target", "class_names") == Names{"b", "s"});
}

TEST_CASE("data of many blocks arrives whole, and its checksum is that of the data") {
  const test::TemporaryFolder folder;
  const std::uint32_t count = 5'000'000;  // 20 MB
  convert({.inputs = {folder.write("images", idx_images(count))}, .output = folder.file("out.h5")});
  const hdf5::File file = hdf5::File::open(folder.file("out.h5"));
  const auto pixels = read<std::uint8_t>(file.dataset("features"));
  CHECK(pixels.size() == 4 * count);
  bool same = true;
  for (std::size_t i = 0; i < pixels.size(); ++i) same = same && pixels[i] == i % 256;
  CHECK(same);
  CHECK(hdf5::stored_checksum(file) == fmt::format("crc32:{:08x}", hdf5::compute_checksum(file)));
}

TEST_CASE("an output is neither replaced unasked nor left half written") {
  const test::TemporaryFolder folder;
  const std::string images = folder.write("images", idx_images(3));
  const std::string existing = folder.write("out.h5", "precious");
  CHECK_FAILS(convert({.inputs = {images}, .output = existing}), ExitCode::cannot_create,
              "exists already; --overwrite");
  CHECK(std::filesystem::file_size(existing) == 8);
  CHECK_FAILS(convert({.inputs = {images}, .output = images, .overwrite = true}), ExitCode::usage,
              "both an input and the output");
  const std::string labels = folder.write("labels", idx_labels);
  CHECK_FAILS(
      convert(
          {.inputs = {images}, .columns = {.label = labels}, .output = labels, .overwrite = true}),
      ExitCode::usage, "both an input and the output");
  CHECK_FAILS(convert({.inputs = {images}, .output = folder.file("."), .overwrite = true}),
              ExitCode::cannot_create, "is no regular file");
  CHECK_FAILS(convert({.inputs = {images}, .output = folder.file("none/out.h5")}),
              ExitCode::cannot_create, "none/out.h5");

  const std::string cut = test::write_gzip(folder.file("cut.gz"), idx_images(3).substr(0, 20));
  CHECK_FAILS(convert({.inputs = {cut}, .output = folder.file("new.h5")}), ExitCode::bad_data,
              "cut.gz is truncated");
  CHECK_FALSE(std::filesystem::exists(folder.file("new.h5")));
  CHECK_FALSE(std::filesystem::exists(folder.file("new.h5.part")));
}

TEST_CASE("inputs that do not go together are refused") {
  const test::TemporaryFolder folder;
  const std::string three = folder.write("three", idx_images(3));
  const std::string two = folder.write("two", idx_images(2));
  const std::string labels = folder.write("labels", idx_labels);
  const std::string csv = folder.write("a.csv", "1,2\n");
  const auto fails = [&](ConvertOptions options, ExitCode code, const std::string& text) {
    options.output = folder.file("out.h5");
    CHECK_FAILS(convert(options), code, text);
  };
  fails({.inputs = {two, labels}}, ExitCode::bad_data, "two has 2 rows, but ");
  fails({.inputs = {two, three}}, ExitCode::usage, "none of the inputs has a single dimension");
  fails({.inputs = {labels, labels}}, ExitCode::usage, "more than one of the inputs");
  fails({.inputs = {three, two, labels}}, ExitCode::bad_data, "three has 5 rows, but ");
  fails({.inputs = {csv, labels}}, ExitCode::usage, "converted on their own");
  fails({.inputs = {three}, .columns = {.drop = {"a"}}}, ExitCode::usage, "is no CSV file");
  fails({.inputs = {folder.file("none")}}, ExitCode::no_input, "does not exist");
  fails({.inputs = {three}, .columns = {.label = folder.file("none")}}, ExitCode::no_input,
        "does not exist");
  fails({.inputs = {labels}, .columns = {.label = labels}}, ExitCode::usage,
        "where are the features?");
}

TEST_CASE("folders of NPY files and records are converted like single files and columns") {
  const test::TemporaryFolder folder;
  std::filesystem::create_directory(folder.file("parts"));
  folder.write("parts/a.npy", test::npy("'<i2'", "(1, 2)", "\x01\0\x02\0"s));
  folder.write("parts/b.npy", test::npy("'<i2'", "(2, 2)", "\x03\0\x04\0\x05\0\x06\0"s));
  const std::string labels = folder.write("labels", idx_labels);
  const Conversion parts = convert({.inputs = {folder.file("parts")},
                                    .columns = {.label = labels},
                                    .output = folder.file("parts.h5")});
  CHECK(parts.files[0].rows == 3);
  CHECK(parts.features.row_shape == Shape{2});

  const std::string records = folder.write(
      "r.npy", test::npy("[('x', '|u1'), ('label', '|u1'), ('t', '|S1')]", "(2,)", "abcdef"));
  CHECK_FAILS(convert({.inputs = {records}, .output = folder.file("r.h5")}), ExitCode::bad_data,
              "'--drop t' leaves it out");
  const Conversion done =
      convert({.inputs = {records}, .columns = {.drop = {"t"}}, .output = folder.file("r.h5")});
  CHECK(done.label->type == ElementType::u8);
  const hdf5::File file = hdf5::File::open(folder.file("r.h5"));
  CHECK(hdf5::read_texts(file, "features", "column_names") == std::vector<std::string>{"x"});
  CHECK_FAILS(
      convert({.inputs = {records}, .output = folder.file("s.h5"), .csv = {.delimiter = ';'}}),
      ExitCode::usage, "is no CSV file");
}

TEST_CASE("libsvm files are converted, and taken for it if they are said to be") {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("a", "1 1:2 3:4\n0 2:5\n");
  const auto with = [&](ConvertOptions options) {
    options.inputs.push_back(path);
    options.output = folder.file("out.h5");
    options.overwrite = true;
    return convert(options);
  };
  CHECK(with({}).features.row_shape == Shape{3});
  CHECK(with({.libsvm = {.columns = 7}}).features.row_shape == Shape{7});
  CHECK(with({.csv = {.type = ElementType::f64}}).features.type == ElementType::f64);
  CHECK_FAILS(with({.columns = {.drop = {"0"}}}), ExitCode::usage, "only --type applies");
  CHECK_FAILS(with({.format = tables::InputFormat::csv}), ExitCode::bad_data, "a");
  CHECK_FAILS(with({.format = tables::InputFormat::npy}), ExitCode::bad_data,
              "is libsvm and not NPY");
  CHECK_FAILS(with({.inputs = {folder.write("b", "1,2\n")}}), ExitCode::usage, "b is CSV, but");
  const std::string texts = folder.write("texts", "cat 1:2\n");
  CHECK(convert({.inputs = {texts},
                 .format = tables::InputFormat::libsvm,
                 .output = folder.file("texts.h5")})
            .label->class_names == std::vector<std::string>{"cat"});
}

TEST_CASE("labels may be named apart from the inputs, and have several dimensions") {
  const test::TemporaryFolder folder;
  const std::string features = folder.write("features", idx_images(3));
  const std::string targets = folder.write("targets", "\0\0\x08\x02\0\0\0\x03\0\0\0\x02zzzzzz"s);
  const Conversion done = convert(
      {.inputs = {features}, .columns = {.label = targets}, .output = folder.file("out.h5")});
  CHECK(done.label->row_shape == Shape{2});
  CHECK_FALSE(done.classes.has_value());
}

}  // namespace
}  // namespace tusk::convert
