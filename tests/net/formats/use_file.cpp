// SPDX-License-Identifier: Apache-2.0
#include "use_file.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "data/datasets/column_names.hpp"
#include "data/hdf5/attributes.hpp"
#include "data/hdf5/file.hpp"
#include "data/hdf5/listing.hpp"
#include "net/formats/model_file.hpp"
#include "tusk/error.hpp"

namespace tusk::test {

void use_file(const std::string& path) {
  const hdf5::File file = hdf5::File::open(path);
  std::optional<Error> first;
  const auto attempt = [&](const std::function<void()>& part) {
    try {
      part();
    } catch (const Error& error) {
      if (!first) first = error;
    }
  };
  attempt([&] { hdf5::list(file); });
  std::vector<std::string> names;
  attempt([&] { names = file.dataset_names(); });
  for (const std::string& name : names) {
    attempt([&] {
      const hdf5::NumberDataset dataset = file.dataset(name);
      const std::uint64_t row_bytes = dataset.row_elements() * size_of(dataset.type());
      if (row_bytes > 1U << 20) return;
      const std::uint64_t rows = std::min<std::uint64_t>(dataset.rows(), 10'000);
      std::vector<std::byte> bytes(rows * row_bytes);
      dataset.read_rows(0, rows, dataset.type(), bytes);
    });
    attempt([&] { hdf5::read_texts(file, name, "class_names"); });
    attempt([&] { datasets::read_column_names(file, name); });
  }
  if (file.has_group("model_weights")) {
    attempt([&] { formats::load_model(path, {}); });
    attempt([&] {
      const formats::ModelContent content = formats::load_model(path, {});
      const graph::Model model = formats::make_model(formats::options_of(content), content);
      std::string reason;
      formats::load_optimizer_state(path, with_defaults(AdamOptions{}), model, reason);
    });
  }
  if (first) throw *first;
}

}  // namespace tusk::test
