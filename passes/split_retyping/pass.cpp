// ALTER COLUMN TYPE must stand alone in CockroachDB (DDL facts 8), and a column is not added in the statement
// that drops another one of its name. PostgreSQL runs the commands of one ALTER TABLE in an order of its own:
// what drops something first, then the types, then what is set and added.
#include "rewrite/pass.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <map>
#include <string>

#include "ast/walk.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"retyped-together", Severity::error, "tables",
     "CockroachDB changes the type of one column in a statement, and this one computes it from another that "
     "the same "
     "statement changes",
     "Add a column, fill it with an UPDATE, drop the old one and rename the new one."},
    {"retyped-with-setting", Severity::error, "tables",
     "before 25.1 CockroachDB refuses a change of type that writes the rows anew, unless a setting allows it",
     "SET enable_experimental_alter_column_type_general = true before the statement, outside of a "
     "transaction; or compile "
     "for 25.1 or later."},
    {"retyped-unchecked", Severity::warning, "tables",
     "before 26.2 CockroachDB does not look at stored values where a text gets a length of 64 or more",
     "Look for longer values before: SELECT count(*) FROM t WHERE length(c) > n."},
};
enum : size_t { retyped_together, retyped_with_setting, retyped_unchecked };

enum class Turn { drops, retypes, sets };

Turn turn(const ast::AlterCommand& command) {
  if (std::holds_alternative<ast::SetType>(command)) return Turn::retypes;
  const auto* value = std::get_if<ast::SetDefault>(&command);
  const auto* not_null = std::get_if<ast::SetNotNull>(&command);
  const bool drops = std::holds_alternative<ast::DropColumn>(command) ||
                     std::holds_alternative<ast::DropConstraint>(command) ||
                     std::holds_alternative<ast::DropIdentity>(command) ||
                     (value != nullptr && !value->value) || (not_null != nullptr && !not_null->not_null);
  return drops ? Turn::drops : Turn::sets;
}

bool is_text(const ast::TypeName& type) {
  const std::string& name = type.name.name;
  return type.array_bounds.empty() && (name == "text" || name == "varchar" || name == "bpchar");
}

/// The length of a text; the largest where it has none.
uint64_t length_of(const ast::TypeName& type) {
  return type.modifiers.empty() ? std::numeric_limits<uint64_t>::max()
                                : std::strtoull(type.modifiers.front().c_str(), nullptr, 10);
}

/// Whether CockroachDB has nothing to write anew: texts and integers that get wider.
bool only_widens(const ast::TypeName& from, const ast::SetType& set) {
  const ast::TypeName& to = set.type;
  if (set.using_ || !from.array_bounds.empty() || !to.array_bounds.empty()) return false;
  if (is_text(from) && is_text(to)) return to.name.name != "bpchar" && length_of(from) <= length_of(to);
  constexpr std::array<std::string_view, 3> integers = {"int2", "int4", "int8"};
  const auto* narrow = std::ranges::find(integers, from.name.name);
  const auto* wide = std::ranges::find(integers, to.name.name);
  return wide != integers.end() && narrow <= wide;
}

/// Types that rows get where the script's order is kept: before that rows come last.
class Retyping {
 public:
  explicit Retyping(PassContext& context) : context_(context) {}

  void look_at(const ast::Statement& statement, const ast::AlterTable& alter) {
    for (const ast::AlterCommand& command : alter.commands) {
      const auto* set = std::get_if<ast::SetType>(&command);
      if (set == nullptr) continue;
      const std::string object = to_string(alter.name) + "." + set->column;
      const ast::TypeName* from = type_before(alter.name, set->column);
      tell(statement, object, from, *set);
      types_[object] = set->type;
    }
  }

 private:
  /// Null where the script does not say.
  const ast::TypeName* type_before(const ast::Name& table, const std::string& name) {
    const auto set = types_.find(to_string(table) + "." + name);
    if (set != types_.end()) return &set->second;
    ast::Statement* made = context_.catalog.table(table);
    auto* create = made == nullptr ? nullptr : std::get_if<ast::CreateTable>(&made->node);
    const ast::Column* column = create == nullptr ? nullptr : ast::find_column(*create, name);
    return column == nullptr ? nullptr : &column->type;
  }

