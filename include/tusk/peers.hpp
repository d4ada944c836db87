// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tusk::center {

// The workers of a synchronous rule, who meet to add up vectors; such a rule's strategy calls it in
// the place of a center. Every call is collective over them, in the same order on each; all get the
// same result, to the last bit.
class Peers {
 public:
  virtual ~Peers() = default;

  virtual std::size_t count() const = 0;
  virtual std::size_t index() const = 0;  // this worker's, from 0

  // Element by element over the peers, in place. `values` has the same size everywhere.
  virtual void sum(std::span<float> values) = 0;
  virtual void sum(std::span<double> values) = 0;
  virtual std::uint64_t max(std::uint64_t value) = 0;
};

// A worker without others.
class LonePeer final : public Peers {
 public:
  std::size_t count() const override { return 1; }
  std::size_t index() const override { return 0; }
  void sum(std::span<float> /*values*/) override {}
  void sum(std::span<double> /*values*/) override {}
  std::uint64_t max(std::uint64_t value) override { return value; }
};

}  // namespace tusk::center
