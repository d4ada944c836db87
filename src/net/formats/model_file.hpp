// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/datasets/column_names.hpp"
#include "experiment/model_options.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/extensions.hpp"
#include "tusk/shape.hpp"

// Models on disk. In this room:
//
//   model_file          a whole file, model.h5: what to write where, and what to trust when reading
//   model_config        Keras's JSON of the layers, which keras_layer, keras_initializer and
//                       keras_names write and read one by one, by the describe() of their options
//   model_weights       the arrays of weights
//   read_ensemble       which model files an ensemble is made of
//
// Who calls: save_model() by training::Run at the end of a run; load_model() by evaluate and
// predict (evaluation::TrainedModel), by inspect, and by training::assemble() for model.file.
namespace tusk::formats {

// A model as its file holds it.
struct ModelContent {
  Shape input;                      // of one sample
  std::vector<LayerEntry> layers;   // their initializers are kept, too
  AlignedVector<float> weights;     // all parameters, laid out as by graph::Model
  std::optional<LossOptions> loss;  // none in models from elsewhere that do not say
  double huber_delta = 1.0;
  std::vector<MetricKind> metrics;
  std::string transforms = "[]";         // JSON by transforms::Transforms
  std::vector<std::string> class_names;  // by class index; empty: classes have no names
  datasets::ColumnNames columns;         // of the training rows, before the transforms
  std::string facts = "{}";              // JSON: what training has to say (epochs, versions, …)
};

// Writes Keras's legacy HDF5 layout, which Keras 2 and 3 load: the attribute `model_config` (JSON
// of a Sequential model that begins with an InputLayer), and the group `model_weights` with a group
// a layer. A Dense kernel is (in, units) row-major there, which is our (units, in) column-major:
// the same bytes. What Keras has no place for are attributes of the group `tusk`.
//
// The file appears complete or not at all. Error(cannot_create) or Error(io_error).
void save_model(const std::string& path, const ModelContent& model);

// Reads what save_model writes, and Sequential models of Dense, Activation, Dropout and Flatten
// layers that Keras 2 or 3 wrote as HDF5. A layer of `extensions` has the class "package>name", a
// loss of theirs the same name. Every shape is checked against the layers. Error(no_input), or
// Error(bad_data) that names the layer, loss or data set.
ModelContent load_model(const std::string& path, const Extensions& extensions);

}  // namespace tusk::formats
