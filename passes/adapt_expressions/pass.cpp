// Expressions in defaults, CHECKs, generated columns, indexes, views, triggers and policies: casts to
// regconfig, integer division, float with decimal. What has no counterpart is taken out of a table, because
// the table matters more than its default or CHECK, and reported as an error; an index, view, trigger or
// policy is left for a person as a whole.
//
// Types are those of the dump's columns, so this pass runs before they are mapped. It knows a type or it does
// not: where it does not, nothing is rewritten.
#include "rewrite/pass.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "ast/describe.h"
#include "ast/walk.h"
#include "bind/tree_edit.h"
#include "bind/uncreated.h"
#include "target/functions.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"text-search-configuration", Severity::info, "functions",
     "CockroachDB takes a text search configuration as a string, not as regconfig",
     "Nothing to do where the configuration is a built-in one."},
    {"integer-division", Severity::info, "functions", "7 / 2 is 3.5 in CockroachDB, and 7 // 2 is 3",
     "Nothing to do."},
    {"division", Severity::warning, "functions",
     "7 / 2 is 3.5 in CockroachDB, and one of the operands may not be an integer",
     "Write // where both operands are integers."},
    {"float-decimal", Severity::warning, "functions",
     "CockroachDB does not mix floats with integers and decimals, and EXTRACT is a float there",
     "Check the precision of the result, then acknowledge."},
    {"missing-function", Severity::error, "functions",
     "an expression calls a function that CockroachDB does not have",
     "Write the expression with functions that exist, or define the function."},
    {"refused-function", Severity::error, "functions",
     "an expression calls a function of the dump that needs a person first",
     "Mend that function first, then put this back."},
    {"missing-operator", Severity::error, "functions",
     "an expression uses an operator that CockroachDB does not have for these types",
     "Write the expression with functions and operators that exist."},
    {"expression-refused", Severity::error, "functions", "an expression has a form that CockroachDB refuses",
     "Write the expression in another way."},
    {"context-dependent-cast", Severity::error, "functions",
     "a cast that depends on session settings is refused in generated columns and indexes",
     "Put AT TIME ZONE 'UTC' before the cast, or use parse_date, parse_timestamp."},
    {"regex-dialect", Severity::error, "functions",
     "CockroachDB's regular expressions have no look-around, back-references, \\m, \\M or \\y",
     "Write the pattern in the language of RE2: \\b for the edge of a word."},
    {"expression-collation-dropped", Severity::info, "types",
     "an expression has a COLLATE that means the order of bytes, which is CockroachDB's own",
     "Nothing to do."},
    {"expression-collation-changed", Severity::warning, "types",
     "an expression has a COLLATE that CockroachDB does not have: text compares by bytes",
     "Check the order, or write a COLLATE that CockroachDB has, such as \"es-CO-x-icu\"."},
};
enum : size_t {
  text_search_configuration,
  integer_division,
  division,
  float_decimal,
  missing_function,
  refused_function,
  missing_operator,
  expression_refused,
  context_dependent_cast,
  regex_dialect,
  expression_collation_dropped,
  expression_collation_changed,
};

/// Types whose values become text, so that only equality and || are left of their operators, and of their
/// functions those of any type.
constexpr std::string_view text_types[] = {
    "box",           "circle",    "cube",           "datemultirange", "daterange",
    "halfvec",       "hstore",    "int4multirange", "int4range",      "int8multirange",
    "int8range",     "line",      "lquery",         "lseg",           "ltxtquery",
    "nummultirange", "numrange",  "path",           "point",          "polygon",
    "seg",           "sparsevec", "tsmultirange",   "tsrange",        "tstzmultirange",
    "tstzrange",     "xml",
};

template <class Range>
bool contains(const Range& range, std::string_view name) {
  return std::find(std::begin(range), std::end(range), name) != std::end(range);
}

/// An aggregate is kept word for word, and CockroachDB has none that users make.
bool is_created(const ast::Statement* routine) {
  return routine->live() && std::holds_alternative<ast::CreateFunction>(routine->node);
}

bool built_in(const ast::Name& name) {
  return name.schema.empty() || name.schema == "pg_catalog";
}

enum class Type {
  unknown,
  integer,
  floating,
  decimal,
  text,
  date,
  time,
  timestamp,
  timestamptz,
  interval,
  becomes_text,
  other
};

