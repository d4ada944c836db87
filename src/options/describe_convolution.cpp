// SPDX-License-Identifier: Apache-2.0
#include "options/describe.hpp"

// Layers that convolve.
namespace tusk {

using namespace options;

Value value_of(PerAxis& numbers) {
  const auto list = [&numbers] { return options::value_of(numbers.values); };
  return Forms{.expected = "a number, or a list with one for each axis",
               .forms = {{FormShape::number,
                          [&numbers] {
                            numbers.values.assign(1, 0);
                            return options::value_of(numbers.values.front());
                          }},
                         {FormShape::list, list}},
               .get = [&numbers, list]() -> Value {
                 if (numbers.values.size() != 1) return list();
                 return options::value_of(numbers.values.front());
               }};
}

namespace {

// The options that all convolutions end in.
void describe_outputs(Fields& fields, auto& o, std::string_view initializer,
                      InitializerOptions& kernel) {
  fields("activation", o.activation);
  fields("use_bias", o.use_bias);
  fields(initializer, kernel);
  fields("bias_initializer", o.bias_initializer,
         any().only_when(o.use_bias, "needs use_bias = true"));
}

// A convolution of a series and one of an image, whose options differ in their types alone.
void describe_conv(Fields& fields, auto& o) {
  fields("filters", o.filters, required(count()));
  fields("kernel_size", o.kernel_size, required(count()));
  fields("strides", o.strides, count());
  fields("padding", o.padding);
  fields("dilation_rate", o.dilation_rate, count());
  fields("groups", o.groups, count());
  describe_outputs(fields, o, "kernel_initializer", o.kernel_initializer);
}

}  // namespace

void describe(Fields& fields, Conv1dOptions& o) { describe_conv(fields, o); }
void describe(Fields& fields, Conv2dOptions& o) { describe_conv(fields, o); }

void describe(Fields& fields, DepthwiseConv2dOptions& o) {
  fields("kernel_size", o.kernel_size, required(count()));
  fields("strides", o.strides, count());
  fields("padding", o.padding);
  fields("depth_multiplier", o.depth_multiplier, count());
  fields("dilation_rate", o.dilation_rate, count());
  describe_outputs(fields, o, "depthwise_initializer", o.depthwise_initializer);
}

void describe(Fields& fields, Conv2dTransposeOptions& o) {
  fields("filters", o.filters, required(count()));
  fields("kernel_size", o.kernel_size, required(count()));
  fields("strides", o.strides, count());
  fields("padding", o.padding);
  fields("output_padding", o.output_padding, at_least(0.0));
  fields("dilation_rate", o.dilation_rate, count());
  describe_outputs(fields, o, "kernel_initializer", o.kernel_initializer);
}

}  // namespace tusk
