// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "run/queue/process.hpp"

namespace tusk::queue {

// A word of a command line as a POSIX shell has to be given it, whatever it contains: 'it'\''s'.
std::string quoted(const std::string& word);

// Error(usage) if a text that becomes part of a command or a file name has control characters.
// `what` is what the message calls it.
void require_printable(const std::string& what, const std::string& text);

// Where a job's commands run and its files are: this machine, or another by ssh and rsync. All
// authentication is ssh's, with what ~/.ssh/config says.
class Place {
 public:
  // "user@login", a name of ~/.ssh/config, or nothing for this machine. Error(usage) if it is
  // nothing that ssh takes as a host: an option, a word with blanks.
  explicit Place(std::string host);

  bool here() const { return host_.empty(); }
  const std::string& host() const { return host_; }

  // Runs a program there, in that folder ("": the working directory, or the home there).
  // Error(io_error) if the host cannot be reached.
  Finished run(const Words& command, const std::string& folder = {},
               const Variables& more = {}) const;

  // Copies a file or a folder's contents (a path that ends in "/") there, or from there, by rsync:
  // what is there already is not sent again. Here paths are made absolute, or rsync takes what
  // stands before a colon for a host. Not for this machine. Error(io_error).
  void send(const std::filesystem::path& from, const std::string& to, const Words& options) const;
  Finished fetch(const std::string& from, const std::filesystem::path& to,
                 const Words& options) const;

 private:
  void require_reached(const Finished& finished) const;

  std::string host_;
};

}  // namespace tusk::queue
