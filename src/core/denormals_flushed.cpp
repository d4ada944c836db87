// SPDX-License-Identifier: Apache-2.0
#include "core/denormals_flushed.hpp"

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace tusk {
namespace {

#if defined(__SSE2__)
constexpr std::uint64_t flush = 0x8040;  // results (FTZ) and operands (DAZ)
std::uint64_t control() { return _mm_getcsr(); }
void set_control(std::uint64_t word) { _mm_setcsr(static_cast<unsigned>(word)); }
#elif defined(__aarch64__)
constexpr std::uint64_t flush = std::uint64_t{1} << 24U;  // FZ of FPCR
std::uint64_t control() {
  std::uint64_t word;
  asm volatile("mrs %0, fpcr" : "=r"(word));
  return word;
}
void set_control(std::uint64_t word) { asm volatile("msr fpcr, %0" : : "r"(word)); }
#else
constexpr std::uint64_t flush = 0;
std::uint64_t control() { return 0; }
void set_control(std::uint64_t) {}
#endif

}  // namespace

DenormalsFlushed::DenormalsFlushed() : before_(control()) { set_control(before_ | flush); }
DenormalsFlushed::~DenormalsFlushed() { set_control(before_); }

}  // namespace tusk
