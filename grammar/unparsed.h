#pragma once

namespace pg2crdb {

/// Thrown through the generated rules, which catch only ANTLR's own exceptions.
struct Unparsed {};

}  // namespace pg2crdb
