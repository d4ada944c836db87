// SPDX-License-Identifier: Apache-2.0
#include "use/evaluation/ensemble_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "net/formats/model_file.hpp"
#include "net/formats/read_ensemble.hpp"
#include "tusk/error.hpp"

namespace tusk::evaluation {
namespace {

namespace fs = std::filesystem;

template <typename End>  // an input or an output
bool are_alike(const std::vector<End>& first, const std::vector<End>& other) {
  return std::ranges::equal(first, other, [&](const End& a, const End& b) {
    return a.shape == b.shape && (first.size() == 1 || a.name == b.name);
  });
}

void check_alike(const TrainedModel& first, const TrainedModel& other, const std::string& path) {
  if (are_alike(first.model.inputs(), other.model.inputs()) &&
      are_alike(first.model.outputs(), other.model.outputs())) {
    return;
  }
  fail(ExitCode::bad_data, "{}: the members differ in their inputs or outputs", path);
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
  if (combine != Combine::vote) return;
  const TrainedModel& first = members.front();
  const std::vector<graph::ModelOutput>& outputs = first.model.outputs();
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (classifies(first, i)) continue;
    fail(ExitCode::usage, "--combine vote needs models that choose among classes{}; mean does not",
         outputs.size() == 1 ? "" : fmt::format(", but output '{}' does not", outputs[i].name));
  }
}

}  // namespace tusk::evaluation
