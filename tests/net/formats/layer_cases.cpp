// SPDX-License-Identifier: Apache-2.0
// layer_cases FILE.h5…: computes each case (layer_case.hpp), says how far it is from Keras, and
// writes its model as we do to FILE.ours.h5. Exits with 1 if one is further away than 1e-5.
#include <cstdio>
#include <exception>
#include <string>

#include "layer_case.hpp"

int main(int argc, char** argv) {
  using namespace tusk::formats;
  bool is_right = true;
  for (int i = 1; i < argc; ++i) {
    const std::string path = argv[i];
    const std::string name = path.substr(0, path.size() - 3);
    try {
      ModelContent content;
      const CaseErrors errors = compute_case(path, content);
      std::printf("%-60s outputs %.1e gradients %.1e trained %.1e\n",
                  name.substr(name.rfind('/') + 1).c_str(), errors.outputs, errors.gradients,
                  errors.trained);
      is_right = is_right && errors.largest() <= 1e-5;
      save_model(name + ".ours.h5", content);
    } catch (const std::exception& error) {
      std::printf("%s: %s\n", path.c_str(), error.what());
      is_right = false;
    }
  }
  return is_right ? 0 : 1;
}
