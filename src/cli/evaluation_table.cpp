// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/class_label.hpp"
#include "cli/evaluation_text.hpp"
#include "core/score_names.hpp"
#include "core/units.hpp"

namespace tusk::cli {
namespace {

constexpr std::size_t most_confusion_classes = 20;

std::string first_line(const EvaluationSubject& subject, const BatchScore& score) {
  std::string line = fmt::format("evaluated {} on {}:", subject.model, subject.data);
  for (const auto& [name, value] : named_values(score, subject.metric_names, "")) {
    line += fmt::format(" {} {:.4f}", name, value);
  }
  std::string weight;
  if (subject.weight_names.size() == 1) {
    weight = fmt::format(" of weight {:.6g}", score.weight_sums[0]);
  } else if (!subject.weight_names.empty()) {
    for (std::size_t i = 0; i < subject.outputs.size(); ++i) {
      weight += fmt::format("{} {:.6g} for {}", i == 0 ? " of weight" : ",", score.weight_sums[i],
                            subject.outputs[i].name);
    }
  }
  return fmt::format("{} ({} rows{})\n", line, format_count(score.samples), weight);
}

std::string score_text(const std::optional<double>& score) {
  return score ? fmt::format("{:.4f}", *score) : "-";
}

// The names of the classes, and the width of a column for them.
struct Names {
  std::vector<std::string> names;
  std::size_t width = 0;

  Names(const OutputSubject& subject, std::size_t classes) {
    for (std::size_t i = 0; i < classes; ++i) {
      names.push_back(class_label(subject.class_names, i));
      width = std::max(width, names.back().size());
    }
  }
};

std::string class_table(const Names& names, const evaluation::ClassEvaluation& classes) {
  const bool has_auc = !classes.class_auc.empty();  // of each class
  const bool weighted = classes.confusion.weighted();
  const std::size_t width = std::max<std::size_t>(names.width, 8);
  std::string text =
      fmt::format("\n{:<{}}  {:>9}  {:>9}  {:>9}", "class", width, "precision", "recall", "F1");
  if (has_auc) text += fmt::format("  {:>9}", "AUC");
  text += fmt::format("  {:>13}", "rows");
  text += weighted ? fmt::format("  {:>13}\n", "weight") : "\n";
  const auto add = [&](const std::string& name, const evaluation::ClassScores& scores,
                       const std::optional<double>& auc) {
    text += fmt::format("{:<{}}  {:>9.4f}  {:>9.4f}  {:>9.4f}", name, width, scores.precision,
                        scores.recall, scores.f1);
    if (has_auc) text += fmt::format("  {:>9}", score_text(auc));
    text += fmt::format("  {:>13}", format_count(scores.support));
    text += weighted ? fmt::format("  {:>13.6g}\n", scores.weight) : "\n";
  };
  const evaluation::ClassificationReport& report = classes.report;
  for (std::size_t i = 0; i < report.classes.size(); ++i) {
    add(names.names[i], report.classes[i], has_auc ? classes.class_auc[i] : std::nullopt);
  }
  add("macro", report.macro, classes.auc);
  add("weighted", report.weighted, classes.weighted_auc);
  return text;
}

std::string overall_line(const OutputSubject& subject, const evaluation::ClassEvaluation& classes) {
  std::string line = fmt::format("\naccuracy {:.4f}", classes.report.accuracy);
  for (std::size_t i = 0; i < classes.top_k.size(); ++i) {
    line += fmt::format("  top-{} {:.4f}", subject.top_k[i], classes.top_k[i]);
  }
  return line + fmt::format("  AUC {}\n", score_text(classes.auc));
}

std::string confusion_table(const Names& names, const evaluation::ConfusionMatrix& confusion) {
  const std::size_t classes = confusion.classes();
  if (classes > most_confusion_classes) {
    return fmt::format("\nthe confusion matrix of {} classes: --json\n", classes);
  }
  std::vector<std::string> cells;
  std::size_t width = names.width;
  for (std::size_t i = 0; i < classes * classes; ++i) {
    const std::size_t label = i / classes;
    const std::size_t prediction = i % classes;
    cells.push_back(confusion.weighted()
                        ? fmt::format("{:.6g}", confusion.weight(label, prediction).value())
                        : format_count(confusion.count(label, prediction)));
    width = std::max(width, cells.back().size());
  }
  constexpr const char* corner = "label \\ predicted";
  const std::size_t first =
      std::max<std::size_t>(names.width, std::char_traits<char>::length(corner));
  std::string text = fmt::format("\n{:<{}}", corner, first);
  for (const std::string& name : names.names) text += fmt::format("  {:>{}}", name, width);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i % classes == 0) text += fmt::format("\n{:<{}}", names.names[i / classes], first);
    text += fmt::format("  {:>{}}", cells[i], width);
  }
  return text + "\n";
}

std::string regression_line(const evaluation::RegressionScores& scores) {
  return fmt::format("\nmse {:.6g}  rmse {:.6g}  mae {:.6g}  r2 {:.6g}\n", scores.mse,
                     std::sqrt(scores.mse), scores.mae, scores.r2);
}

std::string output_text(const OutputSubject& subject, const evaluation::OutputReport& report) {
  std::string text;
  if (report.classes) {
    const Names names(subject, report.classes->confusion.classes());
    text += class_table(names, *report.classes);
    text += overall_line(subject, *report.classes);
    text += confusion_table(names, report.classes->confusion);
  } else if (!report.classes_left_out.empty()) {
    text += fmt::format("no table of classes: {}\n", report.classes_left_out);
  }
  if (report.regression) text += regression_line(report.regression->mean);
  return text;
}

}  // namespace

std::string evaluation_table(const EvaluationSubject& subject,
                             const evaluation::FullEvaluation& evaluation) {
  std::string text = first_line(subject, evaluation.score);
  for (std::size_t i = 0; i < subject.outputs.size(); ++i) {
    if (subject.outputs.size() > 1) text += fmt::format("\noutput {}:\n", subject.outputs[i].name);
    text += output_text(subject.outputs[i], evaluation.outputs[i]);
  }
  return text;
}

}  // namespace tusk::cli
