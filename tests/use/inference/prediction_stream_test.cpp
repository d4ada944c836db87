// SPDX-License-Identifier: Apache-2.0
#include "use/inference/prediction_stream.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "check_fails.hpp"

namespace tusk::inference {
namespace {

// A model of two inputs that doubles them (by its transform) and hands them on.
evaluation::TrainedModel model(bool classifies = true) {
  const ModelOptions options{.layers = {DenseOptions{.units = 2, .use_bias = false}},
                             .loss = LossKind::mse};
  std::vector<std::string> names;
  if (classifies) names = {"b\"", "s"};
  return {.model = graph::Model(options, {2}),
          .classifies = classifies,
          .weights = {1, 0, 0, 1},
          .transforms = transforms::Transforms::from_json(
              R"([{"type":"scale","factor":2.0,"offset":0.0}])", "test", {}),
          .class_names = names};
}

std::vector<evaluation::TrainedModel> one_model(bool classifies = true) {
  std::vector<evaluation::TrainedModel> members;
  members.push_back(model(classifies));
  return members;
}

struct PipeEnds {
  std::array<int, 2> ends{};
  PipeEnds() { REQUIRE(::pipe(ends.data()) == 0); }
};

std::string read_all(int descriptor) {
  std::string text;
  std::array<char, 4096> piece{};
  for (ssize_t bytes = 1; bytes > 0;) {
    bytes = ::read(descriptor, piece.data(), piece.size());
    if (bytes > 0) text.append(piece.data(), static_cast<std::size_t>(bytes));
  }
  ::close(descriptor);
  return text;
}

void write_all(int descriptor, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t bytes = ::write(descriptor, text.data() + at, text.size() - at);
    REQUIRE(bytes > 0);
    at += static_cast<std::size_t>(bytes);
  }
  ::close(descriptor);
}

struct Answers {
  std::string text;
  StreamCounts counts;
};

Answers answers_to(const std::string& input, std::span<const evaluation::TrainedModel> members,
                   const StreamOptions& options = {},
                   evaluation::Combine combine = evaluation::Combine::mean) {
  PipeEnds in;
  PipeEnds out;
  Answers answers;
  std::thread writer([&] { write_all(in.ends[1], input); });
  std::thread reader([&] { answers.text = read_all(out.ends[0]); });
  answers.counts = stream_predictions(in.ends[0], out.ends[1], members, combine, options);
  ::close(out.ends[1]);
  writer.join();
  reader.join();
  ::close(in.ends[0]);
  return answers;
}

}  // namespace

TEST_CASE("a byte order mark before the first line is no part of it") {
  const auto members = one_model(false);
  for (const std::string line : {"[1,2]\n", "1,2\n"}) {
    CHECK(answers_to("\xEF\xBB\xBF" + line + line, members).text ==
          "{\"line\":1,\"prediction\":[2,4]}\n{\"line\":2,\"prediction\":[2,4]}\n");
  }
}

TEST_CASE("every line is answered in order, a bad one by an error in its place") {
  const auto members = one_model();
  const Answers answers = answers_to(
      "[1,2]\n"
      "[1]\n"
      "{\"id\":7,\"features\":[0.25,0.125]}\r\n"
      "\n"
      "[1,null]\n"
      "[3e38,1]\n"
      "[0,0]",
      members);
  CHECK(answers.text ==
        "{\"line\":1,\"prediction\":[2,4],\"index\":1,\"class\":\"s\"}\n"
        "{\"line\":2,\"error\":\"1 feature, but the model takes 2\"}\n"
        "{\"line\":3,\"prediction\":[0.5,0.25],\"index\":0,\"class\":\"b\\\"\",\"id\":7}\n"
        "{\"line\":4,\"error\":\"the line is empty\"}\n"
        "{\"line\":5,\"error\":\"nan in column 1; features must be finite\"}\n"
        "{\"line\":6,\"error\":\"" +
            members[0].transforms.front().objection(std::vector<Real>{3e38F, 1}) +
            "\"}\n"
            "{\"line\":7,\"prediction\":[0,0],\"index\":0,\"class\":\"b\\\"\"}\n");
  CHECK(answers.counts.lines == 7);
  CHECK(answers.counts.bad_lines == 4);
  CHECK_FALSE(answers.counts.reader_left);
}