Type type_of(const ast::TypeName& type) {
  if (type.name.empty() || type.percent_type) return Type::unknown;
  if (!type.array_bounds.empty()) return Type::other;
  const std::string& name = type.name.name;
  if (contains(text_types, name)) return Type::becomes_text;
  if (!built_in(type.name)) return Type::other;
  if (name == "int2" || name == "int4" || name == "int8" || name == "smallint" || name == "integer" ||
      name == "bigint")
    return Type::integer;
  if (name.starts_with("serial") || name == "bigserial" || name == "smallserial") return Type::integer;
  if (name == "float4" || name == "float8") return Type::floating;
  if (name == "numeric") return Type::decimal;
  if (name == "text" || name == "varchar" || name == "bpchar") return Type::text;
  if (name == "date") return Type::date;
  if (name == "time" || name == "timetz") return Type::time;
  if (name == "timestamp") return Type::timestamp;
  if (name == "timestamptz") return Type::timestamptz;
  if (name == "interval") return Type::interval;
  return Type::other;
}

/// The types that columns are made with, by object: what is asked where the script's order is kept, and a
/// name may mean one column here and another one there. Behind a change of its type, a column's is not known.
class FirstTypes {
 public:
  explicit FirstTypes(const ast::Script& script) {
    for (const ast::Statement& statement : script.statements) {
      if (const auto* create = std::get_if<ast::CreateTable>(&statement.node)) {
        for (const ast::Column& column : create->columns) add(column);
      } else if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
        for (const ast::AlterCommand& command : alter->commands) {
          if (const auto* more = std::get_if<ast::AddColumn>(&command)) add(more->column);
          if (const auto* set = std::get_if<ast::SetType>(&command))
            retyped_.emplace(set->column, statement.id);
        }
      }
    }
  }

  Type operator()(ast::ObjectId column, ast::StatementId at) const {
    const auto found = types_.find(column);
    if (found == types_.end()) return Type::unknown;
    const auto retyped = retyped_.find(found->second.first);
    return retyped != retyped_.end() && retyped->second < at ? Type::unknown : found->second.second;
  }

 private:
  void add(const ast::Column& column) {
    if (column.object != ast::no_object) types_[column.object] = {column.name, type_of(column.type)};
  }

  std::map<ast::ObjectId, std::pair<std::string, Type>> types_;
  std::map<std::string, ast::StatementId> retyped_;  ///< by name, of whichever table: where that is first
};

/// What columns mean in one statement.
class Scope {
 public:
  /// `types`: where the script's order is kept; then `at` is the statement's place in it.
  Scope(const ast::Catalog& catalog, const FirstTypes* types, ast::StatementId at)
      : catalog_(catalog), types_(types), at_(at) {}

  void add(const ast::CreateTable& table) { tables_[table.name.name] = &table; }
  void add(const ast::TableRef& reference) {
    const std::string& name = reference.alias.name.empty() ? reference.name.name : reference.alias.name;
    const ast::Statement* statement = catalog_.table(reference.name);
    const ast::CreateTable* table =
        statement == nullptr ? nullptr : std::get_if<ast::CreateTable>(&statement->node);
    const auto [it, inserted] = tables_.emplace(name, table);
    if (!inserted && it->second != table) it->second = nullptr;
  }

  /// Behind all common tables, which hide tables of their names.
  void add(const ast::FromItem& item) {
    if (const auto* table = std::get_if<ast::TableRef>(&item.node)) {
      const bool hidden = table->name.schema.empty() && common_tables_.contains(table->name.name);
      if (!hidden && table->alias.columns.empty()) return add(*table);
      hide(table->alias.name.empty() ? table->name.name : table->alias.name);
    } else if (const auto* query = std::get_if<ast::SubqueryRef>(&item.node)) {
      hide(query->alias.name);
    } else if (const auto* function = std::get_if<ast::FunctionRef>(&item.node)) {
      hide(function->alias.name);
    }
  }
  void add(const ast::CommonTable& table) { common_tables_.insert(table.name); }

  Type column(const ast::ColumnRef& reference) const {
    if (types_ != nullptr) return (*types_)(reference.object, at_);
    const ast::TypeName* type = declared(reference);
    return type == nullptr ? Type::unknown : type_of(*type);
  }

  /// The type that its table gives a column; null where that is not known.
  const ast::TypeName* declared(const ast::ColumnRef& reference) const {
    const std::vector<std::string>& names = reference.names;
    if (types_ != nullptr || names.empty() || names.size() > 2) return nullptr;
    const ast::CreateTable* table = nullptr;
    if (names.size() == 2) {
      const auto it = tables_.find(names[0]);
      if (it != tables_.end()) table = it->second;
    } else if (tables_.size() == 1) {
      table = tables_.begin()->second;
    }
    if (table == nullptr) return nullptr;
    const auto column = std::find_if(table->columns.begin(), table->columns.end(),
                                     [&](const ast::Column& one) { return one.name == names.back(); });
    return column == table->columns.end() ? nullptr : &column->type;
  }

 private:
  void hide(const std::string& name) { tables_[name] = nullptr; }

