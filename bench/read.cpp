// SPDX-License-Identifier: Apache-2.0
// tusk_bench_read [options]: how fast the ranks read their shards of a data set into memory, and
// stream them, beside memcpy and beside a plain read(2) of the same bytes by as many processes at
// once. Under mpirun; files are in the page cache.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "data/datasets/dataset.hpp"
#include "data/datasets/split.hpp"
#include "data/hdf5/file.hpp"
#include "data/samples/batches.hpp"
#include "data/samples/shard.hpp"
#include "data/samples/streamed_shard.hpp"
#include "mpi/communicator.hpp"
#include "mpi_program.hpp"
#include "timing.hpp"
#include "tusk/error.hpp"
#include "tusk/random.hpp"

namespace {

using namespace tusk;
using bench::now_s;

constexpr std::uint64_t width = 64;
constexpr std::size_t piece_bytes = 8U << 20U;

struct Arguments {
  std::string folder = ".";
  std::uint64_t megabytes = 1000;
  int rounds = 5;
};

struct Layout {
  const char* name;
  hdf5::Storage storage;
};

std::uint64_t rows_of(const Arguments& arguments) {
  return arguments.megabytes * 1'000'000 / (width * sizeof(float));
}

// Whole numbers from 0 to 255 as floats, which gzip shrinks to a fifth or so.
void write_data(const Arguments& arguments, const std::string& path, const Layout& layout) {
  hdf5::File file = hdf5::File::create(path);
  {
    hdf5::NumberDataset features = file.create_dataset("features", ElementType::f32,
                                                       {rows_of(arguments), width}, layout.storage);
    Random random(1, Stream::initial_weights);
    std::vector<float> block(features.rows_per_transfer() * width);
    for (float& x : block) x = static_cast<float>(random.below(256));
    for (std::uint64_t row = 0; row < features.rows();) {
      const std::uint64_t rows = std::min(features.rows_per_transfer(), features.rows() - row);
      features.write(row, std::span<const float>(block).first(rows * width));
      row += rows;
    }
  }
  file.close();
}

struct Rate {
  double gb_per_s = 0.0;      // of all ranks together
  double gb_per_cpu_s = 0.0;  // of one rank: other programs that share the cores matter less to it
};

double cpu_s() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// In the fastest of some rounds.
Rate rate(const mpi::Communicator& world, const Arguments& arguments,
          const std::function<void()>& work) {
  double fastest_s = 1e9;
  double fewest_cpu_s = 1e9;
  for (int round = 0; round < arguments.rounds; ++round) {
    world.barrier();
    const double start_s = now_s();
    const double start_cpu_s = cpu_s();
    work();
    const double cpu = cpu_s() - start_cpu_s;
    const auto microseconds = static_cast<std::uint64_t>(1e6 * (now_s() - start_s));
    fastest_s = std::min(fastest_s, 1e-6 * static_cast<double>(world.max(microseconds)));
    fewest_cpu_s = std::min(fewest_cpu_s, cpu);
  }
  const double gb = 1e-9 * static_cast<double>(rows_of(arguments) * width * sizeof(float));
  return {gb / fastest_s, gb / world.size() / fewest_cpu_s};
}

// Like the rows of a rank in a file of so many bytes: the same share of it.
void plain_read(const std::string& path, datasets::Block bytes, char* out) {
  const int descriptor = ::open(path.c_str(), O_RDONLY);
  for (std::uint64_t at = bytes.begin; at < bytes.end;) {
    const ssize_t got =
        ::pread(descriptor, out + (at - bytes.begin),
                std::min<std::uint64_t>(piece_bytes, bytes.end - at), static_cast<off_t>(at));
    if (got <= 0) fail(ExitCode::io_error, "{}: cannot be read", path);
    at += static_cast<std::uint64_t>(got);
  }
  ::close(descriptor);
}

std::unique_ptr<char[]> fresh(std::size_t bytes) {
  return std::make_unique_for_overwrite<char[]>(bytes);
}

// Makes the compiler keep what was written.
void touch(const char* memory) { asm volatile("" : : "r"(memory) : "memory"); }

class Measurement {
 public:
  Measurement(const mpi::Communicator& world, const Arguments& arguments)
      : world_(world),
        arguments_(arguments),
        mine_(datasets::block_of(rows_of(arguments), static_cast<std::size_t>(world.rank()),
                                 static_cast<std::size_t>(world.size()))) {}

