#pragma once
#include <map>
#include <string>

#include "ast/script.h"
#include "diag/diagnostic.h"

namespace pg2crdb {

/// What decisions took away: by the object's name the sentence that says so.
using DecidedCauses = std::map<std::string, std::string>;

/// The name that messages call a statement's object by: a routine's without its arguments.
std::string name_in_messages(std::string object);

/// Findings about statements that wait for what decisions took away get its sentence as a note; those that
/// wait for what is held back by that, too. `script` is as it is after the passes.
void note_decided_causes(const ast::Script& script, DecidedCauses causes, Diagnostics& diagnostics);

}  // namespace pg2crdb
