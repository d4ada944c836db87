// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <random>
#include <vector>

#include "event.hpp"

namespace tusk::center::testing {

// Which operations a program has: those that are exact in float, since every value is a small
// integer, all of them, or elastic ones alone.
enum class Mix { integers, everything, elastic };

// A worker that does operations drawn at random, in place or not, and keeps what came of each. Like
// a strategy's, its first operation is a pull, if there are pulls.
class Player {
 public:
  Player(int worker, std::size_t size, Mix mix);
  void play(CenterVariable& center);
  const std::vector<Event>& events() const { return events_; }

 private:
  Operation draw_operation();
  std::vector<float>& draw_place(Operation operation);
  Commit perform(CenterVariable& center, const Event& event, std::vector<float>& out);

  int worker_;
  Mix mix_;
  std::mt19937 random_;
  std::vector<float> in_, pulled_, out_;
  std::vector<Event> events_;
};

}  // namespace tusk::center::testing
