// What is to be said of types once those before it (xml-type, range-types ...) have replaced the ones that
// CockroachDB does not have: json, arrays of arrays, a numeric's scale, attributes of composite types. Types
// that nothing is known of are errors: the statement would be refused.
//
// serial is no type in PostgreSQL but an integer and a sequence, and is written out as these: CockroachDB's
// serial is INT8 with 18-digit numbers, whatever its width (emit forms 4), and has no sequence for setval().
#include "rewrite/pass.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "ast/describe.h"
#include "ast/sequence_call.h"
#include "ast/serial.h"
#include "ast/walk.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"json-array", Severity::error, "types", "CockroachDB has no arrays of JSON",
     "Make it one jsonb column that holds a JSON array, and rewrite its values."},
    {"nested-array", Severity::warning, "types", "CockroachDB's arrays have one dimension",
     "Check that no value has more than one dimension, or make it jsonb."},
    {"unknown-type", Severity::error, "types",
     "the dump uses a type that it does not create and CockroachDB does not have",
     "Create the type, or map it to one that exists. Where another script makes it, name it with its "
     "schema."},
    {"numeric-scale", Severity::warning, "types",
     "a numeric with a negative scale, or one above its precision, is refused",
     "Nothing to do: the column becomes a numeric without limits."},
    {"composite-attribute", Severity::error, "types",
     "CockroachDB's composite types have attributes of built-in, single types only",
     "Make the columns that use the type jsonb, or spell its attributes out as columns."},
    {"row-type-column", Severity::error, "types",
     "CockroachDB has no columns of the row type of a table or view",
     "Spell the row's columns out as columns, refer to the row by its key, or make the column jsonb."},
    {"json-normalised", Severity::info, "types",
     "CockroachDB keeps json as jsonb: order of keys, blanks and duplicate keys are lost",
     "Nothing to do unless the text matters."},
};
enum : size_t {
  json_array,
  nested_array,
  unknown_type,
  numeric_scale,
  composite_attribute,
  row_type_column,
  json_normalised
};

/// Built-in types that stay, by the parser's names. Type facts 1, 2, 5. What not every release has is
/// replaced before where it is missing.
constexpr std::string_view known_types[] = {
    "any",           "anyarray",
    "anyelement",    "bit",
    "bool",          "box2d",
    "bpchar",        "bytea",
    "char",          "cstring",
    "date",          "float4",
    "float8",        "geography",
    "geometry",      "inet",
    "int2",          "int4",
    "int8",          "integer",
    "bigint",        "smallint",
    "interval",      "json",
    "jsonb",         "jsonpath",
    "name",          "numeric",
    "oid",           "pg_lsn",
    "record",        "refcursor",
    "regclass",      "regnamespace",
    "regproc",       "regprocedure",
    "regrole",       "regtype",
    "string",        "text",
    "time",          "timestamp",
    "timestamptz",   "timetz",
    "trigger",       "tsquery",
    "tsvector",      "unknown",
    "uuid",          "varbit",
    "varchar",       "void",
    "character",     "decimal",
    "real",          "boolean",
    "anynonarray",   "anyenum",
    "anycompatible", "anycompatiblearray",
    "event_trigger", "language_handler",
    "internal",      "bytes",
    "citext",        "ltree",
    "vector",
};

template <class Range>
bool contains(const Range& range, std::string_view name) {
  return std::find(std::begin(range), std::end(range), name) != std::end(range);
}

/// PostgreSQL's name for the sequence of a serial: table_column_seq, the longer part cut to make 63 bytes.
std::string sequence_name(std::string table, std::string column) {
  constexpr size_t longest = 63 - 5;
  while (table.size() + column.size() > longest) (table.size() > column.size() ? table : column).pop_back();
  return table + "_" + column + "_seq";
}

class Mapper {
 public:
  explicit Mapper(PassContext& context) : context_(context) {}

  void run(ast::Statement& statement) {
    statement_ = &statement;
    reported_.clear();
    said_ = false;
    if (auto* table = std::get_if<ast::CreateTable>(&statement.node)) {
      for (ast::Column& column : table->columns) {
        expand_serial(table->name, table->if_not_exists, column);
        this->column(table->name, column);
        row_type(table->name, column.name, column.type);
      }
    } else if (auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
      for (ast::AlterCommand& command : alter->commands) {
        if (const auto* change = std::get_if<ast::SetType>(&command))
          row_type(alter->name, change->column, change->type);
        auto* add = std::get_if<ast::AddColumn>(&command);
        if (add == nullptr) continue;
        expand_serial(alter->name, add->if_not_exists, add->column);
        column(alter->name, add->column);
        row_type(alter->name, add->column.name, add->column.type);
      }
    } else if (auto* composite = std::get_if<ast::CreateCompositeType>(&statement.node)) {
      for (ast::Column& attribute : composite->attributes) column(composite->name, attribute);
    } else if (auto* function = std::get_if<ast::CreateFunction>(&statement.node)) {
      for (ast::FunctionParameter& one : function->parameters) without_modifiers(one.type);
      if (function->returns) without_modifiers(*function->returns);
    }
    ast::Visitor visitor;
    visitor.type = [this](ast::TypeName& type) { use(type, {}); };
    walk(statement.node, visitor);
    if (const auto* composite = std::get_if<ast::CreateCompositeType>(&statement.node))
      attributes(*composite);
  }

