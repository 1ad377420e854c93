// What variables stand for: kept, shown and put in place.
#include <algorithm>
#include <iterator>

#include "ast/statement.h"
#include "emit/sql.h"
#include "rewrite/match.h"
#include "rewrite/node_variables.h"

namespace pg2crdb::rewrite {

using ast::FieldInfo;
using ast::type_info;
using ast::TypeInfo;
using Kind = TypeInfo::Kind;

namespace {

/// A bound node as a node of another type that can stand for it: a column's name as an expression, as an
/// index element, as a name. Null where there is no such form.
std::shared_ptr<void> convert(const TypeInfo& from, const void* node, const TypeInfo& to) {
  if (&from == &to) return to.copy(node);
  std::string text;
  if (const auto* plain = node_as<std::string>(from, node)) {
    text = *plain;
  } else if (const auto* name = node_as<ast::Name>(from, node)) {
    if (&to == &type_info<ast::TypeName>()) {
      ast::TypeName type;
      type.name = *name;
      return to.copy(&type);
    }
    if (&to == &type_info<ast::Expr>() && !name->schema.empty()) {
      ast::Expr expr{ast::ColumnRef{{name->schema, name->name}}};
      return to.copy(&expr);
    }
    text = name->name;
  } else if (const auto* column = node_as<ast::Column>(from, node)) {
    text = column->name;
  } else if (const auto* element = node_as<ast::IndexElement>(from, node)) {
    if (element->column.empty()) {
      return &to == &type_info<ast::Expr>() && element->expr ? to.copy(&*element->expr) : nullptr;
    }
    text = element->column;
  } else if (const auto* role = node_as<ast::Role>(from, node)) {
    text = role->name;
  } else if (const auto* type = node_as<ast::TypeName>(from, node)) {
    if (&to != &type_info<ast::Name>()) return nullptr;
    return to.copy(&type->name);
  } else if (const auto* expr = node_as<ast::Expr>(from, node)) {
    if (&to == &type_info<ast::IndexElement>()) {
      ast::IndexElement made;
      made.expr = ast::Box(*expr);
      return to.copy(&made);
    }
    if (const auto* reference = std::get_if<ast::ColumnRef>(&expr->node);
        reference && reference->names.size() == 1)
      text = reference->names[0];
    else if (const auto* literal = std::get_if<ast::Literal>(&expr->node))
      text = literal->text;
    else
      return nullptr;
  } else {
    return nullptr;
  }
  if (&to == &type_info<std::string>()) return to.copy(&text);
  if (&to == &type_info<ast::Expr>()) {
    ast::Expr made{ast::ColumnRef{{text}}};
    return to.copy(&made);
  }
  std::shared_ptr<void> made = to.make();
  if (auto* name = node_as<ast::Name>(to, made.get()))
    name->name = text;
  else if (auto* element = node_as<ast::IndexElement>(to, made.get()))
    element->column = text;
  else if (auto* role = node_as<ast::Role>(to, made.get()))
    role->name = text;
  else if (auto* type = node_as<ast::TypeName>(to, made.get()))
    type->name.name = text;
  else
    return nullptr;
  return made;
}

class Instantiator {
 public:
  Instantiator(const Bindings& bindings, std::string& problem) : bindings_(bindings), problem_(problem) {}

  bool fill(const TypeInfo& type, void* node) {
    if (const std::optional<Variable> one = one_in(type, node)) return fill_one(type, *one, node);
    switch (type.kind) {
      case Kind::structure:
        return array_of_variable(type, node) &&
               std::all_of(type.fields.begin(), type.fields.end(),
                           [&](const FieldInfo& field) { return fill(*field.type, field.member(node)); });
      case Kind::variant:
        return fill(*type.alternatives[type.index(node)], type.held(node));
      case Kind::box: {
        void* inside = type.inside(node);
        return inside == nullptr || fill(*type.element, inside);
      }
      case Kind::vector:
        return fill_list(type, node);
      default:
        return true;
    }
  }

 private:
  bool fail(std::string_view name) {
    problem_ = name;
    return false;
  }

  bool fill_one(const TypeInfo& type, const Variable& variable, void* node) {
    const Binding* binding = bindings_.find(variable.name);
    if (binding == nullptr || binding->many) return fail(variable.name);
    if (auto* expr = node_as<ast::Expr>(type, node)) {
      // Where the template says '$x' as a constant, a name becomes its text.
      if (auto* literal = std::get_if<ast::Literal>(&expr->node)) {
        const auto* bound = node_as<ast::Expr>(*binding->type, binding->nodes[0].get());
        if (bound != nullptr && std::holds_alternative<ast::Literal>(bound->node)) {
          *expr = *bound;
        } else {
          literal->text = shown(*binding);
        }
        return true;
      }
    }
    const std::shared_ptr<void> made = convert(*binding->type, binding->nodes[0].get(), type);
    if (made == nullptr) return fail(variable.name);
    type.assign(node, made.get());
    return true;
  }

  /// `$type[]`.
  bool array_of_variable(const TypeInfo& type, void* node) {
    auto* name = node_as<ast::TypeName>(type, node);
    if (name == nullptr || name->array_bounds.empty()) return true;
    const std::optional<Variable> element = variable_in(name->name.name);
    if (!element) return true;
    const std::vector<int64_t> bounds = name->array_bounds;
    if (!fill_one(type, *element, node)) return false;
    name->array_bounds.insert(name->array_bounds.end(), bounds.begin(), bounds.end());
    return true;
  }

