// Rows in a history: which of them are there at its end, and what their tables were when they came.
#include <algorithm>

#include "ast/catalog.h"
#include "ast/describe.h"
#include "ast/sequence_call.h"
#include "ast/serial.h"
#include "bind/history.h"
#include "bind/tree_edit.h"
#include "parser/parser.h"
#include "parser/sql_tokens.h"

namespace pg2crdb::bind {

/// Rows that stand before the statement.
void History::rows_up_to(const ast::Statement& statement) {
  std::vector<ast::DataBlock>& data = context_.script.data;
  while (next_block_ < data.size() && stands_before(data[next_block_].header, statement.span)) {
    enter(session_of(data[next_block_].header));
    rows(data[next_block_++]);
  }
}

void History::enter(SessionNumber session) {
  if (session != session_) binder_.begin_session();
  session_ = session;
}

/// Rows with a value for a column that their table does not have.
bool History::hold_back_unknown(ast::DataBlock& block) {
  const ObjectId table = block.table.object;
  const auto unknown = std::find_if(block.columns.begin(), block.columns.end(), [&](const std::string& name) {
    return binder_.lacks(table, name) && !any_column(table, [&](const ast::Column& column) {
             return ast::name_in_source(column) == name;  // a rule gave it another
           });
  });
  if (unknown == block.columns.end()) return false;
  const std::string name = to_string(object(table).name);
  block.left_out = "they name a column that their table does not have";
  const bool copy = block.statement != ast::no_statement;
  report(missing_column, statement(copy ? block.statement : object(table).created), name,
         "`" + name + "` has no column `" + *unknown + "`, which the rows in line " +
             std::to_string(block.first_line) + " name");
  return true;
}

/// Rows before the statement that makes their table.
void History::leave_out_early(const ast::Statement& made, ObjectId awaited) {
  if (awaited == ast::no_object) return;
  const std::string name = to_string(object(awaited).name);
  for (size_t i = 0; i < next_block_; ++i) {
    ast::DataBlock& block = context_.script.data[i];
    if (block.table.object != awaited || !block.left_out.empty()) continue;
    block.left_out = "their table is made in " + line_of(made.id) + " only";
    if (block.statement != ast::no_statement) continue;  // COPY is told
    ast::Statement inserts;
    inserts.span = block.header;
    report(object_later, inserts, name,
           "`" + name + "` is made in " + line_of(made.id) + " only, behind its rows");
  }
}

void History::rows(ast::DataBlock& block) {
  binder_.bind(block);
  const ObjectId table = block.table.object;
  if (table == ast::no_object || !object(table).made_here()) return block.fractions.clear();
  if (object(table).name.schema == "pg_temp" && block.left_out.empty())
    block.left_out = "its table is temporary";
  const std::vector<ObjectId> columns = binder_.names.columns(table);
  const bool fewer = block.values > 0 && block.values < columns.size();
  if ((changes_columns_ || fewer) && block.columns.empty()) {
    // COPY does not give generated columns.
    ast::CreateTable* create = block.format == ast::DataBlock::Format::copy_text ? table_of(table) : nullptr;
    for (const ObjectId column : columns) {
      const std::string& name = object(column).name.name;
      const ast::Column* own = create == nullptr ? nullptr : ast::find_column(*create, name);
      if (own != nullptr && own->generated) continue;
      if (!fewer || block.columns.size() < block.values) block.columns.push_back(name);
    }
  }
  if (block.left_out.empty() && hold_back_unknown(block)) return;
  look_at_values(block);
  give_defaults(block);
  if (block.on_conflict && block.left_out.empty() && copy_of(table) == nullptr &&
      object(table).kind != ast::ObjectKind::view)
    skip_repeated(table, block);
  draw(table, block);
  if (!block.left_out.empty()) return;
  if (object(table).kind == ast::ObjectKind::view) {
    block.left_out = "they are inserted into a view";
    ast::Statement& view = statement(object(table).created);
    std::string read;
    for (const ObjectId id : objects_of(view)) {
      if (object(id).kind == ast::ObjectKind::table) read = " (of `" + to_string(object(id).name) + "`)";
    }
    report(rows_of_view, view, to_string(object(table).name),
           "rows are inserted into the view `" + to_string(object(table).name) + "`" + read + " in line " +
               std::to_string(block.first_line));
    return;
  }
  if (copy_of(table) != nullptr) {
    block.left_out = "a query makes their table after the load";
    Copy& copy = copies_[object(table).created];
    if (copy.why.empty() || !copy.has_rows)
      copy.add("rows are inserted into it in line " + std::to_string(block.first_line));
    copy.has_rows = true;
    return;
  }
  if (const std::string setting = misreading(whole_of(table));
      !setting.empty() && misread_.insert(setting + std::to_string(table)).second) {
    report(rows_of_settings, statement(object(table).created), to_string(block.table),
           "rows of `" + to_string(block.table) + "` are written under `" + setting + "`");
  }
  const std::string said = to_string(block.table);
  std::erase_if(renamed_labels_, [&](const std::pair<ObjectId, ast::StatementId>& renamed) {
    const auto& [type, id] = renamed;
    if (!has_column_of(whole_of(table), type)) return false;
    report(rename_unfollowed, statement(id), to_string(object(type).name),
           "rows of `" + said + "` stand behind the rename of a label of `" + to_string(object(type).name) +
               "`, others before it");
    return true;
  });
  outdate_views(table);
  rows_[table].push_back(static_cast<size_t>(&block - context_.script.data.data()));
  fire(table, block);
  apply_rules(table, block);
}

/// The column that a value of the rows goes into; null where that is not known.
const ast::Column* History::column_of(const ast::DataBlock& block, size_t value) {
  const std::vector<std::string> columns = given_columns(block);
  return value < columns.size() ? column_of(block.table.object, columns[value]) : nullptr;
}

/// What an INSERT makes of its values by their columns' types.
void History::look_at_values(ast::DataBlock& block) {
  std::erase_if(block.fractions, [&](size_t value) {
    const ast::Column* column = column_of(block, value);
    if (column == nullptr) return true;
    const ast::TypeName type = base_type(column->type);
    const std::string& name = type.name.name;
    const bool integer =
        name == "int2" || name == "int4" || name == "int8" || !ast::integer_of_serial(type).empty();
    return !integer || !type.array_bounds.empty();
  });
  for (const size_t value : block.nested) {
    const ast::Column* column = column_of(block, value);
    if (column == nullptr || base_type(column->type).array_bounds.empty() || !block.left_out.empty())
      continue;
    const std::string name = to_string(object(block.table.object).name);
    report(rows_nested_array, statement(object(block.table.object).created), name,
           "rows of `" + name + "` from line " + std::to_string(block.first_line) +
               " on have arrays of arrays in `" + column->name + "`");
  }
}

bool History::any_column(ObjectId table, const std::function<bool(const ast::Column&)>& is) {
  const ast::CreateTable* create = table_of(table);
  return create != nullptr && std::any_of(create->columns.begin(), create->columns.end(), is);
}

/// The setting of here that reads the rows otherwise than the load does; empty where none does.
std::string History::misreading(ObjectId table) {
  const std::string setting = binder_.session().reads_otherwise();
  if (!setting.empty() && any_column(table, [](const ast::Column& column) {
        const std::string& type = column.type.name.name;
        return type == "date" || type == "interval" || type.starts_with("time");
      }))
    return setting;
  const bool arrays =
      binder_.session().reads_null_as_text() &&
      any_column(table, [](const ast::Column& column) { return !column.type.array_bounds.empty(); });
  return arrays ? "array_nulls off" : "";
}

/// Whether the rows say what they have in the column.
bool History::gives(const ast::DataBlock& block, const std::string& column) {
  return block.columns.empty() ||
         std::find(block.columns.begin(), block.columns.end(), column) != block.columns.end();
}

bool History::has_column_of(ObjectId table, ObjectId type) {
  return any_column(table, [&](const ast::Column& column) { return column.type.name.object == type; });
}

/// The load gives every row the same default.
void History::default_lost(ObjectId table, const std::string& column) {
  const ObjectId whole = whole_of(table);  // its rows become those of that table
  const std::string name = to_string(object(whole).name);
  report(
      rows_of_two_defaults, statement(object(whole).created), name,
      "rows of `" + name + "` leave `" + column + "` to its default, which is not the same for all of them");
}

/// Materialized views that read the table show what it held before, until they are refreshed.
void History::outdate_views(ObjectId table) {
  if (!any_filled_) return;
  std::vector<ObjectId> changed{table};
  while (whole_of(changed.back()) != changed.back()) changed.push_back(partitions_.at(changed.back()));
  for (size_t i = 0; i < changed.size(); ++i) {
    for (const ast::StatementId id : binder_.users(changed[i])) {
      if (!statement(id).live()) continue;
      if (const auto* filled = std::get_if<ast::CreateTableAs>(&statement(id).node)) {
        if (filled->with_data || refreshed_.contains(id)) outdated_.insert(id);
      } else if (const auto* view = std::get_if<ast::CreateView>(&statement(id).node)) {
        if (std::find(changed.begin(), changed.end(), view->name.object) == changed.end())
          changed.push_back(view->name.object);
      }
    }
  }
}

/// It shows what it reads now, and what reads it shows what it held before.
void History::refreshed(ObjectId view) {
  if (view == ast::no_object) return;
  const ast::StatementId made = object(view).created;
  refreshed_.insert(made);
  if (outdated_.contains(made)) outdate_views(view);
  outdated_.erase(made);
}

/// The statement of a table that a query makes; null for others.
ast::CreateTableAs* History::copy_of(ObjectId table) {
  if (table == ast::no_object || !object(table).made_here()) return nullptr;
  ast::Statement& created = statement(object(table).created);
  auto* as = created.live() ? std::get_if<ast::CreateTableAs>(&created.node) : nullptr;
  return as != nullptr && !as->materialized_view ? as : nullptr;
}

/// Tables that queries made of the source keep what it was.
void History::outdate_copies(ObjectId source, const ast::Statement& by, const std::string& why, bool lost) {
  for (const ast::StatementId id : binder_.users(source)) {
    const ast::Statement& user = statement(id);
    const auto* as = is_before(id, by) && user.live() ? std::get_if<ast::CreateTableAs>(&user.node) : nullptr;
    if (as == nullptr || as->materialized_view || as->name.object == source || !names(user.node, source))
      continue;
    Copy& copy = copies_[id];
    const std::string reason = why + " in " + line_of(by.id);
    if (copy.why.find(reason) == std::string::npos) copy.add(reason);
    copy.lost = copy.lost || lost;
  }
}

void History::report_copies() {
  for (const auto& [column, by] : kept_types_) {
    for (const ast::StatementId id : binder_.users(column)) {
      const auto* as = id > by ? std::get_if<ast::CreateTableAs>(&statement(id).node) : nullptr;
      if (as == nullptr || as->materialized_view) continue;
      const ast::Object& read = object(column);
      copies_.try_emplace(
          id,
          Copy{"`" + to_string(object(read.parent).name) + "." + read.name.name +
               "`, which it reads, is of another type until somebody runs what stands in " + line_of(by)});
    }
  }
  for (const auto& [id, copy] : copies_) {
    ast::Statement& made = statement(id);
    if (!made.live()) continue;
    // What is made of it in turn stands behind it, here too.
    const auto* older = std::get_if<ast::CreateTableAs>(&made.node);
    const ObjectId table = older == nullptr ? ast::no_object : older->name.object;
    for (const ast::StatementId user : binder_.users(table)) {
      const auto* as = user > id ? std::get_if<ast::CreateTableAs>(&statement(user).node) : nullptr;
      if (as != nullptr && !as->materialized_view && names(statement(user).node, table))
        copies_.try_emplace(user, Copy{"`" + to_string(object(table).name) + "`, which it reads, is, too"});
    }
    const std::string name = ast::statement_object(made.node);
    outdated_.erase(id);
    report(table_as_older, made, name, "`" + name + "` is made by a query after the load, and " + copy.why);
    if (!copy.lost) continue;
    std::string reason = copy.why;
    std::erase(reason, '`');
    context_.needs_person(made, std::move(reason));
  }
}

void History::leave_out_rows(ObjectId table, const std::string& reason) {
  if (has_rows(table)) outdate_views(table);
  for (const size_t index : rows_[table]) {
    ast::DataBlock& block = context_.script.data[index];
    if (!block.left_out.empty()) continue;
    block.left_out = reason;
    draw(table, block);
    if (block.statement != ast::no_statement && statement(block.statement).live())
      context_.drop(statement(block.statement), reason);
  }
  rows_.erase(table);
}

namespace {

struct TruncateOnly {
  ast::StatementNode node;
  std::vector<bool> only;  ///< by table
};

/// Of a TRUNCATE that is kept as text, for its ONLY.
std::optional<TruncateOnly> truncate_only(const ast::StatementNode& node) {
  const auto* opaque = std::get_if<ast::Opaque>(&node);
  if (opaque == nullptr || opaque->kind != "TRUNCATE") return std::nullopt;
  std::string error, text = opaque->text;
  const std::optional<std::vector<transform::Token>> tokens = transform::scan_sql(opaque->text, error);
  if (!tokens) return std::nullopt;
  std::vector<bool> only{false};
  for (const transform::Token& token : *tokens) {
    if (token.is("only")) {
      only.back() = true;
      text.replace(token.begin, token.end - token.begin, token.end - token.begin, ' ');
    } else if (token.is("(") || token.is(")")) {
      text[token.begin] = ' ';
    } else if (token.is(",")) {
      only.push_back(false);
    }
  }
  ParsedStatement parsed = parse_statement(text);
  const auto* truncate = std::get_if<ast::Truncate>(&parsed.node);
  if (truncate == nullptr || truncate->tables.size() != only.size()) return std::nullopt;
  return TruncateOnly{std::move(parsed.node), std::move(only)};
}

}  // namespace

std::optional<ast::Truncate> truncate_of(const ast::StatementNode& node) {
  if (const auto* truncate = std::get_if<ast::Truncate>(&node)) return *truncate;
  const std::optional<TruncateOnly> read = truncate_only(node);
  return read ? std::optional(std::get<ast::Truncate>(read->node)) : std::nullopt;
}

std::vector<bool> read_truncate_only(ast::Statement& statement) {
  std::optional<TruncateOnly> read;
  if (statement.live()) read = truncate_only(statement.node);
  if (!read) return {};
  statement.node = std::move(read->node);
  return std::move(read->only);
}

namespace {

bool restarts_identity(const ast::Statement& statement, const std::string& column) {
  const auto* alter = std::get_if<ast::AlterTable>(&statement.node);
  const auto* set = alter == nullptr || alter->commands.size() != 1
                        ? nullptr
                        : std::get_if<ast::SetIdentity>(&alter->commands.front());
  return set != nullptr && set->column == column;
}

}  // namespace

/// Rows that were there before are not loaded; of a table that is made here nothing else can be in it.
void History::truncate(ast::Statement& statement, ast::Truncate& truncate, const std::vector<bool>& only) {
  const std::string reason = "emptied again in " + line_of(statement.id);
  std::vector<ObjectId> tables;
  for (const ast::Name& table : truncate.tables) tables.push_back(table.object);
  for (size_t i = 0; i < tables.size(); ++i) {
    if (tables[i] == ast::no_object || !object(tables[i]).made_here()) return;
    const auto empty_too = [&](ObjectId table) {
      if (table != ast::no_object && std::find(tables.begin(), tables.end(), table) == tables.end())
        tables.push_back(table);
    };
    if (i >= only.size() || !only[i]) {
      for (const ObjectId child : children(tables[i])) empty_too(child);
    }
    if (!truncate.cascade) continue;
    for (const ast::StatementId user : binder_.users(tables[i]))
      empty_too(refers_to(this->statement(user), tables[i]));
  }
  for (const ObjectId table : tables) {
    leave_out_rows(table, reason);
    for (const ast::StatementId user : binder_.users(table)) {
      ast::Statement& older = this->statement(user);
      if (is_before(user, statement) && older.live() && changed_by(older) == table)
        context_.drop(older, "the rows are " + reason);
    }
    note_work(table, statement);
    if (ast::CreateTableAs* copy = copy_of(table)) {  // its rows went, too
      copy->query->limit_with_ties = false;
      copy->query->limit = ast::Expr{ast::Literal{ast::Literal::Kind::integer, "0"}, -1};
      outdated_.erase(object(table).created);
      context_.rewritten(this->statement(object(table).created));
    }
  }
  for (const ObjectId table : tables) {
    partition_lost(table, statement);
    if (!truncate.restart_identity) continue;
    for (const ObjectId column : binder_.names.columns(table)) {
      for (const ObjectId sequence : binder_.names.members(column)) {
        // What set it for rows that are gone is not needed either.
        for (const ObjectId set : {sequence, table}) {
          if (has_drawn(sequence)) break;
          for (const ast::StatementId id : binder_.users(set)) {
            const ast::Statement& older = this->statement(id);
            const bool is_it = set == sequence || restarts_identity(older, object(column).name.name);
            if (is_before(id, statement) && older.before_rows && is_it) values_[sequence].push_back(id);
          }
        }
        forget_value(sequence, reason);
        for (const ast::StatementId id : binder_.users(sequence)) {
          ast::Statement& older = this->statement(id);
          auto* alter = is_before(id, statement) && older.live()
                            ? std::get_if<ast::AlterSequence>(&older.node)
                            : nullptr;
          // It begins again there, and has only been told so.
          if (alter == nullptr || alter->options.start.empty() || older.after_rows) continue;
          alter->options.restart_default = true;
          values_[sequence].push_back(id);
          context_.rewritten(older);
        }
        draws_.erase(sequence);
        uncounted_.erase(sequence);
        std::erase_if(lost_numbers_, [&](const LostNumbers& lost) { return lost.sequence == sequence; });
      }
    }
  }
  context_.drop(statement, "rows that stand before it are not loaded");
}

}  // namespace pg2crdb::bind
