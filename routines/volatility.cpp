#include "routines/volatility.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "ast/body_parts.h"
#include "ast/walk.h"
#include "parser/plpgsql.h"
#include "target/functions.h"

namespace pg2crdb::routines {
namespace {

namespace body = ast::plpgsql;

/// Casts to them give the same in every session, whatever is cast.
constexpr std::string_view plain_types[] = {"bit",  "bool", "bytea", "float4", "float8",  "int2",
                                            "int4", "int8", "json",  "jsonb",  "numeric", "uuid"};
/// Their text is the same in every session.
constexpr std::string_view plain_texts[] = {"bool",    "bpchar", "int2", "int4",   "int8",
                                            "numeric", "text",   "uuid", "varchar"};

template <class Range>
bool contains(const Range& range, std::string_view word) {
  return std::ranges::find(range, word) != std::end(range);
}

bool is_built_in(const ast::Name& name) {
  return name.schema.empty() || name.schema == "pg_catalog";
}

bool is_text(const ast::TypeName& type) {
  return is_built_in(type.name) &&
         contains(std::initializer_list<std::string_view>{"bpchar", "name", "text", "varchar"},
                  type.name.name);
}

class Needs {
 public:
  Needs(const ast::CreateFunction& function, const CalledVolatility& called)
      : function_(function), called_(called) {
    int64_t number = 0;
    for (const ast::FunctionParameter& parameter : function.parameters) {
      types_.emplace(parameter.name, &parameter.type);
      types_.emplace("$" + std::to_string(++number), &parameter.type);
      with_zone(parameter.type);
    }
    look_.expr = [this](ast::Expr& expr) { look_at(expr); };
    look_.table_ref = [this](ast::TableRef& table) {
      if (!table.name.schema.empty() || !common_tables_.contains(table.name.name))
        add(Volatility::stable, "it reads `" + to_string(table.name) + "`");
    };
    look_.query = [this](ast::Query& query) {
      if (!query.locking.empty()) add(Volatility::volatile_, "it locks rows");
    };
  }

  NeededVolatility of_plpgsql(body::Body& read) {
    body::each_part(read, [this](body::Declaration& one) {
      const auto* variable = std::get_if<body::VariableDeclaration>(&one.node);
      if (variable != nullptr) types_.emplace(one.name, &variable->type.type);
    });
    body::each_part(read, [this](body::VariableType& type) { with_zone(type.type); });
    body::each_part(read, [this](body::StaticSql& sql) { statement(sql.statement); });
    body::each_part(read, [this](body::Value& value) { this->value(value); });
    body::each_part(read, [this](body::Assignment& one) {
      const auto known = types_.find(one.target.names.size() == 1 ? one.target.names[0] : "");
      becomes(one.value, known == types_.end() ? nullptr : known->second);
    });
    body::each_part(read, [this](body::Return& one) {
      if (one.value && function_.returns) becomes(*one.value, &*function_.returns);
    });
    body::each_part(read, [this](body::Declaration& one) {
      auto* variable = std::get_if<body::VariableDeclaration>(&one.node);
      if (variable != nullptr && variable->default_value)
        becomes(*variable->default_value, &variable->type.type);
    });
    body::each_part(read, [this](body::VariableType& type) {
      if (type.kind == body::VariableType::Kind::named) return;
      add(Volatility::stable, "it reads a type of the catalog");
    });
    statements(read);
    const bool returns_by_itself =
        function_.returns->set_of || function_.returns->name.name == "void" ||
        std::ranges::any_of(function_.parameters, [](const ast::FunctionParameter& parameter) {
          return parameter.mode != ast::FunctionParameter::Mode::in &&
                 parameter.mode != ast::FunctionParameter::Mode::variadic;
        });
    if (!returns_by_itself && may_end(read.block.statements))
      add(Volatility::volatile_, "its end may be reached without RETURN, which is an error");
    return std::move(needed_);
  }

