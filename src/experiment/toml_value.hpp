// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "tusk/options/rule.hpp"
#include "tusk/options/value.hpp"

namespace tusk::experiment {

// A value of the file under reading, and what messages call it.
struct TomlValue {
  const toml::node& node;
  std::string key;          // with dots from the root: "model.layers.0.units"
  const std::string& file;  // the name of the file
};

// "file:line:column"; "--set key=value" for what the command line gave; "file" for neither.
std::string place(const toml::source_region& source, const std::string& file);

// `text` without control characters, which would break a message into lines.
std::string printable(std::string_view text);

// Throws Error(bad_experiment) if the text has so many dots that its tables could be nested deeper
// than the TOML library's recursion has stack for (it guards arrays and inline tables itself).
void check_depth(std::string_view text, const std::string& where);

// Throws Error(bad_experiment): "place: key '…': expected …, got …" and, after that, `hint`.
[[noreturn]] void reject(const TomlValue& value, std::string_view expected,
                         std::string_view hint = "");

// The value in C++, if it has the right type and obeys the rule; otherwise reject() is called.
void read(const TomlValue& value, bool& out);
void read(const TomlValue& value, double& out, const options::Rule& rule);
void read(const TomlValue& value, std::uint64_t& out, const options::Rule& rule);
void read(const TomlValue& value, std::int64_t& out, const options::Rule& rule);
void read(const TomlValue& value, std::string& out, const options::Rule& rule);
void read(const TomlValue& value, const options::Bytes& out);

// The index in `names` of the name that the value is.
std::size_t read_name(const TomlValue& value, std::span<const std::string> names);

const toml::table& as_table(const TomlValue& value);
const toml::array& as_array(const TomlValue& value);

}  // namespace tusk::experiment
