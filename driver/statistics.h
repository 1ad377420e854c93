#pragma once
#include <string>

#include "driver/findings.h"

namespace pg2crdb {

/// How many findings that nobody acknowledged each rule has, the most first; a rule whose findings differ in
/// severity counts with its worst. As a table whose lines are a rule each; empty where there is none.
std::string statistics_text(const JudgedFindings& findings);

/// The same as an array of objects: `rule`, `severity`, `count`, `objects` (different ones that are named).
std::string statistics_json(const JudgedFindings& findings);

}  // namespace pg2crdb
