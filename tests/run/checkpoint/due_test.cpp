// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/due.hpp"

#include <doctest/doctest.h>

#include <csignal>

#include "check_fails.hpp"
#include "run/checkpoint/signals.hpp"

using namespace tusk;
using checkpoint::Due;
using checkpoint::Signals;

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

  CHECK(Due("never", 1e-9).stop() == "SIGTERM");
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

TEST_CASE("the time that a checkpoint takes is left at the end") {
  const Signals none_yet;
  Due due("never", 3600.0);
  CHECK(due.stop().empty());
  due.took(1900.0);
  CHECK(due.stop() == "--max-time");
}
