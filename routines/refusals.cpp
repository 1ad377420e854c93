// What CockroachDB refuses in a body, or takes for something else, and nobody sees in its words alone.
#include <algorithm>
#include <utility>

#include "ast/field_values.h"
#include "ast/walk.h"
#include "parser/sql_tokens.h"
#include "routines/conversion.h"
#include "routines/error_names.h"
#include "target/functions.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

/// Names that hide others of an outer block.
void shadowed(Conversion& conversion, const Block& block, std::set<std::string> outer);

struct Shadows {
  Conversion& conversion;
  const std::set<std::string>& outer;

  template <class T>
  void operator()(T& part) const {
    if constexpr (std::is_same_v<T, Block>) {
      shadowed(conversion, part, outer);
    } else if constexpr (std::is_same_v<T, ForRange>) {
      if (outer.contains(part.variable)) {
        conversion.note("a variable `" + part.variable + "` that hides another one", part.from.offset);
      }
      ast::for_each_child(part, *this);
    } else if constexpr (!std::is_same_v<T, Value> && !std::is_same_v<T, StaticSql>) {
      ast::for_each_child(part, *this);
    }
  }
};

void shadowed(Conversion& conversion, const Block& block, std::set<std::string> outer) {
  for (const Declaration& one : block.declarations) {
    if (!outer.insert(one.name).second)
      conversion.note("a variable `" + one.name + "` that hides another one", one.offset);
  }
  auto& inner = const_cast<Block&>(block);
  Shadows shadows{conversion, outer};
  shadows(inner.statements);
  for (Handler& handler : inner.handlers) shadows(handler.statements);
}

/// `UPDATE ... WHERE CURRENT OF c`
void places(Conversion& conversion) {
  each_part(conversion.body, [&](StaticSql& one) {
    const auto* text = std::get_if<ast::Opaque>(&one.statement);
    if (text == nullptr) return;
    const std::vector<transform::Token> tokens = transform::scan(text->text).tokens;
    for (size_t i = 2; i < tokens.size(); ++i) {
      if (tokens[i].is("of") && tokens[i - 1].is("current") && tokens[i - 2].is("where"))
        conversion.note("WHERE CURRENT OF", one.offset);
      if (tokens[i].is("=>")) conversion.note("arguments by name", one.offset);
    }
  });
}

/// Variables of types that columns have another one for.
void types(Conversion& conversion) {
  constexpr std::string_view replaced[] = {"box",
                                           "box3d",
                                           "cid",
                                           "cidr",
                                           "circle",
                                           "cube",
                                           "datemultirange",
                                           "daterange",
                                           "halfvec",
                                           "hstore",
                                           "int2vector",
                                           "int4multirange",
                                           "int4range",
                                           "int8multirange",
                                           "int8range",
                                           "isbn",
                                           "jsonpath",
                                           "line",
                                           "lquery",
                                           "lseg",
                                           "ltxtquery",
                                           "macaddr",
                                           "macaddr8",
                                           "money",
                                           "nummultirange",
                                           "numrange",
                                           "oidvector",
                                           "path",
                                           "pg_snapshot",
                                           "point",
                                           "polygon",
                                           "raster",
                                           "regcollation",
                                           "regconfig",
                                           "regdictionary",
                                           "regoper",
                                           "regoperator",
                                           "seg",
                                           "sparsevec",
                                           "tid",
                                           "tsmultirange",
                                           "tsrange",
                                           "tstzmultirange",
                                           "tstzrange",
                                           "txid_snapshot",
                                           "xid",
                                           "xid8",
                                           "xml"};
  const ast::Catalog& catalog = conversion.routine.catalog;
  const auto is_other = [&](const ast::Name& name) {
    const bool is_replaced =
        std::ranges::find(replaced, name.name) != std::end(replaced) ||
        (is_extension_type(name.name) && !has_extension_type(conversion.routine.target, name.name));
    return catalog.domain(name) != nullptr || (is_replaced && !catalog.is_user_type(name));
  };
  each_part(conversion.body, [&](VariableType& one) {
    if (one.kind == VariableType::Kind::named && is_other(one.type.name))
      conversion.note("a variable of the type `" + one.type.name.name + "`", one.offset);
  });
  ast::Visitor look;
  look.expr = [&](ast::Expr& expr) {
    const auto* cast = std::get_if<ast::Cast>(&expr.node);
    if (cast != nullptr && is_other(cast->type.name))
      conversion.note("a cast to `" + cast->type.name.name + "`", expr.offset);
  };
  ast::walk(conversion.body, look);
}

