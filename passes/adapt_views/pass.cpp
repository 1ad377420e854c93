// Views take no options in CockroachDB, and materialized ones are created after the rows are there, so that
// they are filled at once and their REFRESH is not needed. A cast to an enum of something that holds a column
// is refused inside views and bodies in SQL: it becomes a CASE over the enum's labels. Queries with clauses
// that CockroachDB does not have are left for a person.
#include "rewrite/pass.h"

#include <algorithm>
#include <set>

#include "ast/describe.h"
#include "ast/walk.h"
#include "routines/changed_tables.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"view-option", Severity::warning, "views",
     "CockroachDB's views have no such option; without it the view may show or accept more",
     "Check who may read the view and who writes through it."},
    {"view-storage", Severity::info, "views",
     "a storage clause of a materialized view that means nothing in CockroachDB", "Nothing to do."},
    {"materialized-view-data", Severity::info, "views",
     "the materialized view is created after the load and filled at once", "Nothing to do."},
    {"temporary-view", Severity::error, "views",
     "temporary views do not belong into a schema and are a preview in CockroachDB",
     "Take the view out of the dump."},
    {"view-query", Severity::error, "views", "the query has a clause that CockroachDB does not have",
     "Rewrite the query without it."},
    {"enum-cast-in-view", Severity::warning, "views",
     "CockroachDB refuses casts of columns to an enum in views and SQL functions: it becomes a CASE over the "
     "labels",
     "Nothing to do where every value is a label; others become NULL instead of an error."},
    {"type-cast-in-view", Severity::error, "views",
     "CockroachDB refuses casts of columns to a type of the dump in views and SQL functions",
     "Read the columns one by one instead of casting them."},
    {"view-calls-function", Severity::error, "views",
     "views call functions of the dump only from CockroachDB 25.3 on, and none that changes rows",
     "Compile for a later release, or write the function's query into the view; call one that changes rows "
     "beside it."},
    {"view-column-default", Severity::warning, "views",
     "CockroachDB's views cannot be written to, so their columns have no defaults",
     "Let the application write to the table."},
    {"temporary-table", Severity::error, "storage",
     "temporary tables and sequences do not belong into a schema and are a preview in CockroachDB",
     "Take it out of the dump."},
    {"unlogged-table", Severity::info, "storage",
     "CockroachDB has no unlogged tables: it becomes an ordinary, durable one",
     "Nothing to do; expect durable writes."},
};
enum : size_t {
  view_option,
  view_storage,
  materialized_view_data,
  temporary_view,
  view_query,
  enum_cast_in_view,
  type_cast_in_view,
  view_calls_function,
  view_column_default,
  temporary_table,
  unlogged_table,
};

/// Columns, and a routine's parameters.
bool reads_columns(ast::Expr& expr) {
  bool found = false;
  ast::Visitor visitor;
  visitor.expr = [&](ast::Expr& part) {
    found = found || std::holds_alternative<ast::ColumnRef>(part.node) ||
            std::holds_alternative<ast::Parameter>(part.node);
  };
  walk(expr, visitor);
  return found;
}

/// A query's clauses that CockroachDB does not have, in words.
class QueryScanner {
 public:
  explicit QueryScanner(const Target& target) : target_(target) {}

  std::set<std::string> refused;

  /// A query, or a statement with queries.
  template <class Tree>
  void scan(Tree& tree) {
    ast::Visitor visitor;
    visitor.expr = [this](ast::Expr& expr) {
      const auto* set = std::get_if<ast::GroupingSet>(&expr.node);
      if (set == nullptr || target_.has(Capability::grouping_sets)) return;
      using Kind = ast::GroupingSet::Kind;
      refused.insert(set->kind == Kind::rollup ? "ROLLUP"
                     : set->kind == Kind::cube ? "CUBE"
                                               : "GROUPING SETS");
    };
    visitor.query = [this](ast::Query& part) {
      for (const ast::FromItem& item : part.from) from(item);
      if (part.limit_with_ties) refused.insert("FETCH FIRST ... WITH TIES");
      for (const ast::SortItem& item : part.order_by) {
        if (!item.using_operator.empty()) refused.insert("ORDER BY ... USING");
      }
      if (part.group_distinct) refused.insert("GROUP BY DISTINCT");
    };
    walk(tree, visitor);
  }

