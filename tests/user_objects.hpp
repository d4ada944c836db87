// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "experiment/model_options.hpp"
#include "experiment/transform_options.hpp"
#include "tusk/error.hpp"
#include "tusk/extensions.hpp"
#include "tusk/loss.hpp"
#include "tusk/options/fields.hpp"
#include "tusk/training_rows.hpp"
#include "tusk/transform.hpp"

namespace tusk::test {

// A user's loss, for tests of what reads, writes and trains with such: tau · mean((y − t)²), which
// with tau = 1 is mse to the bit.
struct TiltedOptions {
  double tau = 1.0;
};

inline void describe(options::Fields& fields, TiltedOptions& o) {
  fields("tau", o.tau, options::above(0.0));
}

class Tilted final : public graph::Loss {
 public:
  using Options = TiltedOptions;

  explicit Tilted(const TiltedOptions& options) : tau_(static_cast<Real>(options.tau)) {}

  double sum(ConstMatrix outputs, const Targets& targets) const override {
    double total = 0.0;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const Real error = outputs.data()[i] - targets.values.data()[i];
      total += tau_ * error * error;
    }
    return total / static_cast<double>(outputs.rows());
  }

  void gradient(ConstMatrix outputs, ConstMatrix, const Targets& targets,
                Matrix dy) const override {
    const Real scale = Real{1} / static_cast<Real>(dy.size());
    for (std::size_t i = 0; i < dy.size(); ++i) {
      const Real error = outputs.data()[i] - targets.values.data()[i];
      dy.data()[i] = scale * (tau_ * Real{2} * error);
    }
  }

 private:
  Real tau_;
};

// A user's transform that learns nothing: x → −x.
struct FlipOptions {};

inline void describe(options::Fields&, FlipOptions&) {}

class Flip final : public transforms::Transform {
 public:
  using Options = FlipOptions;

  explicit Flip(const Options&) {}

  std::size_t apply(std::span<double> buffer, std::size_t width) const override {
    for (double& x : buffer.first(width)) x = -x;
    return width;
  }
  std::string summary() const override { return "−x"; }
};

// A user's transform that learns: x → x − share · (mean of the column).
struct CenterOptions {
  double share = 1.0;
};

inline void describe(options::Fields& fields, CenterOptions& o) {
  fields("share", o.share, options::between(0.0, 1.0));
}

// Sums and a count, in one pass.
inline std::vector<double> learn_means(const CenterOptions&,
                                       const transforms::TrainingRows& training) {
  const std::size_t width = training.width();
  std::vector<double> sums = training.reduce(
      transforms::TrainingRows::Accept::finite, width + 1,
      [](std::span<const double> row, std::span<double> state) {
        for (std::size_t i = 0; i < row.size(); ++i) state[i] += row[i];
        state.back() += 1.0;
      },
      [](std::span<double> state, std::span<const double> other) {
        for (std::size_t i = 0; i < state.size(); ++i) state[i] += other[i];
      });
  const double count = sums.back();
  sums.pop_back();
  for (double& sum : sums) sum /= count;
  return sums;
}

class Center final : public transforms::Transform {
 public:
  using Options = CenterOptions;

  static std::vector<double> fit(const Options& options, const transforms::TrainingRows& training) {
    return learn_means(options, training);
  }

  Center(const CenterOptions& options, std::span<const double> means)
      : share_(options.share), means_(means.begin(), means.end()) {
    if (means_.empty()) fail(ExitCode::bad_data, "there are no means");
  }

  Shape output_shape(const Shape& input) const override {
    if (input.elements() != means_.size()) {
      fail(ExitCode::bad_data, "it has the means of {} columns", means_.size());
    }
    return input;
  }
  std::size_t apply(std::span<double> buffer, std::size_t width) const override {
    for (std::size_t i = 0; i < width; ++i) buffer[i] -= share_ * means_[i];
    return width;
  }
  std::string summary() const override { return "x − mean"; }

 private:
  double share_;
  std::vector<double> means_;
};

inline Extensions with_loss_and_transforms() {
  Extensions extensions{.package = "mylab"};
  extensions.add_loss<Tilted>("tilted");
  extensions.add_transform<Flip>("flip");
  extensions.add_transform<Center>("center");
  return extensions;
}

// As an experiment has them.
inline LossOptions tilted(const Extensions& extensions, double tau) {
  return UserLoss{extensions.losses.at(0), options::AnyOptions(TiltedOptions{.tau = tau})};
}
inline TransformOptions flip(const Extensions& extensions) {
  return UserTransform{extensions.transforms.at(0), options::AnyOptions(FlipOptions{})};
}
inline TransformOptions center(const Extensions& extensions, double share) {
  return UserTransform{extensions.transforms.at(1),
                       options::AnyOptions(CenterOptions{.share = share})};
}

}  // namespace tusk::test
