// SPDX-License-Identifier: Apache-2.0
#include "use/inference/event_batch.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>

#include "data/tables/byte_order_mark.hpp"
#include "data/tables/text.hpp"
#include "net/graph/chosen_class.hpp"
#include "tusk/error.hpp"

namespace tusk::inference {
namespace {

constexpr std::size_t most_text = 4UL << 20;

// A JSON string; what is no UTF-8 is replaced.
std::string json_text(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// The fields of a line, without blanks and quotes; none if one of them is a number.
std::vector<std::string> texts_of(std::string_view line) {
  std::vector<std::string> texts;
  if (line.starts_with(tables::byte_order_mark)) line.remove_prefix(tables::byte_order_mark.size());
  for (std::size_t begin = 0; begin <= line.size();) {
    const std::size_t end = std::min(line.find(',', begin), line.size());
    std::string_view field = tables::trimmed(line.substr(begin, end - begin));
    if (tables::parse_number(field)) return {};
    if (field.size() > 1 && field.front() == '"' && field.back() == '"') {
      field = field.substr(1, field.size() - 2);
    }
    texts.emplace_back(field);
    begin = end + 1;
  }
  return texts;
}

}  // namespace

EventBatch::EventBatch(std::span<const evaluation::TrainedModel> members,
                       evaluation::Combine combine, const StreamOptions& options)
    : options_(options),
      outputs_(evaluation::views_of(members), combine, options.max_batch),
      format_(options.format),
      slots_(options.max_batch) {
  const evaluation::TrainedModel& first = members.front();
  const std::vector<graph::ModelOutput>& outputs = first.model.outputs();
  columns_ = first.columns.names;
  members_.of_answers = {"line", "error"};
  if (outputs.size() == 1) {
    for (const char* name : {"prediction", "index", "class"}) members_.of_answers.push_back(name);
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    Output& output = said_.emplace_back();
    output.name = json_text(outputs[i].name);
    output.classifies = evaluation::classifies(first, i);
    for (const std::string& name : evaluation::class_names_of(first, i)) {
      output.class_names.push_back(json_text(name));
    }
    if (outputs.size() > 1) members_.of_answers.push_back(outputs[i].name);
  }
  for (const graph::ModelInput& input : first.model.inputs()) {
    const bool is_only = first.model.inputs().size() == 1;
    members_.inputs.push_back(is_only ? options.features : input.name);
  }
  widths_.resize(first.model.inputs().size());
  for (const evaluation::TrainedModel& member : members) {
    auto& inputs = features_.emplace_back();
    for (const graph::ModelInput& input : member.model.inputs()) {
      inputs.emplace_back(input.shape.elements() * options.max_batch);
    }
    views_.emplace_back(inputs.size());
  }
}

bool EventBatch::full() const { return size_ == slots_.size() || text_bytes_ >= most_text; }

void EventBatch::add(const Line& line) {
  if (empty()) oldest_ = Clock::now();
  Slot& slot = slots_[size_];
  slot.line = line.number;
  slot.error.clear();
  slot.echo.clear();
  try {
    parse(line, slot);
    ++samples_;
  } catch (const Error& error) {
    check_header(line);
    slot.error = error.what();
    ++bad_lines_;
  }
  ++size_;
  text_bytes_ += slot.echo.size();
}

// A line of CSV that names one of the model's columns, and has no number, is a header. Numbers
// below another one than the model's would be taken for what they are not.
void EventBatch::check_header(const Line& line) const {
  if (columns_.empty() || line.too_long || format_ == EventFormat::json) return;
  const std::vector<std::string> names = texts_of(line.text);
  const bool is_header = std::ranges::any_of(names, [&](const std::string& name) {
    return std::ranges::find(columns_, name) != columns_.end();
  });
  if (!is_header || names == columns_) return;
  fail(ExitCode::bad_data,
       "line {} names the columns {}, but the model takes {}, in this order: the numbers below "
       "it would be taken for others",
       line.number, fmt::join(names, ", "), fmt::join(columns_, ", "));
}

void EventBatch::parse(const Line& line, Slot& slot) {
  if (line.too_long) fail(ExitCode::bad_data, "the line is too long");
  std::string_view text = line.text;
  if (line.number == 1 && text.starts_with(tables::byte_order_mark)) {
    text.remove_prefix(tables::byte_order_mark.size());
  }
  if (!format_ && !tables::trimmed(text).empty()) format_ = format_of(text);
  parse_event(text, format_.value_or(EventFormat::csv), members_, event_);
  for (std::size_t i = 0; i < widths_.size(); ++i) {
    if (event_.inputs[i].size() != widths_[i]) check_width(i, event_.inputs[i].size());
  }
  transform();
  slot.echo.swap(event_.echo);
}

// Samples of a model with inputs of several axes are given flat.
void EventBatch::check_width(std::size_t input, std::size_t numbers) {
  for (const evaluation::ModelView& member : outputs_.members()) {
    const graph::ModelInput& its = member.model->inputs()[input];
    const std::size_t wanted = its.shape.elements();
    const Shape stored = numbers == wanted ? its.shape : Shape{numbers};
    const transforms::Transforms& transforms = (*member.transforms)[input];
    const std::size_t seen =
        numbers == 0 ? 0 : transforms.output_shape(stored, "the line").elements();
    if (seen == wanted) continue;
    fail(ExitCode::bad_data, "{} feature{}, but the model takes {}{}{}", numbers,
         numbers == 1 ? "" : "s", wanted,
         widths_.size() == 1 ? "" : fmt::format(" at its input '{}'", its.name),
         seen == numbers ? "" : fmt::format(" and the transforms make {} of them", seen));
  }
  widths_[input] = numbers;
}

void EventBatch::transform() {
  for (std::size_t i = 0; i < features_.size(); ++i) {
    const evaluation::ModelView& member = outputs_.members()[i];
    for (std::size_t k = 0; k < widths_.size(); ++k) {
      const std::size_t width = member.model->inputs()[k].shape.elements();
      const Span sample = Span(features_[i][k]).subspan(samples_ * width, width);
      const transforms::Transforms& transforms = (*member.transforms)[k];
      const std::vector<double>& numbers = event_.inputs[k];
      transforms.apply(numbers, sample);
      if (!transforms.accepts(sample)) {
        fail(ExitCode::bad_data, "{}{}", widths_.size() == 1 ? "" : members_.inputs[k] + ": ",
             transforms.objection(numbers));
      }
    }
  }
}

void EventBatch::answer(fmt::memory_buffer& out) {
  std::span<const ConstMatrix> outputs;
  if (samples_ > 0) {
    inputs_.clear();
    for (std::size_t i = 0; i < features_.size(); ++i) {
      for (std::size_t k = 0; k < widths_.size(); ++k) {
        const std::size_t width = outputs_.members()[i].model->inputs()[k].shape.elements();
        views_[i][k] = {features_[i][k].data(), width, samples_};
      }
      inputs_.emplace_back(views_[i]);
    }
    outputs = outputs_.predict(inputs_);
  }
  const auto is_finite = [&](std::size_t column) {
    return std::ranges::all_of(outputs, [&](const ConstMatrix& output) {
      return transforms::all_finite(output.col(column));
    });
  };
  std::size_t sample = 0;
  for (Slot& slot : std::span(slots_).first(size_)) {
    fmt::format_to(std::back_inserter(out), "{{\"line\":{},", slot.line);
    if (slot.error.empty() && !is_finite(sample++)) {
      slot.error = "the model's outputs are not finite";
      ++bad_lines_;
    }
    if (slot.error.empty()) {
      append_answer(sample - 1, outputs, out);
      out.append(slot.echo);
    } else {
      fmt::format_to(std::back_inserter(out), "\"error\":{}", json_text(slot.error));
    }
    out.append(std::string_view("}\n"));
  }
  size_ = samples_ = text_bytes_ = 0;
}

void EventBatch::append_answer(std::size_t sample, std::span<const ConstMatrix> outputs,
                               fmt::memory_buffer& out) const {
  if (outputs.size() == 1)
    return append_prediction(said_.front(), outputs.front().col(sample), out);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    fmt::format_to(std::back_inserter(out), "{}{}:{{", i == 0 ? "" : ",", said_[i].name);
    append_prediction(said_[i], outputs[i].col(sample), out);
    out.push_back('}');
  }
}

void EventBatch::append_prediction(const Output& output, ConstSpan numbers,
                                   fmt::memory_buffer& out) const {
  char before = '[';
  out.append(std::string_view("\"prediction\":"));
  for (const Real number : numbers) {
    fmt::format_to(std::back_inserter(out), "{}{}", before, number);
    before = ',';
  }
  out.push_back(']');
  if (!output.classifies) return;
  const std::size_t choice = graph::chosen_class(numbers);
  fmt::format_to(std::back_inserter(out), ",\"index\":{}", choice);
  if (choice < output.class_names.size()) {
    fmt::format_to(std::back_inserter(out), ",\"class\":{}", output.class_names[choice]);
  }
}

}  // namespace tusk::inference
