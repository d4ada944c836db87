// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "experiment/augment_options.hpp"
#include "experiment/transform_options.hpp"
#include "tusk/named.hpp"

namespace tusk {

// One HDF5 file, or several whose rows follow each other. A path with *, ? or [a-z] stands for all
// the files that match.
struct FileList {
  std::vector<std::string> paths;

  FileList() = default;
  FileList(std::string path) : paths{std::move(path)} {}                     // NOLINT
  FileList(const char* path) : paths{path} {}                                // NOLINT
  FileList(std::vector<std::string> several) : paths(std::move(several)) {}  // NOLINT

  // For messages: "a.h5", "a.h5 and 2 more".
  std::string to_string() const {
    if (paths.size() <= 1) return paths.empty() ? std::string() : paths.front();
    return paths.front() + " and " + std::to_string(paths.size() - 1) + " more";
  }

  friend bool operator==(const FileList&, const FileList&) = default;
};

// Which data sets hold the arrays of a sample: one, several in the order of the model's inputs (or
// outputs), or several by the names of these. A name is a path within the file: "events/jets".
struct ArrayOptions {
  std::vector<std::string> datasets;
  std::vector<std::string> owners{};  // the inputs or outputs, one a data set; empty: in order

  ArrayOptions() = default;
  ArrayOptions(std::string dataset) : datasets{std::move(dataset)} {}  // NOLINT
  ArrayOptions(const char* dataset) : datasets{dataset} {}             // NOLINT

  friend bool operator==(const ArrayOptions&, const ArrayOptions&) = default;
};

// The entries of a list for one input of a model with several.
template <typename Entry>
struct EntriesOfInput {
  std::string input;  // or the output, for transforms of labels
  std::vector<Entry> steps;

  friend bool operator==(const EntriesOfInput&, const EntriesOfInput&) = default;
};

// The entries of data.transforms and its like: a list for data of one array; by input for several.
template <typename Entry>
struct EntryLists : std::vector<Entry> {
  using std::vector<Entry>::vector;
  EntryLists() = default;
  EntryLists(std::vector<Entry> steps) : std::vector<Entry>(std::move(steps)) {}  // NOLINT
  std::vector<EntriesOfInput<Entry>> by_input{};

  bool none() const { return this->empty() && by_input.empty(); }
  friend bool operator==(const EntryLists&, const EntryLists&) = default;
};

using InputTransforms = EntriesOfInput<TransformOptions>;
using TransformLists = EntryLists<TransformOptions>;
using AugmentLists = EntryLists<AugmentOptions>;

// A number of bytes, written "4 GiB".
struct ByteCount {
  std::uint64_t bytes = 0;

  friend bool operator==(const ByteCount&, const ByteCount&) = default;
};

enum class ReadMode {
  independent,  // every rank reads its rows with the POSIX driver
  collective,   // MPI-IO, for parallel file systems
};

constexpr auto names_of(ReadMode) {
  return std::to_array<Named<ReadMode>>(
      {{"independent", ReadMode::independent}, {"collective", ReadMode::collective}});
}

// The [data] table.
struct DataOptions {
  FileList train;
  std::optional<FileList> validation;  // excludes validation_split
  std::optional<FileList> test;
  double validation_split = 0.0;      // in [0, 1): this share of the training rows, drawn by seed
  std::optional<std::string> fold{};  // "2/5" instead: the second of five equal shares
  std::optional<std::string> validation_group{};  // a data set [N]: rows of one value stay together
  bool stratify = false;                          // the same share of every class validates
  ArrayOptions features = "features";             // data sets in the files, one an input: [N, …]
  ArrayOptions label = "label";  // one for all outputs, or one each: class indices [N], or one-hot
                                 // or targets [N, K]
  std::optional<ArrayOptions> sample_weight{};  // how much each row counts, [N]; none: 1 each
  bool shuffle = true;                          // a new order every epoch
  std::size_t repeat = 1;                       // an epoch is so many passes over the training rows
  ReadMode read = ReadMode::independent;
  std::optional<ByteCount> memory_limit;  // a worker's share larger than this is streamed
  TransformLists transforms;
  TransformLists label_transforms{};  // of labels that are numbers; a list for each output
  AugmentLists augment{};             // of training samples, anew each epoch

  friend bool operator==(const DataOptions&, const DataOptions&) = default;
};

}  // namespace tusk
