// SPDX-License-Identifier: Apache-2.0
#include "data/samples/sample_store.hpp"

#include <algorithm>
#include <utility>

#include "core/to_real.hpp"
#include "data/datasets/read_rows.hpp"
#include "data/samples/check_rows.hpp"

namespace tusk::samples {
namespace {

bool are_classes(const LabelFormat* format) {
  return format != nullptr && format->kind == LabelFormat::Kind::classes;
}

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

}  // namespace

SampleLayout::SampleLayout(const datasets::Dataset& dataset, const LabelFormat* label_format,
                           transforms::Transforms steps)
    : type(type_in_memory(dataset.features().type())),
      transformed(dataset.features().type() != type && is_floating_point(type) &&
                  steps.precision() == transforms::Precision::float64),
      stored_width(dataset.features().row_elements()),
      sample_shape(steps.output_shape(dataset.sample_shape(), dataset.path())),
      transforms(std::move(steps)) {
  if (transformed) stored_width = sample_shape.elements();
  if (label_format != nullptr) format = *label_format;
}

SampleLayout::SampleLayout(Shape bytes)
    : stored_width(bytes.elements()),
      sample_shape(std::move(bytes)),
      format(LabelFormat{.kind = LabelFormat::Kind::values, .width = 1}) {}

bool SampleLayout::has_classes() const { return are_classes(format ? &*format : nullptr); }

std::size_t SampleLayout::value_width() const {
  return format && !has_classes() ? format->width : 0;
}

std::size_t SampleLayout::feature_bytes() const { return stored_width * size_of(type); }

std::size_t SampleLayout::sample_bytes() const {
  const std::size_t label = has_classes() ? sizeof(std::int32_t) : value_width() * sizeof(Real);
  return feature_bytes() + label + sizeof(std::uint32_t);
}

SampleStore::SampleStore(SampleLayout layout, std::size_t capacity)
    : layout_(std::move(layout)),
      capacity_(capacity),
      features_(capacity * layout_.feature_bytes()),
      classes_(layout_.has_classes() ? capacity : 0),
      values_(layout_.value_width() * capacity) {}

void SampleStore::read(const datasets::Dataset& dataset, const datasets::Rows& rows,
                       std::size_t at) {
  const std::size_t width = layout_.feature_bytes();
  if (layout_.transformed) {
    read_transformed(dataset, rows, at);
  } else {
    datasets::read_rows(dataset.features(), rows, layout_.type, dataset.communicator(),
                        std::span(features_.data() + at * width, rows.size() * width));
  }
  if (layout_.format) read_labels(dataset, rows, at);
}

void SampleStore::read_transformed(const datasets::Dataset& dataset, const datasets::Rows& rows,
                                   std::size_t at) {
  const datasets::JoinedDataset& features = dataset.features();
  const std::size_t width = features.row_elements();
  const std::size_t row_bytes = width * sizeof(double);
  auto* const samples = reinterpret_cast<Real*>(features_.data());
  datasets::read_rows(features, rows, ElementType::f64, dataset.communicator(),
                      [&](std::uint64_t position, std::span<const std::byte> piece) {
                        for (; !piece.empty(); piece = piece.subspan(row_bytes), ++position) {
                          const Span sample(samples + (at + position) * layout_.stored_width,
                                            layout_.stored_width);
                          layout_.transforms.apply(ElementType::f64, piece.data(), width, sample);
                          if (transforms::all_finite(sample)) continue;
                          fail_features(features, rows[position], ElementType::f64, piece.data(),
                                        layout_.transforms);
                        }
                      });
}

void SampleStore::read_labels(const datasets::Dataset& dataset, const datasets::Rows& rows,
                              std::size_t at) {
  const datasets::JoinedDataset& labels = dataset.labels();
  const mpi::Communicator* communicator = dataset.communicator();
  if (layout_.has_classes()) {
    read_doubles(
        labels, rows, communicator,
        [&](std::uint64_t begin, const datasets::Rows& some, std::span<const double> numbers) {
          std::ranges::copy(to_classes(labels, some, numbers, *layout_.format),
                            classes_.data() + at + begin);
        });
    return;
  }
  const std::size_t width = layout_.value_width();
  const Span values = Span(values_).subspan(at * width, rows.size() * width);
  if (const auto positive = layout_.format->positive) {
    read_doubles(labels, rows, communicator,
                 [&](std::uint64_t begin, const datasets::Rows&, std::span<const double> numbers) {
                   std::ranges::transform(numbers, values.data() + begin, [&](double label) {
                     return static_cast<Real>(to_binary(label, *positive));
                   });
                 });
  } else {
    datasets::read_rows(labels, rows, element_type<Real>(), communicator,
                        std::as_writable_bytes(values));
  }
  check_values(labels, rows, values, *layout_.format);
}

void SampleStore::clear() {
  std::fill_n(features_.data(), capacity_ * layout_.feature_bytes(), std::byte{0});
  std::ranges::fill(classes_, 0);
  std::ranges::fill(values_, Real{0});
}

std::span<const std::byte> SampleStore::stored(std::size_t at, std::size_t count) const {
  const std::size_t width = layout_.feature_bytes();
  return {features_.data() + at * width, count * width};
}

void SampleStore::copy_sample(std::size_t at, Span out) const {
  const std::byte* const sample = stored(at, 1).data();
  if (layout_.transformed) return to_real(layout_.type, sample, out);
  layout_.transforms.apply(layout_.type, sample, layout_.stored_width, out);
}

std::span<const std::int32_t> SampleStore::classes(std::size_t at, std::size_t count) const {
  return layout_.has_classes() ? std::span(classes_).subspan(at, count)
                               : std::span<const std::int32_t>();
}

ConstMatrix SampleStore::values(std::size_t at, std::size_t count) const {
  const std::size_t width = layout_.value_width();
  if (width == 0) return {};
  return {values_.data() + at * width, width, count};
}

}  // namespace tusk::samples
