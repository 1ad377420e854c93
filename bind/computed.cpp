// What the load computes anew for rows: defaults, generated columns, CHECKs. It has the routines of the
// script's end for it, and other tables' rows in no order.
#include <algorithm>

#include "ast/equal.h"
#include "ast/sequence_call.h"
#include "bind/domain_default.h"
#include "bind/history.h"
#include "bind/tree_edit.h"
#include "parser/sql_tokens.h"

namespace pg2crdb::bind {

namespace {

std::vector<ObjectId> objects_in(const ast::Expr& expr) {
  std::vector<ObjectId> found;
  TreeEdit look;
  look.name = [&](ast::Name& name) {
    if (name.object != ast::no_object) found.push_back(name.object);
  };
  edit(const_cast<ast::Expr&>(expr), look);
  return found;
}

/// The numbers that their session took last, which a default gives.
struct LastNumbers {
  std::vector<ObjectId> sequences = {};  ///< of currval
  bool any = false;                      ///< lastval
  bool inside = false;                   ///< a routine that it calls asks for one
};

LastNumbers last_numbers(const ast::Expr& expr, Binder& binder) {
  LastNumbers last;
  ast::Statement calling;
  ast::SelectStatement select;
  select.query->targets.push_back({expr, {}});
  calling.node = std::move(select);
  TreeEdit look;
  look.call = [&](ast::FunctionCall& call) {
    last.any = last.any || call.name.name == "lastval";
    if (call.name.name != "currval") return;
    const std::optional<ast::Name> name = ast::called_sequence(call);
    last.sequences.push_back(name ? binder.names.find(ast::ObjectKind::sequence, *name, {"public"})
                                  : ast::no_object);
  };
  edit(calling.node, look);
  for (const ast::CreateFunction* routine : binder.run_by(calling)) {
    std::string error;
    for (const std::string& text : routine->body) {
      const auto tokens = transform::scan_sql(text, error);
      last.inside = last.inside || (tokens && std::ranges::any_of(*tokens, [](const transform::Token& token) {
                                      return token.is("currval") || token.is("lastval");
                                    }));
    }
  }
  return last;
}

bool changes_result(std::string_view alter) {
  for (const std::string_view words : {" STRICT", " NULL INPUT", " ON NULL", " SET ", " RESET "}) {
    if (alter.find(words) != std::string_view::npos) return true;
  }
  return false;
}

/// What of a function decides what a call gives.
ast::CreateFunction what_it_does(const ast::CreateFunction& function) {
  ast::CreateFunction result;
  result.parameters = function.parameters;
  result.language = function.language;
  result.strict = function.strict;
  result.body = function.body;
  return result;
}

}  // namespace

/// Scripts that may be run again replace routines by what they are.
void History::note_replaced_routine(const ast::Statement& older, const ast::Statement& newer,
                                    ObjectId routine) {
  const auto* before = std::get_if<ast::CreateFunction>(&older.node);
  const auto* now = std::get_if<ast::CreateFunction>(&newer.node);
  if (now == nullptr) return;
  if (before == nullptr || !ast::equal(what_it_does(*before), what_it_does(*now)) || !now->settings.empty())
    replaced_routines_[routine] = newer.id;
}

void History::note_altered_routine(const ast::Statement& statement, const ast::Opaque& opaque) {
  const bool routine = opaque.kind.starts_with("ALTER FUNCTION") ||
                       opaque.kind.starts_with("ALTER PROCEDURE") || opaque.kind.starts_with("ALTER ROUTINE");
  if (!routine || opaque.kind.ends_with("SET SCHEMA") || !changes_result(opaque.text)) return;
  for (const ObjectId id : statement.text_objects) {
    if (is_routine(object(id).kind)) altered_routines_.emplace(id, statement.id);
  }
}

/// Of these the routines, and all that their bodies call and read, through views too.
std::vector<ObjectId> History::reached(std::vector<ObjectId> found) {
  std::erase_if(found, [&](ObjectId id) { return !is_routine(object(id).kind); });
  std::unordered_set<ObjectId> known(found.begin(), found.end());
  for (size_t i = 0; i < found.size(); ++i) {
    const ast::Object& one = object(found[i]);
    if (!one.made_here()) continue;
    ast::Statement& made = statement(one.created);
    const bool view = one.kind == ast::ObjectKind::view || one.kind == ast::ObjectKind::materialized_view;
    const std::vector<ObjectId> named = is_routine(one.kind) ? made.text_objects
                                        : view               ? objects_of(made)
                                                             : std::vector<ObjectId>();
    for (const ObjectId id : named) {
      if (known.insert(id).second) found.push_back(id);
    }
  }
  return found;
}

/// The statement that changes the routine while rows of the table are on the other side of it than in the
/// load: replaced behind them, altered before them. None where it does not matter.
ast::StatementId History::changed_beside(ObjectId routine, ObjectId table, const std::string& column) {
  const auto replaced = replaced_routines_.find(routine);
  const auto altered = altered_routines_.find(routine);
  const ObjectId given = binder_.names.find_in(table, ast::ObjectKind::column, column);
  const auto computed = [&](const ast::DataBlock& block) {
    return column.empty() || block.columns.empty() || !gives(block, column);
  };
  if (replaced != replaced_routines_.end() &&
      (given == ast::no_object || object(given).created < replaced->second) &&
      any_rows(table, [&](const ast::DataBlock& block) {
        return computed(block) && stands_before(block.header, statement(replaced->second).span);
      }))
    return replaced->second;
  if (altered != altered_routines_.end() && any_rows(table, [&](const ast::DataBlock& block) {
        return computed(block) && stands_before(statement(altered->second).span, block.header);
      }))
    return altered->second;
  return ast::no_statement;
}

void History::check_computed(const ast::Statement& made, const ast::CreateTable& create) {
  const ObjectId table = create.name.object;
  const std::string name = to_string(object(table).name);
  std::vector<const ast::Column*> before;
  for (const ast::Column& column : create.columns) {
    before.push_back(&column);
    const ast::Expr* expr = nullptr;
    if (column.generated) {
      expr = &*column.generated->expr;
    } else if (rows_leave_out(table, column.name)) {
      expr = default_of(column);
      if (expr == nullptr) expr = domain_default(column, context_.script);
    }
    if (expr == nullptr) continue;
    // The row itself may have taken it, for a column that stands before.
    const LastNumbers last = last_numbers(*expr, binder_);
    const auto takes = [&](const ast::DataBlock& block, ObjectId sequence) {
      return std::any_of(before.begin(), before.end() - 1, [&](const ast::Column* one) {
        const std::vector<ObjectId> taken =
            gives(block, one->name) ? std::vector<ObjectId>() : sequences_of(*one);
        return sequence == ast::no_object ? !taken.empty() : std::ranges::count(taken, sequence) > 0;
      });
    };
    const bool elsewhere = any_rows(table, [&](const ast::DataBlock& block) {
      if (!block.left_out.empty() || gives(block, column.name)) return false;
      const bool added = taken_at(column, block) != block.header;
      return last.inside || (last.any && (added || !takes(block, ast::no_object))) ||
             std::ranges::any_of(last.sequences, [&](ObjectId sequence) {
               return added || sequence == ast::no_object || !takes(block, sequence);
             });
    });
    if (elsewhere) {
      report(
          rows_of_two_defaults, made, name,
          "rows of `" + name + "` get `" + column.name +
              "` from the number that was taken last from a sequence, which the load takes in another order");
    }
    for (const ObjectId id : reached(objects_in(*expr))) {
      const std::string given = "rows of `" + name + "` get `" + column.name + "` from a routine ";
      const std::string what = to_string(object(id).name);
      if (const ast::StatementId change = changed_beside(id, table, column.name);
          is_routine(object(id).kind) && change != ast::no_statement) {
        report(rows_of_two_defaults, made, name,
               given + "that runs `" + what + "`, which changes in " + line_of(change));
        break;
      }
      if (object(id).kind == ast::ObjectKind::table && holds_rows(id)) {
        report(rows_of_two_defaults, made, name,
               given + "that reads `" + what + "`, whose rows the load may bring before or after");
        break;
      }
    }
  }
  const auto check = [&](const ast::Constraint& constraint) {
    if (constraint.kind != ast::Constraint::Kind::check || constraint.not_valid || !constraint.check) return;
    for (const ObjectId id : reached(objects_in(*constraint.check))) {
      const ast::StatementId change = changed_beside(id, table, {});
      if (change == ast::no_statement) continue;
      report(rows_of_two_checks, made, name,
             "rows of `" + name + "` are checked by `" + to_string(object(id).name) + "`, which changes in " +
                 line_of(change));
      return;
    }
  };
  for (const ast::Column& column : create.columns)
    std::for_each(column.constraints.begin(), column.constraints.end(), check);
  std::for_each(create.constraints.begin(), create.constraints.end(), check);
  for (const ast::StatementId id : binder_.users(table)) {
    const auto* alter = statement(id).live() ? std::get_if<ast::AlterTable>(&statement(id).node) : nullptr;
    if (alter == nullptr || alter->name.object != table) continue;
    for (const ast::AlterCommand& command : alter->commands) {
      if (const auto* add = std::get_if<ast::AddConstraint>(&command)) check(add->constraint);
    }
  }
}

/// Whether the CHECK calls what reads tables with rows: the load may bring those before or after.
bool History::reads_rows(const ast::Constraint& constraint) {
  if (constraint.kind != ast::Constraint::Kind::check || constraint.not_valid || !constraint.check)
    return false;
  const std::vector<ObjectId> read = reached(objects_in(*constraint.check));
  return std::any_of(read.begin(), read.end(), [&](ObjectId id) {
    return object(id).kind == ast::ObjectKind::table && holds_rows(id);
  });
}

/// Such a CHECK is added when all rows are there, and looks at them then.
void History::check_behind_rows(ast::Statement& made, ast::CreateTable& create) {
  const ObjectId table = create.name.object;
  const ast::Name name = create.name;
  std::vector<std::pair<ast::StatementId, ast::Constraint>> waiting;
  const auto take_from = [&](ast::Statement& origin, std::vector<ast::Constraint>& constraints) {
    std::erase_if(constraints, [&](ast::Constraint& one) {
      if (!reads_rows(one)) return false;
      waiting.emplace_back(origin.id, std::move(one));
      context_.rewritten(origin);
      return true;
    });
  };
  for (ast::Column& column : create.columns) take_from(made, column.constraints);
  take_from(made, create.constraints);
  for (const ast::StatementId id : binder_.users(table)) {
    ast::Statement& user = statement(id);
    auto* alter = user.live() ? std::get_if<ast::AlterTable>(&user.node) : nullptr;
    if (alter == nullptr || alter->name.object != table) continue;
    std::erase_if(alter->commands, [&](ast::AlterCommand& command) {
      auto* add = std::get_if<ast::AddConstraint>(&command);
      if (add == nullptr || !reads_rows(add->constraint)) return false;
      waiting.emplace_back(id, std::move(add->constraint));
      return true;
    });
    if (alter->commands.empty()) context_.merge(user, made, "added behind the rows");
  }
  for (auto& [origin, constraint] : waiting) {
    tell_changed_behind(statement(origin), name, constraint);
    if (constraint.name.empty()) constraint.name = object(constraint.object).name.name;
    constraint.not_valid = true;
    ast::AlterTable add, validate;
    add.name = validate.name = name;
    validate.commands.push_back(ast::ValidateConstraint{constraint.name});
    add.commands.push_back(ast::AddConstraint{std::move(constraint)});
    context_.add(std::move(add), statement(origin), ast::Phase::post_data);
    context_.add(std::move(validate), statement(origin), ast::Phase::revalidate);
  }
}

/// PostgreSQL looked at each row when it came, and not again when what the CHECK reads changed.
void History::tell_changed_behind(const ast::Statement& origin, const ast::Name& table,
                                  const ast::Constraint& constraint) {
  Span first;
  bool found = false;
  any_rows(table.object, [&](const ast::DataBlock& block) {
    if (!found || stands_before(block.header, first)) first = block.header;
    found = true;
    return false;
  });
  const std::vector<ObjectId> read = reached(objects_in(*constraint.check));
  const bool changes = std::any_of(read.begin(), read.end(), [&](ObjectId id) {
    if (object(id).kind != ast::ObjectKind::table) return false;
    const auto worked = worked_on_.find(id);
    return (worked != worked_on_.end() && stands_before(first, statement(worked->second).span)) ||
           any_rows(id, [&](const ast::DataBlock& block) {
             return id == table.object || stands_before(first, block.header);
           });
  });
  if (!changes) return;
  report(check_reads_rows, origin, to_string(table),
         "CHECK `" + object(constraint.object).name.name + "` of `" + to_string(table) +
             "` reads rows that change behind those that it has checked");
}

/// A query that fills a table runs after the load.
void History::check_copy(ast::Statement& made) {
  for (const ObjectId id : reached(objects_of(made))) {
    const auto replaced = replaced_routines_.find(id);
    const std::string name = to_string(object(id).name);
    if (replaced != replaced_routines_.end() && replaced->second > made.id) {
      copies_[made.id] = {"`" + name + "`, which it calls, changes in " + line_of(replaced->second)};
    } else if (object(id).kind == ast::ObjectKind::table && any_rows(id, [&](const ast::DataBlock& block) {
                 return stands_before(made.span, block.header);
               })) {
      copies_[made.id] = {"a routine that it calls reads `" + name + "`, which gets rows behind it"};
    }
  }
}

/// To be asked at the end, when bodies are bound.
void History::check_all_computed() {
  const size_t count = context_.script.statements.size();
  for (size_t i = 0; i < count; ++i) {
    ast::Statement& made = context_.script.statements[i];
    if (!made.live()) continue;
    if (auto* domain = std::get_if<ast::CreateDomain>(&made.node)) {
      // Of a domain that means what it means of a table: its columns get the CHECK behind the rows.
      for (ast::Constraint& check : domain->constraints) check.not_valid = reads_rows(check);
    } else if (auto* create = std::get_if<ast::CreateTable>(&made.node)) {
      if (!holds_rows(create->name.object)) continue;
      check_computed(made, *create);
      check_behind_rows(made, *create);
    } else if (const auto* as = std::get_if<ast::CreateTableAs>(&made.node)) {
      if (!as->materialized_view && !copies_.contains(made.id)) check_copy(made);
    }
  }
}

}  // namespace pg2crdb::bind