 private:
  /// The column whose type it is; none of a type in an expression or a parameter.
  struct Owner {
    const ast::Name* table = nullptr;
    const ast::Column* column = nullptr;

    explicit operator bool() const { return column != nullptr; }
    std::string name() const { return to_string(*table) + "." + column->name; }
  };

  /// Those of domains; a numeric's may be money's cents, too, and stay.
  void without_modifiers(ast::TypeName& type) {
    if (type.modifiers.empty() || type.name.name == "numeric") return;
    type.modifiers.clear();
    context_.rewritten(*statement_);
  }

  void column(const ast::Name& table, ast::Column& column) {
    std::optional<ast::TypeName> replaced = use(column.type, {&table, &column});
    if (replaced && column.source_type.empty()) column.source_type = std::move(*replaced);
  }

  /// As an argument or a variable it is one (type facts 1, emit forms 6, #70099).
  void row_type(const ast::Name& table, const std::string& column, const ast::TypeName& type) {
    if (context_.target.has(Capability::row_type_columns)) return;
    const bool is_row =
        context_.catalog.table(type.name) != nullptr || context_.catalog.view(type.name) != nullptr;
    if (type.name.empty() || !is_row) return;
    const std::string object = to_string(table) + "." + column, row = to_string(type.name);
    context_.report(rules[row_type_column], *statement_, object,
                    "`" + object + "` has the row type of `" + row + "`" +
                        (type.array_bounds.empty() ? "" : ", in an array"),
                    type.offset);
    context_.needs_person(*statement_, "`" + column + "` has the row type of `" + row + "`");
  }

  /// Arrays are no syntax in a composite type before 26.1, user-defined types 0A000 (emit forms 6).
  void attributes(const ast::CreateCompositeType& composite) {
    for (const ast::Column& attribute : composite.attributes) {
      const bool is_array = !attribute.type.array_bounds.empty() &&
                            !context_.target.has(Capability::composite_array_attributes);
      if (!is_array && !context_.catalog.is_user_type(attribute.type.name)) continue;
      const std::string object = to_string(composite.name);
      context_.report(
          rules[composite_attribute], *statement_, object,
          "attribute `" + attribute.name + "` of `" + object + "` is an array or of a user-defined type",
          attribute.offset);
      context_.needs_person(*statement_, "CockroachDB's composite types have plain attributes only");
      return;
    }
  }

  void expand_serial(const ast::Name& table, bool if_not_exists, ast::Column& column) {
    const std::string_view type = ast::integer_of_serial(column.type);
    if (type.empty() || context_.catalog.is_user_type(column.type.name)) return;
    const std::string base = sequence_name(table.name, column.name);
    ast::Name name{table.schema, base};
    if (context_.options.in_order) {
      name.name = name_in_place(column, base);
    } else {
      for (int i = 1; taken(name); ++i) name.name = base + std::to_string(i);
      taken_.insert(name);
    }

    column.type.name = {"pg_catalog", std::string(type)};
    column.not_null = true;
    ast::CreateSequence create;
    create.name = name;
    create.if_not_exists = if_not_exists;
    if (type != "int8") create.options.type = column.type;
    ast::AlterSequence alter;
    alter.name = name;
    if (!table.schema.empty()) alter.options.owned_by.push_back(table.schema);
    alter.options.owned_by.push_back(table.name);
    alter.options.owned_by.push_back(column.name);
    ast::Cast sequence;
    sequence.argument =
        ast::Box(ast::Expr{ast::Literal{ast::Literal::Kind::string, ast::regclass_text(name)}});
    sequence.type.name = {"pg_catalog", "regclass"};
    ast::FunctionCall nextval;
    nextval.name.name = "nextval";
    nextval.arguments.push_back(ast::Expr{std::move(sequence)});
    column.default_value = ast::Box(ast::Expr{std::move(nextval)});
    context_.rewritten(*statement_);
    context_.add(std::move(create), *statement_, ast::Phase::pre_data, Beside::before);
    context_.add(std::move(alter), *statement_, ast::Phase::pre_data);
  }

  /// Where the script's order is kept, later statements name the sequence as PostgreSQL called it: with a
  /// number where the plain name was taken at that point.
  std::string name_in_place(const ast::Column& column, const std::string& base) const {
    for (const ast::Object& object : context_.script.objects) {
      const bool own = column.object != ast::no_object && object.parent == column.object &&
                       object.kind == ast::ObjectKind::sequence && object.created == statement_->id;
      if (own && object.name.name.starts_with(base)) return object.name.name;
    }
    return base;
  }

