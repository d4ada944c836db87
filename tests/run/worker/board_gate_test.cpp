// SPDX-License-Identifier: Apache-2.0
#include "run/worker/board_gate.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "exchange/center/control_board.hpp"
#include "exchange/center/local_center.hpp"

using namespace tusk;
using worker::BoardGate;

namespace {

// A board without a center.
struct Board {
  explicit Board(std::size_t workers) : server(center::make_local_state({}, workers)) {}
  center::ControlBoard& operator*() { return server.board(); }
  center::LocalServer server;
};

// Counts what would be round trips to rank 0.
class CountingBoard final : public center::ControlBoard {
 public:
  explicit CountingBoard(center::ControlBoard& board)
      : ControlBoard(board.workers()), board_(board) {}

  void read(center::Cell first, std::span<std::int64_t> values) override {
    ++calls;
    board_.read(first, values);
  }
  void store(center::Cell cell, std::int64_t value) override {
    ++calls;
    board_.store(cell, value);
  }
  std::int64_t fetch_add(center::Cell cell, std::int64_t value) override {
    ++calls;
    return board_.fetch_add(cell, value);
  }

  int calls = 0;

 private:
  center::ControlBoard& board_;
};

// No gate of these tests takes checkpoints.
class Nobody final : public worker::Standing {
 public:
  void end_exchange() override {}
  void keep(State&) override {}
  std::uint64_t steps() const override { return 0; }
  std::size_t parameters() const override { return 0; }
} nobody;

}  // namespace

TEST_CASE(
    "a worker may begin a window when the slowest has completed all but s of those before it") {
  Board board(3);
  BoardGate gate(*board, 0, 1);
  (*board).set_clock(0, 3);
  (*board).set_clock(1, 4);
  (*board).set_clock(2, 2);
  CHECK(gate.enter(3, nobody).stop == 0);  // at once: 2 >= 3 - 1
}

TEST_CASE(
    "a waiting worker goes on when the others have caught up, have finished, or it is to stop") {
  for (const int way : {0, 1, 2}) {
    Board board(2);
    (*board).set_clock(0, 5);
    BoardGate gate(*board, 0, 2);
    std::atomic<bool> through = false;
    center::Orders orders;
    std::thread worker([&] {
      orders = gate.enter(5, nobody);  // worker 1 has completed 0 of the 3 windows that it takes
      through = true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    CHECK_FALSE(through);
    if (way == 0) (*board).set_clock(1, 3);
    if (way == 1) BoardGate(*board, 1, 2).finish();
    if (way == 2) (*board).store(center::Cell::stop, 1);
    worker.join();
    CHECK((orders.stop != 0) == (way == 2));
  }
}

TEST_CASE("orders reach a worker at the next window") {
  Board board(1);
  BoardGate gate(*board, 0, std::nullopt);
  CHECK(gate.enter(0, nobody).learning_rate_scale == 1.0);
  (*board).set_learning_rate_scale(0.25);
  CHECK(gate.enter(1, nobody).learning_rate_scale == 0.25);
}

TEST_CASE("a window costs one round trip, and two more where staleness is bounded") {
  Board board(2);
  CountingBoard counting(*board);
  for (const bool bounded : {false, true}) {
    BoardGate gate(counting, 0, bounded ? std::optional<std::size_t>(1) : std::nullopt);
    (*board).set_clock(0, 5);
    (*board).set_clock(1, 7);
    counting.calls = 0;
    gate.enter(5, nobody);
    gate.complete(6);
    CHECK(counting.calls == (bounded ? 3 : 1));
  }
}

TEST_CASE("a worker hears how many have ended") {
  Board board(3);
  BoardGate first(*board, 0, std::nullopt);
  BoardGate second(*board, 1, 2);
  CHECK(first.enter(0, nobody).ended == 0);
  second.finish();
  CHECK(first.enter(1, nobody).ended == 1);
}

TEST_CASE("a checkpoint that is asked for ends the wait, until it has been answered") {
  Board board(2);
  BoardGate gate(*board, 0, /*max_staleness=*/1);
  (*board).store(center::Cell::checkpoint, 77);
  CHECK(gate.enter(5, nobody).checkpoint == 77);  // worker 1 has completed none
  gate.answer(77);
  (*board).set_clock(0, 5);
  (*board).set_clock(1, 4);
  CHECK(gate.enter(5, nobody).checkpoint == 77);
}
