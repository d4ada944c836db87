// SPDX-License-Identifier: Apache-2.0
#include "experiment/compiled_defaults.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/log.hpp"
#include "core/near_miss.hpp"
#include "experiment/table_writer.hpp"
#include "options/describe.hpp"
#include "tusk/error.hpp"

namespace tusk::experiment {
namespace {

// A table of options as TOML; `source` is where messages say that it stands.
template <typename Options>
toml::table table_of(Options options, const std::string& source) {
  TableWriter fields;
  describe(fields, options);
  return toml::parse(fields.lines(), source);
}

// Adds what `to` does not have.
void add_missing(toml::table& to, toml::table&& from) {
  for (auto&& [key, node] : from) {
    if (!to.contains(key.str())) to.insert(key, std::move(node));
  }
}

// Whether the [model] table says a loss, its own or an output's.
bool says_loss(const toml::table& model) {
  if (model.contains("loss")) return true;
  const toml::table* outputs = model["outputs"].as_table();
  if (outputs == nullptr) return false;
  return std::ranges::any_of(*outputs, [](const auto& entry) {
    const toml::table* output = entry.second.as_table();
    return output != nullptr && output->contains("loss");
  });
}

[[noreturn]] void refuse(const std::string& file, const char* key, const std::string& model,
                         const char* noun, const std::string& reason) {
  fail(ExitCode::bad_experiment,
       "{}: key '{}' is missing, and {} does not say a {} that Tusk has{}", file, key, model, noun,
       reason.empty() ? "" : ": " + reason);
}

// The options of the file's layers for those in `replace` that do not say another type.
void complete_replaced(toml::table& replace, const std::string& file, const std::string& model,
                       const std::vector<LayerEntry>& layers) {
  std::vector<std::string> names;
  for (const LayerEntry& layer : layers) {
    if (layer.use.empty()) names.push_back(layer.name);
  }
  for (auto&& [key, node] : replace) {
    const std::string name(key.str());
    const auto found = std::ranges::find_if(
        layers, [&](const LayerEntry& layer) { return layer.use.empty() && layer.name == name; });
    if (found == layers.end()) {
      fail(ExitCode::bad_experiment, "{}: key 'model.replace.{}': {} has no layer '{}'{}", file,
           name, model, name, did_you_mean(name, names));
    }
    toml::table* table = node.as_table();
    if (table == nullptr || table->contains("type")) continue;
    LayerOptions options = *found;
    add_missing(*table, table_of(std::move(options), model));
  }
}

}  // namespace

void add_compiled(toml::table& root, const std::string& file, const ReadCompiled& read_compiled) {
  toml::table* model = root["model"].as_table();
  if (model == nullptr) return;
  const auto path = (*model)["file"].value<std::string>();
  const toml::node* optimizer = root.get("optimizer");
  if (optimizer != nullptr && !optimizer->is_table()) return;  // whoever reads it will say so
  const bool needs_optimizer = optimizer == nullptr || !optimizer->as_table()->contains("name");
  const bool needs_loss = !says_loss(*model);
  toml::table* replace = (*model)["replace"].as_table();
  if (!path || (!needs_loss && !needs_optimizer && replace == nullptr)) return;

  const CompiledOptions compiled = read_compiled(*path);
  const std::string source = *path + ", as it was compiled";
  if (replace != nullptr) complete_replaced(*replace, file, *path, compiled.layers);
  if (needs_loss) {
    if (!compiled.model) refuse(file, "model.loss", *path, "loss", compiled.no_loss);
    for (const std::string& reason : compiled.left_out) {
      warning("{}: left out of what the model was compiled with: {}", *path, reason);
    }
    ModelOptions options = *compiled.model;
    options.file = *path;
    add_missing(*model, table_of(std::move(options), source));
  }
  if (!needs_optimizer) return;
  if (!compiled.optimizer) {
    refuse(file, "optimizer.name", *path, "optimizer", compiled.no_optimizer);
  }
  toml::table its = table_of(*compiled.optimizer, source);
  if (optimizer == nullptr) {
    root.insert("optimizer", std::move(its));
    return;
  }
  toml::table& own = *root["optimizer"].as_table();
  constexpr auto clips =
      std::to_array<std::string_view>({"clipnorm", "global_clipnorm", "clipvalue"});
  if (std::ranges::any_of(clips, [&](auto key) { return own.contains(key); })) {
    for (const std::string_view key : clips) its.erase(key);
  }
  add_missing(own, std::move(its));
}

}  // namespace tusk::experiment
