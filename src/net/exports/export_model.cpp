// SPDX-License-Identifier: Apache-2.0
#include "net/exports/export_model.hpp"

#include "core/pending_file.hpp"
#include "net/exports/onnx.hpp"
#include "net/exports/safetensors.hpp"
#include "net/formats/model_file.hpp"
#include "tusk/error.hpp"

namespace tusk::exports {
namespace {

// The bytes of a file of a format that is made in memory.
std::string bytes_of(ModelFormat format, const formats::ModelContent& content,
                     std::vector<std::string>& notes) {
  switch (format) {
    case ModelFormat::safetensors:
      return safetensors(content);
    case ModelFormat::onnx:
      return onnx(content, notes);
    case ModelFormat::h5:
    case ModelFormat::keras:
      break;
  }
  fail(ExitCode::internal, "a format that is not made in memory");
}

}  // namespace

std::string suffix_of(ModelFormat format) { return "." + std::string(name_of(format)); }

std::optional<ModelFormat> format_of(const std::string& path) {
  for (const Named<ModelFormat>& named : names_of(ModelFormat{})) {
    if (path.ends_with(suffix_of(named.value))) return named.value;
  }
  return std::nullopt;
}

void check_model(ModelFormat format, const formats::ModelContent& content) {
  if (format == ModelFormat::h5 || format == ModelFormat::keras) return;
  std::vector<std::string> notes;
  bytes_of(format, content, notes);
}

std::vector<std::string> write_model(const std::string& path, ModelFormat format,
                                     const formats::ModelContent& content) {
  if (format == ModelFormat::h5) return formats::save_model(path, content);
  if (format == ModelFormat::keras) return formats::save_archive(path, content);
  std::vector<std::string> notes;
  PendingFile::write(path, bytes_of(format, content, notes));
  return notes;
}

}  // namespace tusk::exports
