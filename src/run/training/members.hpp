// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/datasets/split.hpp"
#include "experiment/experiment.hpp"
#include "mpi/communicator.hpp"
#include "run/records/summary.hpp"
#include "run/training/assembly.hpp"
#include "run/training/data_files.hpp"
#include "run/training/run.hpp"

namespace tusk::training {

// What a run is, as a member of an ensemble.
struct Member {
  std::size_t index = 0;
  std::size_t members = 1;
  EnsembleData data = EnsembleData::whole;
  std::uint64_t seed = 0;  // the ensemble's
};

// The seed of a member's own initial weights, order of samples and masks: ensembles of neighbouring
// seeds have no members in common. Below 2⁵³, so that every reader of JSON keeps it.
std::uint64_t member_seed(std::uint64_t ensemble_seed, std::size_t member);

// The rows that a member of an ensemble is trained on, ascending: all of them, as many drawn with
// replacement, or its shard. `split` is common to all members, so that none has seen what validates
// the others. Error(bad_experiment) if there are fewer rows than shards.
datasets::Rows member_rows(const datasets::Split& split, const Member& member);

// The members of an ensemble that one rank trains: r, r + n, … of rank r of n. Each is a run of its
// own, with its checkpoints; where one was trained before, its result is taken, and one that was
// interrupted goes on.
class Members {
 public:
  // Collective. The arguments must outlive the object.
  Members(const Experiment& experiment, const DataFiles& files, const RunOptions& options,
          const mpi::Communicator& world, const Extensions& extensions);

  // Makes the first member that is to be trained ready, if there is one. Throws what
  // assemble_member() and checkpoint::find_origin() throw; Error(bad_experiment, bad_data) if a
  // result is of another experiment or other data.
  void prepare();

  // Trains them all, each as `single` and with a seed of its own, and adds them to `summary`, whose
  // for_later is set if a signal or the time has stopped them. `reasons`: why each member stopped,
  // if it did so early. Error of one rank's own, naming the member.
  void train(records::Summary& summary, std::vector<std::string>& reasons);

 private:
  bool take_result();
  RunOptions run_options() const;
  std::filesystem::path directory() const;  // of the next member

  const Experiment& experiment_;
  const EnsembleOptions& ensemble_;
  const DataFiles& files_;
  const RunOptions& options_;
  const mpi::Communicator& world_;
  const Extensions& extensions_;
  mpi::Communicator alone_;
  std::size_t next_;
  std::vector<records::Summary> done_{};          // of rank r's members r, r + n, …
  std::optional<Assembly> assembly_;              // the next one's
  std::unique_ptr<checkpoint::Origin> origin_{};  // which it goes on from
};

}  // namespace tusk::training
