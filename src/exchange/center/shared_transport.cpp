// SPDX-License-Identifier: Apache-2.0
// The transport `shared`: a StripedCenter in memory of rank 0 that the ranks of a node map. The MPI
// library sets it up and takes no part in the exchange.
#include <memory>
#include <utility>

#include "exchange/center/cells.hpp"
#include "exchange/center/center_worker.hpp"
#include "exchange/center/require_size.hpp"
#include "exchange/center/striped_center.hpp"
#include "exchange/center/transports.hpp"
#include "exchange/center/update.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "mpi/rma_window.hpp"

namespace tusk::center {
namespace {

// The memory and what lies in it.
struct Mapped {
  mpi::RmaWindow window;
  StripedCenter center;
  bool racing;  // consistency `none`

  Receipt perform(const Update& update) const {
    return racing ? center.perform_racing(update) : center.perform(update);
  }
};

class SharedCenter final : public CenterWorker {
 public:
  explicit SharedCenter(Mapped mapped)
      : CenterWorker(mapped.center.size(), mapped.center.statistics(),
                     !mapped.center.momentum().empty()),
        mapped_(std::move(mapped)),
        board_(mapped_.center.cells()) {}

  ControlBoard& board() override { return board_; }

 private:
  Receipt execute(Update update) override { return mapped_.perform(update); }
  bool sweeps_changes() const override { return true; }

  Mapped mapped_;
  CellsBoard board_;
};

class SharedServer final : public CenterServer {
 public:
  explicit SharedServer(Mapped mapped)
      : mapped_(std::move(mapped)), board_(mapped_.center.cells()) {}

  std::size_t size() const override { return weights() + mapped_.center.statistics(); }
  bool progress() override { return false; }
  double sleep_s(double) const override { return 5e-3; }
  std::uint64_t updates() override { return mapped_.center.updates(); }
  void set_updates(std::uint64_t updates) override { mapped_.center.set_updates(updates); }
  ControlBoard& board() override { return board_; }
  AlignedVector<float> momentum() override {
    return {mapped_.center.momentum().begin(), mapped_.center.momentum().end()};
  }

  std::uint64_t take(std::span<float> out, std::span<float> kept) override {
    require_size(out.size(), size());
    require_size(kept.size(), mapped_.center.statistics());
    return mapped_.center.take(out, kept);
  }

  std::uint64_t merge(std::span<const float> change) override {
    require_size(change.size(), size());
    return mapped_.center.merge(change);
  }

  std::uint64_t snapshot(std::span<float> out) override {
    require_size(out.size(), size());
    return mapped_
        .perform({.kind = Update::Kind::pull,
                  .out = out.data(),
                  .statistics = {.out = out.data() + weights()}})
        .ticket;
  }

 private:
  std::size_t weights() const { return mapped_.center.size(); }

  Mapped mapped_;
  CellsBoard board_;
};

}  // namespace

Center open_shared(const mpi::Communicator& communicator, std::span<const float> initial,
                   const TransportOptions& options) {
  const bool hosting = communicator.rank() == 0;
  const auto clocks = static_cast<std::size_t>(communicator.size() - 1) + options.further_clocks;
  const std::size_t weights = initial.size() - options.statistics;
  const bool momentum = !options.momentum.empty();
  auto window = mpi::RmaWindow::allocate_shared(
      communicator,
      StripedCenter::page + StripedCenter::bytes(weights, clocks, options.statistics, momentum), 0);
  // The mappings begin at different addresses in every process, but all at the same distance from a
  // page boundary.
  std::size_t offset = StripedCenter::offset_to_page(window.memory().data());
  communicator.broadcast(std::as_writable_bytes(std::span(&offset, 1)), 0);
  StripedCenter center(window.memory().data() + offset, weights, clocks, options.statistics,
                       momentum);
  mpi::collectively(communicator, [&] {
    if (hosting) center.initialize(initial, options.momentum);
    window.sync();
  });
  Center opened{.transport = Transport::shared, .consistency = options.consistency};
  Mapped mapped{std::move(window), center, options.consistency == Consistency::none};
  if (hosting) {
    opened.server = std::make_unique<SharedServer>(std::move(mapped));
  } else {
    opened.worker = std::make_unique<SharedCenter>(std::move(mapped));
  }
  return opened;
}

}  // namespace tusk::center
