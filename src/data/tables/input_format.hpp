// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tusk::tables {

// The formats that `convert` reads, each plain or compressed with gzip or xz.
enum class InputFormat { idx, npy, csv, libsvm, cifar10, cifar100 };

std::string_view name_of(InputFormat format);  // "IDX", "NPY", "CSV", "libsvm", "CIFAR-10", …

// What kind of file this is, by its first bytes: IDX and NPY have a signature; text whose first
// line is a number and pairs index:value is libsvm. Of other text the name decides (.libsvm, .svm,
// .svmlight, .csv, .tsv, also with .gz or .xz behind it); where it does not, a first line that is
// malformed libsvm makes it libsvm, unless CSV is expected, and the rest is CSV. A folder is one of
// NPY files. Files called *.bin whose size is a whole number of CIFAR's records are CIFAR-10 or
// CIFAR-100 (of both, as 3,073 · 3,074 bytes, neither). Throws Error(no_input) if the file cannot
// be opened, Error(bad_data) if it is empty or of none of these kinds.
InputFormat recognise_format(const std::string& path, bool expect_csv = false);

}  // namespace tusk::tables
