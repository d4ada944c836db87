// SPDX-License-Identifier: Apache-2.0
#include "user_objects.hpp"

#include <doctest/doctest.h>

#include "check_fails.hpp"
#include "experiment/example.hpp"
#include "experiment/write_experiment.hpp"

using namespace tusk;

namespace {

Experiment read_with(const Extensions& extensions, const std::string& from, const std::string& to) {
  return experiment::read_experiment(with(example, from, to), "e.toml", {}, extensions);
}

Experiment with_loss(const Extensions& extensions, const std::string& loss) {
  return read_with(extensions, "\"categorical_crossentropy\"", loss);
}

Experiment with_transform(const Extensions& extensions, const std::string& transform) {
  return read_with(extensions, "{ type = \"scale\", factor = 0.5 }", transform);
}

}  // namespace

TEST_CASE("a user's loss stands in an experiment by its name, or as a table with its options") {
  const Extensions extensions = test::with_loss_and_transforms();
  const Experiment e = with_loss(extensions, "{ type = \"tilted\", tau = 0.5 }");
  CHECK(e.model.loss == test::tilted(extensions, 0.5));
  CHECK(name_of(e.model.loss) == "tilted");
  CHECK_FALSE(e.model.loss == test::tilted(extensions, 0.25));
  CHECK_FALSE(e.model.loss == LossKind::mse);
  CHECK(with_loss(extensions, "\"tilted\"").model.loss == test::tilted(extensions, 1.0));

  const std::string text = experiment::to_toml(e);
  CHECK(text.find("loss = { type = \"tilted\", tau = 0.5 }") != std::string::npos);
  CHECK(experiment::read_experiment(text, "e.toml", {}, extensions) == e);
}

TEST_CASE("Tusk's own losses are written as ever beside a user's") {
  const Extensions extensions = test::with_loss_and_transforms();
  for (const Named<LossKind>& named : names_of(LossKind{})) {
    const std::string name(named.name);
    const Experiment e = with_loss(extensions, '"' + name + '"');
    CHECK(e.model.loss == named.value);
    CHECK(experiment::to_toml(e) == experiment::to_toml(with_loss({}, '"' + name + '"')));
  }
  CHECK(with_loss(extensions, "{ type = \"mae\" }").model.loss == LossKind::mae);
}

TEST_CASE("the mistakes in a user's loss are named as those in Tusk's are") {
  const Extensions extensions = test::with_loss_and_transforms();
  CHECK_FAILS(with_loss(extensions, "{ type = \"tilted\", tau = 0 }"), ExitCode::bad_experiment,
              "key 'model.loss.tau': expected a number above 0, got 0");
  CHECK_FAILS(with_loss(extensions, "{ type = \"tilted\", tua = 1 }"), ExitCode::bad_experiment,
              "unknown key 'model.loss.tua'; did you mean 'tau'?");
  CHECK_FAILS(with_loss(extensions, "\"tiltd\""), ExitCode::bad_experiment,
              "\"huber\", \"tilted\", got \"tiltd\"; did you mean 'tilted'?");
  CHECK_FAILS(with_loss(extensions, "3"), ExitCode::bad_experiment,
              "key 'model.loss': expected a name or a table, got 3");
  CHECK_FAILS(with_loss({}, "\"tilted\""), ExitCode::bad_experiment,
              "\"mean_absolute_error\", \"huber\", got \"tilted\"");
  CHECK_FAILS(with_loss({}, "{ type = \"tilted\", tau = 0.5 }"), ExitCode::bad_experiment,
              "\"mean_absolute_error\", \"huber\", got a table");
}

TEST_CASE("a user's transform stands in an experiment by its plain name") {
  const Extensions extensions = test::with_loss_and_transforms();
  const Experiment e =
      with_transform(extensions, "{ type = \"flip\" }, { type = \"center\", share = 0.5 }");
  CHECK(e.data.transforms == std::vector{test::flip(extensions), test::center(extensions, 0.5)});
  CHECK(type_of(e.data.transforms.at(1)) == "center");

  const std::string text = experiment::to_toml(e);
  CHECK(text.find("{ type = \"center\", share = 0.5 }") != std::string::npos);
  CHECK(experiment::read_experiment(text, "e.toml", {}, extensions) == e);

  CHECK_FAILS(with_transform(extensions, "{ type = \"center\", share = 2 }"),
              ExitCode::bad_experiment,
              "key 'data.transforms.0.share': expected a number in [0, 1], got 2");
  CHECK_FAILS(with_transform({}, "{ type = \"center\" }"), ExitCode::bad_experiment,
              "\"binary_label\", got \"center\"");
}

TEST_CASE("names of losses and transforms that clash are refused") {
  Extensions losses = test::with_loss_and_transforms();
  CHECK_NOTHROW(check_names(losses));
  losses.add_loss<test::TiltedOptions>("mean_squared_error", [](const test::TiltedOptions& o) {
    return std::make_unique<test::Tilted>(o);
  });
  CHECK_FAILS(check_names(losses), ExitCode::usage,
              "the extensions' loss 'mean_squared_error' has the name of another");
  Extensions transforms = test::with_loss_and_transforms();
  transforms.add_transform<test::FlipOptions>(
      "scale", [](const test::FlipOptions& o) { return std::make_unique<test::Flip>(o); });
  CHECK_FAILS(check_names(transforms), ExitCode::usage,
              "the extensions' transform 'scale' has the name of another");
  Extensions nobodys = test::with_loss_and_transforms();
  nobodys.package = "";
  CHECK_FAILS(check_names(nobodys), ExitCode::usage, "package ''");
}
