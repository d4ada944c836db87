// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "exchange/center/control_board.hpp"
#include "experiment/callback_options.hpp"
#include "run/coordinator/plateau.hpp"
#include "run/records/epoch_book.hpp"
#include "tusk/aligned_vector.hpp"

namespace tusk::coordinator {

// Why the workers are to stop: what is in Cell::stop.
enum class StopReason : std::int64_t {
  none = 0,
  callback = 1,
  for_later = center::stop_for_later,  // a signal, or the end of the time: the run can go on
};

// Error(bad_experiment), naming the key, if the callbacks watch a score that the run does not have.
void check_callbacks(const CallbackOptions& options, std::span<const std::string> metric_names,
                     bool validates);

// What rank 0 does at the end of every epoch (see experiment/callback_options.hpp); the Coordinator
// calls on_epoch() and on_completion(). A new callback is a function called in act(); what it
// remembers goes through keep(). Orders go to the workers through the board: Cell::stop and the
// learning rate's scale.
class Callbacks {
 public:
  // The model of the best epoch.
  struct Best {
    records::EpochRecord record;
    AlignedVector<float> weights;

    void keep(State& state);
  };

  // `learning_rate` is the optimizer's, which the scale goes with. `board` must outlive the object.
  Callbacks(const CallbackOptions& options, std::vector<std::string> metric_names, bool validates,
            double learning_rate, center::ControlBoard& board);

  // Whether the weights are needed.
  bool wants_weights() const;

  // At an epoch's end, before its validation: the callbacks that watch a score of the training, so
  // that they see every epoch. `weights` are the model as it is then.
  void on_epoch(const records::EpochRecord& record, std::span<const float> weights);

  // When its validation is there: those that watch one. An epoch that has not been validated
  // though the run validates does not count for them, as for Keras's (validation_freq).
  // Error(diverged) for a score that is not finite.
  void on_completion(const records::EpochRecord& record, std::span<const float> weights);

  bool stopped() const { return !stop_reason_.empty(); }
  const std::string& stop_reason() const { return stop_reason_; }
  double learning_rate_scale() const { return scale_; }
  const std::optional<Best>& best() const { return best_; }  // if it is to be restored

  // What a checkpoint keeps: how long each callback has waited for what, the best model, and the
  // learning rate's scale and an order to stop, which reading gives to the board again. A callback
  // that was not there when the checkpoint was written begins anew; one that is no more is left
  // out.
  void keep(State& state);

 private:
  enum class Scores { of_training, of_validation };

  void act(const records::EpochRecord& record, std::span<const float> weights, Scores scores);
  bool watches(Scores scores, const std::string& name) const;
  double score(const records::EpochRecord& record, const std::string& name) const;
  void check_finite(const records::EpochRecord& record) const;
  void stop_early(const records::EpochRecord& record, std::span<const float> weights);
  void reduce_learning_rate(const records::EpochRecord& record);
  void stop_at_targets(const records::EpochRecord& record, Scores scores);
  void stop(std::string reason);

  CallbackOptions options_;
  std::vector<std::string> metric_names_;
  bool validates_;
  double learning_rate_;
  center::ControlBoard& board_;
  std::optional<Plateau> stopping_;
  std::optional<Plateau> reducing_;
  double scale_ = 1.0;
  std::string stop_reason_;
  std::optional<Best> best_;
};

}  // namespace tusk::coordinator
