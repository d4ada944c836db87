// SPDX-License-Identifier: Apache-2.0
#include "mpi_site.hpp"

#include <utility>

#include "tusk/mpi/polite_wait.hpp"

namespace tusk::center::testing {
namespace {

class MpiSite final : public Site {
 public:
  MpiSite(const mpi::Communicator& communicator, Center center)
      : communicator_(communicator), center_(std::move(center)) {}

  std::size_t workers() const override {
    return static_cast<std::size_t>(communicator_.size() - 1);
  }
  CenterServer* server() override { return center_.server.get(); }

  std::vector<Event> gather(const std::vector<Event>& events) override {
    std::vector<Event> all;
    for (const auto& part : communicator_.gather(std::span<const Event>(events), 0)) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }

  void run(int steps, const Step& step, const Meanwhile& meanwhile) override {
    communicator_.barrier();
    for (int i = 0; center_.worker && i < steps; ++i) {
      step(static_cast<std::size_t>(communicator_.rank() - 1), *center_.worker);
    }
    auto all_done = communicator_.ibarrier();
    mpi::PoliteWait wait;
    for (int turn = 0; !all_done.test(); ++turn) {
      const bool busy = center_.server && center_.server->progress();
      if (center_.server && turn % 16 == 0) meanwhile(*center_.server);
      if (busy) {
        wait.reset();
      } else {
        wait.pause();
      }
    }
  }

 private:
  const mpi::Communicator& communicator_;
  Center center_;
};

}  // namespace

std::unique_ptr<Site> make_mpi_site(const mpi::Communicator& communicator, Center center) {
  return std::make_unique<MpiSite>(communicator, std::move(center));
}

}  // namespace tusk::center::testing
