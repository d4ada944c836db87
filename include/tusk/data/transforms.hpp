// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tusk/core/real.hpp"
#include "tusk/experiment/data_options.hpp"

namespace tusk::data {

// One step between a sample as it is stored and as the model sees it, with everything it needs,
// also what it has learned from the training rows. Immutable.
class Transform {
 public:
  virtual ~Transform() = default;

  // One sample's features, in place.
  virtual void apply(Span sample) const = 0;

  // The JSON object that make_transform reads: its type and all that is needed to apply it again.
  virtual std::string to_json() const = 0;
};

// The transforms of an experiment or model, in their order. Cheap to copy.
class Transforms {
 public:
  Transforms() = default;
  explicit Transforms(const std::vector<TransformOptions>& options);

  // The array that to_json makes, as it is kept in a model file. Error(bad_data), which names
  // `path`, if it is not such an array or has a transform that this version does not know.
  static Transforms from_json(const std::string& json, const std::string& path);
  std::string to_json() const;

  bool empty() const { return steps_.empty(); }
  void apply(Span sample) const;

 private:
  std::vector<std::shared_ptr<const Transform>> steps_;
};

}  // namespace tusk::data
