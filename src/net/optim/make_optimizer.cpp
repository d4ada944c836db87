// SPDX-License-Identifier: Apache-2.0
#include "net/optim/make_optimizer.hpp"

#include <string>
#include <type_traits>
#include <variant>

#include "core/with_place.hpp"
#include "net/optim/optimizers.hpp"
#include "options/describe.hpp"
#include "options/require_valid.hpp"
#include "tusk/error.hpp"

namespace tusk::optim {

std::unique_ptr<Optimizer> make_optimizer(const OptimizerOptions& options,
                                          std::span<const std::size_t> array_sizes) {
  options::require_valid(options, "optimizer");
  const int clips = options.clipnorm.has_value() + options.global_clipnorm.has_value() +
                    options.clipvalue.has_value();
  if (clips > 1) {
    fail(ExitCode::bad_experiment,
         "only one of optimizer.clipnorm, optimizer.global_clipnorm and optimizer.clipvalue may be "
         "given");
  }
  const CommonOptions common{.array_sizes = array_sizes,
                             .learning_rate = options.learning_rate,
                             .weight_decay = options.weight_decay,
                             .clipnorm = options.clipnorm,
                             .global_clipnorm = options.global_clipnorm,
                             .clipvalue = options.clipvalue};
  return std::visit(
      [&]<typename Kind>(const Kind& kind) -> std::unique_ptr<Optimizer> {
        if constexpr (std::is_same_v<Kind, UserOptimizer>) {
          const std::string place = fmt::format("optimizer '{}'", kind.kind->name);
          auto optimizer = with_place(place, [&] { return kind.kind->make(kind.options, common); });
          if (!optimizer) fail(ExitCode::internal, "{} makes no optimizer", place);
          return optimizer;
        } else {
          return make(kind, common);
        }
      },
      options.kind);
}

}  // namespace tusk::optim
