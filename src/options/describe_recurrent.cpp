// SPDX-License-Identifier: Apache-2.0
#include "options/describe.hpp"

// Layers over the steps of a sequence.
namespace tusk {

using namespace options;

void describe(Fields& fields, EmbeddingOptions& o) {
  fields("input_dim", o.input_dim, required(count()));
  fields("output_dim", o.output_dim, required(count()));
  fields("mask_zero", o.mask_zero);
  fields("embeddings_initializer", o.embeddings_initializer);
}

void describe(Fields& fields, MaskingOptions& o) { fields("mask_value", o.mask_value); }

void describe(Fields& fields, RecurrentOptions& o) {
  fields("units", o.units, required(count()));
  fields("activation", o.cell_activation);
  fields("recurrent_activation", o.recurrent_activation);
  fields("use_bias", o.use_bias);
  fields("return_sequences", o.return_sequences);
  fields("go_backwards", o.go_backwards);
  fields("kernel_initializer", o.kernel_initializer);
  fields("recurrent_initializer", o.recurrent_initializer);
  fields("bias_initializer", o.bias_initializer,
         any().only_when(o.use_bias, "needs use_bias = true"));
}

void describe(Fields& fields, GruOptions& o) {
  describe(fields, static_cast<RecurrentOptions&>(o));
  fields("reset_after", o.reset_after);
}

void describe(Fields& fields, LstmOptions& o) {
  describe(fields, static_cast<RecurrentOptions&>(o));
  fields("unit_forget_bias", o.unit_forget_bias);
}

void describe(Fields& fields, InnerLayer& o) { describe(fields, (*o).layer); }

void describe(Fields& fields, BidirectionalOptions& o) {
  fields("layer", o.layer, required());
  fields("merge_mode", o.merge_mode);
}

void describe(Fields& fields, TimeDistributedOptions& o) { fields("layer", o.layer, required()); }

}  // namespace tusk
