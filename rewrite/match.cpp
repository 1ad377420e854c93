#include "rewrite/match.h"

#include <algorithm>
#include <iterator>

#include "ast/statement.h"
#include "emit/sql.h"
#include "rewrite/fragment.h"

namespace pg2crdb::rewrite {
namespace {

using ast::FieldInfo;
using ast::type_info;
using ast::TypeInfo;
using Kind = TypeInfo::Kind;

template <class T>
const T* node_as(const TypeInfo& type, const void* node) {
  return &type == &type_info<T>() ? static_cast<const T*>(node) : nullptr;
}
template <class T>
T* node_as(const TypeInfo& type, void* node) {
  return &type == &type_info<T>() ? static_cast<T*>(node) : nullptr;
}

/// Types of which a node may be nothing but a variable.
bool may_be_variable(const TypeInfo& type) {
  static const std::vector<bool> may = [] {
    std::vector<bool> table(ast::type_count());
    for (const TypeInfo* one :
         {&type_info<std::string>(), &type_info<ast::Name>(), &type_info<ast::Expr>(),
          &type_info<ast::TypeName>(), &type_info<ast::Column>(), &type_info<ast::IndexElement>(),
          &type_info<ast::Role>(), &type_info<ast::Option>(), &type_info<ast::Privilege>(),
          &type_info<ast::ObjectRef>(), &type_info<ast::FunctionParameter>()})
      table[one->id] = true;
    return table;
  }();
  return may[type.id];
}

/// The text that stands for the whole node where the node is nothing but a variable; empty otherwise.
std::string_view only_text(const TypeInfo& type, const void* node) {
  if (!may_be_variable(type)) return {};
  if (const auto* text = node_as<std::string>(type, node)) return *text;
  if (const auto* name = node_as<ast::Name>(type, node))
    return name->schema.empty() ? std::string_view(name->name) : std::string_view();
  if (const auto* expr = node_as<ast::Expr>(type, node)) {
    if (const auto* column = std::get_if<ast::ColumnRef>(&expr->node))
      return column->names.size() == 1 && !column->star ? std::string_view(column->names[0])
                                                        : std::string_view();
    if (const auto* literal = std::get_if<ast::Literal>(&expr->node)) return literal->text;
    return {};
  }
  if (const auto* name = node_as<ast::TypeName>(type, node)) {
    const bool plain = name->name.schema.empty() && name->modifiers.empty() && name->array_bounds.empty() &&
                       name->interval_fields.empty() && !name->set_of && !name->percent_type;
    return plain ? std::string_view(name->name.name) : std::string_view();
  }
  if (const auto* column = node_as<ast::Column>(type, node)) {
    return column->type.name.name == whole_column ? std::string_view(column->name) : std::string_view();
  }
  if (const auto* element = node_as<ast::IndexElement>(type, node)) return element->column;
  if (const auto* role = node_as<ast::Role>(type, node)) return role->name;
  if (const auto* option = node_as<ast::Option>(type, node)) return option->name;
  if (const auto* privilege = node_as<ast::Privilege>(type, node)) return privilege->name;
  if (const auto* object = node_as<ast::ObjectRef>(type, node))
    return object->name.schema.empty() && object->member.empty() ? std::string_view(object->name.name)
                                                                 : std::string_view();
  if (const auto* parameter = node_as<ast::FunctionParameter>(type, node))
    return parameter->name.empty() ? only_text(type_info<ast::TypeName>(), &parameter->type)
                                   : std::string_view();
  return {};
}

/// `...` and `$$many`, of any type of element.
std::optional<Variable> many_in(const TypeInfo& type, const void* node) {
  const std::optional<Variable> variable = variable_in(only_text(type, node));
  return variable && variable->many ? variable : std::nullopt;
}

/// A `$one` that stands for the whole node. Nodes that merely have a name keep their other parts as pattern:
/// `$c` in an index element is the column's name, and the element may still have any order.
std::optional<Variable> one_in(const TypeInfo& type, const void* node) {
  const bool named_only = &type == &type_info<ast::IndexElement>() || &type == &type_info<ast::Option>() ||
                          &type == &type_info<ast::Privilege>() || &type == &type_info<ast::ObjectRef>() ||
                          &type == &type_info<ast::FunctionParameter>();
  if (named_only) return std::nullopt;
  const std::optional<Variable> variable = variable_in(only_text(type, node));
  return variable && !variable->many ? variable : std::nullopt;
}

/// Nodes whose form is exact: everything inside expressions, queries and types.
bool is_exact(const TypeInfo& type) {
  static const std::vector<bool> exact = [] {
    std::vector<bool> table(ast::type_count());
    // What hangs below these is exact too, since matching stays exact once it is.
    table[type_info<ast::Expr>().id] = true;
    table[type_info<ast::TypeName>().id] = true;
    for (const TypeInfo* statement : type_info<ast::StatementNode>().alternatives) {
      if (const FieldInfo* field = statement->field("query")) table[field->type->id] = true;
    }
    return table;
  }();
  return exact[type.id];
}

/// Fields that say something even where they are empty or as SQL has them by default.
bool always_said(const TypeInfo& type, const FieldInfo& field) {
  if (field.name == "kind" || field.name == "action") return true;
  if (type.name == "Grant" || type.name == "GrantRole") return field.name == "grant";
  if (type.name == "CreateTableAs") return field.name == "materialized_view";
  if (type.name == "Identity") return field.name == "always";
  if (type.name == "SetNotNull") return field.name == "not_null";
  if (type.name == "CreateFunction") return field.name == "procedure";
  return false;
}

/// What SQL means where nothing is written, although the tree holds a value.
bool is_default(const TypeInfo& type, const FieldInfo& field, void* pattern) {
  if (ast::is_empty(*field.type, field.member(pattern))) return true;
  if (type.name == "CreatePolicy" && field.name == "command")
    return *static_cast<const std::string*>(field.member(pattern)) == "ALL";
  if (type.name == "CreatePolicy" && field.name == "roles") {
    const auto& roles = *static_cast<const std::vector<ast::Role>*>(field.member(pattern));
    return roles.size() == 1 && roles[0].kind == ast::Role::Kind::public_;
  }
  if (field.type->kind != Kind::boolean) return false;
  const std::shared_ptr<void> fresh = type.make();
  return ast::equal(*field.type, field.member(pattern), field.member(fresh.get()));
}

bool is_unordered(const TypeInfo& element) {
  return &element == &type_info<ast::Option>() || &element == &type_info<ast::Constraint>() ||
         &element == &type_info<ast::Privilege>();
}

class Matcher {
 public:
  Matcher(Bindings& bindings, Mismatch* mismatch) : bindings_(bindings), mismatch_(mismatch) {}

