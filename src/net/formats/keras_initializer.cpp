// SPDX-License-Identifier: Apache-2.0
#include "net/formats/keras_initializer.hpp"

#include <nlohmann/json.hpp>
#include <string>

#include "net/formats/keras_names.hpp"
#include "options/describe.hpp"
#include "options/json_reader.hpp"
#include "options/json_writer.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

bool is_random(InitializerKind kind) {
  return kind != InitializerKind::zeros && kind != InitializerKind::ones &&
         kind != InitializerKind::constant;
}

}  // namespace

OrderedJson write_keras_initializer(const OrderedJson& ours) {
  InitializerOptions o;
  const Json table = ours.is_string() ? Json{{"type", ours.get<std::string>()}} : Json(ours);
  options::read_json(table, options::table_of(o), "an initializer");
  OrderedJson config = OrderedJson::object();
  options::write_json(config, options::table_of(o));
  config.erase("type");
  if (is_random(o.kind)) config["seed"] = nullptr;
  return {{"class_name", to_class_name(name_of(o.kind))}, {"config", config}};
}

Json read_keras_initializer(const Json& keras) {
  if (keras.is_null()) return keras;
  Json ours = Json::object();
  if (keras.is_object()) {
    ours = keras.value("config", ours);
    ours["type"] = to_snake_case(keras.at("class_name").get<std::string>());
  } else {
    ours["type"] = keras.get<std::string>();
  }
  try {
    InitializerOptions o;
    options::read_json(ours, options::table_of(o), "an initializer");
  } catch (const Error&) {
    return nullptr;
  }
  return ours;
}

}  // namespace tusk::formats
