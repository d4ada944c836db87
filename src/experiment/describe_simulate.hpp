// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiment/rule.hpp"
#include "experiment/simulate_options.hpp"

// What an experiment file may say of the simulator's virtual machine: a part of describe.hpp.
namespace tusk::experiment {

template <typename Fields>
void describe(Fields& fields, LognormalTime& o) {
  fields("mean", o.mean, above(0.0));
  fields("sigma", o.sigma, at_least(0.0));
}

template <typename Fields>
void describe(Fields& fields, NormalTime& o) {
  fields("mean", o.mean, above(0.0));
  fields("stddev", o.stddev, at_least(0.0));
}

template <typename Fields>
void describe(Fields& fields, UniformTime& o) {
  fields("minval", o.minval, above(0.0));
  fields("maxval", o.maxval, at_least(o.minval));
}

template <typename Fields>
void describe(Fields& fields, ExponentialTime& o) {
  fields("mean", o.mean, above(0.0));
}

template <typename Fields>
void describe(Fields& fields, TimeDistribution& o) {
  fields.choice("type", o);
}

template <typename Fields>
void describe(Fields& fields, SimulateOptions& o) {
  fields("step_time", o.step_time, above(0.0));
  fields("latency", o.latency, at_least(0.0));
  fields("bandwidth", o.bandwidth, above(0.0));
}

}  // namespace tusk::experiment
