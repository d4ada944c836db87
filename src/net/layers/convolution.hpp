// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "experiment/initializer_options.hpp"
#include "net/kernels/convolution.hpp"
#include "net/layers/final_activation.hpp"
#include "tusk/activation.hpp"
#include "tusk/layer.hpp"

// What the layers that convolve are made of.
namespace tusk::layers {

// Whether the output is the small image of the kernels' convolution, or the large one.
enum class Direction { gathering, spreading };

struct ConvolutionParts {
  kernels::ConvolutionShape shape;
  Direction direction = Direction::gathering;
  Shape kernel;  // Keras's
  Shape output;
  Activation activation = Activation::linear;
  bool use_bias = true;
  InitializerOptions kernel_initializer;
  InitializerOptions bias_initializer;

  std::size_t output_channels() const {
    return direction == Direction::gathering ? shape.filters : shape.channels;
  }
};

// y = activation(z), z = gather(x) + b or spread(x) + b (kernels/convolution.hpp).
std::unique_ptr<Layer> make_convolution(const ConvolutionParts& parts);

// Applies the activation to outputs of this shape, row by row, unless it is linear or the kernels
// have applied it themselves: relu.
void finish_rows(const FinalActivation& final, Activation activation, const Forward& args,
                 const Shape& output);

}  // namespace tusk::layers