  const ast::Catalog& catalog_;
  const FirstTypes* types_;
  ast::StatementId at_;
  std::map<std::string, const ast::CreateTable*>
      tables_;  ///< by name or alias; null where it is not one table of the dump
  std::set<std::string> common_tables_;
};

class Typer {
 public:
  explicit Typer(const Scope& scope) : scope_(scope) {}

  Type operator()(const ast::Expr& expr) const {
    return std::visit([this](const auto& node) { return of(node); }, expr.node);
  }

 private:
  Type of(const ast::Literal& literal) const {
    if (literal.kind == ast::Literal::Kind::integer) return Type::integer;
    return Type::unknown;  // a decimal or string literal takes the type of its neighbour
  }
  Type of(const ast::ColumnRef& column) const { return column.star ? Type::unknown : scope_.column(column); }
  Type of(const ast::Cast& cast) const { return type_of(cast.type); }
  Type of(const ast::FunctionCall& call) const {
    constexpr std::string_view integers[] = {
        "length",   "char_length", "character_length",   "octet_length",      "bit_length", "strpos",
        "position", "count",       "array_length",       "cardinality",       "ascii",      "row_number",
        "rank",     "dense_rank",  "jsonb_array_length", "json_array_length", "nextval"};
    constexpr std::string_view texts[] = {"lower",   "upper",   "btrim", "ltrim",  "rtrim",     "concat",
                                          "replace", "to_char", "md5",   "format", "split_part"};
    const std::string& name = call.name.name;
    if (!built_in(call.name)) return Type::unknown;
    if (contains(integers, name)) return Type::integer;
    if (contains(texts, name)) return Type::text;
    if ((name == "min" || name == "max") && call.arguments.size() == 1) return (*this)(call.arguments[0]);
    if (name == "date_part" || name == "extract") return Type::floating;
    if (name == "now" || name == "clock_timestamp" || name == "statement_timestamp" ||
        name == "transaction_timestamp")
      return Type::timestamptz;
    if (name == "timezone" && call.arguments.size() == 2) {
      const Type type = (*this)(call.arguments[1]);
      return type == Type::timestamptz ? Type::timestamp
             : type == Type::timestamp ? Type::timestamptz
                                       : Type::unknown;
    }
    return Type::unknown;
  }
  Type of(const ast::Operation& operation) const {
    if (operation.kind != ast::Operation::Kind::op || operation.op.size() != 1 || !operation.right)
      return Type::unknown;
    const std::string& op = operation.op[0];
    if (op != "+" && op != "-" && op != "*" && op != "/" && op != "//" && op != "%") return Type::unknown;
    const Type right = (*this)(*operation.right);
    if (!operation.left) return right;
    const Type left = (*this)(*operation.left);
    if (left == right && (left == Type::integer || left == Type::floating || left == Type::decimal))
      return left;
    if (left == Type::floating || right == Type::floating) return Type::floating;
    const bool decimal = (left == Type::decimal && right == Type::integer) ||
                         (left == Type::integer && right == Type::decimal);
    return decimal ? Type::decimal : Type::unknown;
  }
  Type of(const ast::Coalesce& coalesce) const {
    if (coalesce.arguments.empty()) return Type::unknown;
    const Type first = (*this)(coalesce.arguments[0]);
    const bool same = std::all_of(coalesce.arguments.begin(), coalesce.arguments.end(),
                                  [&](const ast::Expr& e) { return (*this)(e) == first; });
    return same ? first : Type::unknown;
  }
  Type of(const ast::ValueFunction& function) const {
    if (function.keyword == "CURRENT_TIMESTAMP") return Type::timestamptz;
    if (function.keyword == "LOCALTIMESTAMP") return Type::timestamp;
    return function.keyword == "CURRENT_DATE" ? Type::date : Type::unknown;
  }
  template <class Node>
  Type of(const Node&) const {
    return Type::unknown;
  }

  const Scope& scope_;
};

bool same_type(const ast::TypeName& left, const ast::TypeName& right) {
  const bool same_schema =
      left.name.schema == right.name.schema || left.name.schema.empty() || right.name.schema.empty();
  return left.name.name == right.name.name && same_schema && left.array_bounds == right.array_bounds;
}

const ast::Literal* string_literal(const ast::Expr& expr) {
  const ast::Expr* inner = &expr;
  while (const auto* cast = std::get_if<ast::Cast>(&inner->node)) inner = &*cast->argument;
  const auto* literal = std::get_if<ast::Literal>(&inner->node);
  return literal != nullptr && literal->kind == ast::Literal::Kind::string ? literal : nullptr;
}

