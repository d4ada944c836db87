// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/checkpointer.hpp"

#include <unistd.h>

#include <algorithm>
#include <memory>
#include <thread>
#include <utility>

#include "core/log.hpp"
#include "data/hdf5/checksum.hpp"
#include "run/checkpoint/origin.hpp"
#include "run/checkpoint/state_file.hpp"
#include "tusk/error.hpp"

namespace tusk::checkpoint {
namespace {

constexpr std::chrono::milliseconds writing_check_interval{1};

// A number that no other checkpoint has: of the time and the process.
std::uint64_t fresh_cut() {
  const auto now = std::chrono::system_clock::now().time_since_epoch().count();
  return (static_cast<std::uint64_t>(now) << 16) ^ static_cast<std::uint64_t>(::getpid());
}

}  // namespace

Checkpointer::Checkpointer(Setup setup)
    : setup_(std::move(setup)),
      folder_(setup_.run_directory),
      due_(setup_.options.every, setup_.stop_by, !setup_.facts.simulated) {}

void Checkpointer::begin_run(const Origin* origin) {
  if (origin == nullptr) return;
  Progress last = origin->facts.asked;
  if (!origin->facts.simulated) last.time_s = now_s();
  due_.begin(last);
}

double Checkpointer::now_s() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

bool Checkpointer::wanted(const Progress& now) {
  if (!enabled_ || stops()) return false;  // a stop has been taken
  stop_reason_ = due_.stop();
  if (stops()) return true;
  const bool by_clock = due_.by_clock() && !setup_.facts.simulated;
  return (stage_ == Stage::idle || !by_clock) && due_.checkpoint(now);
}

std::uint64_t Checkpointer::begin() {
  finish();
  folder_.begin();
  stage_ = Stage::begun;
  early_ = 0;
  ranks_failed_ = 0;
  begun_s_ = now_s();
  return cut_ = fresh_cut();
}

void Checkpointer::cancel() {
  stage_ = Stage::idle;
  folder_.tidy();
}

void Checkpointer::write(Cut cut) {
  Facts facts = setup_.facts;
  facts.cut = cut_;
  facts.step = step_ = cut.step;
  facts.epochs = cut.epochs;
  facts.finished = cut.finished;
  facts.steps = cut.steps;
  facts.parts = cut.parts;
  facts.asked = due_.last();
  facts.parts.resize(facts.ranks);
  facts.parts[0] = 1;
  stopped_ = stops();
  const auto bytes = std::make_shared<std::vector<std::byte>>(State::written([&](State& state) {
    state("facts", facts);
    cut.keep(state);
  }));
  const auto model = std::make_shared<AlignedVector<float>>(std::move(cut.model));
  const auto parts = static_cast<std::size_t>(std::ranges::count(facts.parts, 1));
  missing_ = cut.notices.value_or(parts - 1) - early_;
  stage_ = Stage::writing;
  costs_.bytes += bytes->size() + model->size() * sizeof(float);
  background_.start([this, bytes, model] {
    write_state_file(folder_.writing() / state_of_rank(0), *bytes);
    const std::string model_file = (folder_.writing() / "model.h5").string();
    setup_.save_model(model_file, std::move(*model));
    hdf5::write_checksum_beside(model_file);
  });
}

void Checkpointer::stalled(double seconds) { costs_.stall_s += seconds; }

bool Checkpointer::count_part(std::uint64_t cut) {
  if (cut != cut_) return false;
  if (stage_ == Stage::begun) {
    ++early_;
    return true;
  }
  if (missing_ == 0) return false;
  --missing_;
  return true;
}

void Checkpointer::part_written(std::uint64_t cut, std::uint64_t bytes) {
  if (count_part(cut)) costs_.bytes += bytes;
}

void Checkpointer::part_failed(std::uint64_t cut) {
  if (count_part(cut)) ++ranks_failed_;
}

bool Checkpointer::poll() {
  if (stage_ == Stage::idle || stage_ == Stage::begun) return false;
  try {
    if (background_.busy()) {
      if (!background_.done()) return true;
      background_.take();
    }
    if (stage_ == Stage::writing) {
      if (missing_ > 0) return true;
      if (ranks_failed_ > 0) fail(ExitCode::io_error, "another rank could not write its part");
      stage_ = Stage::publishing;
      background_.start([this] { published_ = folder_.publish(step_, setup_.options.keep); });
      return true;
    }
    stage_ = Stage::idle;
    failed_ = false;
    last_ = published_;
    ++costs_.written;
    costs_.write_s += now_s() - begun_s_;
    due_.took(now_s() - begun_s_);
  } catch (const Error& error) {
    abandon(error.what());
  } catch (const std::exception& error) {
    abandon(error.what());
  }
  return false;
}

void Checkpointer::abandon(const char* reason) {
  stage_ = Stage::idle;
  failed_ = true;
  folder_.tidy();
  print_warning(fmt::format("no checkpoint was written: {}; {}", reason,
                            last_ ? "the last one is " + last_->string() : "there is none yet"));
}

void Checkpointer::finish() {
  while (poll()) std::this_thread::sleep_for(writing_check_interval);
}

}  // namespace tusk::checkpoint
