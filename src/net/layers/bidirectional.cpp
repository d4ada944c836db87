// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>
#include <variant>

#include "net/kernels/eigen_views.hpp"
#include "net/layers/layers.hpp"
#include "net/layers/recurrent.hpp"
#include "options/describe.hpp"
#include "options/require_valid.hpp"
#include "tusk/error.hpp"

namespace tusk::layers {
namespace {

// A recurrent layer that reads a sequence forward and one of the same options, with weights of its
// own, that reads it backward (Schuster and Paliwal, 1997); their outputs, step by step, merged.
// Its parameters are the forward layer's, then the backward one's.
class Bidirectional final : public Layer {
 public:
  Bidirectional(std::array<std::unique_ptr<Layer>, 2> layers, MergeMode mode, std::size_t inputs)
      : layers_(std::move(layers)), mode_(mode), inputs_(inputs) {
    for (const Parameter& parameter : layers_[0]->parameters()) weights_ += parameter.size();
    const Shape output = layers_[0]->output_shapes().front();
    units_ = output.extents().back();
    outputs_ = output.elements();
    kept_in_training_ = layers_[0]->memory(Mode::training).kept;
    kept_in_inference_ = layers_[0]->memory(Mode::inference).kept;
  }

  std::vector<Shape> output_shapes() const override {
    std::vector<std::size_t> extents = layers_[0]->output_shapes().front().extents();
    if (mode_ == MergeMode::concat) extents.back() *= 2;
    return {Shape(extents)};
  }
  LayerMemory memory(Mode mode) const override;
  std::vector<Parameter> parameters() const override;
  void forward(const Forward& args) const override;
  void backward(const Backward& args) const override;

 private:
  static constexpr std::array<const char*, 2> names{"forward", "backward"};

  // A layer's memory, and its output, whose place its gradient takes in backward.
  struct Part {
    Matrix kept;
    Matrix output;
  };

  std::size_t kept(Mode mode) const {
    return mode == Mode::training ? kept_in_training_ : kept_in_inference_;
  }

  // Both layers' memory, and one for an input's gradient behind it.
  std::array<Part, 2> parts(Matrix kept, Mode mode) const;
  ConstSpan weights(ConstSpan all, std::size_t which) const {
    return which == 0 ? all.first(weights_) : all.subspan(weights_);
  }
  void merge(const std::array<Part, 2>& parts, Matrix y) const;
  void split(Matrix dy, const std::array<Part, 2>& parts) const;

