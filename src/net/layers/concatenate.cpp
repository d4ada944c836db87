// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include "net/layers/axis.hpp"
#include "net/layers/layers.hpp"
#include "tusk/error.hpp"

namespace tusk::layers {
namespace {

// The inputs one behind the other along an axis. Of a sample this is `blocks` times a run of
// numbers of each input.
class Concatenate final : public Layer {
 public:
  Concatenate(Shape output, std::size_t blocks, std::vector<std::size_t> runs)
      : output_(std::move(output)), blocks_(blocks), runs_(std::move(runs)) {}

  std::vector<Shape> output_shapes() const override { return {output_}; }
  LayerMemory memory(Mode) const override {
    return {.backward_reads_inputs = false, .backward_reads_outputs = false};
  }

  void forward(const Forward& args) const override {
    for_each_run(args.pass, args.y(),
                 [&](std::size_t input, std::size_t sample, std::size_t first, std::size_t count,
                     Real* joined) {
                   std::copy_n(args.inputs[input].col(sample).data() + first, count, joined);
                 });
  }

  void backward(const Backward& args) const override {
    for_each_run(args.pass, args.dy(),
                 [&](std::size_t input, std::size_t sample, std::size_t first, std::size_t count,
                     const Real* joined) {
                   const Matrix dx = args.input_gradients[input];
                   if (dx.data() != nullptr)
                     std::copy_n(joined, count, dx.col(sample).data() + first);
                 });
  }

 private:
  template <typename Copy>
  void for_each_run(const Pass& pass, Matrix joined, const Copy& copy) const {
    pass.team.share(joined.cols(), 1, output_.elements(), [&](const kernels::Share& share) {
      for (std::size_t sample = share.first; sample < share.last; ++sample) {
        Real* at = joined.col(sample).data();
        for (std::size_t block = 0; block < blocks_; ++block) {
          for (std::size_t input = 0; input < runs_.size(); ++input) {
            copy(input, sample, block * runs_[input], runs_[input], at);
            at += runs_[input];
          }
        }
      }
    });
  }

  Shape output_;
  std::size_t blocks_;
  std::vector<std::size_t> runs_;  // by input
};

}  // namespace

std::unique_ptr<Layer> make(const ConcatenateOptions& options, Shapes inputs,
                            const std::string& key) {
  if (inputs.size() < 2) {
    fail(ExitCode::bad_experiment,
         "{}: it takes at least two inputs, but has {}; name them, as in inputs = [\"a\", \"b\"]",
         key, inputs.size());
  }
  const std::size_t axis = axis_of_sample(options.axis, inputs.front(), key + ".axis");
  std::vector<std::size_t> extents = inputs.front().extents();
  extents[axis] = 0;
  std::vector<std::size_t> runs;
  for (const Shape& input : inputs) {
    bool fits = input.rank() == extents.size();
    for (std::size_t i = 0; fits && i < extents.size(); ++i) {
      fits = i == axis || input[i] == extents[i];
    }
    if (!fits) {
      fail(ExitCode::bad_experiment,
           "{}: its inputs have shapes {} and {}, which differ elsewhere than along axis {}", key,
           inputs.front().to_string(), input.to_string(), options.axis);
    }
    extents[axis] += input[axis];
    runs.push_back(std::accumulate(input.extents().begin() + static_cast<std::ptrdiff_t>(axis),
                                   input.extents().end(), std::size_t{1}, std::multiplies<>()));
  }
  const std::size_t blocks =
      std::accumulate(extents.begin(), extents.begin() + static_cast<std::ptrdiff_t>(axis),
                      std::size_t{1}, std::multiplies<>());
  return std::make_unique<Concatenate>(Shape(extents), blocks, std::move(runs));
}

}  // namespace tusk::layers
