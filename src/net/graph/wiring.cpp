// SPDX-License-Identifier: Apache-2.0
#include "net/graph/wiring.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "core/near_miss.hpp"
#include "net/graph/entry_names.hpp"
#include "tusk/error.hpp"

namespace tusk::graph {
namespace {

// Names of values and what they stand for.
class Directory {
 public:
  // Error(bad_experiment) that begins with `key` if the name is taken.
  void add(const std::string& name, const Source& source, const std::string& key) {
    if (sources_.emplace(name, source).second) return;
    fail(ExitCode::bad_experiment, "{}: another input or layer has the name '{}'", key, name);
  }
  bool has(const std::string& name) const { return sources_.contains(name); }

  // Of "a", or of "a#1", the second output of entry `a`. `key` says who asks.
  Source find(const std::string& name, const std::string& key) const {
    const std::size_t mark = name.find('#');
    const auto found = sources_.find(name.substr(0, mark));
    if (found != sources_.end()) {
      Source source = found->second;
      if (mark == std::string::npos) return source;
      const char* end = name.data() + name.size();
      const auto [last, error] = std::from_chars(name.data() + mark + 1, end, source.output);
      if (error == std::errc() && last == end && !source.is_input) return source;
    }
    std::vector<std::string> known;
    for (const auto& [its_name, source] : sources_) known.push_back(its_name);
    fail(ExitCode::bad_experiment, "{}: no input or layer has the name '{}'{}", key, name,
         did_you_mean(name, known));
  }

 private:
  std::map<std::string, Source> sources_;
};

std::vector<InputOptions> inputs_of(const ModelOptions& options, const Wiring& wiring) {
  if (!options.inputs.empty()) return options.inputs;
  std::string name = "input";  // unless a layer is called so
  for (std::size_t i = 1; std::ranges::count(wiring.names, name) > 0; ++i) {
    name = fmt::format("input_{}", i);
  }
  return {{name, {}}};
}

Directory list_values(const Wiring& wiring) {
  Directory directory;
  for (std::size_t i = 0; i < wiring.inputs.size(); ++i) {
    const std::string& name = wiring.inputs[i].name;
    require_name(name, "model.inputs");
    directory.add(name, {.is_input = true, .index = i}, "model.inputs");
  }
  for (std::size_t i = 0; i < wiring.names.size(); ++i) {
    directory.add(wiring.names[i], {.index = i}, key_of_entry(i, wiring.names[i]));
  }
  return directory;
}

// The entry that has the layer which entry `index` calls.
std::size_t entry_of_layer(const std::vector<LayerEntry>& entries, std::size_t index,
                           const std::vector<std::string>& names) {
  const std::string& use = entries[index].use;
  if (use.empty()) return index;
  std::vector<std::string> known;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!entries[i].use.empty()) continue;
    if (names[i] == use) return i;
    known.push_back(names[i]);
  }
  fail(ExitCode::bad_experiment, "{}.use: no layer has the name '{}'{}", key_of_entry(index), use,
       did_you_mean(use, known));
}

std::vector<Source> sources_of(const std::vector<LayerEntry>& entries, std::size_t index,
                               const Wiring& wiring, const Directory& directory) {
  std::vector<Source> sources;
  for (const std::string& name : entries[index].inputs) {
    sources.push_back(directory.find(name, key_of_entry(index, wiring.names[index]) + ".inputs"));
  }
  if (!sources.empty()) return sources;
  if (index > 0) return {{.index = index - 1}};
  if (wiring.inputs.size() == 1) return {{.is_input = true}};
  fail(ExitCode::bad_experiment,
       "{}: the first layer must say which inputs it reads, as the model has {}",
       key_of_entry(index, wiring.names[index]), wiring.inputs.size());
}

// Error(bad_experiment) that goes round a cycle among the entries that are not `done`.
[[noreturn]] void report_cycle(const Wiring& wiring, const std::vector<bool>& done) {
  const auto blocked_by = [&](std::size_t entry) -> std::size_t {
    for (const Source& source : wiring.reads[entry]) {
      if (!source.is_input && !done[source.index]) return source.index;
    }
    return entry;
  };
  std::vector<std::size_t> way;
  std::size_t at = static_cast<std::size_t>(std::ranges::find(done, false) - done.begin());
  while (std::ranges::find(way, at) == way.end()) {
    way.push_back(at);
    at = blocked_by(at);
  }
  std::string text = fmt::format("'{}'", wiring.names[at]);
  const char* verb = " reads ";
  const auto add = [&](std::size_t entry) {
    text += fmt::format("{}'{}'", std::exchange(verb, ", which reads "), wiring.names[entry]);
  };
  std::for_each(std::ranges::find(way, at) + 1, way.end(), add);
  add(at);
  fail(ExitCode::bad_experiment, "{}: the layers go round in a cycle: {}",
       key_of_entry(at, wiring.names[at]), text);
}

