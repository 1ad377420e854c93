// CockroachDB has no domains. A domain is a base type, CHECKs over VALUE, NOT NULL, a default and a collation
// under one name, so each use gets the base type, and a column the rest as well: the CHECKs become the
// table's, with the column in the place of VALUE. Where a use is no column (a parameter, a cast, an
// attribute, an element of an array) nothing checks the value any more, and that is said.
#include "rewrite/pass.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "ast/describe.h"
#include "ast/equal.h"
#include "ast/signature.h"
#include "ast/walk.h"
#include "bind/tree_edit.h"
#include "routines/body_names.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"domain-expanded", Severity::info, "types",
     "CockroachDB has no domains: the base type and the domain's rules stand at each use",
     "Nothing to do; change the CHECK of every such column when the rule changes."},
    {"domain-check-lost", Severity::warning, "types",
     "what a domain checks cannot be checked here: only its base type is left",
     "Check the value in the application or in the function, then acknowledge."},
    {"domain-overload", Severity::error, "functions",
     "two functions differ in domains only, and become the same function",
     "Rename one of the functions, or drop it."},
    {"domain-in-body", Severity::error, "functions",
     "a function's body names a domain, which CockroachDB does not have",
     "Write the domain's base type in the body."},
};
enum : size_t { domain_expanded, domain_check_lost, domain_overload, domain_in_body };

/// A domain down to a type that is none.
struct Domain {
  std::string name;  ///< "public.year", for messages
  ast::TypeName base;
  ast::Name collation;
  ast::Box<ast::Expr> default_value;
  bool not_null = false;
  std::vector<ast::Constraint> checks;

  bool has_rules() const { return not_null || !checks.empty(); }
};

void replace_value(ast::Expr& check, const std::string& column) {
  ast::Visitor visitor;
  visitor.expr = [&](ast::Expr& expr) {
    auto* reference = std::get_if<ast::ColumnRef>(&expr.node);
    if (reference != nullptr && !reference->star && reference->names.size() == 1 &&
        lower(reference->names[0]) == "value") {
      reference->names[0] = column;
    }
  };
  walk(check, visitor);
}

class Expander {
 public:
  explicit Expander(PassContext& context) : context_(context) {}

  void run() {
    for (ast::Statement& statement : context_.script.statements) {
      if (statement.live() && std::holds_alternative<ast::CreateDomain>(statement.node)) {
        const auto& domain = std::get<ast::CreateDomain>(statement.node);
        if (std::optional<Domain> found = resolve(domain.name, 0)) {
          domains_.emplace(statement.id, std::move(*found));
          names_.insert(domain.name.name);
        }
      }
    }
    if (domains_.empty()) return;
    std::vector<const ast::Name*> names;
    for (const auto& [id, domain] : domains_)
      names.push_back(&std::get<ast::CreateDomain>(context_.script.statements[id].node).name);
    named_.emplace(std::move(names));
    by_object_.resize(context_.script.objects.size());
    for (ast::ObjectId id = 1; id < by_object_.size(); ++id) {
      const auto made = domains_.find(context_.script.objects[id].created);
      if (made != domains_.end()) by_object_[id] = &made->second;
    }
    for (ast::Statement& statement : context_.script.statements) {
      if (statement.live() && !std::holds_alternative<ast::CreateDomain>(statement.node)) use(statement);
    }
    overloads();
    add_behind_rows();
    for (ast::Statement& statement : context_.script.statements) {
      const auto* domain = std::get_if<ast::CreateDomain>(&statement.node);
      if (domain == nullptr || !statement.live()) continue;
      context_.report(rules[domain_expanded], statement, to_string(domain->name),
                      "domain `" + to_string(domain->name) + "` is expanded where it is used");
      context_.drop(statement, "the base type stands at each use");
    }
  }

