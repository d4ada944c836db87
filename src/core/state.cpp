// SPDX-License-Identifier: Apache-2.0
#include "tusk/state.hpp"

#include <fmt/format.h>

#include <cstring>
#include <limits>

#include "tusk/error.hpp"

namespace tusk {
namespace {

// What stands before a value: the length of its name, the bytes of an element, how many there are.
// The name follows, then the elements. A part has elements of part_each bytes, none of them.
struct Heading {
  std::uint32_t name = 0;
  std::uint32_t each = 0;
  std::uint64_t count = 0;
};
constexpr std::uint32_t part_each = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint32_t end_each = part_each - 1;

}  // namespace

std::vector<std::byte> State::written(const Keep& keep) {
  State state(Mode::write);
  state.out_.reserve(size_of(keep));
  keep(state);
  return std::move(state.out_);
}

std::size_t State::size_of(const Keep& keep) {
  State state(Mode::measure);
  keep(state);
  return state.size_;
}

State::State(std::span<const std::byte> bytes, std::string source)
    : mode_(Mode::read), in_(bytes), source_(std::move(source)) {}

void State::operator()(std::string_view name, std::string& text) {
  const std::size_t count = begin_array(name, 1, text.size());
  if (reading()) text.resize(count);
  copy(text.data(), count);
}

void State::part(std::string_view name, const Keep& keep) {
  std::uint64_t none = 0;
  begin(name, part_each, none);
  const std::size_t outer = path_.size();
  path_.append(name) += '/';
  keep(*this);
  path_.resize(outer);
  begin(name, end_each, none);
}

bool State::has(std::string_view name) const {
  Heading heading;
  if (!reading() || in_.size() < sizeof heading) return false;
  std::memcpy(&heading, in_.data(), sizeof heading);
  if (in_.size() - sizeof heading < heading.name) fail_reading(name, "is cut off");
  return name ==
         std::string_view(reinterpret_cast<const char*>(in_.data()) + sizeof heading, heading.name);
}

bool State::skip(std::string_view name) {
  if (!has(name)) return false;
  std::size_t depth = 0;
  do {
    Heading heading;
    if (in_.size() < sizeof heading) fail_reading(name, "is cut off");
    std::memcpy(&heading, in_.data(), sizeof heading);
    if (in_.size() - sizeof heading < heading.name) fail_reading(name, "is cut off");
    in_ = in_.subspan(sizeof heading + heading.name);
    if (heading.each == part_each) {
      ++depth;
    } else if (heading.each == end_each) {
      --depth;
    } else {
      if (heading.each == 0 || heading.count > in_.size() / heading.each) {
        fail_reading(name, "is cut off");
      }
      in_ = in_.subspan(heading.each * heading.count);
    }
  } while (depth > 0);
  return true;
}

void State::finish() const {
  if (!in_.empty()) fail_reading("", fmt::format("has {} bytes too many", in_.size()));
}

void State::cannot(const std::string& what) const { throw CannotKeep(what); }

std::size_t State::begin_array(std::string_view name, std::size_t each, std::size_t count) {
  std::uint64_t number = count;
  begin(name, static_cast<std::uint32_t>(each), number);
  return number;
}

void State::transfer(std::string_view name, std::size_t each, std::size_t count, void* values) {
  std::uint64_t number = count;
  begin(name, static_cast<std::uint32_t>(each), number);
  if (number != count) {
    fail_reading(name, fmt::format("has {} elements where {} are needed", number, count));
  }
  copy(values, each * count);
}

// The heading of a value. Reading, `count` becomes the number of elements that follow.
void State::begin(std::string_view name, std::uint32_t each, std::uint64_t& count) {
  Heading heading{.name = static_cast<std::uint32_t>(name.size()), .each = each, .count = count};
  if (!reading()) {
    copy(&heading, sizeof heading);
    copy(const_cast<char*>(name.data()), name.size());
    return;
  }
  if (in_.size() < sizeof heading) fail_reading(name, "is missing");
  copy(&heading, sizeof heading);
  if (in_.size() < heading.name) fail_reading(name, "is cut off");
  const std::string found(reinterpret_cast<const char*>(in_.data()), heading.name);
  in_ = in_.subspan(heading.name);
  if (found != name) fail_reading(name, fmt::format("is missing; '{}' is in its place", found));
  if (heading.each != each) fail_reading(name, "is of another kind");
  if (each != part_each && each != end_each && heading.count > in_.size() / each) {
    fail_reading(name, "is cut off");
  }
  count = heading.count;
}

void State::copy(void* memory, std::size_t size) {
  if (mode_ == Mode::measure) {
    size_ += size;
  } else if (mode_ == Mode::write) {
    const auto* bytes = static_cast<const std::byte*>(memory);
    out_.insert(out_.end(), bytes, bytes + size);
  } else {
    if (size > 0) std::memcpy(memory, in_.data(), size);
    in_ = in_.subspan(size);
  }
}

// Objects take a byte each at least, so that a wrong number cannot take all memory.
void State::check_count(std::uint64_t count) const {
  if (count > in_.size()) fail_reading("count", "is more than there are");
}

void State::fail_reading(std::string_view name, const std::string& what) const {
  fail(ExitCode::bad_data,
       "{}: '{}{}' {}: the checkpoint is of another version of this program, or of another "
       "experiment",
       source_, path_, name, what);
}

}  // namespace tusk
