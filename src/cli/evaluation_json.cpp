// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/class_label.hpp"
#include "cli/evaluation_text.hpp"
#include "core/score_names.hpp"

namespace tusk::cli {
namespace {

using Json = nlohmann::ordered_json;

Json number(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json scores_json(const evaluation::ClassScores& scores) {
  return {{"precision", scores.precision}, {"recall", scores.recall}, {"f1", scores.f1}};
}

Json class_json(const OutputSubject& subject, const evaluation::ClassEvaluation& classes,
                std::size_t index) {
  const evaluation::ClassScores& scores = classes.report.classes[index];
  Json json{{"index", index}, {"class", class_label(subject.class_names, index)}};
  json.update(scores_json(scores));
  if (!classes.class_auc.empty()) json["auc"] = number(classes.class_auc[index]);
  json["rows"] = scores.support;
  if (classes.confusion.weighted()) json["weight"] = scores.weight;
  return json;
}

Json confusion_json(const evaluation::ConfusionMatrix& confusion) {
  Json rows = Json::array();
  for (std::size_t label = 0; label < confusion.classes(); ++label) {
    Json& row = rows.emplace_back(Json::array());
    for (std::size_t prediction = 0; prediction < confusion.classes(); ++prediction) {
      if (confusion.weighted()) {
        row.push_back(confusion.weight(label, prediction).value());
      } else {
        row.push_back(confusion.count(label, prediction));
      }
    }
  }
  return rows;
}

void add_classes(Json& out, const OutputSubject& subject,
                 const evaluation::ClassEvaluation& classes) {
  out["accuracy"] = classes.report.accuracy;
  for (std::size_t i = 0; i < classes.top_k.size(); ++i) {
    out["top_k"][std::to_string(subject.top_k[i])] = classes.top_k[i];
  }
  out["auc"] = number(classes.auc);
  if (!classes.class_auc.empty()) out["weighted_auc"] = number(classes.weighted_auc);
  out["macro"] = scores_json(classes.report.macro);
  out["weighted"] = scores_json(classes.report.weighted);
  out["classes"] = Json::array();
  for (std::size_t i = 0; i < classes.report.classes.size(); ++i) {
    out["classes"].push_back(class_json(subject, classes, i));
  }
  out["confusion_matrix"] = confusion_json(classes.confusion);
}

Json regression_json(const evaluation::RegressionScores& scores) {
  return {
      {"mse", scores.mse}, {"rmse", std::sqrt(scores.mse)}, {"mae", scores.mae}, {"r2", scores.r2}};
}

void add_report(Json& out, const OutputSubject& subject, const evaluation::OutputReport& report) {
  if (report.classes) add_classes(out, subject, *report.classes);
  if (!report.classes_left_out.empty()) out["classes_left_out"] = report.classes_left_out;
  if (!report.regression) return;
  Json regression = regression_json(report.regression->mean);
  for (const evaluation::RegressionScores& scores : report.regression->outputs) {
    regression["outputs"].push_back(regression_json(scores));
  }
  out["regression"] = std::move(regression);
}

}  // namespace

std::string evaluation_json(const EvaluationSubject& subject,
                            const evaluation::FullEvaluation& evaluation) {
  Json out{{"model", subject.model}, {"data", subject.data}, {"rows", evaluation.score.samples}};
  for (const auto& [name, value] : named_weights(evaluation.score, subject.weight_names, "")) {
    out[name] = value;
  }
  for (const auto& [name, value] : named_values(evaluation.score, subject.metric_names, "")) {
    out[name] = value;
  }
  if (subject.outputs.size() == 1) {
    add_report(out, subject.outputs.front(), evaluation.outputs.front());
  } else {
    Json& outputs = out["outputs"] = Json::object();
    for (std::size_t i = 0; i < subject.outputs.size(); ++i) {
      Json& one = outputs[subject.outputs[i].name] = Json::object();
      add_report(one, subject.outputs[i], evaluation.outputs[i]);
    }
  }
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace tusk::cli