  void tell(const ast::Statement& statement, const std::string& object, const ast::TypeName* from,
            const ast::SetType& set) {
    const bool widens = from != nullptr && only_widens(*from, set);
    if (!widens && !context_.target.has(Capability::alter_column_type_general))
      context_.report(rules[retyped_with_setting], statement, object,
                      "`" + object + "` gets another type, for which its rows are written anew",
                      set.type.offset);
    const bool narrows = from != nullptr && is_text(*from) && from->modifiers.empty() && is_text(set.type) &&
                         !set.type.modifiers.empty() && length_of(set.type) >= 64;
    if (narrows && !context_.target.has(Capability::checked_narrowing))
      context_.report(rules[retyped_unchecked], statement, object,
                      "`" + object + "` gets a length, and values that are longer stay", set.type.offset);
  }

  PassContext& context_;
  std::map<std::string, ast::TypeName> types_;  // what columns were changed to
};

/// Of a column whose values are computed from those that another one has before; empty where there is none.
std::string computed_from_retyped(const ast::AlterTable& alter) {
  const auto is_retyped = [&](const std::string& name) {
    return std::any_of(alter.commands.begin(), alter.commands.end(), [&](const ast::AlterCommand& command) {
      const auto* set = std::get_if<ast::SetType>(&command);
      return set != nullptr && set->column == name;
    });
  };
  for (const ast::AlterCommand& command : alter.commands) {
    const auto* set = std::get_if<ast::SetType>(&command);
    if (set == nullptr || !set->using_) continue;
    bool found = false;
    ast::Visitor visitor;
    visitor.expr = [&](ast::Expr& expr) {
      const auto* column = std::get_if<ast::ColumnRef>(&expr.node);
      if (column == nullptr || column->names.empty()) return;
      const bool whole_row = column->star || column->names.back() == alter.name.name;
      found = found || whole_row || (column->names.back() != set->column && is_retyped(column->names.back()));
    };
    ast::Expr copy = *set->using_;
    walk(copy, visitor);
    if (found) return set->column;
  }
  return {};
}

bool has_to_be_split(const ast::AlterTable& alter) {
  const auto replaces = [&](const ast::AlterCommand& command) {
    const auto* drop = std::get_if<ast::DropColumn>(&command);
    return drop != nullptr &&
           std::any_of(alter.commands.begin(), alter.commands.end(), [&](const ast::AlterCommand& other) {
             const auto* add = std::get_if<ast::AddColumn>(&other);
             return add != nullptr && add->column.name == drop->column;
           });
  };
  return alter.commands.size() > 1 &&
         std::any_of(alter.commands.begin(), alter.commands.end(), [&](const ast::AlterCommand& command) {
           return std::holds_alternative<ast::SetType>(command) || replaces(command);
         });
}

void split(PassContext& context, ast::Statement& statement, const ast::AlterTable& whole) {
  std::vector<ast::AlterCommand> commands = whole.commands;
  std::stable_sort(commands.begin(), commands.end(),
                   [](const auto& left, const auto& right) { return turn(left) < turn(right); });
  std::vector<ast::AlterTable> parts;
  for (ast::AlterCommand& command : commands) {
    const Turn now = turn(command);
    if (parts.empty() || now == Turn::retypes || turn(parts.back().commands.back()) != now) {
      parts.push_back(whole);
      parts.back().commands.clear();
    }
    parts.back().commands.push_back(std::move(command));
  }
  statement.node = std::move(parts.front());
  context.rewritten(statement);
  for (auto part = std::next(parts.begin()); part != parts.end(); ++part)
    context.add(std::move(*part), statement, statement.phase);
}

void run(PassContext& context) {
  const size_t count = context.script.statements.size();  // what is added is split already
  Retyping retyping(context);
  for (size_t i = 0; i < count; ++i) {
    ast::Statement& statement = context.script.statements[i];
    const auto* alter = statement.live() ? std::get_if<ast::AlterTable>(&statement.node) : nullptr;
    if (alter == nullptr) continue;
    if (context.options.in_order) retyping.look_at(statement, *alter);
    if (!has_to_be_split(*alter)) continue;
    if (const std::string column = computed_from_retyped(*alter); !column.empty()) {
      const std::string object = to_string(alter->name) + "." + column;
      context.report(rules[retyped_together], statement, object,
                     "`" + object + "` is computed from a column that gets another type");
      context.needs_person(statement, "a column's new values are computed from another one's old values");
      continue;
    }
    split(context, statement, *alter);
  }
}

}  // namespace

extern const Pass split_retyping;
const Pass split_retyping = {
    .name = "split-retyping",
    .category = "tables",
    .fidelity = Fidelity::exact,
    .summary = "gives each ALTER COLUMN TYPE an ALTER TABLE of its own",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
