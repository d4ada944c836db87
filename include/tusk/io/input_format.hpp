// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tusk::io {

// The formats that `convert` reads, each plain or compressed with gzip or xz.
enum class InputFormat { idx, npy, csv };

// What kind of file this is, by its first bytes and not by its name: IDX and NPY have a signature,
// other text is CSV. A folder is one of NPY files. Throws Error(no_input) if the file cannot be
// opened, Error(bad_data) if it is empty or of none of these kinds.
InputFormat recognise_format(const std::string& path);

}  // namespace tusk::io
