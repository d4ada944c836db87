// SPDX-License-Identifier: Apache-2.0
#include "mpi/watch.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <limits>
#include <string>

#include "core/log.hpp"
#include "core/signals_blocked.hpp"
#include "core/units.hpp"
#include "mpi/communicator.hpp"
#include "mpi/end_job.hpp"
#include "mpi/environment.hpp"
#include "mpi/last_word.hpp"
#include "tusk/error.hpp"

namespace tusk::mpi {

// What a rank tells those of its node.
struct alignas(64) Watch::Slot {
  ActivityNotes doing;
  std::atomic<std::uint64_t> beats;
  std::atomic<std::uint64_t> process_namespace;  // in which `process` is its number
  std::atomic<std::int32_t> process;
  std::atomic<std::int32_t> rank;
  std::atomic<std::uint32_t> leaves;     // it ends as it should
  std::atomic<std::uint32_t> has_named;  // a rank that stands still
};

namespace {

constexpr double never = std::numeric_limits<double>::infinity();
constexpr auto interval = std::chrono::seconds(1);
constexpr double was_stopped_itself_s = 5.0;

// After a rank has been killed the launcher kills the others, within a second; if it kills all
// together, none is to say of another that it has ended.
constexpr auto until_all_are_killed = std::chrono::milliseconds(50);
constexpr auto until_launcher_acts = std::chrono::seconds(5);

std::atomic<double> warning_after_s{60.0};
std::atomic<double> abort_after_s{never};

std::uint64_t process_namespace() {
  struct stat status {};
  return ::stat("/proc/self/ns/pid", &status) == 0 ? status.st_ino : 0;
}

std::string in_words(const ActivityNotes& doing) {
  const std::uint64_t step = doing.step;
  switch (doing.activity) {
    case Activity::waiting:
      return fmt::format("waited for others before step {}", step);
    case Activity::reading:
      return fmt::format("read the samples of step {}", step);
    case Activity::computing:
      return fmt::format("computed step {}", step);
    case Activity::exchanging:
      return fmt::format("exchanged weights after step {}", step);
    case Activity::serving:
      return "served the center";
    case Activity::other:
      break;
  }
  return "was not training yet, or any more";
}

}  // namespace

void Watch::set_limits(std::optional<double> warning_s, std::optional<double> abort_s) {
  warning_after_s = warning_s.value_or(never);
  abort_after_s = abort_s.value_or(never);
}

Watch::Watch(const Communicator& world, LastWord& last_word)
    : last_word_(last_word), rank_(world.rank()), wake_(::eventfd(0, EFD_CLOEXEC)) {
  static_assert(sizeof(Slot) == LastWord::bytes_a_rank);
  if (world.size() == 1) return;
  if (auto slots = last_word.memory(); !slots.empty()) {
    slots_ = {reinterpret_cast<Slot*>(slots.data()), slots.size() / sizeof(Slot)};
    own_ = &slots_[last_word.rank_on_node()];
    own_->rank = rank_;
    own_->process = ::getpid();
    own_->process_namespace = process_namespace();
    activity_notes_place() = &own_->doing;
    world.barrier();
    if (slots_.size() > 1) next_ = &slots_[(last_word.rank_on_node() + 1) % slots_.size()];
    if (next_ != nullptr && next_->process_namespace == own_->process_namespace) {
      next_process_ = static_cast<int>(::syscall(SYS_pidfd_open, next_->process.load(), 0));
    }
  } else {
    world.barrier();
  }
  const SignalsBlocked blocked;  // they are the main thread's
  thread_ = std::thread([this] { run(); });
}

Watch::~Watch() {
  if (own_ != nullptr) {
    own_->leaves = 1;
    static ActivityNotes private_again;
    activity_notes_place() = &private_again;
  }
  if (thread_.joinable()) {
    const std::uint64_t one = 1;
    if (::write(wake_, &one, sizeof(one)) == sizeof(one)) thread_.join();
  }
  if (next_process_ >= 0) ::close(next_process_);
  if (wake_ >= 0) ::close(wake_);
}

double Watch::Standstill::look(std::uint64_t now) {
  if (now != value) {
    value = now;
    since = Clock::now();
  }
  return std::chrono::duration<double>(Clock::now() - since).count();
}

void Watch::run() {
  auto last = Clock::now();
  for (;;) {
    if (own_ != nullptr) ++own_->beats;
    if (std::chrono::duration<double>(Clock::now() - last).count() > was_stopped_itself_s) {
      self_.since = others_.since = Clock::now();  // others may have gone on meanwhile
    }
    last = Clock::now();
    look_at_next();
    look_at_self();
    std::array<pollfd, 2> events{{{wake_, POLLIN, 0}, {next_process_, POLLIN, 0}}};
    constexpr auto wait_ms =
        static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(interval).count());
    ::poll(events.data(), events.size(), wait_ms);
    if (events[0].revents != 0) return;
    if (next_process_ >= 0 && events[1].revents != 0) next_has_ended();
  }
}

template <typename Say>
void Watch::judge(Standstill& still, double seconds, const Say& say) {
  if (seconds < warning_after_s && still.said) {
    still.said = false;
    if (own_ != nullptr) own_->has_named = 0;
  }
  if (seconds >= abort_after_s) {
    end_job()(Error(ExitCode::stalled, say(seconds) + "; server.stall_abort ends the job"));
  } else if (seconds >= warning_after_s && !still.said) {
    still.said = true;
    if (own_ != nullptr) own_->has_named = 1;
    print_warning(say(seconds));
  }
}

void Watch::look_at_self() {
  const ActivityNotes& notes = activity_notes();
  const Activity activity = notes.activity;
  const double seconds = self_.look(notes.notes);
  if (activity == Activity::other || activity == Activity::waiting) {
    self_.since = Clock::now();
    return;
  }
  // It may wait for one that has been named, and so may many; who looks at that one is to be first.
  if (!self_.said && seconds < abort_after_s &&
      (seconds < warning_after_s + 2.0 ||
       std::ranges::any_of(slots_, [](const Slot& slot) { return slot.has_named != 0; }))) {
    return;
  }
  judge(self_, seconds, [&](double for_s) {
    return fmt::format(
        "rank {} (process {} on {}) has not come on for {}: the last that it did is "
        "that it {}",
        rank_, ::getpid(), host_name(), format_duration(for_s), in_words(notes));
  });
}

void Watch::look_at_next() {
  if (next_ == nullptr || next_->leaves != 0) return;
  const double seconds = others_.look(next_->beats);
  judge(others_, seconds, [&](double for_s) {
    return fmt::format(
        "rank {} (process {} on {}) has given no sign of life for {}: it is stopped, "
        "or its host is; before that it {}",
        next_->rank.load(), next_->process.load(), host_name(), format_duration(for_s),
        in_words(next_->doing));
  });
}

// Says so, unless another has said why the job ends.
void Watch::next_has_ended() {
  ::close(std::exchange(next_process_, -1));
  if (next_->leaves != 0) return;
  std::this_thread::sleep_for(until_all_are_killed);
  const Error error(
      ExitCode::internal,
      fmt::format("rank {} (process {} on {}) has ended without a word: killed, out "
                  "of memory, or crashed; before that it {}",
                  next_->rank.load(), next_->process.load(), host_name(), in_words(next_->doing)));
  if (!last_word_.claim_now()) return;
  print_error(error.what());
  std::this_thread::sleep_for(until_launcher_acts);
  end_job()(error);
}

}  // namespace tusk::mpi
