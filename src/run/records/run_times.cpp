// SPDX-License-Identifier: Apache-2.0
#include "run/records/run_times.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>

#include "data/hdf5/attributes.hpp"
#include "data/hdf5/file.hpp"
#include "tusk/error.hpp"

namespace tusk::records {
namespace {

enum class Happened { step, commit, pull };

struct Event {
  double time_s = 0.0;
  Happened what = Happened::step;
};
using Events = std::vector<Event>;

template <typename T>
std::vector<T> read_column(const hdf5::File& file, const std::string& name) {
  const hdf5::NumberDataset dataset = file.dataset(name);
  std::vector<T> values(dataset.rows());
  dataset.read(0, std::span(values));
  return values;
}

// Adds the events of a group to their workers'.
void add_events(const hdf5::File& file, const std::string& group, Happened what,
                std::vector<Events>& events) {
  constexpr std::uint32_t most_workers = 1'000'000;
  const auto workers = read_column<std::uint32_t>(file, group + "/worker");
  const auto times = read_column<double>(file, group + "/time_s");
  for (std::size_t i = 0; i < std::min(workers.size(), times.size()); ++i) {
    if (workers[i] >= most_workers) {
      fail(ExitCode::bad_data, "{}: {}/worker has a worker {}", file.path(), group, workers[i]);
    }
    if (workers[i] >= events.size()) events.resize(workers[i] + 1);
    events[workers[i]].push_back({times[i], what});
  }
}

WorkerTimes times_of(Events events, bool within_steps) {
  std::ranges::stable_sort(events, {}, &Event::time_s);
  WorkerTimes times;
  for (std::size_t i = 1; i < events.size(); ++i) {
    const double took_s = events[i].time_s - events[i - 1].time_s;
    const Happened before = events[i - 1].what;
    if (events[i].what == Happened::step) {
      if (!within_steps || before == Happened::step) times.steps_s.push_back(took_s);
    } else if (before == Happened::step) {
      times.exchanges_s.push_back(took_s);
    } else if (events[i].what == Happened::commit && !within_steps) {
      times.exchanges_s.push_back(took_s);
    }
  }
  if (!within_steps || times.steps_s.empty()) return times;
  const double mean_s = std::accumulate(times.steps_s.begin(), times.steps_s.end(), 0.0) /
                        static_cast<double>(times.steps_s.size());
  for (double& took_s : times.exchanges_s) took_s = std::max(0.0, took_s - mean_s);
  return times;
}

}  // namespace

RunTimes read_run_times(const std::string& history, bool within_steps) {
  const hdf5::File file = hdf5::File::open(history);
  if (file.has_group("nodes")) {
    fail(ExitCode::bad_data,
         "{}: its run, or a part of it, was a tree of centers, of whose relays there are no times; "
         "take those of a run with one center",
         history);
  }
  if (const auto every = hdf5::read_integer(file, "/", "every").value_or(1); every != 1) {
    fail(ExitCode::bad_data,
         "{}: {} of its run's steps ([history] steps): the times of a run are taken from one whose "
         "history has all, which steps = \"all\" makes",
         history, every == 0 ? "has none" : fmt::format("has one of {}", every));
  }
  std::vector<Events> events;
  add_events(file, "steps", Happened::step, events);
  add_events(file, "commits", Happened::commit, events);
  if (file.has_group("pulls")) add_events(file, "pulls", Happened::pull, events);
  RunTimes run;
  for (Events& of_worker : events) {
    run.push_back(times_of(std::move(of_worker), within_steps));
    if (!run.back().steps_s.empty() && !run.back().exchanges_s.empty()) continue;
    fail(ExitCode::bad_data,
         "{}: worker {} has {} commits and {} steps that can be told from them: the times of a run "
         "are taken from one whose workers commit to a center, in windows of two steps or more",
         history, run.size() - 1, run.back().exchanges_s.size(), run.back().steps_s.size());
  }
  if (run.empty()) fail(ExitCode::bad_data, "{}: there is no step in it", history);
  return run;
}

}  // namespace tusk::records
