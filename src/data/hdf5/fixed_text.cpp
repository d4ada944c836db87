// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5/fixed_text.hpp"

#include <algorithm>

namespace tusk::hdf5 {

Handle fixed_text_type(std::size_t width) {
  Handle type(checked(H5Tcopy(H5T_C_S1), "H5Tcopy"), H5Tclose);
  H5Tset_size(type.id(), width);
  H5Tset_cset(type.id(), H5T_CSET_UTF8);
  H5Tset_strpad(type.id(), H5T_STR_NULLPAD);
  return type;
}

std::size_t width_of(std::span<const std::string> texts) {
  std::size_t width = 1;
  for (const std::string& text : texts) width = std::max(width, text.size());
  return width;
}

std::string pack(std::span<const std::string> texts, std::size_t width) {
  std::string packed(width * texts.size(), '\0');
  for (std::size_t i = 0; i < texts.size(); ++i) texts[i].copy(packed.data() + i * width, width);
  return packed;
}

}  // namespace tusk::hdf5
