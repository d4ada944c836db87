// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tusk::inference {

// How lines hold samples.
enum class EventFormat {
  json,  // [1, 2.5, null] or {"features": [1, 2.5, null], "id": 7}; of several inputs an object
         // with a member each
  csv,   // 1,2.5, for a model of one input
};

// A sample out of a stream, before the transforms.
struct Event {
  // The numbers of each input; NaN where one is missing: null, an empty field, nan.
  std::vector<std::vector<double>> inputs;
  std::string echo;  // the object's other members, by name: ,"id":7
};

// What a line looks like.
EventFormat format_of(std::string_view line);

// Members of a JSON object.
struct EventMembers {
  std::vector<std::string> inputs;      // what the numbers of each input are called
  std::vector<std::string> of_answers;  // what an answer says; of an event's own there is no echo
};

// Reads a line to an event, whose memory is used again. Error(bad_data) that says what is wrong
// with the line.
void parse_event(std::string_view line, EventFormat format, const EventMembers& members,
                 Event& event);

}  // namespace tusk::inference
