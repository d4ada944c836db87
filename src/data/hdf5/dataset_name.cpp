// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5/dataset_name.hpp"

#include <string>

namespace tusk::hdf5 {
namespace {

// "/a/b/": each part of the name between single slashes; "/" if it has none.
std::string between_slashes(std::string_view name) {
  std::string out = "/";
  for (const char c : name) {
    if (c != '/' || out.back() != '/') out += c;
  }
  if (out.back() != '/') out += '/';
  return out;
}

}  // namespace

bool can_name_dataset(std::string_view name) {
  const std::string parts = between_slashes(name);
  return parts != "/" && parts.find("/./") == std::string::npos;
}

bool names_collide(std::string_view first, std::string_view second) {
  const std::string a = between_slashes(first);
  const std::string b = between_slashes(second);
  return a.starts_with(b) || b.starts_with(a);
}

}  // namespace tusk::hdf5