TEST_CASE("CSV is told from JSON by the first line that is not empty") {
  const auto members = one_model(false);
  CHECK(answers_to(" \n[1,2]\n", members).counts.bad_lines == 1);
  CHECK(answers_to("\n1,2\n[1,2]\n", members).text ==
        "{\"line\":1,\"error\":\"the line is empty\"}\n"
        "{\"line\":2,\"prediction\":[2,4]}\n"
        "{\"line\":3,\"error\":\"feature 0 is no number: \\\"[1\\\"\"}\n");
  CHECK(answers_to("1,2\n", members, {.format = EventFormat::json}).counts.bad_lines == 1);
}

TEST_CASE("a header that is not the model's columns in their order ends the stream") {
  auto members = one_model(false);
  members[0].columns.names = {"a", "b"};
  const std::string header = "{\"line\":1,\"error\":\"feature 0 is no number: \\\"a\\\"\"}\n";
  CHECK(answers_to("a, b\n1,2\n", members).text == header + "{\"line\":2,\"prediction\":[2,4]}\n");
  CHECK(answers_to("\"a\",\"b\"\n1,2\n", members).counts.bad_lines == 1);
  CHECK(answers_to("hello\n1,2\n", members).counts.bad_lines == 1);
  for (const char* other : {"b,a\n1,2\n", "\"b\",\"a\"\n1,2\n", "a,b,label\n1,2,0\n", "a\n"}) {
    CAPTURE(other);
    PipeEnds in;
    PipeEnds out;
    write_all(in.ends[1], std::string("1,2\n") + other);
    CHECK_FAILS(stream_predictions(in.ends[0], out.ends[1], members, evaluation::Combine::mean, {}),
                ExitCode::bad_data, "line 2 names the columns");
    ::close(in.ends[0]);
    ::close(out.ends[1]);
    CHECK(read_all(out.ends[0]).starts_with("{\"line\":1,\"prediction\""));  // as ever
  }
}

TEST_CASE("the batches of a stream change no answer") {
  const auto members = one_model(false);
  std::string input;
  std::string expected;
  for (int i = 0; i < 20'000; ++i) {
    input += fmt::format("[{},{}]\n", i, -i);
    expected += fmt::format("{{\"line\":{},\"prediction\":[{},{}]}}\n", i + 1, 2 * i, -2 * i);
  }
  for (const std::size_t max_batch : {1, 7, 1024}) {
    CHECK(answers_to(input, members, {.max_batch = max_batch}).text == expected);
  }
}

TEST_CASE("a line alone is answered while the stream goes on") {
  const auto members = one_model();
  PipeEnds in;
  PipeEnds out;
  std::thread stream([&] {
    stream_predictions(in.ends[0], out.ends[1], members, evaluation::Combine::mean,
                       {.max_wait = std::chrono::hours(1)});
    ::close(out.ends[1]);
  });
  for (int i = 0; i < 3; ++i) {
    REQUIRE(::write(in.ends[1], "[1,2]\n[1", 8) == 8);  // the half line waits for its other half
    std::array<char, 256> answer{};
    CHECK(::read(out.ends[0], answer.data(), answer.size()) > 0);
    REQUIRE(::write(in.ends[1], ",1]\n", 4) == 4);
    CHECK(::read(out.ends[0], answer.data(), answer.size()) > 0);
  }
  ::close(in.ends[1]);
  stream.join();
  CHECK(read_all(out.ends[0]).empty());
  ::close(in.ends[0]);
}

TEST_CASE("a stream whose answers nobody reads ends, one that cannot be written fails") {
  std::signal(SIGPIPE, SIG_IGN);
  const auto members = one_model();
  PipeEnds in;
  PipeEnds out;
  ::close(out.ends[0]);
  write_all(in.ends[1], "[1,2]\n");
  const auto counts =
      stream_predictions(in.ends[0], out.ends[1], members, evaluation::Combine::mean, {});
  CHECK(counts.reader_left);
  ::close(in.ends[0]);
  PipeEnds again;
  write_all(again.ends[1], "[1,2]\n");
  CHECK_FAILS(stream_predictions(again.ends[0], -1, members, evaluation::Combine::mean, {}),
              ExitCode::io_error, "cannot be written");
}

TEST_CASE("an ensemble's members see a sample each by its own transforms") {
  std::vector<evaluation::TrainedModel> members = one_model();
  members.push_back(model());
  members[1].transforms = {};
  CHECK(answers_to("[2,4]\n", members).text.starts_with("{\"line\":1,\"prediction\":[3,6],"));
  CHECK(answers_to("[2,4]\n", members, {}, evaluation::Combine::vote)
            .text.starts_with("{\"line\":1,\"prediction\":[0,1],"));
}

}  // namespace tusk::inference
