// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/hdf5/file.hpp"
#include "experiment/server_options.hpp"
#include "experiment/trainer_options.hpp"

namespace tusk::records {

// How the center is served to workers in other processes.
struct ServedCenter {
  Transport transport = Transport::automatic;  // the one chosen, never `automatic`
  Consistency consistency = Consistency::snapshot;
};

// What a run ran with, for whoever wants to repeat it. Rank 0 writes it when training begins.
struct Manifest {
  // The files of one part of the data ("train"), as they were opened.
  struct Data {
    std::string part;
    std::vector<hdf5::File> files;
  };

  std::string name;
  std::uint64_t seed = 0;
  std::vector<std::string> hosts;  // by rank
  std::size_t workers = 1;
  std::size_t shards = 1;      // of the center
  std::size_t parameters = 0;  // of the model
  std::vector<Data> data;
  struct Tree {
    std::size_t nodes = 1;
    std::string relay;  // the relays' rule
  };
  std::optional<Tree> tree{};            // of centers, of several nodes
  bool simulated = false;                // the workers are virtual
  std::optional<ServedCenter> center{};  // none where no process serves another
};

// manifest.json: these, and what can be asked of the machine now: the time, the versions of Tusk,
// MPI and HDF5, the compiler, each data file's size, time of change, shapes and checksum, and
// Slurm's variables. Errors as hdf5::File for a data set that cannot be opened.
std::string manifest_json(const Manifest& manifest);

}  // namespace tusk::records
