// SPDX-License-Identifier: Apache-2.0
#include "data/tables/text_classes.hpp"

#include <cstring>
#include <span>

#include "mpi/communicator.hpp"

namespace tusk::tables {
namespace {

constexpr std::size_t most_texts = 65'536;
constexpr std::size_t most_bytes = std::size_t{16} << 20;

}  // namespace

void TextClasses::add(std::string_view text) {
  if (classes_.find(text) != classes_.end()) return;
  classes_.emplace(text, 0);
  bytes_ += text.size();
}

bool TextClasses::too_many() const { return classes_.size() > most_texts || bytes_ > most_bytes; }

void TextClasses::unite(const mpi::Communicator& communicator) {
  std::string packed;  // length, text, length, text, …
  for (const auto& [text, index] : classes_) {
    const std::uint64_t size = text.size();
    packed.append(reinterpret_cast<const char*>(&size), sizeof size).append(text);
  }
  for (const auto& all : communicator.all_gather(std::span<const char>(packed))) {
    std::string_view rest(all.data(), all.size());
    while (!rest.empty()) {
      std::uint64_t size = 0;
      std::memcpy(&size, rest.data(), sizeof size);
      add(rest.substr(sizeof size, size));
      rest.remove_prefix(sizeof size + size);
    }
  }
}

void TextClasses::finish() {
  std::int32_t next = 0;
  for (auto& [text, index] : classes_) index = next++;
}

std::vector<std::string> TextClasses::names() const {
  std::vector<std::string> names;
  for (const auto& [text, index] : classes_) names.push_back(text);
  return names;
}

std::int32_t TextClasses::index_of(std::string_view text) const {
  const auto found = classes_.find(text);
  return found == classes_.end() ? -1 : found->second;
}

}  // namespace tusk::tables
