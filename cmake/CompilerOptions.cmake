# SPDX-License-Identifier: Apache-2.0
# One place for every compiler flag. `tusk_compile_options` is linked by every target.
add_library(tusk_compile_options INTERFACE)
target_include_directories(tusk_compile_options INTERFACE
  ${CMAKE_SOURCE_DIR}/include ${CMAKE_SOURCE_DIR}/src ${CMAKE_BINARY_DIR}/generated)
target_compile_options(tusk_compile_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wno-psabi
  -Wno-missing-field-initializers  # designated initializers leave the others at their defaults
  -Wno-restrict  # GCC 12 sees overlaps in std::string that are not there (its bug 105651)
  # Bit-for-bit reproducibility: no contraction to FMA outside the matrix products, no -ffast-math.
  -ffp-contract=off -fno-math-errno)
target_compile_definitions(tusk_compile_options INTERFACE
  EIGEN_STACK_ALLOCATION_LIMIT=4194304  # Eigen's products then allocate nothing in a training step
  EIGEN_DONT_PARALLELIZE
  OMPI_SKIP_MPICXX MPICH_SKIP_MPICXX)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # Its own AVX-512 intrinsics read what they call undefined (its bug 105593).
  target_compile_options(tusk_compile_options INTERFACE -Wno-uninitialized -Wno-maybe-uninitialized)
endif()
if(TUSK_UNITY AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # A type of an unnamed namespace as a member: dangerous in a header, which it takes every included file for.
  target_compile_options(tusk_compile_options INTERFACE -Wno-subobject-linkage)
endif()
if(TUSK_WERROR)
  target_compile_options(tusk_compile_options INTERFACE -Werror)
endif()

# The flags of Release are ours to say: -O3, with assertions of Eigen off.
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -DNDEBUG")

set(TUSK_CPU_FLAGS "")
if(TUSK_CPU)
  set(TUSK_CPU_FLAGS -march=${TUSK_CPU})
elseif(TUSK_NATIVE)
  set(TUSK_CPU_FLAGS -march=native)
endif()

if(TUSK_SANITIZE)
  add_compile_options(-fsanitize=${TUSK_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${TUSK_SANITIZE})
endif()
if(TUSK_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link -Wno-unknown-warning-option)
endif()
