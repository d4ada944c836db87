// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/folder.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "run/checkpoint/state_file.hpp"
#include "tusk/error.hpp"

namespace tusk::checkpoint {
namespace {

namespace fs = std::filesystem;

constexpr const char* prefix = "step-";

// The step in the name of a checkpoint; nothing if it is none.
std::optional<std::uint64_t> step_in(const fs::path& path) {
  constexpr std::size_t fewest_digits = 10;
  const std::string name = path.filename().string();
  if (!name.starts_with(prefix)) return std::nullopt;
  const std::string digits = name.substr(std::string_view(prefix).size());
  std::uint64_t step = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), step);
  const bool whole = error == std::errc() && end == digits.data() + digits.size();
  return whole && digits.size() >= fewest_digits ? std::optional(step) : std::nullopt;
}

bool is_checkpoint(const fs::directory_entry& entry) {
  std::error_code error;
  return entry.symlink_status(error).type() == fs::file_type::directory && step_in(entry.path());
}

void rename_or_fail(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) {
    fail(ExitCode::io_error, "{} cannot be renamed to {}: {}", from.string(), to.string(),
         error.message());
  }
}

}  // namespace

fs::path state_of_rank(int rank) { return fmt::format("rank-{}.state", rank); }

Folder::Folder(const fs::path& run_directory) : path_(run_directory / "checkpoints") {}

std::vector<fs::path> Folder::list() const {
  std::vector<fs::path> found;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(path_, error)) {
    if (is_checkpoint(entry)) found.push_back(entry.path());
  }
  std::ranges::sort(found, std::greater<>(), step_in);
  return found;
}

fs::path Folder::begin() const {
  tidy();
  std::error_code error;
  for (const fs::path& folder : {path_, writing()}) {
    if (::mkdir(folder.c_str(), S_IRWXU) == 0 || errno == EEXIST) continue;
    fail(ExitCode::cannot_create, "{} cannot be created: {}", folder.string(),
         std::strerror(errno));
  }
  return writing();
}

fs::path Folder::publish(std::uint64_t step, std::size_t keep) const {
  const fs::path name = path_ / fmt::format("{}{:010}", prefix, step);
  std::error_code error;
  if (fs::exists(name, error)) {
    fs::remove_all(writing(), error);
  } else {
    sync_to_disk(writing());
    rename_or_fail(writing(), name);
    sync_to_disk(path_);
  }
  link_latest(name);
  const std::vector<fs::path> all = list();
  for (std::size_t i = keep; i < all.size(); ++i) {
    const fs::path removing = path_ / "removing";
    rename_or_fail(all[i], removing);  // no longer complete
    fs::remove_all(removing, error);
  }
  return name;
}

void Folder::link_latest(const fs::path& checkpoint) const {
  const fs::path link = path_ / "latest";
  const fs::path fresh = path_ / "latest.part";
  std::error_code error;  // a file system without links has no `latest`
  fs::remove(fresh, error);
  fs::create_directory_symlink(checkpoint.filename(), fresh, error);
  if (!error) fs::rename(fresh, link, error);
}

void Folder::tidy() const {
  std::error_code error;
  fs::remove_all(writing(), error);
  fs::remove_all(path_ / "removing", error);
}

void Folder::set_aside(const fs::path& checkpoint, const char* reason) {
  std::error_code error;
  fs::path aside;
  for (int number = 1; aside.empty() || fs::exists(aside, error); ++number) {
    aside = fmt::format("{}.{}-{}", checkpoint.string(), reason, number);
  }
  rename_or_fail(checkpoint, aside);
}

}  // namespace tusk::checkpoint
