// SPDX-License-Identifier: Apache-2.0
#include "data/samples/check_augment.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <variant>

#include "tusk/error.hpp"

namespace tusk::samples {
namespace {

// A list, and the key that it stands under: data.augment, data.augment.jets.
struct List {
  std::string key;
  const std::vector<AugmentOptions>& steps;
  const Augmentation::Input& input;
};

void check_step(const std::string& key, const AugmentOptions& step,
                const Augmentation::Input& input) {
  const std::string type = options::selected_name(step);
  const bool moves =
      !std::holds_alternative<GaussianNoise>(step) && !std::holds_alternative<Mixup>(step);
  const Shape& shape = input.shape;
  if (!moves) {
    if (!input.indices) return;
    fail(ExitCode::bad_experiment,
         "{} ({}): input '{}' takes indices, which cannot be changed as numbers are", key, type,
         input.name);
  }
  if (shape.rank() != 2 && shape.rank() != 3) {
    fail(ExitCode::bad_experiment,
         "{} ({}) takes images (height, width, channels), but samples of input '{}' are {}: "
         "data.transforms with {{ type = \"reshape\", shape = [...] }} gives them their shape",
         key, type, input.name, shape.to_string());
  }
  if (std::holds_alternative<RandomQuarterTurn>(step) && shape[0] != shape[1]) {
    fail(ExitCode::bad_experiment, "{} ({}) takes square images, but those of input '{}' are {}",
         key, type, input.name, shape.to_string());
  }
  const auto* crop = std::get_if<RandomCrop>(&step);
  if (crop != nullptr && crop->padding >= std::min(shape[0], shape[1])) {
    fail(ExitCode::bad_experiment,
         "{} ({}): padding = {} would leave nothing of some images of {}: it must be less than "
         "their height and width",
         key, type, crop->padding, shape.to_string());
  }
}

}  // namespace

void check_augment(const AugmentLists& lists, const std::vector<Augmentation::Input>& inputs) {
  std::vector<std::string> names;
  for (const Augmentation::Input& input : inputs) names.push_back(input.name);
  if (!lists.empty() && inputs.size() > 1) {
    fail(ExitCode::bad_experiment,
         "data.augment is a list, but the model has {} inputs: give a list for each that is to be "
         "changed by its name, as in {{ {} = [...] }}",
         inputs.size(), names.front());
  }
  std::vector<List> all;
  if (!lists.empty()) all.push_back({"data.augment", lists, inputs.front()});
  for (const EntriesOfInput<AugmentOptions>& each : lists.by_input) {
    const auto input = std::ranges::find(inputs, each.input, &Augmentation::Input::name);
    if (input == inputs.end()) {
      fail(ExitCode::bad_experiment, "data.augment.{}: there is no such input; the model has {}",
           each.input, fmt::join(names, ", "));
    }
    all.push_back({"data.augment." + each.input, each.steps, *input});
  }
  std::string mixup;
  for (const List& list : all) {
    for (std::size_t i = 0; i < list.steps.size(); ++i) {
      const std::string key = fmt::format("{}.{}", list.key, i);
      check_step(key, list.steps[i], list.input);
      if (!std::holds_alternative<Mixup>(list.steps[i])) continue;
      if (!mixup.empty()) {
        fail(ExitCode::bad_experiment,
             "{} (mixup): {} mixes whole samples already, all their inputs and labels", key, mixup);
      }
      if (i + 1 < list.steps.size()) {
        fail(ExitCode::bad_experiment,
             "{} (mixup) must be the last of its list: it mixes samples that are changed already",
             key);
      }
      mixup = key;
    }
  }
  if (mixup.empty()) return;
  for (const Augmentation::Input& input : inputs) {
    if (!input.indices) continue;
    fail(ExitCode::bad_experiment,
         "{} (mixup): input '{}' takes indices, which cannot be mixed as numbers are", mixup,
         input.name);
  }
}

}  // namespace tusk::samples
