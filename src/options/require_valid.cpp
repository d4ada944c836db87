// SPDX-License-Identifier: Apache-2.0
#include "options/require_valid.hpp"

#include <cmath>
#include <variant>

#include "tusk/error.hpp"

namespace tusk::options {
namespace {

void check(const Value& value, const Rule& rule, const std::string& key);

// Checks a value of each kind.
struct CheckKind {
  const Rule& rule;
  const std::string& key;

  void operator()(const bool*) const {}
  void operator()(const Bytes&) const {}
  void operator()(const Name&) const {}

  void operator()(const double* number) const {
    if (std::isfinite(*number) && rule.interval.contains(*number)) return;
    fail(ExitCode::bad_experiment, "{} must be {}, but is {}", key, in_words(rule.interval),
         *number);
  }

  void operator()(const std::uint64_t* number) const {
    if (rule.interval.contains(static_cast<double>(*number))) return;
    fail(ExitCode::bad_experiment, "{} must be {}, but is {}", key, in_words(rule.interval),
         *number);
  }

  void operator()(const std::int64_t* number) const {
    if (rule.interval.contains(static_cast<double>(*number))) return;
    fail(ExitCode::bad_experiment, "{} must be {}, but is {}", key, in_words(rule.interval),
         *number);
  }

  void operator()(const std::string* text) const {
    if (rule.required && text->empty()) fail(ExitCode::bad_experiment, "{} is missing", key);
  }

  void operator()(const Optional& optional) const {
    if (const auto value = optional.get()) check(*value, rule, key);
  }

  void operator()(const List& list) const {
    if (rule.required && list.size() == 0) {
      fail(ExitCode::bad_experiment, "{} must have at least one element", key);
    }
    const Rule each{.interval = rule.interval, .text = rule.text};
    for (std::size_t i = 0; i < list.size(); ++i) {
      check(list.at(i), each, fmt::format("{}.{}", key, i));
    }
  }

  void operator()(const Table& table) const { require_valid_table(table, key); }
  void operator()(const Map& map) const {
    const Rule each{.interval = rule.interval, .text = rule.text};
    std::size_t i = 0;
    for (const std::string& name : map.keys()) check(map.at(i++), each, key + "." + name);
  }
  void operator()(const Forms& forms) const { check(forms.get(), rule, key); }
};

void check(const Value& value, const Rule& rule, const std::string& key) {
  std::visit(CheckKind{rule, key}, static_cast<const Value::variant&>(value));
}

// Goes through a description to check each option.
class Check final : public Fields {
 public:
  explicit Check(const std::string& key) : key_(key) {}

 protected:
  void field(std::string_view key, const Value& value, const Rule& rule) override {
    if (rule.obstacle.empty()) check(value, rule, fmt::format("{}.{}", key_, key));
  }
  void table(std::string_view key, const Table& table) override {
    require_valid_table(table, fmt::format("{}.{}", key_, key));
  }
  void choose(std::string_view, const Choice& choice) override { choice.describe(*this); }

 private:
  const std::string& key_;
};

}  // namespace

void require_valid_table(const Table& table, const std::string& key) {
  Check check(key);
  table.describe(check);
}

}  // namespace tusk::options