 private:
  void from(const ast::FromItem& item) {
    if (const auto* join = std::get_if<ast::Join>(&item.node)) {
      if (!join->using_alias.empty() && !target_.has(Capability::join_using_alias))
        refused.insert("JOIN ... USING (...) AS " + join->using_alias);
      if (join->left) from(*join->left);
      if (join->right) from(*join->right);
    } else if (const auto* function = std::get_if<ast::FunctionRef>(&item.node)) {
      const bool defined =
          !function->columns.empty() || std::any_of(function->functions.begin(), function->functions.end(),
                                                    [](const auto& f) { return !f.columns.empty(); });
      if (defined && !target_.has(Capability::function_column_definitions))
        refused.insert("a function in FROM with column definitions");
    }
  }

  const Target& target_;
};

bool makes_table(const ast::StatementNode& node) {
  const auto* as = std::get_if<ast::CreateTableAs>(&node);
  return as != nullptr && !as->materialized_view;
}

class Adapter {
 public:
  Adapter(PassContext& context, ast::Statement& statement) : context_(context), statement_(statement) {
    object_ = ast::statement_object(statement.node);
    const auto* function = std::get_if<ast::CreateFunction>(&statement.node);
    which_ = (function != nullptr ? (function->procedure ? "procedure `" : "function `")
              : std::holds_alternative<ast::CreateView>(statement.node) ? "view `"
              : makes_table(statement.node)                             ? "table `"
                                                                        : "materialized view `") +
             object_ + "`";
  }

  /// A body in SQL.
  void routine(ast::CreateFunction& function) {
    QueryScanner scanner(context_.target);
    for (ast::BodyStatement& one : function.statements) scanner.scan(one.node);
    for (const std::string& what : scanner.refused) refuse(view_query, "uses " + what);
    std::set<std::string> cast_types;
    ast::Visitor visitor;
    visitor.expr = [&](ast::Expr& expr) {
      if (auto* cast = std::get_if<ast::Cast>(&expr.node)) this->cast(expr, *cast, cast_types);
    };
    for (ast::BodyStatement& one : function.statements) walk(one.node, visitor);
  }

  void view(ast::CreateView& view) {
    if (view.persistence == ast::Persistence::temporary) refuse(temporary_view, "is temporary");
    options(view.options);
    if (!view.check_option.empty() && !context_.target.has(Capability::check_option)) {
      context_.report(rules[view_option], statement_, object_,
                      which_ + ": WITH " + *view.check_option + " CHECK OPTION left out");
      view.check_option.clear();
      context_.rewritten(statement_);
    }
    query(*view.query);
  }

  void made_by_query(ast::CreateTableAs& view) {
    if (view.persistence == ast::Persistence::temporary)
      context_.report(rules[temporary_table], statement_, object_, "`" + object_ + "` is a temporary table");
    if (view.persistence == ast::Persistence::unlogged) {
      context_.report(rules[unlogged_table], statement_, object_, "`" + object_ + "` is UNLOGGED");
      view.persistence = ast::Persistence::permanent;
      context_.rewritten(statement_);
    }
    if (!view.options.empty() || !view.access_method.empty() || !view.tablespace.empty()) {
      context_.report(rules[view_storage], statement_, object_,
                      which_ + ": storage parameters, access method and tablespace left out");
      view.options.clear();
      view.access_method.clear();
      view.tablespace.clear();
      context_.rewritten(statement_);
    }
    if (!view.with_data && view.materialized_view) {
      context_.report(rules[materialized_view_data], statement_, object_,
                      which_ + " is filled when it is created: WITH NO DATA left out");
      view.with_data = true;
      context_.rewritten(statement_);
    }
    if (!view.with_data) {  // a table has no such words in CockroachDB
      view.with_data = true;
      view.query->limit_with_ties = false;
      view.query->limit = ast::Expr{ast::Literal{ast::Literal::Kind::integer, "0"}, -1};
      context_.rewritten(statement_);
    }
    query(*view.query);
  }

