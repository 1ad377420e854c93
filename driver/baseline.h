#pragma once
#include <cstddef>
#include <span>
#include <string>

#include "driver/compile.h"
#include "driver/findings.h"
#include "support/result.h"

/// What a script is told that had findings before somebody looked: only new ones count.
namespace pg2crdb {

/// What a baseline and the findings of a run have to do with each other.
struct BaselineUse {
  size_t known = 0;  ///< findings that stand in it
  size_t gone = 0;   ///< findings of it that are no more
};

/// Acknowledges the findings that stand in the baseline at `path`, each as often as it stands there. A
/// finding is the same by its file, its rule, its object and its message without the lines that it names: it
/// may stand elsewhere in the file. Fails where the baseline cannot be read, with the line.
Result<BaselineUse> take_baseline(JudgedFindings& findings, const std::string& path);

/// The text of a baseline at `path` that holds what nobody has acknowledged yet: a JSON object a line, in an
/// order of its own, with files as they are called from its folder on. What one that is there says of files
/// that were not looked at stays. Acknowledges what it holds.
std::string make_baseline(JudgedFindings& findings, const std::string& path);

/// Acknowledges the findings of statements whose lines are in git's revision `revision` as they are now, and
/// so those of all that `inputs` have merged into them. What is in no file, or in one that git does not know,
/// counts as changed. Fails with what git says.
Result<void> take_unchanged(JudgedFindings& findings, std::span<const CompiledInput> inputs,
                            const std::string& revision);

}  // namespace pg2crdb
