// Rows as variables: CockroachDB knows a table's rows as a type, has neither %TYPE nor %ROWTYPE, and reads a
// field as `(r).c` only.
#include <algorithm>
#include <utility>

#include "ast/walk.h"
#include "emit/sql.h"
#include "parser/sql_tokens.h"
#include "routines/conversion.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

using Names = std::set<std::string, std::less<>>;

ast::Name name_of(const std::vector<std::string>& parts, size_t count) {
  return count == 1 ? ast::Name{"", parts[0]} : ast::Name{parts[0], parts[1]};
}

/// The type that `v%TYPE`, `t.c%TYPE` stands for; nothing where it is not known.
std::optional<ast::TypeName> type_behind(const Conversion& conversion,
                                         const std::vector<std::string>& names) {
  if (names.size() == 1) {
    const VariableType* known = conversion.type_of(names[0]);
    if (known == nullptr || known->kind != VariableType::Kind::named || known->type.empty())
      return std::nullopt;
    return known->type;
  }
  if (names.size() > 3) return std::nullopt;
  const ast::CreateTable* table = conversion.table(name_of(names, names.size() - 1));
  if (table == nullptr) return std::nullopt;
  const auto found = std::ranges::find(table->columns, names.back(), &ast::Column::name);
  return found == table->columns.end() ? std::nullopt : conversion.column_type(*found);
}

/// Of a table, a view or CREATE TYPE.
bool is_row_type(const Conversion& conversion, const ast::Name& name) {
  const ast::Catalog& catalog = conversion.routine.catalog;
  return catalog.is_user_type(name) && catalog.enum_type(name) == nullptr && catalog.domain(name) == nullptr;
}

void percent_types(Conversion& conversion) {
  if (conversion.routine.target.has(Capability::plpgsql_percent_type)) return;
  // One may be that of another.
  for (bool again = true; again;) {
    again = false;
    each_part(conversion.body, [&](VariableType& type) {
      if (type.kind == VariableType::Kind::named) return;
      const bool is_row = type.kind == VariableType::Kind::of_row;
      ast::TypeName known;
      if (is_row) {
        if (type.names.size() > 2) return;
        known.name = name_of(type.names, type.names.size());
        if (!is_row_type(conversion, known.name)) return;
      } else {
        std::optional<ast::TypeName> behind = type_behind(conversion, type.names);
        if (!behind) return;
        known = std::move(*behind);
      }
      // An array of arrays is the same type.
      if (known.array_bounds.empty()) known.array_bounds = type.array_bounds;
      conversion.note(is_row ? "%ROWTYPE" : "%TYPE", type.offset);
      known.offset = type.offset;
      type = named(std::move(known));
      again = true;
    });
    conversion.read_declarations();
  }
}

bool is_row(const Conversion& conversion, const VariableType& type) {
  return type.kind == VariableType::Kind::named && type.type.array_bounds.empty() &&
         is_row_type(conversion, type.type.name);
}

/// Variables and parameters that hold a row, but for those that a table of a query has the name of.
Names rows_of(Conversion& conversion) {
  Names rows;
  const auto add = [&](const std::string& name) {
    const VariableType* type = conversion.type_of(name);
    if (type != nullptr && is_row(conversion, *type)) rows.insert(name);
  };
  for (const ast::FunctionParameter& parameter : conversion.routine.parameters) add(parameter.name);
  each_part(conversion.body, [&](Declaration& one) { add(one.name); });
  if (rows.empty()) return rows;
  for (const std::string& name : conversion.names_in_from()) rows.erase(name);
  return rows;
}

/// `r.c` is `(r).c`.
void read_fields(Conversion& conversion, const Names& rows) {
  ast::Visitor fields;
  fields.expr = [&](ast::Expr& expr) {
    auto* ref = std::get_if<ast::ColumnRef>(&expr.node);
    if (ref == nullptr || ref->names.size() + (ref->star ? 1 : 0) < 2 || !rows.contains(ref->names[0]))
      return;
    ast::Indirection read;
    read.argument = column({ref->names[0]});
    for (size_t i = 1; i < ref->names.size(); ++i) {
      ast::Step step;
      step.field = ref->names[i];
      read.steps.push_back(std::move(step));
    }
    if (ref->star) {
      ast::Step step;
      step.kind = ast::Step::Kind::star;
      read.steps.push_back(std::move(step));
    }
    conversion.note("a field of a row", expr.offset);
    expr.node = std::move(read);
  };
  ast::walk(conversion.body, fields);
}

/// `(r).a, (r).b`: CockroachDB takes `(r).*` for them in a list of SELECT alone. Empty where they are not
/// known.
std::string all_fields(const Conversion& conversion, const std::string& row) {
  const VariableType* type = conversion.type_of(row);
  const ast::CreateTable* table = type == nullptr ? nullptr : conversion.table(type->type.name);
  std::string fields;
  if (table == nullptr) return fields;
  for (const ast::Column& one : table->columns) {
    fields += (fields.empty() ? "(" : ", (") + to_sql(column({row}), Dialect::cockroachdb) + ")." +
              to_sql(column({one.name}), Dialect::cockroachdb);
  }
  return fields;
}

/// The same in SQL that is kept word for word. Where the name stands without a field it may be a table's.
void read_fields(Conversion& conversion, const Names& rows, ast::Opaque& sql, int32_t offset) {
  const std::vector<transform::Token> tokens = transform::scan(sql.text).tokens;
  const auto is = [&](size_t i, std::string_view word) { return i < tokens.size() && tokens[i].is(word); };
  std::vector<size_t> found;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (!tokens[i].is_name() || !rows.contains(tokens[i].name())) continue;
    if (i > 0 && (is(i - 1, ".") || tokens[i - 1].is_name()) && !is(i + 1, ".")) return;
    if ((i == 0 || !is(i - 1, ".")) && is(i + 1, ".")) found.push_back(i);
  }
  std::string text = sql.text;
  for (auto one = found.rbegin(); one != found.rend(); ++one) {
    const transform::Token& row = tokens[*one];
    const std::string fields = is(*one + 2, "*") ? all_fields(conversion, row.name()) : std::string();
    if (!fields.empty()) {
      text.replace(row.begin, tokens[*one + 2].end - row.begin, fields);
    } else {
      text.insert(row.end, ")");
      text.insert(row.begin, "(");
    }
  }
  if (found.empty()) return;
  conversion.note("a field of a row", offset);
  sql.text = std::move(text);
}

}  // namespace

void convert_types(Conversion& conversion) {
  percent_types(conversion);
}

void convert_rows(Conversion& conversion) {
  const Names rows = rows_of(conversion);
  if (rows.empty()) return;
  read_fields(conversion, rows);
  each_part(conversion.body, [&](StaticSql& one) {
    if (auto* text = std::get_if<ast::Opaque>(&one.statement))
      read_fields(conversion, rows, *text, one.offset);
  });
}

}  // namespace pg2crdb::routines
