// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tusk/gradient_sink.hpp"
#include "tusk/matrix.hpp"
#include "tusk/parameter.hpp"
#include "tusk/real.hpp"
#include "tusk/shape.hpp"
#include "tusk/team.hpp"

// A layer computes outputs from inputs, and the gradients of its inputs and weights from those of
// its outputs. Whoever writes one derives from Layer; the model is who calls it.
//
// A value that goes into a layer or comes out of it is a matrix (features, batch): a column a
// sample, which holds the sample's elements in row-major order, whatever its shape.
namespace tusk::layers {

enum class Mode { training, inference };

// Which step of which worker this is. The randomness of a step, as in dropout's masks, is a pure
// function of it and of the layer.
struct StepContext {
  std::uint64_t seed = 0;
  std::uint32_t worker = 0;
  std::uint64_t step = 0;

  // Called after each layer, forward and backward, if it is there: a turn for something else that
  // goes on meanwhile. It must leave the weights alone.
  const std::function<void()>* between_layers = nullptr;

  void turn() const {
    if (between_layers != nullptr) (*between_layers)();
  }
};

// What a layer may know of the pass that it takes part in.
struct Pass {
  kernels::Team& team;  // the threads to compute with
  Mode mode = Mode::inference;
  StepContext step{};       // in training
  std::uint32_t layer = 0;  // which call of a layer in the model this is
  bool frozen = false;      // the layer's parameters keep their values: no gradients, no statistics
};

// Memory of a layer that nothing else uses during a call, a part a thread.
class Scratch {
 public:
  Scratch() = default;
  // Parts of `size` numbers that begin every `stride` numbers.
  Scratch(Real* first, std::size_t size, std::size_t stride)
      : first_(first), size_(size), stride_(stride) {}

  // The part for the thread that works on this share.
  std::size_t size() const { return size_; }
  Span of(const kernels::Share& share) const { return {first_ + share.index * stride_, size_}; }

 private:
  Real* first_ = nullptr;
  std::size_t size_ = 0;
  std::size_t stride_ = 0;
};

// Where the gradient with respect to an input comes from.
enum class InputGradient {
  made,      // backward writes it to memory of its own
  in_place,  // backward makes it of the gradient of the first output, in that one's memory; for one
             // input at most, which is as large as the output
  same,      // it is the gradient of the first output as it stands: a sum's
  none,      // there is none: an index's
};

// What a layer says of its memory, in one mode, so that buffers can be planned before a pass.
struct LayerMemory {
  // An output for which there is an entry with a number is that input itself, in another shape
  // perhaps: nobody writes it, and its gradient is the input's. Forward and backward are not called
  // for a layer all of whose outputs are inputs.
  std::vector<std::optional<std::size_t>> views = {};

  // By input; `made` for those without an entry.
  std::vector<InputGradient> gradients = {};

  // In numbers (Reals): left by forward for backward, a sample and for the batch as a whole, and
  // scratch a thread. In inference what is kept serves as memory to work in.
  std::size_t kept = 0;
  std::size_t kept_of_batch = 0;
  std::size_t scratch = 0;

  // Whether backward looks at the inputs and at the outputs of forward. Where it does not, their
  // memory serves others meanwhile: backward gets them without data.
  bool backward_reads_inputs = true;
  bool backward_reads_outputs = true;
};

// What forward is given. Memory is as large as the layer asked for and holds anything at first.
struct Forward {
  const Pass& pass;
  ConstSpan weights = {};  // the arrays with the role `trained`, one after another

  // The arrays with the role `statistic`, and, in training unless frozen, the same memory once
  // more: there the layer writes what the batch makes of them. Otherwise it is empty.
  ConstSpan statistics = {};
  Span new_statistics = {};

  std::span<const ConstMatrix> inputs;
  std::span<const Matrix> outputs;  // to be filled in, but for those that are inputs
  Matrix kept = {};                 // (LayerMemory::kept, batch)
  Span kept_of_batch = {};
  Scratch scratch = {};

  ConstMatrix x() const { return inputs.front(); }  // of a layer with one input and one output
  Matrix y() const { return outputs.front(); }
};

// What backward is given: what forward had and left, and the gradients.
struct Backward {
  const Pass& pass;
  ConstSpan weights = {};
  ConstSpan statistics = {};
  std::span<const ConstMatrix> inputs;
  std::span<const ConstMatrix> outputs;
  Matrix kept = {};  // backward may overwrite it
  ConstSpan kept_of_batch = {};
  Scratch scratch = {};

  // The gradients of the loss with respect to the outputs; backward may overwrite them. Zeros for
  // an output that no loss depends on; empty for one that has none (an input itself, or a mask).
  std::span<const Matrix> output_gradients;

  // Those with respect to the inputs, to be written, whatever is there. Empty (without data) where
  // nobody wants one, or where it is not `made` or `in_place`. Where several layers read a value,
  // or one layer is called several times, the model adds their gradients up.
  std::span<const Matrix> input_gradients;

  // Takes the gradients with respect to the weights, each number once, unless the pass is frozen:
  // then it must not be used. Where a layer is called several times in a pass, what is behind it
  // adds up.
  LayerGradients gradients;

  ConstMatrix x() const { return inputs.front(); }  // of a layer with one input and one output
  ConstMatrix y() const { return outputs.front(); }
  Matrix dy() const { return output_gradients.front(); }
  Matrix dx() const { return input_gradients.front(); }
};

// A differentiable function of several inputs to several outputs, built for the shapes of its
// inputs. It owns no parameters: it reads them from its part of the model's flat vector and hands
// their gradients to a sink. Immutable, so one object serves any number of workspaces, threads and
// places in a model. Forward and backward allocate nothing, and their results do not depend on the
// number of threads (see Team).
class Layer {
 public:
  virtual ~Layer() = default;

  virtual std::vector<Shape> output_shapes() const = 0;  // of a sample
  virtual LayerMemory memory(Mode mode) const = 0;

  // Its parameter arrays in the order of its part of the flat vector, which is Keras's; the model
  // fills in `layer` and `offset`.
  virtual std::vector<Parameter> parameters() const { return {}; }

  // Fills in the outputs for a batch of inputs.
  virtual void forward(const Forward& args) const = 0;

  // Hands over the gradients with respect to the weights and fills in those with respect to the
  // inputs, after a forward in training. Weights may change as soon as their gradients are taken.
  virtual void backward(const Backward& args) const = 0;
};

// The shape of a layer's one input. Error(bad_experiment), which begins with `key`, if there is
// another number of them.
const Shape& only_input(std::span<const Shape> inputs, const std::string& key);

}  // namespace tusk::layers
