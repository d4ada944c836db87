// SPDX-License-Identifier: Apache-2.0
#include "data/tables/cifar_table.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/tables/input_format.hpp"
#include "gzip.hpp"
#include "temporary_folder.hpp"

namespace tusk::tables {
namespace {

constexpr std::size_t cifar_pixels = 32 * 32;

// A number that tells row, colour and pixel apart.
std::uint8_t colour_of(std::size_t row, std::size_t colour, std::size_t pixel) {
  return static_cast<std::uint8_t>(7 * row + 85 * colour + pixel);
}

// Records of rows [begin, end): labels are the row's number, and, of CIFAR-100, coarse ones of it.
std::string cifar_records(std::size_t begin, std::size_t end, bool is_100 = false) {
  std::string text;
  for (std::size_t row = begin; row < end; ++row) {
    if (is_100) text += static_cast<char>(row % 20);
    text += static_cast<char>(row % (is_100 ? 100 : 10));
    for (std::size_t colour = 0; colour < 3; ++colour) {
      for (std::size_t pixel = 0; pixel < cifar_pixels; ++pixel) {
        text += static_cast<char>(colour_of(row, colour, pixel));
      }
    }
  }
  return text;
}

struct CifarRows {
  std::vector<std::uint8_t> images;
  std::vector<std::uint8_t> labels;
};

CifarRows read_cifar(CifarTable& table, std::uint64_t first, std::uint64_t count) {
  CifarRows rows{std::vector<std::uint8_t>(count * 3 * cifar_pixels),
                 std::vector<std::uint8_t>(count)};
  table.read_rows(first, count,
                  std::vector{std::as_writable_bytes(std::span(rows.images)),
                              std::as_writable_bytes(std::span(rows.labels))});
  return rows;
}

bool is_image_of(std::size_t row, std::span<const std::uint8_t> image) {
  bool right = true;
  for (std::size_t pixel = 0; pixel < cifar_pixels; ++pixel) {
    for (std::size_t colour = 0; colour < 3; ++colour) {
      right = right && image[3 * pixel + colour] == colour_of(row, colour, pixel);
    }
  }
  return right;
}

}  // namespace

TEST_CASE("records of CIFAR-10 are images with their colours together, across files") {
  const test::TemporaryFolder folder;
  const std::vector<std::string> paths{
      folder.write("data_batch_1.bin", cifar_records(0, 300)),
      test::write_gzip(folder.file("data_batch_2.bin.gz"), cifar_records(300, 305))};
  CifarTable table(paths, CifarKind::cifar10, false);
  CHECK(table.rows() == 305);
  REQUIRE(table.fields().size() == 2);
  CHECK(table.fields()[0].row_shape == Shape{32, 32, 3});
  CHECK(table.fields()[1].class_names.empty());
  for (const std::uint64_t first : {0U, 290U, 303U, 7U}) {
    const std::uint64_t count = first == 303 ? 2 : 12;
    const CifarRows rows = read_cifar(table, first, count);
    for (std::size_t i = 0; i < count; ++i) {
      CHECK(rows.labels[i] == (first + i) % 10);
      CHECK(is_image_of(first + i,
                        std::span(rows.images).subspan(3 * cifar_pixels * i, 3 * cifar_pixels)));
    }
  }
  CHECK(read_cifar(table, 0, 305).labels[299] == 9);
}

TEST_CASE("CIFAR-100 has two labels, and names of classes where their file is") {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("train.bin", cifar_records(0, 120, true));
  CifarTable fine({path}, CifarKind::cifar100, false);
  CifarTable coarse({path}, CifarKind::cifar100, true);
  CHECK(read_cifar(fine, 30, 1).labels[0] == 30);
  CHECK(read_cifar(coarse, 30, 1).labels[0] == 10);
  CHECK(is_image_of(119, read_cifar(fine, 119, 1).images));
  std::string names;
  for (int i = 0; i < 20; ++i) names += "kind " + std::to_string(i) + "\r\n";
  folder.write("coarse_label_names.txt", names + "\n");
  const CifarTable named({path}, CifarKind::cifar100, true);
  CHECK(named.fields()[1].class_names.size() == 20);
  CHECK(named.fields()[1].class_names[19] == "kind 19");
  folder.write("coarse_label_names.txt", names + "one more\n");
  CHECK_FAILS(CifarTable({path}, CifarKind::cifar100, true), ExitCode::bad_data,
              "more lines, but there are 20 classes");
}

TEST_CASE("what is no whole number of records, or no class, is refused") {
  const test::TemporaryFolder folder;
  const std::string records = cifar_records(0, 3);
  CHECK_FAILS(CifarTable({folder.write("a.bin", records.substr(1))}, CifarKind::cifar10, false),
              ExitCode::bad_data, "9,218 bytes, no whole number of records of 3,073");
  CHECK_FAILS(CifarTable({folder.write("none.bin", "")}, CifarKind::cifar10, false),
              ExitCode::bad_data, "no whole number");
  std::string wrong = records;
  wrong[3073] = 10;
  CifarTable table({folder.write("b.bin", wrong)}, CifarKind::cifar10, false);
  CHECK_FAILS(read_cifar(table, 0, 3), ExitCode::bad_data,
              "record 1 has label 10, but classes are 0 to 9");
}

TEST_CASE("files of CIFAR are known by their name and size") {
  const test::TemporaryFolder folder;
  CHECK(recognise_format(folder.write("x.bin", cifar_records(0, 2))) == InputFormat::cifar10);
  CHECK(recognise_format(folder.write("y.bin", cifar_records(0, 2, true))) ==
        InputFormat::cifar100);
  CHECK_FAILS(recognise_format(folder.write("x.dat", cifar_records(0, 2))), ExitCode::bad_data,
              "neither IDX nor NPY nor text");
}

}  // namespace tusk::tables
