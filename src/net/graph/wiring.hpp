// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "experiment/model_options.hpp"

namespace tusk::graph {

// Where a value comes from: an input of the model, or an output of an entry of model.layers.
struct Source {
  bool is_input = false;
  std::size_t index = 0;   // of the input or the entry
  std::size_t output = 0;  // of the entry

  friend bool operator==(const Source&, const Source&) = default;
};

// Who reads what, by names alone, before any layer is made.
struct Wiring {
  std::vector<std::string> names;          // of the entries
  std::vector<InputOptions> inputs;        // at least one; its shape may be empty
  std::vector<OutputOptions> outputs;      // at least one
  std::vector<std::vector<Source>> reads;  // by entry
  std::vector<Source> output_sources;      // by output
  std::vector<std::size_t> layer_of;       // by entry: the entry that has its layer
  std::vector<std::size_t> order;          // entries, each behind those that it reads

  // How often a value is read by entries, and how often a layer is called.
  std::size_t readers(const Source& source) const;
  std::size_t calls(std::size_t entry) const;
};

// The wiring of options.layers. Where model.inputs is not given, there is one input, "input"; where
// model.outputs is not, the last entry is the one output; an entry without inputs reads the entry
// before, the first one the input. Error(bad_experiment) in one line that names the layer, input or
// output: for a name that nothing has, or that two have, a cycle, an input or a layer that nothing
// reads.
Wiring wire(const ModelOptions& options);

}  // namespace tusk::graph
