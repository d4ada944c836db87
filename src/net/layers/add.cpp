// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "net/layers/layers.hpp"
#include "net/layers/merge.hpp"
#include "tusk/error.hpp"

namespace tusk::layers {
namespace {

// A sum of the inputs, each of which has a sign, times a factor:
//
//   add: y = Σ xₖ    subtract: y = x₀ − x₁    average: y = Σ xₖ / n
//   dxₖ = ± factor · dy, added up over the axes along which xₖ was repeated
class Sum final : public Merge {
 public:
  Sum(Shapes inputs, const std::string& key, bool subtracts, double factor)
      : Merge(inputs, key), subtracts_(subtracts), factor_(static_cast<Real>(factor)) {}

  LayerMemory memory(Mode) const override {
    LayerMemory memory{.backward_reads_inputs = false, .backward_reads_outputs = false};
    for (std::size_t k = 0; k < inputs(); ++k) {
      const bool is_dy = is_whole(k) && factor_ == Real{1} && sign(k) == Real{1};
      memory.gradients.push_back(is_dy ? InputGradient::same : InputGradient::made);
    }
    return memory;
  }

  void forward(const Forward& args) const override {
    for_each_sample(args.pass, args.y().cols(), [&](std::size_t sample, const kernels::Share&) {
      const Span y = args.y().col(sample);
      for (std::size_t k = 0; k < inputs(); ++k) {
        const ConstSpan x = args.inputs[k].col(sample);
        const Real its_sign = sign(k);
        if (k == 0) {
          for_each(k, [&](std::size_t i, std::size_t j) { y[i] = x[j]; });
        } else {
          for_each(k, [&](std::size_t i, std::size_t j) { y[i] += its_sign * x[j]; });
        }
      }
      if (factor_ == Real{1}) return;
      for (Real& number : y) number *= factor_;
    });
  }

  void backward(const Backward& args) const override {
    for_each_sample(args.pass, args.dy().cols(), [&](std::size_t sample, const kernels::Share&) {
      const ConstSpan dy = args.dy().col(sample);
      for (std::size_t k = 0; k < inputs(); ++k) {
        if (args.input_gradients[k].data() == nullptr) continue;
        const Span dx = args.input_gradients[k].col(sample);
        const Real slope = sign(k) * factor_;
        std::ranges::fill(dx, Real{0});
        for_each(k, [&](std::size_t i, std::size_t j) { dx[j] += slope * dy[i]; });
      }
    });
  }

 private:
  Real sign(std::size_t input) const { return subtracts_ && input > 0 ? Real{-1} : Real{1}; }

  bool subtracts_;
  Real factor_;
};

}  // namespace

std::unique_ptr<Layer> make(const AddOptions&, Shapes inputs, const std::string& key) {
  return std::make_unique<Sum>(inputs, key, false, 1.0);
}

std::unique_ptr<Layer> make(const SubtractOptions&, Shapes inputs, const std::string& key) {
  if (inputs.size() != 2) {
    fail(ExitCode::bad_experiment, "{}: it takes two inputs, but has {}", key, inputs.size());
  }
  return std::make_unique<Sum>(inputs, key, true, 1.0);
}

std::unique_ptr<Layer> make(const AverageOptions&, Shapes inputs, const std::string& key) {
  return std::make_unique<Sum>(inputs, key, false, 1.0 / static_cast<double>(inputs.size()));
}

}  // namespace tusk::layers
