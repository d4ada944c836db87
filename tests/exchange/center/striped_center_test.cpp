// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/striped_center.hpp"

#include <doctest/doctest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "cases.hpp"
#include "exchange/center/update.hpp"
#include "tusk/error.hpp"

using namespace tusk;
using namespace tusk::center;
using namespace tusk::center::testing;

TEST_CASE("striped: sweeps of several threads are linearizable") {
  for (const std::size_t workers : {1U, 3U}) {
    CAPTURE(workers);
    const auto make_site = [=](std::span<const float> initial) {
      return make_thread_site(initial, workers, false);
    };
    check_linearizable(make_site);
    check_growth(make_site);
    check_elastic_conserves(make_site);
    check_board(make_site);
    check_overlapping(make_site);
    check_overlapping_conserves(make_site);
  }
}

TEST_CASE("striped: an outer momentum moves in the order of the tickets") {
  for (const std::size_t workers : {1U, 3U}) {
    check_momentum([=](std::span<const float> initial, std::span<const float> momentum) {
      return make_thread_site(initial, workers, false, 0, momentum);
    });
  }
}

TEST_CASE("striped: threads that race lose additions, but no ticket") {
  check_tickets([](std::span<const float> initial) { return make_thread_site(initial, 3, true); });
}

TEST_CASE("striped: some thirty exchanges can be under way at once from 70,000 weights on") {
  const auto stripes = [](std::size_t size) {
    const std::size_t each = StripedCenter::stripe_of(size);
    CHECK(each % 16 == 0);  // of whole cache lines
    return (size + each - 1) / each;
  };
  CHECK(stripes(1) == 1);
  CHECK(stripes(10'000) == 2);
  CHECK(stripes(100'000) >= 48);
  CHECK(stripes(200'000) >= 47);
  CHECK(stripes(1'000'000) == 123);
  CHECK(stripes(10'000'000) == 1221);
}

namespace {

// A center in memory that a forked process shares.
class ForkedCenter {
 public:
  static constexpr std::size_t size = 3 * StripedCenter::largest_stripe;

  ForkedCenter()
      : memory_(mmap(nullptr, StripedCenter::bytes(size, 1), PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_ANONYMOUS, -1, 0)),
        center_(static_cast<std::byte*>(memory_), size, 1) {
    center_.initialize(std::vector<float>(size));
  }
  ~ForkedCenter() { munmap(memory_, StripedCenter::bytes(size, 1)); }

  const StripedCenter& center() const { return center_; }

  // A process that dies in the middle of a commit: `delta` ends at an unreadable page.
  void let_a_process_die_in_the_second_stripe() const {
    const pid_t child = fork();
    if (child == 0) {
      const std::size_t readable = StripedCenter::largest_stripe * sizeof(float);
      void* delta =
          mmap(nullptr, 2 * readable, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      mprotect(static_cast<std::byte*>(delta) + readable, readable, PROT_NONE);
      signal(SIGSEGV, SIG_DFL);
      center_.perform({.kind = Update::Kind::commit, .in = static_cast<const float*>(delta)});
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    CHECK(WIFSIGNALED(status));
  }

 private:
  void* memory_;
  StripedCenter center_;
};

std::string failure_of_a_pull(const StripedCenter& center) {
  std::vector<float> out(center.size());
  try {
    center.perform({.kind = Update::Kind::pull, .out = out.data()});
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("striped: a process that died in a sweep is an error for everybody after, not a hang") {
  const ForkedCenter forked;
  CHECK(failure_of_a_pull(forked.center()) == "none");
  forked.let_a_process_die_in_the_second_stripe();
  const std::string expected = "a process of the job died while it was changing the center";
  CHECK(failure_of_a_pull(forked.center()) == expected);
  CHECK(failure_of_a_pull(forked.center()) == expected);
}
