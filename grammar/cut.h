#pragma once
#include <string_view>

#include "grammar/cockroachdb.h"
#include "grammar/scanner.h"

/// Cuts a text of many statements; between the sources of this folder only.
namespace pg2crdb {

CutText cut_statements(const Scanner& scanner, std::string_view sql);

}  // namespace pg2crdb
