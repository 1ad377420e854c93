// Which routine a call means, of several that have its name: by the types of its arguments, as far as they
// are known.
#include <algorithm>

#include "ast/serial.h"
#include "ast/signature.h"
#include "bind/binder.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

namespace {

/// PostgreSQL's name for the type of a bare string.
constexpr std::string_view unknown_type = "unknown";

/// The entries of "(a,b)".
std::vector<std::string_view> entries(std::string_view signature) {
  std::vector<std::string_view> found;
  signature.remove_prefix(1);
  signature.remove_suffix(1);
  while (!signature.empty()) {
    const size_t comma = std::min(signature.find(','), signature.size());
    found.push_back(signature.substr(0, comma));
    signature.remove_prefix(std::min(comma + 1, signature.size()));
  }
  return found;
}

/// PostgreSQL's category of a type of the server, as far as calls are told apart by it; 0: not known.
char category(std::string_view type) {
  for (const std::string_view one : {"int2", "int4", "int8", "numeric", "float4", "float8"}) {
    if (type == one) return 'N';
  }
  for (const std::string_view one : {"text", "varchar", "bpchar", "name"}) {
    if (type == one) return 'S';
  }
  for (const std::string_view one : {"date", "timestamp", "timestamptz", "time", "timetz"}) {
    if (type == one) return 'D';
  }
  return type == "bool"                                                           ? 'B'
         : type == "uuid" || type == "jsonb" || type == "json" || type == "bytea" ? 'U'
                                                                                  : '\0';
}

/// The type of its category that PostgreSQL would rather have an argument cast to.
bool is_preferred(std::string_view type) {
  return type == "float8" || type == "text" || type == "timestamptz" || type == "bool";
}

/// The type of a sum of the two.
std::string_view wider_number(std::string_view left, std::string_view right) {
  if (left == right) return left;
  for (const std::string_view one : {left, right}) {
    if (one.starts_with("float")) return "float8";
  }
  for (const std::string_view one : {"numeric", "int8"}) {
    if (left == one || right == one) return one;
  }
  return "int4";
}

ast::TypeName own_type(std::string_view name) {
  ast::TypeName type;
  type.name.name = name;
  return type;
}

ast::TypeName literal_type(const ast::Literal& literal) {
  using Kind = ast::Literal::Kind;
  switch (literal.kind) {
    case Kind::integer:
      return own_type(literal.text.size() < 10 ? "int4" : "int8");
    case Kind::decimal:
      return own_type("numeric");
    case Kind::boolean:
      return own_type("bool");
    case Kind::string:
    case Kind::null:
      return own_type(unknown_type);
    default:
      return {};
  }
}

}  // namespace

/// Of a table's column, as the script has it by now; empty where no CREATE TABLE says it.
ast::TypeName Binder::type_of(ObjectId column) const {
  const ast::Object& table = script_.objects[script_.objects[column].parent];
  const auto* create =
      table.made_here() ? std::get_if<ast::CreateTable>(&script_.statements[table.created].node) : nullptr;
  if (create == nullptr) return {};
  const auto found = std::find_if(create->columns.begin(), create->columns.end(),
                                  [&](const ast::Column& one) { return one.object == column; });
  if (found == create->columns.end()) return {};
  const std::string_view integer = ast::integer_of_serial(found->type);
  return integer.empty() ? found->type : own_type(integer);
}

void Binder::retype(ObjectId column, const ast::TypeName& before, ast::StatementId by) {
  retyped_[column].emplace_back(by, before);
}

/// A column that is of another kind by now than when the routine was made: its operators are not found.
void Binder::other_type(const MemberUse& use, ObjectId column) {
  const auto found = retyped_.find(column);
  if (found == retyped_.end()) return;
  const auto first = std::find_if(found->second.begin(), found->second.end(),
                                  [&](const auto& one) { return one.first > current_->id; });
  if (first == found->second.end()) return;
  const char then = category(first->second.name.name);
  const char now = category(type_of(column).name.name);
  if (then != '\0' && now != '\0' && then != now)
    gone.push_back({current_->id, use.name, column, {}, first->first});
}