/// The part of a PostgreSQL regular expression that RE2 does not read; empty where it reads all.
std::string_view foreign_to_re2(std::string_view pattern) {
  if (pattern.starts_with("***")) return "***";
  for (size_t i = 0; i + 1 < pattern.size(); ++i) {
    const std::string_view rest = pattern.substr(i);
    for (const std::string_view part : {"(?=", "(?!", "(?<=", "(?<!", "[[:<:]]", "[[:>:]]"}) {
      if (rest.starts_with(part)) return part;
    }
    if (pattern[i] != '\\') continue;
    for (const std::string_view part :
         {"\\m", "\\M", "\\y", "\\Y", "\\Z", "\\1", "\\2", "\\3", "\\4", "\\5", "\\6", "\\7", "\\8", "\\9"}) {
      if (rest.starts_with(part)) return part;
    }
    ++i;
  }
  return {};
}

/// Where an expression stands decides what is allowed in it.
enum class Place { value, check, immutable };

struct Refusal {
  size_t rule = 0;
  std::string what;  ///< "calls `date_bin`, which CockroachDB does not have"
  int32_t offset = -1;
};

class Adapter {
 public:
  Adapter(PassContext& context, const bind::Uncreated& uncreated, ast::Statement& statement,
          const FirstTypes* types)
      : context_(context),
        uncreated_(uncreated),
        statement_(statement),
        scope_(context.catalog, types, statement.id),
        type_(scope_) {}

  void run() {
    object_ = ast::statement_object(statement_.node);
    kind_ = ast::statement_kind(statement_.node);
    if (auto* table = std::get_if<ast::CreateTable>(&statement_.node)) {
      scope_.add(*table);
      this->table(*table);
    } else if (auto* alter = std::get_if<ast::AlterTable>(&statement_.node)) {
      add_table(alter->name);
      alter_table(*alter);
    } else if (auto* index = std::get_if<ast::CreateIndex>(&statement_.node)) {
      add_table(index->table);
      whole(Place::immutable);
    } else if (auto* trigger = std::get_if<ast::CreateTrigger>(&statement_.node)) {
      add_table(trigger->table);
      whole(Place::value);
    } else if (auto* policy = std::get_if<ast::CreatePolicy>(&statement_.node)) {
      add_table(policy->table);
      whole(Place::value);
    } else if (std::holds_alternative<ast::CreateView>(statement_.node) ||
               std::holds_alternative<ast::CreateTableAs>(statement_.node) ||
               std::holds_alternative<ast::CreateFunction>(statement_.node) ||
               std::holds_alternative<ast::SelectStatement>(statement_.node) ||
               ast::changed_table(statement_.node) != nullptr) {
      bind::TreeEdit look;
      look.common_table = [this](ast::CommonTable& one) { scope_.add(one); };
      bind::edit(statement_.node, look);
      look = {};
      look.from = [this](ast::FromItem& item) { scope_.add(item); };
      bind::edit(statement_.node, look);
      whole(Place::value);
    }
  }

 private:
  void add_table(const ast::Name& name) {
    const ast::Statement* statement = context_.catalog.table(name);
    const auto* table = statement == nullptr ? nullptr : std::get_if<ast::CreateTable>(&statement->node);
    if (table != nullptr) scope_.add(*table);
  }

  void table(ast::CreateTable& table) {
    for (ast::Column& column : table.columns) this->column(table.name, column);
    constraints(table.constraints);
  }

  void column(const ast::Name& table, ast::Column& column) {
    if (column.default_value || (column.generated && column.generated->expr)) {
      const std::string object = to_string(table) + "." + column.name;
      if (column.default_value &&
          !fits(*column.default_value, Place::value, object, "the DEFAULT of `" + object + "`",
                "; it is left out", &column.type)) {
        column.default_value.reset();
      }
      if (column.generated && column.generated->expr &&
          !fits(*column.generated->expr, Place::immutable, object, "generated column `" + object + "`",
                "; it becomes an ordinary column that nothing fills")) {
        column.generated.reset();
        column.not_null = false;
      }
    }
    constraints(column.constraints);
  }

  void constraints(std::vector<ast::Constraint>& all) {
    std::erase_if(all, [this](ast::Constraint& constraint) { return !this->constraint(constraint); });
  }

  bool constraint(ast::Constraint& constraint) {
    if (constraint.kind != ast::Constraint::Kind::check || !constraint.check) return true;
    return fits(*constraint.check, Place::check, object_,
                "CHECK `" + constraint.name + "` of `" + object_ + "`", "; it is left out");
  }

  void alter_table(ast::AlterTable& alter) {
    const size_t before = alter.commands.size();
    std::erase_if(alter.commands, [&](ast::AlterCommand& command) {
      if (auto* add = std::get_if<ast::AddConstraint>(&command)) return !constraint(add->constraint);
      if (auto* add = std::get_if<ast::AddColumn>(&command)) column(alter.name, add->column);
      auto* set = std::get_if<ast::SetDefault>(&command);
      if (set == nullptr || !set->value) return false;
      const std::string object = object_ + "." + set->column;
      return !fits(*set->value, Place::value, object, "the DEFAULT of `" + object + "`", "; it is left out");
    });
    if (alter.commands.empty() && before > 0) context_.drop(statement_, "its expression is refused");
  }

