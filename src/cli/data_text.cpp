// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "cli/inspection_text.hpp"
#include "core/units.hpp"
#include "data/datasets/feature_summary.hpp"
#include "data/datasets/label_counts.hpp"
#include "data/hdf5/attributes.hpp"
#include "data/hdf5/file.hpp"
#include "data/hdf5/listing.hpp"

namespace tusk::cli {
namespace {

constexpr std::size_t most_columns = 100;  // above, one summary of all

bool holds_numbers(const hdf5::Entry& entry) {
  return entry.kind == hdf5::Entry::Kind::dataset && !entry.extents.empty() &&
         (entry.type.starts_with("int") || entry.type.starts_with("uint") ||
          entry.type.starts_with("float")) &&
         entry.type.find(' ') == std::string::npos;
}

std::string classes_text(const std::map<std::int64_t, std::uint64_t>& counts,
                         const std::vector<std::string>& names) {
  std::string text;
  for (const auto& [label, count] : counts) {
    const bool named = label >= 0 && static_cast<std::uint64_t>(label) < names.size();
    const std::string name = named ? " " + names[static_cast<std::size_t>(label)] : "";
    text += fmt::format("  {:<24} {:>12}\n", fmt::format("{}{}", label, name), format_count(count));
  }
  return text;
}

// Six digits, behind those in which the lowest and the highest are the same.
int shown_digits(const datasets::ValueSummary& values) {
  constexpr int usual = 6;
  constexpr int most = 17;
  const double range = values.highest - values.lowest;
  const double largest = std::max(std::abs(values.lowest), std::abs(values.highest));
  if (!(range > 0.0) || !std::isfinite(largest)) return usual;
  return std::clamp(usual + static_cast<int>(std::log10(largest / range)), usual, most);
}

std::string values_text(const datasets::ValueSummary& values, const std::string& name) {
  if (values.count == 0) return fmt::format("  {:<24} only NaN\n", name);
  std::string text = fmt::format("  {:<24} {:>12.{}g} {:>12.{}g} {:>12.{}g}", name, values.lowest,
                                 shown_digits(values), values.mean(), shown_digits(values),
                                 values.highest, shown_digits(values));
  if (values.missing > 0) text += fmt::format("  {} NaN", format_count(values.missing));
  return text + "\n";
}

std::string features_text(const hdf5::File& file, const hdf5::NumberDataset& dataset) {
  const bool by_column = dataset.extents().size() == 2 && dataset.row_elements() <= most_columns;
  const datasets::FeatureSummary summary = datasets::summarize_features(dataset, by_column);
  const auto names = hdf5::read_texts(file, dataset.name(), "column_names");
  const bool sampled = summary.rows < dataset.rows();
  std::string text =
      fmt::format("{:<26} {:>12} {:>12} {:>12}{}\n", dataset.name(), "lowest", "mean", "highest",
                  sampled ? fmt::format("  (of {} rows)", format_count(summary.rows)) : "");
  for (std::size_t i = 0; i < summary.columns.size(); ++i) {
    const bool named = names && names->size() == summary.columns.size();
    const std::string name = named ? (*names)[i] : by_column ? std::to_string(i) : "all values";
    text += values_text(summary.columns[i], name);
  }
  return text;
}

}  // namespace

std::string data_text(const hdf5::File& file) {
  std::string text;
  for (const hdf5::Entry& entry : hdf5::list(file)) {
    if (!holds_numbers(entry)) continue;
    const hdf5::NumberDataset dataset = file.dataset(entry.path.substr(1));
    if (dataset.rows() == 0 || dataset.row_elements() == 0) continue;
    if (const auto counts = datasets::count_labels(dataset)) {
      const auto names = hdf5::read_texts(file, dataset.name(), "class_names");
      text += fmt::format("{:<26} {} different values\n", dataset.name(), counts->size());
      text += classes_text(*counts, names.value_or(std::vector<std::string>()));
    } else {
      text += features_text(file, dataset);
    }
  }
  return text;
}

}  // namespace tusk::cli
