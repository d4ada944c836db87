// SPDX-License-Identifier: Apache-2.0
#include "mpi/check.hpp"

#include <mpi.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "tusk/error.hpp"

namespace tusk::mpi {

void check(int code, const char* call) {
  if (code == MPI_SUCCESS) return;
  std::array<char, MPI_MAX_ERROR_STRING> text{};
  int length = 0;
  if (MPI_Error_string(code, text.data(), &length) != MPI_SUCCESS) length = 0;
  std::replace(text.begin(), text.end(), '\n', ' ');  // MPICH tells a stack of calls
  fail(ExitCode::internal, "{} failed: {} (code {})", call,
       std::string_view(text.data(), static_cast<std::size_t>(length)), code);
}

}  // namespace tusk::mpi
