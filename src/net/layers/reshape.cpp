// SPDX-License-Identifier: Apache-2.0
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "net/layers/layers.hpp"
#include "options/describe.hpp"
#include "options/require_valid.hpp"
#include "tusk/error.hpp"

namespace tusk::layers {
namespace {

// A sample in another shape. Samples are contiguous columns whatever their shape, so this is a
// view.
class Reshape final : public Layer {
 public:
  explicit Reshape(const Shape& shape) : shape_(shape) {}

  std::vector<Shape> output_shapes() const override { return {shape_}; }
  LayerMemory memory(Mode) const override { return {.views = {0}}; }
  void forward(const Forward&) const override {}
  void backward(const Backward&) const override {}

 private:
  Shape shape_;
};

// Axes that change places: y[i, j, …] = x[…]. Axes behind the last that changes are copied as one
// block.
class Permute final : public Layer {
 public:
  // axes: the input's axis for each of the output's.
  Permute(const Shape& input, const std::vector<std::size_t>& axes);

  std::vector<Shape> output_shapes() const override { return {output_}; }
  LayerMemory memory(Mode) const override {
    if (from_.size() == 1) return {.views = {0}};
    return {.backward_reads_inputs = false, .backward_reads_outputs = false};
  }

  void forward(const Forward& args) const override {
    over_samples(args.pass.team, args.y().cols(), [&](std::size_t sample) {
      const Real* from = args.x().col(sample).data();
      Real* to = args.y().col(sample).data();
      for (std::size_t i = 0; i < from_.size(); ++i) copy(from + from_[i], to + i * block_);
    });
  }

  void backward(const Backward& args) const override {
    if (args.dx().data() == nullptr) return;
    over_samples(args.pass.team, args.dy().cols(), [&](std::size_t sample) {
      const Real* from = args.dy().col(sample).data();
      Real* to = args.dx().col(sample).data();
      for (std::size_t i = 0; i < from_.size(); ++i) copy(from + i * block_, to + from_[i]);
    });
  }

 private:
  void over_samples(kernels::Team& team, std::size_t samples, auto work) const {
    team.share(samples, 1, output_.elements(), [&](const kernels::Share& share) {
      for (std::size_t sample = share.first; sample < share.last; ++sample) work(sample);
    });
  }

  void copy(const Real* from, Real* to) const {
    if (block_ == 1) {
      *to = *from;
    } else {
      std::copy_n(from, block_, to);
    }
  }

  Shape output_;
  std::size_t block_ = 1;            // numbers that stay together
  std::vector<std::uint32_t> from_;  // where in the input each block of the output begins
};

Permute::Permute(const Shape& input, const std::vector<std::size_t>& axes) {
  std::vector<std::size_t> strides(input.rank(), 1);  // of the input
  for (std::size_t i = input.rank(); i-- > 1;) strides[i - 1] = strides[i] * input[i];
  std::vector<std::size_t> extents;
  for (const std::size_t axis : axes) extents.push_back(input[axis]);
  output_ = Shape(extents);

  std::size_t moving = axes.size();  // the axes before this one change places
  while (moving > 0 && axes[moving - 1] == moving - 1) block_ *= extents[--moving];
  from_ = {0};
  for (std::size_t i = 0; i < moving; ++i) {
    std::vector<std::uint32_t> next;
    next.reserve(from_.size() * extents[i]);
    for (const std::uint32_t begin : from_) {
      for (std::size_t k = 0; k < extents[i]; ++k) {
        next.push_back(begin + static_cast<std::uint32_t>(k * strides[axes[i]]));
      }
    }
    from_ = std::move(next);
  }
}

// The same features at each of n steps.
class RepeatVector final : public Layer {
 public:
  RepeatVector(std::size_t steps, std::size_t features) : steps_(steps), features_(features) {}

  std::vector<Shape> output_shapes() const override { return {Shape{steps_, features_}}; }
  LayerMemory memory(Mode) const override {
    return {.backward_reads_inputs = false, .backward_reads_outputs = false};
  }

