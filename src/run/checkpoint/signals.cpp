// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/signals.hpp"

#include <array>
#include <csignal>

namespace tusk::checkpoint {
namespace {

constexpr std::array handled{SIGUSR1, SIGTERM, SIGINT, SIGUSR2};

volatile std::sig_atomic_t stop_signal = 0;
volatile std::sig_atomic_t wish = 0;
std::array<struct sigaction, handled.size()> before{};
int objects = 0;

void handle(int signal) {
  if (signal == SIGUSR2) {
    wish = 1;
  } else if (stop_signal == 0) {
    stop_signal = signal;
  } else {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
}

}  // namespace

Signals::Signals() {
  if (objects++ > 0) return;
  stop_signal = 0;
  wish = 0;
  struct sigaction action {};
  action.sa_handler = handle;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < handled.size(); ++i) sigaction(handled[i], &action, &before[i]);
}

Signals::~Signals() {
  if (--objects > 0) return;
  for (std::size_t i = 0; i < handled.size(); ++i) sigaction(handled[i], &before[i], nullptr);
}

int Signals::stop() { return stop_signal; }

bool Signals::take_wish() {
  if (wish == 0) return false;
  wish = 0;
  return true;
}

void Signals::note(int signal) {
  if (signal == SIGUSR2) {
    wish = 1;
  } else if (stop_signal == 0) {
    stop_signal = signal;
  }
}

const char* name_of_signal(int signal) {
  switch (signal) {
    case SIGUSR1:
      return "SIGUSR1";
    case SIGTERM:
      return "SIGTERM";
    case SIGINT:
      return "SIGINT";
    default:
      return "a signal";
  }
}

}  // namespace tusk::checkpoint
