// SPDX-License-Identifier: Apache-2.0
// What keeps the center and the numbers sound: the guard against NaN.
#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <vector>

#include "exchange/center/local_center.hpp"
#include "run/worker/observed_center.hpp"
#include "run/worker/observed_peers.hpp"
#include "tusk/error.hpp"

using namespace tusk;
using namespace tusk::records;
using namespace tusk::worker;

namespace {

struct NoSink : ReportSink {
  void submit(Report /*report*/) override {}
};

// Expects Error(diverged) that names worker 3, epoch 2 and step 1.
template <typename Exchange>
void check_diverges(Exchange exchange) {
  try {
    exchange();
    FAIL("not noticed");
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::diverged);
    CHECK(std::string(error.what()).find("worker 3") != std::string::npos);
    CHECK(std::string(error.what()).find("epoch 2, step 1") != std::string::npos);
  }
}

}  // namespace

TEST_CASE("a NaN or an infinity never reaches the center, nor the peers") {
  const std::vector<float> initial(3, 1.0F);
  const auto state = center::make_local_state(initial, 1);
  center::LocalCenter center(state);
  center::LonePeer lone;
  NoSink sink;
  const WallClock clock;
  Reporter reporter(3, 0, 1, true, sink, clock);
  BatchScore score;
  score.samples = 1;
  reporter.step({.epoch = 2}, score);
  ObservedCenter observed(center, reporter);
  ObservedPeers peers(lone, reporter);
  std::vector<float> out(3);
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
    std::vector<float> delta{0.0F, bad, 0.0F};
    check_diverges([&] { observed.commit(delta); });
    check_diverges([&] { observed.commit_and_pull(delta, out); });
    check_diverges([&] { observed.commit_change(delta, out, {}); });
    check_diverges([&] {
      observed.start(
          {.kind = center::Update::Kind::commit_and_pull, .in = delta.data(), .out = out.data()});
    });
    check_diverges([&] { observed.elastic(delta, 0.5F, out); });
    check_diverges([&] { peers.sum(std::span(delta)); });
  }
  observed.pull(out);
  CHECK(out == initial);
  CHECK(center::LocalServer(state).updates() == 0);
}