  /// A statement that stands or falls as one.
  void whole(Place place) {
    ast::Visitor visitor;
    std::vector<Refusal> refusals;
    visitor.expr = [&](ast::Expr& expr) { visit(expr, place, refusals); };
    walk(statement_.node, visitor);
    const std::string which = kind_ + (object_.empty() ? "" : " `" + object_ + "`");
    bool person = false;
    std::string reason;
    for (const Refusal& refusal : unique(refusals)) {
      context_.report(rules[refusal.rule], statement_, object_, which + " " + refusal.what, refusal.offset);
      if (refusal.rule == regex_dialect) continue;
      person = true;
      if (reason.empty()) reason = "it " + refusal.what;
    }
    finish();
    if (person) context_.needs_person(statement_, reason);
  }

  /// False where it is refused, which is then reported. `into`: the type that its value is stored as.
  bool fits(ast::Expr& root, Place place, const std::string& object, const std::string& which,
            const std::string& consequence, const ast::TypeName* into = nullptr) {
    ast::Visitor visitor;
    std::vector<Refusal> refusals;
    if (into != nullptr) say_money(root, *into);
    if (into != nullptr && is_converted(root, *into, &bind::Uncreated::Cast::assigns))
      refusals.push_back({expression_refused, converts(*into), root.offset});
    visitor.expr = [&](ast::Expr& expr) { visit(expr, place, refusals); };
    walk(root, visitor);
    bool fine = true;
    for (const Refusal& refusal : unique(refusals)) {
      const bool harmless = refusal.rule == regex_dialect && place == Place::value;
      context_.report(rules[refusal.rule], statement_, object,
                      which + " " + refusal.what + (harmless ? "" : consequence), refusal.offset);
      fine = fine && harmless;
    }
    finish();
    if (!fine) context_.rewritten(statement_);
    return fine;
  }

  static std::vector<Refusal> unique(const std::vector<Refusal>& refusals) {
    std::vector<Refusal> result;
    for (const Refusal& refusal : refusals) {
      const bool known =
          std::any_of(result.begin(), result.end(), [&](const Refusal& r) { return r.what == refusal.what; });
      if (!known) result.push_back(refusal);
    }
    return result;
  }

  /// Says what was rewritten, once a statement and rule.
  void finish() {
    for (const auto& [rule, what] : changes_) {
      if (!said_.insert(rule).second) continue;
      context_.report(rules[rule], statement_, object_,
                      kind_ + (object_.empty() ? "" : " `" + object_ + "`") + ": " + what.what, what.offset);
    }
    if (std::any_of(changes_.begin(), changes_.end(),
                    [](const auto& change) { return change.first != division; }))
      context_.rewritten(statement_);
    changes_.clear();
  }

  void changed(size_t rule, std::string what, int32_t offset) {
    changes_.emplace(rule, Refusal{rule, std::move(what), offset});
  }

  void visit(ast::Expr& expr, Place place, std::vector<Refusal>& refusals) {
    const auto refuse = [&](size_t rule, std::string what) {
      refusals.push_back({rule, std::move(what), expr.offset});
    };
    if (auto* call = std::get_if<ast::FunctionCall>(&expr.node)) {
      function(*call, refuse);
    } else if (auto* cast = std::get_if<ast::Cast>(&expr.node)) {
      this->cast(expr, *cast, place, refuse);
    } else if (auto* operation = std::get_if<ast::Operation>(&expr.node)) {
      if (escapes(*operation)) {
        std::erase_if(refusals,
                      [&](const Refusal& refusal) { return refusal.offset == operation->right->offset; });
      }
      this->operation(expr, *operation, refuse);
    } else if (const auto* indirection = std::get_if<ast::Indirection>(&expr.node)) {
      for (const ast::Step& step : indirection->steps) {
        if (step.kind == ast::Step::Kind::slice && !context_.target.has(Capability::array_slices))
          refuse(expression_refused, "takes a slice of an array");
      }
    } else if (auto* collate = std::get_if<ast::Collate>(&expr.node)) {
      collation(expr, *collate);
    } else if (std::holds_alternative<ast::NamedArgument>(expr.node) &&
               !context_.target.has(Capability::named_arguments)) {
      refuse(expression_refused, "names an argument of a function");
    }
  }