// Each entry behind those that it reads; otherwise in the order in which they stand.
std::vector<std::size_t> order_of(const Wiring& wiring) {
  const std::size_t count = wiring.names.size();
  std::vector<bool> done(count, false);
  std::vector<std::size_t> order;
  const auto is_ready = [&](std::size_t entry) {
    return !done[entry] && std::ranges::all_of(wiring.reads[entry], [&](const Source& source) {
      return source.is_input || done[source.index];
    });
  };
  while (order.size() < count) {
    std::size_t entry = 0;
    while (entry < count && !is_ready(entry)) ++entry;
    if (entry == count) report_cycle(wiring, done);
    done[entry] = true;
    order.push_back(entry);
  }
  return order;
}

std::vector<OutputOptions> outputs_of(const ModelOptions& options, const Wiring& wiring) {
  if (!options.outputs.empty()) return options.outputs;
  return {{.name = wiring.names.back()}};
}

// Of each output its source. Error if two have the same.
std::vector<Source> sources_of_outputs(const Wiring& wiring, const Directory& directory) {
  std::vector<Source> sources;
  for (const OutputOptions& output : wiring.outputs) {
    const Source source = directory.find(output.name, "model.outputs");
    if (source.is_input) {
      fail(ExitCode::bad_experiment, "model.outputs: '{}' is an input of the model", output.name);
    }
    if (std::ranges::find(sources, source) != sources.end()) {
      fail(ExitCode::bad_experiment, "model.outputs names '{}' twice", output.name);
    }
    sources.push_back(source);
  }
  return sources;
}

// Error(bad_experiment) if something is there for nothing.
void require_use(const Wiring& wiring) {
  std::vector<bool> inputs(wiring.inputs.size(), false);
  std::vector<bool> entries(wiring.names.size(), false);
  const auto mark = [&](const Source& source) {
    (source.is_input ? inputs : entries)[source.index] = true;
  };
  std::ranges::for_each(wiring.output_sources, mark);
  // From the outputs backwards, so that what only leads to unused entries is unused, too.
  for (std::size_t i = wiring.order.size(); i-- > 0;) {
    if (entries[wiring.order[i]]) std::ranges::for_each(wiring.reads[wiring.order[i]], mark);
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!entries[i]) {
      fail(ExitCode::bad_experiment,
           "{}: no output of the model depends on it; name it in model.outputs, or in the inputs "
           "of a layer behind it",
           key_of_entry(i, wiring.names[i]));
    }
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i]) {
      fail(ExitCode::bad_experiment, "model.inputs: no layer reads the input '{}'",
           wiring.inputs[i].name);
    }
  }
}

}  // namespace

std::size_t Wiring::readers(const Source& source) const {
  std::size_t count = 0;
  for (const auto& sources : reads) {
    count += static_cast<std::size_t>(std::ranges::count(sources, source));
  }
  return count;
}

std::size_t Wiring::calls(std::size_t entry) const {
  return static_cast<std::size_t>(std::ranges::count(layer_of, layer_of[entry]));
}

Wiring wire(const ModelOptions& options) {
  constexpr std::size_t max_layers = 1024;  // as many as dropout tells apart
  if (options.layers.empty() || options.layers.size() > max_layers) {
    fail(ExitCode::bad_experiment, "model.layers must have between 1 and {} layers, but has {}",
         max_layers, options.layers.size());
  }
  Wiring wiring;
  wiring.names = names_of_entries(options.layers);
  wiring.inputs = inputs_of(options, wiring);
  const Directory directory = list_values(wiring);
  for (std::size_t i = 0; i < options.layers.size(); ++i) {
    wiring.layer_of.push_back(entry_of_layer(options.layers, i, wiring.names));
    wiring.reads.push_back(sources_of(options.layers, i, wiring, directory));
  }
  wiring.order = order_of(wiring);
  wiring.outputs = outputs_of(options, wiring);
  wiring.output_sources = sources_of_outputs(wiring, directory);
  require_use(wiring);
  return wiring;
}

}  // namespace tusk::graph
