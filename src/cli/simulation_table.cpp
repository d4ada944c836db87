// SPDX-License-Identifier: Apache-2.0
#include "cli/simulation_table.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "core/score_names.hpp"
#include "tusk/error.hpp"

namespace tusk::cli {
namespace {

namespace fs = std::filesystem;
using Values = std::vector<std::pair<std::string, double>>;

// All scores, of the test set first if there is one.
Values scores(const SimulationRow& row) {
  Values all;
  if (!row.summary) return all;
  const auto add = [&](const BatchScore& score, const char* prefix) {
    const Values values = named_values(score, row.summary->metric_names, prefix);
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

// A field of a CSV file, quoted as RFC 4180 asks for.
std::string csv_field(const std::string& field) {
  if (field.find_first_of("\",\r\n") == std::string::npos) return field;
  std::string text = "\"";
  for (const char c : field) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + "\"";
}

// Checks, before anything is simulated, that the file can be written.
void check_csv(const std::string& csv, bool overwrite) {
  const fs::path folder = fs::absolute(csv).parent_path();
  std::error_code error;
  if (fs::is_directory(csv, error)) fail(ExitCode::cannot_create, "{}: is a directory", csv);
  if (fs::is_regular_file(csv, error) && !overwrite) {
    fail(ExitCode::cannot_create, "{}: exists already; --overwrite replaces it", csv);
  }
  if (!fs::is_directory(folder, error)) {
    fail(ExitCode::cannot_create, "{}: cannot be created: there is no folder {}", csv,
         folder.string());
  }
  const std::string changed = fs::exists(csv, error) ? csv : folder.string();
  if (::access(changed.c_str(), W_OK) != 0) {
    fail(ExitCode::cannot_create, "{}: cannot be created: {}", csv, std::strerror(errno));
  }
}

}  // namespace

SimulationTable::SimulationTable(std::string name, std::string csv, bool overwrite,
                                 const SimulationRow& one_worker)
    : name_(std::move(name)),
      path_(std::move(csv)),
      s_per_sample_(one_worker.elapsed_s / static_cast<double>(one_worker.samples)) {
  if (!path_.empty()) check_csv(path_, overwrite);
}

std::string SimulationTable::header() const {
  return fmt::format("{:>7}  {:<22}  {:>14}  {:>8}  {:>14}  {:>13}", "workers", "score",
                     "virtual time", "speed-up", "staleness mean", "staleness max");
}

std::string SimulationTable::add(const SimulationRow& row) {
  const double one_worker_s = s_per_sample_ * static_cast<double>(row.samples);
  const double speed_up = row.elapsed_s > 0.0 ? one_worker_s / row.elapsed_s : 0.0;
  if (!path_.empty()) add_to_csv(row, speed_up);
  return fmt::format("{:>7}  {:<22}  {:>14}  {:>8.2f}  {:>14.2f}  {:>13}", row.workers,
                     score_text(row), fmt::format("{:.6g} s", row.elapsed_s), speed_up,
                     row.staleness.mean(), row.staleness.max);
}

void SimulationTable::begin_csv(const SimulationRow& row) {
  csv_.open(path_);
  if (!csv_) {
    fail(ExitCode::cannot_create, "{}: cannot be created: {}", path_, std::strerror(errno));
  }
  csv_ << "name,workers,time_s,speed_up,staleness_mean,staleness_max,commits";
  for (const auto& [name, value] : scores(row)) csv_ << ',' << csv_field(name);
  csv_ << '\n';
}

void SimulationTable::add_to_csv(const SimulationRow& row, double speed_up) {
  if (!csv_.is_open()) begin_csv(row);
  csv_ << fmt::format("{},{},{},{},{},{},{}", csv_field(name_), row.workers, row.elapsed_s,
                      speed_up, row.staleness.mean(), row.staleness.max, row.staleness.commits);
  for (const auto& [name, value] : scores(row)) csv_ << fmt::format(",{}", value);
  csv_ << '\n' << std::flush;
  if (!csv_) fail(ExitCode::io_error, "{}: cannot be written; is the disk full?", path_);
}

}  // namespace tusk::cli
