// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/due.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "check_fails.hpp"
#include "run/checkpoint/signals.hpp"

using namespace tusk;
using checkpoint::Due;
using checkpoint::Signals;

namespace {

Due::Time in(double seconds) {
  return std::chrono::steady_clock::now() +
         std::chrono::duration_cast<Due::Time::duration>(std::chrono::duration<double>(seconds));
}

}  // namespace

TEST_CASE("checkpoints are due by time, steps or epochs, or never") {
  Due by_time("90s", std::nullopt);
  CHECK_FALSE(by_time.checkpoint({.time_s = 89.0}));
  CHECK(by_time.checkpoint({.time_s = 91.0}));
  CHECK_FALSE(by_time.checkpoint({.time_s = 180.0}));
  CHECK(by_time.checkpoint({.time_s = 181.0}));

  Due by_steps("100 steps", std::nullopt);
  by_steps.begin({.steps = 250});
  CHECK_FALSE(by_steps.checkpoint({.steps = 299}));
  CHECK(by_steps.checkpoint({.steps = 305}));
  CHECK_FALSE(by_steps.checkpoint({.steps = 399}));
  CHECK(by_steps.checkpoint({.steps = 400}));

  Due by_epochs("2 epochs", std::nullopt);
  CHECK_FALSE(by_epochs.checkpoint({.epochs = 1}));
  CHECK(by_epochs.checkpoint({.epochs = 2}));

  Due never("never", std::nullopt);
  CHECK_FALSE(never.checkpoint({.time_s = 1e9, .steps = 1000000, .epochs = 1000}));
  CHECK_FAILS(Due("soon", std::nullopt), ExitCode::bad_experiment, "checkpoint.every = \"soon\"");
}

TEST_CASE("a signal or the end of the time stops a run, USR2 asks for a checkpoint alone") {
  const Signals signals;
  Due due("never", std::nullopt);
  CHECK(due.stop().empty());
  std::raise(SIGUSR2);
  CHECK(due.checkpoint({}));
  CHECK_FALSE(due.checkpoint({}));
  CHECK(due.stop().empty());
  std::raise(SIGTERM);
  CHECK(due.stop() == "SIGTERM");

  CHECK(Due("never", in(0.0)).stop() == "SIGTERM");
}

TEST_CASE("the signals can be others, and those of an object within another do not count") {
  const Signals signals({.stop_on = {SignalKind::user2}, .write_on = {SignalKind::hangup}});
  Due due("never", std::nullopt);
  {
    const Signals within;
    std::raise(SIGHUP);
  }
  CHECK(due.checkpoint({}));
  CHECK(due.stop().empty());
  std::raise(SIGUSR2);
  CHECK(due.stop() == "SIGUSR2");
}

TEST_CASE("signals that nobody can obey do what they did before, within another object, too") {
  const auto handler = [] {
    struct sigaction action {};
    sigaction(SIGTERM, nullptr, &action);
    return action.sa_handler;
  };
  const auto before = handler();
  const Signals outer;
  CHECK((handler() != before));
  {
    const Signals within;
    Signals::give_up();
    CHECK((handler() == before));
  }
  const Signals next;
  CHECK((handler() == before));
}

TEST_CASE("the time that a checkpoint takes is left at the end, twice, and the longest pause") {
  const Signals none_yet;
  Due due("never", in(3600.0));
  CHECK(due.stop().empty());
  due.took(1700.0);
  CHECK(due.stop().empty());
  due.took(1900.0);
  CHECK(due.stop() == "--max-time");

  Due pausing("never", in(0.35));
  CHECK(pausing.stop().empty());
  std::this_thread::sleep_for(std::chrono::milliseconds(200));  // 0.15 s are left, or less
  CHECK(pausing.stop() == "--max-time");
}

TEST_CASE(
    "where time is limited, and half of it has passed without a checkpoint, one is measured") {
  const Signals none_yet;
  Due due("never", in(0.02));
  CHECK_FALSE(due.checkpoint({}));
  std::this_thread::sleep_for(std::chrono::milliseconds(11));
  CHECK(due.checkpoint({}));
  CHECK_FALSE(due.checkpoint({}));

  Due measured("1 epoch", in(0.02));
  CHECK(measured.checkpoint({.epochs = 1}));
  Due repeatable("never", in(0.02), false);
  std::this_thread::sleep_for(std::chrono::milliseconds(11));
  CHECK_FALSE(measured.checkpoint({.epochs = 1}));
  CHECK_FALSE(repeatable.checkpoint({}));
}
