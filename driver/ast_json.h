#pragma once
#include <string>
#include <vector>

#include "driver/compile.h"

namespace pg2crdb {

/// An input as `read_one` left it, with what it found, as the JSON text of docs/ast.md. Its script moves
/// there.
std::string ast_json(CompiledInput& input, const Diagnostics& diagnostics,
                     const std::vector<InlineIgnore>& ignores);

/// The inverse, whoever changed the text in between: the only input of its run. `name` is a file or "-".
Result<CompiledInput> read_ast(const std::string& name, Diagnostics& diagnostics,
                               std::vector<InlineIgnore>& ignores);

}  // namespace pg2crdb
