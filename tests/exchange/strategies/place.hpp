// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "tusk/center.hpp"
#include "tusk/peers.hpp"

namespace tusk::strategies::testing {

// Where workers with a center are: all in this process, or one on each rank of a job. The same
// cases run on both.
class Place {
 public:
  using Turn = std::function<void(center::CenterVariable&)>;

  virtual ~Place() = default;
  virtual std::size_t workers() const = 0;

  // The worker takes its turn where it is, all others wait until it is over.
  virtual void turn(std::size_t worker, const Turn& turn) = 0;

  // All workers at once, as concurrently as the place is.
  virtual void together(
      const std::function<void(std::size_t worker, center::CenterVariable&)>& work) = 0;

  // θ, where the server is; elsewhere nothing.
  virtual std::vector<float> center() = 0;

  // Element by element over all processes.
  virtual void sum(std::span<double> values) = 0;
};

std::unique_ptr<Place> make_local_place(std::span<const float> initial, std::size_t workers);

// Where workers without a center are: in threads, or on the ranks of a job.
class Meeting {
 public:
  virtual ~Meeting() = default;
  virtual std::size_t count() const = 0;

  // Every worker does `work` with its peers.
  virtual void run(const std::function<void(center::Peers&)>& work) = 0;
};

std::unique_ptr<Meeting> make_thread_meeting(std::size_t workers);

}  // namespace tusk::strategies::testing
