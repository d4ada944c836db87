// SPDX-License-Identifier: Apache-2.0
#include "tusk/data/transforms.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "check_fails.hpp"

namespace tusk::data {

TEST_CASE("transforms apply in their order, and the same after a round trip through JSON") {
  const auto transforms = Transforms::from_json(
      R"([{"type": "scale", "factor": 2, "offset": 1},
          {"type": "scale", "factor": 0.3333333333333333, "offset": 0}])",
      "model.h5");
  const Transforms again = Transforms::from_json(transforms.to_json(), "model.h5");
  CHECK(again.to_json() == transforms.to_json());
  for (const Transforms& each : {transforms, again}) {
    std::vector<float> sample{0.0F, 1.0F, -5.0F};
    each.apply(sample, sample.size());
    CHECK(sample == std::vector<float>{1.0F * static_cast<float>(1.0 / 3.0),
                                       3.0F * static_cast<float>(1.0 / 3.0),
                                       -9.0F * static_cast<float>(1.0 / 3.0)});
  }
}

TEST_CASE("no transforms change nothing") {
  std::vector<float> sample{4.0F};
  Transforms::from_json("[]", "model.h5").apply(sample, 1);
  CHECK(sample[0] == 4.0F);
  CHECK(Transforms().to_json() == "[]");
  CHECK(Transforms().empty());
}

TEST_CASE("JSON that is no list of known transforms is refused with the file's name") {
  for (const char* json : {"", "{", "7", "{}", "[7]", "[{}]", R"([{"type": "scale"}])",
                           R"([{"type": 3}])", R"([{"type": "scale", "factor": "x"}])"}) {
    CHECK_FAILS(Transforms::from_json(json, "model.h5"), ExitCode::bad_data, "model.h5: the tran");
  }
  CHECK_FAILS(Transforms::from_json(R"([{"type": "whiten"}])", "model.h5"), ExitCode::bad_data,
              "transform 'whiten' is not known; this version knows: scale");
}

}  // namespace tusk::data
