// SPDX-License-Identifier: Apache-2.0
#include "tusk/training/run_directory.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "tusk/core/error.hpp"
#include "tusk/io/pending_file.hpp"

namespace tusk::training {
namespace {

namespace fs = std::filesystem;

constexpr std::array run_files{"experiment.toml", "manifest.json", "metrics.jsonl", "history.h5",
                               "model.h5",        "summary.json",  "ensemble.json"};

bool holds_anything(const fs::path& path, std::error_code& error) {
  return fs::exists(path, error) && !error && !fs::is_empty(path, error);
}

}  // namespace

RunDirectory::RunDirectory(fs::path path, bool overwrite) : path_(std::move(path)) {
  std::error_code error;
  if (fs::exists(path_, error) && !fs::is_directory(path_, error)) {
    fail(ExitCode::cannot_create, "{}: exists and is not a directory; choose another --run-dir",
         path_.string());
  }
  if (holds_anything(path_, error)) {
    if (!overwrite) {
      fail(ExitCode::cannot_create,
           "{}: the run directory exists already; --overwrite replaces it, --run-dir names another",
           path_.string());
    }
    for (const char* name : run_files) {
      fs::remove(path_ / name, error);
      if (error) {
        fail(ExitCode::cannot_create, "{}: the earlier run's file cannot be removed: {}",
             file(name).string(), error.message());
      }
    }
  }
  if (path_.has_parent_path()) fs::create_directories(path_.parent_path(), error);
  if (::mkdir(path_.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    fail(ExitCode::cannot_create, "{}: the run directory cannot be created: {}", path_.string(),
         std::strerror(errno));
  }
  if (::access(path_.c_str(), W_OK | X_OK) != 0) {
    fail(ExitCode::cannot_create, "{}: the run directory cannot be written: {}", path_.string(),
         std::strerror(errno));
  }
}

void RunDirectory::write(std::string_view name, std::string_view content) const {
  io::PendingFile pending(file(name));
  std::ofstream out(pending.part(), std::ios::binary);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
  out.close();
  if (!out) {
    fail(ExitCode::io_error, "{}: cannot be written: {}", file(name).string(),
         std::strerror(errno));
  }
  pending.publish();
}

}  // namespace tusk::training
