#pragma once
#include <string>
#include <string_view>

#include "ast/expr.h"

namespace pg2crdb::adapt {

/// A regular expression that stands written in an expression.
struct Pattern {
  std::string_view text;        ///< of the tree's literal
  bool is_replaced = false;     ///< what it matches is given, cut out or replaced; else only whether it does
  std::string_view flags = {};  ///< of the argument for them, where that is a constant
};

/// Of `~` and its kin, regexp_..(text, pattern ..) and substring(text FROM pattern); empty text for others.
Pattern written_pattern(const ast::Expr& expr);

/// The part of a PostgreSQL regular expression that RE2 does not read, which are its options, too (RE2's
/// syntax page: of PostgreSQL's it has i, m and s); empty where it reads all.
std::string_view foreign_to_re2(std::string_view pattern);

/// The first flag that CockroachDB's functions do not take; empty where they take all. Its functions page,
/// regexp_replace: c g i m n p s w.
std::string_view foreign_flag(std::string_view flags);

/// What makes RE2, which reads it, match something else than PostgreSQL; empty where nothing does.
/// PostgreSQL 9.7.3.1 to 9.7.3.5: the longest match, one greediness a branch, characters by the locale;
/// RE2's syntax page: the first alternative that matches, a greediness each, \w and [[:alpha:]] of ASCII.
std::string different_in_re2(const Pattern& pattern);

}  // namespace pg2crdb::adapt
