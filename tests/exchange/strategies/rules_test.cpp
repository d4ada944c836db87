// SPDX-License-Identifier: Apache-2.0
// Every rule with many workers in one process.
#include <doctest/doctest.h>

#include "cases.hpp"

using namespace tusk::strategies::testing;

namespace {

MakePlace local(std::size_t workers) {
  return [workers](std::span<const float> initial) { return make_local_place(initial, workers); };
}

}  // namespace

TEST_CASE("every rule with a center is its formula in double precision") {
  for (const std::size_t workers : {1, 2, 4, 7}) check_rules(local(workers));
}

TEST_CASE("delayed_nesterov is its paper's algorithm in double precision") {
  for (const std::size_t workers : {1, 2, 4, 7}) check_delayed_nesterov(local(workers));
}

TEST_CASE("every step gets into the center, short last windows too") {
  for (const std::size_t workers : {1, 2, 4, 7}) check_nothing_is_lost(local(workers));
}

TEST_CASE("every rule whose exchanges can overlap is its formula, one window late") {
  for (const std::size_t workers : {1, 2, 4, 7}) check_overlapping_rules(local(workers));
}

TEST_CASE("elastic exchanges conserve center plus workers") {
  for (const std::size_t workers : {2, 4, 7}) check_elastic_conserves(local(workers));
}

TEST_CASE("every rule of peers is its formula in double precision, with uneven shards") {
  for (const std::size_t workers : {1, 2, 4, 7}) {
    const auto meeting = make_thread_meeting(workers);
    check_averaging(*meeting);
    check_sync_sgd(*meeting);
    check_easgd(*meeting);
    check_diloco(*meeting);
    check_diloco_is_averaging(*meeting);
    check_peers_statistics(*meeting);
  }
}

TEST_CASE("averaging after every step on equal shards is synchronous SGD to rounding") {
  const auto meeting = make_thread_meeting(4);
  check_averaging_is_sync_sgd(*meeting);
}

TEST_CASE("easgd's exchanges conserve center plus workers") {
  const auto meeting = make_thread_meeting(4);
  check_easgd_conserves(*meeting);
}
