// SPDX-License-Identifier: Apache-2.0
#include "net/formats/transform_layers.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/hdf5/attributes.hpp"
#include "data/hdf5/file.hpp"
#include "data/transforms/transforms.hpp"
#include "net/formats/model_file.hpp"
#include "net/graph/model.hpp"
#include "temporary_folder.hpp"

namespace tusk::formats {
namespace {

// What the layers leave of a row.
std::vector<float> through_layers(const TransformLayers& front, std::vector<float> row) {
  ModelOptions options{.layers = front.layers, .loss = LossKind::mse};
  LayerEntry same(DenseOptions{.units = row.size()});  // a model needs a layer with weights
  same.inputs = {front.layers.empty() ? rows_name : front.layers.back().name};
  options.layers.push_back(same);
  options.inputs = {{rows_name, {row.size()}}};
  const graph::Model model(options, Shape{row.size()});
  auto workspace = model.make_workspace(1, false);
  AlignedVector<float> weights(model.parameter_count());
  for (std::size_t i = 0; i < row.size(); ++i) weights[i * row.size() + i] = 1.0F;
  const ConstMatrix left =
      model.predict(weights, ConstMatrix(row.data(), row.size(), 1), workspace);
  return {left.flat().begin(), left.flat().end()};
}

// The largest difference between a step and the layers for it, over rows of these numbers.
double difference(const std::string& step, const std::vector<float>& numbers) {
  const std::string steps = "[" + step + "]";
  const auto transforms = transforms::Transforms::from_json(steps, "m.h5", {});
  const Shape shape{3};
  const TransformLayers front = layers_of_transforms(steps, shape, shape, "t");
  CHECK(front.obstacle.empty());
  CHECK(front.imprecise.empty());
  double worst = 0.0;
  for (std::size_t i = 0; i + 3 <= numbers.size(); ++i) {
    const std::vector<float> row(numbers.begin() + static_cast<std::ptrdiff_t>(i),
                                 numbers.begin() + static_cast<std::ptrdiff_t>(i) + 3);
    std::vector<float> left(3);
    transforms.apply(ConstSpan(row), Span(left));
    const std::vector<float> layered = through_layers(front, row);
    for (std::size_t k = 0; k < 3; ++k) {
      const double wanted = static_cast<double>(left[k]);
      worst = std::max(worst, std::abs(static_cast<double>(layered[k]) - wanted) /
                                  std::max(1.0, std::abs(wanted)));
    }
  }
  return worst;
}

const std::vector<float> some{-999.0F, 0.0F,  1.5F,  -999.00006F, 2.0F,    -3.25F, 1e-7F, 1e6F,
                              -999.0F, 40.0F, -1e6F, 7.0F,        -0.125F, 1e20F,  0.5F,  3.0F};
const std::vector<float> moderate{-99.0F, 0.0F,  1.5F,  -2.0F, 2.0F,    -3.25F,
                                  1e-7F,  60.0F, 40.0F, 7.0F,  -0.125F, 3.0F};

}  // namespace

TEST_CASE("layers do what a transform does") {
  CHECK(difference(R"({"type":"missing","value":-999.0,"fills":[1.5,-2.0,0.1]})", some) == 0.0);
  CHECK(difference(R"({"type":"missing","value":0.0,"fills":[7.5],"columns":[1]})", some) == 0.0);
  CHECK(difference(R"({"type":"missing","value":1e-7,"fills":[7.5,1.0],"columns":[0,2]})", some) ==
        0.0);
  const std::string most = "1.7976931348623157e308";
  for (const char* columns : {"", R"(,"columns":[1])", R"(,"columns":[0,2])"}) {
    const auto clipped = [&](const std::string& low, const std::string& high) {
      return difference(R"({"type":"clip","low":)" + low + R"(,"high":)" + high + columns + "}",
                        some);
    };
    CHECK(clipped("-2.5", "3.0") == 0.0);
    CHECK(clipped("0.0", "3.0") == 0.0);
    CHECK(clipped("-3.0", "0.0") == 0.0);
    CHECK(clipped("1.0", "30.0") <= 1e-6);
    CHECK(clipped("-30.0", "-0.1") <= 1e-6);
    CHECK(clipped("-" + most, "5.0") == 0.0);
    CHECK(clipped("-" + most, "-5.0") <= 1e-6);
    CHECK(clipped("-5.0", most) == 0.0);
    CHECK(clipped("5.0", most) <= 1e-6);
    CHECK(clipped("-" + most, most) == 0.0);
    CHECK(difference(std::string(R"({"type":"scale","factor":-0.3,"offset":2.5)") + columns + "}",
                     moderate) <= 1e-6);
  }
  CHECK(difference(R"({"type":"standard","centers":[1.1,2.2,-3.3],"slopes":[0.1,2.0,3.7],)"
                   R"("base":0.0})",
                   moderate) <= 1e-5);
  CHECK(difference(R"({"type":"minmax","centers":[1.1,2.2],"slopes":[0.1,-2.0],"base":-1.0,)"
                   R"("columns":[0,2]})",
                   moderate) <= 1e-5);
  // Slopes beyond what Normalization divides by.
  CHECK(difference(R"({"type":"minmax","centers":[1.5],"slopes":[1e9],"base":1.0,"columns":[1]})",
                   {3.0F, 1.5F, 2.0F, 1.5F}) <= 1e-5);
}

TEST_CASE("a center with digits beyond float32 keeps them") {
  // 16777217 is no float; a row of 16777220 lies 3 above it.
  CHECK(difference(R"({"type":"standard","centers":[16777217.0],"slopes":[1.0],"base":0.0,)"
                   R"("columns":[1]})",
                   {0.0F, 16777220.0F, 1.0F}) == 0.0);
}

TEST_CASE("layers say where they cannot do what a transform does") {
  const auto layers = [](const std::string& steps) {
    return layers_of_transforms(steps, Shape{2}, Shape{2}, "t");
  };
  CHECK(layers("[]").layers.empty());
  CHECK(layers(R"([{"type":"binary_label","positive":1.0}])").layers.empty());
  CHECK(layers(R"([{"type":"scale","factor":2.0,"offset":0.0},{"type":"log","offset":1.0}])")
            .obstacle ==
        "transform 1 (log) cannot be written for Keras, as layers of Keras have no "
        "logarithm");
  CHECK(
      layers(R"([{"type":"missing","value":"nan","fills":[0.0,0.0]}])").obstacle ==
      "transform 0 (missing) cannot be written for Keras, as layers of Keras have no test for NaN");
  CHECK(layers(R"([{"type":"lab>flip"}])").obstacle ==
        "transform 0 (lab>flip) cannot be written for Keras, as it is no transform of Tusk's own");
  const std::string times =
      R"({"type":"standard","centers":[0.0,1.7e9],"slopes":[1.0,0.001],"base":0.0}])";
  CHECK(layers("[" + times).imprecise.empty());
  const auto wide = layers(R"([{"type":"precision","numbers":"float64"},)" + times);
  REQUIRE(wide.imprecise.size() == 1);
  CHECK(wide.imprecise[0].starts_with("column 1 lies around 1.7e+09"));
  CHECK_FAILS(layers(R"([{"type":"standard","centers":[0.0],"slopes":[1.0],"base":0.0}])"),
              ExitCode::bad_data, "a transform of 2 columns has others");
  CHECK_FAILS(layers(R"([{"type":"scale","factor":2,"offset":0,"columns":[7]}])"),
              ExitCode::bad_data, "a transform of 2 columns has others");
  CHECK_FAILS(layers(R"([{"type":"clip"}])"), ExitCode::bad_data, "cannot be read");
}

TEST_CASE("transforms are layers in a model file, and no layers when it is read") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("model.h5");
  ModelContent saved{.input = Shape{2}, .layers = {DenseOptions{.units = 1}}};
  saved.layers[0].name = "transform_1";  // where the front's would be
  saved.weights = {1.0F, 2.0F, 3.0F};
  for (const std::string steps : {R"({"type":"scale","factor":2.0,"offset":0.0})",
                                  R"({"type":"missing","value":-1.0,"fills":[3.0,4.0]})"}) {
    saved.transforms = "[" + steps + "]";
    saved.stored = Shape{2};
    save_model(path, saved);
    const ModelContent loaded = load_model(path, {});
    CHECK(loaded.layers == saved.layers);
    CHECK(loaded.input == Shape{2});
    CHECK(loaded.weights == saved.weights);
    CHECK(loaded.transforms == saved.transforms);
    CHECK(loaded.stored == Shape{2});
    CHECK(loaded.inputs.empty());
  }
  const std::string config = *hdf5::read_text(hdf5::File::open(path), "/", "model_config");
  CHECK(config.find(R"("name":"transform__","trainable")") != std::string::npos);
  {
    hdf5::File file = hdf5::File::update(path);
    hdf5::write_attribute(file, "tusk", "transform_layers", std::vector<std::string>{"other"});
    file.close();
  }
  CHECK_FAILS(
      load_model(path, {}), ExitCode::bad_data,
      "the group 'tusk' has 1 transform_layers in front of 1 inputs, of which the model has "
      "0 and 1");
}

}  // namespace tusk::formats