  std::array<std::unique_ptr<Layer>, 2> layers_;
  MergeMode mode_;
  std::size_t inputs_;
  std::size_t weights_ = 0;  // of one layer, as all that follows
  std::size_t units_ = 0;
  std::size_t outputs_ = 0;
  std::size_t kept_in_training_ = 0;
  std::size_t kept_in_inference_ = 0;
};

LayerMemory Bidirectional::memory(Mode mode) const {
  LayerMemory memory = layers_[0]->memory(mode);
  memory.kept = 2 * (kept(mode) + outputs_) + (mode == Mode::training ? inputs_ : 0);
  return memory;
}

std::vector<Parameter> Bidirectional::parameters() const {
  std::vector<Parameter> all;
  for (std::size_t i = 0; i < 2; ++i) {
    for (Parameter& parameter : layers_[i]->parameters()) {
      parameter.name = std::string(names[i]) + "_" + parameter.name;
      all.push_back(std::move(parameter));
    }
  }
  return all;
}

std::array<Bidirectional::Part, 2> Bidirectional::parts(Matrix kept, Mode mode) const {
  const std::size_t batch = kept.cols();
  Real* next = kept.data();
  const auto take = [&](std::size_t rows) {
    return Matrix(std::exchange(next, next + rows * batch), rows, batch);
  };
  std::array<Part, 2> parts;
  for (Part& part : parts) {
    part.kept = take(this->kept(mode));
    part.output = take(outputs_);
  }
  return parts;
}

void Bidirectional::forward(const Forward& args) const {
  const std::array<Part, 2> both = parts(args.kept, args.pass.mode);
  for (std::size_t i = 0; i < 2; ++i) {
    layers_[i]->forward({.pass = args.pass,
                         .weights = weights(args.weights, i),
                         .inputs = args.inputs,
                         .outputs = {&both[i].output, 1},
                         .kept = both[i].kept,
                         .scratch = args.scratch});
  }
  merge(both, args.y());
}

void Bidirectional::backward(const Backward& args) const {
  const std::array<Part, 2> both = parts(args.kept, Mode::training);
  split(args.dy(), both);
  const bool is_wanted = args.dx().data() != nullptr;
  Real* behind = both[1].output.data() + both[1].output.size();
  const std::array<Matrix, 2> dx{args.dx(),
                                 is_wanted ? Matrix(behind, inputs_, args.dy().cols()) : Matrix()};
  for (std::size_t i = 0; i < 2; ++i) {
    layers_[i]->backward({.pass = args.pass,
                          .weights = weights(args.weights, i),
                          .inputs = args.inputs,
                          .outputs = args.outputs,
                          .kept = both[i].kept,
                          .scratch = args.scratch,
                          .output_gradients = {&both[i].output, 1},
                          .input_gradients = {&dx[i], 1},
                          .gradients = args.gradients.from(i * weights_)});
  }
  if (is_wanted) kernels::array(dx[0].flat()) += kernels::array(dx[1].flat());
}

void Bidirectional::merge(const std::array<Part, 2>& parts, Matrix y) const {
  const auto a = kernels::array(parts[0].output.flat());
  const auto b = kernels::array(parts[1].output.flat());
  auto merged = kernels::array(y.flat());
  switch (mode_) {
    case MergeMode::concat: {
      Real* to = y.data();
      for (std::size_t i = 0; i < parts[0].output.size(); i += units_) {
        for (const Part& part : parts) to = std::copy_n(part.output.data() + i, units_, to);
      }
      return;
    }
    case MergeMode::sum:
      merged = a + b;
      return;
    case MergeMode::mul:
      merged = a * b;
      return;
    case MergeMode::ave:
      merged = (a + b) / Real{2};
      return;
  }
}

// The gradient of each layer's output, in its place.
void Bidirectional::split(Matrix dy, const std::array<Part, 2>& parts) const {
  auto a = kernels::array(parts[0].output.flat());
  auto b = kernels::array(parts[1].output.flat());
  const auto merged = kernels::array(dy.flat());
  switch (mode_) {
    case MergeMode::concat: {
      const Real* from = dy.data();
      for (std::size_t i = 0; i < parts[0].output.size(); i += units_) {
        for (const Part& part : parts) {
          std::copy_n(from, units_, part.output.data() + i);
          from += units_;
        }
      }
      return;
    }
    case MergeMode::sum:
      a = merged;
      b = merged;
      return;
    case MergeMode::mul:
      for (Eigen::Index i = 0; i < merged.size(); ++i) {
        const Real forward = a[i];
        a[i] = merged[i] * b[i];
        b[i] = merged[i] * forward;
      }
      return;
    case MergeMode::ave:
      a = merged / Real{2};
      b = a;
      return;
  }
}

// Keras gives masked steps an output of zero where all steps are given out, and turns the second
// layer's outputs around, so that both are in the order in which the first goes over the steps.
template <typename Options>
std::unique_ptr<Layer> make_both(Options options, const BidirectionalOptions& outer, Shapes inputs,
                                 const std::string& key) {
  RecurrentUse use{.zero_output_for_mask = options.return_sequences};
  std::array<std::unique_ptr<Layer>, 2> layers;
  for (std::unique_ptr<Layer>& layer : layers) {
    layer = make_recurrent(options, inputs, use, key + ".layer");
    options.go_backwards = !options.go_backwards;
    use.outputs_reversed = true;
  }
  return std::make_unique<Bidirectional>(std::move(layers), outer.merge_mode, inputs[0].elements());
}

}  // namespace

std::unique_ptr<Layer> make(const BidirectionalOptions& options, Shapes inputs,
                            const std::string& key) {
  return std::visit(
      [&]<typename Kind>(const Kind& kind) -> std::unique_ptr<Layer> {
        if constexpr (std::is_base_of_v<RecurrentOptions, Kind>) {
          return make_both(kind, options, inputs, key);
        } else {
          fail(ExitCode::bad_experiment,
               "{}.layer is of type '{}'; only gru and lstm can read a sequence both ways", key,
               type_of((*options.layer).layer));
        }
      },
      (*options.layer).layer);
}

}  // namespace tusk::layers
