// SPDX-License-Identifier: Apache-2.0
#include "net/formats/keras_optimizer.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>
#include <variant>

#include "options/describe.hpp"
#include "options/json_reader.hpp"
#include "options/json_writer.hpp"

namespace tusk::formats {
namespace {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

// Of every optimizer: its class in Keras, and its name here.
constexpr auto optimizer_classes =
    std::to_array<std::pair<std::string_view, std::string_view>>({{"SGD", "sgd"},
                                                                  {"Adagrad", "adagrad"},
                                                                  {"RMSprop", "rmsprop"},
                                                                  {"Adam", "adam"},
                                                                  {"AdamW", "adamw"},
                                                                  {"Adadelta", "adadelta"},
                                                                  {"Adamax", "adamax"},
                                                                  {"Nadam", "nadam"}});

// Of schedules: the class, the name here, and the key of the rate that they begin with.
struct ScheduleClass {
  std::string_view keras;
  std::string_view tusk;
};
constexpr auto schedule_classes =
    std::to_array<ScheduleClass>({{"ExponentialDecay", "exponential"},
                                  {"CosineDecay", "cosine"},
                                  {"PolynomialDecay", "polynomial"},
                                  {"PiecewiseConstantDecay", "step"}});

// "Custom>Adam" is "Adam".
std::string plain_class(const Json& json) {
  const std::string name = json.value("class_name", "");
  return name.substr(name.rfind('>') + 1);
}

// Keras computes with float32 and writes 0.1 as 0.10000000149011612.
Json shortened(const Json& number) {
  if (!number.is_number_float()) return number;
  const double value = number;
  const auto single = static_cast<float>(value);
  if (static_cast<double>(single) != value) return number;
  return std::strtod(fmt::format("{}", single).c_str(), nullptr);
}

// Whole numbers that were written as 100.0.
Json whole(const Json& number) {
  if (!number.is_number_float()) return number;
  const double value = number;
  constexpr double most = 9007199254740992.0;  // 2^53
  if (!(value >= 0.0 && value <= most)) return number;
  const auto rounded = static_cast<std::uint64_t>(value);
  return static_cast<double>(rounded) == value ? Json(rounded) : number;
}

bool is_set(const Json& config, const char* key) {
  const auto found = config.find(key);
  return found != config.end() && !found->is_null() && *found != false && *found != 0;
}

// A schedule as Tusk has it, beside the learning rate that it begins with.
void read_schedule(const Json& json, Json& options, std::vector<std::string>& obstacles) {
  const std::string type = plain_class(json);
  const Json config = json.value("config", Json::object());
  for (const ScheduleClass& known : schedule_classes) {
    if (known.keras != type) continue;
    Json schedule{{"type", known.tusk}};
    for (const char* key : {"decay_rate", "staircase", "alpha", "end_learning_rate", "power"}) {
      if (config.contains(key)) schedule[key] = shortened(config[key]);
    }
    if (known.tusk == "step") {
      const Json values = config.value("values", Json::array());
      if (!values.is_array() || values.empty()) {
        obstacles.emplace_back("its schedule PiecewiseConstantDecay has no values");
        return;
      }
      options["learning_rate"] = shortened(values[0]);
      schedule["values"] = Json::array();
      for (std::size_t i = 1; i < values.size(); ++i) {
        schedule["values"].push_back(shortened(values[i]));
      }
      schedule["boundaries"] = Json::array();
      for (const Json& boundary : config.value("boundaries", Json::array())) {
        schedule["boundaries"].push_back(whole(boundary));
      }
    } else {
      options["learning_rate"] = shortened(config.value("initial_learning_rate", Json()));
      schedule["decay_steps"] = whole(config.value("decay_steps", Json()));
    }
    for (const char* key : {"cycle", "warmup_steps", "warmup_target"}) {
      if (is_set(config, key)) {
        obstacles.push_back(fmt::format("its schedule {} has {}", type, key));
      }
    }
    options["schedule"] = std::move(schedule);
    return;
  }
  obstacles.push_back(fmt::format("its learning rate follows {}, which Tusk does not have", type));
}

}  // namespace

std::optional<OptimizerOptions> read_keras_optimizer(const Json& json, const std::string& where,
                                                     std::vector<std::string>& obstacles) {
  const std::string type = plain_class(json);
  const Json config = json.value("config", Json::object());
  const std::size_t before = obstacles.size();
  Json options = Json::object();
  for (const auto& [keras, tusk] : optimizer_classes) {
    if (keras == type) options["name"] = tusk;
  }
  if (!options.contains("name") || !config.is_object()) {
    obstacles.push_back(fmt::format("optimizer '{}' is none of Tusk's", type));
    return std::nullopt;
  }
  // Before tf.keras it was not an option, and 0.
  if (type == "Adagrad") options["initial_accumulator_value"] = 0.0;
  for (const auto& [key, value] : config.items()) {
    if (key != "name" && !value.is_null()) options[key] = shortened(value);
  }
  if (config.contains("lr")) options["learning_rate"] = shortened(config["lr"]);
  if (options.contains("learning_rate") && options["learning_rate"].is_object()) {
    read_schedule(config.at(config.contains("lr") ? "lr" : "learning_rate"), options, obstacles);
  }
  for (const char* key : {"decay", "use_ema", "gradient_accumulation_steps", "loss_scale_factor"}) {
    if (is_set(config, key)) {
      obstacles.push_back(fmt::format("optimizer '{}' has {} = {}, which Tusk does not have", type,
                                      key, config.at(key).dump()));
    }
  }
  if (obstacles.size() > before) return std::nullopt;
  OptimizerOptions read;
  options::read_json(options, options::table_of(read), where);
  return read;
}

OrderedJson write_keras_optimizer(const OptimizerOptions& options) {
  if (std::holds_alternative<UserOptimizer>(options.kind)) return nullptr;
  OptimizerOptions copy = options;  // describe() takes what it could also change
  OrderedJson config = OrderedJson::object();
  options::write_json(config, options::table_of(copy));
  const std::string name = config["name"];
  std::string type;
  for (const auto& [keras, tusk] : optimizer_classes) {
    if (tusk == name) type = keras;
  }
  // None is nothing to Keras, and a word that the older optimizers of Keras 2 do not know; AdamW's
  // own is not none.
  if (options.weight_decay == 0.0 && type != "AdamW") config.erase("weight_decay");
  const OrderedJson schedule = config.value("schedule", OrderedJson());
  config.erase("schedule");
  if (schedule.is_object() && schedule["type"] != "constant") {
    OrderedJson its = schedule;
    its.erase("type");
    its.erase("warmup_steps");
    std::string its_type;
    for (const ScheduleClass& known : schedule_classes) {
      if (schedule["type"] == known.tusk) its_type = known.keras;
    }
    if (its.contains("values")) {
      its["values"].insert(its["values"].begin(), options.learning_rate);
    } else {
      its["initial_learning_rate"] = options.learning_rate;
    }
    config["learning_rate"] = {{"module", "keras.optimizers.schedules"},
                               {"class_name", its_type},
                               {"config", its},
                               {"registered_name", nullptr}};
  }
  if (options.schedule && options.schedule->warmup_steps > 0) return nullptr;
  return {{"class_name", type}, {"config", config}};
}

}  // namespace tusk::formats