  /// '$1.50' beside money is money: with its cast it is read as such when the type is mapped.
  void say_money(ast::Expr& value, const ast::TypeName& type) {
    const auto* literal = std::get_if<ast::Literal>(&value.node);
    const bool is_text = literal != nullptr && literal->kind == ast::Literal::Kind::string;
    if (!is_text || !built_in(type.name) || type.name.name != "money" || !type.array_bounds.empty()) return;
    value = {ast::Cast{ast::Box<ast::Expr>(value), type}, value.offset};
    context_.rewritten(statement_);
  }

  /// Whether a cast of the script's own makes the value one of that type. `anywhere`: how the cast is said to
  /// be, for a place where nobody writes it; null: it is written, so that a value of unknown type counts.
  bool is_converted(const ast::Expr& value, const ast::TypeName& to,
                    bool bind::Uncreated::Cast::*anywhere = nullptr) const {
    if (uncreated_.casts().empty() || context_.target.has(Capability::create_cast)) return false;
    const auto* literal = std::get_if<ast::Literal>(&value.node);
    const Type type =
        literal != nullptr && literal->kind == ast::Literal::Kind::decimal ? Type::decimal : type_(value);
    if (type == Type::unknown && (literal != nullptr || anywhere != nullptr)) return false;
    const ast::TypeName* declared = declared_type(value);
    return std::any_of(uncreated_.casts().begin(), uncreated_.casts().end(), [&](const auto& cast) {
      const Type from = type_of(cast.from);
      // What is written is read from text by CockroachDB, too.
      const bool applies = anywhere != nullptr ? cast.*anywhere : !(cast.of_text && from == Type::text);
      if (!applies || !same_type(cast.to, to)) return false;
      if (declared != nullptr) return same_type(cast.from, *declared);
      return type == Type::unknown || type == from;
    });
  }

  const ast::TypeName* declared_type(const ast::Expr& value) const {
    if (const auto* cast = std::get_if<ast::Cast>(&value.node)) return &cast->type;
    const auto* column = std::get_if<ast::ColumnRef>(&value.node);
    return column == nullptr ? nullptr : scope_.declared(*column);
  }

  static std::string converts(const ast::TypeName& to) {
    return "converts to `" + to.name.name + "` by a cast of the script's own";
  }

  /// CockroachDB's collations are language tags, in no schema.
  void collation(ast::Expr& expr, ast::Collate& collate) {
    const std::string name = collate.collation.name;
    if (built_in(collate.collation) && is_collation(name)) {
      if (collate.collation.schema.empty()) return;
      collate.collation.schema.clear();
      changed(expression_collation_dropped, "COLLATE \"" + name + "\" stands without its schema",
              expr.offset);
      return;
    }
    const bool bytes = built_in(collate.collation) && (name == "C" || name == "POSIX" || name == "ucs_basic");
    changed(bytes ? expression_collation_dropped : expression_collation_changed,
            "COLLATE \"" + name + "\" is left out", expr.offset);
    ast::Expr argument = *collate.argument;
    expr = std::move(argument);
  }

  /// Forms of a call that PostgreSQL has words for and CockroachDB does not.
  static std::string_view foreign_form(const ast::FunctionCall& call) {
    if (!call.sql_syntax) return {};
    const std::string& name = call.name.name;
    if (name == "is_normalized") return "IS NORMALIZED";
    if (name == "normalize") return "NORMALIZE";
    if (name == "timezone" && call.arguments.size() == 1) return "AT LOCAL";
    return {};
  }

  template <class Refuse>
  void function(ast::FunctionCall& call, Refuse refuse) {
    const std::string name = call.name.name;
    if (const std::string_view form = foreign_form(call); !form.empty()) {
      refuse(expression_refused, "uses " + std::string(form));
      return;
    }
    if (call.variadic && !context_.target.has(Capability::variadic)) {
      refuse(expression_refused, "passes VARIADIC arguments");
      return;
    }
    if (context_.catalog.has_function(call.name)) {
      const std::vector<ast::Statement*> overloads = context_.catalog.functions(call.name);
      if (std::none_of(overloads.begin(), overloads.end(), is_created))
        refuse(refused_function, "calls `" + to_string(call.name) + "`, which needs a person");
      return;
    }
    const ast::ObjectId object = call.name.object;
    // Where the script's order is kept, the name may be that of another place.
    if (object != ast::no_object && context_.script.objects[object].made_here() &&
        is_created(&context_.script.statements[context_.script.objects[object].created]))
      return;
    if (!built_in(call.name)) {
      refuse(missing_function,
             "calls `" + to_string(call.name) + "`, which neither the dump nor CockroachDB defines");
      return;
    }
    if (const std::string own = uncreated_.configuration(call);
        !own.empty() && !context_.target.has(Capability::text_search_objects)) {
      refuse(expression_refused, "reads text with `" + own + "`, a configuration of the script's own");
      return;
    }
    const bool known = call.sql_syntax || is_built_in_function(name);
    if (!known || overload_missing(call)) {
      refuse(missing_function, "calls `" + name + "`" + (known ? " with arguments that" : ", which") +
                                   " CockroachDB does not have");
    } else if (takes_what_becomes_text(call)) {
      refuse(missing_function, "calls `" + name + "` with a value whose type becomes text");
    } else if (name == "string_agg" && call.distinct && call.modifiers && !call.modifiers->order_by.empty() &&
               !context_.target.has(Capability::distinct_ordered_aggregate)) {
      refuse(expression_refused, "aggregates with DISTINCT and ORDER BY at once");
    } else if (call.distinct && call.modifiers && !call.modifiers->order_by.empty() &&
               !call.modifiers->within_group &&
               !context_.target.has(Capability::distinct_ordered_aggregate)) {
      refuse(expression_refused, "aggregates with DISTINCT and ORDER BY at once");
    }
  }

