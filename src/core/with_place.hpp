// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <new>
#include <string>

#include "tusk/error.hpp"

namespace tusk {

// Does work that is an extension's, and puts `place` before what it throws, as in "trainer 'mine':
// …", unless that begins with it: whoever wrote the code need not say whose it is. An exception
// that is no Error becomes Error(internal).
template <typename Work>
auto with_place(const std::string& place, Work work) {
  const auto placed = [&](const std::string& what) {
    return what.starts_with(place) ? what : place + ": " + what;
  };
  try {
    return work();
  } catch (const Error& error) {
    throw Error(error.code(), placed(error.what()));
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    throw Error(ExitCode::internal, placed(error.what()));
  }
}

}  // namespace tusk
