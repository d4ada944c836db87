// SPDX-License-Identifier: Apache-2.0
#include "run/coordinator/callbacks.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "exchange/center/control_board.hpp"
#include "exchange/center/local_center.hpp"
#include "tusk/error.hpp"

using namespace tusk;
using namespace tusk::coordinator;
using namespace tusk::records;

namespace {

// A run whose validation loss is as given, epoch after epoch; its weights are the epoch's number.
class Run {
 public:
  explicit Run(const CallbackOptions& options)
      : server_(center::make_local_state({}, 1)),
        callbacks(options, {"accuracy"}, true, 0.1, server_.board()) {}

  void epoch(double val_loss, double val_accuracy = 0.5) {
    EpochRecord record{.epoch = ++epochs_};
    record.train.samples = 1;
    record.validation.emplace();
    record.validation->samples = 1;
    record.validation->loss_sum = val_loss;
    record.validation->metric_sums[0] = val_accuracy;
    const float weights[] = {static_cast<float>(epochs_)};
    callbacks.on_epoch(record, weights);
    callbacks.on_completion(record, weights);
  }
  bool stop_requested() { return server_.board().load(center::Cell::stop) != 0; }
  double scale() { return server_.board().learning_rate_scale(); }

 private:
  center::LocalServer server_;
  std::size_t epochs_ = 0;

 public:
  Callbacks callbacks;
};

}  // namespace

TEST_CASE(
    "early stopping waits for `patience` epochs without improvement and keeps the best model") {
  Run run({.early_stopping = EarlyStoppingOptions{
               .patience = 2, .min_delta = 0.1, .restore_best_weights = true}});
  run.epoch(1.0);
  run.epoch(0.5);
  run.epoch(0.45);  // better, but by less than min_delta
  CHECK_FALSE(run.stop_requested());
  run.epoch(0.6);
  CHECK(run.stop_requested());
  CHECK(run.callbacks.best()->record.epoch == 2);
  CHECK(run.callbacks.best()->weights[0] == 2.0F);
}

TEST_CASE("a score of the training counts at every epoch, one of the validation only where it is") {
  center::LocalServer server(center::make_local_state({}, 1));
  const auto callbacks_of = [&](const char* monitor) {
    return Callbacks(
        {.early_stopping =
             EarlyStoppingOptions{.monitor = monitor, .patience = 2, .restore_best_weights = true}},
        {}, true, 0.1, server.board());
  };
  const auto epochs = [](Callbacks& callbacks, std::initializer_list<double> losses,
                         std::size_t validated_every) {
    std::size_t epoch = 0;
    for (const double loss : losses) {
      EpochRecord record{.epoch = ++epoch};
      record.train = {.samples = 1, .loss_sum = loss};
      const float weights[] = {static_cast<float>(epoch)};
      callbacks.on_epoch(record, weights);
      if (epoch % validated_every == 0) record.validation = record.train;
      callbacks.on_completion(record, weights);
      if (callbacks.stopped()) break;
    }
    return epoch;
  };
  Callbacks training = callbacks_of("loss");
  CHECK(epochs(training, {3.0, 1.0, 2.0, 2.0, 2.0, 2.0}, 100) == 4);
  CHECK(training.best()->record.epoch == 2);
  CHECK(training.best()->weights[0] == 2.0F);
  Callbacks validation = callbacks_of("val_loss");
  CHECK(epochs(validation, {9.0, 1.0, 0.5, 2.0, 0.5, 2.0, 0.5, 0.5}, 2) == 6);
  CHECK(validation.best()->record.epoch == 2);
  Callbacks both = callbacks_of("loss");
  CHECK(epochs(both, {3.0, 1.0, 2.0, 2.0}, 1) == 4);
  CHECK(both.best()->record.validation->loss() == 1.0);  // it has come after the epoch's end
}

TEST_CASE("a plateau reduces every worker's learning rate, again and again, down to min_lr") {
  Run run({.reduce_lr_on_plateau =
               ReduceLearningRateOptions{.factor = 0.5, .patience = 2, .min_lr = 0.03}});
  run.epoch(1.0);
  run.epoch(1.0);
  CHECK(run.scale() == 1.0);
  run.epoch(1.0);
  CHECK(run.scale() == doctest::Approx(0.5));
  for (int i = 0; i < 4; ++i) run.epoch(1.0);
  CHECK(run.scale() == doctest::Approx(0.3));
  run.epoch(0.5);
  CHECK(run.scale() == doctest::Approx(0.3));
  CHECK_FALSE(run.stop_requested());
}

TEST_CASE("targets stop in the direction that is better") {
  Run loss({.target_loss = 0.2});
  loss.epoch(0.3);
  CHECK_FALSE(loss.stop_requested());
  loss.epoch(0.2);
  CHECK(loss.stop_requested());
  Run accuracy({.target_metric = TargetOptions{"val_accuracy", 0.9}});
  accuracy.epoch(0.1, 0.8);
  CHECK_FALSE(accuracy.stop_requested());
  accuracy.epoch(0.1, 0.95);
  CHECK(accuracy.stop_requested());
}

TEST_CASE("a score that is not finite ends the run as diverged") {
  Run run({});
  try {
    run.epoch(std::numeric_limits<double>::quiet_NaN());
    FAIL("not noticed");
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::diverged);
  }
}

TEST_CASE(
    "where that is not wanted, a score that is not finite is no improvement, even the first") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  Run run({.early_stopping = EarlyStoppingOptions{.patience = 2, .restore_best_weights = true},
           .terminate_on_nan = false});
  run.epoch(nan);
  run.epoch(0.5);
  run.epoch(-std::numeric_limits<double>::infinity());
  CHECK_FALSE(run.stop_requested());
  run.epoch(nan);
  CHECK(run.stop_requested());
  CHECK(run.callbacks.best()->record.epoch == 2);

  Run never({.early_stopping = EarlyStoppingOptions{.patience = 2, .restore_best_weights = true},
             .terminate_on_nan = false});
  never.epoch(nan);
  CHECK_FALSE(never.stop_requested());
  never.epoch(nan);
  CHECK(never.stop_requested());
  CHECK_FALSE(never.callbacks.best());
}

TEST_CASE("a score that the run does not have is refused before it starts") {
  const std::vector<std::string> metrics{"accuracy"};
  const CallbackOptions on_validation{.early_stopping = EarlyStoppingOptions{}};
  check_callbacks(on_validation, metrics, true);
  CHECK_THROWS_AS(check_callbacks(on_validation, metrics, false), Error);
  CHECK_THROWS_AS(check_callbacks({.target_metric = TargetOptions{"val_mae", 0.1}}, metrics, true),
                  Error);
}
