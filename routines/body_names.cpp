#include "routines/body_names.h"

#include <algorithm>

#include "ast/body_parts.h"
#include "parser/plpgsql.h"
#include "parser/sql_tokens.h"

namespace pg2crdb::routines {
namespace {

/// A name without quotes is no longer than its text.
bool is_called(const transform::Token& token, const std::string& name) {
  return token.text.size() >= name.size() && token.name() == name;
}

bool is_named(const std::vector<transform::Token>& tokens, const ast::Name& type) {
  const std::string schema = type.schema.empty() ? "public" : type.schema;
  for (size_t i = 1; i < tokens.size(); ++i) {
    if (!tokens[i].is_name() || !is_called(tokens[i], type.name)) continue;
    if (i + 1 < tokens.size() && tokens[i + 1].is("(")) continue;
    if (tokens[i - 1].is("::")) return true;
    const bool qualified = i > 1 && tokens[i - 1].is(".") && tokens[i - 2].is_name();
    if (qualified && tokens[i - 2].name() == schema && !(i > 2 && tokens[i - 3].is("."))) return true;
  }
  return false;
}

/// The type of a variable in PL/pgSQL, which stands behind its name without a mark.
const ast::Name* declared_type(const std::string& body, const std::vector<const ast::Name*>& types) {
  ParsedBody parsed = parse_plpgsql(body);
  const ast::Name* found = nullptr;
  if (!parsed.body) return found;
  ast::plpgsql::each_part(*parsed.body, [&](ast::plpgsql::Declaration& one) {
    const auto* variable = std::get_if<ast::plpgsql::VariableDeclaration>(&one.node);
    if (variable == nullptr || variable->type.kind != ast::plpgsql::VariableType::Kind::named) return;
    const ast::Name& name = variable->type.type.name;
    for (const ast::Name* type : types) {
      if (name.name == type->name &&
          (name.schema.empty() || type->schema.empty() || name.schema == type->schema))
        found = type;
    }
  });
  return found;
}

}  // namespace

NamedTypes::NamedTypes(std::vector<const ast::Name*> types) : types_(std::move(types)) {
  for (const ast::Name* type : types_) {
    words_.add(type->name);
    names_.insert(type->name);
  }
}

const ast::Name* NamedTypes::in(const std::string& body) const {
  if (!words_.may_be_in(body)) return nullptr;
  const std::vector<transform::Token> tokens = transform::scan(body).tokens;
  const bool has_name = std::ranges::any_of(tokens, [&](const transform::Token& token) {
    return token.is_name() && names_.contains(token.name());
  });
  if (!has_name) return nullptr;
  const auto found =
      std::ranges::find_if(types_, [&](const ast::Name* type) { return is_named(tokens, *type); });
  return found == types_.end() ? declared_type(body, types_) : *found;
}

}  // namespace pg2crdb::routines