/// `label.v`, and arguments by name that no routine is known for.
void expressions(Conversion& conversion) {
  std::set<std::string> labels = {conversion.routine.name};
  each_part(conversion.body, [&](Block& block) { labels.insert(block.label); });
  labels.erase("");
  for (const std::string& name : conversion.names_in_from()) labels.erase(name);
  ast::Visitor look;
  look.expr = [&](ast::Expr& expr) {
    const auto* ref = std::get_if<ast::ColumnRef>(&expr.node);
    if (ref != nullptr && ref->names.size() > 1 && labels.contains(ref->names[0]) &&
        conversion.is_declared(ref->names[1]))
      conversion.note("a variable by its block's label", expr.offset);
    if (std::holds_alternative<ast::NamedArgument>(expr.node))
      conversion.note("arguments by name", expr.offset);
  };
  ast::walk(conversion.body, look);
  each_part(conversion.body, [&](StaticSql& one) {
    const auto* text = std::get_if<ast::Opaque>(&one.statement);
    if (text == nullptr) return;
    const std::vector<transform::Token> tokens = transform::scan(text->text).tokens;
    for (size_t i = 0; i + 2 < tokens.size(); ++i) {
      const bool begins = i == 0 || !tokens[i - 1].is(".");
      if (begins && tokens[i].is_name() && labels.contains(tokens[i].name()) && tokens[i + 1].is(".") &&
          tokens[i + 2].is_name() && conversion.is_declared(tokens[i + 2].name()))
        conversion.note("a variable by its block's label", one.offset);
    }
  });
}

/// Whether a routine of the script's changes rows, as far as the words of its body tell.
bool changes_rows(const ast::Statement* routine) {
  constexpr std::string_view changes[] = {"delete", "insert", "merge", "truncate", "update"};
  const auto* function = std::get_if<ast::CreateFunction>(&routine->node);
  if (function == nullptr || function->body.size() != 1) return true;
  const std::vector<transform::Token> tokens = transform::scan(function->body.front()).tokens;
  return std::ranges::any_of(tokens, [&](const transform::Token& token) {
    return std::ranges::any_of(changes, [&](std::string_view word) { return token.is(word); });
  });
}

/// CockroachDB opens no cursor over what changes rows (0A000).
void opened(Conversion& conversion, StaticSql& sql) {
  auto* select = std::get_if<ast::SelectStatement>(&sql.statement);
  bool changes = select == nullptr;
  ast::Visitor look;
  look.query = [&](ast::Query& query) {
    for (const ast::CommonTable& table : query.with) changes = changes || table.change;
  };
  look.expr = [&](ast::Expr& expr) {
    const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
    if (call == nullptr) return;
    for (const ast::Statement* routine : conversion.routine.catalog.functions(call->name))
      changes = changes || changes_rows(routine);
  };
  if (select != nullptr) ast::walk(*select->query, look);
  if (changes) conversion.note("a cursor over what changes rows", sql.offset);
}

/// Its cursors go forward only: any other way is refused when it is gone (55000), a cursor that asks for it
/// when it is opened (#77102).
void cursors(Conversion& conversion) {
  using Direction = Fetch::Direction;
  size_t fetched = 0;
  each_part(conversion.body, [&](Fetch&) { ++fetched; });
  each_part(conversion.body, [&](Fetch& one) {
    const auto* count = one.count ? std::get_if<ast::Expr>(&one.count->node) : nullptr;
    const bool is_plain =
        !one.count || (count != nullptr && std::holds_alternative<ast::Literal>(count->node));
    const bool is_place = one.direction == Direction::first || one.direction == Direction::absolute;
    const bool is_back = one.direction == Direction::prior || one.direction == Direction::last ||
                         one.direction == Direction::backward || one.direction == Direction::backward_all ||
                         !is_plain || (is_place && fetched > 1);
    if (is_back) conversion.note("a cursor that goes backward", one.cursor.offset);
  });
  each_part(conversion.body, [&](Open& one) {
    if (one.scroll == Scroll::scroll) conversion.note("OPEN .. SCROLL", one.cursor.offset);
    auto* sql = one.rows ? std::get_if<StaticSql>(&*one.rows) : nullptr;
    if (sql != nullptr) opened(conversion, *sql);
  });
  each_part(conversion.body, [&](CursorDeclaration& one) { opened(conversion, one.query); });
}

