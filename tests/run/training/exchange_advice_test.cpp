// SPDX-License-Identifier: Apache-2.0
#include "run/training/exchange_advice.hpp"

#include <doctest/doctest.h>

using namespace tusk;

TEST_CASE(
    "a run whose exchanges took more than a third of its time says which window takes a tenth") {
  TrainerOptions trainer;
  trainer.strategy = DownpourOptions{.communication_window = 5};
  records::Summary summary{.elapsed_s = 20.0,
                           .time = {.compute = 9.0, .exchange = 10.0, .wait = 20.0, .read = 1.0}};
  CHECK(training::exchange_advice(summary, trainer) ==
        "exchanges took 50% of the workers' time; trainer.communication_window = 50 in place of 5 "
        "would make that some 10%");
  summary.time.exchange = 4.9;
  CHECK_FALSE(training::exchange_advice(summary, trainer));
  summary.time.exchange = 10.0;
  summary.elapsed_s = 9.0;
  CHECK_FALSE(training::exchange_advice(summary, trainer));
  summary.elapsed_s = 20.0;
  summary.time.compute = summary.time.read = 0.0;  // virtual workers
  CHECK_FALSE(training::exchange_advice(summary, trainer));
  summary.time.compute = 1e-9;
  CHECK(training::exchange_advice(summary, trainer)->find("window = 1000000 ") !=
        std::string::npos);
  trainer.strategy = AveragingOptions{};
  CHECK_FALSE(training::exchange_advice(summary, trainer));
}
