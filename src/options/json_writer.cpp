// SPDX-License-Identifier: Apache-2.0
#include "options/json_writer.hpp"

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>

namespace tusk::options {
namespace {

using OrderedJson = nlohmann::ordered_json;

// Makes the JSON of a value, for each kind of value; none for an optional without a value.
struct WriteKind {
  using Written = std::optional<OrderedJson>;

  Written operator()(const bool* value) const { return OrderedJson(*value); }
  Written operator()(const double* value) const { return OrderedJson(*value); }
  Written operator()(const std::uint64_t* value) const { return OrderedJson(*value); }
  Written operator()(const std::int64_t* value) const { return OrderedJson(*value); }
  Written operator()(const std::string* value) const { return OrderedJson(*value); }
  Written operator()(const Bytes& value) const { return OrderedJson(*value.count); }
  Written operator()(const Name& name) const { return OrderedJson(name.names[name.index()]); }

  Written operator()(const Optional& optional) const {
    const auto value = optional.get();
    return value ? write(*value) : std::nullopt;
  }

  Written operator()(const List& list) const {
    OrderedJson array = OrderedJson::array();
    for (std::size_t i = 0; i < list.size(); ++i) array.push_back(*write(list.at(i)));
    return array;
  }

  Written operator()(const Table& table) const {
    OrderedJson object = OrderedJson::object();
    write_json(object, table);
    return object;
  }

  Written operator()(const Map& map) const {
    OrderedJson object = OrderedJson::object();
    std::size_t i = 0;
    for (const std::string& key : map.keys()) object[key] = *write(map.at(i++));
    return object;
  }

  Written operator()(const Forms& forms) const { return write(forms.get()); }

  static Written write(const Value& value) {
    return std::visit(WriteKind{}, static_cast<const Value::variant&>(value));
  }
};

// Goes through a description to write one object.
class JsonWriter final : public Fields {
 public:
  JsonWriter(OrderedJson& object, Unused unused) : object_(object), unused_(unused) {}

 protected:
  void field(std::string_view key, const Value& value, const Rule& rule) override {
    if (!rule.obstacle.empty() && unused_ == Unused::left_out) return;
    if (const auto written = WriteKind::write(value)) object_[std::string(key)] = *written;
  }
  void table(std::string_view key, const Table& table) override { field(key, table, {}); }
  void choose(std::string_view key, const Choice& choice) override {
    object_[std::string(key)] = choice.alternatives[choice.index()].name;
    choice.describe(*this);
  }

 private:
  OrderedJson& object_;
  Unused unused_;
};

}  // namespace

void write_json(OrderedJson& json, const Table& table, Unused unused) {
  JsonWriter fields(json, unused);
  table.describe(fields);
}

}  // namespace tusk::options