  bool match(const TypeInfo& type, void* pattern, void* subject, bool exact) {
    exact = exact || is_exact(type);
    if (const std::optional<Variable> one = one_in(type, pattern))
      return bind_one(type, *one, pattern, subject);
    switch (type.kind) {
      case Kind::structure:
        return structure(type, pattern, subject, exact);
      case Kind::variant:
        if (type.index(pattern) != type.index(subject)) {
          return differ([&] {
            const TypeInfo& is = *type.alternatives[type.index(subject)];
            const TypeInfo& wanted = *type.alternatives[type.index(pattern)];
            return "it is a " + std::string(is.name) + ", not a " + std::string(wanted.name);
          });
        }
        return match(*type.alternatives[type.index(pattern)], type.held(pattern), type.held(subject), exact);
      case Kind::vector:
        return list(type, pattern, subject, exact);
      case Kind::box: {
        void* wanted = type.inside(pattern);
        void* is = type.inside(subject);
        if (wanted == nullptr) return is == nullptr || differ([] { return std::string("it is there"); });
        if (is == nullptr) return differ([] { return std::string("it is missing"); });
        return match(*type.element, wanted, is, exact);
      }
      case Kind::text:
      case Kind::boolean:
      case Kind::integer:
      case Kind::enumeration:
        return ast::equal(type, pattern, subject) ||
               differ([&] { return "`" + shown(type, subject) + "` is not `" + shown(type, pattern) + "`"; });
    }
    return false;
  }