/// The first type that is known, of expressions that have one in common.
ast::TypeName Binder::common_type(const std::vector<const ast::Expr*>& all) const {
  ast::TypeName common;
  for (const ast::Expr* one : all) {
    if (one == nullptr) continue;
    ast::TypeName type = argument_type(*one);
    if (type.empty()) return {};
    if (common.empty() || common.name.name == unknown_type) common = std::move(type);
  }
  return common;
}

/// The type of an expression whose names are bound; empty where it is not known.
ast::TypeName Binder::argument_type(const ast::Expr& argument) const {
  if (const auto* cast = std::get_if<ast::Cast>(&argument.node)) return cast->type;
  if (const auto* literal = std::get_if<ast::Literal>(&argument.node)) return literal_type(*literal);
  if (const auto* column = std::get_if<ast::ColumnRef>(&argument.node)) {
    const bool bound =
        column->object != ast::no_object && script_.objects[column->object].kind == ObjectKind::column;
    return bound ? type_of(column->object) : ast::TypeName();
  }
  std::vector<const ast::Expr*> parts;
  if (const auto* coalesce = std::get_if<ast::Coalesce>(&argument.node)) {
    for (const ast::Expr& one : coalesce->arguments) parts.push_back(&one);
  } else if (const auto* choice = std::get_if<ast::Case>(&argument.node)) {
    for (const ast::CaseWhen& when : choice->whens) parts.push_back(&*when.result);
    if (choice->otherwise) parts.push_back(&*choice->otherwise);
  } else if (const auto* operation = std::get_if<ast::Operation>(&argument.node)) {
    if (operation->kind != ast::Operation::Kind::op || operation->op.size() != 1 || !operation->left ||
        !operation->right)
      return {};
    const std::string& op = operation->op[0];
    const ast::TypeName left = argument_type(*operation->left);
    const ast::TypeName right = argument_type(*operation->right);
    const auto is = [](const ast::TypeName& type, char wanted) {
      return type.array_bounds.empty() && category(type.name.name) == wanted;
    };
    if (op == "||" && (is(left, 'S') || is(right, 'S'))) return own_type("text");
    const bool computes =
        (op == "+" || op == "-" || op == "*" || op == "/") && is(left, 'N') && is(right, 'N');
    return computes ? own_type(wider_number(left.name.name, right.name.name)) : ast::TypeName();
  }
  return common_type(parts);
}

/// Whether defaults or VARIADIC let the routine be called with so many arguments.
bool Binder::takes(const ast::Object& routine, size_t arguments) const {
  const auto* create = routine.created < script_.statements.size()
                           ? std::get_if<ast::CreateFunction>(&script_.statements[routine.created].node)
                           : nullptr;
  if (create == nullptr) {
    const std::vector<std::string_view> parameters = entries(routine.signature);
    return !parameters.empty() && parameters.back().starts_with("...") && arguments + 1 >= parameters.size();
  }
  size_t least = 0;
  size_t most = 0;
  bool variadic = false;
  for (const ast::FunctionParameter& parameter : create->parameters) {
    // CALL has an argument for what a procedure gives, too.
    const bool is_given = create->procedure && parameter.mode == ast::FunctionParameter::Mode::out;
    if (!ast::is_argument(parameter) && !is_given) continue;
    const bool any_number = parameter.mode == ast::FunctionParameter::Mode::variadic;
    ++most;
    variadic = variadic || any_number;
    if (!parameter.default_value && !any_number) ++least;
  }
  return arguments >= least && (variadic || arguments <= most);
}

namespace {

/// Those that do best, where any does at all.
template <class Score>
void keep_best(std::vector<ObjectId>& candidates, Score&& score) {
  size_t best = 0;
  for (const ObjectId id : candidates) best = std::max(best, score(id));
  if (best > 0) std::erase_if(candidates, [&](ObjectId id) { return score(id) < best; });
}

}  // namespace

