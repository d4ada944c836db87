// SPDX-License-Identifier: Apache-2.0
#include "use/inference/dataset_predictions.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
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
                                             std::span<const std::string> names,
                                             std::vector<std::string> taken) {
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

// What the file holds of each output: at its root of the only one, else a group each.
std::vector<PredictedOutput> outputs_of(const evaluation::TrainedModel& model) {
  const std::vector<graph::ModelOutput>& outputs = model.model.outputs();
  std::vector<PredictedOutput> all;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    all.push_back({.group = outputs.size() == 1 ? "" : outputs[i].name + "/",
                   .width = outputs[i].shape.elements(),
                   .classes = evaluation::classifies(model, i),
                   .class_names = evaluation::class_names_of(model, i)});
    if (all.back().class_names.size() > std::max<std::size_t>(all.back().width, 2)) {
      all.back().class_names.clear();  // one label's for all outputs, but not for one as narrow
    }
  }
  return all;
}

// Names that no copy may have.
std::vector<std::string> names_of(const evaluation::TrainedModel& model) {
  const std::vector<graph::ModelOutput>& outputs = model.model.outputs();
  if (outputs.size() == 1) return {"prediction", "predicted_index", "predicted_class"};
  std::vector<std::string> names;
  for (const graph::ModelOutput& output : outputs) names.push_back(output.name);
  return names;
}

// The next outputs of a rank, as many as it keeps.
class OutputBuffer {
 public:
  // `path`: of the data, for messages.
  OutputBuffer(evaluation::Answers& answers, const std::string& path,
               std::vector<std::size_t> widths, std::uint64_t first_row)
      : answers_(answers),
        path_(path),
        widths_(std::move(widths)),
        limit_(std::clamp<std::size_t>(
            kept_bytes /
                (std::accumulate(widths_.begin(), widths_.end(), std::size_t{0}) * sizeof(Real)),
            1, most_kept_rows)),
        next_row_(first_row),
        values_(widths_.size()) {}

  std::uint64_t first_row() const { return first_row_; }
  std::size_t rows() const { return values_.front().size() / widths_.front(); }
  ConstMatrix numbers(std::size_t output) const {
    return {values_[output].data(), widths_[output], rows()};
  }

  void fill() {
    for (AlignedVector<Real>& values : values_) values.clear();
    first_row_ = next_row_;
    while (rows() < limit_) {
      const auto answer = answers_.next();
      if (!answer) return;
      check_finite(*answer);
      for (std::size_t i = 0; i < values_.size(); ++i) {
        const auto numbers = answer->outputs[i].flat();
        values_[i].insert(values_[i].end(), numbers.begin(), numbers.end());
      }
      next_row_ += answer->rows();
    }
  }

 private:
  void check_finite(const evaluation::Answer& answer) const {
    for (const ConstMatrix& outputs : answer.outputs) {
      if (transforms::all_finite(outputs.flat())) continue;
      std::size_t sample = 0;
      while (transforms::all_finite(outputs.col(sample))) ++sample;
      fail(ExitCode::bad_data, "{}: the model's outputs for row {} are not finite", path_,
           answer.first_row + sample);
    }
  }

  evaluation::Answers& answers_;
  const std::string& path_;
  std::vector<std::size_t> widths_;
  std::size_t limit_;  // rows
  std::uint64_t next_row_;
  std::uint64_t first_row_ = 0;
  std::vector<AlignedVector<Real>> values_;  // an output each
};

}  // namespace

DatasetPredictions::DatasetPredictions(const mpi::Communicator& world,
                                       std::span<const evaluation::TrainedModel> members,
                                       evaluation::Combine combine, datasets::Dataset dataset,
                                       std::span<const std::string> copies)
    : world_(world),
      members_(members),
      dataset_(std::move(dataset)),
      copies_(open_copies(dataset_, copies, names_of(members.front()))),
      rows_(evaluation::SummationBlocks(dataset_.rows(), evaluation::Answers::batch_rows)
                .rows_of(world)),
      answers_(evaluation::views_of(members), combine, dataset_, rows_, {}) {}

void DatasetPredictions::write(const std::string& path) {
  const PredictionLayout layout{.rows = rows(), .outputs = outputs_of(members_.front())};
  std::vector<std::size_t> widths;
  for (const PredictedOutput& output : layout.outputs) widths.push_back(output.width);
  PredictionFile file(path, world_, layout);
  OutputBuffer buffer(answers_, dataset_.path(), std::move(widths), rows_.begin);
  for (bool more = true; more;) {
    mpi::collectively(world_, [&] { buffer.fill(); });
    for (std::size_t i = 0; i < layout.outputs.size(); ++i) {
      file.write(i, buffer.first_row(), buffer.numbers(i));
    }
    const bool mine = buffer.first_row() + buffer.rows() < rows_.end;
    more = world_.max(mine ? 1 : 0) > 0;
  }
  for (const hdf5::NumberDataset& copy : copies_) file.copy(copy, rows_.begin, rows_.end);
  file.finish();
}

}  // namespace tusk::inference
