// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.hpp"
#include "core/cpu_features.hpp"
#include "core/version.hpp"
#include "experiment/server_options.hpp"
#include "mpi/communicator.hpp"
#include "mpi/environment.hpp"

namespace tusk::cli {
namespace {

using Json = nlohmann::ordered_json;

// The instruction sets that the program was compiled to use.
std::vector<std::string_view> cpu_features() {
#define TUSK_NAME(feature) feature,
  return {TUSK_CPU_FEATURES(TUSK_NAME)};
#undef TUSK_NAME
}

// The widest vectors among them.
std::string_view simd_level() {
  std::string_view level = "baseline";
  for (const std::string_view feature : cpu_features()) {
    if (feature == "avx" || feature == "avx2" || feature == "avx512f") level = feature;
  }
  return level;
}

std::vector<std::string_view> transports() {
  std::vector<std::string_view> names;
  for (const auto& transport : names_of(Transport{})) {
    if (transport.value != Transport::automatic) names.push_back(transport.name);
  }
  return names;
}

Json facts() {
  Json versions = Json::object();
  for (const Library& library : libraries) versions[library.name] = library.version;
  return {{"version", version},
          {"git_revision", git_revision},
          {"compiler", compiler},
          {"build_type", build_type},
          {"simd", simd_level()},
          {"cpu_features", cpu_features()},
          {"mpi", mpi::library_version()},
          {"transports", transports()},
          {"libraries", versions}};
}

void print_facts() {
  std::vector<std::string> versions;
  for (const Library& library : libraries) {
    versions.push_back(fmt::format("{} {}", library.name, library.version));
  }
  fmt::print("tusk {} ({})\n", version, git_revision);
  fmt::print("compiler    {}, {}\n", compiler, build_type);
  fmt::print("simd        {}\n", simd_level());
  fmt::print("mpi         {}\n", mpi::library_version());
  fmt::print("transports  {}\n", fmt::join(transports(), ", "));
  fmt::print("libraries   {}\n", fmt::join(versions, ", "));
}

}  // namespace

Command info_command(const Context& context) {
  const auto as_json = std::make_shared<bool>(false);
  return {.name = "info",
          .help = "Print versions, MPI transports, SIMD level and how the program was built",
          .example = "Example:\n  tusk info --json",
          .arguments = {{.name = "--json", .place = as_json.get(), .help = "As one JSON object"}},
          .run = [context, as_json] {
            if (context.world.rank() != 0) return ExitCode::done;
            if (*as_json) {
              fmt::print("{}\n", facts().dump(2));
            } else {
              print_facts();
            }
            return ExitCode::done;
          }};
}

}  // namespace tusk::cli
