// SPDX-License-Identifier: Apache-2.0
#include "data/datasets/find_files.hpp"

#include <glob.h>

#include <algorithm>
#include <filesystem>

#include "tusk/error.hpp"

namespace tusk::datasets {
namespace {

std::vector<std::string> match(const std::string& pattern) {
  glob_t found{};
  const int result = ::glob(pattern.c_str(), GLOB_ERR, nullptr, &found);
  std::vector<std::string> paths(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  if (result == GLOB_NOMATCH) fail(ExitCode::no_input, "{}: no file matches", pattern);
  if (result != 0) fail(ExitCode::no_input, "{}: a folder cannot be read", pattern);
  std::ranges::sort(paths);  // whatever the locale
  return paths;
}

bool is_pattern(const std::string& path) {
  std::error_code ignored;
  return path.find_first_of("*?[") != std::string::npos && !std::filesystem::exists(path, ignored);
}

}  // namespace

std::vector<std::string> find_files(const FileList& files) {
  std::vector<std::string> paths;
  for (const std::string& path : files.paths) {
    const auto found = is_pattern(path) ? match(path) : std::vector<std::string>{path};
    paths.insert(paths.end(), found.begin(), found.end());
  }
  std::vector<std::string> sorted(paths);
  std::ranges::sort(sorted);
  const auto twice = std::ranges::adjacent_find(sorted);
  if (twice != sorted.end()) {
    fail(ExitCode::bad_experiment, "{}: named twice among the files of {}; each file once", *twice,
         files.to_string());
  }
  return paths;
}

}  // namespace tusk::datasets