 private:
  void refuse(size_t rule, const std::string& what, int32_t offset = -1) {
    context_.report(rules[rule], statement_, object_, which_ + " " + what, offset);
    context_.needs_person(statement_, "it " + what);
  }

  void options(std::vector<ast::Option>& options) {
    std::erase_if(options, [this](const ast::Option& option) {
      const Capability capability = option.name == "security_invoker" ? Capability::security_invoker
                                    : option.name == "check_option"   ? Capability::check_option
                                                                      : Capability::view_options;
      if (context_.target.has(capability)) return false;
      context_.report(rules[view_option], statement_, object_,
                      which_ + ": WITH (" + option.name +
                          (option.value.empty() ? "" : "='" + option.value + "'") + ") left out");
      context_.rewritten(statement_);
      return true;
    });
  }

  void query(ast::Query& query) {
    QueryScanner scanner(context_.target);
    scanner.scan(query);
    for (const std::string& what : scanner.refused) refuse(view_query, "uses " + what);
    std::set<std::string> cast_types;
    std::set<ast::Name> called;
    ast::Visitor visitor;
    visitor.expr = [&](ast::Expr& expr) {
      if (auto* cast = std::get_if<ast::Cast>(&expr.node)) this->cast(expr, *cast, cast_types);
      if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
          call != nullptr && context_.catalog.has_function(call->name)) {
        called.insert(call->name);
      }
    };
    walk(query, visitor);
    if (!called.empty() && !context_.target.has(Capability::udf_in_view))
      return refuse(view_calls_function, "calls `" + to_string(*called.begin()) + "`");
    if (context_.target.has(Capability::writing_udf_in_view)) return;
    std::set<ast::StatementId> seen;
    for (const ast::Name& function : called) {
      const std::vector<ast::Statement*> overloads = context_.catalog.functions(function);
      if (std::ranges::any_of(overloads, [&](const ast::Statement* one) { return changes_rows(*one, seen); }))
        return refuse(view_calls_function, "calls `" + to_string(function) + "`, which changes rows");
    }
  }

  /// By its own body, or by a routine that this calls.
  bool changes_rows(const ast::Statement& routine, std::set<ast::StatementId>& seen) const {
    const auto* function = std::get_if<ast::CreateFunction>(&routine.node);
    if (function == nullptr || !seen.insert(routine.id).second) return false;
    return std::ranges::any_of(function->body, routines::changes_any_rows) ||
           std::ranges::any_of(routine.text_objects, [&](ast::ObjectId id) {
             const ast::Object& called = context_.script.objects[id];
             return ast::is_routine(called.kind) && called.made_here() &&
                    changes_rows(context_.script.statements[called.created], seen);
           });
  }

  void cast(ast::Expr& expr, ast::Cast& cast, std::set<std::string>& said) {
    if (context_.target.has(Capability::cast_to_user_type_in_view)) return;
    const ast::Statement* enumeration = context_.catalog.enum_type(cast.type.name);
    const ast::Statement* composite = context_.catalog.composite_type(cast.type.name);
    const bool row = composite != nullptr || context_.catalog.table(cast.type.name) != nullptr;
    if ((enumeration == nullptr && !row) || !reads_columns(*cast.argument)) return;
    const std::string type = to_string(cast.type.name);
    if (enumeration == nullptr || !cast.type.array_bounds.empty()) {
      if (said.insert(type).second)
        refuse(type_cast_in_view,
               "casts columns to `" + type + (cast.type.array_bounds.empty() ? "`" : "[]`"), expr.offset);
      return;
    }
    if (said.insert(type).second) {
      context_.report(rules[enum_cast_in_view], statement_, object_,
                      which_ + ": the cast to enum `" + type + "` becomes a CASE over its labels",
                      expr.offset);
    }
    ast::TypeName text;
    text.name.name = "text";
    ast::Case labels;
    labels.argument = ast::Expr{ast::Cast{cast.argument, text}, -1};
    for (const std::string& label : std::get<ast::CreateEnum>(enumeration->node).labels) {
      const ast::Expr literal{ast::Literal{ast::Literal::Kind::string, label}, -1};
      labels.whens.push_back(
          {ast::Expr{ast::Cast{literal, text}, -1}, ast::Expr{ast::Cast{literal, cast.type}, -1}});
    }
    expr.node = std::move(labels);
    context_.rewritten(statement_);
  }

  PassContext& context_;
  ast::Statement& statement_;
  std::string object_;
  std::string which_;
};

