// SPDX-License-Identifier: Apache-2.0
#include "options/describe.hpp"

// Layers that change the extents of space or time, without weights.
namespace tusk {

using namespace options;

Value value_of(EdgePadding& padding) {
  const auto list = [&padding] { return options::value_of(padding.values); };
  return Forms{.expected = "a number, or a list of two: before and after",
               .forms = {{FormShape::number,
                          [&padding] {
                            padding.values.assign(1, 0);
                            return options::value_of(padding.values.front());
                          }},
                         {FormShape::list, list}},
               .get = [&padding, list]() -> Value {
                 if (padding.values.size() != 1) return list();
                 return options::value_of(padding.values.front());
               }};
}

Value value_of(EdgePaddings& paddings) {
  const auto list = [&paddings] { return options::value_of(paddings.values); };
  return Forms{.expected = "a number, or a list with one, or two, for each axis",
               .forms = {{FormShape::number,
                          [&paddings] {
                            paddings.values.assign(1, {{0}});
                            return options::value_of(paddings.values.front().values.front());
                          }},
                         {FormShape::list, list}},
               .get = [&paddings, list]() -> Value {
                 if (paddings.values.size() != 1) return list();
                 return value_of(paddings.values.front());
               }};
}

namespace {

void describe_windows(Fields& fields, auto& o) {
  fields("pool_size", o.pool_size, count());
  fields("strides", o.strides, count());
  fields("padding", o.padding);
}

}  // namespace

void describe(Fields& fields, MaxPooling1dOptions& o) { describe_windows(fields, o); }
void describe(Fields& fields, MaxPooling2dOptions& o) { describe_windows(fields, o); }
void describe(Fields& fields, AveragePooling1dOptions& o) { describe_windows(fields, o); }
void describe(Fields& fields, AveragePooling2dOptions& o) { describe_windows(fields, o); }

void describe(Fields& fields, GlobalMaxPooling1dOptions& o) { fields("keepdims", o.keepdims); }
void describe(Fields& fields, GlobalMaxPooling2dOptions& o) { fields("keepdims", o.keepdims); }
void describe(Fields& fields, GlobalAveragePooling1dOptions& o) { fields("keepdims", o.keepdims); }
void describe(Fields& fields, GlobalAveragePooling2dOptions& o) { fields("keepdims", o.keepdims); }

void describe(Fields& fields, UpSampling2dOptions& o) {
  fields("size", o.size, count());
  fields("interpolation", o.interpolation);
}

void describe(Fields& fields, ZeroPadding2dOptions& o) {
  fields("padding", o.padding, between(0.0, std::numeric_limits<std::int32_t>::max()));
}

}  // namespace tusk
