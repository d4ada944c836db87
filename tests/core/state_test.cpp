// SPDX-License-Identifier: Apache-2.0
#include "tusk/state.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <limits>

#include "check_fails.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/error.hpp"

using namespace tusk;

namespace {

struct Inner {
  double value = 0.0;
  void keep(State& state) { state("value", value); }
};

struct Pair {
  std::uint32_t a = 0;
  float b = 0.0F;
  friend bool operator==(const Pair&, const Pair&) = default;
};

enum class Colour { red, green };

struct Everything {
  int number = 0;
  bool flag = false;
  Colour colour = Colour::red;
  std::string text;
  std::vector<float> many;
  AlignedVector<double> aligned;
  std::vector<Pair> pairs;
  std::vector<float> fixed = std::vector<float>(3);
  std::optional<double> maybe;
  std::optional<Inner> maybe_inner;
  Inner inner;
  std::deque<Inner> list;

  void keep(State& state) {
    state("number", number);
    state("flag", flag);
    state("colour", colour);
    state("text", text);
    state("many", many);
    state("aligned", aligned);
    state("pairs", pairs);
    state("fixed", std::span(fixed));
    state("maybe", maybe);
    state("maybe_inner", maybe_inner);
    state("inner", inner);
    state.list("list", list, [](State& part, Inner& one) { part("one", one); });
  }
};

std::vector<std::byte> bytes_of(Everything& object) {
  return State::written([&](State& state) { object.keep(state); });
}

Everything filled() {
  Everything object;
  object.number = -7;
  object.flag = true;
  object.colour = Colour::green;
  object.text = "πι";
  object.many = {1.0F, -0.0F, std::numeric_limits<float>::infinity()};
  object.aligned = {2.5};
  object.pairs = {{1, 2.0F}, {3, 4.0F}};
  object.fixed = {7.0F, 8.0F, 9.0F};
  object.maybe = 0.25;
  object.maybe_inner = Inner{3.0};
  object.inner.value = 4.0;
  object.list = {Inner{5.0}, Inner{6.0}};
  return object;
}

}  // namespace

TEST_CASE("what keep() has written it reads, whatever was there before") {
  Everything object = filled();
  const auto bytes = bytes_of(object);
  Everything other;
  other.many = {9.0F};
  other.list.resize(5);
  State state(bytes, "file");
  other.keep(state);
  state.finish();
  CHECK(other.number == -7);
  CHECK(other.flag);
  CHECK(other.colour == Colour::green);
  CHECK(other.text == "πι");
  CHECK(other.many == object.many);
  CHECK(std::signbit(other.many[1]));
  CHECK(other.aligned == object.aligned);
  CHECK(other.pairs == object.pairs);
  CHECK(other.fixed == object.fixed);
  CHECK(other.maybe == 0.25);
  CHECK(other.maybe_inner->value == 3.0);
  CHECK(other.inner.value == 4.0);
  REQUIRE(other.list.size() == 2);
  CHECK(other.list[1].value == 6.0);
  CHECK(bytes_of(other) == bytes);
}

TEST_CASE("what is absent is absent after reading") {
  Everything empty;
  const auto bytes = bytes_of(empty);
  Everything other = filled();
  State state(bytes, "file");
  other.keep(state);
  CHECK_FALSE(other.maybe);
  CHECK_FALSE(other.maybe_inner);
  CHECK(other.list.empty());
  CHECK(other.text.empty());
}

TEST_CASE("bytes that are cut off anywhere are refused, never half understood") {
  Everything object = filled();
  const auto bytes = bytes_of(object);
  const std::span<const std::byte> whole(bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Everything other;
    State state(whole.first(size), "file");
    CHECK_THROWS_AS(other.keep(state), Error);
  }
}

TEST_CASE("another name, type, size or order is an error that names the place") {
  const auto read = [](const State::Keep& write, const State::Keep& read_back) {
    const auto bytes = State::written(write);
    State state(bytes, "step-1/rank-0.state");
    read_back(state);
    state.finish();
  };
  float number = 1.0F;
  double wide = 1.0;
  std::vector<float> three(3);
  std::vector<float> four(4);
  const auto one = [&](State& state) { state("velocity", number); };
  CHECK_FAILS(read(one, [&](State& state) { state("momentum", number); }), ExitCode::bad_data,
              "step-1/rank-0.state: 'momentum' is missing; 'velocity'");
  CHECK_FAILS(read(one, [&](State& state) { state("velocity", wide); }), ExitCode::bad_data,
              "'velocity' is of another kind");
  CHECK_FAILS(
      read([&](State& state) { state("x", std::span(three)); },
           [&](State& state) { state.part("optimizer", [&](State& part) { part("x", number); }); }),
      ExitCode::bad_data, "'optimizer' is missing");
  CHECK_FAILS(read([&](State& state) { state("x", std::span(three)); },
                   [&](State& state) { state("x", std::span(four)); }),
              ExitCode::bad_data, "'x' has 3 elements where 4 are needed");
  CHECK_FAILS(read(one, [](State&) {}), ExitCode::bad_data, "bytes too many");
}

TEST_CASE("what a program no longer knows can be skipped, part by part") {
  double a = 1.0;
  Everything object = filled();
  const auto bytes = State::written([&](State& state) {
    state("everything", object);
    state("a", a);
  });
  State state(bytes, "file");
  CHECK_FALSE(state.skip("a"));
  CHECK(state.has("everything"));
  CHECK(state.skip("everything"));
  double read = 0.0;
  state("a", read);
  CHECK(read == 1.0);
  state.finish();
}

TEST_CASE("an object that cannot be kept says so before anything is written") {
  const auto keep = [](State& state) { state.cannot("it has a socket"); };
  CHECK_THROWS_AS(State::size_of(keep), CannotKeep);
  CHECK_THROWS_AS(State::written(keep), CannotKeep);
}
