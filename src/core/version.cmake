# SPDX-License-Identifier: Apache-2.0
# core/version.hpp among the generated headers: version, git revision, compiler and the CPU built for.
execute_process(COMMAND git -C ${CMAKE_SOURCE_DIR} describe --always --dirty --abbrev=12
                OUTPUT_VARIABLE TUSK_GIT_REVISION OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT TUSK_GIT_REVISION)
  set(TUSK_GIT_REVISION "unknown")
endif()
configure_file(${CMAKE_CURRENT_LIST_DIR}/version.hpp.in ${CMAKE_BINARY_DIR}/generated/core/version.hpp)
