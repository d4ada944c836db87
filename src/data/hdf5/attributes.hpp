// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tusk::hdf5 {

class File;

// Writes an attribute of a group or data set; `object` is its path in the file, "/" for the root.
// An attribute of that name is replaced.
//
// Texts are written as fixed-length UTF-8, as Keras and h5py read them; one that is too long for an
// object header (64,512 bytes) as variable-length. Lists too long for it are split as Keras does:
// name0, name1, …, and read_texts puts them together again.
void write_attribute(File& file, const std::string& object, const std::string& name,
                     std::string_view text);
void write_attribute(File& file, const std::string& object, const std::string& name,
                     std::span<const std::string> texts);
void write_attribute(File& file, const std::string& object, const std::string& name,
                     std::int64_t value);
void write_attribute(File& file, const std::string& object, const std::string& name, double value);

// Read an attribute: nothing if there is no such attribute; Error(bad_data) if it has another type
// or rank, or an implausible size. Texts may be of fixed or variable length.
std::optional<std::string> read_text(const File& file, const std::string& object,
                                     const std::string& name);
std::optional<std::vector<std::string>> read_texts(const File& file, const std::string& object,
                                                   const std::string& name);
std::optional<std::int64_t> read_integer(const File& file, const std::string& object,
                                         const std::string& name);
std::optional<double> read_number(const File& file, const std::string& object,
                                  const std::string& name);

// The names of all attributes of an object, in their order.
std::vector<std::string> attribute_names(const File& file, const std::string& object);

}  // namespace tusk::hdf5
