// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "experiment/optimizer_options.hpp"
#include "tusk/parameter.hpp"

namespace tusk::hdf5 {
class File;
}

namespace tusk::formats {

// What an optimizer remembers beside the weights, where one optimizer has trained the whole model.
struct OptimizerState {
  std::string optimizer;         // its name: "adam"
  std::uint64_t iterations = 0;  // steps done
  double learning_rate = 0.0;    // of the last step, without a schedule

  // In the optimizer's order, by Keras's names: "momentum", "velocity", ….
  struct Piece {
    std::string name;
    std::vector<float> values;  // one a trained parameter, as graph::Model lays them out; or one
  };
  std::vector<Piece> pieces;
};

// Keras 3 keeps an optimizer's variables in the group `optimizer_weights` of an .h5, named by its
// attribute `weight_names`, in this order: iteration, learning_rate (without a schedule), then the
// pieces of state, those of one round beside each other for each trained array:
//
//   adam, adamw   momentum velocity | velocity_hat (amsgrad)     adamax     momentum norm
//   rmsprop       velocity | momentum | average_gradient         nadam      momentum velocity,
//   adadelta      accumulated_grad accumulated_delta_var                    and at last u_product
//   adagrad       accumulator                                    sgd        momentum
//
// Ours stand in the same order, under names of layers and arrays, in `tusk/optimizer_weights`:
// load_model() of Keras 3 (3.15) takes up what it finds in its own place for an optimizer of no
// variables, and then fails to train on. docs/keras.md has the lines that restore ours.
//
// `parameters`: all of the model's; those that are trained count, in their order.
// Within a .keras they have no names, but numbers: `optimizer/vars/0`, …, which Keras restores.
enum class OptimizerPlace { whole_file, archive };
void write_optimizer_state(hdf5::File& file, const OptimizerState& state,
                           const std::vector<layers::Parameter>& parameters, bool has_schedule,
                           OptimizerPlace place);

// The state of an optimizer that has not done a step, as far as names and sizes go: what there is
// to remember. Nothing for a user's.
std::optional<OptimizerState> empty_state(const OptimizerOptions& optimizer, std::size_t trained);

// Whether a file has some, of any optimizer.
bool has_optimizer_state(const hdf5::File& file);

// The state in a file, ours or Keras 3's, of the same pieces as `state`. Nothing if the file has
// none. Error(bad_data) that names the data set if number or shapes are others, or a number is not
// finite.
std::optional<OptimizerState> read_optimizer_state(
    const hdf5::File& file, OptimizerState state, const std::vector<layers::Parameter>& parameters);

}  // namespace tusk::formats