  bool fill_list(const TypeInfo& type, void* list) {
    for (size_t i = 0; i < type.size(list);) {
      const std::optional<Variable> many = many_in(*type.element, type.at(list, i));
      if (!many) {
        if (!fill(*type.element, type.at(list, i))) return false;
        ++i;
        continue;
      }
      const Binding* binding = bindings_.find(many->name);
      if (binding == nullptr) return fail(many->name.empty() ? std::string_view("...") : many->name);
      type.erase(list, i);
      for (const std::shared_ptr<void>& node : binding->nodes) {
        const std::shared_ptr<void> made = convert(*binding->type, node.get(), *type.element);
        if (made == nullptr) return fail(many->name);
        type.insert(list, i++, made.get());
      }
    }
    return true;
  }

  const Bindings& bindings_;
  std::string& problem_;
};

/// A name is the same whether the schema was said or not, and whether it stands as a name or as a string.
bool same(const Binding& a, const Binding& b) {
  if (a.many != b.many || a.nodes.size() != b.nodes.size()) return false;
  for (size_t i = 0; i < a.nodes.size(); ++i) {
    if (a.type == b.type) {
      const auto* one = node_as<ast::Name>(*a.type, a.nodes[i].get());
      if (one != nullptr) {
        const auto& other = *static_cast<const ast::Name*>(b.nodes[i].get());
        if (!may_be_same(*one, other)) return false;
      } else if (!ast::equal(*a.type, a.nodes[i].get(), b.nodes[i].get())) {
        return false;
      }
      continue;
    }
    const std::shared_ptr<void> left = convert(*a.type, a.nodes[i].get(), type_info<std::string>());
    const std::shared_ptr<void> right = convert(*b.type, b.nodes[i].get(), type_info<std::string>());
    if (!left || !right || !ast::equal(type_info<std::string>(), left.get(), right.get())) return false;
  }
  return true;
}

}  // namespace

std::shared_ptr<void> where_it_stands(void* node) {
  return {std::shared_ptr<void>(), node};
}

const Binding* Bindings::find(std::string_view name) const {
  for (const Binding& binding : all_) {
    if (binding.name == name) return &binding;
  }
  return nullptr;
}

bool Bindings::bind(Binding binding) {
  if (const Binding* bound = find(binding.name)) return same(*bound, binding);
  all_.push_back(std::move(binding));
  return true;
}

bool Bindings::bind_node(std::string_view name, const TypeInfo& type, const void* node) {
  return bind({std::string(name), &type, false, {where_it_stands(const_cast<void*>(node))}});
}

void Bindings::own() {
  for (Binding& binding : all_) {
    for (std::shared_ptr<void>& node : binding.nodes) {
      if (node.use_count() == 0) node = binding.type->copy(node.get());
    }
  }
}

void Bindings::bind_text(std::string_view name, std::string text) {
  all_.push_back({std::string(name),
                  &type_info<std::string>(),
                  false,
                  {std::make_shared<std::string>(std::move(text))}});
}

std::string shown(const TypeInfo& type, const void* value) {
  void* node = const_cast<void*>(value);
  if (const auto* expr = node_as<ast::Expr>(type, value)) {
    const auto* literal = std::get_if<ast::Literal>(&expr->node);
    return literal != nullptr && literal->kind == ast::Literal::Kind::string
               ? literal->text
               : to_sql(*expr, Dialect::postgresql);
  }
  if (const auto* name = node_as<ast::TypeName>(type, value)) return to_sql(*name, Dialect::postgresql);
  if (const auto* name = node_as<ast::Name>(type, value)) return to_string(*name);
  if (const auto* element = node_as<ast::IndexElement>(type, value);
      element != nullptr && element->column.empty())
    return element->expr ? to_sql(*element->expr, Dialect::postgresql) : std::string();
  if (const auto* role = node_as<ast::Role>(type, value);
      role != nullptr && role->kind != ast::Role::Kind::named)
    return std::string(type.field("kind")->type->words[static_cast<size_t>(role->kind)]);
  switch (type.kind) {
    case Kind::text:
      return *static_cast<const std::string*>(value);
    case Kind::boolean:
      return type.number(value) != 0 ? "true" : "false";
    case Kind::integer:
      return std::to_string(type.number(value));
    case Kind::enumeration:
      return std::string(type.words[static_cast<size_t>(type.number(value))]);
    case Kind::vector: {
      std::string out;
      for (size_t i = 0; i < type.size(value); ++i)
        out += (i == 0 ? "" : ", ") + shown(*type.element, type.at(node, i));
      return out;
    }
    case Kind::box: {
      const void* inside = type.inside(node);
      return inside == nullptr ? std::string() : shown(*type.element, inside);
    }
    case Kind::variant:
      return shown(*type.alternatives[type.index(value)], type.held(node));
    case Kind::structure:
      break;
  }
  const std::string_view text = only_text(type, value);
  if (!text.empty()) return std::string(text);
  if (const FieldInfo* name = type.field("name")) return shown(*name->type, name->member(node));
  if (const FieldInfo* column = type.field("column")) return shown(*column->type, column->member(node));
  return std::string(type.name);
}

std::string shown(const Binding& binding) {
  std::string out;
  for (const std::shared_ptr<void>& node : binding.nodes)
    out += (out.empty() ? "" : ", ") + shown(*binding.type, node.get());
  return out;
}

bool instantiate(const TypeInfo& type, void* node, const Bindings& bindings, std::string& problem) {
  return Instantiator(bindings, problem).fill(type, node);
}

}  // namespace pg2crdb::rewrite
