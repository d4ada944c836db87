// SPDX-License-Identifier: Apache-2.0
#include "data/transforms/transforms.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "check_fails.hpp"

namespace tusk::transforms {

TEST_CASE("transforms apply in their order, and the same after a round trip through JSON") {
  const auto transforms = Transforms::from_json(
      R"([{"type": "scale", "factor": 2, "offset": 1},
          {"type": "scale", "factor": 0.3333333333333333, "offset": 0}])",
      "model.h5", {});
  const Transforms again = Transforms::from_json(transforms.to_json(), "model.h5", {});
  CHECK(again.to_json() == transforms.to_json());
  for (const Transforms& each : {transforms, again}) {
    std::vector<float> sample{0.0F, 1.0F, -5.0F};
    each.apply(sample, sample.size());
    CHECK(sample == std::vector<float>{1.0F * static_cast<float>(1.0 / 3.0),
                                       3.0F * static_cast<float>(1.0 / 3.0),
                                       -9.0F * static_cast<float>(1.0 / 3.0)});
  }
}

TEST_CASE("what a step leaves is rounded to the precision that samples are kept in") {
  const auto transforms = Transforms::from_json(
      R"([{"type": "log", "offset": 0},
          {"type": "standard", "centers": [0.1], "slopes": [3], "base": 0}])",
      "model.h5", {});
  std::vector<float> sample{7.0F};
  std::vector<double> exact{7.0};
  transforms.apply(sample, 1);
  transforms.apply(std::span(exact), 1);
  const auto logarithm = static_cast<float>(std::log(7.0));
  CHECK(sample[0] == static_cast<float>((double{logarithm} - 0.1) * 3.0));
  CHECK(exact[0] == double{sample[0]});
  // The same number in the objection to what comes of it.
  const auto twice = Transforms::from_json(R"([{"type": "log", "offset": 0},
                                               {"type": "log", "offset": -2}])",
                                           "model.h5", {});
  CHECK(twice.objection(sample = {3.0F}) ==
        fmt::format("transform 1 (log) takes numbers above 2, but column 0 has {}",
                    static_cast<float>(std::log(3.0))));
}

TEST_CASE("with the precision of the file, only what the model sees is rounded") {
  const std::string steps =
      R"({"type": "missing", "value": -1, "fills": [1600000007]},
         {"type": "scale", "factor": 1, "offset": -1600000000, "precision": "float64"},
         {"type": "clip", "low": -1e300, "high": 50.1},
         {"type": "standard", "centers": [1], "slopes": [0.1], "base": 0}])";
  const auto transforms = Transforms::from_json(
      R"([{"type": "precision", "numbers": "float64"},)" + steps, "model.h5", {});
  CHECK(transforms.precision() == Precision::float64);
  CHECK(Transforms().precision() == Precision::float32);
  const Transforms again = Transforms::from_json(transforms.to_json(), "model.h5", {});
  CHECK(again.to_json() == transforms.to_json());
  for (const Transforms& each : {transforms, again}) {
    const auto seen = [&](double stored) {
      std::vector<float> out(1);
      each.apply(std::span<const double>(&stored, 1), out);
      return out[0];
    };
    CHECK(seen(1'600'000'008.5) == static_cast<float>((8.5 - 1.0) * 0.1));
    CHECK(seen(1'600'000'099.0) == static_cast<float>((50.1 - 1.0) * 0.1));
    CHECK(seen(-1.0) == static_cast<float>((7.0 - 1.0) * 0.1));
    const std::int32_t whole = 1'600'000'003;
    std::vector<float> out(1);
    each.apply(ElementType::i32, reinterpret_cast<const std::byte*>(&whole), 1, out);
    CHECK(out[0] == static_cast<float>((3.0 - 1.0) * 0.1));
    std::vector<double> exact{1'600'000'008.5};
    each.apply(std::span(exact), 1);
    CHECK(exact[0] == (8.5 - 1.0) * 0.1);
  }
  CHECK(transforms.objection(std::vector<double>{1e300}).empty());
  CHECK(transforms.objection(std::vector<double>{NAN}) ==
        "nan in column 0; features must be finite");
  CHECK_FAILS(
      Transforms::from_json(R"([{"type": "precision", "numbers": "int8"}])", "model.h5", {}),
      ExitCode::bad_data, "precision 'int8' is not known");
  CHECK_FAILS(Transforms::from_json(R"([{"type": "scale", "factor": 1, "offset": 0,
                                         "precision": "half"}])",
                                    "model.h5", {}),
              ExitCode::bad_data, "precision 'half' is neither");
}

TEST_CASE("a model of float32 rows does with others what it did with those") {
  const auto transforms = Transforms::from_json(
      R"([{"type": "standard", "centers": [1600000000], "slopes": [1], "base": 0}])", "model.h5",
      {});
  const double time = 1'600'000'001.0;  // the nearest float32 is 1 600 000 000
  std::vector<float> out(1);
  transforms.apply(std::span(&time, 1), out);
  CHECK(out[0] == 0.0F);
  transforms.apply(ElementType::f64, reinterpret_cast<const std::byte*>(&time), 1, out);
  CHECK(out[0] == 0.0F);
}

TEST_CASE("values and categories that a file of float32 rounds are those of one of float64") {
  const auto transforms = Transforms::from_json(
      R"([{"type": "precision", "numbers": "float64"},
          {"type": "missing", "value": -999.9, "fills": [0.1]},
          {"type": "one_hot", "column": 0, "categories": [0.1, 16777216, 16777218],
           "unknown": "zeros"}])",
      "model.h5", {});
  const auto seen = [&](double stored) {
    std::vector<float> out(3);
    transforms.apply(std::span<const double>(&stored, 1), out);
    return out;
  };
  using Hot = std::vector<float>;
  for (const double x : {0.1, -999.9}) {
    CHECK(seen(x) == Hot{1, 0, 0});
    CHECK(seen(static_cast<float>(x)) == Hot{1, 0, 0});
  }
  CHECK(seen(16'777'216.0) == Hot{0, 1, 0});
  CHECK(seen(16'777'217.0) == Hot{0, 0, 0});  // another number, though float32 has none for it
  CHECK(seen(0.2) == Hot{0, 0, 0});
}

