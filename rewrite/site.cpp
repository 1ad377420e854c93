#include "rewrite/site.h"

#include <algorithm>
#include <charconv>

#include "ast/describe.h"
#include "emit/sql.h"
#include "target/quote.h"

namespace pg2crdb::rewrite {
namespace {

using ast::type_info;
using ast::TypeInfo;

/// What a value came to: a node of the tree, a list of them, or a text.
struct Evaluated {
  const TypeInfo* type = nullptr;  ///< null: `text`
  void* node = nullptr;            ///< null with a type: there is nothing
  const Binding* many = nullptr;
  std::string text;
};

std::string text_of(const Evaluated& value) {
  if (value.many != nullptr) return shown(*value.many);
  if (value.type == nullptr) return value.text;
  return value.node == nullptr ? std::string() : shown(*value.type, value.node);
}

const ast::Name* name_in(const Evaluated& value) {
  if (value.node == nullptr) return nullptr;
  if (value.type == &type_info<ast::Name>()) return static_cast<const ast::Name*>(value.node);
  if (value.type == &type_info<ast::TypeName>()) return &static_cast<const ast::TypeName*>(value.node)->name;
  if (value.type == &type_info<ast::ObjectRef>())
    return &static_cast<const ast::ObjectRef*>(value.node)->name;
  return nullptr;
}

/// What a pattern is held against: of a name only its last part, since the schema has a path of its own.
std::string bare_text(const Evaluated& value) {
  if (value.node != nullptr && value.type == &type_info<ast::Name>()) return name_in(value)->name;
  return text_of(value);
}

size_t count_of(const Evaluated& value) {
  if (value.many != nullptr) return value.many->nodes.size();
  if (value.type == nullptr) return value.text.empty() ? 0 : 1;
  if (value.node == nullptr) return 0;
  if (value.type->kind == TypeInfo::Kind::vector) return value.type->size(value.node);
  return ast::is_empty(*value.type, value.node) ? 0 : 1;
}

std::optional<double> number_in(const std::string& text) {
  double number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

const ast::CreateTable* table_of(const Site& site, const ast::Name& name) {
  const ast::Statement* statement = site.context.catalog.table(name);
  return statement == nullptr ? nullptr : std::get_if<ast::CreateTable>(&statement->node);
}

class Evaluator {
 public:
  Evaluator(const Site& site, const Bindings& bindings) : site_(site), bindings_(bindings) {}

  Evaluated value(const Value& value) const {
    switch (value.kind) {
      case Value::Kind::literal:
        return {nullptr, nullptr, nullptr, value.text};
      case Value::Kind::count:
        return {nullptr, nullptr, nullptr, std::to_string(count_of(this->value(*value.argument)))};
      case Value::Kind::type_of:
        return type_of(text_of(this->value(*value.argument)));
      case Value::Kind::path:
        return below(site_.type, site_.node, value.path);
      case Value::Kind::variable:
        return variable(value.text, value.path);
    }
    return {};
  }

  Evaluated variable(const std::string& name, const std::vector<std::string>& path) const {
    if (const Binding* binding = bindings_.find(name)) {
      if (binding->many) return {binding->type, nullptr, binding, {}};
      return below(*binding->type, binding->nodes[0].get(), path);
    }
    if (name == "object") return {nullptr, nullptr, nullptr, site_.object()};
    if (name == "kind") return {nullptr, nullptr, nullptr, ast::statement_kind(site_.statement.node)};
    if (name == "command") return {nullptr, nullptr, nullptr, command()};
    if (name == "place") return {nullptr, nullptr, nullptr, place()};
    if (name == "statement") {
      auto& node = site_.statement.node;
      const TypeInfo& type = type_info<ast::StatementNode>();
      return below(*type.alternatives[node.index()], type.held(&node), path);
    }
    if (name == "field") return {nullptr, nullptr, nullptr, std::string(site_.field)};
    if (name == "table" && site_.table != nullptr)
      return below(type_info<ast::Name>(), const_cast<ast::Name*>(site_.table), path);
    if (name == "column" && site_.column != nullptr)
      return below(type_info<ast::Column>(), const_cast<ast::Column*>(site_.column), path);
    return {};
  }

 private:
  /// "CREATE RULE twice", "ALTER TABLE public.towns CLUSTER ON", "CREATE CAST".
  std::string command() const {
    const std::string kind = ast::statement_kind(site_.statement.node);
    const std::string name = site_.object();
    if (name.empty()) return kind;
    for (const std::string_view changed : {"ALTER TABLE ", "ALTER INDEX ", "ALTER TYPE "}) {
      if (kind.starts_with(changed))
        return std::string(changed).append(name).append(" ").append(kind.substr(changed.size()));
    }
    return kind + " " + name;
  }

  /// "`public.towns.price`", "a type in `public.f`".
  std::string place() const {
    const bool of_column = site_.is_type_of_column() || &site_.type == &type_info<ast::Column>();
    const std::string name = site_.object();
    const std::string object = name.empty() ? "the statement" : "`" + name + "`";
    if (of_column) return object;
    if (&site_.type == &type_info<ast::TypeName>()) return "a type in " + object;
    if (&site_.type == &type_info<ast::Expr>()) return "an expression in " + object;
    return object;
  }

  static Evaluated below(const TypeInfo& type, void* node, const std::vector<std::string>& path) {
    const Reached reached = follow(type, node, path);
    if (reached.type == nullptr) return {};
    return {reached.type, reached.node, nullptr, {}};
  }

  /// The type of a column of the table around the node.
  Evaluated type_of(const std::string& column) const {
    if (site_.table == nullptr) return {};
    const ast::CreateTable* table = table_of(site_, *site_.table);
    if (table == nullptr) return {};
    const auto it = std::find_if(table->columns.begin(), table->columns.end(),
                                 [&](const ast::Column& c) { return c.name == column; });
    if (it == table->columns.end()) return {};
    return {&type_info<ast::TypeName>(), const_cast<ast::TypeName*>(&it->type), nullptr, {}};
  }

  const Site& site_;
  const Bindings& bindings_;
};

bool is_referenced(const ast::Catalog& catalog, const ast::Name& name) {
  const auto& keys = catalog.foreign_keys();
  return std::any_of(keys.begin(), keys.end(),
                     [&](const auto& key) { return may_be_same(key.constraint->referenced, name); });
}

/// `name` as the words ask: each word of `property_names()`.
bool has_property(const std::string& words, const Site& site, const Evaluated& value) {
  const ast::Catalog& catalog = site.context.catalog;
  if (words == "empty") return count_of(value) == 0;
  if (words == "reserved") return is_reserved_word(bare_text(value));
  if (words == "array") {
    return value.node != nullptr && value.type == &type_info<ast::TypeName>() &&
           !static_cast<const ast::TypeName*>(value.node)->array_bounds.empty();
  }
  if (words == "constant" || words == "column reference" || words == "function call") {
    if (value.node == nullptr || value.type != &type_info<ast::Expr>()) return false;
    const auto& node = static_cast<const ast::Expr*>(value.node)->node;
    return words == "constant"           ? std::holds_alternative<ast::Literal>(node)
           : words == "column reference" ? std::holds_alternative<ast::ColumnRef>(node)
                                         : std::holds_alternative<ast::FunctionCall>(node);
  }
  if (words == "role") return catalog.has_role(bare_text(value));
  if (words == "schema") return catalog.has_schema(bare_text(value));
  ast::Name plain;
  const ast::Name* name = name_in(value);
  if (name == nullptr) {
    plain.name = text_of(value);
    name = &plain;
  }
  if (words == "table") return catalog.table(*name) != nullptr;
  if (words == "view") return catalog.view(*name) != nullptr;
  if (words == "sequence") return catalog.sequence(*name) != nullptr;
  if (words == "index") return catalog.index(*name) != nullptr;
  if (words == "enum") return catalog.enum_type(*name) != nullptr;
  if (words == "domain") return catalog.domain(*name) != nullptr;
  if (words == "composite type") return catalog.composite_type(*name) != nullptr;
  // A call that the script's function was found for says so: a bare one means pg_catalog's.
  if (words == "function" && name != &plain && &site.type == &type_info<ast::Expr>() && !site.in_body &&
      name->schema.empty() && name->object == ast::no_object)
    return false;
  if (words == "function") return catalog.has_function(*name);
  if (words == "user type") return catalog.is_user_type(*name);
  if (words == "built-in")
    return (name->schema.empty() || name->schema == "pg_catalog") && !catalog.is_user_type(*name);
  if (words == "referenced") return is_referenced(catalog, *name);
  throw InternalError("a rule asks for the property `" + words + "`, which is not known");
}

/// As the table has it now: rules may have changed it since the catalog looked.
std::vector<std::string> primary_key(const Site& site, const ast::Name& name) {
  if (const ast::CreateTable* table = table_of(site, name)) {
    for (const ast::Constraint& constraint : table->constraints) {
      if (constraint.kind == ast::Constraint::Kind::primary_key) return constraint.columns;
    }
  }
  return site.context.catalog.primary_key(name);
}

bool has_possession(const std::string& words, const Site& site, const Evaluated& value,
                    const std::optional<std::string>& argument) {
  ast::Name plain;
  const ast::Name* name = name_in(value);
  if (name == nullptr) {
    plain.name = text_of(value);
    name = &plain;
  }
  if (words == "primary key") {
    const std::vector<std::string> key = primary_key(site, *name);
    return argument ? std::find(key.begin(), key.end(), *argument) != key.end() : !key.empty();
  }
  if (words == "column") {
    const ast::CreateTable* table = table_of(site, *name);
    return table != nullptr &&
           std::any_of(table->columns.begin(), table->columns.end(),
                       [&](const ast::Column& c) { return c.name == argument.value_or(""); });
  }
  if (words == "foreign key") {
    const auto& keys = site.context.catalog.foreign_keys();
    return std::any_of(keys.begin(), keys.end(), [&](const auto& key) {
      if (!may_be_same(key.table, *name)) return false;
      const auto& columns = key.constraint->columns;
      return !argument || std::find(columns.begin(), columns.end(), *argument) != columns.end();
    });
  }
  if (words == "rows") {
    const auto& data = site.context.script.data;
    return std::any_of(data.begin(), data.end(), [&](const ast::DataBlock& block) {
      return block.rows > 0 && may_be_same(block.table, *name);
    });
  }
  throw InternalError("a rule asks for the possession `" + words + "`, which is not known");
}

bool compare(const std::string& op, const Evaluated& left, const Evaluated& right) {
  std::string a = text_of(left);
  std::string b = text_of(right);
  // A name without a schema in the rule is compared with the name alone.
  if (left.type == &type_info<ast::Name>() && b.find('.') == std::string::npos) a = bare_text(left);
  if (right.type == &type_info<ast::Name>() && a.find('.') == std::string::npos) b = bare_text(right);
  const std::optional<double> x = number_in(a);
  const std::optional<double> y = number_in(b);
  const int order = x && y ? (*x < *y ? -1 : *x > *y ? 1 : 0) : a.compare(b);
  if (op == "=") return order == 0;
  if (op == "<>") return order != 0;
  if (op == "<") return order < 0;
  if (op == "<=") return order <= 0;
  if (op == ">") return order > 0;
  return order >= 0;
}

}  // namespace

std::string Site::object() const {
  const bool of_column = is_type_of_column() || &type == &type_info<ast::Column>();
  if (of_column && column != nullptr && table != nullptr) return to_string(*table) + "." + column->name;
  return ast::statement_object(statement.node);
}

bool Site::is_type_of_column() const {
  return column != nullptr && node == &column->type;
}

namespace {

/// What is in boxes and variants; null at an empty box that is left.
Reached opened(Reached at, Boxes boxes) {
  while (at.node != nullptr) {
    if (at.type->kind == TypeInfo::Kind::box) {
      at = {at.type->element, boxes == Boxes::fill ? at.type->fill(at.node) : at.type->inside(at.node)};
    } else if (at.type->kind == TypeInfo::Kind::variant) {
      at = {at.type->alternatives[at.type->index(at.node)], at.type->held(at.node)};
    } else {
      break;
    }
  }
  return at;
}

}  // namespace

Reached reach(const TypeInfo& type, void* node, const std::vector<std::string>& path, Boxes boxes) {
  Reached at{&type, node};
  for (const std::string& step : path) {
    at = opened(at, boxes);
    if (at.node == nullptr || at.type->kind != TypeInfo::Kind::structure) return {};
    const ast::FieldInfo* field = at.type->field(step);
    if (field == nullptr && at.type == &type_info<ast::Expr>()) {
      at = opened({at.type->fields[0].type, at.type->fields[0].member(at.node)}, boxes);
      field = at.type->kind == TypeInfo::Kind::structure ? at.type->field(step) : nullptr;
    }
    if (field == nullptr) return {};
    at = {field->type, field->member(at.node)};
  }
  return at;
}

Reached follow(const TypeInfo& type, void* node, const std::vector<std::string>& path) {
  const Reached at = reach(type, node, path, Boxes::leave);
  const bool boxed = at.node != nullptr && !path.empty() && at.type->kind == TypeInfo::Kind::box;
  return boxed ? opened(at, Boxes::leave) : at;
}

bool holds(const Condition& condition, const Site& site, Bindings& bindings, std::string* why) {
  const Evaluator evaluate(site, bindings);
  auto because = [&](bool result, auto text) {
    if (!result && why != nullptr && why->empty()) *why = text();
    return result;
  };
  switch (condition.kind) {
    case Condition::Kind::negation:
      return because(!holds(condition.parts[0], site, bindings),
                     [] { return std::string("what is behind `not` holds"); });
    case Condition::Kind::conjunction:
      return holds(condition.parts[0], site, bindings, why) && holds(condition.parts[1], site, bindings, why);
    case Condition::Kind::disjunction:
      return because(holds(condition.parts[0], site, bindings) || holds(condition.parts[1], site, bindings),
                     [] { return std::string("neither side of `or` holds"); });
    case Condition::Kind::comparison: {
      const Evaluated left = evaluate.value(condition.left);
      const Evaluated right = evaluate.value(*condition.right);
      return because(compare(condition.op, left, right), [&] {
        return "`" + text_of(left) + "` " + condition.op + " `" + text_of(right) + "` does not hold";
      });
    }
    case Condition::Kind::pattern: {
      const std::string text = bare_text(evaluate.value(condition.left));
      const bool possible =
          text.size() <= Regex::longest_text && text.find(condition.needed) != std::string::npos;
      bool found = false;
      if (condition.captured.empty()) {
        found = possible && condition.regex->is_in(text);
      } else if (const auto group = possible ? condition.regex->first_group_in(text) : std::nullopt) {
        found = true;
        bindings.bind_text(condition.captured, *group);
      }
      return because(found != condition.negated, [&] {
        return "`" + text + "` " + (condition.negated ? "fits" : "does not fit") + " `" + condition.op + "`";
      });
    }
    case Condition::Kind::membership: {
      const std::string text = bare_text(evaluate.value(condition.left));
      const bool found =
          std::find(condition.options.begin(), condition.options.end(), text) != condition.options.end();
      return because(found != condition.negated, [&] {
        return "`" + text + "` is " + (condition.negated ? "in" : "not in") + " the list";
      });
    }
    case Condition::Kind::property: {
      const Evaluated value = evaluate.value(condition.left);
      return because(has_property(condition.op, site, value) != condition.negated, [&] {
        return "`" + text_of(value) + "` is " + (condition.negated ? "" : "not ") + condition.op;
      });
    }
    case Condition::Kind::possession: {
      const Evaluated value = evaluate.value(condition.left);
      std::optional<std::string> argument;
      if (condition.right) argument = bare_text(evaluate.value(*condition.right));
      return because(has_possession(condition.op, site, value, argument) != condition.negated, [&] {
        return "`" + text_of(value) + "` has " + (condition.negated ? "" : "no ") + condition.op;
      });
    }
    case Condition::Kind::truth: {
      const Evaluated value = evaluate.value(condition.left);
      const bool truth =
          value.type == nullptr ? !value.text.empty() && value.text != "false" : count_of(value) > 0;
      return because(truth, [] { return std::string("a part that the condition wants is missing"); });
    }
  }
  return false;
}

namespace {

/// Calls `plain(text)` and `variable(value)` for the parts of a template, in order.
template <class Plain, class Variable>
void for_each_part(const Template& text, const Site& site, const Bindings& bindings, Plain plain,
                   Variable variable) {
  const Evaluator evaluate(site, bindings);
  for (const Template::Part& part : text.parts) {
    if (part.variable.empty()) {
      plain(part.text);
    } else if (part.variable == ".") {
      const Reached reached = follow(site.type, site.node, part.path);
      variable(Evaluated{reached.type, reached.node, nullptr, {}});
    } else {
      variable(evaluate.variable(part.variable, part.path));
    }
  }
}

}  // namespace

std::string filled(const Template& text, const Site& site, const Bindings& bindings) {
  std::string out;
  for_each_part(
      text, site, bindings, [&](const std::string& plain) { out += plain; },
      [&](const Evaluated& value) { out += text_of(value); });
  return out;
}

std::string filled_sql(const Template& text, const Site& site, const Bindings& bindings) {
  std::string out;
  bool in_string = false;
  auto plain = [&](const std::string& sql) {
    in_string = in_string != (std::count(sql.begin(), sql.end(), '\'') % 2 == 1);
    out += sql;
  };
  auto variable = [&](const Evaluated& value) {
    if (in_string) {
      for (const char c : text_of(value)) out += c == '\'' ? std::string("''") : std::string(1, c);
    } else if (const ast::Name* name = value.node != nullptr && value.type == &type_info<ast::Name>()
                                           ? name_in(value)
                                           : nullptr) {
      out += quote_name(name->schema, name->name);
    } else if (value.node != nullptr &&
               (value.type == &type_info<ast::Expr>() || value.type == &type_info<ast::TypeName>())) {
      out += value.type == &type_info<ast::Expr>()
                 ? to_sql(*static_cast<const ast::Expr*>(value.node), Dialect::cockroachdb)
                 : to_sql(*static_cast<const ast::TypeName*>(value.node), Dialect::cockroachdb);
    } else if (value.many != nullptr) {
      for (size_t i = 0; i < value.many->nodes.size(); ++i)
        out += (i == 0 ? "" : ", ") + quote_identifier(shown(*value.many->type, value.many->nodes[i].get()));
    } else {
      out += quote_identifier(text_of(value));
    }
  };
  for_each_part(text, site, bindings, plain, variable);
  return out;
}

const std::vector<std::string>& property_names() {
  static const std::vector<std::string> names = {
      "empty",         "reserved",  "array",    "constant",  "column reference",
      "function call", "role",      "schema",   "table",     "view",
      "sequence",      "index",     "enum",     "domain",    "composite type",
      "function",      "user type", "built-in", "referenced"};
  return names;
}

const std::vector<std::string>& implicit_variables() {
  static const std::vector<std::string> names = {"object", "kind",   "command", "place",
                                                 "table",  "column", "field",   "statement"};
  return names;
}

const std::vector<std::string>& possession_names() {
  static const std::vector<std::string> names = {"primary key", "column", "foreign key", "rows"};
  return names;
}

}  // namespace pg2crdb::rewrite
