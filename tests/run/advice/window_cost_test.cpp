// SPDX-License-Identifier: Apache-2.0
#include "run/advice/window_cost.hpp"

#include <doctest/doctest.h>

#include <utility>

using doctest::Approx;
using tusk::advice::allowed_share;
using tusk::advice::threads_for;
using tusk::advice::window_for;
using tusk::advice::WindowCost;

namespace {

// A million parameters on a node of 128 workers, a core of which has 10 GB/s and the memory 300.
const WindowCost node{
    .workers = 128, .step_s = 2e-3, .exchange_bytes = 24e6, .one_rate = 1e10, .all_rate = 3e11};

}  // namespace

TEST_CASE("a window may cost what the memory allows, or the exchange itself") {
  for (const auto& [window, share] :
       {std::pair{1, 0.195}, std::pair{5, 0.806}, std::pair{20, 0.943}, std::pair{50, 0.977}}) {
    CHECK(allowed_share(node, static_cast<std::size_t>(window)) == Approx(share).epsilon(0.005));
  }
  WindowCost alone = node;
  alone.workers = 1;
  CHECK(allowed_share(alone, 1) == Approx(2.0 / 4.4));
}

TEST_CASE("a server of a network serves all of them in turn") {
  const WindowCost server{.workers = 4096,
                          .step_s = 2e-3,
                          .exchange_bytes = 8e6,
                          .latency_s = 1e-4,
                          .one_rate = 12.5e9,
                          .all_rate = 12.5e9};
  CHECK(allowed_share(server, 5) == Approx(10e-3 / (4096 * (1e-4 + 8e6 / 12.5e9))));
}

TEST_CASE("the window that is advised is a round number that allows so much, or all that can be") {
  CHECK(window_for(node, 1, 0.9) == 20);
  CHECK(window_for(node, 5, 0.8) == 5);
  CHECK(window_for(node, 7, 0.9) == 20);
  WindowCost steps_too = node;
  steps_too.step_bytes = 20e6;  // 128 workers need 8.5 ms a step for that alone
  CHECK(allowed_share(steps_too, 1'000'000) == Approx(2e-3 / (128 * 20e6 / 3e11)).epsilon(1e-4));
  CHECK(window_for(steps_too, 1, 0.9) == 200);  // 0.2343 of at most 0.2344
}

TEST_CASE("where the memory is the bound, fewer workers with more threads do as much") {
  CHECK(threads_for(node, 1) == 2);   // 10.2 ms for all bytes; 1 + 2.4 and 0.5 + 2.4 of a worker
  CHECK(threads_for(node, 20) == 1);  // the memory is no bound
  WindowCost many = node;
  many.workers = 512;
  CHECK(threads_for(many, 5) == 8);  // 5.1 ms for all bytes; 1.25 + 2.4 of a worker
  many.workers = 4096;
  CHECK(allowed_share(many, 5) < 0.05);
  CHECK(threads_for(many, 5) == 16);  // it could do with more
}
