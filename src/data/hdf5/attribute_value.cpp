// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5/attribute_value.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "data/hdf5/hdf5_type.hpp"

namespace tusk::hdf5 {
namespace {

constexpr std::size_t max_count = 65'536;
constexpr std::size_t max_bytes = 64U << 20;
constexpr std::size_t described = 16;

std::string without_padding(const char* text, std::size_t size, H5T_str_t padding) {
  const std::string_view whole(text, strnlen(text, size));
  const std::size_t last = padding == H5T_STR_SPACEPAD ? whole.find_last_not_of(' ') : whole.size();
  return std::string(whole.substr(0, last + 1));  // npos + 1 is 0: nothing but spaces
}

template <typename T>
std::string join_some(const std::vector<T>& values) {
  const std::vector<T> some(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                 described, values.size())));
  return fmt::format("{}{}", fmt::join(some, ", "), values.size() > described ? ", …" : "");
}

}  // namespace

Attribute::Attribute(const FileState& file, hid_t owner, const std::string& name)
    : file_(file), name_(name), id_(H5Aopen(owner, name.c_str(), H5P_DEFAULT), H5Aclose) {
  if (!id_.valid()) refuse("cannot be opened");
  type_ = Handle(H5Aget_type(id_.id()), H5Tclose);
  const Handle space(H5Aget_space(id_.id()), H5Sclose);
  if (!type_.valid() || !space.valid()) refuse("is damaged");
  const hssize_t count = H5Sget_simple_extent_npoints(space.id());
  if (count < 0 || static_cast<std::size_t>(count) > max_count) refuse("is implausibly large");
  count_ = static_cast<std::size_t>(count);
  const std::size_t size = H5Tget_size(type_.id());
  if (size == 0 || size > max_bytes || count_ * size > max_bytes) refuse("is implausibly large");
}

std::vector<std::string> Attribute::texts() const {
  if (H5Tget_class(type_.id()) != H5T_STRING) refuse("is not a text");
  return H5Tis_variable_str(type_.id()) > 0 ? variable_texts() : fixed_texts();
}

std::vector<std::int64_t> Attribute::integers() const {
  if (H5Tget_class(type_.id()) != H5T_INTEGER) refuse("is not an integer");
  return read_as<std::int64_t>(H5T_NATIVE_INT64);
}

std::vector<double> Attribute::numbers() const {
  if (!element_type_of(type_.id())) refuse("is not a number");
  return read_as<double>(H5T_NATIVE_DOUBLE);
}

std::string Attribute::describe() const {
  if (H5Tget_class(type_.id()) == H5T_STRING) return join_some(texts());
  if (H5Tget_class(type_.id()) == H5T_INTEGER) return join_some(integers());
  if (element_type_of(type_.id())) return join_some(numbers());
  return describe_type(type_.id());
}

void Attribute::refuse(const std::string& why) const {
  fail(ExitCode::bad_data, "{}: attribute '{}' {}", file_.path, name_, why);
}

template <typename T>
std::vector<T> Attribute::read_as(hid_t memory_type) const {
  std::vector<T> values(count_);
  if (count_ > 0 && H5Aread(id_.id(), memory_type, values.data()) < 0) refuse("cannot be read");
  return values;
}

std::vector<std::string> Attribute::variable_texts() const {
  const Handle space(checked(H5Aget_space(id_.id()), "H5Aget_space"), H5Sclose);
  std::vector<char*> pointers(count_, nullptr);
  auto* const buffer = static_cast<void*>(pointers.data());
  if (count_ > 0 && H5Aread(id_.id(), type_.id(), buffer) < 0) refuse("cannot be read");
  std::vector<std::string> texts;
  texts.reserve(count_);
  for (const char* pointer : pointers) texts.emplace_back(pointer == nullptr ? "" : pointer);
  H5Dvlen_reclaim(type_.id(), space.id(), H5P_DEFAULT, buffer);
  return texts;
}

std::vector<std::string> Attribute::fixed_texts() const {
  const std::size_t size = H5Tget_size(type_.id());
  const H5T_str_t padding = H5Tget_strpad(type_.id());
  std::vector<char> bytes(count_ * size);
  if (!bytes.empty() && H5Aread(id_.id(), type_.id(), bytes.data()) < 0) refuse("cannot be read");
  std::vector<std::string> texts;
  texts.reserve(count_);
  for (std::size_t i = 0; i < count_; ++i) {
    texts.push_back(without_padding(bytes.data() + i * size, size, padding));
  }
  return texts;
}

}  // namespace tusk::hdf5
