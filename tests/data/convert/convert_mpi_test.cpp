// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "converted.hpp"
#include "gzip.hpp"
#include "shared_folder.hpp"
#include "tusk/random.hpp"

namespace tusk::convert {
namespace {

// Inputs that every rank can read, and what becomes of them.
class Bench {
 public:
  explicit Bench(const mpi::Communicator& world) : world_(world), folder_(world) {}

  std::string write(const std::string& name, std::string_view text) const {
    const std::string path = folder_.file(name);
    if (world_.rank() == 0) std::ofstream(path, std::ios::binary) << text;
    world_.barrier();
    return path;
  }

  // Checks that all ranks together make of the inputs what one process makes of them; returns it.
  test::Converted convert(ConvertOptions options) const {
    options.overwrite = true;
    options.output = folder_.file(fmt::format("alone-{}.h5", world_.rank()));
    const auto alone = test::convert_and_read(options, nullptr);
    options.output = folder_.file("together.h5");
    const auto together = test::convert_and_read(options, &world_);
    CHECK(together.outcome.message == alone.outcome.message);
    CHECK(together.rows == alone.rows);
    CHECK(together.first_bad_row == alone.first_bad_row);
    CHECK((together == alone));
    world_.barrier();
    return together;
  }

  test::Converted convert_text(std::string_view text, ConvertOptions options = {}) const {
    options.inputs = {write("in.csv", text)};
    return convert(options);
  }

  const test::SharedFolder& folder() const { return folder_; }

