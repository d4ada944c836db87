// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "experiment/recurrent_options.hpp"
#include "net/kernels/products.hpp"
#include "net/layers/product_gradients.hpp"
#include "tusk/layer.hpp"
#include "tusk/shape.hpp"

// What the layers over the steps of a sequence have in common. Gru and Lstm derive from Recurrent
// and have the cell alone: what happens in a step.
//
// Within the layer everything lies by steps: the columns of a matrix are the batch's samples at the
// first step that is computed, then those at the second, …. So the products of all steps with the
// inputs are one product, and so are those that make the gradients of the weights; the recurrent
// product alone is one for each step. A sample's steps are copied into this order and back.
//
// A masked step leaves the state as it is. Its output is the one before it, zeros before the first.
namespace tusk::layers {

// What of a recurrent layer its options do not say: Bidirectional sets both.
struct RecurrentUse {
  bool zero_output_for_mask = false;  // a masked step's output is zero
  bool outputs_reversed = false;      // the output of the step that is computed last comes first
};

class Recurrent : public Layer {
 public:
  std::vector<Shape> output_shapes() const override;
  LayerMemory memory(Mode mode) const override;
  std::vector<Parameter> parameters() const override;
  void forward(const Forward& args) const override;
  void backward(const Backward& args) const override;

 protected:
  // input: (steps, features). gates: how many products a unit has with the inputs. more: how many
  // further numbers a unit keeps of a step.
  Recurrent(const RecurrentOptions& options, const Shape& input, bool has_mask, std::size_t gates,
            std::size_t more, const RecurrentUse& use);

  // The layer's weights as they lie in memory: Keras's arrays transposed, column-major.
  struct Weights {
    ConstMatrix kernel;     // W (gates·units, features)
    ConstMatrix recurrent;  // U (gates·units, units)
    ConstSpan bias;
  };

  // What is kept, by steps.
  struct Sequence {
    Matrix inputs;  // (features, steps·batch)
    Matrix gates;  // (gates·units, steps·batch): the products with the inputs, then what the cell
                   // makes of them, and in backward their gradients
    Matrix states;  // (units, (steps + 1)·batch): h before the first step, which is 0, and after
                    // each
    Matrix more;    // (more·units, (steps + 1)·batch): begins with zeros
    Matrix state_gradient;  // (units, batch): of h
    Matrix more_gradient;   // (units, batch): for the cell; zeros at first
  };

  // One step of a pass.
  struct Step {
    kernels::Team& team;
    const Scratch& scratch;
    const Weights& weights;
    const Sequence& all;
    const ConstMatrix* mask;  // (steps, batch), or none
    std::size_t index;        // from 0, in the order of computing
    std::size_t position;     // in the sequence
    std::size_t batch;

    // The step's columns of a matrix by steps, or those `later` steps after it.
    Matrix of(Matrix by_steps, std::size_t later = 0) const {
      return {by_steps.col((index + later) * batch).data(), by_steps.rows(), batch};
    }
    bool is_masked(std::size_t sample) const {
      return mask != nullptr && (*mask)(position, sample) == Real{0};
    }
    // Calls work(sample, share) for each sample.
    void over_samples(std::size_t cost, auto work) const {
      team.share(batch, 1, cost, [&](const kernels::Share& share) {
        for (std::size_t s = share.first; s < share.last; ++s) work(s, share);
      });
    }
  };

  const RecurrentOptions& options() const { return options_; }
  bool has_usual_activations() const {
    return options_.cell_activation == Activation::tanh &&
           options_.recurrent_activation == Activation::sigmoid;
  }
  std::size_t units() const { return options_.units; }

  virtual Shape bias_shape() const { return {gates_ * units()}; }
  virtual Initializer bias_initializer() const;

  // What is added to the products with the inputs; the biases must not be empty.
  virtual ConstSpan input_bias(ConstSpan bias) const { return bias; }

  // The state after the step from the one before it and the products with the inputs.
  virtual void step(const Step& step) const = 0;

  // From the gradient of the state after the step that of the state before it, in its place, and
  // those of what `gates` and `more` hold. Of a masked sample these are zero, and that is as it
  // was.
  virtual void backward_step(const Step& step) const = 0;

  // The gradients with respect to W x + b, and with respect to U h (+ b), as rows of dz, with what
  // they are products of: in up to two parts.
  virtual ProductGradient input_products(const Sequence& all) const;
  virtual ProductGradient recurrent_products(const Sequence& all) const;

  // Numbers of scratch that backward_step works in, a thread.
  virtual std::size_t scratch() const = 0;

 private:
  std::size_t position(std::size_t step) const {
    return options_.go_backwards ? steps_ - 1 - step : step;
  }
  std::size_t output_position(std::size_t step) const {
    return use_.outputs_reversed ? steps_ - 1 - step : step;
  }

  Weights weights(ConstSpan all) const;
  Sequence sequence(Matrix kept) const;
  Step step_of(const auto& args, const Weights& weights, const Sequence& all,
               std::size_t index) const;
  void multiply_inputs(kernels::Team& team, const Weights& weights, const Sequence& all) const;
  void write_outputs(const Forward& args, const Sequence& all) const;
  void add_output_gradient(const Backward& args, const Step& step) const;
  void write_input_gradient(const Backward& args, const Weights& weights,
                            const Sequence& all) const;

  RecurrentOptions options_;
  std::size_t steps_;
  std::size_t features_;
  bool has_mask_;
  std::size_t gates_;
  std::size_t more_;
  RecurrentUse use_;
};

// What make() of every recurrent layer asks of its inputs and options: (steps, features), perhaps
// with a mask of (steps,) behind it. Error(bad_experiment) that begins with `key`.
void check_recurrent(const RecurrentOptions& options, std::span<const Shape> inputs,
                     const std::string& key);

// gru.cpp, lstm.cpp
std::unique_ptr<Layer> make_recurrent(const GruOptions& options, std::span<const Shape> inputs,
                                      const RecurrentUse& use, const std::string& key);
std::unique_ptr<Layer> make_recurrent(const LstmOptions& options, std::span<const Shape> inputs,
                                      const RecurrentUse& use, const std::string& key);

}  // namespace tusk::layers
