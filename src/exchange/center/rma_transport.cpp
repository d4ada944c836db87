// SPDX-License-Identifier: Apache-2.0
// The transport `rma`: one-sided operations on an rma window of rank 0, which holds the update
// counter, a lock, the board's cells, θ, and v and θ_kept of an outer momentum. Every read and
// addition is an accumulate, so that each element is atomic: consistency `element`. What adds
// something that is computed from θ holds the lock from its read to its addition, as every commit
// of statistics does; under consistency `snapshot`, without which there is no momentum, everything
// does.
#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "exchange/center/cells.hpp"
#include "exchange/center/center_worker.hpp"
#include "exchange/center/require_size.hpp"
#include "exchange/center/rma_lock.hpp"
#include "exchange/center/transports.hpp"
#include "exchange/center/update.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "mpi/polite_wait.hpp"
#include "mpi/rma_window.hpp"
#include "tusk/aligned_vector.hpp"

namespace tusk::center {
namespace {

// Byte offsets in the window: counter, lock, cells, θ in the middle of a page, v and θ_kept behind
// it. Windows and workers' vectors begin with a page (mostly; MPI need not see to it), and a
// processor that reads and writes the same place of two pages takes an access to the one for one to
// the other: an addition took a fifth longer.
constexpr std::size_t counter_at = 0;
constexpr std::size_t lock_at = sizeof(std::int64_t);
constexpr std::size_t cells_at = lock_at + RmaLock::bytes;

std::size_t theta_at(std::size_t workers) {
  constexpr std::size_t page = 4096;
  const std::size_t end = cells_at + cell_count(workers) * sizeof(std::int64_t);
  return (end + page - 1) / page * page + page / 2;
}

void initialize(std::span<std::byte> memory, std::span<const float> initial,
                std::span<const float> momentum, std::size_t workers) {
  std::ranges::fill(memory, std::byte{0});
  std::vector<std::int64_t> cells(cell_count(workers));
  reset_cells(cells);
  std::memcpy(memory.data() + cells_at, cells.data(), cells.size() * sizeof(std::int64_t));
  if (!initial.empty()) {
    std::memcpy(memory.data() + theta_at(workers), initial.data(), initial.size_bytes());
  }
  if (!momentum.empty()) {
    std::memcpy(memory.data() + theta_at(workers) + initial.size_bytes(), momentum.data(),
                momentum.size_bytes());
  }
}

class RmaBoard final : public ControlBoard {
 public:
  RmaBoard(mpi::RmaWindow& window, std::size_t workers) : ControlBoard(workers), window_(window) {}

  void read(Cell first, std::span<std::int64_t> values) override {
    window_.read(values, place(first));
    window_.flush();
  }
  void store(Cell cell, std::int64_t value) override { window_.replace(value, place(cell)); }
  std::int64_t fetch_add(Cell cell, std::int64_t value) override {
    return window_.fetch_add(value, place(cell));
  }

 private:
  static std::size_t place(Cell cell) {
    return cells_at + static_cast<std::size_t>(cell) * sizeof(std::int64_t);
  }

  mpi::RmaWindow& window_;
};

class RmaCenter final : public CenterWorker {
 public:
  RmaCenter(mpi::RmaWindow window, std::size_t size, std::size_t workers,
            const TransportOptions& options)
      : CenterWorker(size, options.statistics, !options.momentum.empty()),
        window_(std::move(window)),
        board_(window_, workers),
        lock_(window_, lock_at),
        locks_all_(options.consistency == Consistency::snapshot),
        theta_at_(theta_at(workers)),
        statistics_at_(theta_at_ + size * sizeof(float)),
        momentum_at_(statistics_at_ + options.statistics * sizeof(float)),
        moving_(options.statistics) {}

  ControlBoard& board() override { return board_; }

 private:
  Receipt execute(Update update) override;
  void send(Update update) override;
  bool progress() override {
    window_.progress();
    return false;  // only a flush can tell
  }
  Receipt wait() override {
    window_.flush();
    return sent_;
  }
  void begin(Update update);
  void commit_statistics(const Update& update);
  void step_momentum(Update update);
  std::uint64_t read(std::span<float> out, std::span<float> statistics);