  /// lower(range) is no lower(text).
  bool takes_what_becomes_text(const ast::FunctionCall& call) const {
    constexpr std::string_view of_any_type[] = {"array_agg", "concat", "concat_ws", "count", "format"};
    return !contains(of_any_type, call.name.name) &&
           std::any_of(call.arguments.begin(), call.arguments.end(),
                       [&](const ast::Expr& argument) { return type_(argument) == Type::becomes_text; });
  }

  /// Names that exist, with parameters that do not. Emit forms 8.
  bool overload_missing(const ast::FunctionCall& call) const {
    const std::string& name = call.name.name;
    const std::vector<ast::Expr>& arguments = call.arguments;
    if (name == "to_timestamp") return arguments.size() == 2;
    if (name == "like_escape") return arguments.size() == 2;
    if (name == "age")
      return arguments.size() == 2 && type_(arguments[0]) == Type::timestamp &&
             type_(arguments[1]) == Type::timestamp;
    if (name != "to_char" || arguments.size() != 2) return false;
    const Type type = type_(arguments[0]);
    if (type == Type::integer || type == Type::decimal || type == Type::floating) return true;
    const ast::Literal* pattern = string_literal(arguments[1]);
    return pattern != nullptr && !pattern->text.empty() &&
           pattern->text.find_first_not_of("FM09.,SDGLV \"-+") == std::string::npos;
  }

  template <class Refuse>
  void cast(ast::Expr& expr, ast::Cast& cast, Place place, Refuse refuse) {
    if (built_in(cast.type.name) && cast.type.name.name == "regconfig" && cast.type.array_bounds.empty() &&
        !context_.target.has(Capability::regconfig)) {
      ast::Expr argument = *cast.argument;
      if (auto* literal = std::get_if<ast::Literal>(&argument.node)) {
        constexpr std::string_view schema = "pg_catalog.";
        if (literal->text.starts_with(schema)) literal->text.erase(0, schema.size());
      }
      changed(text_search_configuration, "the cast to regconfig is left out", expr.offset);
      expr = std::move(argument);
      return;
    }
    if (is_converted(*cast.argument, cast.type)) return refuse(expression_refused, converts(cast.type));
    if (place != Place::immutable || context_.target.has(Capability::computed_column_context_casts)) return;
    const Type from = type_(*cast.argument);
    const Type to = type_of(cast.type);
    const bool to_time =
        to == Type::date || to == Type::time || to == Type::timestamp || to == Type::timestamptz;
    const bool from_time = from == Type::date || from == Type::time || from == Type::timestamp ||
                           from == Type::timestamptz || from == Type::interval;
    const bool zone = from == Type::timestamptz && (to_time && to != Type::timestamptz);
    const bool parses = from == Type::text && (to_time || to == Type::interval);
    if (zone || parses || (from_time && to == Type::text)) {
      refuse(context_dependent_cast,
             "casts to `" + cast.type.name.name + "`, which depends on session settings");
    }
  }

  /// LIKE with an ESCAPE: the call of like_escape, which PostgreSQL reads it as and writes it as, goes out as
  /// the word again.
  static bool escapes(ast::Operation& operation) {
    const std::string op = operation.op.empty() ? "" : operation.op.back();
    if (op != "~~" && op != "!~~" && op != "~~*" && op != "!~~*") return false;
    auto* call = std::get_if<ast::FunctionCall>(&operation.right->node);
    if (call == nullptr || call->name.name != "like_escape" || !built_in(call->name) ||
        call->arguments.size() != 2)
      return false;
    call->name.schema = "pg_catalog";
    if (operation.kind == ast::Operation::Kind::op)
      operation.kind = op.ends_with('*') ? ast::Operation::Kind::ilike : ast::Operation::Kind::like;
    return operation.kind == ast::Operation::Kind::like || operation.kind == ast::Operation::Kind::ilike;
  }

