// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "options/describe.hpp"

// The tables of an experiment file, and those too small for a file of their own.
namespace tusk {

using namespace options;

void describe(Fields& fields, ServerOptions& o) {
  fields("transport", o.transport);
  fields("shards", o.shards, between(1, 1024));
  fields("stall_warning", o.stall_warning, duration());
  fields("stall_abort", o.stall_abort, duration());
  fields("compression", o.compression.kind);
  fields("topk_fraction", o.compression.topk_fraction,
         inside(0.0, 0.5).only_when(o.compression.kind == CompressionKind::topk,
                                    "needs compression = \"topk\""));
  fields("topology", o.topology);
  fields(
      "ranks_per_node", o.ranks_per_node,
      between(2, 65536).only_when(o.topology == ServerTopology::tree, "needs topology = \"tree\""));
}

void describe(Fields& fields, CheckpointOptions& o) {
  fields("every", o.every, interval());
  fields("keep", o.keep, between(1, 1000));
  fields("stop_on", o.stop_on);
  const bool apart = std::ranges::none_of(
      o.write_on, [&](SignalKind signal) { return std::ranges::count(o.stop_on, signal) > 0; });
  fields("write_on", o.write_on, Rule{}.only_when(apart, "has a signal of stop_on"));
}

void describe(Fields& fields, HistoryOptions& o) { fields("steps", o.steps, thinning()); }

void describe(Fields& fields, ExportOptions& o) { fields("formats", o.formats); }

void describe(Fields& fields, SlowOptions& o) {
  fields("worker", o.worker, at_least(0.0));
  fields("factor", o.factor, required(at_least(1.0)));
}

void describe(Fields& fields, DebugOptions& o) { fields("slow", o.slow); }

void describe(Fields& fields, Experiment& o) {
  fields("name", o.name, required(file_name()));
  fields("seed", o.seed, at_least(0.0));
  fields.section("data", o.data);
  fields.section("model", o.model);
  fields.section("optimizer", o.optimizer);
  fields.section("trainer", o.trainer);
  fields.section("server", o.server);
  fields("relay", o.relay);
  fields.section("simulate", o.simulate);
  fields.section("callbacks", o.callbacks);
  fields.section("checkpoint", o.checkpoint);
  fields.section("history", o.history);
  fields.section("output", o.output);
  fields.section("debug", o.debug);
}

}  // namespace tusk
