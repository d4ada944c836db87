// SPDX-License-Identifier: Apache-2.0
#include "tusk/main.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <mpi.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <thread>

#include "cli/run.hpp"
#include "core/log.hpp"
#include "main/cpu_check.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "mpi/environment.hpp"
#include "mpi/last_word.hpp"
#include "mpi/launch.hpp"
#include "mpi/watch.hpp"
#include "tusk/error.hpp"
#include "tusk/out_of_memory.hpp"

namespace tusk {
namespace {

using namespace std::chrono_literals;

// Takes the places of standard streams that are not open, which the next files would get, with what
// cannot be read or written: to read from them or print is an error then, and goes into no file.
void occupy_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) >= 0) continue;
    ::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

// Whether the job is not one job; says so once.
bool is_refused(const mpi::Launch& launch, int size) {
  const auto message = mpi::wrong_launch(launch, size);
  if (message && launch.step_task == 0) print_error(*message);
  return message.has_value();
}

// The exception that is being handled as an Error.
Error current_error() {
  try {
    throw;
  } catch (const Error& error) {
    return error;
  } catch (const OutOfMemory& error) {
    return {ExitCode::internal, error.what()};
  } catch (const std::bad_alloc&) {
    return {ExitCode::internal, "out of memory"};
  } catch (const std::exception& error) {
    return {ExitCode::internal, error.what()};
  } catch (...) {  // of an extension's
    return {ExitCode::internal, "something was thrown that is no std::exception"};
  }
}

// Ends every rank of the job for an error of this one, while the others may be anywhere. A rank
// that does not have the last word leaves it to the one that has, whose exit code is then the
// job's.
void end_job(const Error& error, mpi::LastWord* last_word) {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (last_word == nullptr || last_word->claim()) {
    print_error(fmt::format("rank {}: {}", rank, error.what()));
  } else {
    std::this_thread::sleep_for(10s);
  }
  MPI_Abort(MPI_COMM_WORLD, static_cast<int>(error.code()));
}

// Runs the command. An error that all ranks agree on is reported by rank 0 and ends the job in an
// orderly way; one that the other ranks do not know of ends it at once.
ExitCode run(int argc, char** argv, const cli::Context& context, mpi::LastWord& last_word) {
  const mpi::Communicator& world = context.world;
  try {
    return cli::run(argc, argv, context);
  } catch (const mpi::CollectiveError& error) {
    if (world.rank() == 0) print_error(error.what());
    return error.code();
  } catch (...) {
    const Error error = current_error();
    if (world.size() > 1) end_job(error, &last_word);
    print_error(error.what());
    return error.code();
  }
}

}  // namespace

// MPI from start to end, one command, and the one place where errors are reported.
int main(int argc, char** argv, const Extensions& extensions) {
  const auto start = std::chrono::steady_clock::now();
  require_cpu();
  occupy_standard_streams();
  const mpi::Launch launch = mpi::read_launch();
  if (!launch.has_protocol && is_refused(launch, 1)) return static_cast<int>(ExitCode::usage);
  try {
    mpi::LastWord* speaker = nullptr;
    const mpi::Environment environment(argc, argv,
                                       [&speaker](const Error& error) { end_job(error, speaker); });
    const auto world = mpi::Communicator::world();
    mpi::LastWord last_word(world);
    speaker = &last_word;
    const mpi::Watch watch(world, last_word);
    set_logging(world.rank() == 0);
    if (is_refused(launch, world.size())) return static_cast<int>(ExitCode::usage);
    ExitCode code = run(argc, argv, {world, extensions, start}, last_word);
    if (std::fflush(stdout) != 0) {
      print_error(fmt::format("standard output: {}", std::strerror(errno)));
      code = ExitCode::io_error;
    }
    // mpirun kills the job at the first exit code that is not 0: one rank alone reports it, and
    // does so after MPI_Finalize (in ~Environment), when no rank has anything left to do.
    return world.rank() == 0 ? static_cast<int>(code) : 0;
  } catch (...) {  // MPI does not start
    const Error error = current_error();
    print_error(error.what());
    return static_cast<int>(error.code());
  }
}

}  // namespace tusk