 private:
  const Domain* find(const ast::Name& name) const {
    if (name.object != ast::no_object) return by_object_[name.object];
    if (!names_.contains(name.name)) return nullptr;
    const ast::Statement* made = made_by(name);
    const auto it = made == nullptr ? domains_.end() : domains_.find(made->id);
    return it == domains_.end() ? nullptr : &it->second;
  }

  /// What creates it; null for what is no domain of the script.
  const ast::Statement* made_by(const ast::Name& name) const {
    if (name.object == ast::no_object) return context_.catalog.domain(name);
    const ast::StatementId created = context_.script.objects[name.object].created;
    if (created == ast::no_statement) return nullptr;
    const ast::Statement& statement = context_.script.statements[created];
    return std::holds_alternative<ast::CreateDomain>(statement.node) ? &statement : nullptr;
  }

  /// Nothing for what is no domain; domains over domains come back as one.
  std::optional<Domain> resolve(const ast::Name& name, int depth) const {
    constexpr int deepest = 32;
    const ast::Statement* statement = made_by(name);
    if (statement == nullptr || depth > deepest) return std::nullopt;
    const auto& own = std::get<ast::CreateDomain>(statement->node);
    Domain domain;
    domain.name = to_string(own.name);
    domain.base = own.type;
    if (std::optional<Domain> below = resolve(own.type.name, depth + 1)) {
      const std::vector<int64_t> bounds = own.type.array_bounds;
      const bool array = !bounds.empty();
      domain.base = below->base;
      domain.base.array_bounds.insert(domain.base.array_bounds.end(), bounds.begin(), bounds.end());
      if (!array) {
        domain.checks = below->checks;
        domain.not_null = below->not_null;
        domain.default_value = below->default_value;
        domain.collation = below->collation;
      }
    }
    if (own.default_value) {
      domain.default_value = own.default_value;
      bind::forget_offsets(domain.default_value);
    }
    if (!own.collation.empty()) domain.collation = own.collation;
    domain.not_null = domain.not_null || own.not_null;
    for (const ast::Constraint& constraint : own.constraints) {
      if (constraint.kind == ast::Constraint::Kind::not_null) domain.not_null = true;
      if (constraint.kind != ast::Constraint::Kind::check) continue;
      domain.checks.push_back(constraint);
      domain.checks.back().offset = -1;
      bind::forget_offsets(domain.checks.back().check);
      if (constraint.name.empty()) domain.checks.back().name = own.name.name + "_check";
    }
    return domain;
  }

  void use(ast::Statement& statement) {
    if (about_domain(statement)) return;
    if (auto* table = std::get_if<ast::CreateTable>(&statement.node)) {
      for (ast::Column& column : table->columns) this->column(statement, table->name, *table, column);
    } else if (auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
      alter_table(statement, *alter);
    } else if (auto* function = std::get_if<ast::CreateFunction>(&statement.node)) {
      if (function->statements.empty())
        body(statement, *function);
      else
        trees(statement, *function);
    }
    elsewhere(statement);
  }

  void column(ast::Statement& statement, const ast::Name& table_name, ast::CreateTable& table,
              ast::Column& column) {
    const Domain* domain = find(column.type.name);
    if (domain == nullptr) return;
    const std::string object = to_string(table_name) + "." + column.name;
    const bool array = !column.type.array_bounds.empty();
    report_use(statement, *domain, object, column.offset, array);
    set_base(column.type, *domain);
    if (array) return;
    columns_[{key_of(table_name), column.name}] = domain;
    apply(*domain, column);
    for (const ast::Constraint& check : domain->checks) {
      ast::Constraint copy = named(check, table_name, table, column.name);
      replace_value(*copy.check, column.name);
      copy.offset = -1;
      if (copy.not_valid) {
        behind_rows_.push_back({statement.id, table_name, std::move(copy)});
      } else {
        table.constraints.push_back(std::move(copy));
      }
    }
  }

