// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "cli/commands.hpp"
#include "cli/inspection_text.hpp"
#include "core/units.hpp"
#include "data/hdf5/file.hpp"
#include "data/hdf5/listing.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "net/formats/foreign_file.hpp"
#include "net/formats/keras3_weights.hpp"
#include "net/formats/model_file.hpp"
#include "net/formats/model_source.hpp"

namespace tusk::cli {
namespace {

constexpr std::size_t longest_attribute = 100;  // bytes shown of one

enum class Content { data, model, history };

Content content_of(const hdf5::File& file) {
  if (file.has_group("model_weights") || formats::has_keras3_weights(file)) return Content::model;
  if (file.has_group("steps") && file.has_group("commits")) return Content::history;
  if (file.has_group("nodes") && file.has_group("sums")) return Content::history;  // of a tree
  return Content::data;
}

const char* name_of(Content content) {
  switch (content) {
    case Content::model:
      return "a model";
    case Content::history:
      return "the history of a training";
    case Content::data:
      return "a data set";
  }
  return "";
}

std::string shortened(const std::string& value) {
  if (value.size() <= longest_attribute) return value;
  std::size_t end = longest_attribute;
  while ((static_cast<unsigned char>(value[end]) & 0xC0U) == 0x80U) --end;  // whole characters
  return value.substr(0, end) + "…";
}

std::string what_it_is(const hdf5::Entry& entry) {
  switch (entry.kind) {
    case hdf5::Entry::Kind::group:
      return "";
    case hdf5::Entry::Kind::refused:
      return entry.refusal + ": not read";
    case hdf5::Entry::Kind::dataset:
      break;
  }
  const std::string shape = entry.extents.size() == 1
                                ? fmt::format("({},)", entry.extents.front())
                                : fmt::format("({})", fmt::join(entry.extents, ", "));
  return fmt::format("{} {}, {}, {}", entry.type, shape, format_bytes(entry.stored_bytes),
                     entry.layout);
}

std::string tree_text(const hdf5::File& file) {
  std::string text;
  for (const hdf5::Entry& entry : hdf5::list(file)) {
    const std::string indent(2 * entry.depth, ' ');
    const std::string name = entry.depth == 0 ? "/" : entry.path.substr(entry.path.rfind('/') + 1);
    const std::string what = what_it_is(entry);
    text += fmt::format("{}{}{}{}\n", indent, name, what.empty() ? "" : ": ", what);
    for (const auto& [attribute, value] : entry.attributes) {
      text += fmt::format("{}  @{} = {}\n", indent, attribute, shortened(value));
    }
  }
  return text;
}

void begin(const std::string& path, Content content) {
  fmt::print("{}: {}, {}\n", path, name_of(content),
             format_bytes(std::filesystem::file_size(path)));
}

void inspect(const std::string& given, const Extensions& extensions) {
  const std::string path = formats::model_file_of(given);
  if (const std::string what = formats::foreign_file(path); !what.empty()) {
    fail(ExitCode::bad_data, "{}: {}", path, what);
  }
  if (formats::is_architecture(path)) {
    begin(path, Content::model);
    fmt::print("\n{}", model_text(path, extensions));
    return;
  }
  const hdf5::File file = formats::open_weights_file(path);
  const bool is_in_archive = file.path() != path;
  const Content content = is_in_archive ? Content::model : content_of(file);
  begin(path, content);
  fmt::print("{}\n", tree_text(file));
  std::fflush(stdout);  // also if what follows fails
  switch (content) {
    case Content::data:
      fmt::print("{}", data_text(file));
      break;
    case Content::model:
      fmt::print("{}", model_text(path, extensions));
      break;
    case Content::history:
      fmt::print("{}", history_text(file));
      break;
  }
}

}  // namespace

Command inspect_command(const Context& context) {
  const auto path = std::make_shared<std::string>();
  return {.name = "inspect",
          .help = "Show what a data set, a model or a history holds",
          .example = "Example:\n  tusk inspect runs/fashion-mnist-adag/history.h5",
          .arguments = {{.name = "FILE.h5",
                         .place = path.get(),
                         .help = "An HDF5 file, a .keras or the JSON of a model",
                         .required = true}},
          .run = [context, path] {
            mpi::collectively(context.world, [&] {
              if (context.world.rank() == 0) inspect(*path, context.extensions);
            });
            return ExitCode::done;
          }};
}

}  // namespace tusk::cli
