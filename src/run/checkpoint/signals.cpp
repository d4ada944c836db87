// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/signals.hpp"

#include <algorithm>
#include <csignal>
#include <utility>
#include <vector>

namespace tusk::checkpoint {
namespace {

volatile std::sig_atomic_t stop_signal = 0;
volatile std::sig_atomic_t wish = 0;
std::vector<std::pair<int, struct sigaction>> before;  // what each signal did
int objects = 0;

int number_of(SignalKind signal) {
  switch (signal) {
    case SignalKind::hangup:
      return SIGHUP;
    case SignalKind::interrupt:
      return SIGINT;
    case SignalKind::terminate:
      return SIGTERM;
    case SignalKind::user1:
      return SIGUSR1;
    case SignalKind::user2:
      return SIGUSR2;
    case SignalKind::cpu_limit:
      return SIGXCPU;
  }
  return 0;
}

void stop_on(int signal) {
  if (stop_signal == 0) {
    stop_signal = signal;
  } else {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
}

void write_on(int /*signal*/) { wish = 1; }

void handle(SignalKind signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  before.emplace_back(number_of(signal), action);
  sigaction(before.back().first, &action, &before.back().second);
}

}  // namespace

Signals::Signals(const CheckpointOptions& options) {
  if (objects++ > 0) return;
  stop_signal = 0;
  wish = 0;
  for (const SignalKind signal : options.stop_on) handle(signal, stop_on);
  for (const SignalKind signal : options.write_on) {
    if (std::ranges::count(options.stop_on, signal) == 0) handle(signal, write_on);
  }
}

Signals::~Signals() {
  if (--objects == 0) give_up();
}

void Signals::give_up() {
  for (auto last = before.rbegin(); last != before.rend(); ++last) {
    sigaction(last->first, &last->second, nullptr);
  }
  before.clear();
}

int Signals::stop() { return stop_signal; }

bool Signals::take_wish() {
  if (wish == 0) return false;
  wish = 0;
  return true;
}

void Signals::note_stop(int signal) {
  if (stop_signal == 0) stop_signal = signal;
}

void Signals::note_wish() { wish = 1; }

std::string_view name_of_signal(int signal) {
  for (const auto& [name, kind] : names_of(SignalKind{})) {
    if (number_of(kind) == signal) return name;
  }
  return "a signal";
}

}  // namespace tusk::checkpoint
