// SPDX-License-Identifier: Apache-2.0
// gru, lstm and what goes with them against Keras's formulas, written down once more sample by
// sample and step by step. gradients/recurrent_gradient_test.cpp has their gradients.
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <functional>
#include <vector>

#include "check_fails.hpp"
#include "net/layers/layer_run.hpp"

using namespace tusk;
using test::LayerRun;
using test::Numbers;

namespace {

constexpr std::size_t rnn_steps = 7;
constexpr std::size_t rnn_features = 3;
constexpr std::size_t rnn_units = 5;
constexpr std::size_t rnn_batch = 4;

// Steps that are there, with a gap, none at the beginning, none at the end, and none at all.
Numbers gaps() {
  const std::array<std::array<int, rnn_steps>, rnn_batch> rows{
      {{1, 1, 0, 0, 1, 1, 1}, {0, 0, 1, 1, 0, 1, 1}, {1, 1, 1, 0, 0, 0, 0}, {0, 0, 0, 0, 0, 0, 0}}};
  Numbers mask;
  for (const auto& row : rows) mask.insert(mask.end(), row.begin(), row.end());
  return mask;
}

double slow_sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

// What one step makes of the state: x, h and, for lstm, c behind it.
using SlowCell = std::function<std::vector<double>(const Real* x, const std::vector<double>& h)>;

// Σ of x W or h U for column `column` of an array (rows, columns).
double slow_dot(const auto& values, const Real* array, std::size_t rows, std::size_t columns,
                std::size_t column) {
  double sum = 0.0;
  for (std::size_t i = 0; i < rows; ++i) sum += double{values[i]} * array[i * columns + column];
  return sum;
}

SlowCell slow_gru(const Numbers& weights, bool reset_after) {
  return [&weights, reset_after](const Real* x, const std::vector<double>& h) {
    constexpr std::size_t u = rnn_units;
    const Real* w = weights.data();
    const Real* r_w = w + rnn_features * 3 * u;
    const Real* b = r_w + u * 3 * u;
    const auto of_x = [&](std::size_t j) { return slow_dot(x, w, rnn_features, 3 * u, j) + b[j]; };
    const auto of_h = [&](const std::vector<double>& state, std::size_t j) {
      return slow_dot(state, r_w, u, 3 * u, j) + (reset_after ? b[3 * u + j] : 0.0);
    };
    std::vector<double> z(u), r(u), reset(u), next(u);
    for (std::size_t j = 0; j < u; ++j) {
      z[j] = slow_sigmoid(of_x(j) + of_h(h, j));
      r[j] = slow_sigmoid(of_x(u + j) + of_h(h, u + j));
      reset[j] = r[j] * h[j];
    }
    for (std::size_t j = 0; j < u; ++j) {
      const double recurrent = reset_after ? r[j] * of_h(h, 2 * u + j) : of_h(reset, 2 * u + j);
      next[j] = z[j] * h[j] + (1 - z[j]) * std::tanh(of_x(2 * u + j) + recurrent);
    }
    return next;
  };
}

SlowCell slow_lstm(const Numbers& weights) {
  return [&weights](const Real* x, const std::vector<double>& h) {
    constexpr std::size_t u = rnn_units;
    const Real* w = weights.data();
    const Real* r_w = w + rnn_features * 4 * u;
    const Real* b = r_w + u * 4 * u;
    std::vector<double> next(2 * u);
    for (std::size_t j = 0; j < u; ++j) {
      const auto of = [&](std::size_t gate) {
        const std::size_t k = gate * u + j;
        return slow_dot(x, w, rnn_features, 4 * u, k) + slow_dot(h, r_w, u, 4 * u, k) + b[k];
      };
      next[u + j] = slow_sigmoid(of(1)) * h[u + j] + slow_sigmoid(of(0)) * std::tanh(of(2));
      next[j] = slow_sigmoid(of(3)) * std::tanh(next[u + j]);
    }
    return next;
  };
}

struct SlowUse {
  bool sequences = false;
  bool backwards = false;
  bool zeros = false;     // the output of a masked step
  bool reversed = false;  // the output of the step that is computed last comes first
};

// The layer's outputs, a sample behind the other.
std::vector<double> slow_layer(const SlowCell& cell, std::size_t states, const Numbers& x,
                               const Numbers* mask, const SlowUse& use) {
  std::vector<double> all;
  for (std::size_t sample = 0; sample < rnn_batch; ++sample) {
    std::vector<double> h(states);
    std::vector<std::vector<double>> outputs(rnn_steps);
    for (std::size_t i = 0; i < rnn_steps; ++i) {
      const std::size_t step = use.backwards ? rnn_steps - 1 - i : i;
      const bool there = mask == nullptr || (*mask)[sample * rnn_steps + step] == 1;
      if (there) h = cell(x.data() + (sample * rnn_steps + step) * rnn_features, h);
      std::vector<double>& y = outputs[use.reversed ? rnn_steps - 1 - i : i];
      y.assign(h.begin(), h.begin() + rnn_units);
      if (!there && use.zeros) y.assign(rnn_units, 0.0);
      if (!use.sequences && i + 1 == rnn_steps) all.insert(all.end(), y.begin(), y.end());
    }
    for (const auto& y : outputs) {
      if (use.sequences) all.insert(all.end(), y.begin(), y.end());
    }
  }
  return all;
}

void check_equal(const Numbers& outputs, const std::vector<double>& expected) {
  REQUIRE(outputs.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(std::abs(outputs[i] - expected[i]) < 1e-6);
  }
}

template <typename Options>
Options recurrent(bool sequences, bool backwards) {
  Options options;
  options.units = rnn_units;
  options.return_sequences = sequences;
  options.go_backwards = backwards;
  return options;
}

std::vector<Shape> rnn_shapes(bool masked) {
  std::vector<Shape> shapes{Shape{rnn_steps, rnn_features}};
  if (masked) shapes.push_back(Shape{rnn_steps});
  return shapes;
}

// Calls check(masked, sequences, backwards) for all of them.
void in_every_use(auto check) {
  for (int i = 0; i < 8; ++i) {
    CAPTURE(i);
    check((i & 1) != 0, (i & 2) != 0, (i & 4) != 0);
  }
}

}  // namespace

