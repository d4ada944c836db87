// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/element_type.hpp"
#include "tusk/extensions.hpp"
#include "tusk/real.hpp"
#include "tusk/shape.hpp"
#include "tusk/transform.hpp"

namespace tusk::transforms {

// A transform as experiments and model files know it.
struct Step {
  std::string type;   // its name in experiments; a user's is "package>name"
  std::string state;  // the JSON object of which it can be made again
  std::shared_ptr<const Transform> transform;  // shared with copies
};

// In which precision the steps see numbers, and what one leaves for the next.
enum class Precision {
  float32,  // as samples are kept; the rows that they learned from are of a type that Real holds
  float64,  // as the file has them: rows of float64, or of integers of 32 or 64 bits
};

// What an experiment or model does to samples and labels before the model sees them: steps for the
// features, in their order, and one for the label. fit_transforms() makes them. Immutable and cheap
// to copy; threads may share them.
//
// Steps compute in double precision. With Precision::float32 the numbers of a sample are rounded to
// Real before the first step and behind every one; with Precision::float64 behind the last alone,
// so that time stamps, identifiers and coordinates keep their digits up to the step that needs
// them. It is that of the training rows, kept with the steps, so that a sample becomes the same
// wherever it comes from. (64-bit integers beyond 2^53 are rounded to the nearest double before the
// first step.)
//
// A step's NaN goes on to the end: what the model sees is right if all of it is finite, and, for a
// model that looks its numbers up in a table, an index of it. accepts() says whether it is, and
// otherwise objection() what is wrong.
class Transforms {
 public:
  Transforms() = default;
  Transforms(std::vector<Step> steps, std::optional<double> positive_label,
             Precision precision = Precision::float32)
      : steps_(std::move(steps)), positive_label_(positive_label), precision_(precision) {}

  // The array that to_json makes, as it is kept in a model file; the type of a transform of
  // `extensions` is "package>name". Error(bad_data), which names `path`, if it is not such an array
  // or has a transform that this program does not know.
  static Transforms from_json(const std::string& json, const std::string& path,
                              const Extensions& extensions);
  std::string to_json() const;

  bool empty() const {
    return steps_.empty() && !positive_label_ && labels_.empty();
  }  // nothing at all is done
  bool keep_features() const { return steps_.empty(); }

  Precision precision() const { return precision_; }

  // The same ones for a model that takes indices of `limit` rows: numbers from 0 to below it, whose
  // fractions it drops. It is the model's, so that no file keeps it with the transforms.
  Transforms with_index_limit(std::optional<std::size_t> limit) const;
  const std::optional<std::size_t>& index_limit() const { return index_limit_; }

  // What they do, for people: a line each, without what they have learned.
  std::vector<std::string> summary() const;

  // The shape of a sample for the model, when samples are stored in this one; never with fewer
  // numbers. Error(bad_data), which names `path`, the data set's file, if a step cannot take them.
  Shape output_shape(const Shape& stored, const std::string& path) const;

  // One sample in place: the first `stored` numbers of `sample` are as they are stored, and all of
  // it is what the model sees. `stored` and sample.size() are sizes that output_shape has agreed
  // to. Allocates nothing, but for a thread's first or so far largest sample.
  void apply(Span sample, std::size_t stored) const;

  // The same for numbers that have all their digits; it leaves what a next step would see.
  void apply(std::span<double> sample, std::size_t stored) const;

  // The same from one place to another: from numbers, or from `width` numbers of a type as they lie
  // in memory.
  void apply(ConstSpan stored, Span out) const;
  void apply(std::span<const double> stored, Span out) const;
  void apply(ElementType type, const std::byte* stored, std::size_t width, Span out) const;

  // Whether a sample, as apply() leaves it, is right for the model.
  bool accepts(ConstSpan sample) const;

  // What is wrong with a sample of which apply() makes one that is not: "nan in column 3; features
  // must be finite", "transform 1 (log) …", "57 in column 3 is no index …". Columns count from 0 in
  // what the step named, the file, or the model has.
  std::string objection(std::span<const double> stored) const;
  std::string objection(ConstSpan stored) const;

  // What is done to labels that are numbers, of each array of labels or of the only one: steps that
  // can be undone, for predictions. Null if there are none. They are kept in the list of the first
  // input.
  const Transforms* of_label(std::size_t label) const;
  bool have_labels() const { return !labels_.empty(); }
  std::size_t label_lists() const { return labels_.size(); }
  Transforms with_labels(std::vector<Transforms> labels) const;
  Transforms with_labels_of(const Transforms& other) const { return with_labels(other.labels_); }

  // The numbers of which the steps make these, in place. Requires can_undo(): that each step, which
  // keeps the width of `width` numbers, has a way back. Allocates nothing, as apply().
  void undo(Span numbers) const;
  bool can_undo(std::size_t width) const;

  // The label that becomes 1 while all others become 0, if there is such a step.
  const std::optional<double>& positive_label() const { return positive_label_; }

  // The names of the classes, by index, when those of the stored labels are `stored`.
  std::vector<std::string> class_names(std::vector<std::string> stored) const;

 private:
  // One sample, in whose numbers the first step may begin, without rounding what the last leaves.
  void run(std::span<double> sample, std::size_t stored) const;
  void run_to(Span out, std::span<double> exact, std::size_t stored) const;  // rounded, to `out`

  std::vector<Step> steps_;
  std::vector<Transforms> labels_;
  std::optional<double> positive_label_;
  Precision precision_ = Precision::float32;
  std::optional<std::size_t> index_limit_;
};

// The transforms of each array of features, in the order of the data set's: one array is a list of
// length one. What is done to labels is the first one's.
class ArrayTransforms {
 public:
  ArrayTransforms() : each_(1) {}                                            // of one array: none
  ArrayTransforms(Transforms of_one) : each_{std::move(of_one)} {}           // NOLINT
  ArrayTransforms(std::vector<Transforms> each) : each_(std::move(each)) {}  // NOLINT

  std::size_t size() const { return each_.size(); }
  const Transforms& operator[](std::size_t input) const { return each_[input]; }
  Transforms& operator[](std::size_t input) { return each_[input]; }
  const Transforms& front() const { return each_.front(); }
  auto begin() const { return each_.begin(); }
  auto end() const { return each_.end(); }

  // That of the one, or an array of them.
  std::string to_json() const;

 private:
  std::vector<Transforms> each_;
};

// Whether there is neither NaN nor infinity among the numbers.
bool all_finite(ConstSpan numbers);

}  // namespace tusk::transforms
