// SPDX-License-Identifier: Apache-2.0
#include "run/coordinator/progress.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "core/log.hpp"

using namespace tusk;
using coordinator::Progress;

namespace {

// What is written to stderr while it lives. Lines of the log go to descriptor 2 directly.
class Stderr {
 public:
  Stderr() : before_(::dup(STDERR_FILENO)), file_(std::tmpfile()) {
    ::dup2(::fileno(file_), STDERR_FILENO);
    set_logging(true);
  }
  ~Stderr() {
    set_logging(false);
    ::dup2(before_, STDERR_FILENO);
    ::close(before_);
    std::fclose(file_);
  }
  Stderr(const Stderr&) = delete;
  Stderr& operator=(const Stderr&) = delete;

  std::string text() const {
    std::array<char, 4096> bytes{};
    const ssize_t count = ::pread(::fileno(file_), bytes.data(), bytes.size(), 0);
    return {bytes.data(), static_cast<std::size_t>(count)};
  }

 private:
  int before_;
  std::FILE* file_;
};

records::EpochRecord over(std::size_t epoch, double time_s) {
  records::EpochRecord record{.epoch = epoch,
                              .samples = 100 * epoch,
                              .time_s = time_s,
                              .samples_per_s = 2000.0,
                              .train = {.samples = 100, .weight_sums = {100.0}, .loss_sum = 50.0}};
  record.train.metric_sums[0] = 80.0;
  return record;
}

const std::vector<std::string> names{"accuracy"};

}  // namespace

TEST_CASE("an epoch's line has its scores, the validation's and the time left") {
  const Stderr err;
  Progress progress(4, 100);
  records::EpochRecord record = over(1, 20.0);
  record.validation = BatchScore{.samples = 10, .weight_sums = {10.0}, .loss_sum = 6.0};
  record.validation->metric_sums[0] = 7.0;
  progress.epoch(record, names);
  CHECK(err.text() ==
        "tusk: epoch 1/4: loss 0.5000 accuracy 0.8000 val_loss 0.6000 val_accuracy 0.7000, "
        "2,000 samples/s, 1 min 00 s left\n");
}

TEST_CASE("of short epochs one a second has a line, and the last") {
  const Stderr err;
  Progress progress(4, 100);
  progress.epoch(over(1, 0.1), names);
  progress.epoch(over(2, 0.2), names);
  progress.epoch(over(3, 0.3), names);
  progress.epoch(over(4, 0.4), names);
  const std::string text = err.text();
  CHECK(text.find("epoch 1/4") != std::string::npos);
  CHECK(text.find("epoch 2/4") == std::string::npos);
  CHECK(text.find("epoch 4/4: loss 0.5000 accuracy 0.8000, 2,000 samples/s\n") !=
        std::string::npos);
}
