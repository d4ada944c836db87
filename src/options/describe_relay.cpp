// SPDX-License-Identifier: Apache-2.0
#include <variant>

#include "options/describe.hpp"
#include "tusk/extensions.hpp"

// The [relay] table: what relays exchange by.
namespace tusk {

using namespace options;

namespace {

// What goes through a rule's options, without the window: a relay has an interval instead.
class WithoutWindow final : public Fields {
 public:
  explicit WithoutWindow(Fields& fields) : Fields(fields.extensions()), fields_(fields) {}
  void on_read(const std::function<void()>& act) override { fields_.on_read(act); }

 protected:
  void field(std::string_view key, const Value& value, const Rule& rule) override {
    if (key != "communication_window") return fields_(key, value, rule);
    fields_(key, value,
            any().only_when(false,
                            "has no meaning between relays, which exchange every "
                            "`relay.every` commits of a worker"));
  }
  void table(std::string_view /*key*/, const Table& table) override { table.describe(*this); }
  void choose(std::string_view key, const Choice& choice) override { fields_.choice(key, choice); }

 private:
  Fields& fields_;
};

// The rules of trainers, with what is otherwise between relays.
Choice rule_of(RelayOptions& o, const Extensions& extensions) {
  Choice choice = choice_of(o.rule, extensions.strategies);
  choice.select = [&o, select = choice.select](std::size_t index) {
    select(index);
    if (std::holds_alternative<DilocoOptions>(o.rule)) o.rule = RelayOptions().rule;
  };
  choice.describe = [describe_rule = choice.describe](Fields& fields) {
    WithoutWindow without_window(fields);
    describe_rule(without_window);
  };
  return choice;
}

}  // namespace

Value value_of(RelayInterval& interval) {
  return Forms{
      .expected = "a number of commits, or a time as in \"2s\"",
      .forms = {{FormShape::number, [&interval] { return value_of(interval.emplace<double>()); }},
                {FormShape::text,
                 [&interval] { return value_of(interval.emplace<std::string>()); }}},
      .get = [&interval] {
        return std::visit([](auto& form) { return value_of(form); }, interval);
      }};
}

void describe(Fields& fields, RelayOptions& o) {
  fields.choice("name", rule_of(o, fields.extensions()));
  Rule every = above(0.0);
  every.text = Text::time;
  fields("every", value_of(o.every), every);
  fields("merge", o.merge,
         Rule{.interval = {.min = 0.0, .max = 1.0, .with_min = false}}.only_when(
             !traits(o.rule).keeps_sum,
             "needs a rule that adds changes up: an exchange of positions in part would lose some "
             "of their sum"));
}

}  // namespace tusk
