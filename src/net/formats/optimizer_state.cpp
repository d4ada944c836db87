// SPDX-License-Identifier: Apache-2.0
#include "net/formats/optimizer_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <type_traits>
#include <variant>

#include "data/hdf5/attributes.hpp"
#include "data/hdf5/file.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

constexpr const char* our_group = "tusk/optimizer_weights";
constexpr const char* keras_group = "optimizer_weights";
constexpr const char* archive_group = "optimizer/vars";

std::vector<const layers::Parameter*> trained_arrays(
    const std::vector<layers::Parameter>& parameters) {
  std::vector<const layers::Parameter*> trained;
  for (const layers::Parameter& parameter : parameters) {
    if (parameter.role == layers::Role::trained && !parameter.frozen) trained.push_back(&parameter);
  }
  return trained;
}

// One variable: a trained array's part of a piece, or a piece that is one number.
struct Variable {
  std::size_t piece;
  const layers::Parameter* array;  // null for a number
};

// The variables behind the first two, in Keras's order.
std::vector<Variable> variables_of(const OptimizerState& state,
                                   const std::vector<const layers::Parameter*>& arrays) {
  std::size_t trained = 0;
  for (const layers::Parameter* array : arrays) trained += array->size();
  std::vector<std::vector<std::size_t>> rounds(1);
  std::vector<std::size_t> numbers;
  for (std::size_t i = 0; i < state.pieces.size(); ++i) {
    const OptimizerState::Piece& piece = state.pieces[i];
    if (piece.values.size() != trained || piece.name == "u_product") {
      numbers.push_back(i);
    } else if (state.optimizer == "rmsprop" || piece.name == "velocity_hat") {
      rounds.push_back({i});
    } else {
      rounds.front().push_back(i);
    }
  }
  std::vector<Variable> variables;
  for (const auto& pieces : rounds) {
    for (const layers::Parameter* array : arrays) {
      for (const std::size_t piece : pieces) variables.push_back({piece, array});
    }
  }
  for (const std::size_t piece : numbers) variables.push_back({piece, nullptr});
  return variables;
}

// The part of a piece that a variable is.
std::span<float> part_of(OptimizerState& state, const Variable& variable) {
  const std::span<float> all = state.pieces[variable.piece].values;
  return variable.array == nullptr ? all
                                   : all.subspan(variable.array->offset, variable.array->size());
}

template <typename T>
void write_number(hdf5::File& file, const std::string& name, ElementType type, T number) {
  file.create_dataset(name, type, {}).write(0, std::span<const T>(&number, 1));
}

double read_number_of(const hdf5::File& file, const std::string& name) {
  const hdf5::NumberDataset dataset = file.dataset(name);
  if (!dataset.extents().empty()) {
    fail(ExitCode::bad_data, "{}: data set '{}' is not a number", file.path(), name);
  }
  double number = 0.0;
  dataset.read(0, std::span(&number, 1));
  if (!std::isfinite(number) || number < 0.0) {
    fail(ExitCode::bad_data, "{}: data set '{}' is {}", file.path(), name, number);
  }
  return number;
}

// The group that a file has; "" if there is none.
std::string group_of_state(const hdf5::File& file) {
  for (const char* group : {our_group, keras_group, archive_group}) {
    if (file.has_group(group)) return group;
  }
  return "";
}

// The variables of a group, in order.
std::optional<std::vector<std::string>> names_in(const hdf5::File& file, const std::string& group) {
  if (group != archive_group) return hdf5::read_texts(file, group, "weight_names");
  std::vector<std::string> numbers;
  while (file.has_dataset(fmt::format("{}/{}", group, numbers.size()))) {
    numbers.push_back(fmt::format("{}", numbers.size()));
  }
  return numbers;
}

}  // namespace

bool has_optimizer_state(const hdf5::File& file) { return !group_of_state(file).empty(); }

void write_optimizer_state(hdf5::File& file, const OptimizerState& given,
                           const std::vector<layers::Parameter>& parameters, bool has_schedule,
                           OptimizerPlace place) {
  OptimizerState state = given;
  const bool has_names = place == OptimizerPlace::whole_file;
  std::vector<std::string> names{fmt::format("{}/iteration", state.optimizer)};
  const auto path = [&](const std::string& name) {
    return has_names ? fmt::format("{}/{}", our_group, name)
                     : fmt::format("{}/{}", archive_group, names.size() - 1);
  };
  file.create_group(has_names ? our_group : archive_group);
  write_number(file, path(names.front()), ElementType::i32,
               static_cast<std::int32_t>(state.iterations));
  if (!has_schedule) {
    names.push_back(fmt::format("{}/learning_rate", state.optimizer));
    write_number(file, path(names.back()), ElementType::f32,
                 static_cast<float>(state.learning_rate));
  }
  for (const Variable& variable : variables_of(state, trained_arrays(parameters))) {
    const std::string& piece = state.pieces[variable.piece].name;
    std::vector<std::uint64_t> extents;
    if (variable.array == nullptr) {
      names.push_back(fmt::format("{}/{}", state.optimizer, piece));
    } else {
      names.push_back(fmt::format("{}/{}/{}_{}", state.optimizer, variable.array->layer,
                                  variable.array->name, piece));
      const auto& shape = variable.array->shape.extents();
      extents.assign(shape.begin(), shape.end());
    }
    file.create_dataset(path(names.back()), ElementType::f32, extents)
        .write(0, std::span<const float>(part_of(state, variable)));
  }
  if (has_names) hdf5::write_attribute(file, our_group, "weight_names", names);
}