TEST_CASE("gru computes Keras's formulas, with and without reset_after, masked and backwards") {
  for (const bool reset_after : {true, false}) {
    CAPTURE(reset_after);
    in_every_use([&](bool masked, bool sequences, bool backwards) {
      auto options = recurrent<GruOptions>(sequences, backwards);
      options.reset_after = reset_after;
      LayerRun run(options, rnn_shapes(masked), rnn_batch);
      if (masked) run.inputs[1] = gaps();
      run.forward();
      check_equal(run.outputs[0],
                  slow_layer(slow_gru(run.weights, reset_after), rnn_units, run.inputs[0],
                             masked ? &run.inputs[1] : nullptr, {sequences, backwards}));
    });
  }
}

TEST_CASE("lstm computes Keras's formulas, masked and backwards") {
  in_every_use([&](bool masked, bool sequences, bool backwards) {
    LayerRun run(recurrent<LstmOptions>(sequences, backwards), rnn_shapes(masked), rnn_batch);
    if (masked) run.inputs[1] = gaps();
    run.forward();
    check_equal(run.outputs[0],
                slow_layer(slow_lstm(run.weights), 2 * rnn_units, run.inputs[0],
                           masked ? &run.inputs[1] : nullptr, {sequences, backwards}));
  });
}

TEST_CASE(
    "bidirectional merges both ways, in the order of its first layer, masked steps as zeros") {
  for (const auto& [name, mode] : names_of(MergeMode{})) {
    CAPTURE(name);
    in_every_use([&, merge = mode](bool masked, bool sequences, bool backwards) {
      const BidirectionalOptions options{
          .layer = InnerLayer({recurrent<LstmOptions>(sequences, backwards)}), .merge_mode = merge};
      LayerRun run(options, rnn_shapes(masked), rnn_batch);
      if (masked) run.inputs[1] = gaps();
      run.forward();
      const std::size_t half = run.weights.size() / 2;
      std::array<std::vector<double>, 2> both;
      for (std::size_t i = 0; i < 2; ++i) {
        const Numbers weights(run.weights.begin() + static_cast<std::ptrdiff_t>(i * half),
                              run.weights.begin() + static_cast<std::ptrdiff_t>((i + 1) * half));
        both[i] = slow_layer(slow_lstm(weights), 2 * rnn_units, run.inputs[0],
                             masked ? &run.inputs[1] : nullptr,
                             {sequences, backwards != (i == 1), sequences, i == 1});
      }
      std::vector<double> expected;
      for (std::size_t i = 0; i < both[0].size(); ++i) {
        const double a = both[0][i];
        const double b = both[1][i];
        if (merge == MergeMode::sum) expected.push_back(a + b);
        if (merge == MergeMode::mul) expected.push_back(a * b);
        if (merge == MergeMode::ave) expected.push_back((a + b) / 2);
      }
      for (std::size_t i = 0; merge == MergeMode::concat && i < both[0].size(); i += rnn_units) {
        for (const auto& one : both) {
          expected.insert(expected.end(), one.begin() + static_cast<std::ptrdiff_t>(i),
                          one.begin() + static_cast<std::ptrdiff_t>(i + rnn_units));
        }
      }
      check_equal(run.outputs[0], expected);
    });
  }
}

