// SPDX-License-Identifier: Apache-2.0
#include "mpi_place.hpp"

#include <utility>

#include "exchange/center/mpi_peers.hpp"
#include "mpi/polite_wait.hpp"

namespace tusk::strategies::testing {
namespace {

class MpiPlace final : public Place {
 public:
  MpiPlace(const mpi::Communicator& communicator, center::Center center)
      : communicator_(communicator), center_(std::move(center)) {}

  std::size_t workers() const override {
    return static_cast<std::size_t>(communicator_.size() - 1);
  }
  void turn(std::size_t worker, const Turn& turn) override {
    if (center_.worker && worker == index()) turn(*center_.worker);
    meet();
  }
  void together(const std::function<void(std::size_t, center::CenterVariable&)>& work) override {
    if (center_.worker) work(index(), *center_.worker);
    meet();
  }
  std::vector<float> center() override {
    if (!center_.server) return {};
    std::vector<float> theta(center_.server->size());
    center_.server->snapshot(theta);
    return theta;
  }
  void sum(std::span<double> values) override { communicator_.sum(values); }

 private:
  std::size_t index() const { return static_cast<std::size_t>(communicator_.rank() - 1); }

  // Waits for all ranks and serves in the meantime.
  void meet() {
    auto all_there = communicator_.ibarrier();
    mpi::progress_until([&] { return all_there.test(); },
                        [&] { return center_.server && center_.server->progress(); });
  }

  const mpi::Communicator& communicator_;
  center::Center center_;
};

class MpiMeeting final : public Meeting {
 public:
  explicit MpiMeeting(const mpi::Communicator& communicator) : communicator_(communicator) {}

  std::size_t count() const override { return static_cast<std::size_t>(communicator_.size()); }
  void run(const std::function<void(center::Peers&)>& work) override {
    center::MpiPeers peers(communicator_);
    work(peers);
  }

 private:
  const mpi::Communicator& communicator_;
};

}  // namespace

std::unique_ptr<Place> make_mpi_place(const mpi::Communicator& communicator,
                                      center::Center center) {
  return std::make_unique<MpiPlace>(communicator, std::move(center));
}

std::unique_ptr<Meeting> make_mpi_meeting(const mpi::Communicator& communicator) {
  return std::make_unique<MpiMeeting>(communicator);
}

}  // namespace tusk::strategies::testing
