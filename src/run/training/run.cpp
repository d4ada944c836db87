// SPDX-License-Identifier: Apache-2.0
#include "run/training/run.hpp"

#include <fmt/format.h>

#include <span>
#include <utility>

#include "core/log.hpp"
#include "core/units.hpp"
#include "exchange/strategies/registry.hpp"
#include "exchange/strategies/relay_rule.hpp"
#include "experiment/write_experiment.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "mpi/environment.hpp"
#include "net/exports/export_model.hpp"
#include "net/formats/model_file.hpp"
#include "run/checkpoint/checkpointer.hpp"
#include "run/checkpoint/origin.hpp"
#include "run/checkpoint/signals.hpp"
#include "run/training/exchange_advice.hpp"
#include "run/training/model_content.hpp"
#include "run/training/optimizer_memory.hpp"
#include "run/training/weights.hpp"
#include "use/evaluation/shared_evaluation.hpp"

namespace tusk::training {
namespace {

std::vector<std::string> gather_hosts(const mpi::Communicator& world) {
  const std::string name = mpi::host_name();
  std::vector<std::string> hosts;
  for (const auto& bytes : world.gather(std::span<const char>(name), 0)) {
    hosts.emplace_back(bytes.begin(), bytes.end());
  }
  return hosts;
}

records::Manifest make_manifest(const Assembly& assembly, const std::vector<std::string>& hosts,
                                std::optional<records::ServedCenter> center) {
  const Experiment& experiment = assembly.experiment;
  const DataFiles& files = assembly.files;
  records::Manifest manifest{.name = experiment.name,
                             .seed = experiment.seed,
                             .hosts = hosts,
                             .workers = assembly.roles.workers,
                             .shards = experiment.server.shards,
                             .parameters = assembly.model.parameter_count(),
                             .data = {{"train", files.train.files()}},
                             .simulated = assembly.roles.simulated,
                             .center = center};
  if (assembly.roles.node) {
    manifest.tree = {
        .nodes = assembly.roles.node->count,
        .relay = name_of_rule(
            strategies::relay_rule(experiment.relay, experiment.trainer.strategy).rule)};
  }
  if (files.validation) manifest.data.push_back({"validation", files.validation->files()});
  if (files.test) manifest.data.push_back({"test", files.test->files()});
  return manifest;
}

// What the coordinator knows at the end, and the best model in the outcome if it is to be restored.
void summarize(const coordinator::Coordinator& coordinator, Outcome& outcome,
               records::Summary& summary) {
  summary.elapsed_s = coordinator.book().time_s();
  summary.epochs = coordinator.epochs();
  summary.last_epoch = coordinator.last_epoch();
  summary.not_validated = coordinator.not_validated();
  summary.stop_reason = coordinator.callbacks().stop_reason();
  summary.staleness = coordinator.book().staleness();
  summary.time = coordinator.time();
  summary.ledger = coordinator.ledger();
  summary.dropped = coordinator.dropped();
  summary.updates = outcome.updates;
  if (const auto& best = coordinator.callbacks().best()) {
    summary.last_epoch = best->record;
    outcome.weights = best->weights;
    outcome.optimizer.reset();  // that is of the last step
  }
}

std::uint64_t steps_of(const Assembly& assembly) {
  const TrainerOptions& trainer = assembly.experiment.trainer;
  return trainer.epochs * (assembly.samples_per_epoch() / trainer.batch_size + 1);
}

// Of how many steps one stands in the history. What "auto" thins is what nobody reads as a whole.
std::uint64_t history_every(const Assembly& assembly) {
  if (const auto every = parse_thinning(assembly.experiment.history.steps)) return *every;
  constexpr std::uint64_t most = 50'000'000;  // some 3 GB with their commits
  std::uint64_t every = 1;
  while (steps_of(assembly) / every > most) every *= 10;
  return every;
}

// Of what nobody has asked for.
void tell_of_thinning(const Assembly& assembly, std::uint64_t every) {
  if (every == 1 || parse_thinning(assembly.experiment.history.steps)) return;
  info(
      "history.h5 has one of {} steps and commits, because there are {} steps; "
      "[history] steps = \"all\" keeps them all",
      format_count(every), format_count(steps_of(assembly)));
}

// Collective: the score of rank 0's weights.
BatchScore test_model(const Assembly& assembly, AlignedVector<float>& weights,
                      const mpi::Communicator& world) {
  weights.resize(assembly.model.parameter_count());
  world.broadcast(std::as_writable_bytes(std::span(weights)), 0);
  const evaluation::ModelView view{
      .model = &assembly.model, .weights = weights, .transforms = &assembly.transforms};
  return evaluation::evaluate_together(world, {view}, evaluation::Combine::mean,
                                       *assembly.files.test);
}

}  // namespace

Run::Run(const Assembly& assembly, const RunOptions& options, const mpi::Communicator& world,
         std::unique_ptr<checkpoint::Origin> origin, std::unique_ptr<checkpoint::Signals> signals)
    : assembly_(assembly),
      world_(world),
      quiet_(options.quiet),
      run_directory_(options.run_directory),
      // Virtual workers compute on the simulation's own threads, one each.
      threads_(assembly.roles.simulated ? 1 : assembly.experiment.trainer.threads),
      hosts_(gather_hosts(world)),
      origin_(std::move(origin)) {
  warn_of_rules(assembly);
  mpi::collectively(world, [&] {
    if (world.rank() == 0) {
      open_directory(options);
      keep_room_for_model();
    }
    if (origin_ && !origin_->facts.deals.empty()) {
      dealt_ = std::make_unique<DealtRows>(assembly, origin_->facts.deals);
    }
  });
  if (options.checkpoints) {
    signals_ = signals ? std::move(signals)
                       : std::make_unique<checkpoint::Signals>(assembly.experiment.checkpoint);
  }
  if (origin_) {
    info("going on from {}: step {}, {} epochs completed", origin_->checkpoint.string(),
         format_count(origin_->facts.step), origin_->facts.epochs);
  }
  if (origin_ && origin_->regroup && dealt_->left() > 0) {
    info("dealt anew: {} samples, of epoch {}{}", format_count(dealt_->left()), dealt_->first(),
         dealt_->first() == dealt_->last() ? "" : fmt::format(" to {}", dealt_->last()));
  }
  if (assembly.roles.in_process && world.size() > 1) {
    info("trainer '{}' runs in one process: rank 0 trains, the other {} ranks wait",
         name_of_rule(assembly.experiment.trainer.strategy), world.size() - 1);
  }
}

Run::~Run() = default;

std::unique_ptr<coordinator::Coordinator> Run::begin(std::optional<records::ServedCenter> center,
                                                     coordinator::Coordinator::Snapshot snapshot,
                                                     center::ControlBoard& board) const {
  const Experiment& experiment = assembly_.experiment;
  directory_->write("experiment.toml", experiment::to_toml(experiment));
  directory_->write("manifest.json",
                    records::manifest_json(make_manifest(assembly_, hosts_, center)));
  const std::uint64_t every = history_every(assembly_);
  tell_of_thinning(assembly_, every);
  return std::make_unique<coordinator::Coordinator>(
      coordinator::Coordinator::Options{.workers = assembly_.roles.workers,
                                        .epochs = experiment.trainer.epochs,
                                        .samples_per_epoch = assembly_.samples_per_epoch(),
                                        .metric_names = assembly_.model.metric_names(),
                                        .weight_names = weight_names(assembly_),
                                        .optimizer = experiment.optimizer,
                                        .callbacks = experiment.callbacks,
                                        .quiet = quiet_,
                                        .goes_on = origin_ != nullptr,
                                        .threads = threads_,
                                        .history_every = every,
                                        .nodes = node_places(experiment, assembly_.roles)},
      assembly_.model, assembly_.validation.get(), *directory_, std::move(snapshot), board);
}

std::uint64_t Run::first_node_file() const {
  if (!origin_) return 0;
  if (origin_->regroup) return origin_->facts.node_files;
  return origin_->facts.node_files - node_places(assembly_.experiment, assembly_.roles).size();
}

records::HistoryFile Run::open_node_history(std::uint64_t file) const {
  const std::string path = (run_directory_ / records::node_history(file)).string();
  try {
    return {path,
            assembly_.model.metric_names(),
            {.goes_on = origin_ && !origin_->regroup, .every = history_every(assembly_)}};
  } catch (const Error& error) {
    fail(error.code(),
         "{}; each node's relay writes a history there: the run directory has to be on a file "
         "system that all nodes share",
         error.what());
  }
}

records::Summary Run::end(Outcome outcome) const {
  const Experiment& experiment = assembly_.experiment;
  records::Summary summary{.name = experiment.name,
                           .trainer = name_of_rule(experiment.trainer.strategy),
                           .workers = assembly_.roles.workers,
                           .threads = threads_,
                           .metric_names = assembly_.model.metric_names(),
                           .weight_names = weight_names(assembly_)};
  end_checkpoints(outcome, summary);
  if (!summary.for_later.empty()) {
    mpi::collectively(world_, [&] {
      for (records::HistoryFile& history : outcome.node_histories) history.close();
    });
    return summary;
  }
  signals_.reset();
  mpi::collectively(world_, [&] {
    if (world_.rank() != 0) return;
    summarize(*outcome.coordinator, outcome, summary);
    records::check_ledger(summary.ledger,
                          summary.stop_reason.empty()
                              ? experiment.trainer.epochs * assembly_.samples_per_epoch()
                              : summary.ledger.samples_trained,
                          summary.dropped);
    save_model(outcome);
  });
  mpi::collectively(world_,
                    [&] { close_logs(outcome); });  // no node's before: it may fill the disk
  if (assembly_.files.test) summary.test = test_model(assembly_, outcome.weights, world_);
  mpi::collectively(world_, [&] {
    if (world_.rank() == 0) directory_->write("summary.json", summary.json());
  });
  if (const auto advice = exchange_advice(summary, experiment.trainer)) info("{}", *advice);
  return summary;
}

void Run::keep_room_for_model() {
  const std::uint64_t bytes = formats::model_file_bytes(model_content(assembly_, {}),
                                                        remembered_arrays(assembly_.experiment));
  try {
    room_.emplace(directory_->file("model.h5.reserved"), bytes);
  } catch (const Error& error) {
    fail(error.code(), "{}; the model would not fit, so nothing is trained", error.what());
  }
}

void Run::save_model(const Outcome& outcome) const {
  const std::string path = directory_->file("model.h5");
  room_.reset();  // nothing else is written by now
  formats::ModelContent content;
  try {
    content = model_content(assembly_, outcome.weights);
    if (outcome.optimizer && !content.optimizer->schedule) {  // as callbacks have left it
      content.optimizer->learning_rate = outcome.optimizer->learning_rate;
    }
    content.optimizer_state = outcome.optimizer;
    for (const std::string& note : formats::save_model(path, content)) {
      warning("{}: {}", path, note);
    }
  } catch (const Error& error) {
    const auto last = checkpointer_ ? checkpointer_->last() : std::nullopt;
    fail(error.code(), "{}; what was trained is lost{}", error.what(),
         last ? ", but for the checkpoint " + last->string() : "");
  }
  for (const ModelFormat format : assembly_.experiment.output.formats) {
    if (format != ModelFormat::h5) export_model(format, content);
  }
}

// The model itself is safe by then.
void Run::export_model(ModelFormat format, const formats::ModelContent& content) const {
  const std::string path = directory_->file("model" + exports::suffix_of(format));
  try {
    for (const std::string& note : exports::write_model(path, format, content)) {
      if (format != ModelFormat::keras) warning("{}: {}", path, note);  // model.h5 has said it
    }
  } catch (const Error& error) {
    fail(error.code(), "{}; the model is complete: {}", error.what(),
         directory_->file("model.h5").string());
  }
}

void Run::close_logs(Outcome& outcome) const {
  try {
    if (outcome.coordinator) outcome.coordinator->close();
    for (records::HistoryFile& history : outcome.node_histories) history.close();
  } catch (const Error& error) {
    fail(error.code(), "{}; the model is complete: {}", error.what(),
         (run_directory_ / "model.h5").string());
  }
}

}  // namespace tusk::training
