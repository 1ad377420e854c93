#pragma once
#include <string>
#include <vector>

#include "rewrite/pass.h"

namespace pg2crdb::bind {

/// What DROP EXTENSION ... CASCADE takes along of a script.
struct ExtensionUses {
  std::vector<ast::StatementId> certain;        ///< that use what is the extension's own
  ast::StatementId unsure = ast::no_statement;  ///< one that may go or lose a part, and it is not known which
  std::string what = {};                        ///< what that one uses: "operator %"
};

/// The extensions that a DROP ... CASCADE takes: those that it names, and those that the script puts into a
/// schema that it names.
std::vector<std::string> dropped_extensions(const ast::Script& script, const ast::Drop& drop);

/// Looks at what stands before the statement, and writes the object `mark` into the names that mean something
/// of the extension.
ExtensionUses uses_of_extension(ast::Script& script, const std::string& extension, const ast::Statement& by,
                                ast::ObjectId mark);

/// Leaves the DROP for a person, and says what goes with the extension. There is something.
void report_extension(PassContext& context, ast::Statement& statement, const std::string& extension,
                      const ExtensionUses& uses);

}  // namespace pg2crdb::bind