  void forward(const Forward& args) const override {
    for (std::size_t sample = 0; sample < args.y().cols(); ++sample) {
      for (std::size_t step = 0; step < steps_; ++step) {
        std::ranges::copy(args.x().col(sample), args.y().col(sample).data() + step * features_);
      }
    }
  }

  void backward(const Backward& args) const override {
    if (args.dx().data() == nullptr) return;
    for (std::size_t sample = 0; sample < args.dx().cols(); ++sample) {
      const Span dx = args.dx().col(sample);
      std::ranges::fill(dx, Real{0});
      for (std::size_t step = 0; step < steps_; ++step) {
        const Real* dy = args.dy().col(sample).data() + step * features_;
        for (std::size_t i = 0; i < features_; ++i) dx[i] += dy[i];
      }
    }
  }

 private:
  std::size_t steps_;
  std::size_t features_;
};

[[noreturn]] void refuse_shape(const ReshapeOptions& options, const Shape& input,
                               const std::string& key) {
  fail(ExitCode::bad_experiment, "{}.target_shape [{}] cannot hold the {} numbers of the input {}",
       key, fmt::join(options.target_shape, ", "), input.elements(), input.to_string());
}

}  // namespace

std::unique_ptr<Layer> make(const ReshapeOptions& options, Shapes inputs, const std::string& key) {
  const Shape& input = only_input(inputs, key);
  options::require_valid(options, key);
  std::size_t known = 1;
  std::size_t open = 0;
  for (const std::int64_t extent : options.target_shape) {
    if (extent == 0) fail(ExitCode::bad_experiment, "{}.target_shape has an extent of 0", key);
    if (extent == -1 && ++open > 1) {
      fail(ExitCode::bad_experiment, "{}.target_shape may leave one extent open with -1, not {}",
           key, open);
    }
    if (extent == -1) continue;
    if (static_cast<std::size_t>(extent) > input.elements() / known) {
      refuse_shape(options, input, key);
    }
    known *= static_cast<std::size_t>(extent);
  }
  const std::size_t rest = input.elements() / known;
  if (rest * known != input.elements() || (open == 0 && rest != 1)) {
    refuse_shape(options, input, key);
  }
  std::vector<std::size_t> extents;
  for (const std::int64_t extent : options.target_shape) {
    extents.push_back(extent == -1 ? rest : static_cast<std::size_t>(extent));
  }
  return std::make_unique<Reshape>(Shape(extents));
}

std::unique_ptr<Layer> make(const PermuteOptions& options, Shapes inputs, const std::string& key) {
  const Shape& input = only_input(inputs, key);
  options::require_valid(options, key);
  std::vector<std::size_t> in_order = options.dims;
  std::ranges::sort(in_order);
  std::vector<std::size_t> all(input.rank());
  std::iota(all.begin(), all.end(), std::size_t{1});
  if (input.elements() > std::numeric_limits<std::uint32_t>::max()) {
    fail(ExitCode::bad_experiment, "{}: its input of shape {} is too large", key,
         input.to_string());
  }
  if (in_order != all) {
    fail(ExitCode::bad_experiment,
         "{}.dims [{}] must name each axis of the input's shape {} once, from 1 to {}", key,
         fmt::join(options.dims, ", "), input.to_string(), input.rank());
  }
  std::vector<std::size_t> axes;
  for (const std::size_t dim : options.dims) axes.push_back(dim - 1);
  return std::make_unique<Permute>(input, axes);
}

std::unique_ptr<Layer> make(const RepeatVectorOptions& options, Shapes inputs,
                            const std::string& key) {
  const Shape& input = only_input(inputs, key);
  options::require_valid(options, key);
  if (input.rank() != 1) {
    fail(ExitCode::bad_experiment,
         "{}: it repeats one axis of features, but its input has shape {}", key, input.to_string());
  }
  return std::make_unique<RepeatVector>(options.n, input.elements());
}

}  // namespace tusk::layers
