// SPDX-License-Identifier: Apache-2.0
#include "experiment/read_experiment.hpp"

#include <toml++/toml.h>

#include <cctype>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "experiment/compiled_defaults.hpp"
#include "experiment/overrides.hpp"
#include "experiment/table_reader.hpp"
#include "experiment/toml_value.hpp"
#include "options/describe.hpp"
#include "tusk/error.hpp"

namespace tusk::experiment {
namespace {

// The description of the TOML library, "Error while parsing string: …", in our words.
std::string syntax_error(std::string_view description) {
  constexpr std::string_view prefix = "Error while parsing ";
  if (description.starts_with(prefix)) description.remove_prefix(prefix.size());
  std::string text = printable(description);
  text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return "syntax error: " + text;
}

toml::table parse(std::string_view text, const std::string& file) {
  check_depth(text, file);
  try {
    return toml::parse(text, file);
  } catch (const toml::parse_error& error) {
    fail(ExitCode::bad_experiment, "{}: {}", place(error.source(), file),
         syntax_error(error.description()));
  }
}

}  // namespace

std::string read_text(const std::string& path) {
  constexpr std::size_t longest = std::size_t{1} << 20;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) fail(ExitCode::no_input, "cannot open {}: {}", path, std::strerror(errno));
  std::string text(longest + 1, '\0');
  stream.read(text.data(), std::ssize(text));
  if (stream.bad()) fail(ExitCode::io_error, "cannot read {}: {}", path, std::strerror(errno));
  if (!stream.eof()) {
    fail(ExitCode::bad_experiment, "{}: not an experiment: larger than 1 MiB", path);
  }
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

Experiment read_experiment(std::string_view text, std::string_view file_name,
                           const std::vector<std::string>& overrides, const Extensions& extensions,
                           const ReadCompiled& read_compiled) {
  const std::string file(file_name);
  toml::table root = parse(text, file);
  for (const std::string& override : overrides) apply_override(root, override);
  if (read_compiled) add_compiled(root, file, read_compiled);
  Experiment experiment;
  TableReader fields(root, "", file, extensions);
  describe(fields, experiment);
  fields.finish();
  return experiment;
}

}  // namespace tusk::experiment
