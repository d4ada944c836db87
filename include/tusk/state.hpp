// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace tusk {

class State;

// An object that can be kept.
template <typename T>
concept Kept = requires(T& object, State& state) {
  object.keep(state);
};

// What State stores in one piece: a number, a bool, an enumerator, a struct of such.
template <typename T>
concept Piece = std::is_trivially_copyable_v<T> && !std::is_pointer_v<T> && !Kept<T>;

// What a checkpoint keeps of an object. Every object that a resumed run needs has one function
//
//   void keep(State& state) {
//     state("iterations", iterations_);
//     state("velocity", velocity_);
//   }
//
// which goes through what it must remember, in an order of its own. The same function writes and
// reads: while a checkpoint is written, State takes the members' values; when a run goes on, it
// assigns them. An object is read into one that was made from the same options. What can be
// computed again from these, scratch memory above all, is not kept.
//
// What was written is read in the same order under the same names, with the same types and sizes,
// else Error(bad_data) that names the place: a checkpoint is never half understood.
class State {
 public:
  using Keep = std::function<void(State&)>;

  // The bytes of what `keep` goes through. Allocates them once.
  static std::vector<std::byte> written(const Keep& keep);

  // How many bytes that would be, without writing any. Throws what `keep` throws.
  static std::size_t size_of(const Keep& keep);

  // Reads what written() has made. `bytes` must outlive the object; `source` is what messages call
  // it: the name of a file.
  State(std::span<const std::byte> bytes, std::string source);

  // For a keep() that has something to do after reading, or before writing.
  bool reading() const { return mode_ == Mode::read; }

  // A number, a text, any number of numbers; in a span as many as there were.
  template <Piece T>
  void operator()(std::string_view name, T& value) {
    transfer(name, sizeof(T), 1, &value);
  }
  void operator()(std::string_view name, std::string& text);
  template <Piece T, typename Allocator>
  requires(!std::same_as<T, bool>) void operator()(std::string_view name,
                                                   std::vector<T, Allocator>& values) {
    const std::size_t count = begin_array(name, sizeof(T), values.size());
    if (reading()) values.resize(count);
    copy(values.data(), count * sizeof(T));
  }
  template <Piece T>
  void operator()(std::string_view name, std::span<T> values) {
    transfer(name, sizeof(T), values.size(), values.data());
  }

  // An object with a keep() of its own: a part, whose names are its own.
  template <Kept T>
  void operator()(std::string_view name, T& object) {
    part(name, [&object](State& state) { object.keep(state); });
  }
  void part(std::string_view name, const Keep& keep);

  // What may not be there.
  template <typename T>
  void operator()(std::string_view name, std::optional<T>& value) {
    part(name, [&value](State& state) {
      bool there = value.has_value();
      state("there", there);
      if (there && !value) value.emplace();
      if (!there) value.reset();
      if (there) state("value", *value);
    });
  }

  // Any number of objects.
  template <typename Container, typename KeepOne>
  void list(std::string_view name, Container& objects, const KeepOne& keep_one) {
    part(name, [&](State& state) {
      std::uint64_t count = objects.size();
      state("count", count);
      if (state.reading()) {
        state.check_count(count);
        objects.clear();
        objects.resize(count);
      }
      for (auto& object : objects) keep_one(state, object);
    });
  }

  // Whether what is written next has this name. Reading only.
  bool has(std::string_view name) const;

  // Skips what is written next, whatever it is, if it has this name; returns whether it did.
  bool skip(std::string_view name);

  // Throws Error(bad_data) unless everything has been read.
  void finish() const;

  // For an object that cannot be kept: throws CannotKeep, which means that the run cannot have
  // checkpoints. `what` completes the sentence "no checkpoints: …".
  [[noreturn]] void cannot(const std::string& what) const;

 private:
  enum class Mode { measure, write, read };
  explicit State(Mode mode) : mode_(mode) {}

  std::size_t begin_array(std::string_view name, std::size_t each, std::size_t count);
  void transfer(std::string_view name, std::size_t each, std::size_t count, void* values);
  void begin(std::string_view name, std::uint32_t each, std::uint64_t& count);
  void copy(void* memory, std::size_t size);
  void check_count(std::uint64_t count) const;
  [[noreturn]] void fail_reading(std::string_view name, const std::string& what) const;

  Mode mode_;
  std::size_t size_ = 0;             // measured
  std::vector<std::byte> out_;       // written
  std::span<const std::byte> in_{};  // still to be read
  std::string source_;
  std::string path_;  // of the part, with a '/' at its end
};

// What State::cannot() throws.
class CannotKeep : public std::exception {
 public:
  explicit CannotKeep(std::string what) : what_(std::move(what)) {}
  const char* what() const noexcept override { return what_.c_str(); }

 private:
  std::string what_;
};

}  // namespace tusk
