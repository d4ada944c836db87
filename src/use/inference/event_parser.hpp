// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tusk::inference {

// How lines hold samples.
enum class EventFormat {
  json,  // [1, 2.5, null] or {"features": [1, 2.5, null], "id": 7}
  csv,   // 1,2.5,
};

// A sample out of a stream, before the transforms.
struct Event {
  std::vector<double> features;  // NaN where a number is missing: null, an empty field, nan
  std::string echo;              // the object's other members, by name: ,"id":7
};

// What a line looks like.
EventFormat format_of(std::string_view line);

// Reads a line to an event, whose memory is used again. `member`: what the features are called in a
// JSON object. Of members called as those of an answer ("line", "prediction", "index", "class",
// "error") there is no echo. Error(bad_data) that says what is wrong with the line.
void parse_event(std::string_view line, EventFormat format, const std::string& member,
                 Event& event);

}  // namespace tusk::inference