std::optional<OptimizerState> empty_state(const OptimizerOptions& optimizer, std::size_t trained) {
  OptimizerState state{.optimizer = options::selected_name(optimizer.kind), .pieces = {}};
  const auto add = [&](const char* name, std::size_t count) {
    state.pieces.push_back({.name = name, .values = std::vector<float>(count)});
  };
  std::visit(
      [&]<typename Kind>(const Kind& kind) {
        if constexpr (std::is_same_v<Kind, SgdOptions>) {
          if (kind.momentum > 0.0) add("momentum", trained);
        } else if constexpr (std::is_same_v<Kind, AdagradOptions>) {
          add("accumulator", trained);
        } else if constexpr (std::is_same_v<Kind, RmspropOptions>) {
          add("velocity", trained);
          if (kind.momentum > 0.0) add("momentum", trained);
          if (kind.centered) add("average_gradient", trained);
        } else if constexpr (std::is_base_of_v<AdamOptions, Kind>) {
          add("momentum", trained);
          add("velocity", trained);
          if (kind.amsgrad) add("velocity_hat", trained);
        } else if constexpr (std::is_same_v<Kind, AdadeltaOptions>) {
          add("accumulated_grad", trained);
          add("accumulated_delta_var", trained);
        } else if constexpr (std::is_same_v<Kind, AdamaxOptions>) {
          add("momentum", trained);
          add("norm", trained);
        } else if constexpr (std::is_same_v<Kind, NadamOptions>) {
          add("momentum", trained);
          add("velocity", trained);
          add("u_product", 1);
        }
      },
      optimizer.kind);
  if (std::holds_alternative<UserOptimizer>(optimizer.kind)) return std::nullopt;
  return state;
}

std::optional<OptimizerState> read_optimizer_state(
    const hdf5::File& file, OptimizerState state,
    const std::vector<layers::Parameter>& parameters) {
  const std::string group = group_of_state(file);
  if (group.empty()) return std::nullopt;
  const auto names = names_in(file, group);
  const auto refuse = [&](const std::string& why) {
    fail(ExitCode::bad_data, "{}: the state in group '{}' is none of optimizer '{}': {}",
         file.path(), group, state.optimizer, why);
  };
  const std::vector<Variable> variables = variables_of(state, trained_arrays(parameters));
  const std::size_t count = names ? names->size() : 0;
  if (count <= 2 && !variables.empty()) return std::nullopt;  // compiled, but never trained
  const std::size_t first = count - std::min(count, variables.size());
  if (first != 1 && first != 2) {
    refuse(fmt::format("it has {} arrays, not {}", count, variables.size() + 2));
  }
  const auto path = [&](std::size_t i) { return fmt::format("{}/{}", group, (*names)[i]); };
  for (std::size_t i = 0; i < variables.size(); ++i) {  // before anything is read
    const hdf5::NumberDataset dataset = file.dataset(path(first + i));
    const std::vector<std::size_t> wanted = variables[i].array == nullptr
                                                ? std::vector<std::size_t>{}
                                                : variables[i].array->shape.extents();
    if (!std::ranges::equal(wanted, dataset.extents())) {
      refuse(fmt::format("'{}' has shape {}, not {}", (*names)[first + i],
                         Shape(dataset.extents()).to_string(), Shape(wanted).to_string()));
    }
  }
  const double iterations = read_number_of(file, path(0));
  if (iterations > 9e15) refuse(fmt::format("'{}' is {}", names->front(), iterations));
  state.iterations = static_cast<std::uint64_t>(iterations);
  if (first == 2) state.learning_rate = read_number_of(file, path(1));
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const std::span<float> values = part_of(state, variables[i]);
    file.dataset(path(first + i)).read(0, values);
    if (!std::ranges::all_of(values, [](float x) { return std::isfinite(x); })) {
      refuse(fmt::format("'{}' has numbers that are not finite", (*names)[first + i]));
    }
  }
  return state;
}

}  // namespace tusk::formats
