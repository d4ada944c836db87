// SPDX-License-Identifier: Apache-2.0
#include "tusk/cli/simulation_table.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "tusk/core/error.hpp"
#include "tusk/training/score_names.hpp"

namespace tusk::cli {
namespace {

using Values = std::vector<std::pair<std::string, double>>;

// All scores, of the test set first if there is one.
Values scores(const SimulationRow& row) {
  Values all;
  if (!row.summary) return all;
  const auto add = [&](const nn::BatchScore& score, const char* prefix) {
    const Values values = training::named_values(score, row.summary->metric_names, prefix);
    all.insert(all.end(), values.begin(), values.end());
  };
  if (row.summary->test) add(*row.summary->test, "test_");
  if (row.summary->last_epoch.validation) add(*row.summary->last_epoch.validation, "val_");
  add(row.summary->last_epoch.train, "");
  return all;
}

// The first metric, or the loss where there is none.
std::string score_text(const SimulationRow& row) {
  const Values all = scores(row);
  if (all.empty()) return "-";
  const auto& [name, value] = row.summary->metric_names.empty() ? all[0] : all[1];
  return fmt::format("{} {:.4f}", name, value);
}

}  // namespace

SimulationTable::SimulationTable(std::string name, const std::string& csv)
    : name_(std::move(name)), path_(csv) {
  if (csv.empty()) return;
  csv_.open(csv);
  if (!csv_) fail(ExitCode::cannot_create, "{}: the CSV file cannot be created", csv);
}

std::string SimulationTable::header() const {
  return fmt::format("{:>7}  {:<22}  {:>14}  {:>8}  {:>14}  {:>13}", "workers", "score",
                     "virtual time", "speed-up", "staleness mean", "staleness max");
}

std::string SimulationTable::add(const SimulationRow& row) {
  const double speed_up = row.elapsed_s > 0.0 ? one_worker_s_ / row.elapsed_s : 0.0;
  if (csv_.is_open()) add_to_csv(row, speed_up);
  return fmt::format("{:>7}  {:<22}  {:>14}  {:>8.2f}  {:>14.2f}  {:>13}", row.workers,
                     score_text(row), fmt::format("{:.6g} s", row.elapsed_s), speed_up,
                     row.staleness.mean(), row.staleness.max);
}

void SimulationTable::add_to_csv(const SimulationRow& row, double speed_up) {
  const Values values = scores(row);
  if (!csv_begun_) {
    csv_ << "name,workers,time_s,speed_up,staleness_mean,staleness_max,commits";
    for (const auto& [name, value] : values) csv_ << ',' << name;
    csv_ << '\n';
    csv_begun_ = true;
  }
  csv_ << fmt::format("{},{},{},{},{},{},{}", name_, row.workers, row.elapsed_s, speed_up,
                      row.staleness.mean(), row.staleness.max, row.staleness.commits);
  for (const auto& [name, value] : values) csv_ << fmt::format(",{}", value);
  csv_ << '\n' << std::flush;
  if (!csv_) fail(ExitCode::io_error, "{}: cannot be written; is the disk full?", path_);
}

}  // namespace tusk::cli
