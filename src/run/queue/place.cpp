// SPDX-License-Identifier: Apache-2.0
#include "run/queue/place.hpp"

#include <algorithm>
#include <utility>

#include "tusk/error.hpp"

namespace tusk::queue {
namespace {

constexpr int ssh_failed = 255;

// -T: no terminal there. A host that does not answer is given up after 20 s.
const Words ssh{"ssh", "-T", "-o", "ConnectTimeout=20"};

bool can_be_host(const std::string& host) {
  const auto is_fine = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("@._-").find(c) != std::string_view::npos;
  };
  return !host.empty() && host.front() != '-' && std::ranges::all_of(host, is_fine) &&
         host.find("@-") == std::string::npos;
}

// A path of which rsync there takes every character for itself. It expands *, ? and [ in what it is
// asked for, also with -s, and takes a backslash for an escape where there is one of them.
std::string without_patterns(const std::string& path) {
  if (path.find_first_of("*?[") == std::string::npos) return path;
  std::string text;
  for (const char c : path) {
    if (std::string_view("*?[\\").find(c) != std::string_view::npos) text += '\\';
    text += c;
  }
  return text;
}

}  // namespace

std::string quoted(const std::string& word) {
  std::string text = "'";
  for (const char c : word) {
    if (c == '\'') {
      text += R"('\'')";
    } else {
      text += c;
    }
  }
  return text + "'";
}

void require_printable(const std::string& what, const std::string& text) {
  if (std::ranges::none_of(text, is_control)) return;
  fail(ExitCode::usage, "{} has a line break or another control character", what);
}

Place::Place(std::string host) : host_(std::move(host)) {
  if (here() || can_be_host(host_)) return;
  require_printable("--host", host_);
  fail(ExitCode::usage,
       "--host {}: it takes what ssh does, as user@login.example.org or a name of ~/.ssh/config",
       host_);
}

Finished Place::run(const Words& command, const std::string& folder, const Variables& more) const {
  if (here()) return queue::run(command, more);
  // 255 is ssh's own word for a host that it does not reach, and sbatch's for a wrong option.
  Words words{"sh", "-c",
              "[ -z \"$1\" ] || cd -- \"$1\" || exit 1; shift; \"$@\"; code=$?; "
              "[ $code -ne 255 ] || code=1; exit $code",
              "sh", folder};
  if (!more.empty()) words.emplace_back("env");
  for (const auto& [name, value] : more) words.push_back(name + "=" + value);
  words.insert(words.end(), command.begin(), command.end());
  // sshd joins what ssh hands over and gives it to a shell.
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + quoted(word);
  Words call = ssh;
  call.insert(call.end(), {"--", host_, line});
  Finished finished = queue::run(call);
  require_reached(finished);
  if (finished.code == 127) {
    fail(ExitCode::no_input, "{}: {}", host_, last_line(finished.err));
  }
  return finished;
}

void Place::send(const std::filesystem::path& from, const std::string& to,
                 const Words& options) const {
  Words call{"rsync", "-s", "-rt", "--partial"};  // -s: no shell there reads the names
  call.insert(call.end(), options.begin(), options.end());
  call.insert(call.end(), {"--", std::filesystem::absolute(from).string(), host_ + ":" + to});
  const Finished finished = queue::run(call);
  require_reached(finished);
  if (finished.code != 0) {
    fail(ExitCode::io_error, "{} could not be sent to {}: {}", from.string(), host_,
         last_line(finished.err));
  }
}

Finished Place::fetch(const std::string& from, const std::filesystem::path& to,
                      const Words& options) const {
  // Links that lead out of what is fetched are left there.
  Words call{"rsync", "-s", "-rlt", "--partial", "--safe-links"};
  call.insert(call.end(), options.begin(), options.end());
  call.insert(call.end(),
              {"--", host_ + ":" + without_patterns(from), std::filesystem::absolute(to).string()});
  Finished finished = queue::run(call);
  require_reached(finished);
  return finished;
}

void Place::require_reached(const Finished& finished) const {
  if (finished.code != ssh_failed) return;
  fail(ExitCode::io_error, "{} cannot be reached by ssh: {}", host_, last_line(finished.err));
}

}  // namespace tusk::queue