void run(PassContext& context) {
  for (ast::Statement& statement : context.script.statements) {
    if (!statement.live()) continue;
    if (auto* view = std::get_if<ast::CreateView>(&statement.node)) {
      Adapter(context, statement).view(*view);
    } else if (auto* as = std::get_if<ast::CreateTableAs>(&statement.node)) {
      Adapter(context, statement).made_by_query(*as);
    } else if (auto* function = std::get_if<ast::CreateFunction>(&statement.node)) {
      Adapter(context, statement).routine(*function);
    } else if (std::holds_alternative<ast::SelectStatement>(statement.node) ||
               ast::changed_table(statement.node) != nullptr) {
      QueryScanner scanner(context.target);
      scanner.scan(statement.node);
      for (const std::string& what : scanner.refused) {
        context.report(rules[view_query], statement, {}, "the query uses " + what);
        context.needs_person(statement, "it uses " + what);
      }
    } else if (auto* alter = std::get_if<ast::AlterTable>(&statement.node);
               alter != nullptr && context.catalog.view(alter->name) != nullptr) {
      const auto count = std::erase_if(alter->commands, [](const auto& command) {
        return std::holds_alternative<ast::SetDefault>(command);
      });
      if (count == 0) continue;
      context.report(rules[view_column_default], statement, to_string(alter->name),
                     "a column's default of view `" + to_string(alter->name) + "` is left out");
      if (alter->commands.empty())
        context.drop(statement, "views cannot be written to");
      else
        context.rewritten(statement);
    } else if (const auto* opaque = std::get_if<ast::Opaque>(&statement.node);
               opaque != nullptr &&
               (opaque->kind == "CREATE VIEW" || opaque->kind == "CREATE MATERIALIZED VIEW")) {
      const std::string head = opaque->text.substr(0, opaque->text.find(" AS"));
      context.report(
          rules[view_query], statement, {},
          "`" + head + "` uses SQL that is not modelled: XML, TABLESAMPLE, SEARCH, JSON_TABLE or the like");
      context.needs_person(statement, "its query is not modelled");
    }
  }
  if (context.options.in_order) return;  // rows may have come in between
  for (ast::Statement& statement : context.script.statements) {
    const auto* refresh = std::get_if<ast::RefreshMaterializedView>(&statement.node);
    if (refresh == nullptr || !statement.live()) continue;
    ast::Statement* view = context.catalog.view(refresh->name);
    if (view == nullptr || !view->live() || !std::holds_alternative<ast::CreateTableAs>(view->node)) continue;
    context.merge(statement, *view, "the view is filled when it is created");
  }
}

}  // namespace

extern const Pass adapt_views;
const Pass adapt_views = {
    .name = "adapt-views",
    .category = "views",
    .fidelity = Fidelity::changes_behaviour,
    .summary =
        "takes options off views, fills materialized ones after the load and finds queries that CockroachDB "
        "refuses",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
