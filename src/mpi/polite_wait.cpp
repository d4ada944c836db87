// SPDX-License-Identifier: Apache-2.0
#include "mpi/polite_wait.hpp"

#include <thread>

namespace tusk::mpi {

double polite_sleep_s(double idle_s) {
  if (idle_s < 20e-6) return 0.0;
  return idle_s < 0.5e-3 ? 10e-6 : 200e-6;
}

void PoliteWait::pause() {
  const std::chrono::duration<double> idle = Clock::now() - start_;
  const double sleep_s = polite_sleep_s(idle.count());
  if (sleep_s > 0.0) std::this_thread::sleep_for(std::chrono::duration<double>(sleep_s));
}

void PoliteWait::reset() { start_ = Clock::now(); }

}  // namespace tusk::mpi
