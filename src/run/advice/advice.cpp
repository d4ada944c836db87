// SPDX-License-Identifier: Apache-2.0
#include "run/advice/advice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <variant>
#include <vector>

#include "core/units.hpp"
#include "exchange/center/compression.hpp"
#include "exchange/strategies/window.hpp"
#include "run/advice/window_cost.hpp"

namespace tusk::advice {
namespace {

constexpr double enough = 0.9;  // of what workers would do without exchanges

double mean_of(const StepTime& time) {
  struct Mean {
    double operator()(double seconds) const { return seconds; }
    double operator()(const std::vector<double>& seconds) const {
      return std::accumulate(seconds.begin(), seconds.end(), 0.0) /
             static_cast<double>(seconds.size());
    }
    double operator()(const TimeDistribution& drawn) const { return std::visit(*this, drawn); }
    double operator()(const LognormalTime& time) const { return time.mean; }
    double operator()(const NormalTime& time) const { return time.mean; }
    double operator()(const UniformTime& time) const { return (time.minval + time.maxval) / 2; }
    double operator()(const ExponentialTime& time) const { return time.mean; }
  };
  return std::visit(Mean{}, time);
}

// In bytes of 1000, as rates are given.
std::string bytes_text(double bytes) {
  for (const char* unit : {"B", "kB", "MB", "GB"}) {
    if (bytes < 999.5) return fmt::format("{:.3g} {}", bytes, unit);
    bytes /= 1000.0;
  }
  return fmt::format("{:.3g} TB", bytes);
}

std::string seconds_text(double seconds) {
  if (seconds >= 1.0) return fmt::format("{:.3g} s", seconds);
  if (seconds >= 1e-3) return fmt::format("{:.3g} ms", 1e3 * seconds);
  return fmt::format("{:.3g} µs", 1e6 * seconds);
}

std::string percent(double share) {
  if (share < 0.0095) return fmt::format("{:.1g}%", 100.0 * share);
  return fmt::format("{:.0f}%", 100.0 * share);
}

// An experiment's exchanges on a machine.
class Exchanges {
 public:
  Exchanges(const Experiment& experiment, std::size_t exchanged, const Places& places,
            const std::optional<Measured>& measured)
      : experiment_(experiment),
        vector_bytes_(static_cast<double>(exchanged * sizeof(float))),
        places_(places),
        window_(*strategies::window_of(experiment.trainer)),
        step_s_(measured ? measured->step_s : mean_of(experiment.simulate.step_time)),
        memory_(measured ? measured->memory
                         : MemoryRates{.one = experiment.simulate.bandwidth,
                                       .all = *experiment.simulate.memory_bandwidth}) {}

  std::string text() const {
    const bool is_tree = experiment_.server.topology == ServerTopology::tree;
    if (!is_tree && has_servers()) return server_text();
    return memory_text();
  }

 private:
  // Whether the center is reached by messages, not by memory.
  bool has_servers() const {
    const ServerOptions& server = experiment_.server;
    return places_.nodes > 1 || server.shards > 1 || server.transport == Transport::message ||
           server.transport == Transport::rma;
  }

  // A sweep through a node's memory reads and writes θ, the weights and, where changes are
  // committed, what the weights were.
  WindowCost in_memory() const {
    const bool elastic = traits(experiment_.trainer.strategy).sends_positions;
    return {.workers = places_.on_a_node(),
            .step_s = step_s_,
            .step_bytes = experiment_.simulate.step_memory,
            .exchange_bytes = (elastic ? 4 : 6) * vector_bytes_,
            .one_rate = memory_.one,
            .all_rate = memory_.all};
  }

  double sent_bytes() const {
    const CompressionOptions& compression = experiment_.server.compression;
    if (compression.kind == CompressionKind::none) return vector_bytes_;
    const auto numbers = static_cast<std::size_t>(vector_bytes_) / sizeof(float);
    return static_cast<double>(center::compressed_bytes(compression, numbers));
  }

  // A vector there and one back through the network of the servers; on one node, through the
  // memory of whom serves.
  WindowCost by_servers() const {
    const SimulateOptions& machine = experiment_.simulate;
    const bool far = places_.nodes > 1;
    const double rate = far ? machine.network_bandwidth.value_or(machine.bandwidth) : memory_.one;
    return {.workers = places_.workers,
            .step_s = step_s_,
            .exchange_bytes = sent_bytes() + vector_bytes_,
            .latency_s = far ? machine.network_latency.value_or(machine.latency) : 0.0,
            .one_rate = rate,
            .all_rate = rate * static_cast<double>(experiment_.server.shards)};
  }

  std::string memory_text() const {
    const WindowCost cost = in_memory();
    std::string text = fmt::format(
        "exchange   {} workers on a node, {} an exchange, a step of {}: the node's memory ({}/s) "
        "allows {} of what they would do without{}\n",
        format_count(cost.workers), bytes_text(cost.exchange_bytes), seconds_text(step_s_),
        bytes_text(cost.all_rate), percent(allowed_share(cost, window_)), longer_window(cost));
    const std::size_t threads = threads_for(cost, window_);
    if (threads > 1) {
      text += fmt::format(
          "           {} workers with trainer.threads = {} would train as many samples a second, "
          "with less staleness\n",
          format_count(cost.workers / threads), experiment_.trainer.threads * threads);
    }
    return text;
  }

  std::string server_text() const {
    const WindowCost cost = by_servers();
    const double share = allowed_share(cost, window_);
    const std::size_t shards = experiment_.server.shards;
    std::string text = fmt::format(
        "exchange   {} workers on {} node{}, {} an exchange, a step of {}: {} server{} of {}/s "
        "allow{} {} of what they would do without{}\n",
        format_count(cost.workers), places_.nodes, places_.nodes == 1 ? "" : "s",
        bytes_text(cost.exchange_bytes), seconds_text(step_s_), shards, shards == 1 ? "" : "s",
        bytes_text(cost.one_rate), shards == 1 ? "s" : "", percent(share), longer_window(cost));
    const double in_tree = allowed_share(in_memory(), window_);
    if (places_.nodes > 1 && share < enough && in_tree > 1.2 * share) {
      text +=
          fmt::format("           server.topology = \"tree\" would allow {}\n", percent(in_tree));
    }
    return text;
  }

  // "; communication_window = 20 would allow 94%"
  std::string longer_window(const WindowCost& cost) const {
    const std::size_t longer = window_for(cost, window_, enough);
    if (longer == window_) return "";
    return fmt::format("; communication_window = {} would allow {}", longer,
                       percent(allowed_share(cost, longer)));
  }

  const Experiment& experiment_;
  double vector_bytes_;
  Places places_;
  std::size_t window_;
  double step_s_;
  MemoryRates memory_;
};

}  // namespace

bool is_exchange_advised(const TrainerOptions& trainer, const Places& places) {
  return topology(trainer.strategy) == Topology::parameter_server && places.workers > 1 &&
         strategies::window_of(trainer).has_value();
}

bool measures(const SimulateOptions& machine) { return !machine.memory_bandwidth; }

std::string exchange_text(const Experiment& experiment, std::size_t exchanged, const Places& places,
                          const std::optional<Measured>& measured) {
  return Exchanges(experiment, exchanged, places, measured).text();
}

}  // namespace tusk::advice
