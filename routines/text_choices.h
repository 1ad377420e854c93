#pragma once
#include <optional>
#include <vector>

#include "routines/conversion.h"

namespace pg2crdb::routines {

/// One of a few texts that an EXECUTE may run.
struct TextChoice {
  std::optional<ast::Expr> condition;       ///< none: where none of those before holds
  std::optional<ast::plpgsql::Value> text;  ///< none: it is NULL
};

/// The texts of an expression which has a CASE in it, or a variable that a loop over constants sets, or that
/// is set to constants alone; nothing where there is none of these, or where one may be NULL and what comes
/// of that is not known. `statement` is the one of the body that has the expression. Only one is replaced:
/// there may be others in the texts.
std::optional<std::vector<TextChoice>> text_choices(Conversion& conversion,
                                                    const ast::plpgsql::Statement& statement,
                                                    const ast::plpgsql::Value& text);

}  // namespace pg2crdb::routines
