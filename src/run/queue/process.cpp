// SPDX-License-Identifier: Apache-2.0
#include "run/queue/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "tusk/error.hpp"

namespace tusk::queue {
namespace {

// "NAME=value" of every variable that this process was started with.
std::vector<std::string> first_environment() {
  std::ifstream in("/proc/self/environ", std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>(in), {}};
  std::vector<std::string> variables;
  for (std::size_t begin = 0; begin < all.size();) {
    const std::size_t end = std::min(all.find('\0', begin), all.size());
    variables.push_back(all.substr(begin, end - begin));
    begin = end + 1;
  }
  return variables;
}

std::vector<std::string> environment(const Variables& more) {
  std::vector<std::string> all = first_environment();
  for (const auto& [name, value] : more) {
    std::erase_if(all, [&](const std::string& text) { return text.starts_with(name + "="); });
    all.push_back(name + "=" + value);
  }
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

// Two ends of a pipe, which no other program inherits.
class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) {
      fail(ExitCode::internal, "pipe: {}", std::strerror(errno));
    }
  }
  ~Pipe() {
    close_writer();
    ::close(ends_[0]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int reader() const { return ends_[0]; }
  int writer() const { return ends_[1]; }
  void close_writer() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

// Reads both to their ends, as they come.
void read_all(int out, std::string& out_text, int err, std::string& err_text) {
  std::array<pollfd, 2> sources{pollfd{out, POLLIN, 0}, pollfd{err, POLLIN, 0}};
  std::array<char, 65536> piece{};
  for (int open = 2; open > 0;) {
    if (::poll(sources.data(), sources.size(), -1) < 0) continue;
    for (std::size_t i = 0; i < sources.size(); ++i) {
      if (sources[i].fd < 0 || sources[i].revents == 0) continue;
      const ssize_t count = ::read(sources[i].fd, piece.data(), piece.size());
      if (count > 0) {
        (i == 0 ? out_text : err_text).append(piece.data(), static_cast<std::size_t>(count));
      } else if (count == 0 || errno != EINTR) {
        sources[i].fd = -1;
        --open;
      }
    }
  }
}

}  // namespace

Finished run(const Words& command, const Variables& more) {
  Words words = command;
  std::vector<std::string> variables = environment(more);
  Pipe out;
  Pipe err;
  posix_spawn_file_actions_t actions{};
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.writer(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.writer(), STDERR_FILENO);
  pid_t process = 0;
  const int error = ::posix_spawnp(&process, words.front().c_str(), &actions, nullptr,
                                   pointers(words).data(), pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (error == ENOENT) fail(ExitCode::no_input, "{} is not on the PATH here", words.front());
  if (error != 0) fail(ExitCode::internal, "{}: {}", words.front(), std::strerror(error));
  out.close_writer();
  err.close_writer();
  Finished finished;
  read_all(out.reader(), finished.out, err.reader(), finished.err);
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  finished.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return finished;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 32 || c == 127; }

std::string last_line(const std::string& text) {
  std::size_t end = text.find_last_not_of(" \r\n\t");
  if (end == std::string::npos) return {};
  std::size_t begin = text.find_last_of('\n', end);
  begin = begin == std::string::npos ? 0 : begin + 1;
  std::string line = text.substr(begin, end + 1 - begin);
  std::erase_if(line, is_control);
  return line;
}

}  // namespace tusk::queue
