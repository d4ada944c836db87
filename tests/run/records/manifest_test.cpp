// SPDX-License-Identifier: Apache-2.0
#include "run/records/manifest.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "temporary_folder.hpp"

using namespace tusk;
using records::Manifest;

namespace {

nlohmann::json json_of(const Manifest& manifest) {
  return nlohmann::json::parse(records::manifest_json(manifest));
}

hdf5::File write_file(const std::string& path, std::uint64_t rows) {
  hdf5::File file = hdf5::File::create(path);
  file.create_dataset("features", ElementType::f32, {rows, 3});
  file.close();
  return hdf5::File::open(path);
}

}  // namespace

TEST_CASE("the manifest says how the center was served, or that it was not") {
  Manifest manifest{.name = "m", .seed = 7, .hosts = {"a", "b", "a"}, .workers = 2, .data = {}};
  CHECK(json_of(manifest)["transport"] == "none");
  CHECK(json_of(manifest)["consistency"] == "snapshot");
  CHECK(json_of(manifest)["ranks"] == 3);
  manifest.center = {Transport::rma, Consistency::element};
  CHECK(json_of(manifest)["transport"] == "rma");
  CHECK(json_of(manifest)["consistency"] == "element");
  manifest.center.reset();
  manifest.simulated = true;
  CHECK(json_of(manifest)["transport"] == "simulated");
  CHECK(json_of(manifest)["consistency"] == "snapshot");
}

TEST_CASE("the manifest has an entry a data file, and a list where a part has several") {
  const test::TemporaryFolder folder;
  const hdf5::File one = write_file((folder.path() / "one.h5").string(), 5);
  const hdf5::File two = write_file((folder.path() / "two.h5").string(), 4);
  const auto data = json_of(
      {.name = "m", .hosts = {"a"}, .data = {{"train", {one, two}}, {"test", {two}}}})["data"];
  CHECK(data["train"].size() == 2);
  CHECK(data["train"][1] == data["test"]);
  CHECK(data["test"]["path"] == two.path());
  CHECK(data["test"]["bytes"] == std::filesystem::file_size(two.path()));
  CHECK(data["test"]["checksum"] == "none");
  CHECK(data["test"]["datasets"]["features"]["shape"] == std::vector<int>{4, 3});
}
