// SPDX-License-Identifier: Apache-2.0
#include "net/exports/safetensors.hpp"

#include <bit>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <span>

#include "net/exports/metadata.hpp"
#include "net/formats/model_config.hpp"
#include "net/formats/model_file.hpp"
#include "tusk/error.hpp"

namespace tusk::exports {

static_assert(std::endian::native == std::endian::little, "arrays are written as they lie");

std::string safetensors(const formats::ModelContent& content) {
  const graph::Model model = formats::make_model(formats::options_of(content), content);
  const AlignedVector<float> weights = formats::weights_for(model, content);
  nlohmann::ordered_json header;
  header["__metadata__"] = {{"format", "tusk"},
                            {"model_config", formats::write_model_config(model)}};
  for (const auto& [name, text] : metadata_of(content)) header["__metadata__"][name] = text;
  std::uint64_t offset = 0;
  for (const layers::Parameter& parameter : model.parameters()) {
    const std::string name = parameter.layer + "." + parameter.name;
    if (header.contains(name)) {
      fail(ExitCode::bad_data, "two arrays would be called '{}'; give a layer another name", name);
    }
    const std::uint64_t end = offset + parameter.size() * sizeof(float);
    header[name] = {
        {"dtype", "F32"}, {"shape", parameter.shape.extents()}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump();
  while (text.size() % 8 != 0) text += ' ';
  std::string bytes;
  bytes.reserve(8 + text.size() + offset);
  const std::uint64_t length = text.size();
  bytes.append(reinterpret_cast<const char*>(&length), sizeof length);
  bytes += text;
  for (const layers::Parameter& parameter : model.parameters()) {
    const auto part = std::as_bytes(std::span(weights).subspan(parameter.offset, parameter.size()));
    bytes.append(reinterpret_cast<const char*>(part.data()), part.size());
  }
  return bytes;
}

}  // namespace tusk::exports
