// SPDX-License-Identifier: Apache-2.0
#include "mpi/deadline.hpp"

#include <utility>

#include "mpi/end_job.hpp"

namespace tusk::mpi {

Deadline::Deadline(std::chrono::milliseconds limit, Error error)
    : error_(std::move(error)), thread_([this, limit] { watch(limit); }) {}

Deadline::~Deadline() {
  {
    const std::lock_guard lock(mutex_);
    met_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Deadline::watch(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, limit, [this] { return met_; })) end_job()(error_);
}

}  // namespace tusk::mpi
