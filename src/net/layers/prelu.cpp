// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "net/layers/initializer.hpp"
#include "net/layers/layers.hpp"
#include "options/describe.hpp"
#include "options/require_valid.hpp"
#include "tusk/error.hpp"

namespace tusk::layers {
namespace {

// y = max(x, 0) − α max(−x, 0) (He et al., ICCV 2015). Both pieces have slope 0 at 0, as in Keras.
//
//   dα = Σ over the batch and the numbers that share it of min(x, 0) dy
class Prelu final : public Layer {
 public:
  Prelu(const PreluOptions& options, const Shape& input, const Shape& alphas);

  std::vector<Shape> output_shapes() const override { return {shape_}; }
  LayerMemory memory(Mode) const override {
    return {.gradients = {InputGradient::in_place}, .backward_reads_outputs = false};
  }

  std::vector<Parameter> parameters() const override {
    const std::vector<std::size_t>& extents = alphas_.extents();
    std::size_t field = 1;  // as Keras counts fans: the axes before the last two are a kernel's
    for (std::size_t i = 0; i + 2 < extents.size(); ++i) field *= extents[i];
    const std::size_t last = extents.back();
    const std::size_t before = extents.size() > 1 ? extents[extents.size() - 2] : last;
    return {{.name = "alpha",
             .shape = alphas_,
             .fan_in = field * before,
             .fan_out = field * last,
             .initializer = make_initializer(options_.alpha_initializer)}};
  }

  void forward(const Forward& args) const override {
    const Real* alpha = args.weights.data();
    over_samples(args.pass.team, args.y().cols(), [&](std::size_t sample) {
      const Real* x = args.x().col(sample).data();
      Real* y = args.y().col(sample).data();
      for (std::size_t i = 0; i < alpha_of_.size(); ++i) {
        y[i] = x[i] > 0 ? x[i] : alpha[alpha_of_[i]] * x[i];
      }
    });
  }

  void backward(const Backward& args) const override {
    const Real* alpha = args.weights.data();
    if (!args.pass.frozen) {
      const std::size_t cost = args.dy().size() / alphas_.elements() * 4;
      args.pass.team.share(alphas_.elements(), 16, cost,
                           [&](const kernels::Share& share) { hand_over(args, share); });
    }
    over_samples(args.pass.team, args.dy().cols(), [&](std::size_t sample) {
      const Real* x = args.x().col(sample).data();
      Real* dy = args.dy().col(sample).data();
      for (std::size_t i = 0; i < alpha_of_.size(); ++i) {
        const Real below = x[i] < 0 ? alpha[alpha_of_[i]] : Real{0};
        dy[i] *= x[i] > 0 ? Real{1} : below;
      }
    });
  }

 private:
  void over_samples(kernels::Team& team, std::size_t samples, auto work) const {
    team.share(samples, 1, shape_.elements() * 4, [&](const kernels::Share& share) {
      for (std::size_t sample = share.first; sample < share.last; ++sample) work(sample);
    });
  }

  // The gradients of a share of the alphas, each the sum over all samples.
  void hand_over(const Backward& args, const kernels::Share& share) const {
    const Span gradients = args.gradients.room(share.first, share.last - share.first, share.first);
    std::ranges::fill(gradients, Real{0});
    const auto begin = std::ranges::lower_bound(by_alpha_, share.first, {}, &Place::alpha);
    const auto end = std::ranges::lower_bound(by_alpha_, share.last, {}, &Place::alpha);
    for (std::size_t sample = 0; sample < args.dy().cols(); ++sample) {
      const Real* x = args.x().col(sample).data();
      const Real* dy = args.dy().col(sample).data();
      for (auto place = begin; place != end; ++place) {
        gradients[place->alpha - share.first] +=
            std::min(x[place->number], Real{0}) * dy[place->number];
      }
    }
    args.gradients.take(share.first, gradients);
  }

  // A number of a sample and the alpha that it has.
  struct Place {
    std::uint32_t alpha;
    std::uint32_t number;
  };

  PreluOptions options_;
  Shape shape_;
  Shape alphas_;
  std::vector<std::uint32_t> alpha_of_;  // by number
  std::vector<Place> by_alpha_;
};

Prelu::Prelu(const PreluOptions& options, const Shape& input, const Shape& alphas)
    : options_(options), shape_(input), alphas_(alphas), alpha_of_{0} {
  for (std::size_t axis = 0; axis < input.rank(); ++axis) {
    std::vector<std::uint32_t> next;
    next.reserve(alpha_of_.size() * input[axis]);
    for (const std::uint32_t alpha : alpha_of_) {
      for (std::uint32_t i = 0; i < input[axis]; ++i) {
        next.push_back(alphas[axis] == 1 ? alpha
                                         : alpha * static_cast<std::uint32_t>(alphas[axis]) + i);
      }
    }
    alpha_of_ = std::move(next);
  }
  for (std::uint32_t i = 0; i < alpha_of_.size(); ++i) by_alpha_.push_back({alpha_of_[i], i});
  std::ranges::stable_sort(by_alpha_, {}, &Place::alpha);
}

}  // namespace

std::unique_ptr<Layer> make(const PreluOptions& options, Shapes inputs, const std::string& key) {
  const Shape& input = only_input(inputs, key);
  options::require_valid(options, key);
  if (input.rank() == 0) {
    fail(ExitCode::bad_experiment, "{}: it takes features, but its input has no axis", key);
  }
  if (input.elements() > std::numeric_limits<std::uint32_t>::max()) {
    fail(ExitCode::bad_experiment, "{}: its input of shape {} is too large", key,
         input.to_string());
  }
  std::vector<std::size_t> extents = input.extents();
  for (const std::size_t axis : options.shared_axes) {
    if (axis > extents.size()) {
      fail(ExitCode::bad_experiment,
           "{}.shared_axes has {}, but the input's shape {} has axes 1 to {}", key, axis,
           input.to_string(), extents.size());
    }
    extents[axis - 1] = 1;
  }
  return std::make_unique<Prelu>(options, input, Shape(extents));
}

}  // namespace tusk::layers