  void alter_table(ast::Statement& statement, ast::AlterTable& alter) {
    std::vector<ast::AlterCommand> checks;
    for (ast::AlterCommand& command : alter.commands) {
      if (auto* set = std::get_if<ast::SetDefault>(&command)) leave_default(statement, alter.name, *set);
      if (const auto* type = std::get_if<ast::SetType>(&command))
        columns_.erase({key_of(alter.name), type->column});
      auto* add = std::get_if<ast::AddColumn>(&command);
      const Domain* domain = add == nullptr ? nullptr : find(add->column.type.name);
      if (domain == nullptr) continue;
      const bool array = !add->column.type.array_bounds.empty();
      report_use(statement, *domain, to_string(alter.name) + "." + add->column.name, add->column.offset,
                 array);
      set_base(add->column.type, *domain);
      if (array) continue;
      columns_[{key_of(alter.name), add->column.name}] = domain;
      apply(*domain, add->column);
      for (const ast::Constraint& check : domain->checks) {
        ast::Constraint copy = named(check, alter.name, {}, add->column.name);
        replace_value(*copy.check, add->column.name);
        if (copy.not_valid) {
          behind_rows_.push_back({statement.id, alter.name, std::move(copy)});
        } else {
          checks.push_back(ast::AddConstraint{std::move(copy)});
        }
      }
    }
    alter.commands.insert(alter.commands.end(), checks.begin(), checks.end());
  }

  /// Where the column's own default goes, that of its domain holds.
  void leave_default(ast::Statement& statement, const ast::Name& table, ast::SetDefault& set) {
    const auto column = columns_.find({key_of(table), set.column});
    if (set.value || column == columns_.end() || !column->second->default_value) return;
    set.value = column->second->default_value;
    context_.rewritten(statement);
  }

  /// CHECKs that look into rows look at them when all are there.
  void add_behind_rows() {
    for (BehindRows& one : behind_rows_) {
      ast::Statement& origin = context_.script.statements[one.origin];
      ast::AlterTable add, validate;
      add.name = validate.name = one.table;
      validate.commands.push_back(ast::ValidateConstraint{one.check.name});
      add.commands.push_back(ast::AddConstraint{std::move(one.check)});
      context_.add(std::move(add), origin, ast::Phase::post_data);
      context_.add(std::move(validate), origin, ast::Phase::revalidate);
    }
  }

  static void apply(const Domain& domain, ast::Column& column) {
    column.not_null = column.not_null || domain.not_null;
    if (column.collation.empty()) column.collation = domain.collation;
    if (!column.default_value && !column.generated && !column.identity)
      column.default_value = domain.default_value;
  }

  /// The check under its own name, or under one that the table has not yet.
  ast::Constraint named(const ast::Constraint& check, const ast::Name& table_name,
                        const ast::CreateTable& table, const std::string& column) {
    std::set<std::string>& taken = names_of(table_name, table);
    ast::Constraint copy = check;
    if (!taken.insert(copy.name).second) {
      const std::string base = column + "_" + check.name;
      copy.name = base;
      for (int i = 1; !taken.insert(copy.name).second; ++i) copy.name = base + std::to_string(i);
    }
    return copy;
  }

  std::set<std::string>& names_of(const ast::Name& table_name, const ast::CreateTable& table) {
    const auto [it, inserted] = taken_.try_emplace(key_of(table_name));
    if (!inserted) return it->second;
    for (const ast::Constraint& constraint : table.constraints) it->second.insert(constraint.name);
    for (const ast::Column& column : table.columns) {
      for (const ast::Constraint& constraint : column.constraints) it->second.insert(constraint.name);
    }
    for (const ast::Statement* statement : alters_of(it->first)) {
      if (!statement->live()) continue;
      for (const ast::AlterCommand& command : std::get<ast::AlterTable>(statement->node).commands) {
        if (const auto* add = std::get_if<ast::AddConstraint>(&command))
          it->second.insert(add->constraint.name);
      }
    }
    return it->second;
  }

