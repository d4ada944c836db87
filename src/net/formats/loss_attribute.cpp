// SPDX-License-Identifier: Apache-2.0
#include "net/formats/loss_attribute.hpp"

#include <nlohmann/json.hpp>
#include <variant>

#include "data/hdf5/attributes.hpp"
#include "data/hdf5/file.hpp"
#include "net/formats/keras_names.hpp"
#include "options/json_reader.hpp"
#include "options/json_writer.hpp"
#include "options/package_needed.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

UserLoss read_user_loss(const hdf5::File& file, const std::string& group,
                        const std::shared_ptr<const UserLossKind>& kind) {
  UserLoss loss{kind, kind->defaults};
  const std::string text = hdf5::read_text(file, group, "loss_options").value_or("{}");
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) {
    fail(ExitCode::bad_data, "{}: the attribute 'loss_options' is not a JSON object", file.path());
  }
  options::read_json(json, options::table_of(loss.options),
                     fmt::format("{}: loss '{}'", file.path(), kind->full_name()));
  return loss;
}

}  // namespace

void write_loss(hdf5::File& file, const std::string& group, const LossOptions& loss) {
  const auto* user = std::get_if<UserLoss>(&loss);
  if (user == nullptr) {
    hdf5::write_attribute(file, group, "loss", name_of(loss));
    return;
  }
  options::AnyOptions options = user->options;  // describe() takes what it could also change
  OrderedJson json = OrderedJson::object();
  options::write_json(json, options::table_of(options), options::Unused::written);
  hdf5::write_attribute(file, group, "loss", user->kind->full_name());
  hdf5::write_attribute(file, group, "loss_options", json.dump());
}

std::optional<LossOptions> read_loss(const hdf5::File& file, const std::string& group,
                                     const Extensions& extensions) {
  const auto name = hdf5::read_text(file, group, "loss");
  if (!name) return std::nullopt;
  if (const auto kind = value_of<LossKind>(*name)) return *kind;
  std::string known = all_names<LossKind>();
  for (const auto& kind : extensions.losses) {
    if (kind->full_name() == *name) return read_user_loss(file, group, kind);
    known += ", " + kind->full_name();
  }
  options::refuse_kind_of_package(fmt::format("{}: loss '{}'", file.path(), *name), "loss", *name,
                                  known);
  fail(ExitCode::bad_data, "{}: loss '{}' is not known; known are {}", file.path(), *name, known);
}

void write_loss_details(hdf5::File& file, const std::string& group, const LossDetails& details) {
  hdf5::write_attribute(file, group, "huber_delta", details.huber_delta);
  if (details.label_smoothing != 0.0) {
    hdf5::write_attribute(file, group, "label_smoothing", details.label_smoothing);
  }
  if (details.from_logits) hdf5::write_attribute(file, group, "from_logits", 1.0);
}

LossDetails read_loss_details(const hdf5::File& file, const std::string& group) {
  LossDetails details;
  const auto read = [&](const char* name, double usual) {
    return hdf5::read_number(file, group, name).value_or(usual);
  };
  details.huber_delta = read("huber_delta", details.huber_delta);
  details.label_smoothing = read("label_smoothing", details.label_smoothing);
  details.from_logits = read("from_logits", 0.0) != 0.0;
  if (!(details.label_smoothing >= 0.0 && details.label_smoothing < 1.0)) {
    fail(ExitCode::bad_data,
         "{}: the attribute 'label_smoothing' of group '{}' is {}; it must be at least 0 and below "
         "1",
         file.path(), group, details.label_smoothing);
  }
  return details;
}

}  // namespace tusk::formats
