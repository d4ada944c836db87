// SPDX-License-Identifier: Apache-2.0
#include "experiment/write_experiment.hpp"

#include "experiment/table_writer.hpp"
#include "options/describe.hpp"

namespace tusk::experiment {

std::string to_toml(const Experiment& experiment) {
  Experiment copy = experiment;  // describe() takes what it could also change
  TableWriter fields;
  describe(fields, copy);
  return fields.lines();
}

}  // namespace tusk::experiment
