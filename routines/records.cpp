// Variables of type record, which CockroachDB does not have, and rows of which only fields are named: a
// variable for each field.
#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "ast/walk.h"
#include "emit/sql.h"
#include "parser/sql_tokens.h"
#include "routines/assigned_rows.h"
#include "routines/conversion.h"
#include "routines/divided_records.h"
#include "routines/query_columns.h"
#include "routines/returned_rows.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

/// A place that gives a row to a variable.
struct Source {
  ast::Query* query = nullptr;  ///< null of a statement that changes rows
  ast::Opaque* change = nullptr;
  ReturnedRows returned = {};
  std::vector<Variable>* targets = nullptr;
  std::vector<Field> fields = {};
};

class Record {
 public:
  Record(Conversion& conversion, std::string name, bool is_row)
      : conversion_(conversion), name_(std::move(name)), is_row_(is_row) {}

  /// Takes the variable's uses apart, if all of them can be.
  bool run() {
    if (!read_sources() || sources_.empty()) return false;
    if (!fetches_.empty()) {
      for (const Field& field : fields_) used_.insert(field.name);
    }
    if (!read_uses() || !read_text_uses()) return false;
    if (!is_row_ && !is_assigned_where_read(conversion_, name_)) return false;
    if (!is_read_ &&
        std::ranges::all_of(sources_, [](const Source& one) { return one.returned.is_one_row; })) {
      leave_out_returning();
      return true;
    }
    // It may be left out for that, see unread_targets.cpp.
    const bool may_be_unread = conversion_.routine.target.has(Capability::plpgsql_unread_into);
    if (!is_read_ && is_selected_into_ && !may_be_unread) return false;
    if (used_.empty()) used_.insert(fields_.front().name);
    if (!all_give_used()) return false;
    for (const Field& field : fields_) {
      if (!used_.contains(field.name)) continue;
      const bool has_name = !field.name.starts_with('?');
      const std::string variable = conversion_.new_name(name_ + "_" + (has_name ? field.name : "column"));
      variables_.emplace(field.name, variable);
      conversion_.declare(variable, field.type);
      const auto made = conversion_.made_of.find(name_);
      conversion_.made_of.emplace(variable, made == conversion_.made_of.end() ? name_ : made->second);
    }
    for (Source& source : sources_) rewrite(source);
    for (std::vector<Variable>* targets : fetches_) *targets = *sources_.back().targets;
    rewrite_uses();
    return true;
  }

  /// Leaves it out where nothing names it.
  bool leave_out_unused() {
    if (is_row_ || !read_sources() || !sources_.empty() || !used_.empty() || !read_uses() || !used_.empty() ||
        !read_text_uses() || is_read_)
      return false;
    bool is_named = false;
    each_part(conversion_.body, [&](Variable& one) { is_named = is_named || one.names[0] == name_; });
    each_part(conversion_.body, [&](VariableType& one) {
      is_named = is_named || (!one.names.empty() && one.names[0] == name_);
    });
    if (is_named) return false;
    rewrite_uses();
    return true;
  }

  /// Makes it a row of the table that all its rows are of.
  bool become_row() {
    if (is_row_ || !read_sources() || sources_.empty() || differs_ || !fetches_.empty() ||
        !is_assigned_where_read(conversion_, name_))
      return false;
    std::optional<ast::Name> table;
    for (const Source& source : sources_) {
      const std::optional<ast::Name> own = table_of(source);
      if (!own || (table && *own != *table)) return false;
      table = own;
    }
    for (Declaration& one : conversion_.body.block.declarations) {
      if (one.name == name_) std::get<VariableDeclaration>(one.node).type.type.name = *table;
    }
    return true;
  }

 private:
  /// Rows of several kinds have the fields that are read, each of one type.
  bool all_give_used() const {
    if (differs_ && (is_tested_ || !fetches_.empty())) return false;
    for (const std::string& field : used_) {
      const auto known = std::ranges::find(fields_, field, &Field::name);
      if (known == fields_.end() || known->type.empty()) return false;
      for (const Source& source : sources_) {
        const auto own = std::ranges::find(source.fields, field, &Field::name);
        if (own == source.fields.end() || *own != *known) return false;
      }
    }
    return true;
  }

