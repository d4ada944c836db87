// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/hdf5/file.hpp"
#include "run/checkpoint/due.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/state.hpp"

namespace tusk::center {
class CenterServer;
}

namespace tusk::checkpoint {

// A data file, as it was when the run began.
struct DataFile {
  std::string part;  // "train"
  std::string path;
  std::string checksum;      // of its data, as convert has stored it; empty if it has none
  std::uint64_t bytes = 0;   // its size
  std::uint32_t sample = 0;  // hdf5::sampled_checksum
  std::string changed;       // when, as text
  void keep(State& state);
};

// How the rows of training had been dealt, and what was left of them, when a run went on with
// another number of workers: for each of the shards or partitions, `parts`, a place in the order in
// which its samples come, which is a function of the seed. training::DealtRows makes rows of it.
struct Deal {
  // A pass that had begun: so many samples of it had been handed out.
  struct Pass {
    std::uint64_t epoch = 0;
    std::uint64_t part = 0;
    std::uint64_t taken = 0;
  };
  std::uint64_t parts = 0;
  std::uint64_t memory_limit = 0;    // in bytes, which decides the order of what is streamed
  std::vector<std::uint64_t> begun;  // by part: the last epoch that anybody had begun with it
  std::vector<Pass> open;            // all others that had begun had ended

  void keep(State& state);
  std::uint64_t last() const;  // the last epoch that had begun
};

// What a checkpoint says of itself, at the beginning of rank 0's file: what it belongs to.
struct Facts {
  std::uint64_t cut = 0;   // the same number in the files of all ranks, and in no other checkpoint
  std::uint64_t step = 0;  // of all workers together
  std::uint64_t epochs = 0;  // completed
  std::uint64_t ranks = 1;
  std::uint64_t workers = 1;
  bool simulated = false;
  std::string like;        // the run whose times a simulation has (--like), if it has those of one
  std::string written_by;  // the program's version
  std::string experiment;  // TOML, every default filled in
  std::string transforms;  // JSON, as they were fitted
  std::uint64_t parameters = 0;
  std::vector<DataFile> files;
  std::vector<std::uint8_t> finished;  // by worker: whether it had nothing more to do
  std::vector<std::uint64_t> steps;    // by worker; behind them, of those that are gone
  Progress asked;                      // when the checkpoint was wanted
  std::vector<std::uint8_t> parts;     // by rank: whether it has written a file
  std::vector<Deal> deals;           // if the number of workers has changed; the first comes first
  std::vector<std::uint64_t> nodes;  // of a tree of ranks: by rank, the number of its node
  std::uint64_t node_files = 0;      // histories of nodes (records::NodeFiles) that there are

  void keep(State& state);
};

// The center and what lies beside it.
struct CenterCopy {
  AlignedVector<float> theta;
  AlignedVector<float> momentum;  // CenterServer::momentum
  std::uint64_t updates = 0;
  double learning_rate_scale = 1.0;
  std::int64_t next_partition = 0;
  std::vector<std::uint64_t> free_partitions;  // claims before that which are free again (a tree's)
  std::vector<std::int64_t> clocks;

  void keep(State& state);

  // While the workers stand at their gates.
  static CenterCopy of(center::CenterServer& server);

  // All but θ and the momentum, with which the server has been made; before the workers begin.
  // `finished`: Facts'. What these workers have told the others at their end is told for them: they
  // do not come again.
  void restore(center::CenterServer& server, const std::vector<std::uint8_t>& finished) const;
};

// What identifies these files. Errors as hdf5::File.
std::vector<DataFile> identify(const std::string& part, const std::vector<hdf5::File>& files);

// Error(bad_data) that names `where`, the checkpoint, if `now` is another file than `before`, at
// whatever place. It is the same if size and sample are, with a warning if it has no checksum and
// another time of change; with another sample it is the same if its data, read as a whole, have the
// checksum of before.
void require_same_file(const DataFile& before, const DataFile& now, const std::string& where);

}  // namespace tusk::checkpoint
