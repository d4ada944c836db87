// SPDX-License-Identifier: Apache-2.0
#include "run/simulation/thread.hpp"

#include <cstring>
#include <utility>

#include "tusk/error.hpp"

namespace tusk::simulation {
namespace {

void* call(void* body) {
  (*static_cast<std::function<void()>*>(body))();
  return nullptr;
}

}  // namespace

Thread::Thread(std::size_t stack_bytes, std::function<void()> body) : body_(std::move(body)) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_bytes);
  const int error = pthread_create(&handle_, &attributes, &call, &body_);
  pthread_attr_destroy(&attributes);
  if (error != 0) {
    fail(ExitCode::internal,
         "no thread for another virtual worker: {}; fewer --workers or a higher ulimit -u may help",
         std::strerror(error));
  }
}

Thread::~Thread() { pthread_join(handle_, nullptr); }

}  // namespace tusk::simulation
