// SPDX-License-Identifier: Apache-2.0
// The parts of a Run that let it go on in other processes.
#include <fmt/format.h>

#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/log.hpp"
#include "core/version.hpp"
#include "experiment/write_experiment.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "net/formats/model_file.hpp"
#include "run/checkpoint/checkpointer.hpp"
#include "run/checkpoint/origin.hpp"
#include "run/checkpoint/signals.hpp"
#include "run/records/history_file.hpp"
#include "run/training/model_content.hpp"
#include "run/training/run.hpp"
#include "tusk/error.hpp"

namespace tusk::training {
namespace {

// What belongs to the run in every checkpoint.
checkpoint::Facts make_facts(const Assembly& assembly, const mpi::Communicator& world) {
  checkpoint::Facts facts;
  facts.ranks = static_cast<std::uint64_t>(world.size());
  facts.workers = assembly.roles.workers;
  facts.simulated = assembly.roles.simulated;
  facts.written_by = version;
  facts.experiment = experiment::to_toml(assembly.experiment);
  facts.transforms = assembly.transforms.to_json();
  facts.parameters = assembly.model.parameter_count();
  facts.files = identify(assembly.files);
  facts.nodes = nodes_of_ranks(assembly.roles);
  facts.node_files = node_places(assembly.experiment, assembly.roles).size();
  return facts;
}

// Error(bad_data) if what has been assembled is not what the checkpoint was written with.
void check_origin(const checkpoint::Origin& origin, const checkpoint::Facts& now) {
  checkpoint::check_files(origin, now.files);
  if (origin.facts.transforms != now.transforms || origin.facts.parameters != now.parameters) {
    fail(ExitCode::bad_data,
         "{} is of a run whose {} differ from this one's: are the data, model.file and the "
         "program the same?",
         origin.checkpoint.string(),
         origin.facts.parameters != now.parameters ? "parameters" : "transforms");
  }
}

// The logs of another run directory, which this run continues.
void copy_logs(const std::filesystem::path& from, std::uint64_t node_files,
               const records::RunDirectory& to) {
  std::vector<std::string> names{"history.h5", "metrics.jsonl"};
  for (std::uint64_t file = 0; file < node_files; ++file) {
    names.push_back(records::node_history(file));
  }
  to.make_room_for_nodes(0, node_files);
  for (const std::string& name : names) {
    std::error_code error;
    std::filesystem::copy_file(from / name, to.file(name), error);
    if (error)
      warning("{}: {}: it begins at the checkpoint", (from / name).string(), error.message());
  }
}

}  // namespace

void Run::open_directory(const RunOptions& options) {
  checkpoint::Facts facts = make_facts(assembly_, world_);
  facts.like = options.like;
  if (origin_) {
    check_origin(*origin_, facts);
    facts.deals = origin_->facts.deals;
    const std::uint64_t before = origin_->facts.node_files;
    facts.node_files = origin_->regroup ? before + facts.node_files : before;
  }
  std::error_code error;
  if (origin_ && std::filesystem::equivalent(origin_->logs, options.run_directory, error)) {
    directory_.emplace(records::RunDirectory::reopen(options.run_directory));
  } else {
    directory_.emplace(options.run_directory, options.overwrite);
    if (origin_) copy_logs(origin_->logs, origin_->facts.node_files, *directory_);
  }
  directory_->make_room_for_nodes(origin_ ? origin_->facts.node_files : 0, facts.node_files);
  if (!options.checkpoints) return;
  const Assembly& assembly = assembly_;
  checkpointer_ = std::make_unique<checkpoint::Checkpointer>(checkpoint::Checkpointer::Setup{
      .options = assembly.experiment.checkpoint,
      .run_directory = options.run_directory,
      .facts = std::move(facts),
      .save_model =
          [&assembly](const std::string& path, AlignedVector<float> weights) {
            // A center has not got what is frozen.
            const auto frozen = std::span(assembly.initial).subspan(weights.size());
            weights.insert(weights.end(), frozen.begin(), frozen.end());
            formats::save_model(path, model_content(assembly, weights));
          },
      .stop_by = options.stop_by});
}

std::span<const float> Run::initial_center() const {
  if (origin_ && origin_->center) return origin_->center->theta;
  return std::span(assembly_.initial).first(assembly_.model.exchanged_count());
}

AlignedVector<float> Run::initial_momentum() const {
  if (!traits(assembly_.experiment.trainer.strategy).center_momentum) return {};
  if (origin_ && origin_->center && !origin_->center->momentum.empty()) {
    return origin_->center->momentum;
  }
  const auto weights = initial_center().first(assembly_.model.trained_count());
  AlignedVector<float> momentum(weights.size());
  momentum.insert(momentum.end(), weights.begin(), weights.end());
  return momentum;
}

std::filesystem::path Run::checkpoint_folder() const {
  return checkpoint::Folder(run_directory_).writing();
}

void Run::check_keeping(const State::Keep& keep) const {
  if (!takes_checkpoints()) return;
  std::string obstacle;
  try {
    State::size_of(keep);
  } catch (const CannotKeep& reason) {
    obstacle = reason.what();
  }
  std::vector<std::string> all;
  for (const auto& bytes : world_.all_gather(std::span<const char>(obstacle))) {
    if (!bytes.empty()) all.emplace_back(bytes.begin(), bytes.end());
  }
  if (!all.empty()) without_checkpoints(all.front());
}

void Run::without_checkpoints(const std::string& reason) const {
  warning("the run has no checkpoints: {}", reason);
  if (checkpointer_) checkpointer_->disable();
  signals_.reset();
  checkpoint::Signals::give_up();  // an ensemble has another one
}

void Run::end_checkpoints(const Outcome& outcome, records::Summary& summary) const {
  mpi::collectively(world_, [&] {
    if (!checkpointer_) return;
    checkpointer_->finish();
    summary.checkpoints = checkpointer_->costs();
    if (!checkpointer_->stopped()) return;
    outcome.coordinator->close();
    if (checkpointer_->failed()) {
      fail(ExitCode::io_error, "stopped by {}, but the checkpoint could not be written{}",
           checkpointer_->stop_reason(),
           checkpointer_->last() ? "; the last is " + checkpointer_->last()->string() : "");
    }
    summary.for_later = fmt::format(
        "stopped by {} after {} epochs and {} steps: checkpoint {}; the same command goes on",
        checkpointer_->stop_reason(), outcome.coordinator->epochs(),
        outcome.coordinator->book().steps(), checkpointer_->last()->string());
  });
  summary.for_later = world_.broadcast(std::move(summary.for_later), 0);
}

}  // namespace tusk::training