TEST_CASE("no transforms change nothing") {
  std::vector<float> sample{4.0F};
  Transforms::from_json("[]", "model.h5", {}).apply(sample, 1);
  CHECK(sample[0] == 4.0F);
  CHECK(Transforms().to_json() == "[]");
  CHECK(Transforms().empty());
}

TEST_CASE("a model of indices accepts those of its rows alone, which no file keeps") {
  const Transforms indices = Transforms().with_index_limit(5);
  CHECK(indices.accepts(std::vector<float>{0, 4.9F, 4, -0.5F}));  // fractions are dropped
  for (const float wrong : {5.0F, -1.0F, 1e9F}) {
    const std::vector<float> sample{0, 3, wrong};
    CHECK_FALSE(indices.accepts(sample));
    CHECK(Transforms().accepts(sample));
    CHECK(indices.objection(sample) ==
          fmt::format("{} in column 2 is no index of the model's embedding, whose 5 rows count "
                      "from 0",
                      wrong));
  }
  const std::vector<float> gap{7, NAN};
  CHECK(indices.objection(gap) == Transforms().objection(gap));
  const auto halves =
      Transforms::from_json(R"([{"type": "scale", "factor": 0.5, "offset": 0}])", "model.h5", {})
          .with_index_limit(5);
  CHECK(halves.objection(std::vector<float>{9.5F, 10}) ==
        "5 in column 1, as the transforms leave it, is no index of the model's embedding, whose 5 "
        "rows count from 0");
  CHECK(halves.to_json() == halves.with_index_limit({}).to_json());
}

TEST_CASE("JSON that is no list of known transforms is refused with the file's name") {
  for (const char* json :
       {"", "{", "7", "{}", "[7]", "[{}]", R"([{"type": "scale"}])", R"([{"type": 3}])",
        R"([{"type": "scale", "factor": "x"}])", R"([{"type": "binary_label"}])",
        R"([{"type": "log", "offset": 1e999}])"}) {
    CHECK_FAILS(Transforms::from_json(json, "model.h5", {}), ExitCode::bad_data, "model.h5: ");
  }
  CHECK_FAILS(Transforms::from_json(R"([{"type": "whiten"}])", "model.h5", {}), ExitCode::bad_data,
              "transform 'whiten' is not known; this version knows: scale, standard, minmax");
}

TEST_CASE("JSON with parameters that would do harm is refused") {
  const auto refused = [](const std::string& json, const std::string& part) {
    CHECK_FAILS(Transforms::from_json("[" + json + "]", "model.h5", {}), ExitCode::bad_data, part);
  };
  refused(R"({"type": "standard", "centers": [1], "slopes": [1, 2], "base": 0})", "1 centers and");
  refused(R"({"type": "minmax", "centers": [], "slopes": [], "base": 0})", "0 centers and");
  refused(R"({"type": "missing", "value": 1, "fills": []})", "no fills");
  refused(R"({"type": "missing", "value": 1, "fills": [null]})", "cannot be read");
  refused(R"({"type": "normalize", "p": 0.5})", "at least 1");
  refused(R"({"type": "clip", "low": 1, "high": 0})", "above high");
  refused(R"({"type": "one_hot", "column": 0, "unknown": "error", "categories": []})", "ascending");
  refused(R"({"type": "one_hot", "column": 0, "unknown": "x", "categories": [1]})", "neither");
  refused(R"({"type": "one_hot", "column": -1, "unknown": "error", "categories": [1]})", "column");
  refused(R"({"type": "one_hot", "column": 0, "unknown": "error", "categories": [2, 2]})",
          "ascend");
  refused(R"({"type": "reshape", "shape": [4294967296, 4294967296]})", "shape");
  refused(R"({"type": "reshape", "shape": [0]})", "shape");
  refused(R"({"type": "reshape", "shape": []})", "shape");
  for (const char* columns : {"[-1]", "[1.5]", "[2, 2]", "[1e300]"}) {
    refused(std::string(R"({"type": "log", "offset": 1, "columns": )") + columns + "}", "columns");
  }
}

