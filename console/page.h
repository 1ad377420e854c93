#pragma once
#include <optional>
#include <string_view>

#include "console/http.h"

namespace pg2crdb::console {

// The files of console/page, behind those of the report's page that they build on; the build puts them into
// the program.
extern const std::string_view page_css;
extern const std::string_view page_js;

/// One of the page's own files; 404 for all else.
Response page_file(std::string_view path);

}  // namespace pg2crdb::console
