// SPDX-License-Identifier: Apache-2.0
#include "options/describe.hpp"

// Layers that make one value of several.
namespace tusk {

using namespace options;

void describe(Fields&, AddOptions&) {}
void describe(Fields&, SubtractOptions&) {}
void describe(Fields&, MultiplyOptions&) {}
void describe(Fields&, AverageOptions&) {}

void describe(Fields& fields, ConcatenateOptions& o) { fields("axis", o.axis); }

}  // namespace tusk
