# SPDX-License-Identifier: Apache-2.0
# core/cpu_features.hpp among the generated headers: the instruction sets that TUSK_CPU_FLAGS let the compiler
# use beyond the baseline, as TUSK_CPU_FEATURES(X) = X("avx2") X("fma") …, in the names of
# __builtin_cpu_supports. Sets that come with one of these on every CPU (lzcnt, movbe, f16c) are left out.
set(features
  sse3 ssse3 sse4.1 sse4.2 popcnt aes pclmul avx avx2 fma bmi bmi2 gfni vpclmulqdq
  avx512f avx512cd avx512dq avx512bw avx512vl avx512ifma avx512vbmi avx512vbmi2 avx512vnni
  avx512bitalg avx512vpopcntdq)

set(empty_source ${CMAKE_BINARY_DIR}/CMakeFiles/empty.cpp)
file(WRITE ${empty_source} "")
execute_process(COMMAND ${CMAKE_CXX_COMPILER} ${TUSK_CPU_FLAGS} -dM -E ${empty_source}
                OUTPUT_VARIABLE macros COMMAND_ERROR_IS_FATAL ANY)

set(TUSK_CPU_FEATURES "")
foreach(feature IN LISTS features)
  string(TOUPPER ${feature} macro)
  string(REPLACE "." "_" macro ${macro})
  if(macros MATCHES "#define __${macro}__ ")
    string(APPEND TUSK_CPU_FEATURES " X(\"${feature}\")")
  endif()
endforeach()
configure_file(${CMAKE_CURRENT_LIST_DIR}/cpu_features.hpp.in
               ${CMAKE_BINARY_DIR}/generated/core/cpu_features.hpp)
