// SPDX-License-Identifier: Apache-2.0
#include "mpi_site.hpp"

#include <utility>

#include "mpi/polite_wait.hpp"

namespace tusk::center::testing {
namespace {

class MpiSite final : public Site {
 public:
  MpiSite(const mpi::Communicator& communicator, Center center, std::size_t shards)
      : communicator_(communicator), center_(std::move(center)), shards_(shards) {}
  // Rank 0 may still want to copy other servers' shards.
  ~MpiSite() override {
    serve_until_all_come([] {});
  }

  std::size_t workers() const override {
    return static_cast<std::size_t>(communicator_.size()) - shards_;
  }
  CenterServer* server() override {
    return communicator_.rank() == 0 ? center_.server.get() : nullptr;
  }

  std::vector<Event> gather(const std::vector<Event>& events) override {
    std::vector<Event> all;
    for (const auto& part : communicator_.gather(std::span<const Event>(events), 0)) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }

  void run(int steps, const Step& step, const Meanwhile& meanwhile) override {
    serve_until_all_come([] {});
    for (int i = 0; center_.worker && i < steps; ++i) {
      step(static_cast<std::size_t>(communicator_.rank()) - shards_, *center_.worker);
    }
    serve_until_all_come([&, turn = 0]() mutable {
      if (server() != nullptr && turn++ % 16 == 0) meanwhile(*server());
    });
  }

 private:
  void serve_until_all_come(const std::function<void()>& meanwhile) {
    auto all_here = communicator_.ibarrier();
    mpi::progress_until([&] { return all_here.test(); },
                        [&] {
                          const bool busy = center_.server && center_.server->progress();
                          meanwhile();
                          return busy;
                        });
  }

  const mpi::Communicator& communicator_;
  Center center_;
  std::size_t shards_;
};

}  // namespace

std::unique_ptr<Site> make_mpi_site(const mpi::Communicator& communicator, Center center,
                                    std::size_t shards) {
  return std::make_unique<MpiSite>(communicator, std::move(center), shards);
}

}  // namespace tusk::center::testing
