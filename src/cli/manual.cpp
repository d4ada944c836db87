// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <memory>
#include <string>

#include "cli/commands.hpp"
#include "cli/program_text.hpp"
#include "mpi/communicator.hpp"

namespace tusk::cli {
namespace {

std::string text_of(const std::string& kind, const Program& program) {
  if (kind == "bash") return bash_completion(program);
  if (kind == "zsh") return zsh_completion(program);
  return man_page(program);
}

}  // namespace

Command manual_command(const Context& context, const std::function<Program()>& program) {
  const auto kind = std::make_shared<std::string>();
  return {.name = "manual",
          .help = "Print the man page, or what completes a command line in bash or zsh",
          .example =
              "Where cmake --install has not put them:\n"
              "  tusk manual man | man -l -\n"
              "  source <(tusk manual bash)",
          .arguments = {{.name = "KIND",
                         .place = kind.get(),
                         .help = "man, bash or zsh",
                         .required = true,
                         .one_of = {"man", "bash", "zsh"}}},
          .run = [context, kind, program] {
            if (context.world.rank() != 0) return ExitCode::done;
            std::fputs(text_of(*kind, program()).c_str(), stdout);
            return ExitCode::done;
          }};
}

}  // namespace tusk::cli
