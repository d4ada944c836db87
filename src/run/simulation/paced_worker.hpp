// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "exchange/center/overlapping_center.hpp"
#include "experiment/experiment.hpp"
#include "run/records/epoch_book.hpp"
#include "run/worker/clock.hpp"
#include "run/worker/gate.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/center.hpp"
#include "tusk/peers.hpp"
#include "tusk/strategy.hpp"

namespace tusk::simulation {

// What all paced workers have come to.
struct Pace {
  double elapsed_s = 0.0;  // when the last step was done
  std::uint64_t samples = 0;
  records::Staleness staleness{};
};

// A worker of whom times alone are wanted: goes through the passes, windows and exchanges of a
// worker::Worker, by the same strategy on the same clock, gate and center, but has no network, no
// optimizer and no samples: some kilobytes. Times and staleness are the same to the last digit for
// every rule whose exchanges do not depend on what the weights are, as no rule's of Tusk do.
//
// They write to one Pace, and so are for a Scheduler in one thread (Scheduler::Kind::fibers).
class PacedWorker final : public worker::Standing {
 public:
  // The passes, as worker::Passes would give them: how many samples the next has, if there is one.
  using NextPass = std::function<std::optional<std::uint64_t>()>;

  struct Options {
    const Experiment& experiment;
    std::size_t index = 0;
    std::size_t workers = 1;  // n
    std::size_t weights = 1;  // that the center has
  };
  struct Outside {
    center::CenterVariable& center;
    center::Peers& peers;
    std::unique_ptr<worker::Clock> clock;
    std::unique_ptr<worker::Gate> gate;
    NextPass next_pass;
    std::function<void()> end_pass;  // where workers in step meet
  };
  // What is referred to must outlive the object.
  PacedWorker(const Options& options, Outside outside, Pace& pace);

  void run();

  // Of a worker that stands at its gate; nobody asks for a checkpoint.
  void end_exchange() override {}
  void keep(State& /*state*/) override {}
  std::uint64_t steps() const override { return step_; }
  std::size_t parameters() const override { return weights_.size(); }

 private:
  // Tells of every commit's staleness.
  class Observed final : public center::CenterVariable {
   public:
    Observed(center::CenterVariable& center, Pace& pace) : center_(center), pace_(pace) {}
    std::size_t size() const override { return center_.size(); }
    center::Commit perform(const center::Update& update) override;
    void start(const center::Update& update) override;
    bool advance() override { return center_.advance(); }
    center::Commit complete() override;
    center::ControlBoard& board() override { return center_.board(); }

   private:
    center::Commit noted(bool commits, const center::Commit& commit);

    center::CenterVariable& center_;
    Pace& pace_;
    bool started_commits_ = false;
  };

  bool next_pass();
  void train_pass();
  bool begin_window();
  void step(std::uint64_t samples);
  void idle_step();

  std::size_t index_;
  std::size_t batch_size_;
  bool staggers_;
  Observed center_;
  std::unique_ptr<center::OverlappingCenter> overlapping_;
  Outside outside_;
  Pace& pace_;
  AlignedVector<float> weights_;
  AlignedVector<float> zeros_;  // gradients, and a momentum's velocity
  std::unique_ptr<strategies::Strategy> strategy_;
  strategies::Window window_{};
  std::int64_t stopped_ = 0;
  std::uint64_t step_ = 0;
  std::uint64_t windows_ = 0;
  std::uint64_t left_ = 0;  // samples of the pass
  std::size_t pass_steps_ = 0;
  std::size_t pass_offset_ = 0;
};

}  // namespace tusk::simulation
