// SPDX-License-Identifier: Apache-2.0
#include "run/worker/worker.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "core/activity.hpp"
#include "core/denormals_flushed.hpp"
#include "exchange/strategies/registry.hpp"
#include "net/optim/make_optimizer.hpp"
#include "run/worker/divergence.hpp"

namespace tusk::worker {
namespace {

// The arrays that lie there in the flat vector, in their order.
std::vector<const layers::Parameter*> arrays_between(const graph::Model& model, std::size_t first,
                                                     std::size_t last) {
  std::vector<const layers::Parameter*> arrays;
  for (const layers::Parameter& parameter : model.parameters()) {
    if (parameter.offset >= first && parameter.offset + parameter.size() <= last) {
      arrays.push_back(&parameter);
    }
  }
  std::ranges::sort(arrays, {}, &layers::Parameter::offset);
  return arrays;
}

std::unique_ptr<optim::Optimizer> make_optimizer(const OptimizerOptions& options,
                                                 const graph::Model& model) {
  std::vector<std::size_t> sizes;
  for (const layers::Parameter* parameter : arrays_between(model, 0, model.trained_count())) {
    sizes.push_back(parameter->size());
  }
  return optim::make_optimizer(options, sizes);
}

// What a step leaves of them, in which a layer may be called several times.
std::vector<center::MovingAverages> moving_averages(const graph::Model& model) {
  std::vector<center::MovingAverages> averages;
  for (const layers::Parameter* parameter :
       arrays_between(model, model.trained_count(), model.exchanged_count())) {
    const auto& all = model.graph().layers;
    const auto layer = std::ranges::find(all, parameter->layer, &graph::GraphLayer::name);
    const auto calls = static_cast<double>(layer == all.end() ? 1 : layer->calls);
    averages.push_back({.count = parameter->size(),
                        .momentum = std::pow(static_cast<float>(parameter->momentum), calls)});
  }
  return averages;
}

}  // namespace

Worker::Worker(const graph::Model& model, std::span<const float> initial, const Options& options,
               Outside outside)
    : model_(model),
      weights_(initial.begin(), initial.end()),
      clock_(std::move(outside.clock)),
      gate_(std::move(outside.gate)),
      passes_(std::move(outside.passes)),
      reporter_(static_cast<std::uint32_t>(options.index), model.metric_names().size(),
                model.outputs().size(), exchanges_anything(topology(options.trainer.strategy)),
                outside.sink, *clock_),
      center_(outside.center, reporter_),
      overlapping_(options.trainer.overlap ? std::make_unique<center::OverlappingCenter>(center_)
                                           : nullptr),
      moving_(make_statistics_center(options)),
      peers_(outside.peers, reporter_),
      optimizer_(make_optimizer(options.optimizer, model)),
      schedule_(options.optimizer),
      keep_optimizer_state_(options.trainer.keep_optimizer_state),
      stagger_(options.stagger),
      strategy_(strategies::make_strategy(
          options.trainer.strategy, {.center = &strategys_center(),
                                     .peers = &peers_,
                                     .workers = options.workers,
                                     .learning_rate = options.optimizer.learning_rate,
                                     .velocity = optimizer_->lookahead().velocity,
                                     .momentum = optimizer_->lookahead().momentum,
                                     .separate_pull = options.trainer.max_staleness.has_value(),
                                     .overlap = options.trainer.overlap,
                                     .statistics = statistics()})),
      context_{
          .seed = options.seed, .worker = static_cast<std::uint32_t>(options.index), .step = 0},
      workspace_(model.make_workspace(options.trainer.batch_size, true, options.threads)),
      gradients_(model.trained_count()) {
  if (traits(options.trainer.strategy).topology == Topology::peers &&
      !strategy_->exchanges_statistics() && !statistics().empty()) {
    averaging_.resize(statistics().size() + 1);
  }
  if (!overlapping_) return;
  between_layers_ = [this] { overlapping_->advance(); };
  context_.between_layers = &between_layers_;
}

// What the strategy's center is made of, but for the statistics.
center::CenterVariable& Worker::weights_center() {
  if (overlapping_) return *overlapping_;
  return center_;
}

// Where the model lives in a center and has statistics. Workers that meet have none, but see to
// theirs themselves.
std::optional<center::StatisticsCenter> Worker::make_statistics_center(const Options& options) {
  if (topology(options.trainer.strategy) != Topology::parameter_server) return {};
  if (statistics().empty()) return {};
  return std::optional<center::StatisticsCenter>(std::in_place, weights_center(), statistics(),
                                                 moving_averages(model_));
}

std::span<float> Worker::statistics() {
  return std::span(weights_).subspan(model_.trained_count(),
                                     model_.exchanged_count() - model_.trained_count());
}

void Worker::model(std::span<float> out) const {
  const std::size_t trained = model_.trained_count();
  const std::size_t exchanged = model_.exchanged_count();
  const std::span<const float> weights = weights_;
  strategy_->model(weights.first(trained), out.first(trained));
  strategy_->model_statistics(weights.subspan(trained, exchanged - trained),
                              out.subspan(trained, exchanged - trained));
  std::ranges::copy(weights.subspan(exchanged), out.subspan(exchanged).begin());
}

void Worker::run() {
  if (finished_) return;
  const DenormalsFlushed flushed;
  note_activity(Activity::exchanging, context_.step);
  if (!started_) strategy_->on_start(trained());
  started_ = true;
  if (pass_) gate_->begin_pass(windows_left());
  while (stopped_ == 0 && (pass_ || next_pass())) train_pass();
  note_activity(Activity::other);
  if (stopped_ == center::stop_for_later) return;
  note_activity(Activity::exchanging, context_.step);
  strategy_->on_finish(trained());
  end_exchange();
  note_activity(Activity::other);
  finished_ = true;
  gate_->finish();
  reporter_.finish();
  gate_->leave();
}

void Worker::begin_at(std::uint64_t iterations) {
  optimizer_->set_iterations(iterations);
  updates_ = iterations;
}

void Worker::end_exchange() {
  if (overlapping_) overlapping_->complete();
}

void Worker::keep(State& state) {
  state("finished", finished_);
  if (finished_) return;
  state("started", started_);
  state("weights", std::span(weights_));
  state("optimizer", *optimizer_);
  state("strategy", *strategy_);
  state("center", strategys_center());
  state("peers", peers_);
  state("reporter", reporter_);
  state("clock", *clock_);
  state("passes", *passes_);
  state("pass_steps", pass_steps_);
  state("pass_step", pass_step_);
  if (stagger_) state("pass_offset", pass_offset_);
  state("step", context_.step);
  state("windows", windows_);
  state("updates", updates_);
  state("learning_rate", learning_rate_);
  if (state.reading() && started_) pass_ = passes_->current();
}

void Worker::take_over(State& state, bool itself) {
  state("finished", finished_);
  state("started", started_);
  state("weights", std::span(weights_));
  const bool replica = strategy_->shares_gradients();  // whose optimizer is the others', too
  if (itself || replica) {
    state("optimizer", *optimizer_);
  } else {
    state.skip("optimizer");
  }
  state("strategy", *strategy_);
  state("center", strategys_center());
  state("peers", peers_);
  if (itself) {
    state("reporter", reporter_);
    state("clock", *clock_);
  } else {
    for (const char* own : {"reporter", "clock"}) state.skip(own);
  }
  for (const char* place : {"passes", "pass_steps", "pass_step"}) state.skip(place);
  state("step", context_.step);
  state.skip("windows");  // all count from 0 again
  state("updates", updates_);
  state("learning_rate", learning_rate_);
  if (itself) return;
  AlignedVector<float> model(weights_.size());
  this->model(model);
  weights_ = std::move(model);
}

void Worker::join(std::uint64_t step, std::uint64_t updates, double time_s) {
  context_.step = step;
  reporter_.begin_at(step);
  updates_ = updates;
  clock_->begin_at(time_s);
}

bool Worker::next_pass() {
  note_activity(Activity::reading, context_.step + 1);
  {
    const Stopwatch stopwatch(reporter_.time().read, *clock_);
    pass_ = passes_->next();
  }
  if (!pass_) return false;
  note_activity(Activity::waiting, context_.step + 1);  // for peers, who may be reading still
  pass_steps_ = strategy_->on_pass_start(pass_->batches->batches());
  pass_step_ = 0;
  const bool is_first = stagger_ && context_.step == 0;
  pass_offset_ = is_first ? context_.worker % strategy_->communication_window() : 0;
  gate_->begin_pass(windows_left());
  return true;
}

std::size_t Worker::windows_left() const {
  const std::size_t window = strategy_->communication_window();
  const std::size_t steps = pass_steps_ - pass_step_ + (pass_step_ == 0 ? pass_offset_ : 0);
  return steps / window + (steps % window == 0 ? 0 : 1);
}

std::optional<samples::Batch> Worker::next_batch() {
  note_activity(Activity::reading, context_.step + 1);
  const Stopwatch stopwatch(reporter_.time().read, *clock_);
  return pass_->batches->next();
}

void Worker::train_pass() {
  const std::size_t window = strategy_->communication_window();
  for (; pass_step_ < pass_steps_; ++pass_step_) {
    const std::size_t place = (pass_step_ + pass_offset_) % window;
    if ((pass_step_ == 0 || place == 0) && !begin_window()) return;
    if (const auto batch = next_batch()) {
      note_activity(Activity::computing, context_.step + 1);
      train_step(*pass_, *batch);
    } else {
      idle_step();
    }
    if (place + 1 == window || pass_step_ + 1 == pass_steps_) end_window();
  }
  note_activity(Activity::waiting, context_.step + 1);
  pass_.reset();
  require_finite(weights_, "the weights", reporter_.position());
  const Stopwatch stopwatch(reporter_.time().wait, *clock_);
  reporter_.end_pass();
}

bool Worker::begin_window() {
  note_activity(Activity::waiting, context_.step + 1);
  const center::Orders orders = [&] {
    const Stopwatch stopwatch(reporter_.time().wait, *clock_);
    return gate_->enter(windows_, *this);
  }();
  stopped_ = orders.stop;
  if (stopped_ != 0) return false;
  note_activity(Activity::exchanging, context_.step);
  learning_rate_scale_ = orders.learning_rate_scale;
  window_ = {.ended = orders.ended};
  strategy_->on_window_start(trained());
  return true;
}

// Over the workers that meet, by the samples of the window, where the rule leaves it to them.
void Worker::average_statistics() {
  if (averaging_.empty()) return;
  const std::span<float> own = statistics();
  const auto samples = static_cast<double>(window_.samples);
  for (std::size_t i = 0; i < own.size(); ++i) averaging_[i] = samples * own[i];
  averaging_.back() = samples;
  peers_.sum_beside(averaging_);
  const double all_samples = averaging_.back();
  if (all_samples == 0.0) return;
  for (std::size_t i = 0; i < own.size(); ++i) {
    own[i] = static_cast<float>(averaging_[i] / all_samples);
  }
}

void Worker::end_window() {
  note_activity(Activity::exchanging, context_.step);
  strategy_->on_window_end(trained(), window_);
  average_statistics();
  gate_->complete(++windows_);
  if (!keep_optimizer_state_) optimizer_->reset();
  reporter_.submit_if_due();
}

}  // namespace tusk::worker