  mpi::RmaWindow window_;
  RmaBoard board_;
  RmaLock lock_;
  bool locks_all_;
  std::size_t theta_at_;
  std::size_t statistics_at_;
  std::size_t momentum_at_;
  AlignedVector<float> moving_;      // the statistics as they are read and written
  AlignedVector<float> increments_;  // what is added, where that is not the caller's vector
  AlignedVector<float> momentum_;    // v and θ_kept as they are read and written
  Receipt sent_;                     // of the last send()
};

// out = θ's weights, and its statistics where they are wanted; returns the version, which is read
// first.
std::uint64_t RmaCenter::read(std::span<float> out, std::span<float> statistics) {
  const std::int64_t version = window_.load(counter_at);
  window_.read(out, theta_at_);
  window_.read(statistics, statistics_at_);
  window_.flush();
  return static_cast<std::uint64_t>(version);
}

Receipt RmaCenter::execute(Update update) {
  send(update);
  return wait();
}

// What holds the lock is done when this returns.
void RmaCenter::send(Update update) {
  const bool alone = locks_all_ || update.depends_on_center();
  const bool of_statistics = statistics() > 0 && update.commits();
  if (alone || of_statistics) lock_.lock();
  if (of_statistics) commit_statistics(update);
  if (of_statistics && !alone) lock_.unlock();
  begin(update);
  if (alone) lock_.unlock();
}

// What becomes of the statistics is computed from those of the center, so that nobody may come in
// between. They are few: where the weights need no lock, it is soon given on.
void RmaCenter::commit_statistics(const Update& update) {
  window_.read(moving_, statistics_at_);
  window_.flush();
  apply_to_statistics(update, moving_.data(), statistics());
  window_.replace(moving_, statistics_at_);
  window_.flush();
}

// A commit that is added and moves the momentum, while nobody comes in between.
void RmaCenter::step_momentum(Update update) {
  momentum_.resize(2 * size());
  window_.read(momentum_, momentum_at_);
  read(increments_, {});
  update.velocity = momentum_.data();
  update.kept = momentum_.data() + size();
  apply(update, increments_.data(), 0, size());
  window_.replace(increments_, theta_at_);
  window_.replace(momentum_, momentum_at_);
}

// Begins everything; wait() flushes.
void RmaCenter::begin(Update update) {
  using Kind = Update::Kind;
  if (!update.commits()) {
    sent_ = {.ticket = read({update.out, size()}, {update.statistics.out, statistics()})};
    return;
  }
  const std::span<float> out(update.out, update.out == nullptr ? 0 : size());
  if (update.depends_on_center()) {
    increments_.resize(size());
    read(increments_, {});
    turn_into_increments(update, increments_.data(), size());
  }
  const auto ticket = static_cast<std::uint64_t>(window_.fetch_add(1, counter_at));
  update.take_ticket(ticket);
  sent_ = {.ticket = ticket};
  const bool as_it_is = update.kind == Kind::commit || update.kind == Kind::commit_and_pull;
  if (!as_it_is) increments_.resize(size());
  if (update.kind == Kind::momentum) return step_momentum(update);
  if (update.kind == Kind::staleness) {
    turn_into_increments(update, increments_.data(), size());
  }
  const float* added = as_it_is ? update.in : increments_.data();
  window_.accumulate({added, size()}, theta_at_);
  if (update.kind == Kind::elastic) {
    std::ranges::copy(increments_, out.begin());
  } else if (!out.empty()) {
    // MPI keeps one rank's accumulates on the same element in order, so this reads what was added.
    if (added == out.data()) window_.flush();
    window_.read(out, theta_at_);
  }
}

class RmaServer final : public CenterServer {
 public:
  RmaServer(mpi::RmaWindow window, std::size_t size, std::size_t workers,
            const TransportOptions& options)
      : window_(std::move(window)),
        board_(window_, workers),
        lock_(window_, lock_at),
        locks_all_(options.consistency == Consistency::snapshot),
        size_(size),
        momentum_(options.momentum.size()),
        theta_at_(theta_at(workers)) {}

  std::size_t size() const override { return size_; }
  double sleep_s(double idle_s) const override { return mpi::polite_sleep_s(idle_s); }
  ControlBoard& board() override { return board_; }

  // Software emulations of RMA advance only while the host is inside MPI.
  bool progress() override {
    window_.progress();
    const std::uint64_t now = updates();
    return now != std::exchange(last_updates_, now);
  }

  std::uint64_t updates() override { return static_cast<std::uint64_t>(window_.load(counter_at)); }
  void set_updates(std::uint64_t updates) override {
    window_.fetch_add(static_cast<std::int64_t>(updates - this->updates()), counter_at);
  }

  std::uint64_t snapshot(std::span<float> out) override;
  AlignedVector<float> momentum() override {
    AlignedVector<float> both(momentum_);
    window_.read(both, theta_at_ + size_ * sizeof(float));
    window_.flush();
    return both;
  }

 private:
  mpi::RmaWindow window_;
  RmaBoard board_;
  RmaLock lock_;
  bool locks_all_;
  std::size_t size_;
  std::size_t momentum_;  // numbers
  std::size_t theta_at_;
  std::uint64_t last_updates_ = 0;
};

std::uint64_t RmaServer::snapshot(std::span<float> out) {
  require_size(out.size(), size_);
  constexpr std::size_t slice = std::size_t{256} * 1024;  // floats, well under a millisecond
  if (locks_all_) lock_.lock();
  const std::uint64_t version = updates();
  for (std::size_t first = 0; first < out.size(); first += slice) {
    const std::span<float> part = out.subspan(first, std::min(slice, out.size() - first));
    window_.read(part, theta_at_ + first * sizeof(float));
    window_.flush();
    window_.progress();
  }
  if (locks_all_) lock_.unlock();
  return version;
}

}  // namespace

Center open_rma(const mpi::Communicator& communicator, std::span<const float> initial,
                const TransportOptions& options) {
  const bool hosting = communicator.rank() == 0;
  const auto workers = static_cast<std::size_t>(communicator.size() - 1);
  const std::size_t bytes =
      theta_at(workers) + initial.size_bytes() + options.momentum.size_bytes();
  auto window = mpi::RmaWindow::allocate(communicator, bytes, 0);
  mpi::collectively(communicator, [&] {
    if (hosting) initialize(window.memory(), initial, options.momentum, workers);
    window.sync();
  });
  Center opened{.transport = Transport::rma, .consistency = options.consistency};
  if (hosting) {
    opened.server =
        std::make_unique<RmaServer>(std::move(window), initial.size(), workers, options);
  } else {
    opened.worker = std::make_unique<RmaCenter>(
        std::move(window), initial.size() - options.statistics, workers, options);
  }
  return opened;
}

}  // namespace tusk::center
