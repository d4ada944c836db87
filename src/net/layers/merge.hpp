// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tusk/layer.hpp"
#include "tusk/shape.hpp"

namespace tusk::layers {

// What add, subtract, multiply and average have in common: at least two inputs of one rank, which
// are broadcast to one shape as Keras does (an extent of 1 is repeated), and one output, of which
// each element is a function of the inputs' elements at its place.
class Merge : public Layer {
 public:
  std::vector<Shape> output_shapes() const override { return {output_}; }

 protected:
  // Error(bad_experiment) that begins with `key` and has the shapes if they do not go together.
  Merge(std::span<const Shape> inputs, const std::string& key);

  std::size_t inputs() const { return places_.size(); }
  std::size_t elements() const { return output_.elements(); }

  // Whether an input has the output's shape, so that its elements stand where the output's do.
  bool is_whole(std::size_t input) const { return places_[input].empty(); }
  bool are_all_whole() const;

  // Calls f(i, j) for each element i of the output and the element j of the input at its place.
  template <typename Function>
  void for_each(std::size_t input, const Function& f) const {
    if (is_whole(input)) {
      const std::size_t count = elements();
#pragma GCC ivdep
      for (std::size_t i = 0; i < count; ++i) f(i, i);
    } else {
      for (std::size_t i = 0; i < elements(); ++i) f(i, places_[input][i]);
    }
  }

  // Calls work(sample) for each sample, spread over the threads.
  template <typename Work>
  void for_each_sample(const Pass& pass, std::size_t samples, const Work& work) const {
    pass.team.share(samples, 1, inputs() * elements(), [&](const kernels::Share& share) {
      for (std::size_t sample = share.first; sample < share.last; ++sample) work(sample, share);
    });
  }

 private:
  Shape output_;
  // By input, for each element of the output the input's element; empty: its own.
  std::vector<std::vector<std::uint32_t>> places_;
};

}  // namespace tusk::layers
