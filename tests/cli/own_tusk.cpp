// SPDX-License-Identifier: Apache-2.0
// A program with rules of its own (own_rules.hpp). With the environment variable CLASHING_NAMES it
// has an optimizer that is called as one of Tusk's, too.
#include <cstdlib>

#include "own_rules.hpp"
#include "tusk/main.hpp"

int main(int argc, char** argv) {
  tusk::Extensions extensions = tusk::test::with_own_rules();
  if (std::getenv("CLASHING_NAMES") != nullptr) {
    tusk::UserOptimizerKind kind = *extensions.optimizers.front();
    kind.name = "sgd";
    extensions.optimizers.push_back(std::make_shared<const tusk::UserOptimizerKind>(kind));
  }
  return tusk::main(argc, argv, extensions);
}
