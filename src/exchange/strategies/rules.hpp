// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "exchange/strategies/registry.hpp"

// The rules, each in a file of its own with its formula and its source.
namespace tusk::strategies {

std::unique_ptr<Strategy> make(const SingleOptions& options, const Surroundings& with);
std::unique_ptr<Strategy> make(const DownpourOptions& options, const Surroundings& with);
std::unique_ptr<Strategy> make(const AdagOptions& options, const Surroundings& with);
std::unique_ptr<Strategy> make(const ExperimentalOptions& options, const Surroundings& with);
std::unique_ptr<Strategy> make(const DynsgdOptions& options, const Surroundings& with);
std::unique_ptr<Strategy> make(const HogwildOptions& options, const Surroundings& with);
std::unique_ptr<Strategy> make(const AeasgdOptions& options, const Surroundings& with);
std::unique_ptr<Strategy> make(const EamsgdOptions& options, const Surroundings& with);
std::unique_ptr<Strategy> make(const EasgdOptions& options, const Surroundings& with);
std::unique_ptr<Strategy> make(const AveragingOptions& options, const Surroundings& with);
std::unique_ptr<Strategy> make(const SyncSgdOptions& options, const Surroundings& with);
std::unique_ptr<Strategy> make(const GemOptions& options, const Surroundings& with);
std::unique_ptr<Strategy> make(const EnsembleOptions& options, const Surroundings& with);

// Error(bad_experiment): eamsgd's optimizer has no velocity that it could look ahead with.
[[noreturn]] void fail_without_nesterov();

}  // namespace tusk::strategies
