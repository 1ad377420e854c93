#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pg2crdb {

/// A comment that reads as if a migration's way up or down began, as tools write it whose marks we do not
/// know: `-- Down Migration`, `/* ==== UP ==== */`.
struct WayComment {
  bool down = false;
  bool sure = false;         ///< nothing else is written so: `-- //@UNDO`
  std::string pattern = {};  ///< the words around the way's own: a tool has the same for both of its ways
};

/// Nothing for comments of other words. Most of those that name a way are only comments: they are marks where
/// both ways of one pattern stand in a file.
std::optional<WayComment> way_comment(std::string_view comment);

/// Of files that no tool is known of: one that is called like the way down of another, and that one:
/// `001.undo.a.sql` and `001.do.a.sql`, `1-down.sql` and `1-up.sql`, `1.rollback.sql` and `1.sql`.
std::optional<std::pair<std::string, std::string>> way_down_among(const std::vector<std::string>& paths);

}  // namespace pg2crdb
