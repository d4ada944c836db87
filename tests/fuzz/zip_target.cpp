// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "net/formats/zip_archive.hpp"
#include "target.hpp"
#include "tusk/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return tusk::fuzz::try_reading(data, size, [](const std::string& path) {
    constexpr std::uint64_t most = std::uint64_t{256} << 20;
    const tusk::formats::ZipArchive archive(path);
    for (const std::string& name : archive.names()) {
      tusk::fuzz::must_hold(archive.has(name), "an entry is there by its name");
      try {  // a damaged one does not hide the others
        tusk::fuzz::must_hold(archive.read(name, most).size() <= most,
                              "no more is read than asked");
      } catch (const tusk::Error& error) {
        if (error.code() != tusk::ExitCode::bad_data) throw;
      }
    }
  });
}
