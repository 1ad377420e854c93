#pragma once
#include <string_view>

#include "driver/config.h"

namespace pg2crdb {

/// What is cheap to tell of a statement's text as it was read, before it is copied: false where no decision
/// by `statement` or `find` is about it.
bool may_be_about(const Decision& decision, std::string_view source);

}  // namespace pg2crdb
