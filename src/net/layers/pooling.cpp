// SPDX-License-Identifier: Apache-2.0
#include "net/kernels/pooling.hpp"

#include "net/layers/spatial.hpp"
#include "options/describe.hpp"
#include "options/require_valid.hpp"

namespace tusk::layers {
namespace {

enum class Pooled { largest, mean };

// y = the largest, or the mean, of each window of x.
class Pooling final : public Layer {
 public:
  Pooling(Pooled pooled, const kernels::PoolingShape& shape, Shape output)
      : pooled_(pooled), shape_(shape), output_(std::move(output)) {}

  std::vector<Shape> output_shapes() const override { return {output_}; }
  LayerMemory memory(Mode) const override {
    const bool is_read = pooled_ == Pooled::largest;
    return {.backward_reads_inputs = is_read, .backward_reads_outputs = is_read};
  }

  void forward(const Forward& args) const override {
    const auto compute = pooled_ == Pooled::largest ? kernels::max_pool : kernels::average_pool;
    compute(args.pass.team, shape_, args.x(), args.y());
  }

  void backward(const Backward& args) const override {
    if (args.dx().data() == nullptr) return;
    if (pooled_ == Pooled::largest) {
      kernels::max_pool_gradient(args.pass.team, shape_, args.x(), args.y(), args.dy(), args.dx());
    } else {
      kernels::average_pool_gradient(args.pass.team, shape_, args.dy(), args.dx());
    }
  }

 private:
  Pooled pooled_;
  kernels::PoolingShape shape_;
  Shape output_;
};

std::unique_ptr<Layer> make_pooling(const auto& o, Pooled pooled, std::size_t axes, Shapes inputs,
                                    const std::string& key) {
  options::require_valid(o, key);
  const Shape& input = spatial_input(inputs, axes, key);
  const PerAxis& strides = o.strides ? *o.strides : o.pool_size;
  require_axes(o.pool_size.values.size(), axes, key, "pool_size");
  require_axes(strides.values.size(), axes, key, "strides");
  std::vector<WindowOptions> windows;
  for (std::size_t axis = 0; axis < axes; ++axis) {
    windows.push_back(
        {.size = o.pool_size[axis], .stride = strides[axis], .padding = to_time(o.padding)});
  }
  const std::vector<WindowedAxis> windowed = windowed_axes(input, windows, key);
  const auto axis = [&](std::size_t i) -> kernels::PoolingAxis {
    return {.input = input[i],
            .outputs = windowed[i].outputs,
            .size = windows[i].size,
            .stride = windows[i].stride,
            .before = windowed[i].before};
  };
  kernels::PoolingShape shape{.rows = {}, .cols = axis(axes - 1), .channels = input[axes]};
  if (axes == 2) shape.rows = axis(0);
  std::vector<std::size_t> output;
  for (const WindowedAxis& w : windowed) output.push_back(w.outputs);
  output.push_back(input[axes]);
  return std::make_unique<Pooling>(pooled, shape, Shape(std::move(output)));
}

}  // namespace

std::unique_ptr<Layer> make(const MaxPooling1dOptions& options, Shapes inputs,
                            const std::string& key) {
  return make_pooling(options, Pooled::largest, 1, inputs, key);
}

std::unique_ptr<Layer> make(const MaxPooling2dOptions& options, Shapes inputs,
                            const std::string& key) {
  return make_pooling(options, Pooled::largest, 2, inputs, key);
}

std::unique_ptr<Layer> make(const AveragePooling1dOptions& options, Shapes inputs,
                            const std::string& key) {
  return make_pooling(options, Pooled::mean, 1, inputs, key);
}

std::unique_ptr<Layer> make(const AveragePooling2dOptions& options, Shapes inputs,
                            const std::string& key) {
  return make_pooling(options, Pooled::mean, 2, inputs, key);
}

}  // namespace tusk::layers
