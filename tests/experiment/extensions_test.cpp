// SPDX-License-Identifier: Apache-2.0
#include "tusk/extensions.hpp"

#include <doctest/doctest.h>

#include "check_fails.hpp"
#include "experiment/example.hpp"
#include "experiment/write_experiment.hpp"
#include "swish_layer.hpp"

using namespace tusk;

namespace {

// Options of which one is called as what every layer of Keras has.
struct Trainable {
  bool trainable = true;
};

void describe(options::Fields& fields, Trainable& o) { fields("trainable", o.trainable); }

struct SlopeAlone {
  double slope = 1.0;
};

void describe(options::Fields& fields, SlopeAlone& o) { fields("slope", o.slope); }

Experiment read_with(const Extensions& extensions, const std::string& layer) {
  return experiment::read_experiment(with(example, "{ type = \"dropout\", rate = 0.4 }", layer),
                                     "e.toml", {}, extensions);
}

}  // namespace

TEST_CASE("a user's layer stands in an experiment by its plain name") {
  const Extensions extensions = test::with_swish();
  const Experiment e = read_with(extensions, "{ type = \"swish\", slope = 0.5 }");
  const auto& layer = std::get<UserLayer>(e.model.layers.at(1));
  CHECK(layer.kind == extensions.layers.at(0));
  CHECK(layer.options.as<test::SwishOptions>().slope == 0.5);
  CHECK_THROWS_AS(layer.options.as<DenseOptions>(), std::bad_cast);
  CHECK(type_of(e.model.layers.at(1)) == "swish");

  const std::string text = experiment::to_toml(e);
  CHECK(text.find("{ type = \"swish\", slope = 0.5, trained = false }") != std::string::npos);
  CHECK(experiment::read_experiment(text, "e.toml", {}, extensions) == e);
  CHECK_FALSE(read_with(extensions, "{ type = \"swish\", slope = 0.25 }") == e);
  CHECK(read_with(extensions, "{ type = \"swish\" }") ==
        read_with(extensions, "{ type = \"swish\", slope = 1 }"));
}

TEST_CASE("the mistakes in a user's layer are named as those in Tusk's are") {
  const Extensions extensions = test::with_swish();
  CHECK_FAILS(read_with(extensions, "{ type = \"swish\", slope = 0 }"), ExitCode::bad_experiment,
              "e.toml:12:29: key 'model.layers.1.slope': expected a number above 0, got 0");
  CHECK_FAILS(read_with(extensions, "{ type = \"swish\", slop = 1 }"), ExitCode::bad_experiment,
              "unknown key 'model.layers.1.slop'; did you mean 'slope'?");
  CHECK_FAILS(read_with(extensions, "{ type = \"dropout\", rate = 0.5, slope = 1 }"),
              ExitCode::bad_experiment,
              "key 'model.layers.1.slope' does not belong to type = \"dropout\", but to \"swish\"");
  CHECK_FAILS(read_with({}, "{ type = \"swish\" }"), ExitCode::bad_experiment,
              "e.toml:12:12: key 'model.layers.1.type': expected one of \"dense\", \"activation\", "
              "\"dropout\", \"flatten\", ");
  CHECK_FAILS(read_with(extensions, "{ type = \"swist\" }"), ExitCode::bad_experiment,
              "\"swish\", got \"swist\"; did you mean 'swish'?");
}

TEST_CASE("a user's options are equal if they are of one type and describe() finds equal values") {
  const options::AnyOptions swish(test::SwishOptions{.slope = 0.5});
  CHECK(swish == options::AnyOptions(test::SwishOptions{.slope = 0.5}));
  CHECK_FALSE(swish == options::AnyOptions(test::SwishOptions{.slope = 0.25}));
  CHECK_FALSE(swish == options::AnyOptions(test::SwishOptions{.slope = 0.5, .trained = true}));
  CHECK_FALSE(swish == options::AnyOptions(SlopeAlone{.slope = 0.5}));
  CHECK_FALSE(swish == options::AnyOptions());
  CHECK(options::AnyOptions() == options::AnyOptions());
}

TEST_CASE("a layer's option may not be called as what every layer of Keras has") {
  Extensions extensions = test::with_swish();
  UserLayerKind kind = *extensions.layers.at(0);
  kind.name = "named";
  kind.defaults = options::AnyOptions(Trainable{});
  extensions.layers.push_back(std::make_shared<const UserLayerKind>(kind));
  CHECK_FAILS(check_names(extensions), ExitCode::usage,
              "the extensions' layer 'named' may not have an option 'trainable'");
}

TEST_CASE("names that clash or cannot be written are refused") {
  const auto named = [](const std::string& name, const std::string& package = "mylab") {
    Extensions extensions = test::with_swish();
    extensions.package = package;
    UserLayerKind kind = *extensions.layers.at(0);
    kind.name = name;
    extensions.layers.push_back(std::make_shared<const UserLayerKind>(kind));
    return extensions;
  };
  CHECK_NOTHROW(check_names({}));
  CHECK_NOTHROW(check_names(named("other")));
  CHECK_FAILS(check_names(named("swish")), ExitCode::usage,
              "the extensions' layer 'swish' has the name of another");
  CHECK_FAILS(check_names(named("dense")), ExitCode::usage, "has the name of another");
  CHECK_FAILS(check_names(named("a>b")), ExitCode::usage, "letters a to z, digits and _");
  CHECK_FAILS(check_names(named("")), ExitCode::usage, "letters a to z, digits and _");
  CHECK_FAILS(check_names(named("other", "")), ExitCode::usage, "package ''");
}
