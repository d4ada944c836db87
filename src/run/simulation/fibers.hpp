// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace tusk::simulation {

// Many pieces of work in one thread that give way to each other where they say so: each has a stack
// of its own, and runs from a resume() to its next pause(). A hundred thousand threads of the
// operating system are more than most machines give; a fiber is its stack, of which memory is used
// as far as it has been touched.
class Fibers {
 public:
  // Error(internal) if the stacks cannot be had.
  Fibers(std::size_t count, std::size_t stack_bytes);
  ~Fibers();
  Fibers(const Fibers&) = delete;
  Fibers& operator=(const Fibers&) = delete;

  // body() of a fiber begins at its first resume(). It must not throw.
  void begin(std::size_t fiber, std::function<void()> body);

  // From outside: runs the fiber until it pauses or ends.
  void resume(std::size_t fiber);
  bool ended(std::size_t fiber) const;

  // From within it. Error(internal) if more than half of its stack is in use.
  void pause(std::size_t fiber);

 private:
  struct Fiber;
  struct Outside;
  static void enter(unsigned high, unsigned low);

  std::byte* stack_of(std::size_t fiber) const { return stacks_ + fiber * stack_bytes_; }

  std::size_t count_;
  std::size_t stack_bytes_;
  std::byte* stacks_ = nullptr;
  std::unique_ptr<Fiber[]> fibers_;
  std::unique_ptr<Outside> outside_;
};

}  // namespace tusk::simulation
