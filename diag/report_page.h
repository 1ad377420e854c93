#pragma once
#include <string_view>

namespace pg2crdb {

// The files of diag/report, which the build puts into the program.
extern const std::string_view report_css;
extern const std::string_view report_js;

}  // namespace pg2crdb
