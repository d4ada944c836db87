// SPDX-License-Identifier: Apache-2.0
#include "net/graph/entry_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "tusk/error.hpp"

namespace tusk::graph {

std::string key_of_entry(std::size_t index) { return fmt::format("model.layers.{}", index); }

std::string key_of_entry(std::size_t index, const std::string& name) {
  return fmt::format("model.layers.{} ('{}')", index, name);
}

void require_name(const std::string& name, const std::string& key) {
  const bool has_empty_part = ("/" + name + "/").find("//") != std::string::npos || name == ".";
  const bool is_plain = std::ranges::none_of(name, [](char c) {
    return c == ':' || c == '#' || static_cast<unsigned char>(c) < ' ' || c == '\x7f';
  });
  if (has_empty_part || !is_plain) {
    fail(ExitCode::bad_experiment,
         "{}: a name must have letters, between any slashes, and no ':', '#' or control characters",
         key);
  }
}

std::vector<std::string> names_of_entries(const std::vector<LayerEntry>& entries) {
  std::set<std::string> taken;  // by entries that have names of their own
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string& name = entries[i].name;
    if (name.empty()) continue;
    require_name(name, key_of_entry(i) + ".name");
    if (!taken.insert(name).second) {
      fail(ExitCode::bad_experiment, "{}: another layer before it has the name '{}'",
           key_of_entry(i) + ".name", name);
    }
  }
  std::map<std::string, std::size_t> of_kind;
  std::map<std::string, std::size_t> calls;
  std::vector<std::string> names;
  for (const LayerEntry& entry : entries) {
    const std::size_t call = entry.use.empty() ? 0 : ++calls[entry.use];
    if (!entry.name.empty()) {
      names.push_back(entry.name);
    } else if (!entry.use.empty()) {
      names.push_back(fmt::format("{}:{}", entry.use, call));
    } else {
      std::string name;
      do {
        const std::size_t before = of_kind[type_of(entry)]++;
        name = before == 0 ? type_of(entry) : fmt::format("{}_{}", type_of(entry), before);
      } while (taken.contains(name));
      names.push_back(std::move(name));
    }
  }
  return names;
}

}  // namespace tusk::graph