  const std::vector<const ast::Statement*>& alters_of(const std::string& table) {
    if (alters_.empty()) {
      for (const ast::Statement& statement : context_.script.statements) {
        if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node))
          alters_[key_of(alter->name)].push_back(&statement);
      }
    }
    return alters_[table];
  }

  /// Types that are no column's: one finding a statement and domain.
  void elsewhere(ast::Statement& statement) {
    std::set<std::string> said;
    ast::Visitor visitor;
    visitor.type = [&](ast::TypeName& type) {
      const Domain* domain = find(type.name);
      if (domain == nullptr) return;
      const bool checked = domain->has_rules();
      if (said.insert(domain->name).second) {
        const std::string object = ast::statement_object(statement.node);
        const std::string which =
            ast::statement_kind(statement.node) + (object.empty() ? "" : " `" + object + "`");
        context_.report(rules[checked ? domain_check_lost : domain_expanded], statement, object,
                        which + " uses domain `" + domain->name + "`: the base type stands there" +
                            (checked ? ", without its CHECK and NOT NULL" : ""),
                        type.offset);
      }
      set_base(type, *domain);
      context_.rewritten(statement);
    };
    walk(statement.node, visitor);
  }

  void report_use(ast::Statement& statement, const Domain& domain, const std::string& object, int32_t offset,
                  bool array) {
    const bool lost = array && domain.has_rules();
    context_.report(rules[lost ? domain_check_lost : domain_expanded], statement, object,
                    "`" + object + "` is " + (array ? "an array of domain `" : "of domain `") + domain.name +
                        "`: " +
                        (lost ? "its elements are no longer checked"
                              : "the base type and the domain's rules stand there"),
                    offset);
    context_.rewritten(statement);
  }

  static void set_base(ast::TypeName& type, const Domain& domain) {
    const ast::TypeName use = type;
    type = domain.base;
    type.array_bounds.insert(type.array_bounds.end(), use.array_bounds.begin(), use.array_bounds.end());
    type.set_of = use.set_of;
    type.offset = use.offset;
  }

  /// Statements about a domain itself go with it.
  bool about_domain(ast::Statement& statement) {
    using Kind = ast::ObjectKind;
    const auto is_domain = [this](const ast::ObjectRef& object) {
      const bool type =
          object.kind == Kind::type || object.kind == Kind::domain || object.kind == Kind::domain_constraint;
      return type && find(object.name) != nullptr;
    };
    bool all = false;
    if (const auto* owner = std::get_if<ast::AlterOwner>(&statement.node)) {
      all = is_domain(owner->object);
    } else if (const auto* comment = std::get_if<ast::Comment>(&statement.node)) {
      all = is_domain(comment->object);
    } else if (auto* grant = std::get_if<ast::Grant>(&statement.node)) {
      all = without_domains(statement, grant->objects, is_domain);
    } else if (auto* drop = std::get_if<ast::Drop>(&statement.node)) {
      all = without_domains(statement, drop->objects, is_domain);
    } else {
      all = ast::statement_kind(statement.node).starts_with("ALTER DOMAIN");
    }
    if (!all) return false;
    const std::string kind = ast::statement_kind(statement.node);
    const std::string object = ast::statement_object(statement.node);
    context_.report(rules[domain_expanded], statement, object,
                    kind + (object.empty() ? "" : " `" + object + "`") + " goes with the domain");
    context_.drop(statement, "there is no domain any more");
    return true;
  }

  /// True where nothing but domains was in the list.
  template <class Predicate>
  bool without_domains(ast::Statement& statement, std::vector<ast::ObjectRef>& objects, Predicate is_domain) {
    const auto count = static_cast<size_t>(std::count_if(objects.begin(), objects.end(), is_domain));
    if (count == 0) return false;
    if (count == objects.size()) return true;
    std::erase_if(objects, is_domain);
    context_.report(rules[domain_expanded], statement, {},
                    ast::statement_kind(statement.node) + " is left without the domains in its list");
    context_.rewritten(statement);
    return false;
  }

  /// A cast in a body that is a tree becomes one to the base type, as outside, where that checks nothing
  /// less.
  void trees(ast::Statement& statement, ast::CreateFunction& function) {
    const Domain* checked = nullptr;
    ast::Visitor visitor;
    visitor.type = [&](ast::TypeName& type) {
      const Domain* domain = find(type.name);
      if (domain != nullptr && domain->has_rules()) checked = domain;
    };
    for (ast::BodyStatement& one : function.statements) walk(one.node, visitor);
    if (checked != nullptr) refuse_body(statement, function, *checked);
  }

  void refuse_body(ast::Statement& statement, const ast::CreateFunction& function, const Domain& domain) {
    const std::string object = to_string(function.name);
    context_.report(rules[domain_in_body], statement, object,
                    "the body of function `" + object + "` names the domain `" + domain.name + "`");
    context_.needs_person(statement, "its body names the domain " + domain.name);
  }

  void body(ast::Statement& statement, const ast::CreateFunction& function) {
    for (const std::string& text : function.body) {
      const ast::Name* domain = named_->in(text);
      if (domain == nullptr) continue;
      for (const auto& [id, one] : domains_) {
        if (&std::get<ast::CreateDomain>(context_.script.statements[id].node).name == domain)
          return refuse_body(statement, function, one);
      }
    }
  }

  /// PostgreSQL tells json(color) from json(integer); after expansion there is one of them.
  void overloads() {
    std::unordered_map<std::string, std::vector<std::vector<const ast::TypeName*>>> seen;  // by the name
    for (ast::Statement& statement : context_.script.statements) {
      const auto* function = std::get_if<ast::CreateFunction>(&statement.node);
      if (function == nullptr || !statement.live()) continue;
      std::vector<const ast::TypeName*> types;
      for (const ast::FunctionParameter& parameter : function->parameters) {
        if (ast::is_argument(parameter)) types.push_back(&parameter.type);
      }
      auto& others = seen[key_of(function->name)];
      const bool clash = std::any_of(others.begin(), others.end(), [&](const auto& other) {
        return std::equal(types.begin(), types.end(), other.begin(), other.end(),
                          [](const auto* a, const auto* b) { return ast::equal(*a, *b); });
      });
      const bool touched = !statement.passes.empty() && statement.passes.back() == "expand-domains";
      if (clash && touched) {
        const std::string object = to_string(function->name);
        context_.report(
            rules[domain_overload], statement, object,
            "function `" + object + "` has the parameters of another one once domains are expanded");
        context_.needs_person(statement, "another function has the same parameters");
      } else {
        others.push_back(std::move(types));
      }
    }
  }

  struct BehindRows {
    ast::StatementId origin = ast::no_statement;
    ast::Name table = {};
    ast::Constraint check = {};
  };
  std::vector<BehindRows> behind_rows_;
  PassContext& context_;
  std::map<ast::StatementId, Domain> domains_;  ///< by the statement that creates it
  std::vector<const Domain*> by_object_;        ///< null: no domain
  std::unordered_set<std::string> names_;       ///< of `domains_`, without their schemas
  std::optional<routines::NamedTypes> named_;   ///< the same, to be looked for in bodies
  std::unordered_map<std::string, std::vector<const ast::Statement*>> alters_;  ///< by table
  std::map<std::string, std::set<std::string>> taken_;
  std::map<std::pair<std::string, std::string>, const Domain*> columns_;  ///< by table and name: no arrays
};

void run(PassContext& context) {
  Expander(context).run();
}

}  // namespace

extern const Pass expand_domains;
const Pass expand_domains = {
    .name = "expand-domains",
    .category = "types",
    .fidelity = Fidelity::changes_behaviour,
    .summary = "puts a domain's base type, CHECKs, NOT NULL and default where the domain was used",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
