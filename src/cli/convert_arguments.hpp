// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "data/convert/convert.hpp"

namespace CLI {
class App;
}

namespace tusk::cli {

// The command line of `convert`. CLI11 stores most options where they belong; options() translates
// the texts that are members here.
class ConvertArguments {
 public:
  explicit ConvertArguments(CLI::App& command);
  ConvertArguments(const ConvertArguments&) = delete;
  ConvertArguments& operator=(const ConvertArguments&) = delete;

  // What was asked for, once the command line has been parsed. Throws Error(usage).
  convert::ConvertOptions options() const;

 private:
  void add_files(CLI::App& command);
  void add_columns(CLI::App& command);
  void add_csv(CLI::App& command);
  void add_libsvm(CLI::App& command);
  void add_rows(CLI::App& command);
  void add_storage(CLI::App& command);

  convert::ConvertOptions options_;
  std::string format_ = "auto";
  std::string header_ = "auto";
  std::string type_ = "float32";
  std::string bad_rows_ = "fail";
  std::string split_;
  std::string compression_ = "none";
};

}  // namespace tusk::cli