TEST_CASE("recurrent layers compute the same to the bit with any number of threads") {
  auto gru = recurrent<GruOptions>(true, false);
  auto old = recurrent<GruOptions>(true, true);
  auto lstm = recurrent<LstmOptions>(true, false);
  gru.units = 90;
  old.units = 60;
  old.reset_after = false;
  lstm.units = 70;
  for (const LayerOptions& options :
       {LayerOptions(gru), LayerOptions(old), LayerOptions(lstm),
        LayerOptions(BidirectionalOptions{.layer = InnerLayer({gru})}),
        LayerOptions(EmbeddingOptions{.input_dim = 300, .output_dim = 50})}) {
    std::vector<Numbers> results;
    for (const std::size_t threads : {1, 2, 3}) {
      std::vector<Shape> shapes{Shape{9, 17}, Shape{9}};
      if (std::holds_alternative<EmbeddingOptions>(options)) shapes = {Shape{9}};
      LayerRun run(options, shapes, 37, threads);
      if (shapes.size() == 2) {
        for (Real& there : run.inputs[1]) there = there > Real{-0.5} ? 1 : 0;
      } else {
        for (Real& index : run.inputs[0]) index = std::floor(150 * (index + 1));
      }
      run.forward();
      run.backward(test::noise(run.outputs[0].size(), 9));
      Numbers all = run.outputs[0];
      all.insert(all.end(), run.gradients.begin(), run.gradients.end());
      if (shapes.size() == 2) {
        all.insert(all.end(), run.input_gradient.begin(), run.input_gradient.end());
      }
      results.push_back(all);
    }
    CHECK(results[0] == results[1]);
    CHECK(results[0] == results[2]);
  }
}

TEST_CASE("embedding looks rows up, adds up their gradients, and refuses other indices") {
  LayerRun run(EmbeddingOptions{.input_dim = 4, .output_dim = 3, .mask_zero = true}, {Shape{5}}, 2);
  run.inputs[0] = {0, 3, 1, 3.9F, 1, 2, 0, 0, 1, 3};
  run.forward();
  for (std::size_t place = 0; place < 10; ++place) {
    for (std::size_t i = 0; i < 3; ++i) {
      const auto row = static_cast<std::size_t>(run.inputs[0][place]);
      CHECK(run.outputs[0][place * 3 + i] == run.weights[row * 3 + i]);
    }
  }
  CHECK(run.outputs[1] == Numbers{0, 1, 1, 1, 1, 1, 0, 0, 1, 1});
  run.backward(Numbers(30, Real{1}));
  CHECK(run.gradients == Numbers{3, 3, 3, 3, 3, 3, 1, 1, 1, 3, 3, 3});
  for (const Real wrong : {Real{4}, Real{-1}, Real{1e9}, Real{NAN}}) {
    run.inputs[0][7] = wrong;
    CHECK_FAILS(run.forward(), ExitCode::bad_data, "an embedding of 4 rows is given the index");
  }
}

