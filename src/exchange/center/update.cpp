// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/update.hpp"

namespace tusk::center {
namespace {

using Kind = Update::Kind;

constexpr float nothing_left = 1e-30F;  // of a statistic, as a share

// What the update adds to an element of the center that is `theta`, when `in` is that element of
// what comes in. A delta is scaled first, then added.
template <Kind kind>
[[gnu::always_inline]] inline float increment(const Update& update, float in, float theta,
                                              std::size_t i) {
  if constexpr (kind == Kind::staleness) {
    return in / update.factor;
  } else if constexpr (kind == Kind::proximity) {
    const float gap = theta - update.pulled[i];
    return in * (1.0F / (gap * gap / update.factor + 1.0F));
  } else if constexpr (kind == Kind::elastic) {
    return update.factor * (in - theta);
  } else {
    return in;
  }
}

// What becomes of an element of θ to which a commit has been added.
template <Kind kind>
[[gnu::always_inline]] inline float moved_on(const Update& update, float theta, std::size_t i) {
  if constexpr (kind == Kind::momentum) {
    const float v = update.momentum * update.velocity[i] + update.factor * (theta - update.kept[i]);
    update.velocity[i] = v;
    update.kept[i] = theta + update.learning_rate * (update.momentum * v);
    return update.kept[i];
  } else {
    return theta;
  }
}

// The pragma: `out` may be `in`, but then at the same index, so that no iteration needs another's
// result and the loop may be vectorized.
template <Kind kind>
[[gnu::always_inline]] inline void apply_loop(const Update& update, float* center,
                                              std::size_t first, std::size_t last) {
  const Update local = update;  // a store to `out` cannot change it
#pragma GCC ivdep
  for (std::size_t i = first; i < last; ++i) {
    if constexpr (kind == Kind::pull) {
      local.out[i] = center[i];
    } else {
      const float added = increment<kind>(local, local.in[i], center[i], i);
      const float sum = moved_on<kind>(local, center[i] + added, i);
      center[i] = sum;
      if constexpr (kind == Kind::elastic) local.out[i] = added;
      if constexpr (kind != Kind::elastic && kind != Kind::commit) local.out[i] = sum;
    }
  }
}

// Does an update with a base to the elements first, …, last − 1.
template <Kind kind>
[[gnu::always_inline]] inline void apply_change(const Update& update, float* center,
                                                std::size_t first, std::size_t last) {
  const Update local = update;
#pragma GCC ivdep
  for (std::size_t i = first; i < last; ++i) {
    const float delta = (local.in[i] - local.base[i]) / local.divisor;
    const float sum =
        moved_on<kind>(local, center[i] + increment<kind>(local, delta, center[i], i), i);
    center[i] = sum;
    local.out[i] = sum;
    local.base[i] = sum;
  }
}

template <Kind kind>
[[gnu::always_inline]] inline void apply_as_told(const Update& update, float* center,
                                                 std::size_t first, std::size_t last) {
  constexpr bool may_have_base = kind == Kind::commit_and_pull || kind == Kind::staleness ||
                                 kind == Kind::proximity || kind == Kind::momentum;
  if constexpr (may_have_base) {
    if (update.base != nullptr) return apply_change<kind>(update, center, first, last);
  }
  apply_loop<kind>(update, center, first, last);
}

[[gnu::always_inline]] inline void apply_statistics_loop(const Update& update, float* theta,
                                                         std::size_t count, float* kept) {
  const auto [decay, in, out, base] = update.statistics;
  if (update.kind == Kind::pull) {
    for (std::size_t i = 0; i < count; ++i) out[i] = theta[i];
  } else if (update.kind == Kind::elastic) {
    for (std::size_t i = 0; i < count; ++i) {
      const float added = update.factor * (in[i] - theta[i]);
      theta[i] += added;
      out[i] = added;
      if (kept != nullptr) kept[i] *= 1.0F - update.factor;
    }
  } else {
    for (std::size_t i = 0; i < count; ++i) {
      theta[i] = decay[i] * theta[i] + in[i];
      if (out != nullptr) out[i] = theta[i];
      if (kept == nullptr) continue;
      const float share = kept[i] * decay[i];
      kept[i] = share < nothing_left ? 0.0F : share;  // no denormal numbers, which are slow
    }
  }
}

// work.operator()<kind>() for the update's kind.
template <typename Work>
[[gnu::always_inline]] inline void for_kind(Kind kind, const Work& work) {
  switch (kind) {
    case Kind::pull:
      return work.template operator()<Kind::pull>();
    case Kind::commit:
      return work.template operator()<Kind::commit>();
    case Kind::commit_and_pull:
      return work.template operator()<Kind::commit_and_pull>();
    case Kind::staleness:
      return work.template operator()<Kind::staleness>();
    case Kind::proximity:
      return work.template operator()<Kind::proximity>();
    case Kind::elastic:
      return work.template operator()<Kind::elastic>();
    case Kind::momentum:
      return work.template operator()<Kind::momentum>();
  }
}

}  // namespace

void apply(const Update& update, float* center, std::size_t first, std::size_t last) {
  for_kind(update.kind, [&]<Kind kind>() { apply_as_told<kind>(update, center, first, last); });
}

[[gnu::noinline, gnu::no_sanitize("thread")]] void apply_racing(const Update& update, float* center,
                                                                std::size_t first,
                                                                std::size_t last) {
  for_kind(
      update.kind, [&]<Kind kind>() __attribute__((always_inline)) {
        apply_as_told<kind>(update, center, first, last);
      });
}

void apply_to_statistics(const Update& update, float* statistics, std::size_t count, float* kept) {
  apply_statistics_loop(update, statistics, count, kept);
}

[[gnu::noinline, gnu::no_sanitize("thread")]] void apply_racing_to_statistics(const Update& update,
                                                                              float* statistics,
                                                                              std::size_t count) {
  apply_statistics_loop(update, statistics, count, nullptr);
}

void turn_into_increments(const Update& update, float* center, std::size_t size) {
  for_kind(update.kind, [&]<Kind kind>() {
    const Update local = update;
#pragma GCC ivdep
    for (std::size_t i = 0; i < size; ++i)
      center[i] = increment<kind>(local, local.in[i], center[i], i);
  });
}

}  // namespace tusk::center
