// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/part_writer.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>
#include <vector>

#include "core/log.hpp"
#include "run/checkpoint/folder.hpp"
#include "run/checkpoint/state_file.hpp"

namespace tusk::checkpoint {

PartWriter::PartWriter(std::filesystem::path writing, int rank, std::uint32_t worker)
    : path_(std::move(writing) / state_of_rank(rank)), worker_(worker) {}

void PartWriter::write(std::uint64_t cut, const State::Keep& keep) {
  cut_ = cut;
  const auto bytes = std::make_shared<std::vector<std::byte>>(State::written([&](State& state) {
    state("cut", cut_);
    keep(state);
  }));
  bytes_ = bytes->size();
  background_.start([this, bytes] { write_state_file(path_, *bytes); });
}

std::optional<records::Report> PartWriter::poll() {
  if (!background_.done()) return std::nullopt;
  return wait();
}

std::optional<records::Report> PartWriter::wait() {
  if (!background_.busy()) return std::nullopt;
  records::Report report;
  report.worker = worker_;
  report.notice = records::Notice::written;
  report.number = cut_;
  report.amount = bytes_;
  try {
    background_.take();
  } catch (const std::exception& error) {
    print_warning(error.what());
    report.notice = records::Notice::failed;
  }
  return report;
}

}  // namespace tusk::checkpoint
