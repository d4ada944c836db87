// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <span>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/hdf5/attributes.hpp"
#include "data/hdf5/file.hpp"
#include "net/formats/model_file.hpp"
#include "swish_layer.hpp"
#include "temporary_folder.hpp"

namespace tusk::formats {
namespace {

// Options that are called as those which Keras's layers have in another form.
struct NamesakeOptions {
  std::string kernel_initializer = "zeros";
  double scale_initializer = 1.0;
  std::string activation = "relu";
  std::vector<double> bias_initializer = {};
};

void describe(options::Fields& fields, NamesakeOptions& o) {
  fields("kernel_initializer", o.kernel_initializer);
  fields("scale_initializer", o.scale_initializer);
  fields("activation", o.activation);
  fields("bias_initializer", o.bias_initializer);
}

ModelContent example(const Extensions& extensions) {
  ModelContent content{.input = Shape{3}, .layers = {DenseOptions{.units = 2}}};
  content.layers.emplace_back(
      UserLayer{extensions.layers.at(0),
                options::AnyOptions(test::SwishOptions{.slope = 0.25, .trained = true})});
  content.weights.assign(8, 1.0F);
  return content;
}

}  // namespace

TEST_CASE("a user's layer is kept in a model file by its package and name") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("model.h5");
  const Extensions extensions = test::with_swish();
  const ModelContent saved = example(extensions);
  save_model(path, saved);
  CHECK(load_model(path, extensions).layers == saved.layers);
  const std::string json = hdf5::read_text(hdf5::File::open(path), "/", "model_config").value();
  CHECK(json.find(R"({"class_name":"mylab>swish","config":{"name":"swish","trainable":true,)"
                  R"("dtype":"float32","slope":0.25,"trained":true}})") != std::string::npos);
}

TEST_CASE("a user's layer is kept within another layer") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("model.h5");
  const Extensions extensions = test::with_swish();
  const UserLayer swish{extensions.layers.at(0),
                        options::AnyOptions(test::SwishOptions{.slope = 0.75, .trained = true})};
  ModelContent saved{.input = Shape{2, 3}, .layers = {}};
  saved.layers = {TimeDistributedOptions{.layer = InnerLayer({swish})}, FlattenOptions{},
                  DenseOptions{.units = 2}};
  saved.weights.resize(make_model(options_of(saved), saved).parameter_count(), 1.0F);
  save_model(path, saved);
  CHECK(load_model(path, extensions).layers == saved.layers);
  CHECK_FAILS(load_model(path, {}), ExitCode::bad_data, "(mylab>swish) needs a program that has");
}

TEST_CASE("a user's options are kept as they are, whatever Keras calls so") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("model.h5");
  Extensions extensions{.package = "mylab"};
  extensions.add_layer<NamesakeOptions>(
      "namesake",
      [](const NamesakeOptions&, std::span<const Shape> inputs, const std::string& key) {
        return layers::make_layer(ActivationOptions{}, inputs, key);
      });
  const NamesakeOptions options{.kernel_initializer = "he_normal",
                                .scale_initializer = 0.5,
                                .activation = "linear",
                                .bias_initializer = {1.0, 2.0}};
  ModelContent saved{.input = Shape{3}, .layers = {DenseOptions{.units = 2}}};
  saved.weights.assign(8, 1.0F);
  saved.layers.emplace_back(UserLayer{extensions.layers.at(0), options::AnyOptions(options)});
  save_model(path, saved);
  CHECK(load_model(path, extensions).layers == saved.layers);
}

TEST_CASE("a model with a layer that the program does not have says what it needs") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("model.h5");
  save_model(path, example(test::with_swish()));
  CHECK_FAILS(load_model(path, {}), ExitCode::bad_data,
              path +
                  ": layer 'swish' (mylab>swish) needs a program that has the layer 'swish' of "
                  "the package 'mylab'; this one has Dense, Activation, Dropout, Flatten");
}

TEST_CASE("a user's layer in a model file is held to its rules") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("model.h5");
  const Extensions extensions = test::with_swish();
  save_model(path, example(extensions));
  {
    hdf5::File file = hdf5::File::update(path);
    std::string json = hdf5::read_text(file, "/", "model_config").value();
    json.replace(json.find("0.25"), 4, "-0.5");
    hdf5::write_attribute(file, "/", "model_config", json);
  }
  CHECK_FAILS(load_model(path, extensions), ExitCode::bad_data,
              "layer 'swish' (mylab>swish) has slope -0.5; it must be above 0");
}

}  // namespace tusk::formats
