// SPDX-License-Identifier: Apache-2.0
#include "use/evaluation/ensemble_model.hpp"

#include <algorithm>
#include <filesystem>

#include "net/formats/model_file.hpp"
#include "net/formats/read_ensemble.hpp"
#include "tusk/error.hpp"

namespace tusk::evaluation {
namespace {

namespace fs = std::filesystem;

void check_alike(const TrainedModel& first, const TrainedModel& other, const std::string& path) {
  const auto same_shape = [](const graph::ModelInput& a, const graph::ModelInput& b) {
    return a.shape == b.shape;
  };
  if (!std::ranges::equal(first.model.inputs(), other.model.inputs(), same_shape) ||
      first.model.output_size() != other.model.output_size()) {
    fail(ExitCode::bad_data, "{}: the members differ in their inputs or outputs", path);
  }
  if (first.transforms.front().have_labels() || other.transforms.front().have_labels()) {
    fail(ExitCode::bad_data, "{}: members with transforms of labels cannot be combined yet", path);
  }
  if (other.model.outputs().size() > 1) {
    fail(ExitCode::bad_data, "{}: members with several outputs cannot be combined yet", path);
  }
}

}  // namespace

bool is_ensemble(const std::string& path) {
  return fs::path(path).extension() == ".json" && !formats::is_architecture(path);
}

std::vector<TrainedModel> load_ensemble(const std::string& path,
                                        const std::optional<Scoring>& scoring,
                                        const Extensions& extensions, const std::string& weights) {
  const bool are_several = is_ensemble(path);
  if (are_several && !weights.empty()) {
    fail(ExitCode::usage,
         "{}: an ensemble's models have their own weights, which --weights cannot name", path);
  }
  const auto paths = are_several ? formats::read_ensemble(path) : std::vector<std::string>{path};
  std::vector<TrainedModel> members;
  for (const std::string& member : paths) {
    members.push_back(scoring ? load_for_evaluation(member, *scoring, extensions, weights)
                              : load_for_prediction(member, extensions, weights));
    if (paths.size() > 1) check_alike(members.front(), members.back(), path);
  }
  return members;
}

void check_combination(std::span<const TrainedModel> members, Combine combine) {
  if (combine == Combine::vote && !members.front().classifies) {
    fail(ExitCode::usage, "--combine vote needs models that choose among classes; mean does not");
  }
}

}  // namespace tusk::evaluation
