// SPDX-License-Identifier: Apache-2.0
#include "outcome_in_child.hpp"

#include <dlfcn.h>
#include <execinfo.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <sstream>
#include <stdexcept>

#include "tusk/error.hpp"

namespace tusk::test {
namespace {

int pipe_to_parent = -1;

// An outcome is a line.
void report(std::string outcome) {
  std::ranges::replace(outcome, '\n', ' ');
  outcome += '\n';
  if (::write(pipe_to_parent, outcome.data(), outcome.size()) < 0) _exit(1);
}

// Without the buffers and destructors of the parent's.
[[noreturn]] void end_child(const std::string& outcome) {
  report(outcome);
  _exit(0);
}

// The program is about to end, so that what a signal handler may not do matters no more; what hangs
// in here is ended by the alarm.
void on_crash(int) {
  std::array<void*, 64> frames;
  const int count = backtrace(frames.data(), static_cast<int>(frames.size()));
  bool in_handler = true;  // up to the C library's frame that called it
  for (int i = 0; i < count; ++i) {
    Dl_info where{};
    if (dladdr(frames[static_cast<std::size_t>(i)], &where) == 0) continue;
    const std::string object = where.dli_fname;
    if (object.find("/libasan.so") != std::string::npos) continue;  // saw it, or passed it on
    if (object.find("/libc.so") != std::string::npos) {
      in_handler = false;
      continue;
    }
    if (in_handler) continue;
    if (object.find("libhdf5") == std::string::npos) break;
    if (where.dli_sname != nullptr) end_child(std::string("crash in libhdf5: ") + where.dli_sname);
  }
  end_child("crash");
}

void on_alarm(int) { end_child("hang"); }

// The most that this process had at once so far, the parent's memory that it began with included.
long peak_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

std::string outcome_of(std::size_t index, long begun_with_kib,
                       const std::function<void(std::size_t)>& work) {
  try {
    work(index);
  } catch (const Error& error) {
    const ExitCode code = error.code();
    if (code == ExitCode::bad_data || code == ExitCode::no_input || code == ExitCode::io_error) {
      return "error";
    }
    return "exit code " + std::to_string(static_cast<int>(code)) + ": " + error.what();
  } catch (const std::exception& error) {
    return std::string("exception: ") + error.what();
  }
  return peak_kib() - begun_with_kib > 1L << 20 ? "memory" : "done";
}

[[noreturn]] void run_child(std::size_t begin, std::size_t count,
                            const std::function<void(std::size_t)>& work) {
  for (const int crash : {SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGILL}) std::signal(crash, on_crash);
  std::signal(SIGALRM, on_alarm);
  const long begun_with_kib = peak_kib();
  for (std::size_t index = begin; index < count; ++index) {
    alarm(10);
    report(outcome_of(index, begun_with_kib, work));
  }
  _exit(0);
}

std::string read_to_end(int descriptor) {
  std::string text;
  std::array<char, 4096> buffer;
  for (ssize_t got = 0; (got = ::read(descriptor, buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return text;
}

}  // namespace

std::vector<std::string> outcomes_in_child(std::size_t count,
                                           const std::function<void(std::size_t)>& work) {
  std::vector<std::string> outcomes;
  while (outcomes.size() < count) {
    std::array<int, 2> ends;
    if (pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
    const pid_t child = fork();
    if (child < 0) throw std::runtime_error("no process");
    if (child == 0) {
      pipe_to_parent = ends[1];
      run_child(outcomes.size(), count, work);
    }
    close(ends[1]);
    std::istringstream lines(read_to_end(ends[0]));
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    for (std::string line; std::getline(lines, line);) outcomes.push_back(line);
    const bool ended = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!ended && outcomes.size() < count) outcomes.emplace_back("crash");  // without a word
  }
  return outcomes;
}

}  // namespace tusk::test
