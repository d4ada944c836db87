// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5/attributes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/utf8.hpp"
#include "data/hdf5/attribute_value.hpp"
#include "data/hdf5/file_state.hpp"
#include "data/hdf5/fixed_text.hpp"
#include "data/hdf5/hdf5_type.hpp"
#include "data/hdf5/links.hpp"

namespace tusk::hdf5 {
namespace {

// Keras's HDF5_OBJECT_HEADER_LIMIT: what one attribute may take of an object header.
constexpr std::size_t header_limit = 64512;

[[noreturn]] void fail_to_write(const File& file, const std::string& name) {
  fail_hdf5(ExitCode::io_error, fmt::format("{}: cannot write attribute '{}'", file.path(), name));
}

void write(File& file, const std::string& object, const std::string& name, hid_t type, hid_t space,
           const void* value) {
  const Handle owner = open_object(*Access::state(file), object);
  if (H5Aexists(owner.id(), name.c_str()) > 0) H5Adelete(owner.id(), name.c_str());
  const Handle attribute(
      H5Acreate2(owner.id(), name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  if (!attribute.valid() || H5Awrite(attribute.id(), type, value) < 0) fail_to_write(file, name);
}

Handle scalar_space() { return {checked(H5Screate(H5S_SCALAR), "H5Screate"), H5Sclose}; }

Handle variable_text_type() {
  Handle type(checked(H5Tcopy(H5T_C_S1), "H5Tcopy"), H5Tclose);
  H5Tset_size(type.id(), H5T_VARIABLE);
  H5Tset_cset(type.id(), H5T_CSET_UTF8);
  return type;
}

void write_list(File& file, const std::string& object, const std::string& name,
                std::span<const std::string> texts) {
  const std::size_t width = width_of(texts);
  const std::string packed = pack(texts, width);
  const hsize_t count = texts.size();
  const Handle space(checked(H5Screate_simple(1, &count, nullptr), "H5Screate_simple"), H5Sclose);
  write(file, object, name, fixed_text_type(width).id(), space.id(), packed.data());
}

// Names of columns, classes and layers are compared, and written as UTF-8.
std::vector<std::string> require_utf8(std::vector<std::string> texts, const Attribute& attribute) {
  for (const std::string& text : texts) {
    if (!is_utf8(text)) attribute.refuse(fmt::format("holds {:?}, which is not UTF-8", text));
  }
  return texts;
}

// The texts of the attribute `name` of an open object; nothing if there is none.
std::optional<std::vector<std::string>> texts_of(const FileState& file, hid_t owner,
                                                 const std::string& name) {
  if (H5Aexists(owner, name.c_str()) <= 0) return std::nullopt;
  const Attribute attribute(file, owner, name);
  // An empty list is of any type: Keras writes one of floats.
  if (attribute.count() == 0) return std::vector<std::string>();
  return require_utf8(attribute.texts(), attribute);
}

// The single attribute that must hold one value.
template <typename T>
std::optional<T> read_one(const File& file, const std::string& object, const std::string& name,
                          std::vector<T> (Attribute::*values)() const) {
  const Hdf5Lock lock;
  const FileState& state = *Access::state(file);
  const Handle owner = open_object(state, object);
  if (H5Aexists(owner.id(), name.c_str()) <= 0) return std::nullopt;
  const Attribute attribute(state, owner.id(), name);
  if (attribute.count() != 1) attribute.refuse("holds more or less than one value");
  return (attribute.*values)().front();
}

}  // namespace

void write_attribute(File& file, const std::string& object, const std::string& name,
                     std::string_view text) {
  const Hdf5Lock lock;
  if (text.size() > header_limit) {
    const std::string terminated(text);
    const char* pointer = terminated.c_str();
    write(file, object, name, variable_text_type().id(), scalar_space().id(),
          static_cast<const void*>(&pointer));
  } else {
    const std::string only(text);
    const std::size_t width = width_of({&only, 1});
    const std::string packed = pack({&only, 1}, width);
    write(file, object, name, fixed_text_type(width).id(), scalar_space().id(), packed.data());
  }
}

void write_attribute(File& file, const std::string& object, const std::string& name,
                     std::span<const std::string> texts) {
  const Hdf5Lock lock;
  const std::size_t width = width_of(texts);
  if (width * texts.size() <= header_limit) return write_list(file, object, name, texts);
  const std::size_t most = header_limit / width;
  if (most == 0) {
    fail(ExitCode::bad_data, "{}: a text of {} bytes is too long for attribute '{}'", file.path(),
         width, name);
  }
  for (std::size_t part = 0; part * most < texts.size(); ++part) {
    const std::size_t begin = part * most;
    write_list(file, object, name + std::to_string(part),
               texts.subspan(begin, std::min(most, texts.size() - begin)));
  }
}

void write_attribute(File& file, const std::string& object, const std::string& name,
                     std::int64_t value) {
  const Hdf5Lock lock;
  write(file, object, name, H5T_NATIVE_INT64, scalar_space().id(), &value);
}

void write_attribute(File& file, const std::string& object, const std::string& name, double value) {
  const Hdf5Lock lock;
  write(file, object, name, H5T_NATIVE_DOUBLE, scalar_space().id(), &value);
}

std::optional<std::string> read_text(const File& file, const std::string& object,
                                     const std::string& name) {
  return read_one(file, object, name, &Attribute::texts);
}

std::optional<std::vector<std::string>> read_texts(const File& file, const std::string& object,
                                                   const std::string& name) {
  const Hdf5Lock lock;
  const FileState& state = *Access::state(file);
  const Handle owner = open_object(state, object);
  if (auto texts = texts_of(state, owner.id(), name)) return texts;
  std::optional<std::vector<std::string>> all;
  for (std::size_t part = 0;; ++part) {
    const auto texts = texts_of(state, owner.id(), name + std::to_string(part));
    if (!texts) return all;
    if (!all) all.emplace();
    all->insert(all->end(), texts->begin(), texts->end());
  }
}

std::vector<std::string> attribute_names(const File& file, const std::string& object) {
  const Hdf5Lock lock;
  const Handle owner = open_object(*Access::state(file), object);
  std::vector<std::string> names;
  const H5A_operator2_t take = [](hid_t, const char* name, const H5A_info_t*, void* all) -> herr_t {
    static_cast<std::vector<std::string>*>(all)->emplace_back(name);
    return 0;
  };
  if (H5Aiterate2(owner.id(), H5_INDEX_NAME, H5_ITER_INC, nullptr, take, &names) < 0) {
    fail_hdf5(ExitCode::bad_data,
              fmt::format("{}: the attributes of '{}' cannot be listed", file.path(), object));
  }
  return names;
}

std::optional<std::int64_t> read_integer(const File& file, const std::string& object,
                                         const std::string& name) {
  return read_one(file, object, name, &Attribute::integers);
}

std::optional<double> read_number(const File& file, const std::string& object,
                                  const std::string& name) {
  return read_one(file, object, name, &Attribute::numbers);
}

}  // namespace tusk::hdf5
