// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tusk::convert {

// One of the files that rows are split into.
struct SplitPart {
  std::string name;       // "train"
  double fraction = 1.0;  // of the rows
};

// Which rows go where. Every choice is a function of the seed and the input, whatever the number of
// ranks.
struct Arrangement {
  std::vector<SplitPart> split = {};  // none: one file with all rows
  bool stratify = false;              // each class is split in proportion, to within one row
  bool by_group = false;              // rows of one group go to one file
  bool shuffle = false;               // else rows stay in the order of the input
  std::uint64_t repeat = 1;           // each file's rows so many times, shuffled together
  std::uint64_t seed = 0;

  bool keeps_order() const { return split.empty() && !shuffle; }
};

// "train=0.6,test=0.4", or a number of equal parts: "5" are fold1 to fold5. Throws Error(usage)
// unless there are two parts at least with names of their own that can be part of a file name, and
// fractions above 0 whose sum is 1.
std::vector<SplitPart> parse_split(const std::string& text);

// The file of a part: "data/higgs.h5" and "train" are "data/higgs-train.h5".
std::string path_of_part(const std::string& path, const std::string& name);

}  // namespace tusk::convert
