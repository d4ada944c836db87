// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "use/evaluation/shared_evaluation.hpp"

namespace tusk::cli {

// What an output of a model is called, and its numbers.
struct OutputSubject {
  std::string name;
  std::vector<std::string> class_names;  // by index; empty: classes go by their numbers
  std::vector<std::size_t> top_k;
};

// What was evaluated, and what its numbers are called.
struct EvaluationSubject {
  std::string model;
  std::string data;
  std::vector<std::string> metric_names;
  std::vector<std::string> weight_names;  // as training's (run/training/weights.hpp)
  std::vector<OutputSubject> outputs;
};

// Text for people: the line "evaluated MODEL on DATA: loss 0.3180 accuracy 0.8869 (10,000 rows)",
// then of each output a table of the classes with the confusion matrix (of up to 20 of them), or
// the errors of a regression; of several under "output NAME:".
std::string evaluation_table(const EvaluationSubject& subject,
                             const evaluation::FullEvaluation& evaluation);

// Text for programs: one JSON object with every number in full; null where there is none. Several
// outputs are objects in "outputs", each under its name.
std::string evaluation_json(const EvaluationSubject& subject,
                            const evaluation::FullEvaluation& evaluation);

}  // namespace tusk::cli