 private:
  void add(Volatility volatility, std::string why) {
    if (volatility > needed_.volatility) needed_ = {volatility, std::move(why)};
  }

  void with_zone(const ast::TypeName& type) {
    if (type.name.name == "timestamptz" || type.name.name == "timetz")
      add(Volatility::stable, "it computes with time zones");
  }

  void statement(ast::StatementNode& node) {
    auto* select = std::get_if<ast::SelectStatement>(&node);
    if (select == nullptr) return add(Volatility::volatile_, "it runs more than queries");
    query(*select->query);
  }

  void query(ast::Query& query) {
    ast::Visitor names;
    names.query = [this](ast::Query& one) {
      for (const ast::CommonTable& table : one.with) common_tables_.insert(table.name);
    };
    ast::walk(query, names);
    ast::walk(query, look_);
  }

  void value(body::Value& value) {
    if (auto* expr = std::get_if<ast::Expr>(&value.node)) {
      ast::SelectItem item;
      item.expr = *expr;
      ast::Query as_query;
      as_query.targets.push_back(std::move(item));
      query(as_query);
    } else if (auto* one = std::get_if<ast::Query>(&value.node)) {
      query(*one);
    } else {
      add(Volatility::stable, "it computes what is not read here");
    }
  }

  void look_at(const ast::Expr& expr) {
    if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node)) {
      look_at_call(*call);
    } else if (const auto* cast = std::get_if<ast::Cast>(&expr.node)) {
      if (!is_plain(*cast)) add(Volatility::stable, "it casts to `" + to_string(cast->type.name) + "`");
    } else if (const auto* keyword = std::get_if<ast::ValueFunction>(&expr.node)) {
      add(Volatility::stable, "it calls " + keyword->keyword);
    } else if (const auto* operation = std::get_if<ast::Operation>(&expr.node)) {
      const bool joins = operation->op.size() == 1 && operation->op[0] == "||" && operation->left;
      if (joins) {
        becomes_text(*operation->left);
        becomes_text(*operation->right);
      }
    }
  }

  /// A variable whose text is another one in other sessions.
  void becomes_text(const ast::Expr& expr) {
    const ast::TypeName* type = type_of(expr);
    if (type != nullptr && is_of_session(*type))
      add(Volatility::stable, "it makes a text of a `" + to_string(type->name) + "`");
  }

  static bool is_of_session(const ast::TypeName& type) {
    constexpr std::string_view times[] = {"date", "interval", "time", "timestamp", "timestamptz", "timetz"};
    return is_built_in(type.name) && type.array_bounds.empty() && contains(times, type.name.name);
  }

  /// What is assigned or returned becomes another type as by a cast.
  void becomes(const body::Value& value, const ast::TypeName* to) {
    const auto* expr = std::get_if<ast::Expr>(&value.node);
    const ast::TypeName* from = expr == nullptr ? nullptr : type_of(*expr);
    if (from == nullptr || to == nullptr) return;
    if ((is_of_session(*from) && is_text(*to)) || (is_text(*from) && is_of_session(*to)))
      add(Volatility::stable, "it casts to `" + to_string(to->name) + "`");
  }

  /// Of a variable or parameter, where it is known.
  const ast::TypeName* type_of(const ast::Expr& expr) const {
    std::string name;
    if (const auto* column = std::get_if<ast::ColumnRef>(&expr.node)) {
      if (column->names.size() == 1) name = column->names[0];
    } else if (const auto* parameter = std::get_if<ast::Parameter>(&expr.node)) {
      name = "$" + std::to_string(parameter->number);
    }
    const auto known = types_.find(name);
    return known == types_.end() ? nullptr : known->second;
  }

  void look_at_call(const ast::FunctionCall& call) {
    const std::string& name = call.name.name;
    if (const std::optional<Volatility> own = called_(call.name)) {
      if (*own != Volatility::immutable)
        add(*own, "it calls `" + to_string(call.name) + "`, which is " +
                      (*own == Volatility::stable ? "STABLE" : "VOLATILE"));
    } else if (const Volatility most = of_built_in(call.name); most != Volatility::immutable) {
      add(most, "it calls " + name + "()");
    }
  }

