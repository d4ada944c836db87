// SPDX-License-Identifier: Apache-2.0
#include "data/convert/convert.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <filesystem>

#include "core/pending_file.hpp"
#include "data/convert/convert_output.hpp"
#include "data/convert/copy_rows.hpp"
#include "data/convert/open_table.hpp"
#include "data/convert/row_plan.hpp"
#include "data/convert/scatter_rows.hpp"
#include "data/datasets/label_counts.hpp"
#include "data/hdf5/dataset_name.hpp"
#include "data/tables/number_notation.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "tusk/error.hpp"

namespace tusk::convert {
namespace {

constexpr std::uint64_t compressed_chunk_bytes = std::uint64_t{1} << 20;

void check_output(const ConvertOptions& options, const std::string& output) {
  PendingFile::check_free(output, options.overwrite);
  std::vector<std::string> inputs = options.inputs;
  if (options.columns.label) inputs.push_back(*options.columns.label);  // a file, for arrays
  for (const std::string& input : inputs) {
    std::error_code error;
    if (std::filesystem::equivalent(input, output, error)) {
      fail(ExitCode::usage, "{} is both an input and the output", input);
    }
  }
}

void check_names(const tables::Table& table) {
  const auto what = [&](std::size_t i) {
    const tables::TableField& field = table.fields()[i];
    if (i == 0) return "features";
    if (field.role == tables::FieldRole::values) return "labels";
    return field.role == tables::FieldRole::weights ? "weights" : "groups";
  };
  const auto& fields = table.fields();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    for (std::size_t j = i + 1; j < fields.size(); ++j) {
      if (!hdf5::names_collide(fields[i].name, fields[j].name)) continue;
      fail(ExitCode::usage,
           "the {} cannot be data set '{}' and the {} '{}': --features-name, --label-name, "
           "--weight-name and --group-name say what they are called",
           what(i), fields[i].name, what(j), fields[j].name);
    }
  }
}

hdf5::Storage storage_for(hdf5::Storage storage, const tables::Table& table) {
  if (storage.gzip > 0 && storage.chunk_rows == 0) {
    storage.chunk_rows =
        std::max<std::uint64_t>(compressed_chunk_bytes / table.fields().front().row_bytes(), 1);
  }
  storage.chunk_rows = std::min(storage.chunk_rows, table.rows());
  return storage;
}

std::vector<std::string> output_paths(const ConvertOptions& options) {
  std::vector<std::string> paths;
  for (const SplitPart& part : options.arrangement.split) {
    paths.push_back(path_of_part(options.output, part.name));
  }
  if (paths.empty()) paths.push_back(options.output);
  return paths;
}

std::uint64_t sum_over(const mpi::Communicator* communicator, std::uint64_t value) {
  return communicator == nullptr ? value : communicator->sum(value);
}

// One conversion, from the open table to the files.
class Converter {
 public:
  Converter(const ConvertOptions& options, tables::Table& table,
            const mpi::Communicator* communicator)
      : options_(options),
        table_(table),
        storage_(storage_for(options.storage, table)),
        communicator_(communicator) {}

  ~Converter() {
    for (ConvertOutput& output : outputs_) output.give_up();
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  void run() {
    const Arrangement& arrangement = options_.arrangement;
    const bool whole_chunks = arrangement.repeat == 1 || storage_.chunk_rows == 0;
    if (arrangement.keeps_order() && whole_chunks) {
      add_output(options_.output, table_.rows() * arrangement.repeat);
      copy_rows(table_, arrangement.repeat, storage_.chunk_rows, outputs_.front(), labels_,
                communicator_);
    } else {
      scatter();
    }
    for (ConvertOutput& output : outputs_) output.finish();
    mpi::collectively(communicator_, [&] {
      for (ConvertOutput& output : outputs_) output.publish();
    });
  }

  Conversion result() {
    const auto& fields = table_.fields();
    Conversion done{.files = {}, .features = fields.front()};
    for (const ConvertOutput& output : outputs_) {
      done.files.push_back({output.path(), output.rows()});
    }
    if (fields.size() > 1 && fields[1].role == tables::FieldRole::values) done.label = fields[1];
    if (communicator_ != nullptr) labels_.unite(*communicator_);
    if (!labels_.counts().empty() && !labels_.too_many()) done.classes = labels_.counts().size();
    done.missing_values = sum_over(communicator_, table_.missing_values());
    done.rounded_values = sum_over(communicator_, table_.rounded_values());
    done.bad_rows = table_.bad_rows();
    done.notes = table_.notes();
    note_labels_from_one(done);
    note_missing_classes(done);
    return done;
  }

 private:
  void add_output(const std::string& path, std::uint64_t rows) {
    outputs_.emplace_back(path, table_.fields(), rows, storage_, communicator_);
  }

  void note_labels_from_one(Conversion& done) const {
    const auto& counts = labels_.counts();
    if (!done.classes || counts.size() < 2 || counts.begin()->first != 1 ||
        counts.rbegin()->first != static_cast<std::int64_t>(counts.size())) {
      return;
    }
    done.notes.push_back(fmt::format(
        "the labels are all whole numbers from 1 to {}; as classes they would have to count from 0",
        counts.size()));
  }

  void note_missing_classes(Conversion& done) const {
    if (!done.label) return;
    for (const std::string& name : done.label->class_names) {
      if (!tables::spells_missing(name)) continue;
      done.notes.push_back(
          fmt::format("the label '{0}' is a class like any other; '--missing {0} --bad-rows skip' "
                      "leaves rows without a label out",
                      name));
    }
  }

  void scatter() {
    const datasets::Block share = share_of(table_.rows(), 1, communicator_);
    const RowPlan plan(options_.arrangement, table_, share, communicator_);
    const std::vector<std::string> paths = output_paths(options_);
    for (std::size_t part = 0; part < paths.size(); ++part) {
      add_output(paths[part], plan.rows(part));
    }
    const std::string spool = PendingFile::part_of(options_.output) + ".rows";
    scatter_rows(table_, plan, share, storage_.chunk_rows, spool, outputs_, labels_, communicator_);
  }

  const ConvertOptions& options_;
  tables::Table& table_;
  hdf5::Storage storage_;
  const mpi::Communicator* communicator_;
  std::deque<ConvertOutput> outputs_;
  datasets::LabelCounts labels_;
};

}  // namespace

Conversion convert(const ConvertOptions& options, const mpi::Communicator* communicator) {
  if (communicator != nullptr && communicator->size() == 1) communicator = nullptr;
  mpi::collectively(communicator, [&] {
    for (const std::string& path : output_paths(options)) check_output(options, path);
  });
  const auto table = open_table(options, communicator);
  check_names(*table);
  Converter converter(options, *table, communicator);
  converter.run();
  return converter.result();
}

}  // namespace tusk::convert
