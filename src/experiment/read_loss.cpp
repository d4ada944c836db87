// SPDX-License-Identifier: Apache-2.0
#include "experiment/read_loss.hpp"

#include <fmt/format.h>

#include <string>

#include "experiment/overrides.hpp"
#include "experiment/table_reader.hpp"
#include "experiment/toml_value.hpp"
#include "options/describe.hpp"
#include "tusk/error.hpp"
#include "tusk/extensions.hpp"

namespace tusk::experiment {

LossOptions read_loss(std::string_view text, const Extensions& extensions) try {
  const std::string source = fmt::format("{}loss {}", command_line_sign, text);
  const toml::table table = value_table("loss", text, source);
  LossOptions loss;
  read_value({*table.get("loss"), "loss", source}, options::value_of(loss, extensions.losses), {},
             extensions);
  return loss;
} catch (const Error& error) {
  throw Error(ExitCode::usage, error.what());
}

}  // namespace tusk::experiment
