// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "data/tables/table.hpp"

namespace tusk::fuzz {

// Reads every row of a table as `convert` does, in blocks of a few; those of a small table again,
// from its end to its beginning, which must give the same. Rows above 1 MiB are left alone.
void read_rows(tables::Table& table);

}  // namespace tusk::fuzz
