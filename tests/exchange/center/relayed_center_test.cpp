// SPDX-License-Identifier: Apache-2.0
// A tree of centers in threads: workers and relays of several nodes, all at once. To be built with
// the thread sanitizer, too: nothing here needs MPI.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "exchange/center/striped_center.hpp"
#include "exchange/center/update.hpp"

using namespace tusk::center;

namespace {

constexpr std::size_t weights = 40'000;  // of several stripes
constexpr std::size_t moving = 3;        // statistics
constexpr std::size_t node_count = 2;
constexpr std::size_t workers_of_node = 3;
constexpr int commits_of_worker = 200;
constexpr int exchanges_of_relay = 60;
constexpr float half = 0.5F;

// A node's center in memory of its own, with a relay's calls.
class ThreadedNode {
 public:
  ThreadedNode()
      : memory_(StripedCenter::bytes(weights, workers_of_node, moving) + StripedCenter::page),
        center_(at_page(), weights, workers_of_node, moving) {
    center_.initialize(std::vector<float>(weights + moving));
  }

  void work() const {
    const std::vector<float> ones(weights, 1.0F), zeros(moving), halves(moving, half);
    for (int i = 0; i < commits_of_worker; ++i) {
      center_.perform({.kind = Update::Kind::commit,
                       .in = ones.data(),
                       .statistics = {.decay = halves.data(), .in = zeros.data()}});
    }
  }

  const StripedCenter& center() const { return center_; }

 private:
  std::byte* at_page() { return memory_.data() + StripedCenter::offset_to_page(memory_.data()); }

  std::vector<std::byte> memory_;
  StripedCenter center_;
};

// The relays' center: every change of a node comes here once, and goes from here to the others.
class Root {
 public:
  // x = θ + what the node has done since `base`, which is then θ, too.
  void exchange(std::vector<float>& x, std::vector<float>& base) {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < weights; ++i) {
      theta_[i] += x[i] - base[i];
      x[i] = base[i] = theta_[i];
    }
  }
  float first() const { return theta_.front(); }
  float last() const { return theta_.back(); }

 private:
  std::mutex mutex_;
  std::vector<float> theta_ = std::vector<float>(weights);
};

class ThreadedRelay {
 public:
  ThreadedRelay(const StripedCenter& center, Root& root) : center_(center), root_(root) {}

  void exchange() {
    const std::uint64_t version = center_.take(c_, kept_);
    const auto commits = static_cast<int>(version - before_);
    before_ = version;
    const float left = std::ldexp(1.0F, -commits);
    for (const float share : kept_) {
      if (share != (left < 1e-30F ? 0.0F : left)) ++wrong_;  // so little is nothing
    }
    std::copy_n(c_.begin(), weights, x_.begin());
    root_.exchange(x_, base_);
    for (std::size_t i = 0; i < weights; ++i) change_[i] = x_[i] - c_[i];
    center_.merge(change_);
  }

  // How often the share that is left of statistics was not that of the commits since.
  int wrong() const { return wrong_; }

 private:
  const StripedCenter& center_;
  Root& root_;
  std::vector<float> c_ = std::vector<float>(weights + moving);
  std::vector<float> x_ = std::vector<float>(weights);
  std::vector<float> base_ = std::vector<float>(weights);
  std::vector<float> change_ = std::vector<float>(weights + moving);
  std::vector<float> kept_ = std::vector<float>(moving);
  std::uint64_t before_ = 0;
  int wrong_ = 0;
};

}  // namespace

TEST_CASE("relayed: a tree of threads loses nothing, and knows what is left of statistics") {
  std::vector<ThreadedNode> nodes(node_count);
  Root root;
  std::vector<ThreadedRelay> relays;
  for (const ThreadedNode& node : nodes) relays.emplace_back(node.center(), root);
  {
    std::vector<std::jthread> threads;
    for (std::size_t n = 0; n < node_count; ++n) {
      for (std::size_t w = 0; w < workers_of_node; ++w) {
        threads.emplace_back([&node = nodes[n]] { node.work(); });
      }
      threads.emplace_back([&relay = relays[n]] {
        for (int i = 0; i < exchanges_of_relay; ++i) relay.exchange();
      });
    }
  }
  for (ThreadedRelay& relay : relays) relay.exchange();
  for (const ThreadedRelay& relay : relays) CHECK(relay.wrong() == 0);
  const auto all = static_cast<float>(node_count * workers_of_node) * commits_of_worker;
  CHECK(root.first() == all);
  CHECK(root.last() == all);
}
