// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>
#include <utility>

#include "tusk/options/choice.hpp"
#include "tusk/options/rule.hpp"
#include "tusk/options/value.hpp"
#include "tusk/options/value_of.hpp"

namespace tusk {
struct Extensions;
}

// How options are read, written and checked by one description of each. Whoever has options of his
// own needs Fields and rule.hpp. In this folder:
//
//   fields.hpp       Fields, which a description is written with, and what goes through one
//   rule.hpp         what a line may ask of an option: a range, that it is there, …
//   value.hpp        what an option can be, without its C++ type; value_of.hpp makes it of a
//                    member, choice.hpp of a variant
//   user_object.hpp  what a program has of its own beyond Tusk, as tusk/extensions.hpp lists it;
//                    any_options.hpp holds its options
//
// And in src/options, for Tusk itself:
//
//   describe.hpp     a function describe() for each struct of options in room experiment; the
//                    describe_*.cpp have a line for each option, with its rule
//   json_reader, json_writer   for model files; for experiment files there are TableReader and
//                    TableWriter in room experiment
//   key_list         lists keys, for messages; require_valid checks what a constructor is given
namespace tusk::options {

// What goes through the options of a struct: a reader or a writer of some format, a list of keys, a
// check. Which struct it is says a function beside the struct, with a line for each option:
//
//   void describe(options::Fields& fields, DropoutOptions& o) {
//     fields("rate", o.rate, required(from_below(0.0, 1.0)));
//   }
//
// A reader assigns the members that its file has a value for and leaves the others as they are; all
// others only look. An option's rule may depend on the options above it, which are read by then.
class Fields {
 public:
  Fields() : Fields(no_extensions()) {}
  explicit Fields(const Extensions& extensions) : extensions_(&extensions) {}  // must outlive it
  Fields(const Fields&) = delete;
  Fields& operator=(const Fields&) = delete;
  virtual ~Fields() = default;

  // An option: bool, double, std::size_t, std::int64_t, std::string, ByteCount, an enum with
  // names_of(), another described struct, std::optional and std::vector of these, and what
  // value_of() knows beyond them.
  template <typename T>
  void operator()(std::string_view key, T& member, const Rule& rule = {}) {
    field(key, value_of(member), rule);
  }
  void operator()(std::string_view key, Value value, const Rule& rule = {}) {
    field(key, value, rule);
  }

  // A struct with a table of its own in the file, as [data].
  template <typename T>
  void section(std::string_view key, T& member) {
    table(key, table_of(member));
  }

  // The key that selects one of a variant's structs, whose options stand in the same table.
  template <typename... Kinds>
  void choice(std::string_view key, std::variant<Kinds...>& member) {
    choose(key, choice_of(member));
  }

  // The same, where a user's kinds stand beside them.
  template <typename Kind, typename... Kinds>
  void choice(std::string_view key, std::variant<Kinds...>& member,
              const std::vector<std::shared_ptr<const Kind>>& user_kinds) {
    choose(key, choice_of(member, user_kinds));
  }

  // A choice that is no plain variant's.
  void choice(std::string_view key, const Choice& choice) { choose(key, choice); }

  // What the program has beyond Tusk.
  const Extensions& extensions() const { return *extensions_; }

  // What a reader does before it goes on to the lines below.
  virtual void on_read(const std::function<void()>&) {}

 protected:
  virtual void field(std::string_view key, const Value& value, const Rule& rule) = 0;
  virtual void table(std::string_view key, const Table& table) = 0;
  virtual void choose(std::string_view key, const Choice& choice) = 0;

 private:
  static const Extensions& no_extensions();

  const Extensions* extensions_;
};

}  // namespace tusk::options