TEST_CASE("masking masks the steps whose features all have the value") {
  LayerRun run(MaskingOptions{.mask_value = 2.0}, {Shape{3, 2}}, 2);
  run.inputs[0] = {2, 2, 2, 1, 0, 0, 5, 2, 2, 2, 2, 2};
  run.forward();
  CHECK(run.outputs[0] == Numbers{0, 0, 2, 1, 0, 0, 5, 2, 0, 0, 0, 0});
  CHECK(run.outputs[1] == Numbers{0, 1, 1, 1, 0, 0});
  run.backward({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  CHECK(run.input_gradient == Numbers{0, 0, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0});
}

TEST_CASE("time_distributed applies one layer at every step") {
  const auto dense = [](std::size_t units) { return DenseOptions{.units = units}; };
  LayerRun dense_run(dense(4), {Shape{6, 2, 3}}, 3);
  LayerRun run(TimeDistributedOptions{.layer = InnerLayer({dense(4)})}, {Shape{6, 2, 3}}, 3);
  CHECK(run.layer().output_shapes() == std::vector<Shape>{Shape{6, 2, 4}});
  dense_run.forward();
  run.forward();
  CHECK(run.outputs == dense_run.outputs);

  LayerRun flat(TimeDistributedOptions{.layer = InnerLayer({FlattenOptions{}})}, {Shape{6, 2, 3}},
                3);
  CHECK(flat.layer().output_shapes() == std::vector<Shape>{Shape{6, 6}});
  CHECK(flat.layer().memory(layers::Mode::training).views.size() == 1);
}

TEST_CASE("initial weights of recurrent layers are Keras's") {
  const auto options = recurrent<LstmOptions>(false, false);
  LayerRun run(options, rnn_shapes(false), rnn_batch);
  const std::vector<layers::Parameter> parameters = run.layer().parameters();
  REQUIRE(parameters.size() == 3);
  Random random(3, Stream::shuffle, 1);
  Numbers recurrent_kernel(parameters[1].size());
  parameters[1].initializer(parameters[1], random, recurrent_kernel);
  for (std::size_t i = 0; i < rnn_units; ++i) {  // its rows are orthogonal
    for (std::size_t j = 0; j <= i; ++j) {
      double dot = 0.0;
      for (std::size_t k = 0; k < 4 * rnn_units; ++k) {
        dot += double{recurrent_kernel[i * 4 * rnn_units + k]} *
               recurrent_kernel[j * 4 * rnn_units + k];
      }
      CHECK(dot == doctest::Approx(i == j ? 1.0 : 0.0).epsilon(1e-5));
    }
  }
  Numbers bias(parameters[2].size());
  parameters[2].initializer(parameters[2], random, bias);
  for (std::size_t i = 0; i < bias.size(); ++i) {
    CHECK(bias[i] == (i / rnn_units == 1 ? Real{1} : Real{0}));
  }
  auto gru = recurrent<GruOptions>(false, false);
  CHECK(LayerRun(gru, rnn_shapes(false), 1).layer().parameters()[2].shape ==
        Shape{2, 3 * rnn_units});
  gru.reset_after = false;
  CHECK(LayerRun(gru, rnn_shapes(false), 1).layer().parameters()[2].shape == Shape{3 * rnn_units});
}

TEST_CASE("what recurrent layers cannot be is told with the layer") {
  const auto fails = [](const LayerOptions& options, const std::vector<Shape>& shapes,
                        const std::string& message) {
    CHECK_FAILS(layers::make_layer(options, shapes, "model.layers.1"), ExitCode::bad_experiment,
                "model.layers.1" + message);
  };
  const auto gru = recurrent<GruOptions>(true, false);
  fails(gru, {Shape{3}},
        ": it takes the steps of a sequence, (steps, features), but its input has");
  fails(gru, {Shape{3, 2}, Shape{2}}, ": it takes one input, and perhaps its mask, but has 2");
  fails(GruOptions{}, {Shape{3, 2}}, ".units must be between 1 and");
  auto gelu = gru;
  gelu.cell_activation = Activation::gelu;
  fails(gelu, {Shape{3, 2}}, ": recurrent layers cannot have the activation 'gelu'");
  fails(BidirectionalOptions{.layer = InnerLayer({DenseOptions{.units = 2}})}, {Shape{3, 2}},
        ".layer is of type 'dense'; only gru and lstm can read a sequence both ways");
  fails(BidirectionalOptions{.layer = InnerLayer({GruOptions{}})}, {Shape{3, 2}},
        ".layer.units must be between 1 and");
  fails(TimeDistributedOptions{.layer = InnerLayer({DenseOptions{.units = 2}})}, {Shape{3}},
        ": it takes the steps of a sequence, (steps, …), but its input has shape (3,)");
  fails(TimeDistributedOptions{.layer = InnerLayer({MaskingOptions{}})}, {Shape{4, 3, 2}},
        ": a layer of type 'masking' has several outputs");
  fails(TimeDistributedOptions{.layer = InnerLayer({gru})}, {Shape{4, 3, 2}, Shape{4}},
        ": its input has a mask, of which a layer of type 'gru' at one step can make nothing");
  fails(MaskingOptions{}, {Shape{3}}, ": it masks the steps of a sequence, (steps, features)");
  fails(EmbeddingOptions{.input_dim = 3, .output_dim = 2, .mask_zero = true}, {Shape{3, 2}},
        ": mask_zero makes a mask of steps, but its input has shape (3, 2)");
  fails(EmbeddingOptions{.input_dim = 20000000, .output_dim = 2}, {Shape{3}},
        ".input_dim is 20000000, but data are floats, in which indices are exact up to 16777216");
}
