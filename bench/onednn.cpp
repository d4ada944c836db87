// SPDX-License-Identifier: Apache-2.0
#include "onednn.hpp"

#include <fmt/format.h>
#include <dnnl.hpp>

#include <algorithm>
#include <memory>
#include <string>

namespace tusk::bench {
namespace {

using dnnl::memory;
using Tag = memory::format_tag;

const dnnl::engine& cpu() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

memory::desc any_layout(const memory::dims& dims) {
  return {dims, memory::data_type::f32, Tag::any};
}

memory filled(const memory::desc& layout) {
  memory m(layout, cpu());
  auto* numbers = static_cast<float*>(m.get_data_handle());
  for (std::size_t i = 0; i < layout.get_size() / sizeof(float); ++i) {
    numbers[i] = 0.01F * static_cast<float>(i % 97) - 0.5F;
  }
  return m;
}

std::function<void()> call(const dnnl::primitive& primitive,
                           const std::unordered_map<int, memory>& arguments) {
  auto stream = std::make_shared<dnnl::stream>(cpu());
  return [primitive, arguments, stream] {
    primitive.execute(*stream, arguments);
    stream->wait();
  };
}

}  // namespace

OnednnConvolution onednn_convolution(const ConvolutionCase& c) {
  const auto dim = [](std::size_t n) { return static_cast<memory::dim>(n); };
  const auto total = [&](std::size_t kernel) { return c.same ? dim(kernel) - 1 : 0; };
  const memory::dims before{total(c.kernel_rows) / 2, total(c.kernel_cols) / 2};
  const memory::dims after{total(c.kernel_rows) - before[0], total(c.kernel_cols) - before[1]};
  const memory::dims strides{1, 1};
  const memory::desc source = any_layout({dim(c.batch), dim(c.channels), dim(c.rows), dim(c.cols)});
  const memory::desc kernel =
      any_layout({dim(c.filters), dim(c.channels), dim(c.kernel_rows), dim(c.kernel_cols)});
  const memory::desc bias({dim(c.filters)}, memory::data_type::f32, Tag::a);
  const memory::desc target = any_layout(
      {dim(c.batch), dim(c.filters), dim(c.rows) + total(c.kernel_rows) - dim(c.kernel_rows) + 1,
       dim(c.cols) + total(c.kernel_cols) - dim(c.kernel_cols) + 1});
  constexpr auto algorithm = dnnl::algorithm::convolution_direct;

  const dnnl::convolution_forward::primitive_desc forward(
      {dnnl::prop_kind::forward_training, algorithm, source, kernel, bias, target, strides, before,
       after},
      cpu());
  const dnnl::convolution_backward_weights::primitive_desc weights(
      {algorithm, source, kernel, bias, target, strides, before, after}, cpu(), forward);
  const dnnl::convolution_backward_data::primitive_desc data(
      {algorithm, source, kernel, target, strides, before, after}, cpu(), forward);
  return {.forward = call(dnnl::convolution_forward(forward),
                          {{DNNL_ARG_SRC, filled(forward.src_desc())},
                           {DNNL_ARG_WEIGHTS, filled(forward.weights_desc())},
                           {DNNL_ARG_BIAS, filled(forward.bias_desc())},
                           {DNNL_ARG_DST, filled(forward.dst_desc())}}),
          .kernel_gradient = call(dnnl::convolution_backward_weights(weights),
                                  {{DNNL_ARG_SRC, filled(weights.src_desc())},
                                   {DNNL_ARG_DIFF_DST, filled(weights.diff_dst_desc())},
                                   {DNNL_ARG_DIFF_WEIGHTS, filled(weights.diff_weights_desc())},
                                   {DNNL_ARG_DIFF_BIAS, filled(weights.diff_bias_desc())}}),
          .input_gradient = call(dnnl::convolution_backward_data(data),
                                 {{DNNL_ARG_DIFF_DST, filled(data.diff_dst_desc())},
                                  {DNNL_ARG_WEIGHTS, filled(data.weights_desc())},
                                  {DNNL_ARG_DIFF_SRC, filled(data.diff_src_desc())}})};
}

const char* onednn_version() {
  static const std::string version = fmt::format("{}.{}.{}", dnnl::version()->major,
                                                 dnnl::version()->minor, dnnl::version()->patch);
  return version.c_str();
}

}  // namespace tusk::bench
