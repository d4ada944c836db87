// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "run/simulation/fibers.hpp"

namespace tusk::simulation {

// Lets virtual workers, each with a clock of its own, touch what they share in the order
// of their clocks, whatever the machine does: a conservative discrete-event simulation (Chandy &
// Misra 1979). What they do between two turns touches nothing that is shared, and runs in parallel.
//
// A worker takes a Turn to touch what is shared. It is given when no other worker can still come
// before: its (time, index) is the least of all workers that are not parked, and clocks go forward
// only. Turns do not overlap. So the order of turns, and with it every result, is a function of the
// workers' clocks alone.
//
// Workers are threads, of which at most `cores` run at once, those with the least clocks first.
class Scheduler {
 public:
  // The stack that a training step needs: matrix products keep up to 4 MiB there.
  static constexpr std::size_t training_stack = std::size_t{8} << 20U;

  // With no cores, workers are fibers in the thread that calls run(), one at a time, with the same
  // turns: for many that do little between them.
  Scheduler(std::size_t workers, std::size_t cores, std::size_t stack_bytes = training_stack);

  // Before run(): the worker's clock begins there.
  void begin_at(std::size_t worker, double time_s) { workers_[worker].time_s = time_s; }

  // Runs work(w) for each worker until all have returned. The first error in virtual
  // time ends them all and is thrown here. Error(internal) if the threads cannot be had, or if all
  // workers are parked.
  void run(const std::function<void(std::size_t)>& work);

  // The rest is for the worker's own thread, or fiber, inside work().

  double now_s(std::size_t worker) const { return workers_[worker].time_s; }

  // The worker's clock goes forward to `time_s`: it will touch nothing that is shared before.
  void advance(std::size_t worker, double time_s);

  // The right to touch what is shared, while it lives.
  class Turn {
   public:
    Turn(Scheduler& scheduler, std::size_t worker) : scheduler_(scheduler), worker_(worker) {
      scheduler_.begin_turn(worker_);
    }
    ~Turn() {
      if (mine_) scheduler_.end_turn();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    double time_s() const { return scheduler_.now_s(worker_); }

    // The worker goes on at a later time.
    void end_at(double time_s) { scheduler_.set_time(worker_, time_s); }

    // Ends the turn. Returns when another worker has called wake() for this one.
    void park() && {
      mine_ = false;
      scheduler_.park(worker_);
    }

    // Another worker, which is parked, goes on at the later of its own time and `time_s`, which is
    // not before this turn's.
    void wake(std::size_t worker, double time_s) { scheduler_.wake(worker, time_s); }

   private:
    Scheduler& scheduler_;
    std::size_t worker_;
    bool mine_ = true;
  };

 private:
  enum class State {
    ready,    // wants a core
    arrived,  // wants its turn, and a core
    running,
    parked,
    done,
  };
  struct Worker {
    State state = State::ready;
    double time_s = 0.0;
    std::condition_variable changed;
  };
  using Position = std::pair<double, std::size_t>;  // (time, index): the order of turns

  void begin_turn(std::size_t worker);
  void end_turn();
  void park(std::size_t worker);
  void set_time(std::size_t worker, double time_s);
  void wake(std::size_t worker, double time_s);

  void run_threads(const std::function<void(std::size_t)>& work);
  void run_fibers(const std::function<void(std::size_t)>& work);
  void run_worker(std::size_t worker, const std::function<void(std::size_t)>& work);
  void finish(std::size_t worker);
  void fail_with(std::exception_ptr error);
  void wait_until_running(std::unique_lock<std::mutex>& lock, std::size_t worker);
  void leave_core(std::size_t worker, State state);
  void move_to(std::size_t worker, double time_s);
  void dispatch();
  void start(std::size_t worker);
  void check_for_standstill();

  std::size_t stack_bytes_;
  std::mutex mutex_;
  std::vector<Worker> workers_;
  std::set<Position> active_;  // ready, arrived or running
  std::set<Position> ready_;
  std::size_t free_cores_;
  bool turn_taken_ = false;
  std::exception_ptr error_;
  std::optional<Fibers> fibers_;
  std::optional<std::size_t> next_;  // of them, to be resumed
};

}  // namespace tusk::simulation
