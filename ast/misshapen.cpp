#include "ast/misshapen.h"

#include <algorithm>

#include "ast/document_fields.h"

namespace pg2crdb::ast {
namespace {

std::string_view problem_of(const ColumnRef& column) {
  return column.names.empty() && !column.star ? "names no column" : "";
}

std::string_view problem_of(const Operation& operation) {
  using Kind = Operation::Kind;
  const Kind kind = operation.kind;
  const auto* list = std::get_if<ExprList>(&operation.right->node);
  const bool bounded = kind == Kind::between || kind == Kind::not_between ||
                       kind == Kind::between_symmetric || kind == Kind::not_between_symmetric;
  const bool worded = bounded || kind == Kind::distinct || kind == Kind::not_distinct || kind == Kind::nullif;
  if (!operation.left && kind != Kind::op) return "has no left operand";
  if (operation.op.empty() && !worded) return "has no operator";
  if (kind == Kind::in && list == nullptr) return "has no list on the right";
  if (bounded && (list == nullptr || list->items.size() != 2)) return "has no two bounds on the right";
  return {};
}

std::string_view problem_of(const BoolExpr& expr) {
  return expr.kind == BoolExpr::Kind::negation && expr.arguments.size() != 1 ? "has not one argument" : "";
}

std::string_view problem_of(const FunctionCall& call) {
  const size_t count = call.arguments.size();
  if (!call.sql_syntax) return {};
  const bool alone = call.name.name == "system_user";
  return count == 0 && !alone ? "is written with keywords and has no argument" : "";
}

std::string_view problem_of(const Subquery& subquery) {
  const bool compares = subquery.kind == Subquery::Kind::any || subquery.kind == Subquery::Kind::all;
  return compares && !subquery.test ? "has no left operand `test`" : "";
}

std::string_view problem_of(const Step& step) {
  if (step.kind == Step::Kind::index && !step.lower) return "has no index `lower`";
  return step.kind == Step::Kind::field && step.field.empty() ? "names no field" : "";
}

std::string_view problem_of(const Window& window) {
  constexpr int64_t start_offset = 0x800 | 0x2000;  // FRAMEOPTION_START_OFFSET_PRECEDING, _FOLLOWING
  constexpr int64_t end_offset = 0x1000 | 0x4000;
  if ((window.frame_options & start_offset) != 0 && !window.start_offset) return "has no start_offset";
  return (window.frame_options & end_offset) != 0 && !window.end_offset ? "has no end_offset" : "";
}

std::string_view problem_of(const Query& query) {
  const bool two = query.left && query.right;
  const bool none = !query.left && !query.right;
  if (query.set_operation == Query::SetOperation::none) return none ? "" : "has no set_operation";
  return two ? "" : "is a set operation without two queries";
}

std::string_view problem_of(const IndexElement& element) {
  return element.column.empty() && !element.expr ? "has neither column nor expr" : "";
}

std::string_view problem_of(const Constraint& constraint) {
  if (constraint.kind == Constraint::Kind::check && !constraint.check) return "has no check";
  if (constraint.kind == Constraint::Kind::foreign_key && constraint.referenced.empty())
    return "has no referenced table";
  if (constraint.exclude_elements.size() != constraint.exclude_operators.size())
    return "has not one operator for each excluded element";
  const bool empty = std::any_of(constraint.exclude_operators.begin(), constraint.exclude_operators.end(),
                                 [](const auto& names) { return names.empty(); });
  return empty ? "has an empty operator" : "";
}

std::string_view problem_of(const SetIdentity& set) {
  const SequenceOptions& options = set.options;
  const bool changes = set.sets_always || !options.start.empty() || !options.increment.empty() ||
                       !options.minimum.empty() || options.no_minimum || !options.maximum.empty() ||
                       options.no_maximum || !options.cache.empty() || options.cycle || options.no_cycle ||
                       !options.restart.empty() || options.restart_default;
  return changes ? "" : "changes nothing";
}

std::string_view problem_of(const ObjectRef& object) {
  using enum ObjectKind;
  const bool has_member = object.kind == column || object.kind == constraint ||
                          object.kind == domain_constraint || object.kind == trigger ||
                          object.kind == policy || object.kind == rule;
  if (object.name.empty()) return "names no object";
  if (has_member && object.member.empty()) return "names no member of its object";
  return !has_member && !object.member.empty() ? "names a member of what has none" : "";
}

std::string_view problem_of(const Rename& rename) {
  return problem_of(rename.object);
}

std::string_view problem_of(const SetSchema& set) {
  return problem_of(set.object);
}

std::string_view problem_of(const SetVariable& set) {
  return set.kind == SetVariable::Kind::value && set.values.empty() ? "has no values" : "";
}

std::string_view problem_of(const json::Span& span) {
  return span.end < span.begin ? "ends before it begins" : "";
}

using Check = std::string_view (*)(const void* node);

/// By the type's id.
template <class... Node>
std::vector<Check> checks_of() {
  std::vector<Check> checks(type_count());
  ((checks[type_info<Node>().id] =
        [](const void* node) { return problem_of(*static_cast<const Node*>(node)); }),
   ...);
  return checks;
}

}  // namespace

std::string_view misshapen(const TypeInfo& type, const void* node) {
  static const std::vector<Check> checks =
      checks_of<ColumnRef, Operation, BoolExpr, FunctionCall, Subquery, Step, Window, Query, IndexElement,
                Constraint, SetIdentity, Rename, SetSchema, SetVariable, json::Span>();
  const Check check = checks[type.id];
  return check == nullptr ? std::string_view() : check(node);
}

}  // namespace pg2crdb::ast
