// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "check_fails.hpp"
#include "data/hdf5/attributes.hpp"
#include "data/hdf5/file.hpp"
#include "net/formats/model_file.hpp"
#include "temporary_folder.hpp"
#include "user_objects.hpp"

namespace tusk::formats {
namespace {

ModelContent scored_by(const LossOptions& loss) {
  ModelContent content{.input = Shape{3}, .layers = {DenseOptions{.units = 2}}};
  content.weights.assign(8, 1.0F);
  content.loss = loss;
  return content;
}

}  // namespace

TEST_CASE("a user's loss is kept in a model file by its package and name, with its options") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("model.h5");
  const Extensions extensions = test::with_loss_and_transforms();
  save_model(path, scored_by(test::tilted(extensions, 0.25)));
  CHECK(load_model(path, extensions).loss == test::tilted(extensions, 0.25));
  const hdf5::File file = hdf5::File::open(path);
  CHECK(hdf5::read_text(file, "tusk", "loss") == "mylab>tilted");
  CHECK(hdf5::read_text(file, "tusk", "loss_options") == R"({"tau":0.25})");
}

TEST_CASE("Tusk's own loss has no attribute for options") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("model.h5");
  save_model(path, scored_by(LossKind::huber));
  CHECK(load_model(path, test::with_loss_and_transforms()).loss == LossKind::huber);
  const hdf5::File file = hdf5::File::open(path);
  CHECK(hdf5::read_text(file, "tusk", "loss") == "huber");
  CHECK_FALSE(hdf5::read_text(file, "tusk", "loss_options"));
}

TEST_CASE("a model with a loss that the program does not have says what it needs") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("model.h5");
  save_model(path, scored_by(test::tilted(test::with_loss_and_transforms(), 0.25)));
  CHECK_FAILS(load_model(path, {}), ExitCode::bad_data,
              path +
                  ": loss 'mylab>tilted' needs a program that has the loss 'tilted' of the "
                  "package 'mylab'; this one has categorical_crossentropy, ");
}

TEST_CASE("a user's loss in a model file is held to its rules") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("model.h5");
  const Extensions extensions = test::with_loss_and_transforms();
  const auto complaint_of = [&](const char* options) {
    save_model(path, scored_by(test::tilted(extensions, 0.25)));
    hdf5::File file = hdf5::File::update(path);
    hdf5::write_attribute(file, "tusk", "loss_options", std::string_view(options));
    file.close();
    try {
      load_model(path, extensions);
    } catch (const Error& error) {
      return std::string(error.code() == ExitCode::bad_data ? error.what() : "wrong exit code");
    }
    return std::string();
  };
  CHECK(complaint_of("{}").empty());
  CHECK(complaint_of(R"({"tau": -1})") ==
        path + ": loss 'mylab>tilted' has tau -1; it must be above 0");
  for (const char* options : {"", "[", "[]", "3"}) {
    CHECK(complaint_of(options) == path + ": the attribute 'loss_options' is not a JSON object");
  }
}

}  // namespace tusk::formats