  void print_memcpy() {
    const auto from = fresh(bytes());
    const auto to = fresh(bytes());
    std::memset(from.get(), 1, bytes());
    std::memset(to.get(), 1, bytes());
    say("memcpy", rate([&] { std::memcpy(to.get(), from.get(), bytes()); }));
    say("memcpy into fresh memory", rate([&] {
          const auto out = fresh(bytes());
          std::memcpy(out.get(), from.get(), bytes());
          touch(out.get());
        }));
  }

  void print(const std::string& path, const Layout& layout) {
    const std::uint64_t file_bytes = std::filesystem::file_size(path);
    const datasets::Block share{file_bytes * mine_.begin / rows_of(arguments_),
                                file_bytes * mine_.end / rows_of(arguments_)};
    const auto used = fresh(share.size());
    std::memset(used.get(), 1, share.size());
    const std::string name = layout.name;
    say(name + ", the file by read(2)", rate([&] { plain_read(path, share, used.get()); }));
    say(name + ", by read(2) into fresh memory",
        rate([&] { plain_read(path, share, fresh(share.size()).get()); }));
    const auto dataset = datasets::Dataset::open(path, {.features = "features"});
    const datasets::Rows rows = datasets::Rows::all(dataset.rows()).part(mine_);
    say(name + ", into memory", rate([&] { samples::Shard::read(dataset, rows, nullptr, {}); }));
    const samples::StreamedShard streamed(dataset, rows, nullptr, {}, bytes() / 4);
    samples::Batches batches(streamed, {.batch_size = 64});
    std::uint64_t epoch = 0;
    say(name + ", streamed through batches", rate([&] {
          batches.start_epoch(++epoch);
          while (batches.next()) {
          }
        }));
  }

 private:
  std::size_t bytes() const { return mine_.size() * width * sizeof(float); }
  Rate rate(const std::function<void()>& work) const { return ::rate(world_, arguments_, work); }
  void say(const std::string& what, const Rate& rate) const {
    if (world_.rank() == 0) {
      fmt::print("| {} | {:.2f} | {:.2f} |\n", what, rate.gb_per_s, rate.gb_per_cpu_s);
    }
    std::fflush(stdout);
  }

  const mpi::Communicator& world_;
  const Arguments& arguments_;
  datasets::Block mine_;
};

void measure(const mpi::Communicator& world, const Arguments& arguments) {
  if (world.rank() == 0) {
    fmt::print("| {} MB by {} ranks | GB/s | GB per CPU second of a rank |\n|---|---|---|\n",
               arguments.megabytes, world.size());
  }
  Measurement measurement(world, arguments);
  measurement.print_memcpy();
  const std::string path = arguments.folder + "/tusk-bench-read.h5";
  for (const Layout& layout :
       {Layout{"contiguous", {}}, Layout{"chunks of 1 MB", {.chunk_rows = 4096}},
        Layout{"chunks of 1 MB, gzip", {.chunk_rows = 4096, .gzip = 1}}}) {
    if (world.rank() == 0) write_data(arguments, path, layout);
    world.barrier();
    measurement.print(path, layout);
    world.barrier();
  }
  if (world.rank() == 0) std::filesystem::remove(path);
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("Reading shards beside memcpy and read(2), by all ranks at once");
  app.add_option("--folder", arguments.folder, "Where the file goes");
  app.add_option("--megabytes", arguments.megabytes, "Its size");
  app.add_option("--rounds", arguments.rounds, "Of which the fastest counts");
  return bench::run_program(argc, argv, app,
                            [&](const mpi::Communicator& world) { measure(world, arguments); });
}
