// Functions and types of extensions that CockroachDB builds in are in no schema there.
#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "ast/walk.h"
#include "parser/sql_tokens.h"
#include "routines/conversion.h"
#include "target/functions.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

/// `public.crypt`, where the script makes no such function.
bool is_built_in_there(const Conversion& conversion, const ast::Name& name) {
  return !name.schema.empty() && name.schema != "pg_catalog" && is_built_in_function(name.name) &&
         !conversion.routine.catalog.has_function(name);
}

/// `public.citext`.
bool is_built_in_type(const Conversion& conversion, const ast::Name& name) {
  return !name.schema.empty() && name.schema != "pg_catalog" && is_extension_type(name.name) &&
         !conversion.routine.catalog.is_user_type(name);
}

void rewrite(Conversion& conversion, ast::Opaque& sql, int32_t offset) {
  const std::string before = sql.text;
  const std::vector<transform::Token> tokens = transform::scan(before).tokens;
  for (size_t i = tokens.size(); i-- > 3;) {
    // 'x'::public.citext, CAST('x' AS public.citext)
    if (tokens[i].is_name() && tokens[i - 1].is(".") && tokens[i - 2].is_name() &&
        (tokens[i - 3].is("::") || tokens[i - 3].is("as")) &&
        is_built_in_type(conversion, {tokens[i - 2].name(), tokens[i].name()})) {
      sql.text.erase(tokens[i - 2].begin, tokens[i].begin - tokens[i - 2].begin);
      conversion.note("the schema of an extension", offset);
      continue;
    }
    const bool is_call = tokens[i].is("(") && tokens[i - 1].is_name() && tokens[i - 2].is(".") &&
                         tokens[i - 3].is_name() && !(i > 3 && tokens[i - 4].is("."));
    const bool inserts = i > 3 && tokens[i - 4].is("into");
    if (!is_call || inserts || !is_built_in_there(conversion, {tokens[i - 3].name(), tokens[i - 1].name()}))
      continue;
    sql.text.erase(tokens[i - 3].begin, tokens[i - 1].begin - tokens[i - 3].begin);
    conversion.note("the schema of an extension", offset);
  }
}

/// `CREATE EXTENSION IF NOT EXISTS` of one that the script makes: it is there when the routine runs.
void leave_out_made(Conversion& conversion) {
  const std::set<std::string, std::less<>>* made = conversion.routine.extensions;
  if (made == nullptr) return;
  each_part(conversion.body, [&](Statement& one) {
    const auto* run = std::get_if<RunSql>(&one.node);
    const auto* create = run == nullptr ? nullptr : std::get_if<ast::CreateExtension>(&run->sql.statement);
    if (create == nullptr || !create->if_not_exists || !made->contains(create->name)) return;
    conversion.note("CREATE EXTENSION", one.offset);
    one.node = Null{};
  });
}

}  // namespace

void convert_extensions(Conversion& conversion) {
  leave_out_made(conversion);
  if (conversion.routine.target.has(Capability::extension_schema)) return;
  const auto unqualify = [&](ast::Name& name, int32_t offset) {
    if (!is_built_in_type(conversion, name)) return;
    name.schema.clear();
    conversion.note("the schema of an extension", offset);
  };
  ast::Visitor look;
  look.expr = [&](ast::Expr& expr) {
    if (auto* cast = std::get_if<ast::Cast>(&expr.node)) unqualify(cast->type.name, expr.offset);
    auto* call = std::get_if<ast::FunctionCall>(&expr.node);
    if (call == nullptr || !is_built_in_there(conversion, call->name)) return;
    call->name.schema.clear();
    conversion.note("the schema of an extension", expr.offset);
    // unaccent with the dictionary that it has anyway
    const bool names_dictionary = call->name.name == "unaccent" && call->arguments.size() == 2;
    if (names_dictionary) call->arguments.erase(call->arguments.begin());
  };
  each_part(conversion.body, [&](VariableType& one) { unqualify(one.type.name, one.offset); });
  look.type = [&](ast::TypeName& type) { unqualify(type.name, 0); };
  ast::walk(conversion.body, look);
  each_part(conversion.body, [&](StaticSql& one) {
    if (auto* text = std::get_if<ast::Opaque>(&one.statement)) rewrite(conversion, *text, one.offset);
  });
}

}  // namespace pg2crdb::routines
