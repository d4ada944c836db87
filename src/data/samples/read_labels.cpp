// SPDX-License-Identifier: Apache-2.0
#include "data/samples/read_labels.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "data/datasets/read_rows.hpp"
#include "data/samples/check_rows.hpp"

namespace tusk::samples {
namespace {

// Labels [N] as doubles, to see what is not a whole number and which one it is: many at a time, or
// all where ranks read together. `take` gets the position of the first, their rows, and them.
template <typename Take>
void read_doubles(const datasets::JoinedDataset& labels, const datasets::Rows& rows,
                  const mpi::Communicator* communicator, const Take& take) {
  constexpr std::uint64_t many = 1ULL << 20;
  const std::uint64_t step = communicator == nullptr ? many : rows.size();
  std::uint64_t begin = 0;
  do {
    const datasets::Rows some = rows.part({begin, std::min(begin + step, rows.size())});
    std::vector<double> numbers(some.size());
    datasets::read_rows(labels, some, ElementType::f64, communicator,
                        std::as_writable_bytes(std::span(numbers)));
    take(begin, some, numbers);
    begin += some.size();
  } while (begin < rows.size());
}

// Values, with all their digits up to the transforms, which must take them; a label that is not
// finite itself is left to check_values().
void read_transformed(const datasets::JoinedDataset& labels, const datasets::Rows& rows,
                      const mpi::Communicator* communicator, const LabelFormat& format,
                      Span values) {
  const std::size_t width = format.width;
  const std::size_t row_bytes = width * sizeof(double);
  const auto take = [&](std::uint64_t position, std::span<const std::byte> piece) {
    for (; !piece.empty(); piece = piece.subspan(row_bytes), ++position) {
      const Span label = values.subspan(position * width, width);
      format.transforms->apply(ElementType::f64, piece.data(), width, label);
      if (transforms::all_finite(label)) continue;
      const std::span numbers(reinterpret_cast<const double*>(piece.data()), width);
      if (!std::ranges::all_of(numbers, [](double x) { return std::isfinite(x); })) continue;
      fail_features(labels, rows[position], ElementType::f64, piece.data(), *format.transforms);
    }
  };
  datasets::read_rows(labels, rows, ElementType::f64, communicator, take);
}

}  // namespace

void read_labels(const datasets::JoinedDataset& labels, const datasets::Rows& rows,
                 const mpi::Communicator* communicator, const LabelFormat& format,
                 std::span<std::int32_t> classes, Span values) {
  if (format.kind == LabelFormat::Kind::classes) {
    read_doubles(
        labels, rows, communicator,
        [&](std::uint64_t begin, const datasets::Rows& some, std::span<const double> numbers) {
          std::ranges::copy(to_classes(labels, some, numbers, format), classes.data() + begin);
        });
    return;
  }
  if (const auto positive = format.positive) {
    read_doubles(labels, rows, communicator,
                 [&](std::uint64_t begin, const datasets::Rows&, std::span<const double> numbers) {
                   std::ranges::transform(numbers, values.data() + begin, [&](double label) {
                     return static_cast<Real>(to_binary(label, *positive));
                   });
                 });
  } else if (format.transforms) {
    read_transformed(labels, rows, communicator, format, values);
  } else {
    datasets::read_rows(labels, rows, element_type<Real>(), communicator,
                        std::as_writable_bytes(values));
  }
  check_values(labels, rows, values, format);
}

}  // namespace tusk::samples
