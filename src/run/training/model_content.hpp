// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "net/formats/model_file.hpp"
#include "tusk/aligned_vector.hpp"

namespace tusk::training {

struct Assembly;

// What the model files of a run hold, at its end and in its checkpoints.
formats::ModelContent model_content(const Assembly& assembly, const AlignedVector<float>& weights);

}  // namespace tusk::training
