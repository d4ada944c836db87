// SPDX-License-Identifier: Apache-2.0
#include "net/formats/foreign_file.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string_view>

namespace tusk::formats {
namespace {

using namespace std::string_view_literals;

struct Foreign {
  std::size_t offset;
  std::string_view signature;
  const char* what;
};

constexpr const char* pickle =
    "a pickle of Python (of PyTorch or scikit-learn, for example), which can run code and is never "
    "opened here; save the model as Keras's .h5 or .keras, or its numbers as HDF5, where it was "
    "made";
constexpr auto foreigners = std::to_array<Foreign>({
    {0, "\x80\x02"sv, pickle},
    {0, "\x80\x03"sv, pickle},
    {0, "\x80\x04"sv, pickle},
    {0, "\x80\x05"sv, pickle},
    {0, "PAR1"sv,
     "a table of Parquet; pandas.read_parquet(…).to_csv(…) makes CSV of it, which 'tusk convert' "
     "reads"},
    {0, "ARROW1"sv,
     "a table of Arrow; pandas.read_feather(…).to_csv(…) makes CSV of it, which 'tusk convert' "
     "reads"},
    {0, "root"sv, "a file of ROOT; uproot reads its trees in Python, and h5py writes them as HDF5"},
    {0, "\x93NUMPY"sv, "an array of NumPy; 'tusk convert' makes a data set of such"},
    {0, "MATLAB 5.0"sv, "a file of MATLAB's; save(…, '-v7.3') there writes HDF5"},
    {4, "TFL3"sv, "a model of TensorFlow Lite; give the .h5 or .keras that it was made of"},
    {0, "\x1F\x8B"sv, "compressed with gzip; unpack a model or a data set first (gunzip -k)"},
    {0,
     "\xFD"
     "7zXZ"sv,
     "compressed with xz; unpack a model or a data set first (unxz -k)"},
    {0, "BZh"sv, "compressed with bzip2; unpack it first (bunzip2 -k)"},
    {0, "\x28\xB5\x2F\xFD"sv, "compressed with zstd; unpack it first (zstd -d)"},
});

std::string first_bytes(const std::string& path) {
  std::string bytes(64, '\0');
  std::ifstream in(path, std::ios::binary);
  in.read(bytes.data(), std::ssize(bytes));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
}

std::string foreign_folder(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::exists(path / "saved_model.pb", ignored)) {
    return "a SavedModel of TensorFlow's, a program and no model of layers; where it was made, "
           "model.save(\"model.h5\") or model.save(\"model.keras\") keeps the layers";
  }
  if (std::filesystem::exists(path / "checkpoint", ignored)) {
    return "a folder of TensorFlow's checkpoints; load one where it was made, and save the model "
           "by model.save(\"model.h5\")";
  }
  return "";
}

}  // namespace

std::string foreign_file(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return foreign_folder(path);
  if (!std::filesystem::is_regular_file(path, ignored)) return "";
  const std::string bytes = first_bytes(path);
  if (bytes.empty()) return "empty";
  for (const Foreign& foreign : foreigners) {
    if (bytes.size() >= foreign.offset &&
        std::string_view(bytes).substr(foreign.offset).starts_with(foreign.signature)) {
      return foreign.what;
    }
  }
  if (path.ends_with(".onnx")) {
    return "a model of ONNX, which Tusk writes ('tusk export') and does not read; onnxruntime runs "
           "it";
  }
  // The length of the header, whose upper bytes are 0, and the header.
  if (bytes.size() > 8 && bytes[8] == '{' && bytes.substr(4, 4) == std::string(4, '\0')) {
    return "weights in the format safetensors, without layers; Tusk writes them ('tusk export') "
           "and does not read them";
  }
  return "";
}

}  // namespace tusk::formats
