// SPDX-License-Identifier: Apache-2.0
#include "tusk/options/any_options.hpp"

#include <nlohmann/json.hpp>

#include "options/json_writer.hpp"

namespace tusk::options {
namespace {

nlohmann::ordered_json values_of(AnyOptions options) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  write_json(json, table_of(options), Unused::written);
  return json;
}

}  // namespace

bool operator==(const AnyOptions& a, const AnyOptions& b) {
  if (!a.held_ || !b.held_) return a.held_ == b.held_;
  return typeid(*a.held_) == typeid(*b.held_) && values_of(a) == values_of(b);
}

}  // namespace tusk::options
