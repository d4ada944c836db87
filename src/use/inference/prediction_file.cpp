// SPDX-License-Identifier: Apache-2.0
#include "use/inference/prediction_file.hpp"

#include <algorithm>
#include <optional>
#include <span>

#include "core/pending_file.hpp"
#include "data/hdf5/file.hpp"
#include "data/hdf5/text_dataset.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "mpi/file_lock.hpp"
#include "net/graph/chosen_class.hpp"

namespace tusk::inference {
namespace {

std::vector<std::int32_t> classes_of(ConstMatrix outputs) {
  std::vector<std::int32_t> classes(outputs.cols());
  for (std::size_t i = 0; i < classes.size(); ++i) {
    classes[i] = static_cast<std::int32_t>(graph::chosen_class(outputs.col(i)));
  }
  return classes;
}

std::vector<std::string> names_of_classes(std::span<const std::int32_t> classes,
                                          std::span<const std::string> names) {
  std::vector<std::string> out;
  out.reserve(classes.size());
  for (const std::int32_t index : classes) {
    const auto position = static_cast<std::size_t>(index);
    out.push_back(position < names.size() ? names[position] : std::to_string(index));
  }
  return out;
}

std::optional<mpi::FileLock> lock_on_first(const std::string& path,
                                           const mpi::Communicator& communicator) {
  std::optional<mpi::FileLock> lock;
  mpi::collectively(communicator, [&] {
    if (communicator.rank() == 0) lock = mpi::FileLock::of_output(path);
  });
  return lock;
}

std::optional<PendingFile> pending_on_first(const std::string& path,
                                            const mpi::Communicator& communicator) {
  if (communicator.rank() != 0) return std::nullopt;
  return std::make_optional<PendingFile>(path);
}

}  // namespace

struct PredictionFile::Parts {
  // The data sets of an output.
  struct Output {
    Output(hdf5::File& file, std::uint64_t rows, const PredictedOutput& what)
        : layout(what),
          prediction(file.create_dataset(what.group + "prediction", element_type<Real>(),
                                         {rows, what.width})) {
      if (!what.classes) return;
      index = file.create_dataset(what.group + "predicted_index", ElementType::i32, {rows});
      if (what.class_names.empty()) return;
      names.emplace(file, what.group + "predicted_class", rows, what.class_names);
    }

    PredictedOutput layout;
    hdf5::NumberDataset prediction;
    std::optional<hdf5::NumberDataset> index{};
    std::optional<hdf5::TextDataset> names{};
  };

  Parts(const std::string& path, const mpi::Communicator& world, const PredictionLayout& what)
      : communicator(world),
        rows(what.rows),
        lock(lock_on_first(path, world)),
        pending(pending_on_first(path, world)),
        file(hdf5::File::create(PendingFile::part_of(path), world)) {
    for (const PredictedOutput& output : what.outputs) {
      outputs.push_back(std::make_unique<Output>(*file, rows, output));
    }
  }

  const mpi::Communicator& communicator;
  std::uint64_t rows;
  std::optional<mpi::FileLock> lock;   // on rank 0
  std::optional<PendingFile> pending;  // on rank 0
  std::optional<hdf5::File> file;
  std::vector<std::unique_ptr<Output>> outputs;
};

PredictionFile::PredictionFile(const std::string& path, const mpi::Communicator& communicator,
                               const PredictionLayout& layout)
    : parts_(std::make_unique<Parts>(path, communicator, layout)) {}

PredictionFile::~PredictionFile() = default;

void PredictionFile::write(std::size_t output, std::uint64_t first_row, ConstMatrix numbers) {
  if (parts_->rows == 0) return;  // HDF5 has no storage that it could write nothing to
  Parts::Output& its = *parts_->outputs[output];
  const std::uint64_t begin = numbers.cols() == 0 ? 0 : first_row;
  mpi::collectively(parts_->communicator,
                    [&] { its.prediction.write(begin, std::span<const Real>(numbers.flat())); });
  if (!its.index) return;
  const std::vector<std::int32_t> classes = classes_of(numbers);
  mpi::collectively(parts_->communicator,
                    [&] { its.index->write(begin, std::span<const std::int32_t>(classes)); });
  if (!its.names) return;
  const auto names = names_of_classes(classes, its.layout.class_names);
  mpi::collectively(parts_->communicator, [&] { its.names->write(begin, names); });
}

void PredictionFile::copy(const hdf5::NumberDataset& source, std::uint64_t begin,
                          std::uint64_t end) {
  const mpi::Communicator& communicator = parts_->communicator;
  hdf5::NumberDataset target =
      parts_->file->create_dataset(source.name(), source.type(), source.extents());
  const std::size_t row_bytes = source.row_elements() * size_of(source.type());
  const std::uint64_t step = source.rows_per_transfer();
  const std::uint64_t pieces = communicator.max((end - begin + step - 1) / step);
  std::vector<std::byte> rows;
  for (std::uint64_t piece = 0; piece < pieces; ++piece) {
    const std::uint64_t from = std::min(begin + piece * step, end);
    const std::uint64_t to = std::min(from + step, end);
    mpi::collectively(communicator, [&] {
      rows.resize((to - from) * row_bytes);
      source.read_rows(from, to, source.type(), rows);
    });
    mpi::collectively(communicator, [&] { target.write_rows(from, to, source.type(), rows); });
  }
}

void PredictionFile::finish() {
  Parts& parts = *parts_;
  parts.outputs.clear();
  mpi::collectively(parts.communicator, [&] { parts.file->close(); });
  parts.file.reset();
  mpi::collectively(parts.communicator, [&] {
    if (parts.pending) parts.pending->publish();
  });
}

}  // namespace tusk::inference
