// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "tusk/named.hpp"

namespace tusk {

// Keras's initializers of the same names. Only the members that the kind uses may be given.
enum class InitializerKind {
  zeros,
  ones,
  constant,          // value
  uniform,           // minval, maxval (Keras's RandomUniform)
  normal,            // mean, stddev (RandomNormal)
  truncated_normal,  // mean, stddev
  glorot_uniform,
  glorot_normal,
  he_uniform,
  he_normal,
  lecun_uniform,
  lecun_normal,
  orthogonal,
};

constexpr auto names_of(InitializerKind) {
  return std::to_array<Named<InitializerKind>>(
      {{"zeros", InitializerKind::zeros},
       {"ones", InitializerKind::ones},
       {"constant", InitializerKind::constant},
       {"random_uniform", InitializerKind::uniform},
       {"uniform", InitializerKind::uniform},
       {"random_normal", InitializerKind::normal},
       {"normal", InitializerKind::normal},
       {"truncated_normal", InitializerKind::truncated_normal},
       {"glorot_uniform", InitializerKind::glorot_uniform},
       {"glorot_normal", InitializerKind::glorot_normal},
       {"he_uniform", InitializerKind::he_uniform},
       {"he_normal", InitializerKind::he_normal},
       {"lecun_uniform", InitializerKind::lecun_uniform},
       {"lecun_normal", InitializerKind::lecun_normal},
       {"orthogonal", InitializerKind::orthogonal}});
}

struct InitializerOptions {
  InitializerKind kind = InitializerKind::zeros;
  double value = 0.0;
  double minval = -0.05;
  double maxval = 0.05;
  double mean = 0.0;
  double stddev = 0.05;

  friend bool operator==(const InitializerOptions&, const InitializerOptions&) = default;
};

}  // namespace tusk
