// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/convert/convert.hpp"
#include "data/hdf5/attributes.hpp"
#include "data/hdf5/checksum.hpp"
#include "data/hdf5/file.hpp"
#include "mpi/communicator.hpp"

namespace tusk::test {

// All that a conversion leaves: its outcome and the content of its output.
struct Converted {
  Outcome outcome;
  std::uint64_t rows = 0;
  std::uint64_t missing = 0;
  std::uint64_t bad_rows = 0;
  std::string first_bad_row;
  std::optional<std::size_t> classes;
  std::vector<std::vector<std::byte>> content;  // by data set
  std::vector<std::string> texts;               // names of columns and classes

  bool operator==(const Converted& other) const {
    return outcome.code == other.outcome.code && outcome.message == other.outcome.message &&
           rows == other.rows && missing == other.missing && bad_rows == other.bad_rows &&
           first_bad_row == other.first_bad_row && classes == other.classes &&
           content == other.content && texts == other.texts;
  }
};

// The content of a converted file; checks that its checksum is that of its data.
inline void read_content(const std::string& path, Converted& converted) {
  const hdf5::File file = hdf5::File::open(path);
  for (const std::string& name : file.dataset_names()) {
    const hdf5::NumberDataset dataset = file.dataset(name);
    auto& bytes = converted.content.emplace_back(dataset.rows() * dataset.row_elements() *
                                                 size_of(dataset.type()));
    dataset.read_rows(0, dataset.rows(), dataset.type(), bytes);
    for (const char* attribute : {"column_names", "class_names", "category_names:0:"}) {
      const auto texts = hdf5::read_texts(file, name, attribute);
      if (texts) converted.texts.insert(converted.texts.end(), texts->begin(), texts->end());
    }
  }
  CHECK(hdf5::stored_checksum(file) == fmt::format("crc32:{:08x}", hdf5::compute_checksum(file)));
}

// Converts with all ranks of a communicator, or alone, and reads what came of it on this rank.
inline Converted convert_and_read(const convert::ConvertOptions& options,
                                  const mpi::Communicator* communicator) {
  Converted converted;
  std::vector<std::string> outputs;
  converted.outcome = outcome_of([&] {
    const convert::Conversion done = convert::convert(options, communicator);
    for (const auto& file : done.files) {
      outputs.push_back(file.path);
      converted.rows += file.rows;
    }
    converted.missing = done.missing_values;
    converted.bad_rows = done.bad_rows.count;
    converted.first_bad_row = done.bad_rows.first;
    converted.classes = done.classes;
  });
  if (converted.outcome.code != ExitCode::done) return converted;
  if (communicator != nullptr) communicator->barrier();
  for (const std::string& output : outputs) read_content(output, converted);
  return converted;
}

}  // namespace tusk::test
