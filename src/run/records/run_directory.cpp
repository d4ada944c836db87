// SPDX-License-Identifier: Apache-2.0
#include "run/records/run_directory.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "core/pending_file.hpp"
#include "run/records/history_file.hpp"
#include "tusk/error.hpp"

namespace tusk::records {
namespace {

namespace fs = std::filesystem;

constexpr std::array run_files{
    "experiment.toml", "manifest.json", "metrics.jsonl",     "history.h5",   "model.h5",
    "summary.json",    "ensemble.json", "model.h5.reserved", "result.state", "tusk.lock"};

// "node-003.h5"
bool is_node_history(const fs::path& name) {
  const std::string stem = name.stem().string();
  return name.extension() == ".h5" && stem.starts_with("node-") && stem.size() > 5 &&
         stem.find_first_not_of("0123456789", 5) == std::string::npos;
}

bool holds_anything(const fs::path& path, std::error_code& error) {
  return fs::exists(path, error) && !error && !fs::is_empty(path, error);
}

void remove_files(const fs::path& path) {
  std::error_code error;
  for (const char* name : run_files) {
    fs::remove(path / name, error);
    if (error) {
      fail(ExitCode::cannot_create, "{}: the earlier run's file cannot be removed: {}",
           (path / name).string(), error.message());
    }
  }
}

// A folder in members/, as an ensemble names them.
bool is_member(const fs::directory_entry& entry) {
  const std::string name = entry.path().filename().string();
  return entry.symlink_status().type() == fs::file_type::directory &&
         name.find_first_not_of("0123456789") == std::string::npos;
}

void remove_if_empty(const fs::path& path) {
  std::error_code error;
  if (fs::is_empty(path, error)) fs::remove(path, error);  // or it stays: it harms nobody
}

// What room checkpoint makes in it.
void remove_checkpoints(const fs::path& folder) {
  std::error_code error;
  if (fs::symlink_status(folder, error).type() != fs::file_type::directory) return;
  std::vector<fs::path> ours;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("step-") || name.starts_with("latest") || name == "writing" ||
        name == "removing") {
      ours.push_back(entry.path());
    }
  }
  for (const fs::path& path : ours) {
    fs::remove_all(path, error);
    if (error) {
      fail(ExitCode::cannot_create, "{}: the earlier run's checkpoint cannot be removed: {}",
           path.string(), error.message());
    }
  }
  remove_if_empty(folder);
}

void remove_node_histories(const fs::path& folder) {
  std::error_code error;
  if (fs::symlink_status(folder, error).type() != fs::file_type::directory) return;
  std::vector<fs::path> ours;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (is_node_history(entry.path().filename())) ours.push_back(entry.path());
  }
  for (const fs::path& path : ours) {
    fs::remove(path, error);
    if (error) {
      fail(ExitCode::cannot_create, "{}: the earlier run's file cannot be removed: {}",
           path.string(), error.message());
    }
  }
  remove_if_empty(folder);
}

// Removes a run's files, and those of its members if it is an ensemble's.
void remove_run(const fs::path& path) {
  const auto lock = mpi::FileLock::of_run_directory(path);  // not while another job trains in it
  remove_checkpoints(path / "checkpoints");
  remove_node_histories(path / "history");
  remove_files(path);
  const fs::path folder = path / "members";
  std::error_code error;
  if (fs::symlink_status(folder, error).type() != fs::file_type::directory) return;
  const fs::directory_iterator entries(folder, error);
  if (error) {
    fail(ExitCode::cannot_create, "{}: the earlier run's members cannot be removed: {}",
         folder.string(), error.message());
  }
  std::vector<fs::path> members;
  for (const fs::directory_entry& entry : entries) {
    if (is_member(entry)) members.push_back(entry.path());
  }
  for (const fs::path& member : members) {
    remove_checkpoints(member / "checkpoints");
    remove_files(member);
    remove_if_empty(member);
  }
  remove_if_empty(folder);
}

}  // namespace

void RunDirectory::check(const fs::path& path, bool overwrite) {
  std::error_code error;
  if (fs::exists(path, error) && !fs::is_directory(path, error)) {
    fail(ExitCode::cannot_create, "{}: exists and is not a directory; choose another --run-dir",
         path.string());
  }
  if (holds_anything(path, error) && !overwrite) {
    fail(ExitCode::cannot_create,
         "{}: the run directory exists already; --overwrite replaces it, --run-dir names another",
         path.string());
  }
}

RunDirectory::RunDirectory(fs::path path, bool overwrite) : path_(std::move(path)) {
  check(path_, overwrite);
  std::error_code error;
  if (holds_anything(path_, error)) remove_run(path_);
  if (path_.has_parent_path()) fs::create_directories(path_.parent_path(), error);
  if (error) {
    fail(ExitCode::cannot_create, "{}: cannot be created: {}", path_.parent_path().string(),
         error.message());
  }
  if (::mkdir(path_.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    fail(ExitCode::cannot_create, "{}: the run directory cannot be created: {}", path_.string(),
         std::strerror(errno));
  }
  if (::access(path_.c_str(), W_OK | X_OK) != 0) {
    fail(ExitCode::cannot_create, "{}: the run directory cannot be written: {}", path_.string(),
         std::strerror(errno));
  }
  lock_ = mpi::FileLock::of_run_directory(path_);
}

RunDirectory RunDirectory::reopen(fs::path path) { return RunDirectory(std::move(path)); }

bool RunDirectory::unfinished(const fs::path& path) {
  std::error_code error;
  const bool begun =
      fs::exists(path / "experiment.toml", error) || fs::exists(path / "tusk.lock", error);
  return begun && !fs::exists(path / "summary.json", error);
}

fs::path RunDirectory::move_aside(const fs::path& path) {
  const auto lock = mpi::FileLock::of_run_directory(path);
  fs::path whole = fs::absolute(path).lexically_normal();
  if (!whole.has_filename()) whole = whole.parent_path();
  std::error_code error;
  fs::path aside;
  for (int number = 1; aside.empty() || fs::exists(aside, error); ++number) {
    aside = fmt::format("{}.old-{}", whole.string(), number);
  }
  fs::rename(whole, aside, error);
  if (error) {
    fail(ExitCode::cannot_create, "{}: the unfinished run cannot be moved to {}: {}", path.string(),
         aside.string(), error.message());
  }
  return aside;
}

void RunDirectory::make_room_for_nodes(std::uint64_t kept, std::uint64_t there) const {
  const fs::path folder = file("history");
  std::error_code error;
  for (std::uint64_t number = kept; fs::remove(file(node_history(number)), error); ++number) {
  }
  if (!error && there > 0) fs::create_directory(folder, error);
  if (!error) return;
  fail(ExitCode::cannot_create, "{}: cannot be made: {}", folder.string(), error.message());
}

void RunDirectory::write(std::string_view name, std::string_view content) const {
  PendingFile::write(file(name), content);
}

std::string member_folder(std::size_t member) { return fmt::format("members/{:02}", member); }

}  // namespace tusk::records
