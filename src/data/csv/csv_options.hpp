// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/element_type.hpp"
#include "data/tables/encoding.hpp"
#include "data/tables/number_notation.hpp"

namespace tusk::csv {

// How CSV files are to be read: what `tusk convert` can be told of them, by the arguments in
// cli/convert_text_arguments.cpp. It hands them on as a part of convert::ConvertOptions. What they
// do is done in csv_header and csv_layout (header, columns), csv_reader (delimiter) and csv_row
// (cells).
struct CsvOptions {
  enum class Header { detect, present, absent };

  char delimiter = ',';            // a blank: any number of blanks and tabs, also at a line's ends
  Header header = Header::detect;  // detect: judge_first_record()
  tables::Encoding encoding = tables::Encoding::utf8;
  tables::NumberNotation notation = {};
  std::vector<std::string> categories = {};  // feature columns of texts, which become indices
  std::vector<std::string> times = {};       // feature columns of parse_time()
  std::vector<std::string> missing = {};     // MissingTexts: they stand for a missing value, as ""
  bool skip_bad_rows = false;                // leave malformed rows out instead of failing
  ElementType type = ElementType::f32;  // of the features, and of labels that are not whole numbers

  friend bool operator==(const CsvOptions&, const CsvOptions&) = default;
};

}  // namespace tusk::csv
