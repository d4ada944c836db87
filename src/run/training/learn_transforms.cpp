// SPDX-License-Identifier: Apache-2.0
#include "run/training/learn_transforms.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <vector>

#include "data/transforms/fit_transforms.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "run/training/data_files.hpp"
#include "tusk/error.hpp"

namespace tusk::training {
namespace {

// The transforms that the model file keeps of each input; none of one that Tusk has not trained.
transforms::ArrayTransforms kept_transforms(const formats::ModelContent& origin, std::size_t inputs,
                                            const std::string& path, const Extensions& extensions) {
  if (inputs == 1) return transforms::Transforms::from_json(origin.transforms, path, extensions);
  std::vector<transforms::Transforms> all;
  for (const formats::InputData& input : origin.input_data) {
    all.push_back(transforms::Transforms::from_json(input.transforms, path, extensions));
  }
  all.resize(inputs);
  return all;
}

// Collective: those of the experiment, or of the model file if the experiment has none of its own;
// of each array of the training files.
transforms::ArrayTransforms make_transforms(const TransformSources& from,
                                            const mpi::Communicator& world) {
  const datasets::Dataset& train = from.train;
  const TransformLists& options = from.experiment.data.transforms;
  const std::vector<std::string> inputs = model_names(from.experiment.model, from.origin).inputs;
  mpi::collectively(world, [&] {
    const std::size_t model_inputs = std::max<std::size_t>(inputs.size(), 1);
    if (model_inputs != train.inputs()) {
      fail(ExitCode::bad_experiment,
           "data.features names {} data set{}, but the model has {} input{}: {}; name one for each",
           train.inputs(), train.inputs() == 1 ? "" : "s", model_inputs,
           model_inputs == 1 ? "" : "s",
           inputs.empty() ? "model.inputs is not given"
                          : fmt::format("{}", fmt::join(inputs, ", ")));
    }
    if (train.inputs() > 1 && !options.empty()) {
      fail(ExitCode::bad_experiment,
           "data.transforms is a list, but the model has {} inputs: give a list for each by its "
           "name, as in {{ {} = [...] }}",
           train.inputs(), inputs.front());
    }
  });
  if (!options.by_input.empty()) {
    const std::vector<std::string> names =
        inputs.empty() ? std::vector<std::string>{"input"} : inputs;
    return transforms::fit_by_input(options, names, train, from.learn_from, world);
  }
  if (!options.empty()) return transforms::fit_transforms(options, train, from.learn_from, world);
  return mpi::collectively(world, [&]() -> transforms::ArrayTransforms {
    if (from.origin == nullptr) return std::vector<transforms::Transforms>(from.train.inputs());
    return kept_transforms(*from.origin, from.train.inputs(), *from.experiment.model.file,
                           from.extensions);
  });
}

// Collective: the same with what is done to labels, which is the experiment's, or the model file's.
transforms::ArrayTransforms with_label_transforms(transforms::ArrayTransforms transforms,
                                                  const TransformSources& from,
                                                  const mpi::Communicator& world) {
  const TransformLists& options = from.experiment.data.label_transforms;
  if (!options.none()) {
    std::vector<std::string> outputs = model_names(from.experiment.model, from.origin).outputs;
    if (outputs.empty()) outputs.emplace_back("output");
    transforms[0] = transforms[0].with_labels(
        transforms::fit_labels(options, outputs, from.train, from.learn_from, world));
  } else if (from.origin != nullptr && !transforms[0].have_labels()) {
    mpi::collectively(world, [&] {
      const auto kept = transforms::Transforms::from_json(
          from.origin->transforms, *from.experiment.model.file, from.extensions);
      transforms[0] = transforms[0].with_labels_of(kept);
    });
  }
  return transforms;
}

}  // namespace

transforms::ArrayTransforms learn_transforms(const TransformSources& from,
                                             const mpi::Communicator& world) {
  return with_label_transforms(make_transforms(from, world), from, world);
}

}  // namespace tusk::training