 private:
  template <class Reason>
  bool differ(Reason reason) {
    if (mismatch_ != nullptr && mismatch_->reason.empty()) {
      mismatch_->reason = reason();
      mismatch_->path.clear();
      for (const std::string& step : path_) mismatch_->path += step;
    }
    return false;
  }

  bool bind_one(const TypeInfo& type, const Variable& variable, void* pattern, void* subject) {
    // A string that stands for a variable, where SQL takes a constant only.
    if (const auto* expr = node_as<ast::Expr>(type, pattern); expr != nullptr) {
      const bool constant = std::holds_alternative<ast::Literal>(expr->node);
      if (constant && !std::holds_alternative<ast::Literal>(static_cast<ast::Expr*>(subject)->node))
        return differ([] { return std::string("it is not a constant"); });
    }
    if (const auto* text = node_as<std::string>(type, subject); text != nullptr && text->empty())
      return differ([] { return std::string("it is missing"); });
    Binding binding{std::string(variable.name), &type, false, {type.copy(subject)}};
    return bindings_.bind(std::move(binding)) ||
           differ([&] { return "`$" + std::string(variable.name) + "` stands for something else already"; });
  }

  bool structure(const TypeInfo& type, void* pattern, void* subject, bool exact) {
    if (const auto* wanted = node_as<ast::Name>(type, pattern)) {
      const auto& is = *static_cast<ast::Name*>(subject);
      // Passes take pg_catalog off some types; it is where a name without a schema is found first.
      const bool any_schema = wanted->schema.empty() || (wanted->schema == "pg_catalog" && is.schema.empty());
      if (any_schema && !variable_in(wanted->name)) {
        return is.name == wanted->name ||
               differ([&] { return "`" + to_string(is) + "` is not `" + wanted->name + "`"; });
      }
    }
    if (const auto* name = node_as<ast::TypeName>(type, pattern)) {
      if (name->modifiers.size() == 1 && variable_in(name->modifiers[0]) &&
          variable_in(name->modifiers[0])->many && variable_in(name->modifiers[0])->name.empty()) {
        // `numeric(...)`: with or without.
        ast::TypeName bare = *name;
        bare.modifiers = static_cast<ast::TypeName*>(subject)->modifiers;
        return fields(type, &bare, subject, exact);
      }
      if (const std::optional<Variable> element = variable_in(name->name.name);
          element && !name->array_bounds.empty() && name->name.schema.empty() && name->modifiers.empty()) {
        // `$type[]`: the variable is the element's type.
        ast::TypeName element_type = *static_cast<ast::TypeName*>(subject);
        if (element_type.array_bounds.size() != name->array_bounds.size())
          return differ([] { return std::string("it is not such an array"); });
        element_type.array_bounds.clear();
        return bind_one(type, *element, pattern, &element_type);
      }
    }
    return fields(type, pattern, subject, exact);
  }

  bool fields(const TypeInfo& type, void* pattern, void* subject, bool exact) {
    for (const FieldInfo& field : type.fields) {
      void* wanted = field.member(pattern);
      if (!exact && !always_said(type, field) && is_default(type, field, pattern)) continue;
      // Brackets with and without a length are the same to PostgreSQL.
      if (&type == &type_info<ast::TypeName>() && field.name == "array_bounds") {
        if (field.type->size(wanted) != field.type->size(field.member(subject)))
          return differ([] { return std::string("the number of array dimensions differs"); });
        continue;
      }
      path_.push_back("." + std::string(field.name));
      const bool same = match(*field.type, wanted, field.member(subject), exact);
      path_.pop_back();
      if (!same) return false;
    }
    return true;
  }

  bool list(const TypeInfo& type, void* pattern, void* subject, bool exact) {
    if (!exact && is_unordered(*type.element)) {
      std::vector<bool> taken(type.size(subject));
      return among(type, pattern, 0, subject, taken);
    }
    return sequence(type, pattern, 0, subject, 0, exact);
  }

  bool element(const TypeInfo& type, void* pattern, size_t i, void* subject, size_t j, bool exact) {
    path_.push_back("[" + std::to_string(j) + "]");
    const bool same = match(*type.element, type.at(pattern, i), type.at(subject, j), exact);
    path_.pop_back();
    return same;
  }

