// SPDX-License-Identifier: Apache-2.0
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
}

}  // namespace tusk
