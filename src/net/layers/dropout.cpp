// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "net/layers/layers.hpp"
#include "options/describe.hpp"
#include "options/require_valid.hpp"
#include "tusk/random.hpp"

namespace tusk::layers {
namespace {

// Training: y = x ⊙ mask, with mask 0 at probability `rate` and 1/(1 − rate) otherwise (Srivastava
// et al., JMLR 2014, in Keras's inverted form). Inference: y = x, without a copy.
class Dropout final : public Layer {
 public:
  Dropout(double rate, const Shape& shape) : rate_(rate), shape_(shape) {}

  std::vector<Shape> output_shapes() const override { return {shape_}; }
  LayerMemory memory(Mode mode) const override {
    if (mode == Mode::inference || rate_ == 0.0) return {.views = {0}};
    return {.gradients = {InputGradient::in_place},
            .kept = shape_.elements(),
            .backward_reads_inputs = false,
            .backward_reads_outputs = false};
  }

  void forward(const Forward& args) const override {
    const ConstSpan x = args.x().flat();
    const Span mask = args.kept.flat();
    args.pass.team.share(mask.size(), words_at_once, 32, [&](const kernels::Share& share) {
      for (std::size_t begin = share.first; begin < share.last; begin += words_at_once) {
        const std::size_t count = std::min(words_at_once, share.last - begin);
        draw(mask.subspan(begin, count), begin, args.pass);
        multiply(x.subspan(begin, count), mask.subspan(begin, count), args.y().data() + begin);
      }
    });
  }

  void backward(const Backward& args) const override {
    const Span dy = args.dy().flat();
    args.pass.team.share(dy.size(), 16, 8, [&](const kernels::Share& share) {
      const std::size_t count = share.last - share.first;
      const Span part = dy.subspan(share.first, count);
      multiply(part, args.kept.flat().subspan(share.first, count), part.data());
    });
  }

 private:
  static constexpr std::size_t words_at_once = 1024;

  // The mask's elements from `first` on, at most words_at_once. Element i's number is word i of the
  // sequence of (seed, worker, layer, step).
  void draw(Span mask, std::size_t first, const Pass& pass) const {
    const auto threshold = static_cast<std::uint32_t>(rate_ * 0x1.0p32);
    const Real scale = static_cast<Real>(1.0 / (1.0 - rate_));
    const Random random(pass.step.seed, Stream::dropout, pass.step.worker << 10 | pass.layer,
                        pass.step.step);
    std::array<std::uint32_t, words_at_once> words;
    random.blocks(static_cast<std::uint32_t>(first / 4), words);
    for (std::size_t i = 0; i < mask.size(); ++i) {
      mask[i] = words[i] < threshold ? Real{0} : scale;
    }
  }

  static void multiply(ConstSpan values, ConstSpan mask, Real* out) {
#pragma GCC ivdep
    for (std::size_t i = 0; i < mask.size(); ++i) out[i] = values[i] * mask[i];
  }

  double rate_;
  Shape shape_;
};

}  // namespace

std::unique_ptr<Layer> make(const DropoutOptions& options, Shapes inputs, const std::string& key) {
  const Shape& input = only_input(inputs, key);
  options::require_valid(options, key);
  return std::make_unique<Dropout>(options.rate, input);
}

}  // namespace tusk::layers
