// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "data/samples/batches.hpp"
#include "exchange/center/overlapping_center.hpp"
#include "exchange/center/statistics_center.hpp"
#include "experiment/optimizer_options.hpp"
#include "experiment/trainer_options.hpp"
#include "net/graph/model.hpp"
#include "net/optim/schedule.hpp"
#include "run/worker/clock.hpp"
#include "run/worker/gate.hpp"
#include "run/worker/observed_center.hpp"
#include "run/worker/observed_peers.hpp"
#include "run/worker/passes.hpp"
#include "run/worker/reporter.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/optimizer.hpp"
#include "tusk/strategy.hpp"

namespace tusk::center {
class CenterVariable;
class Peers;
}  // namespace tusk::center

// What a worker does from its start to its end. In this room:
//
//   worker.cpp       the loop: passes, windows, and the strategy's hooks around them
//   worker_step.cpp  a step: gradients, the optimizer's step, all at once or block by block
//                    (fused_update)
//   observed_center, observed_peers   what the strategy exchanges goes through these: they time it,
//                    refuse what is not finite, and tell the reporter
//   reporter         what the worker has done, on its way to rank 0
//   clock, gate, passes   what differs between a real run (slow_clock, board_gate,
//                    partition_passes) and a simulation (run/simulation/virtual_*.hpp)
namespace tusk::worker {

// One worker: its weights, its optimizer, its strategy and the loop over its samples. A run makes
// one in every process that trains, a simulation as many as it has virtual workers; the code is the
// same, and what differs is in Outside. A training step allocates nothing.
class Worker final : public Standing {
 public:
  struct Options {
    std::uint64_t seed = 0;
    std::size_t index = 0;  // among the workers
    std::size_t workers = 1;
    std::size_t threads = 1;  // to compute with
    bool stagger = false;     // the first window is shorter by index mod its length
    TrainerOptions trainer{};
    OptimizerOptions optimizer{};
  };

  // What comes from outside: real, or virtual in a simulation. What is referred to must outlive it.
  struct Outside {
    center::CenterVariable& center;
    center::Peers& peers;
    records::ReportSink& sink;
    std::unique_ptr<Clock> clock;
    std::unique_ptr<Gate> gate;
    std::unique_ptr<Passes> passes;  // what it is trained on
  };

  // `model` must outlive the worker. `initial`: the weights to start from, one a parameter (a
  // strategy with a center replaces them by the center's at the start, which are the first
  // model.exchanged_count(), those that are not trained its statistics). Error(bad_experiment) when
  // the trainer and the optimizer do not go together.
  Worker(const graph::Model& model, std::span<const float> initial, const Options& options,
         Outside outside);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Trains until the passes end, or the gate gives the order to stop. Throws Error(diverged) when a
  // loss or a weight is not finite. After keep() has read, it goes on from there.
  void run();

  // For checkpoints, at a gate (Standing), and between construction and run().
  void end_exchange() override;
  void keep(State& state) override;

  // Before run(), in a run that goes on with another number of workers: reads what keep() has
  // written of the worker that this one goes on as, but for its place among its samples; or, unless
  // it is `itself`, of one whose model it begins with. The others join(): at this step and
  // optimizer's update, at this time, with the center's model.
  void take_over(State& state, bool itself);
  void join(std::uint64_t step, std::uint64_t updates, double time_s);

  std::uint64_t steps() const override { return context_.step; }
  std::size_t parameters() const override { return weights_.size(); }
  bool finished() const { return finished_; }

  // The optimizer, whose memory may be read after run() and written before it; iterations are the
  // steps that it has done then, from which the schedule of its learning rate goes on.
  optim::Optimizer& optimizer() { return *optimizer_; }
  void begin_at(std::uint64_t iterations);

  // out = the model as this worker knows it (Strategy::model), one number a parameter.
  void model(std::span<float> out) const;

  std::uint64_t exchanges() const { return peers_.exchanges(); }  // with its peers

 private:
  // The loop (worker.cpp).
  bool next_pass();  // false: there is none
  std::size_t windows_left() const;
  std::optional<samples::Batch> next_batch();
  void train_pass();
  bool begin_window();  // false: an order to stop
  void end_window();
  void average_statistics();

  center::CenterVariable& weights_center();
  center::CenterVariable& strategys_center() {
    return moving_ ? static_cast<center::CenterVariable&>(*moving_) : weights_center();
  }
  std::optional<center::StatisticsCenter> make_statistics_center(const Options& options);

  // The parts of the parameters: what the optimizer and the strategy see, the statistics of what is
  // trained, and the frozen rest.
  std::span<float> trained() { return std::span(weights_).first(model_.trained_count()); }
  std::span<float> statistics();

  // A step (worker_step.cpp).
  void train_step(const DataPass& pass, const samples::Batch& batch);
  BatchScore step_in_parts(std::uint32_t epoch, const samples::Batch& batch);
  BatchScore step_as_a_whole(std::uint32_t epoch, const samples::Batch& batch);
  void require_finite_loss(std::uint32_t epoch, const BatchScore& score) const;
  void idle_step();
  void update(double gradient_s);
  void step_optimizer();
  void set_learning_rate();
  double computing_s() const;  // a clock that stands still while exchanges get their turns
  void finish_update(double compute_s);

  const graph::Model& model_;
  AlignedVector<float> weights_;  // all parameters
  std::unique_ptr<Clock> clock_;
  std::unique_ptr<Gate> gate_;
  std::unique_ptr<Passes> passes_;
  Reporter reporter_;
  ObservedCenter center_;
  std::unique_ptr<center::OverlappingCenter> overlapping_;  // around center_, if asked for
  std::optional<center::StatisticsCenter> moving_;          // around those, if there are statistics
  ObservedPeers peers_;
  std::unique_ptr<optim::Optimizer> optimizer_;
  optim::Schedule schedule_;  // of the optimizer's learning rate
  bool keep_optimizer_state_;
  bool stagger_;
  std::unique_ptr<strategies::Strategy> strategy_;
  std::function<void()> between_layers_;
  layers::StepContext context_;
  graph::Workspace workspace_;
  AlignedVector<float> gradients_;   // of what is trained
  AlignedVector<double> averaging_;  // Σ sᵢ · statistics, then Σ sᵢ
  bool started_ = false;             // the strategy has been told
  std::optional<DataPass> pass_;     // that is being trained
  std::size_t pass_steps_ = 0;       // of it
  std::size_t pass_offset_ = 0;      // by how much its first window is shorter
  std::size_t pass_step_ = 0;        // the next one
  strategies::Window window_;
  std::uint64_t windows_ = 0;   // completed
  std::uint64_t updates_ = 0;   // steps of the optimizer
  double learning_rate_ = 0.0;  // of the last of them
  double learning_rate_scale_ = 1.0;
  std::int64_t stopped_ = 0;  // Cell::stop
  bool finished_ = false;
};

}  // namespace tusk::worker
