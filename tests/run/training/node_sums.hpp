// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "run/training/history_column.hpp"

// What the relays of a tree have added up, against the rows of their nodes' histories.
namespace tusk::test {

// The rows of a node's file that no sum has been seen of yet.
struct NodeRows {
  explicit NodeRows(const hdf5::File& file)
      : worker(column_of<std::uint32_t>(file, "steps/worker")),
        epoch(column_of<std::uint32_t>(file, "steps/epoch")),
        samples(column_of<std::uint32_t>(file, "steps/samples")),
        loss(column_of<float>(file, "steps/loss")),
        metric(column_of<float>(file, "steps/accuracy")),
        committer(column_of<std::uint32_t>(file, "commits/worker")),
        commit_steps(column_of<std::uint32_t>(file, "commits/steps")),
        staleness(column_of<std::uint64_t>(file, "commits/staleness")) {
    for (std::size_t i = 0; i < worker.size(); ++i) passes[worker[i]].push_back(epoch[i]);
  }

  std::vector<std::uint32_t> worker, epoch, samples;
  std::vector<float> loss, metric;
  std::vector<std::uint32_t> committer, commit_steps;
  std::vector<std::uint64_t> staleness;
  std::map<std::uint32_t, std::vector<std::uint32_t>> passes;  // of each worker's steps
  std::map<std::uint32_t, std::size_t> committed;              // of each worker's steps
  std::size_t step = 0;
  std::size_t commit = 0;
};

struct PassRows {
  double samples = 0.0;
  double loss = 0.0;
  double metric = 0.0;
  std::uint64_t commits = 0;
  std::uint64_t staleness = 0;
  std::uint64_t max = 0;
};

inline void check_close(double value, double expected) {
  CHECK(std::abs(value - expected) <= 1e-12 * std::abs(expected));
}

// Checks every row of `sums`, every epoch of metrics.jsonl and the summary's histogram. The model
// has the metric "accuracy", samples no weights.
inline void check_sums(const std::string& directory, std::uint64_t samples_per_epoch) {
  const auto column = [&]<typename T>(T, const char* name) {
    return history_column<T>(directory, std::string("sums/") + name);
  };
  const auto file = column(std::uint32_t{}, "file");
  const auto steps = column(std::uint64_t{}, "steps");
  const auto samples = column(std::uint64_t{}, "samples");
  const auto commits = column(std::uint64_t{}, "commits");
  const auto staleness_sum = column(std::uint64_t{}, "staleness_sum");
  const auto staleness_max = column(std::uint64_t{}, "staleness_max");
  const auto loss = column(double{}, "loss");
  const auto weight = column(double{}, "weight");

  std::vector<nlohmann::json> epochs;
  std::ifstream lines(directory + "/metrics.jsonl");
  for (std::string line; std::getline(lines, line);) epochs.push_back(nlohmann::json::parse(line));

  std::vector<NodeRows> nodes;
  for (const hdf5::File& one : history_files(directory, "steps")) nodes.emplace_back(one);
  std::vector<std::uint64_t> histogram(256);
  std::map<std::uint32_t, PassRows> open;
  std::uint64_t all_steps = 0;
  std::uint64_t all_samples = 0;
  std::size_t over = 0;
  for (std::size_t row = 0; row < file.size(); ++row) {
    NodeRows& node = nodes.at(file[row]);
    PassRows sum;
    REQUIRE(node.step + steps[row] <= node.worker.size());
    for (const std::size_t end = node.step + steps[row]; node.step < end; ++node.step) {
      PassRows& pass = open[node.epoch[node.step]];
      const double count = node.samples[node.step];
      for (PassRows* to : {&pass, &sum}) {
        to->samples += count;
        to->loss += count * node.loss[node.step];
        to->metric += count * node.metric[node.step];
      }
    }
    REQUIRE(node.commit + commits[row] <= node.staleness.size());
    for (const std::size_t end = node.commit + commits[row]; node.commit < end; ++node.commit) {
      const std::uint32_t worker = node.committer[node.commit];
      std::size_t& done = node.committed[worker];
      done += node.commit_steps[node.commit];
      const std::uint32_t pass = done == 0 ? 1 : node.passes[worker].at(done - 1);
      const std::uint64_t tau = node.staleness[node.commit];
      ++histogram.at(std::min<std::uint64_t>(tau, 255));
      for (PassRows* to : {&open[pass], &sum}) {
        ++to->commits;
        to->staleness += tau;
        to->max = std::max(to->max, tau);
      }
    }
    CHECK(static_cast<double>(samples[row]) == sum.samples);
    CHECK(weight[row] == sum.samples);
    CHECK(staleness_sum[row] == sum.staleness);
    CHECK(staleness_max[row] == sum.max);
    if (samples[row] > 0) check_close(loss[row], sum.loss / sum.samples);
    all_steps += steps[row];
    all_samples += samples[row];
    while (all_samples >= (over + 1) * samples_per_epoch) {
      ++over;
      PassRows epoch;
      while (!open.empty() && (open.begin()->first <= over || epoch.samples == 0.0)) {
        const PassRows& pass = open.begin()->second;
        epoch.samples += pass.samples;
        epoch.loss += pass.loss;
        epoch.metric += pass.metric;
        epoch.commits += pass.commits;
        epoch.staleness += pass.staleness;
        epoch.max = std::max(epoch.max, pass.max);
        open.erase(open.begin());
      }
      REQUIRE(over <= epochs.size());
      const nlohmann::json& line = epochs[over - 1];
      CHECK(line.at("epoch") == over);
      CHECK(line.at("samples") == all_samples);
      CHECK(line.at("step") == all_steps);
      check_close(line.at("loss"), epoch.loss / epoch.samples);
      check_close(line.at("accuracy"), epoch.metric / epoch.samples);
      CHECK(line.at("staleness_max") == epoch.max);
      const auto count = static_cast<double>(std::max<std::uint64_t>(epoch.commits, 1));
      check_close(line.at("staleness_mean"), static_cast<double>(epoch.staleness) / count);
    }
  }
  CHECK(over == epochs.size());
  for (const NodeRows& node : nodes) {  // all rows are in a sum
    CHECK(node.step == node.worker.size());
    CHECK(node.commit == node.staleness.size());
  }
  nlohmann::json summary;
  std::ifstream(directory + "/summary.json") >> summary;
  std::vector<std::uint64_t> told = summary.at("staleness").at("histogram");
  told.resize(histogram.size());
  CHECK(told == histogram);
}

}  // namespace tusk::test
