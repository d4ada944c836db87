// SPDX-License-Identifier: Apache-2.0
#include "net/layers/recurrent.hpp"

#include <algorithm>
#include <utility>

#include "net/kernels/activation.hpp"
#include "net/kernels/eigen_views.hpp"
#include "net/layers/initializer.hpp"
#include "tusk/error.hpp"

namespace tusk::layers {

Recurrent::Recurrent(const RecurrentOptions& options, const Shape& input, bool has_mask,
                     std::size_t gates, std::size_t more, const RecurrentUse& use)
    : options_(options),
      steps_(input[0]),
      features_(input[1]),
      has_mask_(has_mask),
      gates_(gates),
      more_(more),
      use_(use) {}

std::vector<Shape> Recurrent::output_shapes() const {
  if (options_.return_sequences) return {Shape{steps_, units()}};
  return {Shape{units()}};
}

LayerMemory Recurrent::memory(Mode mode) const {
  const std::size_t in_steps = features_ + gates_ * units();
  const std::size_t with_start = (1 + more_) * units();
  LayerMemory memory{
      .kept = steps_ * in_steps + (steps_ + 1) * with_start + 2 * units(),
      .scratch = mode == Mode::training ? scratch() : 0,
      .backward_reads_inputs = has_mask_,
      .backward_reads_outputs = false,
  };
  if (has_mask_) memory.gradients = {InputGradient::made, InputGradient::none};
  return memory;
}

std::vector<Parameter> Recurrent::parameters() const {
  const std::size_t width = gates_ * units();
  std::vector<Parameter> arrays{{.name = "kernel",
                                 .shape = {features_, width},
                                 .fan_in = features_,
                                 .fan_out = width,
                                 .initializer = make_initializer(options_.kernel_initializer)},
                                {.name = "recurrent_kernel",
                                 .shape = {units(), width},
                                 .fan_in = units(),
                                 .fan_out = width,
                                 .initializer = make_initializer(options_.recurrent_initializer)}};
  if (options_.use_bias) {
    const Shape shape = bias_shape();
    arrays.push_back({.name = "bias",
                      .shape = shape,
                      .fan_in = shape[0],
                      .fan_out = shape[shape.rank() - 1],
                      .initializer = bias_initializer()});
  }
  return arrays;
}

Initializer Recurrent::bias_initializer() const {
  return make_initializer(options_.bias_initializer);
}

ProductGradient Recurrent::input_products(const Sequence& all) const {
  return {.parts = {ProductPart{.row = 0, .dz = all.gates, .x = all.inputs}}};
}

// The states before each step.
ProductGradient Recurrent::recurrent_products(const Sequence& all) const {
  return {.parts = {ProductPart{
              .row = 0, .dz = all.gates, .x = all.states.first_cols(all.gates.cols())}}};
}

Recurrent::Weights Recurrent::weights(ConstSpan all) const {
  const std::size_t width = gates_ * units();
  const std::size_t kernel = width * features_;
  return {.kernel = {all.data(), width, features_},
          .recurrent = {all.data() + kernel, width, units()},
          .bias = all.subspan(kernel + width * units())};
}

Recurrent::Sequence Recurrent::sequence(Matrix kept) const {
  const std::size_t batch = kept.cols();
  Real* next = kept.data();
  const auto take = [&](std::size_t rows, std::size_t columns) {
    return Matrix(std::exchange(next, next + rows * columns), rows, columns);
  };
  Sequence all;
  all.gates = take(gates_ * units(), steps_ * batch);
  all.states = take(units(), (steps_ + 1) * batch);
  all.more = take(more_ * units(), (steps_ + 1) * batch);
  all.state_gradient = take(units(), batch);
  all.more_gradient = take(units(), batch);
  all.inputs = take(features_, steps_ * batch);
  return all;
}

Recurrent::Step Recurrent::step_of(const auto& args, const Weights& weights, const Sequence& all,
                                   std::size_t index) const {
  return {.team = args.pass.team,
          .scratch = args.scratch,
          .weights = weights,
          .all = all,
          .mask = has_mask_ ? &args.inputs[1] : nullptr,
          .index = index,
          .position = position(index),
          .batch = args.kept.cols()};
}

void Recurrent::forward(const Forward& args) const {
  const std::size_t batch = args.x().cols();
  const Weights w = weights(args.weights);
  const Sequence all = sequence(args.kept);
  for (std::size_t step = 0; step < steps_; ++step) {
    for (std::size_t sample = 0; sample < batch; ++sample) {
      std::copy_n(args.x().col(sample).data() + position(step) * features_, features_,
                  all.inputs.col(step * batch + sample).data());
    }
  }
  multiply_inputs(args.pass.team, w, all);
  std::ranges::fill(all.states.first_cols(batch).flat(), Real{0});
  std::ranges::fill(all.more.first_cols(batch).flat(), Real{0});
  for (std::size_t i = 0; i < steps_; ++i) {
    step(step_of(args, w, all, i));
  }
  write_outputs(args, all);
}

void Recurrent::multiply_inputs(kernels::Team& team, const Weights& w, const Sequence& all) const {
  const ConstSpan bias = options_.use_bias ? input_bias(w.bias) : ConstSpan();
  kernels::multiply(team, w.kernel, all.inputs, all.gates, [&](std::size_t row, Span z) {
    if (!bias.empty()) kernels::array(z) += kernels::array(bias.subspan(row, z.size()));
  });
}

void Recurrent::write_outputs(const Forward& args, const Sequence& all) const {
  const std::size_t batch = args.x().cols();
  for (std::size_t step = options_.return_sequences ? 0 : steps_ - 1; step < steps_; ++step) {
    const std::size_t to = options_.return_sequences ? output_position(step) * units() : 0;
    for (std::size_t sample = 0; sample < batch; ++sample) {
      const ConstSpan state = all.states.col((step + 1) * batch + sample);
      Real* y = args.y().col(sample).data() + to;
      if (use_.zero_output_for_mask && has_mask_ && args.inputs[1](position(step), sample) == 0) {
        std::fill_n(y, units(), Real{0});
      } else {
        std::ranges::copy(state, y);
      }
    }
  }
}

void Recurrent::backward(const Backward& args) const {
  const Weights w = weights(args.weights);
  const Sequence all = sequence(args.kept);
  std::ranges::fill(all.state_gradient.flat(), Real{0});
  std::ranges::fill(all.more_gradient.flat(), Real{0});
  for (std::size_t i = steps_; i-- > 0;) {
    const Step its = step_of(args, w, all, i);
    add_output_gradient(args, its);
    backward_step(its);
  }
  if (!args.pass.frozen) {
    const std::size_t width = gates_ * units();
    const std::size_t kernel = width * features_;
    kernels::Team& team = args.pass.team;
    const ProductGradient of_inputs = input_products(all);
    const ProductGradient of_states = recurrent_products(all);
    hand_over_kernel(team, of_inputs, 0, args.gradients);
    hand_over_kernel(team, of_states, kernel, args.gradients);
    if (options_.use_bias) {
      const std::size_t offset = kernel + width * units();
      hand_over_bias(team, of_inputs, offset, args.gradients);
      if (w.bias.size() == 2 * width) {  // one for the inputs, one for the states
        hand_over_bias(team, of_states, offset + width, args.gradients);
      }
    }
  }
  if (args.dx().data() != nullptr) write_input_gradient(args, w, all);
}

void Recurrent::add_output_gradient(const Backward& args, const Step& step) const {
  if (!options_.return_sequences && step.index + 1 < steps_) return;
  const std::size_t from = options_.return_sequences ? output_position(step.index) * units() : 0;
  for (std::size_t sample = 0; sample < step.batch; ++sample) {
    if (use_.zero_output_for_mask && step.is_masked(sample)) continue;
    const ConstSpan dy = args.dy().col(sample).subspan(from, units());
    kernels::array(step.all.state_gradient.col(sample)) += kernels::array(dy);
  }
}

// The inputs are no longer needed: their gradients take their place, by steps.
void Recurrent::write_input_gradient(const Backward& args, const Weights& w,
                                     const Sequence& all) const {
  const ProductGradient products = input_products(all);
  kernels::Sum sum = kernels::Sum::set;
  for (const ProductPart& part : products.all()) {
    kernels::multiply_transposed(args.pass.team, kernels::rows_of(w.kernel, part.row, part.dz.rows),
                                 part.dz, all.inputs, std::exchange(sum, kernels::Sum::add));
  }
  const std::size_t batch = args.dx().cols();
  for (std::size_t step = 0; step < steps_; ++step) {
    for (std::size_t sample = 0; sample < batch; ++sample) {
      std::ranges::copy(all.inputs.col(step * batch + sample),
                        args.dx().col(sample).data() + position(step) * features_);
    }
  }
}

void check_recurrent(const RecurrentOptions& options, std::span<const Shape> inputs,
                     const std::string& key) {
  const bool has_mask =
      inputs.size() == 2 && inputs[0].rank() == 2 && inputs[1] == Shape{inputs[0][0]};
  if (inputs.size() != 1 && !has_mask) {
    fail(ExitCode::bad_experiment, "{}: it takes one input, and perhaps its mask, but has {}", key,
         inputs.size());
  }
  if (inputs[0].rank() != 2) {
    fail(ExitCode::bad_experiment,
         "{}: it takes the steps of a sequence, (steps, features), but its input has shape {}", key,
         inputs[0].to_string());
  }
  constexpr std::size_t max_parameters = std::size_t{1} << 40;
  const std::size_t rows = inputs[0][1] + options.units + 2;
  if (options.units > max_parameters / 4 / rows) {
    fail(ExitCode::bad_experiment, "{}: {} units on {} features are too many", key, options.units,
         inputs[0][1]);
  }
  for (const Activation activation : {options.cell_activation, options.recurrent_activation}) {
    if (activation == Activation::softmax || kernels::gradient_is_told_by_input(activation)) {
      fail(ExitCode::bad_experiment, "{}: recurrent layers cannot have the activation '{}'", key,
           name_of(activation));
    }
  }
}

}  // namespace tusk::layers