 private:
  const mpi::Communicator& world_;
  test::SharedFolder folder_;
};

TEST_CASE("any number of ranks makes the same of a small file, whatever its lines and quotes") {
  const auto world = mpi::Communicator::world();
  const Bench bench(world);
  for (const std::string_view text : {
           "a,b\n1,2\n3,4\n5,6\n7,8\n",
           "a,b\r\n1,2\r\n3,4\r\n5,6",
           "\xEF\xBB\xBF"
           "1,2\n3,4\n",
           "\n\n\na,b\n\n\n1,2\n\n\n\n\n3,4\n\n\n",
           "1,2",
           "a,label\n1,x\n2,y\n3,x\n4,z\n",
           "a,label\n1,\"x\ny\"\n2,\"x\n\n\n\n\n\n\n\n\n\ny\"\n3,\"x\ny\"\n4,z\n",
           "a,label\n1,\"1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\"\n4,z\n",
           "a,label\n\"1\",5\"\"\n\"2\",5\" x\n\"3\",a\"b\n4,\"\"\"\n\"\"\"\n",
           "a,label\n1,3000000000\n2,5\n3,-7\n4,0\n",
           "a,label\n1,1\n2,2\n3,3\n4,0.5\n",
           "a,label\n1,9007199254740993\n2,2\n3,3\n4,-9223372036854775808\n",
           "a,label\n1,0.5\n2,2\n3,3\n4,16777217\n",
           "a,label\n1,0.5\n2,2\n3,9007199254740993\n4,4\n",
           "a,b\n1,2\n3\n5,6\n",
           "a,b\n1,2\n3,4\n5,6\n7,oops\n",
           "a,label\n1,2\n3,4\n5,6\n7,oops\n",
           "a,label\n1,x\n3,y\n5,\n7,oops\n",
           "a,label\n1,x\n3,y\n5,\"z\n7,8\n9,10\n",
           "a,b\n",
           "",
       }) {
    CAPTURE(text);
    bench.convert_text(text);
  }
}

TEST_CASE("a file whose quotes do not mean what they seem to is cut right") {
  const auto world = mpi::Communicator::world();
  const Bench bench(world);
  constexpr std::string_view alphabet = "\"\",,\n\n1234ab \r";
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    Random random(seed, Stream::shuffle);
    std::string text = "x,note,label\n";
    for (int row = 0; row < 12; ++row) {
      std::string note;
      for (auto size = random.below(12); size > 0; --size) {
        note += alphabet[random.below(alphabet.size())];
      }
      std::string quoted = "\"";
      for (const char c : note) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
      const bool raw = random.below(8) == 0;  // malformed, or nearly
      text += fmt::format("{},{},c{}\n", row, raw ? note : quoted + "\"", random.below(3));
    }
    CAPTURE(text);
    ConvertOptions options;
    options.columns.drop = {"note"};
    bench.convert_text(text, options);
    options.csv.skip_bad_rows = true;
    bench.convert_text(text, options);
  }
}

TEST_CASE("a record longer than a rank's range, and than the reader's buffer") {
  const auto world = mpi::Communicator::world();
  const Bench bench(world);
  std::string giant;
  for (int line = 0; line < 200'000; ++line) giant += "1,\"\"2\"\",3\n";
  ConvertOptions options;
  options.columns.drop = {"note"};
  const auto done =
      bench.convert_text("x,note,label\n1,a,s\n2,\"" + giant + "\",b\n3,c,s\n", options);
  CHECK(done.rows == 3);
  const auto failed = bench.convert_text("x,note,label\n2,\"" + giant + "\",b\nx,c,s\n", options);
  CHECK(failed.outcome.is(ExitCode::bad_data, "in.csv, line 200003: column 'x' holds \"x\""));
}

std::string many_rows(int rows, int first = 0) {
  std::string text = "a,b,kind\n";
  for (int row = first; row < first + rows; ++row) {
    text += fmt::format("{},{},k{}\r\n", row, row % 7 == 0 ? "" : std::to_string(row * 0.25),
                        row * 37 % 101);
  }
  return text;
}

TEST_CASE("many rows of several files, plain and compressed, arrive in their order") {
  const auto world = mpi::Communicator::world();
  const Bench bench(world);
  const std::string packed = bench.folder().file("packed.csv.gz");
  if (world.rank() == 0) test::write_gzip(packed, many_rows(20'000, 150'000));
  ConvertOptions options;
  options.inputs = {bench.write("1.csv", many_rows(150'000)), packed,
                    bench.write("2.csv", "a,b,kind\n"), bench.write("3.csv", "170000,1,other\n")};
  options.columns.label = "kind";
  const auto done = bench.convert(options);
  CHECK(done.rows == 170'001);
  CHECK(done.classes == 102);
  CHECK(done.missing == 24'286);
  const auto* features = reinterpret_cast<const float*>(done.content[0].data());
  bool in_order = true;
  for (int row = 0; row <= 170'000; ++row) {
    in_order = in_order && features[2 * row] == static_cast<float>(row);
  }
  CHECK(in_order);

  options.inputs.push_back(bench.write("4.csv", "a,c,kind\n1,2,x\n"));
  CHECK(bench.convert(options).outcome.is(
      ExitCode::bad_data, "4.csv, line 1: column 1 is called 'c', but 'b' in the first file"));
}

TEST_CASE("compressed output has the same content, also where chunks are shared by ranks") {
  const auto world = mpi::Communicator::world();
  const Bench bench(world);
  for (const std::uint64_t chunk_rows : {0, 1000, 77'777}) {
    ConvertOptions options;
    options.columns.label = "kind";
    options.storage = {.chunk_rows = chunk_rows, .gzip = 3};
    bench.convert_text(many_rows(100'000), options);
    options.storage.gzip = 0;
    bench.convert_text(many_rows(100'000), options);
  }
}

TEST_CASE("rows go to the same places, whatever the number of ranks") {
  const auto world = mpi::Communicator::world();
  const Bench bench(world);
  const std::vector<SplitPart> parts{{"a", 0.6}, {"b", 0.1}, {"c", 0.3}};
  for (const int rows : {3, 5000, 150'000}) {
    for (const Arrangement& arrangement :
         {Arrangement{.shuffle = true, .seed = 1}, Arrangement{.repeat = 3},
          Arrangement{.shuffle = true, .repeat = 2}, Arrangement{.split = parts},
          Arrangement{.split = parts, .stratify = true, .shuffle = true, .repeat = 2, .seed = 3}}) {
      CAPTURE(rows);
      ConvertOptions options;
      options.columns.label = "kind";
      options.arrangement = arrangement;
      options.storage.gzip = rows == 5000 ? 2 : 0;
      bench.convert_text(many_rows(rows), options);
    }
  }
  ConvertOptions options;
  options.columns = {.label = "a", .group = "kind"};
  options.arrangement = {.split = parts, .by_group = true, .shuffle = true, .seed = 2};
  bench.convert_text(many_rows(5000), options);
}

TEST_CASE("an error in the middle of the file ends all ranks, and leaves no file") {
  const auto world = mpi::Communicator::world();
  const Bench bench(world);
  std::string text = many_rows(300'000);
  text += "1,2,k0\n1,oops,k0\n";
  ConvertOptions options;
  options.columns.label = "kind";
  const auto done = bench.convert_text(text, options);
  CHECK(done.outcome.is(ExitCode::bad_data, "in.csv, line 300003: column 'b' holds \"oops\""));
  std::ifstream part(bench.folder().file("together.h5.part"));
  CHECK_FALSE(part.is_open());
}

// While it lives, files of this process cannot grow beyond a size, as on a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
};

TEST_CASE("a disk that is full for one rank ends all ranks with an error, and leaves no file") {
  const auto world = mpi::Communicator::world();
  const Bench bench(world);
  ConvertOptions options;
  options.inputs = {bench.write("in.csv", many_rows(150'000))};
  options.columns.label = "kind";
  options.output = bench.folder().file("full.h5");
  options.arrangement.shuffle = true;
  test::Outcome outcome;
  {
    const FullDisk full(2'000'000);  // the output is smaller, the rows on their way there larger
    outcome = test::outcome_of([&] { convert(options, &world); });
  }
  CHECK(outcome.is(ExitCode::io_error, "cannot write"));
  world.barrier();
  for (const char* suffix : {"", ".part", ".part.rows"}) {
    CHECK_FALSE(std::filesystem::exists(options.output + suffix));
  }
}

}  // namespace
}  // namespace tusk::convert
