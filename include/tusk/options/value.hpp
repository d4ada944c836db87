// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// What an option can be, without its C++ type: the closed set of kinds that every reader and writer
// of options knows. value_of.hpp makes them of members; each refers to the member, which must
// outlive it.
namespace tusk::options {

class Fields;
struct Value;

// A number of bytes, which people write with a unit: "4 GiB".
struct Bytes {
  std::uint64_t* count;
};

// One of some names: an enumerator. An alias is a name, too; index() is that of a value's own name.
struct Name {
  std::vector<std::string> names;
  std::function<std::size_t()> index;
  std::function<void(std::size_t)> assign;
};

// A value that may be absent.
struct Optional {
  std::function<std::optional<Value>()> get;
  std::function<Value()> emplace;
};

// Any number of values of the same kind.
struct List {
  bool distinct;  // no value may stand in it twice
  std::function<std::size_t()> size;
  std::function<Value(std::size_t)> at;
  std::function<void()> clear;
  std::function<Value()> add;  // a new one at the end
};

// A struct of options.
struct Table {
  std::function<void(Fields&)> describe;
};

// Any number of values of the same kind that have names of their own, in an order: a table whose
// keys are free.
struct Map {
  std::function<std::vector<std::string>()> keys;
  std::function<Value(std::size_t)> at;
  std::function<void()> clear;
  std::function<Value(const std::string& key)> add;  // a new one at the end
};

// What a form of a value looks like in a file.
enum class FormShape { number, whole_number, text, known_name, list, table };

// A value that is written in one of several forms, of which no two have the same shape: a name or a
// table, a number or a list of numbers. A list in such a place is not empty unless it may be, and a
// whole number is an index, from 0.
struct Forms {
  struct Form {
    FormShape shape;
    std::function<Value()> choose;  // makes the value one of this form
    bool may_be_empty = false;      // a list
  };

  std::string expected;  // for messages: "a name or a table"
  std::vector<Form> forms;
  std::function<Value()> get;  // the value in its shortest form
};

struct Value : std::variant<bool*, double*, std::uint64_t*, std::int64_t*, std::string*, Bytes,
                            Name, Optional, List, Table, Map, Forms> {
  using variant::variant;
};

}  // namespace tusk::options
