// SPDX-License-Identifier: Apache-2.0
#include "run/records/summary.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "core/score_names.hpp"
#include "core/units.hpp"
#include "tusk/error.hpp"

namespace tusk::records {
namespace {

// All scores in the order in which users see them.
std::vector<std::pair<std::string, double>> scores(const Summary& summary) {
  auto all = named_values(summary.last_epoch.train, summary.metric_names, "");
  const auto add = [&](const std::optional<BatchScore>& score, const char* prefix) {
    if (!score) return;
    const auto values = named_values(*score, summary.metric_names, prefix);
    all.insert(all.end(), values.begin(), values.end());
  };
  add(summary.last_epoch.validation, "val_");
  add(summary.test, "test_");
  return all;
}

}  // namespace

double Summary::samples_per_s() const {
  return elapsed_s > 0.0 ? static_cast<double>(ledger.samples_trained) / elapsed_s : 0.0;
}

std::string Summary::line() const {
  std::string text = fmt::format("trained {}:", name);
  for (const auto& [key, value] : scores(*this)) text += fmt::format(" {} {:.4f}", key, value);
  const std::string each = threads == 1 ? "" : fmt::format(" of {} threads", threads);
  return text + fmt::format(" in {} ({} samples/s, {} worker{}{})", format_duration(elapsed_s),
                            format_count(static_cast<std::uint64_t>(samples_per_s())), workers,
                            workers == 1 ? "" : "s", each);
}

std::string Summary::json() const {
  nlohmann::ordered_json out{{"name", name},
                             {"trainer", trainer},
                             {"workers", workers},
                             {"threads", threads},
                             {"epochs", epochs}};
  if (!stop_reason.empty()) out["stopped"] = stop_reason;
  if (not_validated > 0) out["epochs_not_validated"] = not_validated;
  if (epochs != last_epoch.epoch) out["best_epoch"] = last_epoch.epoch;
  for (const auto& [key, value] : scores(*this)) out[key] = value;
  const auto add_weights = [&](const BatchScore& score, const char* prefix) {
    for (const auto& [key, value] : named_weights(score, weight_names, prefix)) out[key] = value;
  };
  add_weights(last_epoch.train, "");
  if (last_epoch.validation) add_weights(*last_epoch.validation, "val_");
  if (test) add_weights(*test, "test_");
  out["elapsed_s"] = elapsed_s;
  out["samples_per_s"] = samples_per_s();
  out["time_s"] = {{"compute", time.compute},
                   {"exchange", time.exchange},
                   {"wait", time.wait},
                   {"read", time.read}};
  out["ledger"] = {{"batches_trained", ledger.batches_trained},
                   {"batches_committed", ledger.batches_committed},
                   {"samples_trained", ledger.samples_trained},
                   {"samples_committed", ledger.samples_committed}};
  if (dropped.batches_trained > 0) {
    out["ledger"]["batches_dropped"] = dropped.batches_trained;
    out["ledger"]["samples_dropped"] = dropped.samples_trained;
  }
  out["updates"] = updates;
  out["checkpoints"] = {{"written", checkpoints.written},
                        {"bytes", checkpoints.bytes},
                        {"stall_s", checkpoints.stall_s},
                        {"write_s", checkpoints.write_s}};
  out["staleness"] = {
      {"mean", staleness.mean()}, {"max", staleness.max}, {"histogram", staleness.counts}};
  return out.dump(2) + "\n";
}

void check_ledger(const Ledger& ledger, std::uint64_t samples_expected, const Ledger& dropped) {
  if (ledger.batches_committed + dropped.batches_trained != ledger.batches_trained ||
      ledger.samples_committed + dropped.samples_trained != samples_expected) {
    fail(ExitCode::internal,
         "the ledger does not balance: {} batches trained, {} committed, {} samples committed of "
         "{}; a rule has to exchange all that it has trained, at the latest in on_finish()",
         ledger.batches_trained, ledger.batches_committed + dropped.batches_trained,
         ledger.samples_committed + dropped.samples_trained, samples_expected);
  }
}

}  // namespace tusk::records
