// SPDX-License-Identifier: Apache-2.0
#include "use/inference/event_batch.hpp"

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

}  // namespace

EventBatch::EventBatch(std::span<const evaluation::TrainedModel> members,
                       evaluation::Combine combine, const StreamOptions& options)
    : options_(options),
      outputs_(evaluation::views_of(members), combine, options.max_batch),
      classifies_(members.front().classifies),
      format_(options.format),
      slots_(options.max_batch) {
  for (const std::string& name : members.front().class_names) {
    class_names_.push_back(json_text(name));
  }
  for (const evaluation::TrainedModel& member : members) {
    features_.emplace_back(member.model.input_size() * options.max_batch);
  }
}

bool EventBatch::full() const { return size_ == slots_.size() || text_bytes_ >= most_text; }

void EventBatch::add(const Line& line) {
  if (empty()) oldest_ = Clock::now();
  Slot& slot = slots_[size_++];
  slot.line = line.number;
  slot.error.clear();
  slot.echo.clear();
  try {
    parse(line, slot);
    ++samples_;
  } catch (const Error& error) {
    slot.error = error.what();
    ++bad_lines_;
  }
  text_bytes_ += slot.echo.size();
}

void EventBatch::parse(const Line& line, Slot& slot) {
  if (line.too_long) fail(ExitCode::bad_data, "the line is too long");
  std::string_view text = line.text;
  if (line.number == 1 && text.starts_with(tables::byte_order_mark)) {
    text.remove_prefix(tables::byte_order_mark.size());
  }
  if (!format_ && !tables::trimmed(text).empty()) format_ = format_of(text);
  parse_event(text, format_.value_or(EventFormat::csv), options_.features, event_);
  if (event_.features.size() != width_) check_width(event_.features.size());
  transform();
  slot.echo.swap(event_.echo);
}

// Samples of a model with inputs of several axes are given flat.
void EventBatch::check_width(std::size_t numbers) {
  for (const evaluation::ModelView& member : outputs_.members()) {
    const std::size_t inputs = member.model->input_size();
    const Shape stored = numbers == inputs ? member.model->input_shape() : Shape{numbers};
    const std::size_t seen =
        numbers == 0 ? 0 : member.transforms->output_shape(stored, "the line").elements();
    if (seen == inputs) continue;
    fail(ExitCode::bad_data, "{} feature{}, but the model takes {}{}", numbers,
         numbers == 1 ? "" : "s", inputs,
         seen == numbers ? "" : fmt::format(" and the transforms make {} of them", seen));
  }
  width_ = numbers;
}

void EventBatch::transform() {
  for (std::size_t i = 0; i < features_.size(); ++i) {
    const evaluation::ModelView& member = outputs_.members()[i];
    const std::size_t inputs = member.model->input_size();
    const Span sample = Span(features_[i]).subspan(samples_ * inputs, inputs);
    member.transforms->apply(event_.features, sample);
    if (!member.transforms->accepts(sample)) {
      fail(ExitCode::bad_data, "{}", member.transforms->objection(event_.features));
    }
  }
}

void EventBatch::answer(fmt::memory_buffer& out) {
  ConstMatrix outputs;
  if (samples_ > 0) {
    views_.clear();
    for (std::size_t i = 0; i < features_.size(); ++i) {
      views_.emplace_back(features_[i].data(), outputs_.members()[i].model->input_size(), samples_);
    }
    outputs = outputs_.predict(views_);
  }
  std::size_t sample = 0;
  for (Slot& slot : std::span(slots_).first(size_)) {
    fmt::format_to(std::back_inserter(out), "{{\"line\":{},", slot.line);
    if (slot.error.empty() && !transforms::all_finite(outputs.col(sample++))) {
      slot.error = "the model's outputs are not finite";
      ++bad_lines_;
    }
    if (slot.error.empty()) {
      append_prediction(outputs.col(sample - 1), out);
      out.append(slot.echo);
    } else {
      fmt::format_to(std::back_inserter(out), "\"error\":{}", json_text(slot.error));
    }
    out.append(std::string_view("}\n"));
  }
  size_ = samples_ = text_bytes_ = 0;
}

void EventBatch::append_prediction(ConstSpan outputs, fmt::memory_buffer& out) const {
  char before = '[';
  out.append(std::string_view("\"prediction\":"));
  for (const Real output : outputs) {
    fmt::format_to(std::back_inserter(out), "{}{}", before, output);
    before = ',';
  }
  out.push_back(']');
  if (!classifies_) return;
  const std::size_t choice = graph::chosen_class(outputs);
  fmt::format_to(std::back_inserter(out), ",\"index\":{}", choice);
  if (choice < class_names_.size()) {
    fmt::format_to(std::back_inserter(out), ",\"class\":{}", class_names_[choice]);
  }
}

}  // namespace tusk::inference