constexpr std::string_view word_of(const EndTransaction& end) {
  return end.rollback ? "ROLLBACK" : "COMMIT";
}

/// Whether a procedure ends transactions, as far as the words of its body tell.
bool ends_transactions(const ast::Statement* routine) {
  const auto* procedure = std::get_if<ast::CreateFunction>(&routine->node);
  if (procedure == nullptr || procedure->language != "plpgsql" || procedure->body.size() != 1) return false;
  const std::vector<transform::Token> tokens = transform::scan(procedure->body.front()).tokens;
  return std::ranges::any_of(tokens, [](const auto& one) { return one.is("commit") || one.is("rollback"); });
}

/// What a CALL names.
ast::Name called_by(const std::string& call) {
  const std::vector<transform::Token> tokens = transform::scan(call).tokens;
  if (tokens.size() < 2 || !tokens[0].is("call")) return {};
  const std::vector<std::string> parts =
      transform::read_name(std::string_view(call).substr(tokens[1].begin)).parts;
  if (parts.empty() || parts.size() > 2) return {};
  return parts.size() == 1 ? ast::Name{"", parts[0]} : ast::Name{parts[0], parts[1]};
}

/// The next transaction would be another one (#119646). Only a procedure that is called by itself ends one:
/// not one that a body calls (#122266), no DO block (#138704), no function, nor where an error is handled,
/// which in PostgreSQL are errors when the statement runs, in CockroachDB when the routine is made.
void transactions(Conversion& conversion) {
  using Kind = Routine::Kind;
  const bool is_inner = conversion.routine.target.has(Capability::plpgsql_inner_transactions);
  each_part(conversion.body, [&](Statement& one) {
    const auto* end = std::get_if<EndTransaction>(&one.node);
    if (end == nullptr) return;
    const std::string word(word_of(*end));
    if (end->chain == EndTransaction::Chain::chain) conversion.note(word + " AND CHAIN", one.offset);
    if (!is_inner && conversion.routine.kind == Kind::function)
      conversion.note(word + " in a function", one.offset);
    if (!is_inner && conversion.routine.kind == Kind::block)
      conversion.note(word + " in a DO block", one.offset);
  });
  if (is_inner) return;
  each_part(conversion.body, [&](Block& block) {
    if (block.handlers.empty()) return;
    const auto note = [&](Statement& one) {
      const auto* end = std::get_if<EndTransaction>(&one.node);
      if (end != nullptr)
        conversion.note(std::string(word_of(*end)) + " in a block with handlers", one.offset);
    };
    each_part(block.statements, note);
    for (Handler& handler : block.handlers) each_part(handler.statements, note);
  });
  each_part(conversion.body, [&](RunSql& run) {
    const auto* text = std::get_if<ast::Opaque>(&run.sql.statement);
    if (text == nullptr || text->kind != "CALL") return;
    const std::vector<ast::Statement*> called = conversion.routine.catalog.functions(called_by(text->text));
    if (std::ranges::any_of(called, ends_transactions))
      conversion.note("CALL of a procedure that ends transactions", run.sql.offset);
  });
}

/// #111446: errors that make CockroachDB run the transaction again.
void handlers(Conversion& conversion) {
  if (conversion.routine.target.has(Capability::plpgsql_retry_handlers)) return;
  each_part(conversion.body, [&](Handler& handler) {
    if (std::ranges::any_of(handler.conditions, is_retried))
      conversion.note("a handler of what CockroachDB runs again", handler.offset);
  });
}

/// #121605: one variable for several columns.
void targets(Conversion& conversion) {
  each_part(conversion.body, [&](Into& into) {
    std::set<std::vector<std::string>> filled;
    for (const Variable& one : into.targets) {
      if (!filled.insert(one.names).second && one.steps.empty())
        conversion.note("INTO with a variable twice", one.offset);
    }
  });
}

}  // namespace

void find_refused(Conversion& conversion) {
  std::set<std::string> parameters;
  for (const ast::FunctionParameter& one : conversion.routine.parameters) {
    if (!one.name.empty()) parameters.insert(one.name);
  }
  shadowed(conversion, conversion.body.block, std::move(parameters));
  types(conversion);
  places(conversion);
  expressions(conversion);
  cursors(conversion);
  transactions(conversion);
  handlers(conversion);
  find_unknown_error_codes(conversion);
  targets(conversion);
}

}  // namespace pg2crdb::routines
