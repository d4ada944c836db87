// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "data/tables/input_file.hpp"
#include "data/tables/table.hpp"

namespace tusk::tables {

// CIFAR-10 and CIFAR-100 in their binary form, as their home page has them (A. Krizhevsky, Learning
// Multiple Layers of Features from Tiny Images, 2009): records of 3,073 bytes, a label and an image
// of 32 × 32 pixels, plane by plane, red, green, blue; those of CIFAR-100, of 3,074 bytes, have a
// coarse label before the fine one.
enum class CifarKind { cifar10, cifar100 };

// Several such files, plain or compressed, behind one another: features (32, 32, 3) uint8, a
// pixel's colours together as Keras has them, and labels uint8. Classes have the names in
// batches.meta.txt, fine_label_names.txt or coarse_label_names.txt in the folder of the first file,
// where these are.
class CifarTable final : public Table {
 public:
  // `coarse`: the label of CIFAR-100 that is wanted. Throws what InputFile throws; Error(bad_data)
  // if a file is no whole number of records, or a file of names has not a line for each class.
  CifarTable(const std::vector<std::string>& paths, CifarKind kind, bool coarse,
             const FieldNames& names = {});

  std::uint64_t rows() const override { return parts_.back().end; }
  const std::vector<TableField>& fields() const override { return fields_; }

  // Error(bad_data) that names file and record for a label that is no class.
  void read_rows(std::uint64_t first, std::uint64_t count,
                 std::span<const std::span<std::byte>> out) override;

 private:
  struct Part {
    std::string path;
    std::uint64_t end = 0;  // its last row's number, plus 1
  };
  struct Rows {
    std::uint64_t first = 0;
    std::uint64_t count = 0;
    std::span<std::byte> images;  // may be empty: not wanted
    std::span<std::byte> labels;
  };

  void add(const std::string& path);
  void read_part(std::size_t part, const Rows& rows);

  std::size_t label_bytes_;  // of a record
  std::size_t label_at_;     // the one that is wanted
  std::size_t classes_;
  std::vector<Part> parts_;
  std::vector<TableField> fields_;
  std::unique_ptr<InputFile> file_;
  std::size_t open_part_ = 0;
};

}  // namespace tusk::tables
