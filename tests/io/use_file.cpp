// SPDX-License-Identifier: Apache-2.0
#include "use_file.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "tusk/core/error.hpp"
#include "tusk/io/attributes.hpp"
#include "tusk/io/column_names.hpp"
#include "tusk/io/file.hpp"
#include "tusk/io/listing.hpp"
#include "tusk/io/model_file.hpp"

namespace tusk::test {

void use_file(const std::string& path) {
  const io::File file = io::File::open(path);
  std::optional<Error> first;
  const auto attempt = [&](const std::function<void()>& part) {
    try {
      part();
    } catch (const Error& error) {
      if (!first) first = error;
    }
  };
  attempt([&] { io::list(file); });
  std::vector<std::string> names;
  attempt([&] { names = file.dataset_names(); });
  for (const std::string& name : names) {
    attempt([&] {
      const io::Dataset dataset = file.dataset(name);
      const std::uint64_t row_bytes = dataset.row_elements() * io::size_of(dataset.type());
      if (row_bytes > 1U << 20) return;
      const std::uint64_t rows = std::min<std::uint64_t>(dataset.rows(), 10'000);
      std::vector<std::byte> bytes(rows * row_bytes);
      dataset.read_rows(0, rows, dataset.type(), bytes);
    });
    attempt([&] { io::read_texts(file, name, "class_names"); });
    attempt([&] { io::read_column_names(file, name); });
  }
  if (file.has_group("model_weights")) attempt([&] { io::load_model(path); });
  if (first) throw *first;
}

}  // namespace tusk::test
