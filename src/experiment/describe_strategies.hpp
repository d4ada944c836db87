// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiment/rule.hpp"
#include "experiment/strategy_options.hpp"

// What the [trainer] table may say of each strategy: a part of describe.hpp.
namespace tusk::experiment {

template <typename Fields, typename Options>
void describe_window(Fields& fields, Options& o) {
  fields("communication_window", o.communication_window, count());
}

template <typename Fields>
void describe(Fields&, SingleOptions&) {}

template <typename Fields>
void describe(Fields& fields, DownpourOptions& o) {
  describe_window(fields, o);
}

template <typename Fields>
void describe(Fields& fields, AdagOptions& o) {
  describe_window(fields, o);
}

template <typename Fields>
void describe(Fields& fields, ExperimentalOptions& o) {
  describe_window(fields, o);
}

template <typename Fields>
void describe(Fields& fields, DynsgdOptions& o) {
  describe_window(fields, o);
}

template <typename Fields>
void describe(Fields& fields, HogwildOptions& o) {
  describe_window(fields, o);
}

template <typename Fields>
void describe(Fields& fields, MovingRateOptions& o) {
  constexpr const char* clash = "cannot be given together with another of alpha, rho and beta";
  fields("alpha", o.alpha, inside(0.0, 1.0));
  fields("rho", o.rho, above(0.0).only_when(!o.alpha, clash));
  fields("beta", o.beta, above(0.0).only_when(!o.alpha && !o.rho, clash));
}

template <typename Fields>
void describe(Fields& fields, AeasgdOptions& o) {
  describe_window(fields, o);
  describe(fields, o.moving_rate);
}

template <typename Fields>
void describe(Fields& fields, EamsgdOptions& o) {
  describe_window(fields, o);
  describe(fields, o.moving_rate);
}

template <typename Fields>
void describe(Fields& fields, EasgdOptions& o) {
  describe_window(fields, o);
  describe(fields, o.moving_rate);
}

template <typename Fields>
void describe(Fields& fields, AveragingOptions& o) {
  describe_window(fields, o);
}

template <typename Fields>
void describe(Fields&, SyncSgdOptions&) {}

template <typename Fields>
void describe(Fields& fields, GemOptions& o) {
  describe_window(fields, o);
  fields("momentum", o.momentum, from_below(0.0, 1.0));
  fields("kappa", o.kappa, above(0.0));
}

template <typename Fields>
void describe(Fields& fields, EnsembleOptions& o) {
  fields("members", o.members, required(count()));
  fields("data", o.data);
}

}  // namespace tusk::experiment