TEST_CASE("samples that a model's transforms have not learned from are refused") {
  const auto refused = [](const std::string& json, const Shape& shape, const std::string& part) {
    const auto transforms = Transforms::from_json("[" + json + "]", "model.h5", {});
    CHECK_FAILS(transforms.output_shape(shape, "data.h5"), ExitCode::bad_data, part);
  };
  const std::string standard =
      R"({"type": "standard", "centers": [1, 2], "slopes": [1, 2], "base": 0)";
  refused(standard + "}", {3}, "data.h5: transform 0 (standard) cannot take samples of (3,): it");
  refused(standard + R"(, "columns": [0, 3]})", {3}, "no column 3");
  refused(standard + R"(, "columns": [0, 1, 2]})", {3}, "with 2 columns, not 3");
  refused(R"({"type": "log", "offset": 1, "columns": [3]})", {3}, "no column 3");
  refused(R"({"type": "reshape", "shape": [2, 2]})", {3}, "(2, 2) has 4 numbers, not 3");
  const std::string one_hot =
      R"({"type": "one_hot", "column": 3, "unknown": "error", "categories": [1, 2]})";
  refused(one_hot, {3}, "no column 3");
  refused(one_hot, {2, 2}, "rows of numbers");
}

TEST_CASE("a category becomes columns where its column was") {
  const std::string json =
      R"({"type": "one_hot", "column": 1, "categories": [-1, 0.5, 7], "unknown": )";
  const auto strict = Transforms::from_json("[" + json + "\"error\"}]", "model.h5", {});
  const auto lenient = Transforms::from_json("[" + json + "\"zeros\"}]", "model.h5", {});
  CHECK(strict.output_shape({3}, "") == Shape{5});
  const auto apply = [](const Transforms& transforms, std::vector<float> stored) {
    std::vector<float> out(5);
    transforms.apply(stored, out);
    return out;
  };
  CHECK(apply(strict, {8, 0.5, 9}) == std::vector<float>{8, 0, 1, 0, 9});
  CHECK(apply(lenient, {8, 7, 9}) == std::vector<float>{8, 0, 0, 1, 9});
  CHECK(apply(lenient, {8, 6, 9}) == std::vector<float>{8, 0, 0, 0, 9});
  CHECK_FALSE(all_finite(apply(strict, {8, 6, 9})));
  CHECK_FALSE(all_finite(apply(lenient, {8, NAN, 9})));  // a NaN is no category
  CHECK(strict.objection(std::vector<float>{8, 6, 9}) ==
        "transform 0 (one_hot) takes the categories [-1, 0.5, 7] (unknown = \"zeros\" takes "
        "others, too), but column 1 has 6");
}

TEST_CASE("what cannot be transformed is told from what has a gap in the file") {
  const auto transforms = Transforms::from_json(
      R"([{"type": "missing", "value": "nan", "fills": [5], "columns": [1]},
          {"type": "log", "offset": 0, "columns": [0, 1]}])",
      "model.h5", {});
  const auto objection = [&](const std::vector<float>& sample) {
    return transforms.objection(sample);
  };
  CHECK(objection({1, 1, 1}) == "");
  CHECK(objection({1, NAN, 1}) == "");
  CHECK(objection({1, NAN, NAN}) == "nan in column 2; features must be finite");
  CHECK(objection({NAN, 1, 1}) == "nan in column 0; features must be finite");
  CHECK(objection({1, NAN, INFINITY}) == "inf in column 2; features must be finite");
  CHECK(objection({1, 0, 1}) == "transform 1 (log) takes numbers above 0, but column 1 has 0");
}

TEST_CASE("a binary label names the two classes that it makes") {
  const auto transforms =
      Transforms::from_json(R"([{"type": "binary_label", "positive": 1}])", "model.h5", {});
  using Names = std::vector<std::string>;
  CHECK_FALSE(transforms.empty());
  CHECK(transforms.positive_label() == 1.0);
  CHECK(transforms.to_json() == R"([{"positive":1.0,"type":"binary_label"}])");
  CHECK(transforms.class_names({}) == Names{});
  CHECK(transforms.class_names({"s", "b"}) == Names{"s", "b"});
  CHECK(transforms.class_names({"a", "b", "c"}) == Names{"not b", "b"});
  CHECK(transforms.class_names({"a"}) == Names{});
  CHECK(Transforms().class_names({"a"}) == Names{"a"});
}

TEST_CASE("numbers that no double holds exactly survive the model file") {
  const std::string json =
      R"([{"base":0.1,"centers":[0.1,1e-300],"slopes":[0.3333333333333333,1.7976931348623157e308],)"
      R"("type":"standard"}])";
  CHECK(Transforms::from_json(json, "", {}).to_json() ==
        Transforms::from_json(Transforms::from_json(json, "", {}).to_json(), "", {}).to_json());
  CHECK(Transforms::from_json(json, "", {}).to_json().find("0.3333333333333333,") !=
        std::string::npos);
}

}  // namespace tusk::transforms
