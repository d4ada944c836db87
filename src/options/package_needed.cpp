// SPDX-License-Identifier: Apache-2.0
#include "options/package_needed.hpp"

#include "tusk/error.hpp"

namespace tusk::options {

void refuse_kind_of_package(std::string_view where, std::string_view what, std::string_view name,
                            std::string_view known) {
  const std::size_t end = name.find('>');
  if (end == std::string_view::npos) return;
  fail(ExitCode::bad_data,
       "{} needs a program that has the {} '{}' of the package '{}'; this one has {}", where, what,
       name.substr(end + 1), name.substr(0, end), known);
}

}  // namespace tusk::options
