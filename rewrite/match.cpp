#include "rewrite/match.h"

#include <algorithm>

#include "ast/statement.h"
#include "rewrite/node_variables.h"

namespace pg2crdb::rewrite {

using ast::FieldInfo;
using ast::type_info;
using ast::TypeInfo;
using Kind = TypeInfo::Kind;

namespace {

/// What SQL means where nothing is written, although the tree holds a value.
bool is_default(const FieldInfo& field, const Traits::Field& traits, void* value) {
  if (ast::is_empty(*field.type, value)) return true;
  if (traits.is_policy_command) return *static_cast<const std::string*>(value) == "ALL";
  if (traits.is_policy_roles) {
    const auto& roles = *static_cast<const std::vector<ast::Role>*>(value);
    return roles.size() == 1 && roles[0].kind == ast::Role::Kind::public_;
  }
  return traits.true_by_default;
}

class Matcher {
 public:
  Matcher(Bindings& bindings, Mismatch* mismatch) : bindings_(bindings), mismatch_(mismatch) {}

  bool match(const TypeInfo& type, void* pattern, void* subject, bool exact) {
    exact = exact || traits_of(type).exact;
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
    return bindings_.bind_node(variable.name, type, subject) ||
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
        const bool bound = bind_one(type, *element, pattern, &element_type);
        bindings_.own();
        return bound;
      }
    }
    return fields(type, pattern, subject, exact);
  }

  bool fields(const TypeInfo& type, void* pattern, void* subject, bool exact) {
    const Traits& traits = traits_of(type);
    for (size_t i = 0; i < type.fields.size(); ++i) {
      const FieldInfo& field = type.fields[i];
      void* wanted = field.member(pattern);
      if (!exact && !traits.fields[i].always_said && is_default(field, traits.fields[i], wanted)) continue;
      // Brackets with and without a length are the same to PostgreSQL.
      if (traits.fields[i].is_array_bounds) {
        if (field.type->size(wanted) != field.type->size(field.member(subject)))
          return differ([] { return std::string("the number of array dimensions differs"); });
        continue;
      }
      if (mismatch_ != nullptr) path_.push_back("." + std::string(field.name));
      const bool same = match(*field.type, wanted, field.member(subject), exact);
      if (mismatch_ != nullptr) path_.pop_back();
      if (!same) return false;
    }
    return true;
  }

  bool list(const TypeInfo& type, void* pattern, void* subject, bool exact) {
    if (!exact && traits_of(*type.element).unordered) {
      std::vector<bool> taken(type.size(subject));
      return among(type, pattern, 0, subject, taken);
    }
    return sequence(type, pattern, 0, subject, 0, exact);
  }

  bool element(const TypeInfo& type, void* pattern, size_t i, void* subject, size_t j, bool exact) {
    if (mismatch_ != nullptr) path_.push_back("[" + std::to_string(j) + "]");
    const bool same = match(*type.element, type.at(pattern, i), type.at(subject, j), exact);
    if (mismatch_ != nullptr) path_.pop_back();
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
        for (size_t k = begin; k < end; ++k) binding.nodes.push_back(where_it_stands(type.at(subject, k)));
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
  std::vector<std::string> path_;  ///< only where it is asked for
  size_t steps_ = 0;
};

}  // namespace

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
      const bool fits = Matcher(bindings, mismatch).match(type, const_cast<void*>(pattern), &element, false);
      bindings.own();
      return fits;
    }
  }
  // Neither is changed: the type's operations take pointers to what may be.
  return Matcher(bindings, mismatch)
      .match(type, const_cast<void*>(pattern), const_cast<void*>(subject), false);
}

}  // namespace pg2crdb::rewrite
