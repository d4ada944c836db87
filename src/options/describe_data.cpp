// SPDX-License-Identifier: Apache-2.0
#include <optional>

#include "options/describe.hpp"

// The [data] table.
namespace tusk {

using namespace options;

Value value_of(ByteCount& size) { return Bytes{&size.bytes}; }

Value value_of(FileList& files) {
  const auto one = [&files] { return value_of(files.paths.front()); };
  const auto several = [&files] { return value_of(files.paths); };
  return Forms{
      .expected = "the path of a file, a string, or an array of them",
      .forms = {{FormShape::text,
                 [&files, one] {
                   files.paths = {""};
                   return one();
                 }},
                {FormShape::list, several}},
      .get = [&files, one, several] { return files.paths.size() == 1 ? one() : several(); }};
}

Value value_of(ArrayOptions& arrays) {
  const auto one = [&arrays]() -> Value { return value_of(arrays.datasets.front()); };
  const auto several = [&arrays]() -> Value { return value_of(arrays.datasets); };
  const auto by_owner = [&arrays]() -> Value {
    return Map{.keys = [&arrays] { return arrays.owners; },
               .at = [&arrays](std::size_t i) { return value_of(arrays.datasets[i]); },
               .clear =
                   [&arrays] {
                     arrays.datasets.clear();
                     arrays.owners.clear();
                   },
               .add =
                   [&arrays](const std::string& owner) {
                     arrays.owners.push_back(owner);
                     return value_of(arrays.datasets.emplace_back());
                   }};
  };
  return Forms{.expected = "the name of a data set, a list of names, or a table of names",
               .forms = {{FormShape::text,
                          [&arrays, one] {
                            arrays = "";
                            return one();
                          }},
                         {FormShape::list,
                          [&arrays, several] {
                            arrays = ArrayOptions();
                            return several();
                          }},
                         {FormShape::table,
                          [&arrays, by_owner] {
                            arrays = ArrayOptions();
                            return by_owner();
                          }}},
               .get = [&arrays, one, several, by_owner] {
                 if (!arrays.owners.empty()) return by_owner();
                 return arrays.datasets.size() == 1 ? one() : several();
               }};
}

namespace {

// `what`: of what they are lists, for messages.
template <typename Entry>
Value value_of_lists(EntryLists<Entry>& lists, const std::string& what) {
  const auto of_one = [&lists]() -> Value {
    return value_of(static_cast<std::vector<Entry>&>(lists));
  };
  const auto by_input = [&lists]() -> Value {
    return Map{.keys =
                   [&lists] {
                     std::vector<std::string> inputs;
                     for (const EntriesOfInput<Entry>& each : lists.by_input)
                       inputs.push_back(each.input);
                     return inputs;
                   },
               .at = [&lists](std::size_t i) { return value_of(lists.by_input[i].steps); },
               .clear = [&lists] { lists.by_input.clear(); },
               .add =
                   [&lists](const std::string& input) {
                     lists.by_input.push_back({input, {}});
                     return value_of(lists.by_input.back().steps);
                   }};
  };
  return Forms{
      .expected = "a list of " + what + ", or a table with a list for each input",
      .forms = {{.shape = FormShape::list,
                 .choose =
                     [&lists, of_one] {
                       lists = EntryLists<Entry>();
                       return of_one();
                     },
                 .may_be_empty = true},
                {.shape = FormShape::table,
                 .choose =
                     [&lists, by_input] {
                       lists = EntryLists<Entry>();
                       return by_input();
                     }}},
      .get = [&lists, of_one, by_input] { return lists.by_input.empty() ? of_one() : by_input(); }};
}

// Lists that are written where there are any.
template <typename Lists>
Value unless_none(Lists& lists) {
  return Optional{.get = [&lists]() -> std::optional<Value> {
                    if (lists.none()) return std::nullopt;
                    return value_of(lists);
                  },
                  .emplace = [&lists] { return value_of(lists); }};
}

}  // namespace

Value value_of(TransformLists& lists) { return value_of_lists(lists, "transforms"); }
Value value_of(AugmentLists& lists) { return value_of_lists(lists, "augmentations"); }

void describe(Fields& fields, DataOptions& o) {
  fields("train", o.train, required(path()));
  fields("validation_split", o.validation_split, from_below(0.0, 1.0));
  fields("fold", o.fold,
         any().only_when(o.validation_split == 0.0,
                         "cannot be given together with 'data.validation_split'"));
  const bool splits = o.validation_split > 0.0 || o.fold;
  const char* needs_split = "needs 'data.validation_split' or 'data.fold'";
  fields("validation_group", o.validation_group, any().only_when(splits, needs_split));
  fields("stratify", o.stratify,
         any().only_when(
             splits && !o.validation_group,
             splits ? "cannot be given together with 'data.validation_group'" : needs_split));
  fields("validation", o.validation,
         path().only_when(!splits, o.fold ? "cannot be given together with 'data.fold'"
                                          : "cannot be given together with "
                                            "'data.validation_split'"));
  fields("test", o.test, path());
  fields("features", o.features);
  fields("label", o.label);
  fields("sample_weight", o.sample_weight);
  fields("shuffle", o.shuffle);
  fields("repeat", o.repeat, count());
  fields("memory_limit", o.memory_limit);
  fields("read", o.read);
  fields("transforms", o.transforms);
  fields("label_transforms", unless_none(o.label_transforms));
  fields("augment", unless_none(o.augment));
}

}  // namespace tusk