  template <class Refuse>
  void operation(ast::Expr& expr, ast::Operation& operation, Refuse refuse) {
    if (operation.op.empty()) return;
    const std::string op = operation.op.back();
    if (std::isalpha(static_cast<unsigned char>(op.front())) != 0) return;  // BETWEEN and its kin
    if (operation.op.size() > 1 && operation.op.front() != "pg_catalog" &&
        !context_.target.has(Capability::qualified_operators)) {
      refuse(missing_operator, "uses OPERATOR(" + operation.op.front() + "." + op + ")");
      return;
    }
    if (!is_built_in_operator(op)) {
      refuse(missing_operator, "uses the operator `" + op + "`");
      return;
    }
    if (!operation.left || !operation.right) return;
    for (const auto& [value, other] :
         {std::pair(&*operation.left, &*operation.right), std::pair(&*operation.right, &*operation.left)}) {
      const ast::TypeName* to = declared_type(*other);
      if (to != nullptr) say_money(*value, *to);
      if (to != nullptr && is_converted(*value, *to, &bind::Uncreated::Cast::implicit))
        refuse(expression_refused, converts(*to));
    }
    constexpr std::string_view of_texts[] = {"=", "<>", "!=", "||", "~~", "!~~", "~", "~*"};
    const Type left = type_(*operation.left);
    const Type right = type_(*operation.right);
    if ((left == Type::becomes_text || right == Type::becomes_text) && !contains(of_texts, op)) {
      refuse(missing_operator, "uses `" + op + "` on a type whose values become text");
    } else if (op == "~" || op == "~*" || op == "!~" || op == "!~*") {
      const ast::Literal* pattern = string_literal(*operation.right);
      const std::string_view part = pattern == nullptr ? std::string_view() : foreign_to_re2(pattern->text);
      if (!part.empty()) refuse(regex_dialect, "has `" + std::string(part) + "` in a regular expression");
    } else if (operation.kind == ast::Operation::Kind::op) {
      arithmetic(expr, operation, op, left, right);
    }
  }

  void arithmetic(ast::Expr& expr, ast::Operation& operation, const std::string& op, Type left, Type right) {
    if (op == "/" && left == Type::integer && right == Type::integer) {
      operation.op = {"//"};
      changed(integer_division, "integer division is written //", expr.offset);
      return;
    }
    const bool unknown = left == Type::unknown || right == Type::unknown;
    const bool decimal = is_decimal(*operation.left) || is_decimal(*operation.right);
    if (op == "/" && unknown && !decimal && (left == Type::integer || right == Type::integer)) {
      changed(division, "a division by / may be one of integers", expr.offset);
    }
    if (op != "+" && op != "-" && op != "*" && op != "/") return;
    const bool left_exact = left == Type::decimal || left == Type::integer;
    const bool right_exact = right == Type::decimal || right == Type::integer;
    if (left == Type::floating && right_exact) to_float(*operation.right, expr.offset);
    if (right == Type::floating && left_exact) to_float(*operation.left, expr.offset);
  }

  static bool is_decimal(const ast::Expr& expr) {
    const auto* literal = std::get_if<ast::Literal>(&expr.node);
    return literal != nullptr && literal->kind == ast::Literal::Kind::decimal;
  }

  void to_float(ast::Expr& operand, int32_t offset) {
    if (std::holds_alternative<ast::Literal>(operand.node)) return;
    ast::TypeName type;
    type.name = {"pg_catalog", "float8"};
    auto* cast = std::get_if<ast::Cast>(&operand.node);
    if (cast != nullptr && std::holds_alternative<ast::Literal>(cast->argument->node)) {
      cast->type = std::move(type);
    } else {
      operand = {ast::Cast{ast::Box<ast::Expr>(operand), std::move(type)}, operand.offset};
    }
    changed(float_decimal, "an exact number beside a float becomes double precision", offset);
  }

  PassContext& context_;
  const bind::Uncreated& uncreated_;
  ast::Statement& statement_;
  Scope scope_;
  Typer type_;
  std::string object_, kind_;
  std::map<size_t, Refusal> changes_;
  std::set<size_t> said_;
};

void run(PassContext& context) {
  std::optional<FirstTypes> types;
  if (context.options.in_order) types.emplace(context.script);
  const bind::Uncreated uncreated(context.script);
  for (ast::Statement& statement : context.script.statements) {
    if (statement.live()) Adapter(context, uncreated, statement, types ? &*types : nullptr).run();
  }
}

}  // namespace

extern const Pass adapt_expressions;
const Pass adapt_expressions = {
    .name = "adapt-expressions",
    .category = "functions",
    .fidelity = Fidelity::changes_behaviour,
    .summary = "rewrites expressions that mean something else in CockroachDB and finds those that it refuses",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
