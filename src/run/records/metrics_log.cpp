// SPDX-License-Identifier: Apache-2.0
#include "run/records/metrics_log.hpp"

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/log.hpp"
#include "core/score_names.hpp"
#include "tusk/error.hpp"

namespace tusk::records {

MetricsLog::MetricsLog(std::filesystem::path path, std::vector<std::string> metric_names,
                       std::vector<std::string> weight_names, bool goes_on)
    : path_(std::move(path)),
      metric_names_(std::move(metric_names)),
      weight_names_(std::move(weight_names)),
      out_(path_, goes_on ? std::ios::app : std::ios::trunc) {
  if (!out_) fail(ExitCode::cannot_create, "{}: cannot be created", path_.string());
}

void MetricsLog::keep(State& state) {
  std::error_code error;
  std::uint64_t bytes = std::filesystem::file_size(path_, error);
  const std::uint64_t there = bytes;
  state("bytes", bytes);
  if (!state.reading()) return;
  if (there < bytes) {
    warning("{} has {} bytes instead of {}: epochs are missing from it", path_.string(), there,
            bytes);
    return;
  }
  std::filesystem::resize_file(path_, bytes, error);
  if (error) fail(ExitCode::io_error, "{}: {}", path_.string(), error.message());
}

void MetricsLog::write(const EpochRecord& record, double learning_rate) {
  if (failed_) return;
  nlohmann::ordered_json line{{"epoch", record.epoch},
                              {"step", record.steps},
                              {"samples", record.samples},
                              {"time_s", record.time_s},
                              {"samples_per_s", record.samples_per_s}};
  for (const auto& [name, value] : named_values(record.train, metric_names_, ""))
    line[name] = value;
  if (record.validation) {
    for (const auto& [name, value] : named_values(*record.validation, metric_names_, "val_")) {
      line[name] = value;
    }
  }
  const auto add_weights = [&](const BatchScore& score, const char* prefix) {
    for (const auto& [name, value] : named_weights(score, weight_names_, prefix)) {
      line[name] = value;
    }
  };
  add_weights(record.train, "");
  if (record.validation) add_weights(*record.validation, "val_");
  line["staleness_mean"] = record.staleness.mean();
  line["staleness_max"] = record.staleness.max;
  line["learning_rate"] = learning_rate;
  out_ << line.dump() << std::endl;
  if (out_) return;
  failed_ = true;
  warning("{}: {}; the run goes on, but its log ends here", path_.string(), std::strerror(errno));
}

void MetricsLog::close() {
  if (!failed_) return;
  fail(ExitCode::io_error, "{}: could not be written to its end; is the disk full?",
       path_.string());
}

}  // namespace tusk::records