  /// `SELECT * FROM t`, `RETURNING *`
  std::optional<ast::Name> table_of(const Source& source) const {
    ast::Name name = source.returned.table;
    if (source.query != nullptr) {
      const ast::Query& query = *source.query;
      const auto* star = query.targets.size() == 1 && query.targets[0].alias.empty()
                             ? std::get_if<ast::ColumnRef>(&query.targets[0].expr->node)
                             : nullptr;
      const auto* from = query.from.size() == 1 ? std::get_if<ast::TableRef>(&query.from[0].node) : nullptr;
      if (star == nullptr || !star->star || from == nullptr || !query.with.empty() ||
          !from->alias.columns.empty())
        return std::nullopt;
      name = from->name;
    }
    const ast::CreateTable* table = conversion_.table(name);
    if (table == nullptr || table->columns.size() != fields_.size()) return std::nullopt;
    for (size_t i = 0; i < fields_.size(); ++i) {
      if (fields_[i].name != table->columns[i].name) return std::nullopt;
    }
    return table->name;
  }

  bool is_target(const std::vector<Variable>& targets) const {
    return std::ranges::any_of(targets, [&](const Variable& one) { return one.names[0] == name_; });
  }

  /// As PostgreSQL calls those that have no name; several are told apart by the variables alone.
  static void name_all(std::vector<Field>& fields) {
    for (size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].name.empty()) fields[i].name = "?column" + std::to_string(i + 1) + "?";
    }
  }

  /// A row takes what a query gives by its places, whatever that is called.
  bool put_in_row(std::vector<Field>& fields) const {
    const ast::CreateTable* table = conversion_.table(conversion_.type_of(name_)->type.name);
    if (table == nullptr || table->columns.size() != fields.size()) return false;
    for (size_t i = 0; i < fields.size(); ++i) {
      fields[i].name = table->columns[i].name;
      fields[i].type = conversion_.column_type(table->columns[i]).value_or(ast::TypeName());
    }
    return true;
  }

  static bool is_constant_value(const ast::Expr& expr) {
    const auto* cast = std::get_if<ast::Cast>(&expr.node);
    return std::holds_alternative<ast::Literal>((cast == nullptr ? expr : *cast->argument).node);
  }

  /// Of no type where it stands, it is a text in a record.
  static bool is_string(const ast::Expr& expr) {
    const auto* literal = std::get_if<ast::Literal>(&expr.node);
    return literal != nullptr && literal->kind == ast::Literal::Kind::string;
  }

  bool source(ast::StatementNode& statement, std::vector<Variable>& targets) {
    if (!is_target(targets)) return true;
    auto* select = std::get_if<ast::SelectStatement>(&statement);
    if (auto* change = std::get_if<ast::Opaque>(&statement)) return changed(*change, targets);
    if (select == nullptr || targets.size() != 1 || targets[0].names.size() != 1) return false;
    return gives(*select->query, targets);
  }

  bool gives(ast::Query& given, std::vector<Variable>& targets) {
    if (!make_select(conversion_, given)) return false;
    std::optional<std::vector<Field>> fields = columns_of(conversion_, given);
    if (fields) name_all(*fields);
    if (fields && is_row_ && !put_in_row(*fields)) return false;
    if (!fields) return false;
    // What is computed may do something, and its name may be that of an order; what is compared counts as
    // it is.
    const ast::Query& query = given;
    const bool whole = query.distinct || !query.distinct_on.empty() || !query.group_by.empty() ||
                       std::ranges::any_of(query.order_by, [](const ast::SortItem& one) {
                         return std::holds_alternative<ast::Literal>(one.expr->node);
                       });
    const bool has_stars = !gives_columns(query, fields->size());
    for (size_t i = 0; i < fields->size(); ++i) {
      Field& field = (*fields)[i];
      if (!has_stars && !query.left && is_string(*query.targets[i].expr)) field.type.name = {"", "text"};
      const bool is_constant = !has_stars && is_constant_value(*query.targets[i].expr);
      const bool is_own = !field.source.empty() && field.source.back() == field.name;
      if (whole || (!is_own && !is_constant)) used_.insert(field.name);
    }
    Source one;
    one.query = &given;
    one.targets = &targets;
    add(std::move(one), std::move(*fields));
    return true;
  }

  /// INSERT, UPDATE and DELETE with RETURNING.
  bool changed(ast::Opaque& change, std::vector<Variable>& targets) {
    std::optional<ReturnedRows> rows = returned_rows(conversion_, change.text);
    if (!rows || is_row_ || targets.size() != 1 || targets[0].names.size() != 1) return false;
    std::vector<Field> fields = rows->fields;
    Source one;
    one.change = &change;
    one.returned = std::move(*rows);
    one.targets = &targets;
    add(std::move(one), std::move(fields));
    return true;
  }

  void add(Source source, std::vector<Field> fields) {
    if (sources_.empty()) fields_ = fields;
    differs_ = differs_ || fields != fields_;
    source.fields = std::move(fields);
    sources_.push_back(std::move(source));
  }

  /// Rows that are one, so that it does not matter whether they are taken.
  void leave_out_returning() {
    for (Source& source : sources_) {
      source.change->text.resize(
          source.change->text.find_last_not_of(" \n\t\r", source.returned.returning - 1) + 1);
      source.targets->clear();
    }
    rewrite_uses();
  }

  /// All columns of the cursor's queries are taken, in their places: others may take rows from it, too.
  bool fetched(Fetch& fetch) {
    if (!is_target(fetch.into.targets)) return true;
    if (fetch.into.targets.size() != 1 || fetch.into.targets[0].names.size() != 1 ||
        fetch.cursor.names.size() != 1)
      return false;
    fetches_.push_back(&fetch.into.targets);
    const std::string name = fetch.cursor.names[0];
    if (!cursors_.insert(name).second) return true;
    bool good = conversion_.type_of(name) != nullptr &&
                std::ranges::find(conversion_.routine.parameters, name, &ast::FunctionParameter::name) ==
                    conversion_.routine.parameters.end();
    const size_t before = sources_.size();
    const auto add = [&](StaticSql* sql) {
      auto* select = sql == nullptr ? nullptr : std::get_if<ast::SelectStatement>(&sql->statement);
      good = good && select != nullptr && gives(*select->query, lists_.emplace_back());
    };
    each_part(conversion_.body, [&](Declaration& one) {
      auto* cursor = std::get_if<CursorDeclaration>(&one.node);
      if (cursor != nullptr && one.name == name) add(&cursor->query);
    });
    each_part(conversion_.body, [&](Open& open) {
      if (open.cursor.names[0] == name && open.rows) add(std::get_if<StaticSql>(&*open.rows));
    });
    return good && sources_.size() > before;
  }

  bool read_sources() {
    bool good = true;
    each_part(conversion_.body, [&](ForRows& loop) {
      auto* sql = std::get_if<StaticSql>(&loop.rows);
      good = good && (sql == nullptr ? !is_target(loop.targets) : source(sql->statement, loop.targets));
    });
    each_part(conversion_.body, [&](RunSql& run) {
      is_selected_into_ = is_selected_into_ || is_target(run.into.targets);
      good = good && source(run.sql.statement, run.into.targets);
    });
    each_part(conversion_.body, [&](Execute& run) { good = good && !is_target(run.into.targets); });
    each_part(conversion_.body, [&](Fetch& fetch) { good = good && fetched(fetch); });
    each_part(conversion_.body, [&](Foreach& loop) { good = good && !is_target(loop.targets); });
    each_part(conversion_.body, [&](ForCursor& loop) { good = good && loop.variable != name_; });
    each_part(conversion_.body, [&](Assignment& one) {
      if (one.target.names[0] != name_) return;
      good = good && one.target.names.size() == 2 && one.target.steps.empty();
      if (good) used_.insert(one.target.names[1]);
    });
    return good;
  }

  /// `r IS NULL`
  bool is_null_test(const ast::Expr& expr) const {
    const auto* test = std::get_if<ast::NullTest>(&expr.node);
    const auto* ref = test == nullptr ? nullptr : std::get_if<ast::ColumnRef>(&test->argument->node);
    return ref != nullptr && !ref->star && ref->names == std::vector{name_};
  }

  /// Nothing but `r.f` in expressions, and whether all that a record has is NULL.
  bool read_uses() {
    bool good = true;
    std::set<const ast::Expr*> tested;
    ast::Visitor tests;
    tests.expr = [&](ast::Expr& expr) {
      if (!is_row_ && is_null_test(expr)) tested.insert(&*std::get<ast::NullTest>(expr.node).argument);
    };
    ast::walk(conversion_.body, tests);
    is_tested_ = !tested.empty();
    if (is_tested_) {
      for (const Field& field : fields_) used_.insert(field.name);
    }
    ast::Visitor look;
    look.expr = [&](ast::Expr& expr) {
      const auto* ref = std::get_if<ast::ColumnRef>(&expr.node);
      if (ref == nullptr || ref->names.empty() || ref->names[0] != name_) return;
      is_read_ = true;
      if (tested.contains(&expr)) return;
      good = good && !ref->star && ref->names.size() == 2;
      if (good) used_.insert(ref->names[1]);
    };
    look.table_ref = [&](ast::TableRef& table) {
      good = good && (table.alias.name.empty() ? table.name.name : table.alias.name) != name_;
    };
    ast::walk(conversion_.body, look);
    return good;
  }

  using Texts = std::vector<ast::Opaque*>;
  Texts texts() {
    Texts result;
    each_part(conversion_.body, [&](StaticSql& one) {
      if (auto* text = std::get_if<ast::Opaque>(&one.statement)) result.push_back(text);
    });
    each_part(conversion_.body, [&](Value& one) {
      if (auto* text = std::get_if<ast::Opaque>(&one.node)) result.push_back(text);
    });
    return result;
  }

  /// The same in SQL that is kept word for word.
  bool read_text_uses() {
    for (const ast::Opaque* text : texts()) {
      const std::vector<transform::Token> tokens = transform::scan(text->text).tokens;
      for (size_t i = 0; i < tokens.size(); ++i) {
        if (!tokens[i].is_name() || tokens[i].name() != name_ || (i > 0 && tokens[i - 1].is("."))) continue;
        const bool field = i + 2 < tokens.size() && tokens[i + 1].is(".") && tokens[i + 2].is_name() &&
                           !(i + 3 < tokens.size() && (tokens[i + 3].is(".") || tokens[i + 3].is("(")));
        if (!field) return false;
        used_.insert(tokens[i + 2].name());
        is_read_ = true;
      }
    }
    return true;
  }

  /// Columns that nobody reads are not selected: they are no more than columns.
  void rewrite(Source& source) {
    std::vector<ast::SelectItem> targets;
    source.targets->clear();
    if (source.change != nullptr) return rewrite_returning(source);
    size_t at = 0;
    for (ast::SelectItem& item : source.query->targets) {
      const auto* ref = std::get_if<ast::ColumnRef>(&item.expr->node);
      const size_t count = ref != nullptr && ref->star ? of_star(*source.query, *ref) : 1;
      for (size_t i = 0; i < count; ++i, ++at) {
        const Field& field = source.fields[at];
        if (!used_.contains(field.name)) continue;
        ast::SelectItem one;
        const bool is_star = ref != nullptr && ref->star;
        one.expr = is_star ? column(field.source) : *item.expr;
        one.alias = item.alias;
        targets.push_back(std::move(one));
        Variable variable;
        variable.names = {variables_.at(field.name)};
        source.targets->push_back(std::move(variable));
      }
    }
    source.query->targets = std::move(targets);
  }
  void rewrite_returning(Source& source) {
    std::string list = "RETURNING ";
    for (size_t i = 0; i < source.fields.size(); ++i) {
      if (!used_.contains(source.fields[i].name)) continue;
      list += (source.targets->empty() ? "" : ", ") + source.returned.written[i];
      Variable variable;
      variable.names = {variables_.at(source.fields[i].name)};
      source.targets->push_back(std::move(variable));
    }
    source.change->text.replace(source.returned.returning, std::string::npos, list);
  }
  size_t of_star(const ast::Query& query, const ast::ColumnRef& star) const {
    return fields_of_star(conversion_, query, star).size();
  }

  ast::Expr all_tested(bool negated) const {
    ast::BoolExpr all;
    for (const auto& [field, variable] : variables_) {
      ast::NullTest test;
      test.negated = negated;
      test.argument = column({variable});
      all.arguments.push_back({std::move(test)});
    }
    return all.arguments.size() == 1 ? std::move(all.arguments[0]) : ast::Expr{std::move(all)};
  }

  void rewrite_uses() {
    ast::Visitor look;
    look.expr = [&](ast::Expr& expr) {
      auto* ref = std::get_if<ast::ColumnRef>(&expr.node);
      if (ref != nullptr && ref->names.size() == 2 && ref->names[0] == name_)
        ref->names = {variables_.at(ref->names[1])};
      if (!is_row_ && is_null_test(expr)) expr = all_tested(std::get<ast::NullTest>(expr.node).negated);
    };
    ast::walk(conversion_.body, look);
    each_part(conversion_.body, [&](Assignment& one) {
      if (one.target.names.size() == 2 && one.target.names[0] == name_)
        one.target.names = {variables_.at(one.target.names[1])};
    });
    for (ast::Opaque* text : texts()) {
      const std::string before = text->text;
      const std::vector<transform::Token> tokens = transform::scan(before).tokens;
      for (size_t i = tokens.size(); i-- > 0;) {
        const bool is_it =
            tokens[i].is_name() && tokens[i].name() == name_ && !(i > 0 && tokens[i - 1].is("."));
        if (!is_it) continue;
        const std::string& variable = variables_.at(tokens[i + 2].name());
        text->text.replace(tokens[i].begin, tokens[i + 2].end - tokens[i].begin,
                           to_sql(column({variable}), Dialect::cockroachdb));
      }
    }
    each_part(conversion_.body, [&](Block& block) {
      std::erase_if(block.declarations, [&](const Declaration& one) { return one.name == name_; });
    });
  }

  Conversion& conversion_;
  const std::string name_;
  const bool is_row_;
  std::vector<Source> sources_;
  std::set<std::string> cursors_;                ///< that rows are fetched from
  std::vector<std::vector<Variable>*> fetches_;  ///< what they are fetched into
  std::deque<std::vector<Variable>> lists_;      ///< of the cursors' queries
  std::vector<Field> fields_;
  std::set<std::string> used_;
  bool differs_ = false;  ///< rows of several kinds
  bool is_tested_ = false;
  bool is_read_ = false;
  bool is_selected_into_ = false;
  std::map<std::string, std::string> variables_;
};

}  // namespace

