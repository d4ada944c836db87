// SPDX-License-Identifier: Apache-2.0
#include "options/describe.hpp"

// The [simulate] table: the virtual machine.
namespace tusk {

using namespace options;

void describe(Fields& fields, LognormalTime& o) {
  fields("mean", o.mean, above(0.0));
  fields("sigma", o.sigma, at_least(0.0));
}

void describe(Fields& fields, NormalTime& o) {
  fields("mean", o.mean, above(0.0));
  fields("stddev", o.stddev, at_least(0.0));
}

void describe(Fields& fields, UniformTime& o) {
  fields("minval", o.minval, above(0.0));
  fields("maxval", o.maxval, at_least(o.minval));
}

void describe(Fields& fields, ExponentialTime& o) { fields("mean", o.mean, above(0.0)); }

void describe(Fields& fields, TimeDistribution& o) { fields.choice("type", o); }

namespace {

// A number, a number a worker, or a distribution.
Value forms_of(StepTime& time) {
  return Forms{
      .expected = "a number, an array of numbers or a table",
      .forms = {{FormShape::number, [&time] { return value_of(time.emplace<double>()); }},
                {FormShape::list,
                 [&time] { return value_of(time.emplace<std::vector<double>>()); }},
                {FormShape::table, [&time] { return value_of(time.emplace<TimeDistribution>()); }}},
      .get = [&time] { return std::visit([](auto& form) { return value_of(form); }, time); }};
}

}  // namespace

void describe(Fields& fields, SimulateOptions& o) {
  fields("step_time", forms_of(o.step_time), above(0.0));
  fields("latency", o.latency, at_least(0.0));
  fields("bandwidth", o.bandwidth, above(0.0));
  fields("worker_factor", forms_of(o.worker_factor), above(0.0));
  fields("stagger", o.stagger);
  fields("memory_bandwidth", o.memory_bandwidth, above(0.0));
  fields("exchanges_at_once", o.exchanges_at_once,
         count().only_when(o.memory_bandwidth.has_value(), "needs memory_bandwidth"));
  fields("step_memory", o.step_memory,
         at_least(0.0).only_when(o.memory_bandwidth.has_value(), "needs memory_bandwidth"));
  fields("network_latency", o.network_latency, at_least(0.0));
  fields("network_bandwidth", o.network_bandwidth, above(0.0));
}

}  // namespace tusk
