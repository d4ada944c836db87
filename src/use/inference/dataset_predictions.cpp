// SPDX-License-Identifier: Apache-2.0
#include "use/inference/dataset_predictions.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "core/units.hpp"
#include "data/hdf5/dataset_name.hpp"
#include "data/hdf5/file.hpp"
#include "data/transforms/transforms.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/error.hpp"
#include "use/evaluation/summation_blocks.hpp"
#include "use/inference/prediction_file.hpp"

namespace tusk::inference {
namespace {

// Outputs that a rank keeps until they are written: 8 MiB, and at most so many rows.
constexpr std::size_t kept_bytes = 8UL << 20;
constexpr std::size_t most_kept_rows = 1UL << 18;

// The data sets of a file that are to be copied, each of as many rows.
std::vector<hdf5::NumberDataset> open_copies(const datasets::Dataset& dataset,
                                             std::span<const std::string> names) {
  std::vector<std::string> taken{"prediction", "predicted_index", "predicted_class"};
  std::vector<hdf5::NumberDataset> copies;
  const hdf5::File& file = dataset.files().front();
  for (const std::string& name : names) {
    const auto other = std::ranges::find_if(
        taken, [&](const std::string& one) { return hdf5::names_collide(one, name); });
    if (other != taken.end()) {
      fail(ExitCode::usage, "--copy {}: the output has data set '{}' already", name, *other);
    }
    taken.push_back(name);
    copies.push_back(file.dataset(name));
    if (copies.back().extents().empty() || copies.back().rows() != dataset.rows()) {
      fail(ExitCode::bad_data, "{}: data set '{}' of shape {} has no row for each of {} samples",
           file.path(), name, Shape(copies.back().extents()).to_string(),
           format_count(dataset.rows()));
    }
  }
  return copies;
}

// The next outputs of a rank, as many as it keeps.
class OutputBuffer {
 public:
  // `path`: of the data, for messages.
  OutputBuffer(evaluation::Answers& answers, const std::string& path, std::size_t width,
               std::uint64_t first_row)
      : answers_(answers),
        path_(path),
        width_(width),
        limit_(std::clamp<std::size_t>(kept_bytes / (width * sizeof(Real)), 1, most_kept_rows)),
        next_row_(first_row) {}

  std::uint64_t first_row() const { return first_row_; }
  ConstMatrix outputs() const { return {values_.data(), width_, values_.size() / width_}; }

  void fill() {
    values_.clear();
    first_row_ = next_row_;
    while (values_.size() < limit_ * width_) {
      const auto answer = answers_.next();
      if (!answer) return;
      check_finite(*answer);
      const auto outputs = answer->outputs.flat();
      values_.insert(values_.end(), outputs.begin(), outputs.end());
      next_row_ += answer->outputs.cols();
    }
  }

 private:
  void check_finite(const evaluation::Answer& answer) const {
    if (transforms::all_finite(answer.outputs.flat())) return;
    std::size_t sample = 0;
    while (transforms::all_finite(answer.outputs.col(sample))) ++sample;
    fail(ExitCode::bad_data, "{}: the model's outputs for row {} are not finite", path_,
         answer.first_row + sample);
  }

  evaluation::Answers& answers_;
  const std::string& path_;
  std::size_t width_;
  std::size_t limit_;
  std::uint64_t next_row_;
  std::uint64_t first_row_ = 0;
  AlignedVector<Real> values_;
};

}  // namespace

DatasetPredictions::DatasetPredictions(const mpi::Communicator& world,
                                       std::span<const evaluation::TrainedModel> members,
                                       evaluation::Combine combine, datasets::Dataset dataset,
                                       std::span<const std::string> copies)
    : world_(world),
      members_(members),
      dataset_(std::move(dataset)),
      copies_(open_copies(dataset_, copies)),
      rows_(evaluation::SummationBlocks(dataset_.rows(), evaluation::Answers::batch_rows)
                .rows_of(world)),
      answers_(evaluation::views_of(members), combine, dataset_, rows_, nullptr) {}

void DatasetPredictions::write(const std::string& path) {
  const evaluation::TrainedModel& first = members_.front();
  const std::size_t width = first.model.output_size();
  PredictionFile file(path, world_,
                      {.rows = rows(),
                       .outputs = width,
                       .classes = first.classifies,
                       .class_names = first.class_names});
  OutputBuffer buffer(answers_, dataset_.path(), width, rows_.begin);
  for (bool more = true; more;) {
    mpi::collectively(world_, [&] { buffer.fill(); });
    file.write(buffer.first_row(), buffer.outputs());
    const bool mine = buffer.first_row() + buffer.outputs().cols() < rows_.end;
    more = world_.max(mine ? 1 : 0) > 0;
  }
  for (const hdf5::NumberDataset& copy : copies_) file.copy(copy, rows_.begin, rows_.end);
  file.finish();
}

}  // namespace tusk::inference
