// SPDX-License-Identifier: Apache-2.0
#include "data/transforms/user_transform.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <optional>
#include <vector>

#include "core/with_place.hpp"
#include "data/transforms/columns.hpp"
#include "data/transforms/fitting_samples.hpp"
#include "mpi/collectively.hpp"
#include "options/json_reader.hpp"
#include "options/json_writer.hpp"
#include "tusk/error.hpp"

namespace tusk::transforms {
namespace {

Step make_user_step(const UserTransform& user, const std::vector<double>& learned) {
  std::shared_ptr<const Transform> transform = user.kind->make(user.options, learned);
  if (!transform) fail(ExitCode::internal, "'{}' makes no transform", user.kind->full_name());
  options::AnyOptions options = user.options;  // describe() takes what it could also change
  nlohmann::ordered_json written = nlohmann::ordered_json::object();
  options::write_json(written, options::table_of(options), options::Unused::written);
  const nlohmann::ordered_json state{{"options", written}, {"learned", learned}};
  return {user.kind->full_name(), state.dump(), std::move(transform)};
}

std::vector<double> learn(const UserTransform& user, const FittingSamples& samples) {
  std::vector<double> learned;
  std::exception_ptr problem;
  try {
    if (user.kind->fit) learned = user.kind->fit(user.options, samples);
  } catch (const mpi::CollectiveError&) {
    throw;
  } catch (...) {
    problem = std::current_exception();
  }
  // A rank whose fit() failed alone meets the others here, or in the pass that they are in.
  samples.agree([&] {
    if (problem) std::rethrow_exception(problem);
    if (!std::ranges::all_of(learned, [](double x) { return std::isfinite(x); })) {
      samples.reject("type", "it has learned a number that is not finite");
    }
  });
  return learned;
}

}  // namespace

Step fit(const UserTransform& user, const FittingSamples& samples) {
  const std::vector<double> learned = learn(user, samples);
  std::optional<Step> step;
  samples.agree([&] {
    step = with_place("transform '" + user.kind->full_name() + "'",
                      [&] { return make_user_step(user, learned); });
  });
  return *std::move(step);
}

Step read_user_step(const nlohmann::json& json,
                    const std::shared_ptr<const UserTransformKind>& kind) {
  UserTransform user{kind, kind->defaults};
  const nlohmann::json& options = json.at("options");
  if (!options.is_object()) fail(ExitCode::bad_data, "its options are no JSON object");
  options::read_json(options, options::table_of(user.options), "it");
  return make_user_step(user, numbers_of(json, "learned"));
}

}  // namespace tusk::transforms
