// SPDX-License-Identifier: Apache-2.0
#include "data/tables/record_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "core/stored_number.hpp"
#include "data/tables/npy_type.hpp"
#include "data/tables/number_room.hpp"
#include "tusk/error.hpp"

namespace tusk::tables {
namespace {

constexpr std::uint64_t most_record_columns = 65'536;
constexpr std::size_t piece_bytes = std::size_t{8} << 20;  // of records read at once, if not one

// How many numbers became NaN, or are whole and were rounded.
struct Spread {
  std::uint64_t missing = 0;
  std::uint64_t rounded = 0;
};

// Writes numbers to every `stride`-th byte of `out`.
template <typename To, typename From>
Spread spread(std::span<const std::byte> numbers, std::byte* out, std::size_t stride) {
  Spread found;
  for (std::size_t at = 0; at < numbers.size(); at += sizeof(From), out += stride) {
    From number;
    std::memcpy(&number, numbers.data() + at, sizeof(From));
    const To converted = static_cast<To>(number);
    if (std::isnan(converted)) ++found.missing;
    if constexpr (std::is_integral_v<From> && sizeof(From) >= sizeof(To)) {
      if (static_cast<long double>(converted) != static_cast<long double>(number)) ++found.rounded;
    }
    if constexpr (std::is_same_v<From, double>) {
      require_room(number, "", element_type<To>(), [&] { return fmt::format("{}", number); });
    }
    std::memcpy(out, &converted, sizeof(To));
  }
  return found;
}

template <typename To>
Spread spread(ElementType type, std::span<const std::byte> numbers, std::byte* out,
              std::size_t stride) {
  switch (type) {
    case ElementType::u8:
      return spread<To, std::uint8_t>(numbers, out, stride);
    case ElementType::i8:
      return spread<To, std::int8_t>(numbers, out, stride);
    case ElementType::u16:
      return spread<To, std::uint16_t>(numbers, out, stride);
    case ElementType::i16:
      return spread<To, std::int16_t>(numbers, out, stride);
    case ElementType::u32:
      return spread<To, std::uint32_t>(numbers, out, stride);
    case ElementType::i32:
      return spread<To, std::int32_t>(numbers, out, stride);
    case ElementType::u64:
      return spread<To, std::uint64_t>(numbers, out, stride);
    case ElementType::i64:
      return spread<To, std::int64_t>(numbers, out, stride);
    case ElementType::f32:
      return spread<To, float>(numbers, out, stride);
    case ElementType::f64:
      return spread<To, double>(numbers, out, stride);
  }
  fail(ExitCode::internal, "no such element type");
}

}  // namespace

RecordTable::RecordTable(const std::vector<std::string>& paths, const ColumnChoice& choice,
                         ElementType type, const FieldNames& names)
    : files_(paths) {
  add_columns();
  std::vector<std::string> column_names;
  for (const Column& column : columns_) column_names.push_back(column.name);
  chosen_ = choose_columns(choice, column_names, files_.path());
  add_fields(type, names);
}

void RecordTable::add_columns() {
  for (const RecordField& field : files_.record_fields()) {
    if (!field.number || field.count == 1) {
      columns_.push_back({field.name, field.descr, field.number, field.offset});
      continue;
    }
    if (field.count > most_record_columns - columns_.size()) {
      fail(ExitCode::bad_data, "{}: its records hold more than 65,536 numbers", files_.path());
    }
    for (std::uint64_t i = 0; i < field.count; ++i) {
      columns_.push_back({fmt::format("{}[{}]", field.name, i), field.descr, field.number,
                          field.offset + i * field.number->bytes()});
    }
  }
}

void RecordTable::add_fields(ElementType type, const FieldNames& names) {
  const auto require_number = [&](std::size_t index) {
    const Column& column = columns_[index];
    if (column.number) return;
    fail(ExitCode::bad_data,
         "{}: field '{}' is of type '{}', which is no number; '--drop {}' leaves it out{}",
         files_.path(), column.name, column.descr, column.name,
         is_npy_time(column.descr) ? ", and .astype('int64') in NumPy makes numbers of times" : "");
  };
  TableField& features = fields_.emplace_back();
  features.name = names.features;
  features.type = type;
  features.row_shape = Shape{chosen_.features.size()};
  for (const std::size_t column : chosen_.features) {
    require_number(column);
    features.column_names.push_back(columns_[column].name);
  }
  if (chosen_.label) {
    require_number(*chosen_.label);
    fields_.push_back({names.label, columns_[*chosen_.label].number->type, {}, {}, {}});
  }
  if (chosen_.weight) {
    require_number(*chosen_.weight);
    fields_.push_back({.name = names.weight,
                       .type = columns_[*chosen_.weight].number->type,
                       .role = FieldRole::weights});
  }
  if (chosen_.group) {
    require_number(*chosen_.group);
    const Column& column = columns_[*chosen_.group];
    if (is_floating_point(column.number->type)) {
      fail(ExitCode::bad_data,
           "{}: field '{}' is of type '{}'; groups of rows are told by whole numbers",
           files_.path(), column.name, column.descr);
    }
    fields_.push_back(
        {.name = names.group, .type = column.number->type, .role = FieldRole::groups});
  }
}

// A column of the records, as the machine's own numbers.
std::vector<std::byte> RecordTable::take(const Column& column,
                                         std::span<const std::byte> records) const {
  const StoredNumber& number = *column.number;
  std::vector<std::byte> numbers(records.size() / files_.row_bytes() * size_of(number.type));
  std::byte* to = stored_part(numbers, number).data();
  for (std::size_t at = column.offset; at < records.size(); at += files_.row_bytes()) {
    std::memcpy(to, records.data() + at, number.bytes());
    to += number.bytes();
  }
  decode(numbers, number);
  return numbers;
}

void RecordTable::take_features(std::span<const std::byte> records, std::span<std::byte> out) {
  const TableField& field = fields_.front();
  for (std::size_t i = 0; i < chosen_.features.size(); ++i) {
    const Column& column = columns_[chosen_.features[i]];
    const auto numbers = take(column, records);
    std::byte* to = out.data() + i * size_of(field.type);
    try {
      const Spread found =
          field.type == ElementType::f32
              ? spread<float>(column.number->type, numbers, to, field.row_bytes())
              : spread<double>(column.number->type, numbers, to, field.row_bytes());
      missing_values_ += found.missing;
      rounded_values_ += found.rounded;
    } catch (const Error& error) {
      fail(error.code(), "{}: field '{}': {}", files_.path(), column.name, error.what());
    }
  }
}

void RecordTable::read_rows(std::uint64_t first, std::uint64_t count,
                            std::span<const std::span<std::byte>> out) {
  const std::uint64_t rows_at_once = std::max<std::uint64_t>(piece_bytes / files_.row_bytes(), 1);
  std::vector<std::byte> records(std::min(count, rows_at_once) * files_.row_bytes());
  for (std::uint64_t row = 0; row < count;) {
    const std::uint64_t rows = std::min(rows_at_once, count - row);
    const auto piece = std::span(records).first(rows * files_.row_bytes());
    files_.read_rows(first + row, piece);
    if (!out[0].empty()) {
      const std::size_t row_bytes = fields_[0].row_bytes();
      take_features(piece, out[0].subspan(row * row_bytes, rows * row_bytes));
    }
    std::size_t next = 1;  // behind the features
    const auto copy = [&](const std::optional<std::size_t>& column) {
      if (!column) return;
      const std::size_t field = next++;
      if (out[field].empty()) return;
      std::ranges::copy(
          take(columns_[*column], piece),
          out[field].begin() + static_cast<std::ptrdiff_t>(row * fields_[field].row_bytes()));
    };
    copy(chosen_.label);
    copy(chosen_.weight);
    copy(chosen_.group);
    row += rows;
  }
}

}  // namespace tusk::tables
