// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5/listing.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "data/hdf5/attribute_value.hpp"
#include "data/hdf5/file_state.hpp"
#include "data/hdf5/hdf5_type.hpp"
#include "data/hdf5/links.hpp"
#include "data/hdf5/open_dataset.hpp"

namespace tusk::hdf5 {
namespace {

herr_t collect_name(hid_t, const char* name, const H5A_info_t*, void* names) try {
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
} catch (...) {
  return -1;
}

std::vector<std::pair<std::string, std::string>> attributes_of(const FileState& file, hid_t owner) {
  std::vector<std::string> names;
  if (H5Aiterate2(owner, H5_INDEX_NAME, H5_ITER_INC, nullptr, collect_name, &names) < 0) {
    fail_hdf5(ExitCode::bad_data, file.path + ": cannot list attributes");
  }
  std::vector<std::pair<std::string, std::string>> attributes;
  for (const std::string& name : names) {
    attributes.emplace_back(name, Attribute(file, owner, name).describe());
  }
  return attributes;
}

std::string describe_layout(hid_t dataset) {
  const Handle properties(checked(H5Dget_create_plist(dataset), "H5Dget_create_plist"), H5Pclose);
  if (H5Pget_layout(properties.id()) == H5D_COMPACT) return "compact";
  const std::vector<hsize_t> chunk = chunk_extents(properties.id());
  if (chunk.empty()) return "contiguous";
  const bool compressed = H5Pget_nfilters(properties.id()) > 0;
  return fmt::format("chunks of ({}){}", fmt::join(chunk, ", "), compressed ? ", compressed" : "");
}

void describe_dataset(const FileState& file, hid_t dataset, Entry& entry) {
  entry.refusal = storage_refusal(dataset, file);
  if (!entry.refusal.empty()) {
    entry.kind = Entry::Kind::refused;
    return;
  }
  const Handle type(checked(H5Dget_type(dataset), "H5Dget_type"), H5Tclose);
  entry.kind = Entry::Kind::dataset;
  entry.type = describe_type(type.id());
  entry.extents = extents_of(dataset).value_or(std::vector<std::uint64_t>());
  entry.stored_bytes = H5Dget_storage_size(dataset);
  entry.layout = describe_layout(dataset);
  entry.attributes = attributes_of(file, dataset);
}

Entry describe(const FileState& file, const Visited& visited) {
  Entry entry;
  entry.path = "/" + visited.path;
  entry.depth = visited.depth;
  if (visited.target.kind == LinkTarget::Kind::refused) {
    entry.kind = Entry::Kind::refused;
    entry.refusal = "is " + visited.target.refusal;
    return entry;
  }
  const Handle object(H5Oopen(visited.parent, visited.name.c_str(), H5P_DEFAULT), H5Oclose);
  if (!object.valid()) {
    fail_hdf5(ExitCode::bad_data, fmt::format("{}: cannot open '{}'", file.path, entry.path));
  }
  if (visited.target.kind == LinkTarget::Kind::dataset) {
    describe_dataset(file, object.id(), entry);
  } else {
    entry.attributes = attributes_of(file, object.id());
  }
  return entry;
}

}  // namespace

std::vector<Entry> list(const File& file) {
  const Hdf5Lock lock;
  const FileState& state = *Access::state(file);
  std::vector<Entry> entries;
  walk(state, [&](const Visited& visited) { entries.push_back(describe(state, visited)); });
  return entries;
}

}  // namespace tusk::hdf5
