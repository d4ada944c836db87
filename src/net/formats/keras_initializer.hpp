// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace tusk::formats {

// An initializer as options::write_json() wrote it, as Keras 2 and 3 read it:
// {"class_name": "RandomNormal", "config": {"mean": 0.0, "stddev": 0.05, "seed": null}}.
nlohmann::ordered_json write_keras_initializer(const nlohmann::ordered_json& ours);

// What Keras wrote, a name or an object, for options::read_json(). null, which stands for the
// layer's default, of an initializer that we do not have or could not take: weights are loaded, not
// drawn, so that it does no harm.
nlohmann::json read_keras_initializer(const nlohmann::json& keras);

}  // namespace tusk::formats
