// SPDX-License-Identifier: Apache-2.0
#include "data/transforms/positive_label.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "core/near_miss.hpp"
#include "core/units.hpp"
#include "data/datasets/read_rows.hpp"
#include "data/datasets/split.hpp"
#include "mpi/communicator.hpp"

namespace tusk::transforms {
namespace {

// The index of the class among all that the file names.
double index_of_positive(const BinaryLabelTransform& options, const FittingSamples& samples) {
  const datasets::JoinedDataset& labels = samples.data().labels();
  const std::vector<std::string> names = samples.data().class_names();
  if (const auto* number = std::get_if<std::uint64_t>(&options.positive)) {
    if (!names.empty() && *number >= names.size()) {
      samples.reject("positive", fmt::format("there is no class {}: the classes of {} are 0 to {}",
                                             *number, labels.path(), names.size() - 1));
    }
    constexpr std::uint64_t exact = std::uint64_t{1} << 53;  // labels are compared as doubles
    if (*number > exact) {
      samples.reject("positive", fmt::format("labels above {} are not told apart, but it is {}",
                                             exact, *number));
    }
    return static_cast<double>(*number);
  }
  const auto& name = std::get<std::string>(options.positive);
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) {
    samples.reject("positive", fmt::format("{} has no class '{}'{}", labels.path(), name,
                                           did_you_mean(name, names)));
  }
  return static_cast<double>(found - names.begin());
}

// Different labels, the smallest of them.
class FewLabels {
 public:
  static constexpr std::size_t shown = 10;

  void add(double label) {
    if (!std::isfinite(label)) return;  // an error when it is trained with
    labels_.insert(label);
    if (labels_.size() > shown + 1) labels_.erase(std::prev(labels_.end()));
  }

  void unite(const mpi::Communicator& communicator) {
    const std::vector<double> mine(labels_.begin(), labels_.end());
    for (const auto& part : communicator.all_gather(std::span<const double>(mine))) {
      for (const double label : part) add(label);
    }
  }

  // "0, 1, 2", or "0, 1, …".
  std::string text() const {
    const std::vector<double> all(labels_.begin(), labels_.end());
    const auto some = std::span(all).first(std::min(all.size(), shown));
    return fmt::format("{}{}", fmt::join(some, ", "), all.size() > shown ? ", …" : "");
  }

 private:
  std::set<double> labels_;
};

// Collective. Throws if no training row is of the positive class: there would be nothing to learn,
// and nothing would say so.
void require_positive_row(double positive, const FittingSamples& samples) {
  const datasets::JoinedDataset& labels = samples.data().labels();
  if (labels.row_elements() != 1) return;  // refused by label_format()
  const mpi::Communicator& world = samples.communicator();
  std::uint64_t positives = 0;
  FewLabels few;
  samples.agree([&] {
    const datasets::Block mine =
        datasets::block_of(samples.rows().size(), static_cast<std::size_t>(world.rank()),
                           static_cast<std::size_t>(world.size()));
    for (std::uint64_t begin = mine.begin; begin < mine.end;) {
      const std::uint64_t end = std::min(begin + labels.rows_per_transfer(), mine.end);
      std::vector<double> numbers(end - begin);
      datasets::read_rows(labels, samples.rows().part({begin, end}), ElementType::f64, nullptr,
                          std::as_writable_bytes(std::span(numbers)));
      positives += static_cast<std::uint64_t>(std::ranges::count(numbers, positive));
      for (const double label : numbers) few.add(label);
      begin = end;
    }
  });
  if (world.sum(positives) > 0) return;
  few.unite(world);
  samples.agree([&] {
    samples.reject("positive",
                   fmt::format("none of the {} training rows has label {}: theirs are {}",
                               format_count(samples.rows().size()), positive, few.text()));
  });
}

}  // namespace

double find_positive(const BinaryLabelTransform& options, const FittingSamples& samples) {
  double positive = 0.0;
  samples.agree([&] { positive = index_of_positive(options, samples); });
  require_positive_row(positive, samples);
  return positive;
}

}  // namespace tusk::transforms
