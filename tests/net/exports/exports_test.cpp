// SPDX-License-Identifier: Apache-2.0
#include "net/exports/export_model.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "check_fails.hpp"
#include "net/exports/protobuf.hpp"
#include "net/formats/model_file.hpp"
#include "temporary_folder.hpp"

namespace tusk::exports {
namespace {

// 2 → 3 → 1, with its weights counted.
formats::ModelContent small_model() {
  formats::ModelContent content;
  content.input = Shape{2};
  content.layers = {DenseOptions{.units = 3, .activation = Activation::relu},
                    DenseOptions{.units = 1}};
  content.weights.resize(2 * 3 + 3 + 3 + 1);
  for (std::size_t i = 0; i < content.weights.size(); ++i) {
    content.weights[i] = static_cast<float>(i);
  }
  content.class_names = {"no", "yes"};
  return content;
}

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("fields of messages are those of Protocol Buffers") {
  Message message;
  message.add(1, std::int64_t{150});
  CHECK(message.bytes() == "\x08\x96\x01");
  Message text;
  text.add(2, "testing");
  CHECK(text.bytes() == "\x12\x07testing");
  Message negative;
  negative.add(1, std::int64_t{-1});
  CHECK(negative.bytes() == "\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01");
  Message number;
  number.add(20, 1.0F);
  CHECK(number.bytes() == std::string_view("\xA5\x01\x00\x00\x80\x3F", 6));
  Message outer;
  outer.add(3, message);
  CHECK(outer.bytes() == "\x1A\x03\x08\x96\x01");
}

TEST_CASE("safetensors has a header and the arrays behind it") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("m.safetensors");
  CHECK(write_model(path, ModelFormat::safetensors, small_model()).empty());
  const std::string bytes = read(path);
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), sizeof length);
  REQUIRE(length % 8 == 0);
  REQUIRE(bytes.size() == 8 + length + 13 * sizeof(float));
  const auto header = nlohmann::json::parse(bytes.substr(8, length));
  CHECK(header["dense_1.kernel"]["shape"] == nlohmann::json({3, 1}));
  CHECK(header["dense_1.kernel"]["data_offsets"] == nlohmann::json({36, 48}));
  CHECK(header["__metadata__"]["class_names"] == R"(["no","yes"])");
  float first = 0.0F;
  std::memcpy(&first, bytes.data() + 8 + length + 36, sizeof first);
  CHECK(first == 9.0F);
}

TEST_CASE("a format is known by its suffix") {
  CHECK(format_of("a/b.onnx") == ModelFormat::onnx);
  CHECK(format_of("b.safetensors") == ModelFormat::safetensors);
  CHECK(format_of("model.keras") == ModelFormat::keras);
  CHECK(format_of("model.h5") == ModelFormat::h5);
  CHECK_FALSE(format_of("model.pt").has_value());
  CHECK(suffix_of(ModelFormat::onnx) == ".onnx");
}

TEST_CASE("what ONNX cannot carry is refused by its name, and nothing is written") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("m.onnx");
  formats::ModelContent content = small_model();
  CHECK(write_model(path, ModelFormat::onnx, content).empty());
  CHECK(std::filesystem::file_size(path) > 13 * sizeof(float));
  content.input = Shape{4, 2};
  GruOptions gru;
  gru.units = 1;
  gru.cell_activation = Activation::selu;
  content.layers = {MaskingOptions{}, gru};
  content.weights.resize(2 * 3 + 3 + 6);
  CHECK_FAILS(write_model(folder.file("gru.onnx"), ModelFormat::onnx, content), ExitCode::bad_data,
              "ONNX: layer 'gru'");
  CHECK_FAILS(check_model(ModelFormat::onnx, content), ExitCode::bad_data,
              "ONNX has no activation 'selu' within a recurrent cell");
  check_model(ModelFormat::keras, content);
  CHECK_FALSE(std::filesystem::exists(folder.file("gru.onnx")));
  content = small_model();
  content.transforms = R"([{"type":"lab>whiten"}])";
  CHECK_FAILS(write_model(path, ModelFormat::onnx, content), ExitCode::bad_data,
              "transform 0: 'lab>whiten' is a transform of your own");
}

}  // namespace tusk::exports
