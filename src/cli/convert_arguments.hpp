// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/command.hpp"
#include "data/convert/convert.hpp"

namespace tusk::cli {

// The command line of `convert`. CLI11 stores most options where they belong; options() translates
// the texts that are members here.
class ConvertArguments {
 public:
  ConvertArguments() = default;
  ConvertArguments(const ConvertArguments&) = delete;
  ConvertArguments& operator=(const ConvertArguments&) = delete;

  // How the command line gives them. This object must outlive what is returned.
  std::vector<Argument> described();

  // What was asked for, once the command line has been parsed. Throws Error(usage).
  convert::ConvertOptions options() const;

 private:
  void add_files(std::vector<Argument>& all);
  void add_columns(std::vector<Argument>& all);
  void add_csv(std::vector<Argument>& all);
  void add_libsvm(std::vector<Argument>& all);
  void add_rows(std::vector<Argument>& all);
  void add_storage(std::vector<Argument>& all);
  void set_csv(csv::CsvOptions& csv) const;

  convert::ConvertOptions options_;
  std::string format_ = "auto";
  std::string header_ = "auto";
  std::string encoding_ = "utf-8";
  std::string type_ = "float32";
  std::string bad_rows_ = "fail";
  std::string split_;
  std::string compression_ = "none";
};

}  // namespace tusk::cli
