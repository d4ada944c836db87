// SPDX-License-Identifier: Apache-2.0
// The arguments of `convert` for what CSV and libsvm files are.
#include <map>
#include <string>
#include <vector>

#include "cli/argument_groups.hpp"
#include "cli/convert_arguments.hpp"

namespace tusk::cli {
namespace {

const std::map<std::string, csv::CsvOptions::Header> headers{
    {"auto", csv::CsvOptions::Header::detect},
    {"yes", csv::CsvOptions::Header::present},
    {"no", csv::CsvOptions::Header::absent}};
const std::map<std::string, tables::Encoding> encodings{{"utf-8", tables::Encoding::utf8},
                                                        {"latin-1", tables::Encoding::latin1}};

}  // namespace

void ConvertArguments::add_csv(std::vector<Argument>& all) {
  add(all, "CSV",
      {{.name = "--header",
        .place = &header_,
        .help = "Whether the first row names the columns; where that is open, it has to be said",
        .value_text = "auto|yes|no",
        .one_of = names_of(headers)},
       {.name = "--delimiter",
        .place = &options_.csv.delimiter,
        .help = "Between the columns; a comma by default. A blank: any number of blanks and tabs",
        .value_text = "CHARACTER|tab|blank",
        .synonyms = {{"tab", "\t"}, {"\\t", "\t"}, {"blank", " "}}},
       {.name = "--encoding",
        .place = &encoding_,
        .help = "Of names and texts",
        .value_text = "utf-8|latin-1",
        .one_of = names_of(encodings)},
       {.name = "--decimal",
        .place = &options_.csv.notation.decimal,
        .help = "What numbers have before their fraction; a point by default",
        .value_text = ".|,"},
       {.name = "--thousands",
        .place = &options_.csv.notation.thousands,
        .help = "What numbers have between groups of three digits; nothing by default",
        .value_text = "CHARACTER"},
       {.name = "--fortran",
        .place = &options_.csv.notation.fortran,
        .help = "Also read exponents as Fortran writes them: 1.5D+05, 1.5+105"},
       {.name = "--booleans",
        .place = &options_.csv.notation.booleans,
        .help = "Features that are True or False, in any case: 1 or 0"},
       list("--times", options_.csv.times,
            "Features that are dates and times (2024-01-31, 2024-01-31T23:59:59.5+01:00): seconds "
            "since 1970; with --type float64, to the microsecond"),
       list("--categories", options_.csv.categories,
            "Features that are texts: indices of the texts, in their order; or the label, if its "
            "texts look "
            "like numbers"),
       list("--missing", options_.csv.missing,
            "Texts that stand for a missing value, as an empty cell does", "TEXT,..."),
       {.name = "--bad-rows",
        .place = &bad_rows_,
        .help = "Malformed rows: an error, or left out with a warning",
        .value_text = "fail|skip",
        .one_of = {"fail", "skip"}}});
}

void ConvertArguments::add_libsvm(std::vector<Argument>& all) {
  add(all, "libsvm",
      {{.name = "--libsvm-base",
        .place = &options_.libsvm.base,
        .help = "What the file calls the first feature, 1 by default",
        .value_text = "0|1",
        .one_of = {"0", "1"}},
       {.name = "--libsvm-features",
        .place = &options_.libsvm.columns,
        .help = "How many features a row has; by default the largest index decides",
        .value_text = "N"}});
}

void ConvertArguments::set_csv(csv::CsvOptions& csv) const {
  csv.header = headers.at(header_);
  csv.encoding = encodings.at(encoding_);
  csv.skip_bad_rows = bad_rows_ == "skip";
}

}  // namespace tusk::cli
