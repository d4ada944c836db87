// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5/links.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

namespace tusk::hdf5 {
namespace {

constexpr std::size_t max_depth = 64;
constexpr std::size_t max_objects = 100'000;

std::vector<std::string> components(const std::string& path) {
  std::vector<std::string> out;
  std::size_t begin = 0;
  while (begin < path.size()) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    if (end > begin) out.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

// Called by HDF5 for each link; an exception must not pass through C.
herr_t collect_name(hid_t, const char* name, const H5L_info_t*, void* names) try {
  auto& list = *static_cast<std::vector<std::string>*>(names);
  list.emplace_back(name);
  return list.size() > max_objects ? 1 : 0;
} catch (...) {
  return -1;
}

Handle root(const FileState& file) {
  Handle group(H5Gopen2(file.id.id(), "/", H5P_DEFAULT), H5Gclose);
  if (!group.valid()) fail_hdf5(ExitCode::bad_data, file.path + ": cannot open the root group");
  return group;
}

Handle child(hid_t parent, const std::string& name, const FileState& file) {
  Handle group(H5Gopen2(parent, name.c_str(), H5P_DEFAULT), H5Gclose);
  if (!group.valid()) {
    fail_hdf5(ExitCode::bad_data, fmt::format("{}: cannot open group '{}'", file.path, name));
  }
  return group;
}

// What `name`, without slashes, is in an open group.
LinkTarget look(hid_t group, const std::string& name) {
  if (name == "." || H5Lexists(group, name.c_str(), H5P_DEFAULT) <= 0) return {};
  H5L_info_t link;
  if (H5Lget_info(group, name.c_str(), &link, H5P_DEFAULT) < 0) return {};
  const auto refused = [](const char* why) {
    return LinkTarget{LinkTarget::Kind::refused, why, 0};
  };
  if (link.type == H5L_TYPE_SOFT) return refused("a soft link");
  if (link.type == H5L_TYPE_EXTERNAL) return refused("a link to another file");
  if (link.type != H5L_TYPE_HARD) return refused("a link of an unknown kind");

  H5O_info_t object;
  if (H5Oget_info_by_name2(group, name.c_str(), &object, H5O_INFO_BASIC, H5P_DEFAULT) < 0) {
    return refused("damaged");
  }
  if (object.type == H5O_TYPE_GROUP) return {LinkTarget::Kind::group, {}, object.addr};
  if (object.type == H5O_TYPE_DATASET) return {LinkTarget::Kind::dataset, {}, object.addr};
  return refused("neither a group nor a data set");
}

// The names in an open group, sorted.
std::vector<std::string> names_in(hid_t group, const FileState& file) {
  std::vector<std::string> names;
  const herr_t stopped =
      H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, collect_name, &names);
  if (stopped < 0) fail_hdf5(ExitCode::bad_data, file.path + ": cannot list a group");
  if (stopped > 0) fail(ExitCode::bad_data, "{}: more than {} objects", file.path, max_objects);
  std::sort(names.begin(), names.end());
  return names;
}

class Walker {
 public:
  Walker(const FileState& file, const std::function<void(const Visited&)>& visit)
      : file_(file), visit_(visit) {}

  void visit_group(hid_t group, const std::string& path, std::size_t depth) {
    if (depth > max_depth) {
      fail(ExitCode::bad_data, "{}: groups are nested more than {} deep", file_.path, max_depth);
    }
    for (const std::string& name : names_in(group, file_)) {
      const LinkTarget target = look(group, name);
      const bool object =
          target.kind == LinkTarget::Kind::group || target.kind == LinkTarget::Kind::dataset;
      if (object && !seen_.insert(target.address).second) continue;
      if (++count_ > max_objects) {
        fail(ExitCode::bad_data, "{}: more than {} objects", file_.path, max_objects);
      }
      const std::string full = path.empty() ? name : fmt::format("{}/{}", path, name);
      visit_({full, depth, target, group, name});
      if (target.kind == LinkTarget::Kind::group) {
        visit_group(child(group, name, file_).id(), full, depth + 1);
      }
    }
  }

  void remember(haddr_t address) { seen_.insert(address); }

 private:
  const FileState& file_;
  const std::function<void(const Visited&)>& visit_;
  std::set<haddr_t> seen_;
  std::size_t count_ = 0;
};

}  // namespace

Located locate(const FileState& file, const std::string& path) {
  Located located{{}, root(file), "."};
  const std::vector<std::string> names = components(path);
  if (names.empty()) {
    located.target.kind = LinkTarget::Kind::group;
    return located;
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    located.target = look(located.parent.id(), names[i]);
    located.leaf = names[i];
    const bool last = i + 1 == names.size();
    if (last || located.target.kind == LinkTarget::Kind::refused) break;
    if (located.target.kind != LinkTarget::Kind::group) {
      located.target = {};
      break;
    }
    located.parent = child(located.parent.id(), names[i], file);
  }
  return located;
}

Handle open_object(const FileState& file, const std::string& path) {
  const Located located = locate(file, path);
  if (located.target.kind == LinkTarget::Kind::refused) {
    fail(ExitCode::bad_data, "{}: '{}' is {}, which Tusk does not follow", file.path, path,
         located.target.refusal);
  }
  if (located.target.kind == LinkTarget::Kind::nothing) {
    fail(ExitCode::bad_data, "{}: there is no '{}'", file.path, path);
  }
  Handle object(H5Oopen(located.parent.id(), located.leaf.c_str(), H5P_DEFAULT), H5Oclose);
  if (!object.valid()) {
    fail_hdf5(ExitCode::bad_data, fmt::format("{}: cannot open '{}'", file.path, path));
  }
  return object;
}

void walk(const FileState& file, const std::function<void(const Visited&)>& visit) {
  const Handle top = root(file);
  H5O_info_t object;
  if (H5Oget_info2(top.id(), &object, H5O_INFO_BASIC) < 0) {
    fail_hdf5(ExitCode::bad_data, file.path + ": the root group is damaged");
  }
  Walker walker(file, visit);
  walker.remember(object.addr);
  visit({"", 0, {LinkTarget::Kind::group, {}, object.addr}, file.id.id(), "/"});
  walker.visit_group(top.id(), "", 1);
}

}  // namespace tusk::hdf5
