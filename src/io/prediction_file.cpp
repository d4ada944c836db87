// SPDX-License-Identifier: Apache-2.0
#include "tusk/io/prediction_file.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <span>

#include "text_dataset.hpp"
#include "tusk/io/file.hpp"
#include "tusk/io/pending_file.hpp"
#include "tusk/mpi/collectively.hpp"
#include "tusk/mpi/communicator.hpp"

namespace tusk::io {
namespace {

// Rows of one rank that go into the file in one collective call.
constexpr std::uint64_t rows_per_write = 1 << 20;

std::vector<std::int32_t> classes_of(ConstMatrix outputs) {
  std::vector<std::int32_t> classes(outputs.cols());
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const auto column = outputs.col(i);
    const auto largest = std::max_element(column.begin(), column.end()) - column.begin();
    const bool positive = column.size() == 1 && column[0] > Real(0.5);
    classes[i] = positive ? 1 : static_cast<std::int32_t>(largest);
  }
  return classes;
}

std::vector<std::string> names_of_classes(std::span<const std::int32_t> classes,
                                          std::span<const std::string> names) {
  std::vector<std::string> out;
  out.reserve(classes.size());
  for (const std::int32_t index : classes) {
    const auto position = static_cast<std::size_t>(index);
    out.push_back(position < names.size() ? names[position] : std::to_string(index));
  }
  return out;
}

class Writer {
 public:
  Writer(const std::string& part, const mpi::Communicator& communicator, const Predictions& mine)
      : communicator_(communicator),
        mine_(mine),
        pieces_(communicator.max((mine.outputs.cols() + rows_per_write - 1) / rows_per_write)),
        file_(File::create(part, communicator)) {}

  void write(const PredictionLayout& layout) {
    auto prediction =
        file_.create_dataset("prediction", element_type<Real>(), {layout.rows, layout.outputs});
    in_pieces([&](std::uint64_t begin, std::uint64_t end) {
      const std::size_t width = layout.outputs;
      const auto rows = mine_.outputs.flat().subspan(begin * width, (end - begin) * width);
      prediction.write(mine_.first_row + begin, rows);
    });
    if (layout.classes) write_classes(layout);
  }

  void close() { file_.close(); }

 private:
  void write_classes(const PredictionLayout& layout) {
    const std::vector<std::int32_t> classes = classes_of(mine_.outputs);
    auto index = file_.create_dataset("predicted_index", ElementType::i32, {layout.rows});
    in_pieces([&](std::uint64_t begin, std::uint64_t end) {
      const std::span<const std::int32_t> all(classes);
      index.write(mine_.first_row + begin, all.subspan(begin, end - begin));
    });
    if (layout.class_names.empty()) return;
    const std::vector<std::string> names = names_of_classes(classes, layout.class_names);
    TextDataset text(file_, "predicted_class", layout.rows, layout.class_names);
    in_pieces([&](std::uint64_t begin, std::uint64_t end) {
      text.write(mine_.first_row + begin, std::span(names).subspan(begin, end - begin));
    });
  }

  // Calls `write` with one piece of this rank's rows after the other, and then with none until
  // every rank has written all of its own. A rank's error stops all of them.
  void in_pieces(const std::function<void(std::uint64_t, std::uint64_t)>& write) {
    const std::uint64_t rows = mine_.outputs.cols();
    for (std::uint64_t piece = 0; piece < pieces_; ++piece) {
      const std::uint64_t begin = std::min(piece * rows_per_write, rows);
      const std::uint64_t end = std::min(begin + rows_per_write, rows);
      mpi::collectively(communicator_, [&] { write(begin, end); });
    }
  }

  const mpi::Communicator& communicator_;
  const Predictions& mine_;
  std::uint64_t pieces_;
  File file_;
};

}  // namespace

void write_predictions(const std::string& path, const mpi::Communicator& communicator,
                       const PredictionLayout& layout, const Predictions& mine) {
  std::optional<PendingFile> pending;
  if (communicator.rank() == 0) pending.emplace(path);
  {
    Writer writer(PendingFile::part_of(path), communicator, mine);
    writer.write(layout);
    mpi::collectively(communicator, [&] { writer.close(); });
  }
  mpi::collectively(communicator, [&] {
    if (pending) pending->publish();
  });
}

}  // namespace tusk::io
