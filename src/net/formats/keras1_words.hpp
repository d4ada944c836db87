// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace tusk::formats {

// A layer's configuration, {"class_name", "config"}, as Keras 1 wrote it, in the words of Keras 2:
// "nb_filter" is "filters", Convolution2D is Conv2D, a Merge the class of its mode. What is no word
// of Keras 1 stays. Error(bad_data) that names `path` and the layer for a Merge that Keras 2 has no
// layer for.
nlohmann::json in_words_of_keras2(nlohmann::json entry, const std::string& path);

}  // namespace tusk::formats
