// SPDX-License-Identifier: Apache-2.0
// Gives every file of the folders named to a reader under fuzzing: what was once found stays
// mended.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "target.hpp"

int main(int count, char** arguments) {
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < count; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(arguments[i])) {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  tusk::fuzz::must_hold(!files.empty(), "there is a corpus");
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    std::printf("%s\n", file.c_str());
    std::fflush(stdout);  // the last one named is the one that ends the process
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  }
  constexpr long limit_kib = 1L << 20;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  tusk::fuzz::must_hold(usage.ru_maxrss < limit_kib, "a few small files are read within 1 GiB");
}
