// SPDX-License-Identifier: Apache-2.0
#include "run/simulation/fibers.hpp"

#include <sys/mman.h>
#include <ucontext.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

#include "tusk/error.hpp"

namespace tusk::simulation {
namespace {

constexpr unsigned half = 32;

}  // namespace

struct Fibers::Fiber {
  std::function<void()> body;
  ucontext_t context;
  bool ended = false;
};

struct Fibers::Outside {
  ucontext_t context;
};

Fibers::Fibers(std::size_t count, std::size_t stack_bytes)
    : count_(count),
      stack_bytes_(stack_bytes),
      fibers_(std::make_unique<Fiber[]>(count)),
      outside_(std::make_unique<Outside>()) {
  void* const memory = ::mmap(nullptr, count * stack_bytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (memory == MAP_FAILED) {
    fail(ExitCode::internal, "no memory for the stacks of {} virtual workers: {}", count,
         std::strerror(errno));
  }
  stacks_ = static_cast<std::byte*>(memory);
  ::madvise(memory, count * stack_bytes,
            MADV_NOHUGEPAGE);  // of which each would take several stacks
}

Fibers::~Fibers() { ::munmap(stacks_, count_ * stack_bytes_); }

// makecontext() passes ints alone: the fiber's address in two of them.
void Fibers::enter(unsigned high, unsigned low) {
  const auto address = (std::uint64_t{high} << half) | low;
  Fiber& fiber = *reinterpret_cast<Fiber*>(address);
  fiber.body();
  fiber.ended = true;
}

void Fibers::begin(std::size_t fiber, std::function<void()> body) {
  Fiber& begun = fibers_[fiber];
  begun.body = std::move(body);
  ::getcontext(&begun.context);
  begun.context.uc_stack.ss_sp = stack_of(fiber);
  begun.context.uc_stack.ss_size = stack_bytes_;
  begun.context.uc_link = &outside_->context;
  const auto address = reinterpret_cast<std::uint64_t>(&begun);
  ::makecontext(&begun.context, reinterpret_cast<void (*)()>(&Fibers::enter), 2,
                static_cast<unsigned>(address >> half), static_cast<unsigned>(address));
}

void Fibers::resume(std::size_t fiber) {
  ::swapcontext(&outside_->context, &fibers_[fiber].context);
}

bool Fibers::ended(std::size_t fiber) const { return fibers_[fiber].ended; }

void Fibers::pause(std::size_t fiber) {
  const std::byte here{};
  if (&here < stack_of(fiber) + stack_bytes_ / 2) {
    fail(ExitCode::internal, "a virtual worker has used more than half of its stack");
  }
  ::swapcontext(&fibers_[fiber].context, &outside_->context);
}

}  // namespace tusk::simulation
