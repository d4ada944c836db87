// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include "net/layers/spatial.hpp"

namespace tusk::layers {
namespace {

enum class Over { largest, mean };

// y = the largest, or the mean, of each channel over all pixels.
class GlobalPooling final : public Layer {
 public:
  GlobalPooling(Over over, const Shape& input, Shape output)
      : over_(over),
        channels_(input[input.rank() - 1]),
        pixels_(input.elements() / channels_),
        output_(std::move(output)) {}

  std::vector<Shape> output_shapes() const override { return {output_}; }
  LayerMemory memory(Mode) const override {
    const bool is_read = over_ == Over::largest;
    return {.backward_reads_inputs = is_read, .backward_reads_outputs = is_read};
  }

  void forward(const Forward& args) const override {
    const auto compute = over_ == Over::largest ? &GlobalPooling::largest : &GlobalPooling::mean;
    each_sample(args.pass.team, args.x().cols(), [&](std::size_t sample) {
      (this->*compute)(args.x().col(sample).data(), args.y().col(sample).data());
    });
  }

  // The mean's gradient is shared by all pixels, the largest's by those that hold it, equally.
  void backward(const Backward& args) const override {
    if (args.dx().data() == nullptr) return;
    each_sample(args.pass.team, args.dx().cols(), [&](std::size_t sample) {
      const Real* dy = args.dy().col(sample).data();
      Real* dx = args.dx().col(sample).data();
      if (over_ == Over::mean) return spread_mean(dy, dx);
      spread_largest(args.x().col(sample).data(), args.y().col(sample).data(), dy, dx);
    });
  }

 private:
  void each_sample(kernels::Team& team, std::size_t samples, auto compute) const {
    team.share(samples, 1, pixels_ * channels_, [&](const kernels::Share& share) {
      for (std::size_t sample = share.first; sample < share.last; ++sample) compute(sample);
    });
  }

  void largest(const Real* __restrict x, Real* __restrict y) const {
    std::copy_n(x, channels_, y);
    for (std::size_t pixel = 1; pixel < pixels_; ++pixel) {
      x += channels_;
      for (std::size_t c = 0; c < channels_; ++c) {
        const bool is_taken = (x[c] > y[c]) | (x[c] != x[c]);  // NaN stays
        y[c] = is_taken ? x[c] : y[c];
      }
    }
  }

  void mean(const Real* __restrict x, Real* __restrict y) const {
    std::fill_n(y, channels_, Real{0});
    for (std::size_t pixel = 0; pixel < pixels_; ++pixel, x += channels_) {
      for (std::size_t c = 0; c < channels_; ++c) y[c] += x[c];
    }
    for (std::size_t c = 0; c < channels_; ++c) y[c] /= static_cast<Real>(pixels_);
  }

  void spread_mean(const Real* __restrict dy, Real* __restrict dx) const {
    const Real part = Real{1} / static_cast<Real>(pixels_);
    for (std::size_t pixel = 0; pixel < pixels_; ++pixel, dx += channels_) {
      for (std::size_t c = 0; c < channels_; ++c) dx[c] = dy[c] * part;
    }
  }

  void spread_largest(const Real* __restrict x, const Real* __restrict y, const Real* __restrict dy,
                      Real* __restrict dx) const {
    for (std::size_t c = 0; c < channels_; ++c) {
      std::size_t holders = 0;
      for (std::size_t i = c; i < pixels_ * channels_; i += channels_) holders += x[i] == y[c];
      const Real part = dy[c] / static_cast<Real>(std::max<std::size_t>(holders, 1));
      for (std::size_t i = c; i < pixels_ * channels_; i += channels_) {
        dx[i] = x[i] == y[c] ? part : Real{0};
      }
    }
  }

  Over over_;
  std::size_t channels_;
  std::size_t pixels_;
  Shape output_;
};

// y = the mean of each channel over the steps that are there, and 0/0 where none is, as in Keras.
// The inputs are (steps, channels) and its mask.
class MaskedMean final : public Layer {
 public:
  MaskedMean(const Shape& input, Shape output)
      : steps_(input[0]), channels_(input[1]), output_(std::move(output)) {}

  std::vector<Shape> output_shapes() const override { return {output_}; }
  LayerMemory memory(Mode) const override {
    return {.gradients = {InputGradient::made, InputGradient::none},
            .kept = steps_,  // the steps' parts in the mean
            .backward_reads_inputs = false,
            .backward_reads_outputs = false};
  }

  void forward(const Forward& args) const override {
    for (std::size_t sample = 0; sample < args.x().cols(); ++sample) {
      const ConstSpan mask = args.inputs[1].col(sample);
      const Span parts = args.kept.col(sample);
      const Span y = args.y().col(sample);
      const Real count = std::accumulate(mask.begin(), mask.end(), Real{0});
      std::ranges::fill(y, Real{0});
      for (std::size_t step = 0; step < steps_; ++step) {
        parts[step] = mask[step] == Real{0} ? Real{0} : Real{1} / count;
        if (mask[step] == Real{0}) continue;
        const Real* x = args.x().col(sample).data() + step * channels_;
        for (std::size_t c = 0; c < channels_; ++c) y[c] += x[c];
      }
      for (Real& mean : y) mean /= count;
    }
  }

  void backward(const Backward& args) const override {
    if (args.dx().data() == nullptr) return;
    for (std::size_t sample = 0; sample < args.dy().cols(); ++sample) {
      const Real* dy = args.dy().col(sample).data();
      Real* dx = args.dx().col(sample).data();
      for (const Real part : args.kept.col(sample)) {
        for (std::size_t c = 0; c < channels_; ++c) dx[c] = dy[c] * part;
        dx += channels_;
      }
    }
  }

 private:
  std::size_t steps_;
  std::size_t channels_;
  Shape output_;
};

std::unique_ptr<Layer> make_global(const auto& o, Over over, std::size_t axes, Shapes inputs,
                                   const std::string& key) {
  const Shape& input = spatial_input(inputs, axes, key);
  std::vector<std::size_t> output;
  if (o.keepdims) output.assign(axes, 1);
  output.push_back(input[axes]);
  return std::make_unique<GlobalPooling>(over, input, Shape(std::move(output)));
}

}  // namespace

std::unique_ptr<Layer> make(const GlobalMaxPooling1dOptions& options, Shapes inputs,
                            const std::string& key) {
  return make_global(options, Over::largest, 1, inputs, key);
}

std::unique_ptr<Layer> make(const GlobalMaxPooling2dOptions& options, Shapes inputs,
                            const std::string& key) {
  return make_global(options, Over::largest, 2, inputs, key);
}

std::unique_ptr<Layer> make(const GlobalAveragePooling1dOptions& options, Shapes inputs,
                            const std::string& key) {
  if (inputs.size() == 2) {
    const Shape& input = spatial_input(inputs.first(1), 1, key);
    return std::make_unique<MaskedMean>(input,
                                        options.keepdims ? Shape{1, input[1]} : Shape{input[1]});
  }
  return make_global(options, Over::mean, 1, inputs, key);
}

std::unique_ptr<Layer> make(const GlobalAveragePooling2dOptions& options, Shapes inputs,
                            const std::string& key) {
  return make_global(options, Over::mean, 2, inputs, key);
}

}  // namespace tusk::layers