  /// Of what is not known it is only sure that it may not be immutable.
  static Volatility of_built_in(const ast::Name& name) {
    const Volatility known = built_in_volatility(name.name);
    const bool is_sure =
        is_built_in(name) && is_built_in_function(name.name) && !has_changing_overload(name.name);
    return known == Volatility::immutable && !is_sure ? Volatility::stable : known;
  }

  bool is_plain(const ast::Cast& cast) const {
    if (!cast.type.array_bounds.empty()) return false;
    if (is_built_in(cast.type.name) && contains(plain_types, cast.type.name.name)) return true;
    if (!is_text(cast.type)) return false;
    if (std::holds_alternative<ast::Literal>(cast.argument->node)) return true;
    if (const auto* inner = std::get_if<ast::Cast>(&cast.argument->node)) return is_plain(*inner);
    const ast::TypeName* known = type_of(*cast.argument);
    return known != nullptr && known->array_bounds.empty() && contains(plain_texts, known->name.name);
  }

  /// What CockroachDB makes a volatile call of, whatever it does.
  void statements(body::Body& read) {
    const auto runs = [this](std::string what) { add(Volatility::volatile_, "it has " + std::move(what)); };
    body::each_part(read, [&](body::Raise&) { runs("RAISE"); });
    body::each_part(read, [&](body::Assert&) { runs("ASSERT"); });
    body::each_part(read, [&](body::Handler&) { runs("EXCEPTION"); });
    body::each_part(read, [&](body::Open&) { runs("a cursor"); });
    body::each_part(read, [&](body::Fetch&) { runs("a cursor"); });
    body::each_part(read, [&](body::Close&) { runs("a cursor"); });
    body::each_part(read, [&](body::ForCursor&) { runs("a cursor"); });
    body::each_part(read, [&](body::Execute&) { runs("EXECUTE"); });
    body::each_part(read, [&](body::EndTransaction&) { runs("COMMIT"); });
    body::each_part(read, [&](body::Into& into) {
      if (into.strict) runs("INTO STRICT");
    });
    body::each_part(read, [&](body::ForRange& loop) {
      if (!is_constant(loop.from) || !is_constant(loop.to) || (loop.by && !is_constant(*loop.by)))
        runs("FOR with computed bounds");
    });
  }

  static bool is_constant(const body::Value& value) {
    const auto* expr = std::get_if<ast::Expr>(&value.node);
    return expr != nullptr && std::holds_alternative<ast::Literal>(expr->node);
  }

  /// Whether what stands behind the statements may be reached.
  static bool may_end(const body::Statements& statements) {
    if (statements.list.empty()) return true;
    const auto& last = statements.list.back().node;
    if (std::holds_alternative<body::Return>(last)) return false;
    if (const auto* choice = std::get_if<body::If>(&last)) {
      return !choice->has_else || may_end(choice->otherwise) ||
             std::ranges::any_of(choice->branches,
                                 [](const body::Branch& branch) { return may_end(branch.statements); });
    }
    if (const auto* block = std::get_if<body::Block>(&last)) return may_end(block->statements);
    return true;
  }

  const ast::CreateFunction& function_;
  const CalledVolatility& called_;
  std::map<std::string, const ast::TypeName*> types_;  ///< of parameters, by their names and numbers
  std::set<std::string> common_tables_;
  ast::Visitor look_;
  NeededVolatility needed_;
};

}  // namespace

NeededVolatility needed_volatility(const ast::CreateFunction& function, const CalledVolatility& called) {
  Needs needs(function, called);
  ParsedBody parsed = parse_plpgsql(function.body.front(), function.name.name);
  if (!parsed.body) return {Volatility::stable, "its body is not read here"};
  return needs.of_plpgsql(*parsed.body);
}

}  // namespace pg2crdb::routines
