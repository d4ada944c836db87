// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "exchange/strategies/registry.hpp"

// The rules, each in a file of its own with its formula, its source and its conditions. That a
// rule's functions are declared here registers it.
namespace tusk::strategies {

std::unique_ptr<Strategy> make(const SingleOptions& options, const Surroundings& with);
std::unique_ptr<Strategy> make(const DownpourOptions& options, const Surroundings& with);
std::unique_ptr<Strategy> make(const AdagOptions& options, const Surroundings& with);
std::unique_ptr<Strategy> make(const ExperimentalOptions& options, const Surroundings& with);
std::unique_ptr<Strategy> make(const DynsgdOptions& options, const Surroundings& with);
std::unique_ptr<Strategy> make(const HogwildOptions& options, const Surroundings& with);
std::unique_ptr<Strategy> make(const AsyncLocalSgdOptions& options, const Surroundings& with);
std::unique_ptr<Strategy> make(const DelayedNesterovOptions& options, const Surroundings& with);
std::unique_ptr<Strategy> make(const AeasgdOptions& options, const Surroundings& with);
std::unique_ptr<Strategy> make(const EamsgdOptions& options, const Surroundings& with);
std::unique_ptr<Strategy> make(const EasgdOptions& options, const Surroundings& with);
std::unique_ptr<Strategy> make(const AveragingOptions& options, const Surroundings& with);
std::unique_ptr<Strategy> make(const DilocoOptions& options, const Surroundings& with);
std::unique_ptr<Strategy> make(const SyncSgdOptions& options, const Surroundings& with);
std::unique_ptr<Strategy> make(const GemOptions& options, const Surroundings& with);
std::unique_ptr<Strategy> make(const EnsembleOptions& options, const Surroundings& with);

// The rules that have conditions which their traits do not tell: check() throws
// Error(bad_experiment) where the rule cannot work, warn() warns of settings with which it works
// badly. Called by check_strategy() and warn_of_strategy().
void check(const ExperimentalOptions& options, const RuleSetting& setting);
void check(const AeasgdOptions& options, const RuleSetting& setting);
void check(const EamsgdOptions& options, const RuleSetting& setting);
void check(const EasgdOptions& options, const RuleSetting& setting);
void warn(const AeasgdOptions& options, const RuleSetting& setting);
void warn(const EamsgdOptions& options, const RuleSetting& setting);
void warn(const EasgdOptions& options, const RuleSetting& setting);

}  // namespace tusk::strategies
