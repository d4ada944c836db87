// SPDX-License-Identifier: Apache-2.0
#include "tusk/training/ensemble_model.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "tusk/core/error.hpp"
#include "tusk/data/batches.hpp"
#include "tusk/data/label_format.hpp"
#include "tusk/mpi/collectively.hpp"
#include "tusk/mpi/communicator.hpp"
#include "tusk/nn/loss.hpp"
#include "tusk/nn/metric.hpp"
#include "tusk/training/evaluation.hpp"
#include "tusk/training/shared_evaluation.hpp"

namespace tusk::training {
namespace {

namespace fs = std::filesystem;

// The members' model files, which the manifest names from its own folder.
std::vector<std::string> member_paths(const std::string& path) {
  std::ifstream in(path);
  if (!in) fail(ExitCode::no_input, "{}: cannot be opened", path);
  const auto json = nlohmann::json::parse(in, nullptr, false);
  const auto members = json.is_object() ? json.find("members") : json.end();
  std::vector<std::string> paths;
  if (members != json.end() && members->is_array()) {
    for (const auto& member : *members) {
      if (!member.is_string()) break;
      paths.push_back((fs::path(path).parent_path() / member.get<std::string>()).string());
    }
  }
  if (paths.empty() || paths.size() != members->size()) {
    fail(ExitCode::bad_data, "{}: not an ensemble's manifest, which has model files as \"members\"",
         path);
  }
  return paths;
}

void check_alike(const TrainedModel& first, const TrainedModel& other, const std::string& path) {
  if (first.model.input_shape() != other.model.input_shape() ||
      first.model.output_size() != other.model.output_size()) {
    fail(ExitCode::bad_data, "{}: the members differ in their inputs or outputs", path);
  }
}

// What one member chooses, as 1 for the class and 0 for the others, in place.
void to_votes(std::span<Real> outputs, std::size_t width) {
  if (width == 1) {
    for (Real& p : outputs) p = p > Real{0.5} ? Real{1} : Real{0};
    return;
  }
  for (std::size_t begin = 0; begin < outputs.size(); begin += width) {
    const std::span<Real> sample = outputs.subspan(begin, width);
    const auto choice = std::ranges::max_element(sample) - sample.begin();
    std::ranges::fill(sample, Real{0});
    sample[static_cast<std::size_t>(choice)] = Real{1};
  }
}

AlignedVector<Real> member_outputs(const TrainedModel& member, const data::Dataset& dataset,
                                   data::Block block) {
  const data::Split all(dataset.rows());
  const auto shard =
      data::Shard::read(dataset, all.training_rows(block), nullptr, member.transforms);
  AlignedVector<Real> outputs(shard.size() * member.model.output_size());
  if (shard.empty()) return outputs;
  const std::size_t batch_size = slice_rows(member.model);
  auto workspace = member.model.make_workspace(batch_size, false);
  data::Batches batches(shard, {.batch_size = batch_size, .shuffle = false});
  batches.start_epoch(1);
  auto out = outputs.begin();
  while (const auto batch = batches.next()) {
    const ConstMatrix y = member.model.predict(member.weights, batch->features, workspace);
    out = std::ranges::copy(y.flat(), out).out;
  }
  return outputs;
}

// Loss and metrics of outputs that are already combined.
nn::BatchScore score(const TrainedModel& scorer, ConstMatrix outputs, const Targets& targets) {
  scorer.model.check_targets(targets);
  const auto loss = nn::make_loss(scorer.model.loss(), false, scorer.huber_delta);
  nn::BatchScore score{.samples = outputs.cols(), .loss_sum = loss->sum(outputs, targets)};
  const auto& metrics = scorer.model.metrics();
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    score.metric_sums[i] = nn::metric_sum(metrics[i], outputs, targets);
  }
  return score;
}

}  // namespace

bool is_ensemble(const std::string& path) { return fs::path(path).extension() == ".json"; }

std::vector<TrainedModel> load_ensemble(const std::string& path,
                                        const std::optional<Scoring>& scoring) {
  const auto paths = is_ensemble(path) ? member_paths(path) : std::vector<std::string>{path};
  std::vector<TrainedModel> members;
  for (const std::string& member : paths) {
    members.push_back(scoring ? load_for_evaluation(member, *scoring)
                              : load_for_prediction(member));
    check_alike(members.front(), members.back(), path);
  }
  return members;
}

AlignedVector<Real> predict_rows(std::span<const TrainedModel> members, Combine combine,
                                 const data::Dataset& dataset, data::Block block) {
  if (combine == Combine::vote && !members.front().classifies) {
    fail(ExitCode::usage, "--combine vote needs models that choose among classes; mean does not");
  }
  AlignedVector<Real> sum;
  for (const TrainedModel& member : members) {
    AlignedVector<Real> outputs = member_outputs(member, dataset, block);
    if (combine == Combine::vote) to_votes(outputs, member.model.output_size());
    if (sum.empty()) sum.resize(outputs.size());
    std::ranges::transform(sum, outputs, sum.begin(), std::plus<>());
  }
  if (members.size() > 1) {
    for (Real& value : sum) value /= static_cast<Real>(members.size());
  }
  return sum;
}

nn::BatchScore evaluate_together(const mpi::Communicator& world,
                                 std::span<const TrainedModel> members, Combine combine,
                                 const data::Dataset& dataset) {
  nn::BatchScore mine;
  mpi::collectively(world, [&] {
    const TrainedModel& first = members.front();
    const auto block = data::block_of(dataset.rows(), static_cast<std::size_t>(world.rank()),
                                      static_cast<std::size_t>(world.size()));
    if (block.size() == 0) return;
    const auto outputs = predict_rows(members, combine, dataset, block);
    const auto format = data::label_format(dataset, first.model.loss(), first.model.output_size(),
                                           first.transforms);
    const data::Split all(dataset.rows());
    const auto labels =
        data::Shard::read(dataset, all.training_rows(block), &format, first.transforms);
    Targets targets;
    if (labels.has_classes()) {
      targets.classes = labels.classes();
    } else {
      targets.values = labels.values();
    }
    mine = score(first, {outputs.data(), first.model.output_size(), block.size()}, targets);
  });
  return sum_over_ranks(world, mine);
}

}  // namespace tusk::training
