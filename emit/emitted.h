#pragma once
#include <string>
#include <vector>

#include "ast/script.h"
#include "emit/order.h"
#include "support/source_file.h"

namespace pg2crdb {

/// One statement as SQL of CockroachDB. It is printed once; the self-check, the phase files, the load plan
/// and the report read it here.
struct EmittedStatement {
  const ast::Statement* statement = nullptr;
  ast::Phase phase =
      ast::Phase::pre_data;  ///< where it stands, which may be another than the statement's own
  std::string sql;           ///< without semicolon; of one held back: what it would be
  std::string failure;       ///< why it could not be printed; `sql` is then the dump's text. Else empty

  /// It needs a person and is a comment in the output. Follows the statement's fate.
  bool held_back() const { return statement->fate == ast::Fate::needs_person; }
};

/// All that is put out, in order. Points into the script.
using EmittedScript = std::vector<EmittedStatement>;

/// Prints every statement of `output_order`. One that cannot be printed costs nothing but itself: see
/// `EmittedStatement::failure`.
EmittedScript emit_script(const ast::Script& script, const SourceFile& file);

}  // namespace pg2crdb