void convert_records(Conversion& conversion) {
  if (conversion.routine.target.has(Capability::plpgsql_record)) return;
  struct Found {
    std::string name;
    bool is_row = false;
    int32_t offset = -1;
  };
  std::vector<Found> found;
  // Those of an inner block begin anew each time that it does.
  for (const Declaration& one : conversion.body.block.declarations) {
    const auto* variable = std::get_if<VariableDeclaration>(&one.node);
    const VariableType* type = variable == nullptr ? nullptr : conversion.type_of(one.name);
    if (type == nullptr || type->kind != VariableType::Kind::named || !type->type.array_bounds.empty() ||
        variable->default_value)
      continue;
    const bool is_row = conversion.table(type->type.name) != nullptr;
    if (is_row || type->type.name.name == "record") found.push_back({one.name, is_row, one.offset});
  }
  for (const Found& one : found) {
    if (Record(conversion, one.name, one.is_row).run()) {
      conversion.note(one.is_row ? "a variable for a row" : "a RECORD variable", one.offset);
      conversion.read_declarations();
    } else if (Record(conversion, one.name, one.is_row).leave_out_unused()) {
      conversion.note("a RECORD variable", one.offset);
      conversion.read_declarations();
    } else if (!one.is_row) {
      std::vector<std::string> names = divide_record(conversion, one.name);
      if (names.empty()) names.push_back(one.name);
      for (const std::string& name : names) {
        if (Record(conversion, name, false).run() || Record(conversion, name, false).become_row())
          conversion.note("a RECORD variable", one.offset);
        conversion.read_declarations();
      }
    }
  }
  conversion.read_declarations();
}

}  // namespace pg2crdb::routines