  /// Each element of the pattern is one of the subject's, in any order.
  bool among(const TypeInfo& type, void* pattern, size_t i, void* subject, std::vector<bool>& taken) {
    while (i < type.size(pattern) && many_in(*type.element, type.at(pattern, i))) ++i;
    if (i == type.size(pattern)) return true;
    for (size_t j = 0; j < taken.size(); ++j) {
      if (taken[j]) continue;
      const size_t bound = bindings_.size();
      if (element(type, pattern, i, subject, j, false)) {
        taken[j] = true;
        if (among(type, pattern, i + 1, subject, taken)) return true;
        taken[j] = false;
      }
      bindings_.resize(bound);
    }
    return differ([] { return std::string("no entry of the list fits"); });
  }

  bool sequence(const TypeInfo& type, void* pattern, size_t i, void* subject, size_t j, bool exact) {
    const size_t wanted = type.size(pattern);
    const size_t count = type.size(subject);
    for (; i < wanted; ++i, ++j) {
      if (const std::optional<Variable> many = many_in(*type.element, type.at(pattern, i)))
        return run(type, pattern, i, subject, j, exact, *many);
      if (j >= count) return differ([&] { return "it has " + std::to_string(count) + " entries only"; });
      if (!element(type, pattern, i, subject, j, exact)) return false;
    }
    return j == count || differ([&] { return "it has " + std::to_string(count) + " entries"; });
  }

  /// `many` takes as few elements as the rest of the pattern allows. The elements behind the last variable
  /// are as many as the pattern's, so most lists are decided without a search.
  bool run(const TypeInfo& type, void* pattern, size_t i, void* subject, size_t begin, bool exact,
           const Variable& many) {
    const size_t count = type.size(subject);
    size_t least = 0;  // elements that the rest of the pattern needs
    bool last = true;
    for (size_t k = i + 1; k < type.size(pattern); ++k) {
      if (many_in(*type.element, type.at(pattern, k)))
        last = false;
      else
        ++least;
    }
    if (count < begin + least)
      return differ([&] { return "it has " + std::to_string(count) + " entries only"; });
    for (size_t end = last ? count - least : begin; end + least <= count; ++end) {
      if (++steps_ > most_steps)
        return differ([] { return std::string("the list is too long to be searched"); });
      const size_t bound = bindings_.size();
      bool fits = true;
      if (!many.name.empty()) {
        Binding binding{std::string(many.name), type.element, true, {}};
        for (size_t k = begin; k < end; ++k) binding.nodes.push_back(type.element->copy(type.at(subject, k)));
        fits = bindings_.bind(std::move(binding));
      }
      if (fits && sequence(type, pattern, i + 1, subject, end, exact)) return true;
      bindings_.resize(bound);
    }
    return differ([] { return std::string("no run of entries fits"); });
  }

  static constexpr size_t most_steps = 100'000;
  Bindings& bindings_;
  Mismatch* mismatch_;
  std::vector<std::string> path_;
  size_t steps_ = 0;
};

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

bool matches(const TypeInfo& type, const void* pattern, const void* subject, Bindings& bindings,
             Mismatch* mismatch) {
  if (&type == &type_info<ast::TypeName>()) {
    // A type that is looked for as such stands for arrays and sets of it too, unless the pattern says more.
    const auto& wanted = *static_cast<const ast::TypeName*>(pattern);
    const auto& is = *static_cast<const ast::TypeName*>(subject);
    if (wanted.array_bounds.empty() && (!is.array_bounds.empty() || is.set_of) &&
        !variable_in(wanted.name.name)) {
      ast::TypeName element = is;
      element.array_bounds.clear();
      element.set_of = wanted.set_of;
      return Matcher(bindings, mismatch).match(type, const_cast<void*>(pattern), &element, false);
    }
  }
  // Neither is changed: the type's operations take pointers to what may be.
  return Matcher(bindings, mismatch)
      .match(type, const_cast<void*>(pattern), const_cast<void*>(subject), false);
}

bool instantiate(const TypeInfo& type, void* node, const Bindings& bindings, std::string& problem) {
  return Instantiator(bindings, problem).fill(type, node);
}

}  // namespace pg2crdb::rewrite
