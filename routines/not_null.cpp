// NOT NULL and COLLATE of variables: what would be put into one is looked at before. CockroachDB compares all
// texts byte by byte, as "C" does.
#include <algorithm>
#include <optional>
#include <utility>

#include "ast/walk.h"
#include "routines/conversion.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

bool is_constant(const Value& value) {
  const auto* expr = std::get_if<ast::Expr>(&value.node);
  const auto* literal = expr == nullptr ? nullptr : std::get_if<ast::Literal>(&expr->node);
  return literal != nullptr && literal->kind != ast::Literal::Kind::null;
}

Statement check(const std::string& looked_at, const std::string& variable) {
  Raise raise;
  raise.level = Raise::Level::exception;
  raise.has_format = true;
  raise.format = "null value cannot be assigned to variable \"" + variable + "\" declared NOT NULL";
  raise.options.push_back({"errcode", value_of(text_literal("22004"))});
  Statement raised, result;
  raised.node = std::move(raise);
  ast::NullTest test;
  test.argument = column({looked_at});
  result.node = if_then({std::move(test)}, std::move(raised));
  return result;
}

Statement assignment(const std::string& target, ast::Expr value) {
  Assignment node;
  node.target.names = {target};
  node.value = value_of(std::move(value));
  Statement statement;
  statement.node = std::move(node);
  return statement;
}

class NotNull {
 public:
  NotNull(Conversion& conversion, std::string name) : conversion_(conversion), name_(std::move(name)) {}

  /// Whether all that sets it could be written so.
  bool run(const VariableDeclaration& variable, bool has_handlers) {
    if (conversion_.type_of(name_) == nullptr || !variable.default_value || !are_known()) return false;
    // An error in a declaration is none of the block's, whose handlers do not see it.
    const bool is_checked = !is_constant(*variable.default_value);
    if (is_checked && has_handlers) return false;
    each_part(conversion_.body, [&](Statements& statements) { rewrite(statements); });
    if (!value_.empty()) conversion_.declare(value_, type_);
    checks_first = is_checked;
    return true;
  }
  Statement first_check() const { return check(name_, name_); }

  bool checks_first = false;

 private:
  bool is_it(const Variable& variable) const {
    return variable.names == std::vector{name_} && variable.steps.empty();
  }

  /// Nothing sets it but what can be looked at before.
  bool are_known() {
    size_t named = 0, known = 0;
    bool checked = false;
    each_part(conversion_.body, [&](Variable& one) { named += one.names[0] == name_ ? 1 : 0; });
    each_part(conversion_.body, [&](Assignment& one) {
      if (!is_it(one.target)) return;
      ++known;
      checked = checked || !is_constant(one.value);
    });
    each_part(conversion_.body, [&](RunSql& run) {
      const auto count =
          std::ranges::count_if(run.into.targets, [&](const Variable& one) { return is_it(one); });
      known += static_cast<size_t>(count);
      checked = checked || count > 0;
    });
    bool calls = false;
    each_part(conversion_.body, [&](StaticSql& one) {
      const auto* text = std::get_if<ast::Opaque>(&one.statement);
      calls = calls || (text != nullptr && text->kind == "CALL");  // which may set what it is given
    });
    Variable variable;
    variable.names = {name_};
    const std::optional<ast::TypeName> type = conversion_.single_type(variable);
    if (named != known || calls || (checked && !type)) return false;
    if (checked) {
      type_ = *type;
      value_ = conversion_.new_name(name_ + "_value");
    }
    return true;
  }

  void rewrite(Statements& statements) {
    std::vector<Statement> now;
    for (Statement& one : statements.list) {
      auto* set = std::get_if<Assignment>(&one.node);
      auto* run = std::get_if<RunSql>(&one.node);
      bool sets = set != nullptr && is_it(set->target) && !is_constant(set->value);
      if (sets) set->target.names = {value_};
      for (Variable& target : run == nullptr ? none_ : run->into.targets) {
        if (!is_it(target)) continue;
        target.names = {value_};
        sets = true;
      }
      now.push_back(std::move(one));
      if (!sets) continue;
      now.push_back(check(value_, name_));
      now.push_back(assignment(name_, column({value_})));
    }
    statements.list = std::move(now);
  }

  Conversion& conversion_;
  const std::string name_;
  std::string value_;
  ast::TypeName type_;
  std::vector<Variable> none_;
};

bool is_bytewise(const ast::Name& collation) {
  const bool is_built_in = collation.schema.empty() || collation.schema == "pg_catalog";
  return is_built_in && (collation.name == "C" || collation.name == "POSIX" || collation.name == "default");
}

}  // namespace

void convert_not_null(Conversion& conversion) {
  if (conversion.routine.target.has(Capability::plpgsql_not_null_variables)) return;
  struct Found {
    Block* block = nullptr;
    std::string name;
    int32_t offset = -1;
  };
  std::vector<Found> found;
  each_part(conversion.body, [&](Block& block) {
    for (Declaration& one : block.declarations) {
      auto* variable = std::get_if<VariableDeclaration>(&one.node);
      if (variable == nullptr) continue;
      if (is_bytewise(variable->collation)) {
        variable->collation = {};
        conversion.note("COLLATE of a variable", one.offset);
      }
      if (variable->not_null) found.push_back({&block, one.name, one.offset});
    }
  });
  for (const Found& one : found) {
    const auto declared = std::ranges::find(one.block->declarations, one.name, &Declaration::name);
    NotNull variable(conversion, one.name);
    const auto declaration = std::get<VariableDeclaration>(declared->node);
    if (!variable.run(declaration, !one.block->handlers.empty())) continue;
    // Declarations may have been added.
    const auto now = std::ranges::find(one.block->declarations, one.name, &Declaration::name);
    std::get<VariableDeclaration>(now->node).not_null = false;
    std::vector<Statement>& list = one.block->statements.list;
    if (variable.checks_first) list.insert(list.begin(), variable.first_check());
    conversion.note("a NOT NULL variable", one.offset);
  }
}

}  // namespace pg2crdb::routines
