// SPDX-License-Identifier: Apache-2.0
#include "run/simulation/scheduler.hpp"

#include <algorithm>
#include <deque>

#include "run/simulation/thread.hpp"
#include "tusk/error.hpp"

namespace tusk::simulation {
namespace {

// Unwinds the threads of a simulation that another worker's error has ended.
struct Cancelled {};

}  // namespace

Scheduler::Scheduler(std::size_t workers, std::size_t cores, std::size_t stack_bytes)
    : stack_bytes_(stack_bytes), workers_(workers), free_cores_(std::max<std::size_t>(cores, 1)) {
  if (cores == 0) fibers_.emplace(workers, stack_bytes);
}

void Scheduler::run(const std::function<void(std::size_t)>& work) {
  for (std::size_t w = 0; w < workers_.size(); ++w) {
    active_.emplace(workers_[w].time_s, w);
    ready_.emplace(workers_[w].time_s, w);
  }
  if (fibers_) {
    run_fibers(work);
  } else {
    run_threads(work);
  }
  if (error_) std::rethrow_exception(error_);
}

void Scheduler::run_threads(const std::function<void(std::size_t)>& work) {
  std::deque<Thread> threads;
  try {
    for (std::size_t w = 0; w < workers_.size(); ++w) {
      threads.emplace_back(stack_bytes_, [this, w, &work] { run_worker(w, work); });
    }
    const std::lock_guard lock(mutex_);
    dispatch();
  } catch (...) {
    const std::lock_guard lock(mutex_);
    fail_with(std::current_exception());
  }
}

// Whoever is started is resumed when the one that runs has to wait.
void Scheduler::run_fibers(const std::function<void(std::size_t)>& work) {
  for (std::size_t w = 0; w < workers_.size(); ++w) {
    fibers_->begin(w, [this, w, &work] { run_worker(w, work); });
  }
  {
    const std::lock_guard lock(mutex_);
    dispatch();
  }
  while (next_ && !error_) fibers_->resume(*std::exchange(next_, std::nullopt));
  for (std::size_t w = 0; w < workers_.size(); ++w) {
    if (fibers_->ended(w)) continue;
    if (!error_) fail(ExitCode::internal, "virtual worker {} was never let go on", w);
    fibers_->resume(w);  // to unwind it
  }
}

void Scheduler::run_worker(std::size_t worker, const std::function<void(std::size_t)>& work) {
  try {
    {
      std::unique_lock lock(mutex_);
      wait_until_running(lock, worker);
    }
    std::exception_ptr error;
    try {
      work(worker);
    } catch (const Cancelled&) {
      throw;
    } catch (...) {
      error = std::current_exception();
    }
    if (error) {
      begin_turn(worker);  // others may fail at an earlier time
      const std::lock_guard lock(mutex_);
      fail_with(error);
    }
  } catch (const Cancelled&) {
    return;
  }
  finish(worker);
}

void Scheduler::advance(std::size_t worker, double time_s) {
  const std::lock_guard lock(mutex_);
  move_to(worker, time_s);
  dispatch();
}

void Scheduler::begin_turn(std::size_t worker) {
  std::unique_lock lock(mutex_);
  leave_core(worker, State::arrived);
  dispatch();  // may give the core back at once
  wait_until_running(lock, worker);
}

void Scheduler::end_turn() {
  const std::lock_guard lock(mutex_);
  turn_taken_ = false;
  dispatch();
}

void Scheduler::park(std::size_t worker) {
  std::unique_lock lock(mutex_);
  turn_taken_ = false;
  leave_core(worker, State::parked);
  active_.erase({workers_[worker].time_s, worker});
  check_for_standstill();
  dispatch();
  wait_until_running(lock, worker);
}

void Scheduler::set_time(std::size_t worker, double time_s) {
  const std::lock_guard lock(mutex_);
  move_to(worker, time_s);
}

void Scheduler::wake(std::size_t worker, double time_s) {
  const std::lock_guard lock(mutex_);
  Worker& woken = workers_[worker];
  woken.time_s = std::max(woken.time_s, time_s);
  woken.state = State::ready;
  active_.emplace(woken.time_s, worker);
  ready_.emplace(woken.time_s, worker);
}

void Scheduler::finish(std::size_t worker) {
  const std::lock_guard lock(mutex_);
  if (error_) return;
  leave_core(worker, State::done);
  active_.erase({workers_[worker].time_s, worker});
  check_for_standstill();
  dispatch();
}

void Scheduler::fail_with(std::exception_ptr error) {
  if (!error_) error_ = std::move(error);
  for (Worker& worker : workers_) worker.changed.notify_one();
}

void Scheduler::wait_until_running(std::unique_lock<std::mutex>& lock, std::size_t worker) {
  Worker& mine = workers_[worker];
  const auto may_run = [&] { return error_ || mine.state == State::running; };
  if (fibers_) {
    while (!may_run()) {
      lock.unlock();
      try {
        fibers_->pause(worker);
      } catch (...) {  // with its stack used up it can do nothing more
        lock.lock();
        fail_with(std::current_exception());
        throw Cancelled{};
      }
      lock.lock();
    }
    next_.reset();  // it is this one
  } else {
    mine.changed.wait(lock, may_run);
  }
  if (error_) throw Cancelled{};
}

void Scheduler::leave_core(std::size_t worker, State state) {
  workers_[worker].state = state;
  ++free_cores_;
}

void Scheduler::move_to(std::size_t worker, double time_s) {
  Worker& moved = workers_[worker];
  if (time_s <= moved.time_s) return;
  active_.erase({moved.time_s, worker});
  moved.time_s = time_s;
  active_.emplace(time_s, worker);
}

// Gives the free cores to those who may run.
void Scheduler::dispatch() {
  while (free_cores_ > 0 && !active_.empty()) {
    const std::size_t first = active_.begin()->second;
    if (!turn_taken_ && workers_[first].state == State::arrived) {
      turn_taken_ = true;
      start(first);
    } else if (!ready_.empty()) {
      const std::size_t next = ready_.begin()->second;
      ready_.erase(ready_.begin());
      start(next);
    } else {
      return;
    }
  }
}

void Scheduler::start(std::size_t worker) {
  workers_[worker].state = State::running;
  --free_cores_;
  if (fibers_) {
    next_ = worker;
  } else {
    workers_[worker].changed.notify_one();
  }
}

void Scheduler::check_for_standstill() {
  if (!active_.empty()) return;
  const auto parked = [](const Worker& worker) { return worker.state == State::parked; };
  if (std::ranges::any_of(workers_, parked)) {
    fail_with(std::make_exception_ptr(
        Error(ExitCode::internal, "the simulation stands still: every worker waits for another")));
  }
}

}  // namespace tusk::simulation
