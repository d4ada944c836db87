// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "layers.hpp"
#include "tusk/core/error.hpp"
#include "tusk/core/random.hpp"

namespace tusk::nn {
namespace {

// Training: y = x ⊙ mask, with mask 0 at probability `rate` and 1/(1 − rate) otherwise (Srivastava
// et al., JMLR 2014, in Keras's inverted form). Inference: y = x, without a copy.
class Dropout final : public Layer {
 public:
  Dropout(double rate, const Shape& shape) : rate_(rate), shape_(shape) {}

  Shape output_shape() const override { return shape_; }
  LayerMemory memory(Mode mode) const override {
    if (is_identity(mode)) return {};
    return {.output = shape_.elements(), .kept = shape_.elements()};
  }

  ConstMatrix forward(ConstSpan, ConstMatrix x, Matrix y, Span kept,
                      const Pass& pass) const override {
    if (is_identity(pass.mode)) return x;
    const Span mask = kept.first(x.size());
    draw(mask, pass);
    for (std::size_t i = 0; i < mask.size(); ++i) y.data()[i] = x.data()[i] * mask[i];
    return y;
  }

  Matrix backward(ConstSpan, ConstMatrix, ConstMatrix, Matrix dy, LayerGradients, Matrix,
                  ConstSpan kept) const override {
    if (rate_ == 0.0) return dy;
    for (std::size_t i = 0; i < dy.size(); ++i) dy.data()[i] *= kept[i];
    return dy;
  }

 private:
  bool is_identity(Mode mode) const { return mode == Mode::inference || rate_ == 0.0; }

  // Element i's number is word i of the sequence of (seed, worker, layer, step).
  void draw(Span mask, const Pass& pass) const {
    const auto threshold = static_cast<std::uint32_t>(rate_ * 0x1.0p32);
    const Real scale = static_cast<Real>(1.0 / (1.0 - rate_));
    const Random random(pass.step.seed, Stream::dropout, pass.step.worker << 10 | pass.layer,
                        pass.step.step);
    std::array<std::uint32_t, 1024> words;
    for (std::size_t begin = 0; begin < mask.size(); begin += words.size()) {
      const Span part = mask.subspan(begin, std::min(words.size(), mask.size() - begin));
      random.blocks(static_cast<std::uint32_t>(begin / 4), words);
      for (std::size_t i = 0; i < part.size(); ++i) {
        part[i] = words[i] < threshold ? Real{0} : scale;
      }
    }
  }

  double rate_;
  Shape shape_;
};

}  // namespace

std::unique_ptr<Layer> make(const DropoutOptions& options, const Shape& input,
                            const std::string& key) {
  if (!(options.rate >= 0.0 && options.rate < 1.0)) {
    fail(ExitCode::bad_experiment, "{}.rate must be at least 0 and below 1, but is {}", key,
         options.rate);
  }
  return std::make_unique<Dropout>(options.rate, input);
}

}  // namespace tusk::nn