/// The candidates that a call with so many arguments may mean, as PostgreSQL chooses among them
/// (func_select_candidate), for types of which some are not known.
std::vector<ObjectId> Binder::matching(const std::vector<ObjectId>& candidates, size_t arguments,
                                       const std::vector<ast::TypeName>& types) const {
  std::vector<std::string> keys;
  for (const ast::TypeName& type : types) keys.push_back(type.empty() ? std::string() : type_key(type));
  const auto parameters_of = [&](ObjectId id) { return entries(script_.objects[id].signature); };
  std::vector<ObjectId> fitting;
  for (const ObjectId id : candidates) {
    const ast::Object& candidate = script_.objects[id];
    if (!candidate.signature->starts_with("(") || candidate.signature->starts_with("(?")) {  // not known
      fitting.push_back(id);
      continue;
    }
    const std::vector<std::string_view> parameters = parameters_of(id);
    if (parameters.size() != arguments && !takes(candidate, arguments)) continue;
    bool differs = false;
    for (size_t i = 0; i < std::min(keys.size(), parameters.size()); ++i) {
      const char said = category(keys[i]);
      const char wanted = category(parameters[i]);
      differs = differs || (said != '\0' && wanted != '\0' && said != wanted);
    }
    if (!differs || candidates.size() == 1) fitting.push_back(id);
  }
  const bool known = std::none_of(fitting.begin(), fitting.end(), [&](ObjectId id) {
    const std::string& signature = script_.objects[id].signature;
    return !signature.starts_with("(") || signature.starts_with("(?");
  });
  if (fitting.size() < 2 || !known) return fitting;
  const bool untyped =
      keys.size() < arguments || std::find(keys.begin(), keys.end(), std::string()) != keys.end();
  if (untyped && is_mixed(fitting)) return fitting;
  const auto count = [&](ObjectId id, const auto& is) {
    const std::vector<std::string_view> parameters = parameters_of(id);
    size_t found = 0;
    for (size_t i = 0; i < std::min(keys.size(), parameters.size()); ++i) found += is(keys[i], parameters[i]);
    return found;
  };
  keep_best(fitting, [&](ObjectId id) {
    return count(id, [](std::string_view said, std::string_view wanted) { return said == wanted; });
  });
  keep_best(fitting, [&](ObjectId id) {
    return count(id, [](std::string_view said, std::string_view wanted) {
      return said == wanted || (is_preferred(wanted) && category(said) == category(wanted));
    });
  });
  keep_best(fitting, [&](ObjectId id) -> size_t { return parameters_of(id).size() == arguments; });
  keep_best(fitting, [&](ObjectId id) {
    return count(id, [](std::string_view said, std::string_view wanted) {
      return said == unknown_type && category(wanted) == 'S';
    });
  });
  return fitting;
}

/// Whether there are functions of the script among them, and of PostgreSQL's own.
bool Binder::is_mixed(const std::vector<ObjectId>& candidates) const {
  const auto is_own = [&](ObjectId id) { return !is_system_schema(script_.objects[id].name.schema); };
  return std::any_of(candidates.begin(), candidates.end(), is_own) &&
         !std::all_of(candidates.begin(), candidates.end(), is_own);
}

void Binder::call(ast::FunctionCall& call) {
  if (qualifying_) return;
  regclass(call);
  if (call.name.object != ast::no_object || is_system_schema(call.name.schema)) return;
  std::vector<ast::TypeName> types;
  for (const ast::Expr& argument : call.arguments) types.push_back(argument_type(argument));
  std::vector<ObjectId> found = matching(names.routines(call.name, path_), call.arguments.size(), types);
  if (reading_trees_) {
    if (found.size() == 1) spell(call.name, found.front());
    return;
  }
  if (found.empty()) {
    if (call.name.schema.empty()) {
      unresolved_calls_.push_back(call.name.name);
      return;
    }
    unresolved_ = true;
    if (finishing_) spell(call.name, external(ObjectKind::function, call.name));
    return;
  }
  if (is_mixed(found)) {
    std::erase_if(
        found, [&](ObjectId id) { return is_system_schema(script_.objects[id].name.schema) != finishing_; });
    // What the script makes behind the call is not what it means.
    if (!finishing_) unwritten.push_back({current_->id, call.name.name, true});
  }
  spell(call.name, found.front());
  for (const ObjectId other : found) {
    if (other == found.front() || is_system_schema(script_.objects[other].name.schema)) continue;
    use(other);
    current_->text_objects.push_back(other);
  }
}

}  // namespace pg2crdb::bind
