// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/state_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <string>

#include "tusk/error.hpp"

namespace tusk::checkpoint {
namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 20;
constexpr std::array<char, 8> magic{'T', 'U', 'S', 'K', 'S', 'T', 'A', 'T'};
constexpr std::uint64_t format_version = 2;

struct FileHeading {
  std::array<char, 8> magic{};
  std::uint64_t version = 0;
  std::uint64_t bytes = 0;
  std::uint64_t checksum = 0;  // of what stands before it
};

std::uint64_t checksum_of_heading(const FileHeading& heading) {
  return checksum_of(std::as_bytes(std::span(&heading, 1)).first(offsetof(FileHeading, checksum)));
}

// A file descriptor, closed at its end.
class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags)
      : number_(::open(path.c_str(), flags | O_CLOEXEC, S_IRUSR | S_IWUSR)) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }

 private:
  int number_;
};

void write_all(int descriptor, const void* bytes, std::size_t count, const std::string& path) {
  const auto* at = static_cast<const char*>(bytes);
  while (count > 0) {
    const ssize_t written = ::write(descriptor, at, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail(ExitCode::io_error, "{}: {}", path, std::strerror(errno));
    at += written;
    count -= static_cast<std::size_t>(written);
  }
}

// False at the end of the file.
bool read_all(int descriptor, void* bytes, std::size_t count, const std::string& path) {
  auto* at = static_cast<char*>(bytes);
  while (count > 0) {
    const ssize_t got = ::read(descriptor, at, count);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(ExitCode::io_error, "{}: {}", path, std::strerror(errno));
    if (got == 0) return false;
    at += got;
    count -= static_cast<std::size_t>(got);
  }
  return true;
}

}  // namespace

// Four sums beside each other, so that they do not wait for one another. Each step can be undone:
// two inputs that differ in one word never meet again.
std::uint64_t checksum_of(std::span<const std::byte> bytes) {
  constexpr std::uint64_t factor = 0x9E3779B97F4A7C15U;
  std::array<std::uint64_t, 4> sums{1, 2, 3, 4};
  const auto mix = [](std::uint64_t& sum, std::uint64_t word) {
    sum = std::rotl((sum ^ word) * factor, 29);
  };
  const std::byte* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= sizeof sums; left -= sizeof sums, at += sizeof sums) {
    std::array<std::uint64_t, 4> words;
    std::memcpy(words.data(), at, sizeof words);
    for (std::size_t lane = 0; lane < sums.size(); ++lane) mix(sums[lane], words[lane]);
  }
  for (std::size_t lane = 0; left > 0; lane = (lane + 1) % sums.size()) {
    std::uint64_t word = 0;
    const std::size_t count = std::min(left, sizeof word);
    std::memcpy(&word, at, count);
    mix(sums[lane], word);
    at += count;
    left -= count;
  }
  std::uint64_t whole = bytes.size();
  for (const std::uint64_t sum : sums) mix(whole, sum);
  return whole ^ (whole >> 32);
}

void write_state_file(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  const std::string name = path.string();
  const Descriptor file(path, O_WRONLY | O_CREAT | O_EXCL);
  if (file.number() < 0) {
    fail(ExitCode::cannot_create, "{} cannot be created: {}", name, std::strerror(errno));
  }
  FileHeading heading{.magic = magic, .version = format_version, .bytes = bytes.size()};
  heading.checksum = checksum_of_heading(heading);
  write_all(file.number(), &heading, sizeof heading, name);
  for (std::size_t begin = 0; begin < bytes.size(); begin += block_bytes) {
    const auto block = bytes.subspan(begin, std::min(block_bytes, bytes.size() - begin));
    const std::uint64_t checksum = checksum_of(block);
    write_all(file.number(), block.data(), block.size(), name);
    write_all(file.number(), &checksum, sizeof checksum, name);
  }
  if (::fsync(file.number()) != 0) fail(ExitCode::io_error, "{}: {}", name, std::strerror(errno));
}

std::vector<std::byte> read_state_file(const std::filesystem::path& path) {
  const std::string name = path.string();
  const Descriptor file(path, O_RDONLY);
  if (file.number() < 0) {
    fail(ExitCode::no_input, "{} cannot be opened: {}", name, std::strerror(errno));
  }
  FileHeading heading;
  const bool whole = read_all(file.number(), &heading, sizeof heading, name);
  if (!whole || heading.magic != magic || heading.checksum != checksum_of_heading(heading)) {
    fail(ExitCode::bad_data, "{} is damaged, or no part of a checkpoint", name);
  }
  if (heading.version != format_version) {
    fail(ExitCode::bad_data, "{} is of version {} of checkpoints, this program reads version {}",
         name, heading.version, format_version);
  }
  struct stat status {};
  const std::uint64_t blocks = (heading.bytes + block_bytes - 1) / block_bytes;
  if (::fstat(file.number(), &status) != 0 ||
      static_cast<std::uint64_t>(status.st_size) !=
          sizeof heading + heading.bytes + blocks * sizeof(std::uint64_t)) {
    fail(ExitCode::bad_data, "{} is damaged: it has {} bytes", name, status.st_size);
  }
  std::vector<std::byte> bytes(heading.bytes);
  for (std::size_t begin = 0; begin < bytes.size(); begin += block_bytes) {
    const auto block = std::span(bytes).subspan(begin, std::min(block_bytes, bytes.size() - begin));
    std::uint64_t checksum = 0;
    if (!read_all(file.number(), block.data(), block.size(), name) ||
        !read_all(file.number(), &checksum, sizeof checksum, name) ||
        checksum != checksum_of(block)) {
      fail(ExitCode::bad_data, "{} is damaged: the checksum of bytes {} to {} is wrong", name,
           begin, begin + block.size());
    }
  }
  return bytes;
}

void sync_to_disk(const std::filesystem::path& path) {
  const Descriptor file(path, O_RDONLY);
  if (file.number() < 0 || ::fsync(file.number()) != 0) {
    fail(ExitCode::io_error, "{} cannot be written to disk: {}", path.string(),
         std::strerror(errno));
  }
}

}  // namespace tusk::checkpoint
