// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5/open_dataset.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>
#include <span>

#include "core/near_miss.hpp"
#include "core/units.hpp"
#include "data/hdf5/hdf5_type.hpp"
#include "data/hdf5/links.hpp"

namespace tusk::hdf5 {
namespace {

// Rows that were never written have a fill value and no storage; so much of it is plausible.
constexpr std::uint64_t unstored_limit = 1ULL << 20;

// deflate, the strongest of HDF5's own filters on real data, shrinks by at most so much.
constexpr std::uint64_t compression_limit = 1032;

constexpr std::uint64_t overflow = std::numeric_limits<std::uint64_t>::max();

std::uint64_t saturating_product(std::span<const hsize_t> extents, std::uint64_t factor) {
  std::uint64_t product = factor;
  for (const hsize_t extent : extents) {
    if (__builtin_mul_overflow(product, extent, &product)) return overflow;
  }
  return product;
}

// Two filters that compress multiply what little can become of it: a bomb, and no use.
bool compresses(H5Z_filter_t filter) {
  return filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_FLETCHER32;
}

std::string filter_refusal(hid_t properties) {
  const int count = H5Pget_nfilters(properties);
  int compressing = 0;
  for (int i = 0; i < count; ++i) {
    unsigned flags = 0;
    std::size_t parameters = 0;
    std::array<char, 64> name{};
    const H5Z_filter_t filter =
        H5Pget_filter2(properties, static_cast<unsigned>(i), &flags, &parameters, nullptr,
                       name.size(), name.data(), nullptr);
    if (filter < 0 || H5Zfilter_avail(filter) <= 0) {
      return fmt::format(
          "is compressed with '{}' (filter {}), which is not available; rewrite it "
          "with gzip or uncompressed",
          name.data(), filter);
    }
    compressing += compresses(filter) ? 1 : 0;
  }
  if (compressing > 1) return "is compressed more than once; rewrite it with gzip or uncompressed";
  return {};
}

// Whether `stored` bytes in the file can be what `declared` bytes in memory come from.
bool plausible(std::uint64_t declared, std::uint64_t stored, bool compressed) {
  const std::uint64_t factor = compressed ? compression_limit : 1;
  const std::uint64_t capacity = stored > overflow / factor ? overflow : stored * factor;
  return declared <= unstored_limit || declared - unstored_limit <= capacity;
}

// The bytes of the file that is open, which its path may not name any more; through MPI-IO there is
// only the path to ask.
std::uint64_t bytes_to_check(const FileState& file) {
  if (!file.collective) return current_status(file).bytes;
  std::error_code error;
  const std::uint64_t bytes = std::filesystem::file_size(file.path, error);
  return error ? 0 : bytes;
}

std::string size_refusal(hid_t dataset, hid_t properties, const FileState& file) {
  const Handle type(H5Dget_type(dataset), H5Tclose);
  const std::uint64_t element = H5Tget_size(type.id());
  const auto extents = extents_of(dataset);
  if (!extents) return "has no extents, or more bytes than there are addresses";
  const std::vector<hsize_t> sizes(extents->begin(), extents->end());
  const std::uint64_t declared = saturating_product(sizes, element);
  const std::uint64_t chunk = saturating_product(chunk_extents(properties), element);
  const std::uint64_t stored = H5Dget_storage_size(dataset);
  const std::uint64_t file_bytes = bytes_to_check(file);
  if (stored > file_bytes) return "claims storage beyond the end of the file";
  const bool compressed = H5Pget_nfilters(properties) > 0;
  if (!plausible(declared, stored, compressed) || !plausible(chunk, stored, compressed)) {
    return fmt::format("declares {} but stores only {}", format_bytes(std::max(declared, chunk)),
                       format_bytes(stored));
  }
  return {};
}

[[noreturn]] void fail_not_there(const FileState& file, const std::string& name) {
  std::vector<std::string> names;
  walk(file, [&](const Visited& visited) {
    if (visited.target.kind == LinkTarget::Kind::dataset) names.push_back(visited.path);
  });
  const std::string near = did_you_mean(name, names);
  const bool more = names.size() > 10;
  if (more) names.resize(10);
  fail(ExitCode::bad_data, "{}: there is no data set '{}'{} (it has {}{})", file.path, name, near,
       names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")), more ? ", …" : "");
}

[[noreturn]] void refuse(const FileState& file, const std::string& name, const std::string& why) {
  fail(ExitCode::bad_data, "{}: data set '{}' {}", file.path, name, why);
}

Handle open_by_name(const FileState& file, const std::string& name) {
  const Located located = locate(file, name);
  const LinkTarget& target = located.target;
  if (target.kind == LinkTarget::Kind::nothing) fail_not_there(file, name);
  if (target.kind == LinkTarget::Kind::group) refuse(file, name, "is a group");
  if (target.kind == LinkTarget::Kind::refused) {
    refuse(file, name, fmt::format("is {}, which Tusk does not follow", target.refusal));
  }
  Handle id(H5Dopen2(located.parent.id(), located.leaf.c_str(), H5P_DEFAULT), H5Dclose);
  if (!id.valid()) {
    fail_hdf5(ExitCode::bad_data, fmt::format("{}: cannot open data set '{}'", file.path, name));
  }
  return id;
}

}  // namespace

std::vector<hsize_t> chunk_extents(hid_t properties) {
  if (H5Pget_layout(properties) != H5D_CHUNKED) return {};
  std::vector<hsize_t> extents(H5S_MAX_RANK);
  const int rank = H5Pget_chunk(properties, H5S_MAX_RANK, extents.data());
  extents.resize(static_cast<std::size_t>(std::clamp(rank, 0, H5S_MAX_RANK)));
  return extents;
}

std::optional<std::vector<std::uint64_t>> extents_of(hid_t dataset) {
  const Handle space(H5Dget_space(dataset), H5Sclose);
  if (!space.valid() || H5Sget_simple_extent_type(space.id()) == H5S_NULL) return std::nullopt;
  const int rank = H5Sget_simple_extent_ndims(space.id());
  if (rank < 0) return std::nullopt;
  std::vector<hsize_t> extents(static_cast<std::size_t>(rank));
  if (rank > 0) H5Sget_simple_extent_dims(space.id(), extents.data(), nullptr);
  if (saturating_product(extents, 8) == overflow) return std::nullopt;
  return std::vector<std::uint64_t>(extents.begin(), extents.end());
}

std::string storage_refusal(hid_t dataset, const FileState& file) {
  const Handle properties(H5Dget_create_plist(dataset), H5Pclose);
  if (!properties.valid()) return "is damaged";
  const H5D_layout_t layout = H5Pget_layout(properties.id());
  if (layout == H5D_VIRTUAL) return "is virtual: its numbers are in other files";
  if (layout < 0 || layout >= H5D_NLAYOUTS) return "is stored in an unknown way";
  if (H5Pget_external_count(properties.id()) != 0) return "is stored outside the file";
  const std::string refusal = filter_refusal(properties.id());
  return refusal.empty() ? size_refusal(dataset, properties.id(), file) : refusal;
}

std::shared_ptr<DatasetState> open_dataset(std::shared_ptr<FileState> file,
                                           const std::string& name) {
  auto state = std::make_shared<DatasetState>();
  state->id = open_by_name(*file, name);
  const hid_t id = state->id.id();
  const std::string refusal = file->writable ? "" : storage_refusal(id, *file);
  if (!refusal.empty()) refuse(*file, name, refusal);

  const Handle type(H5Dget_type(id), H5Tclose);
  const auto element = element_type_of(type.id());
  if (!element) {
    const bool is_text = H5Tget_class(type.id()) == H5T_STRING;
    refuse(
        *file, name,
        fmt::format("holds {}; numbers are expected{}", describe_type(type.id()),
                    is_text ? ", as numpy.unique(texts, return_inverse=True)[1] makes them" : ""));
  }
  const auto extents = extents_of(id);
  if (!extents) refuse(*file, name, "has no extents");

  const Handle properties(H5Dget_create_plist(id), H5Pclose);
  const std::vector<hsize_t> chunk = chunk_extents(properties.id());
  state->file = std::move(file);
  state->name = name;
  state->type = *element;
  state->extents = *extents;
  state->chunk_rows = chunk.empty() ? 0 : chunk[0];
  state->half = is_half_precision(type.id());
  state->compressed = H5Pget_nfilters(properties.id()) > 0;
  return state;
}

}  // namespace tusk::hdf5