  bool taken(const ast::Name& name) const {
    const ast::Catalog& catalog = context_.catalog;
    return taken_.contains(name) || catalog.sequence(name) != nullptr || catalog.table(name) != nullptr ||
           catalog.view(name) != nullptr || catalog.index(name) != nullptr;
  }

  /// What it was where it was replaced. Without an owner only errors are told, of places that no column told
  /// of.
  std::optional<ast::TypeName> use(ast::TypeName& type, const Owner& owner) {
    if (type.name.empty() || type.percent_type) return std::nullopt;
    const bool built_in = type.name.schema.empty() || type.name.schema == "pg_catalog";
    if (context_.catalog.is_user_type(type.name)) return std::nullopt;
    if (!built_in) {
      unknown(type, owner);
      return std::nullopt;
    }
    const std::string& name = type.name.name;
    const bool without_limits = name == "numeric" && bad_scale(type);
    std::optional<ast::TypeName> before;
    if (without_limits) before = type;
    if (type.array_bounds.size() > 1) {
      found(nested_array, owner, "is an array of several dimensions", type.offset);
      type.array_bounds.resize(1);
    }
    if (name == "json" || name == "jsonb") {
      if (!type.array_bounds.empty())
        found(json_array, owner, "is an array of " + name, type.offset, true);
      else if (name == "json")
        found(json_normalised, owner, "is json and becomes jsonb", type.offset);
      return std::nullopt;
    }
    if (without_limits) {
      found(numeric_scale, owner,
            "is numeric(" + type.modifiers[0] + "," + type.modifiers[1] +
                ") and becomes numeric without limits",
            type.offset);
      type.modifiers.clear();
      return before;
    }
    const bool is_known =
        contains(known_types, name) || (name == "aclitem" && context_.target.has(Capability::aclitem_type));
    if (!is_known) unknown(type, owner);
    return std::nullopt;
  }

  static bool bad_scale(const ast::TypeName& type) {
    if (type.modifiers.size() != 2) return false;
    // As digits: the parser takes numbers of any length.
    const std::string& precision = type.modifiers[0];
    const std::string& scale = type.modifiers[1];
    if (scale.size() != precision.size()) return scale.starts_with('-') || scale.size() > precision.size();
    return scale.starts_with('-') || scale > precision;
  }

  /// What is about a type that the script makes and the output has not, or that it names and does not make,
  /// is said by `consequences`, but for one that gives a table its columns. No type of a user's own has
  /// modifiers in CockroachDB's grammar.
  void unknown(ast::TypeName& type, const Owner& owner) {
    const auto* table = std::get_if<ast::CreateTable>(&statement_->node);
    const bool gives_columns = table != nullptr && !table->of_type.empty() &&
                               table->of_type->name.object == type.name.object &&
                               !context_.script.objects[type.name.object].made_here();
    if (type.name.object != ast::no_object && type.modifiers.empty() && !gives_columns) return;
    found(unknown_type, owner,
          (owner ? "has the type `" : "is `") + to_string(type.name) +
              "`, which neither the dump nor CockroachDB defines",
          type.offset, true);
    type.modifiers.clear();
  }

  /// Without an owner the type stands in an expression or a parameter: said once a statement, errors at each
  /// place.
  void found(size_t rule, const Owner& owner, const std::string& what, int32_t offset, bool always = false) {
    // Its signature says which routine it is of; the routine tells of its types.
    if (std::holds_alternative<ast::Comment>(statement_->node)) return;
    context_.rewritten(*statement_);
    if (!owner && !always && said_) return;
    if (!reported_.insert(offset).second && !owner) return;
    said_ = true;
    const std::string whole = ast::statement_object(statement_->node);
    const std::string object = owner ? owner.name() : whole;
    const std::string named = object.empty() ? "the statement" : "`" + object + "`";
    const bool is_of_routine =
        rule == json_array && std::holds_alternative<ast::CreateFunction>(statement_->node);
    context_.report(
        rules[rule], *statement_, object, (owner ? "" : "a type in ") + named + " " + what, offset,
        is_of_routine ? "Make it jsonb, and a JSON array of what callers pass and what it returns." : "");
    if (is_of_routine) context_.needs_person(*statement_, "a type in it " + what);
  }

  PassContext& context_;
  ast::Statement* statement_ = nullptr;
  bool said_ = false;           ///< something was said about the statement
  std::set<int32_t> reported_;  ///< places of types in the statement
  std::set<ast::Name> taken_;   ///< sequences that were made
};

void run(PassContext& context) {
  Mapper mapper(context);
  const size_t count = context.script.statements.size();
  for (size_t i = 0; i < count; ++i) {
    ast::Statement& statement = context.script.statements[i];
    if (statement.live()) mapper.run(statement);
  }
}

}  // namespace

extern const Pass map_types;
const Pass map_types = {
    .name = "map-types",
    .category = "types",
    .fidelity = Fidelity::changes_behaviour,
    .summary = "writes serial out, reports types that CockroachDB does not know or has in another form",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
