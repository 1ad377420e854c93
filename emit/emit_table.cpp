#include <limits>
#include <variant>

#include "ast/describe.h"
#include "emit/emit.h"

namespace pg2crdb {
namespace {

using ast::Column;
using ast::Constraint;
using ast::CreateTable;

constexpr int element_indent = 2;

void write_collation(SqlWriter& out, const ast::Name& collation) {
  if (collation.empty()) return;
  out.keyword("COLLATE");
  out.name(collation);
}

void write_expr_in_parentheses(SqlWriter& out, const ast::Expr& expr) {
  out.open();
  write_expr(out, expr);
  out.close();
}

std::string_view keywords(ast::ForeignKeyAction action) {
  switch (action) {
    case ast::ForeignKeyAction::no_action:
      return "NO ACTION";
    case ast::ForeignKeyAction::restrict_:
      return "RESTRICT";
    case ast::ForeignKeyAction::cascade:
      return "CASCADE";
    case ast::ForeignKeyAction::set_null:
      return "SET NULL";
    case ast::ForeignKeyAction::set_default:
      return "SET DEFAULT";
  }
  return "";
}

/// A foreign key's columns, or those that they refer to.
void write_referring(SqlWriter& out, const Constraint& constraint, const std::vector<std::string>& columns) {
  out.open();
  out.list(columns, [&](const std::string& column) {
    if (constraint.without_overlaps && &column == &columns.back()) out.keyword("PERIOD");
    out.ident(column);
  });
  out.close();
}

void write_references(SqlWriter& out, const Constraint& constraint) {
  out.keyword("REFERENCES");
  out.name(constraint.referenced);
  if (!constraint.referenced_columns.empty()) write_referring(out, constraint, constraint.referenced_columns);
  if (constraint.match == ast::ForeignKeyMatch::full) out.keyword("MATCH FULL");
  if (constraint.match == ast::ForeignKeyMatch::partial) out.keyword("MATCH PARTIAL");
  if (constraint.on_update != ast::ForeignKeyAction::no_action) {
    out.keyword("ON UPDATE");
    out.keyword(keywords(constraint.on_update));
  }
  if (constraint.on_delete != ast::ForeignKeyAction::no_action) {
    out.keyword("ON DELETE");
    out.keyword(keywords(constraint.on_delete));
    if (!constraint.on_delete_columns.empty()) out.ident_list(constraint.on_delete_columns);
  }
}

void write_key(SqlWriter& out, const Constraint& constraint, bool on_column) {
  if (!constraint.using_index.empty()) {
    out.keyword("USING INDEX");
    out.ident(constraint.using_index);
    return;
  }
  if (constraint.nulls_not_distinct) out.keyword("NULLS NOT DISTINCT");
  if (!on_column) {
    out.open();
    out.list(constraint.columns, [&](const std::string& column) {
      out.ident(column);
      if (constraint.without_overlaps && &column == &constraint.columns.back())
        out.keyword("WITHOUT OVERLAPS");
    });
    out.close();
  }
  if (constraint.hash_sharded) out.keyword("USING HASH");
}

void write_index_parameters(SqlWriter& out, const Constraint& constraint) {
  if (!constraint.including.empty()) {
    out.keyword("INCLUDE");
    out.ident_list(constraint.including);
  }
  if (!constraint.options.empty()) {
    out.keyword("WITH");
    write_options(out, constraint.options);
  }
  if (!constraint.tablespace.empty()) {
    out.keyword("USING INDEX TABLESPACE");
    out.ident(constraint.tablespace);
  }
}

void write_exclude(SqlWriter& out, const Constraint& constraint) {
  out.keyword("EXCLUDE");
  if (!constraint.access_method.empty()) {
    out.keyword("USING");
    out.ident(constraint.access_method);
  }
  out.open();
  size_t number = 0;
  out.list(constraint.exclude_elements, [&](const ast::IndexElement& element) {
    write_index_element(out, element);
    out.keyword("WITH");
    if (number < constraint.exclude_operators.size())
      write_operator(out, constraint.exclude_operators[number]);
    ++number;
  });
  out.close();
  write_index_parameters(out, constraint);
  if (constraint.where) {
    out.keyword("WHERE");
    write_expr_in_parentheses(out, *constraint.where);
  }
}

void write_partition_key(SqlWriter& out, const ast::PartitionBy& partition) {
  out.keyword("PARTITION BY");
  out.keyword(partition.strategy);
  write_index_elements(out, partition.key);
}

void write_bound_values(SqlWriter& out, const std::vector<ast::Expr>& values) {
  out.open();
  out.list(values, [&out](const ast::Expr& value) {
    const auto* column = std::get_if<ast::ColumnRef>(&value.node);
    const bool word = column && column->names.size() == 1 &&
                      (column->names[0] == "minvalue" || column->names[0] == "maxvalue");
    if (word) {
      out.keyword(column->names[0] == "minvalue" ? "MINVALUE" : "MAXVALUE");
    } else {
      write_expr(out, value);
    }
  });
  out.close();
}

void write_elements(SqlWriter& out, const CreateTable& table) {
  bool first = true;
  const auto begin_element = [&] {
    if (!first) out.comma();
    first = false;
    out.line(element_indent);
  };
  auto like = table.likes.begin();
  const auto write_likes_before = [&](size_t column) {
    for (; like != table.likes.end() && static_cast<size_t>(like->columns_before) <= column; ++like) {
      begin_element();
      out.keyword("LIKE");
      out.name(like->table);
      for (const std::string& word : like->including) {
        out.keyword("INCLUDING");
        out.keyword(word);
      }
    }
  };
  out.open();
  for (size_t i = 0; i < table.columns.size(); ++i) {
    write_likes_before(i);
    begin_element();
    write_column(out, table.columns[i]);
  }
  write_likes_before(std::numeric_limits<size_t>::max());
  for (const Constraint& constraint : table.constraints) {
    begin_element();
    write_constraint(out, constraint, false);
  }
  for (const std::string& element : table.own_elements) {
    begin_element();
    out.keyword(element);
  }
  if (!first) out.line(0);
  out.close();
}

void write(SqlWriter& out, const ast::AddColumn& command, std::string_view noun) {
  out.keyword("ADD");
  out.keyword(noun);
  if (command.if_not_exists) out.keyword("IF NOT EXISTS");
  write_column(out, command.column);
}

void write(SqlWriter& out, const ast::DropColumn& command, std::string_view noun) {
  out.keyword("DROP");
  out.keyword(noun);
  if (command.if_exists) out.keyword("IF EXISTS");
  out.ident(command.column);
  if (command.cascade) out.keyword("CASCADE");
}

void begin_alter_column(SqlWriter& out, const std::string& column, std::string_view noun) {
  out.keyword("ALTER");
  out.keyword(noun);
  out.ident(column);
}

void write(SqlWriter& out, const ast::SetDefault& command, std::string_view noun) {
  begin_alter_column(out, command.column, noun);
  if (command.value) {
    out.keyword("SET DEFAULT");
    write_expr(out, *command.value);
  } else {
    out.keyword("DROP DEFAULT");
  }
}

void write(SqlWriter& out, const ast::SetNotNull& command, std::string_view noun) {
  begin_alter_column(out, command.column, noun);
  out.keyword(command.not_null ? "SET NOT NULL" : "DROP NOT NULL");
}

void write(SqlWriter& out, const ast::SetType& command, std::string_view noun) {
  begin_alter_column(out, command.column, noun);
  out.keyword("TYPE");
  write_type(out, command.type);
  write_collation(out, command.collation);
  if (command.using_) {
    out.keyword("USING");
    write_expr(out, *command.using_);
  }
}

void write(SqlWriter& out, const ast::AddConstraint& command, std::string_view) {
  out.keyword("ADD");
  if (!command.constraint.if_not_exists || command.constraint.name.empty())
    return write_constraint(out, command.constraint, false);
  out.keyword("CONSTRAINT IF NOT EXISTS");
  out.ident(command.constraint.name);
  ast::Constraint unnamed = command.constraint;
  unnamed.name.clear();
  write_constraint(out, unnamed, false);
}

void write(SqlWriter& out, const ast::DropConstraint& command, std::string_view) {
  out.keyword("DROP CONSTRAINT");
  if (command.if_exists) out.keyword("IF EXISTS");
  out.ident(command.name);
  if (command.cascade) out.keyword("CASCADE");
}

void write(SqlWriter& out, const ast::ValidateConstraint& command, std::string_view) {
  out.keyword("VALIDATE CONSTRAINT");
  out.ident(command.name);
}

void write(SqlWriter& out, const ast::AddIdentity& command, std::string_view noun) {
  begin_alter_column(out, command.column, noun);
  out.keyword("ADD");
  write_identity(out, command.identity);
}

void write(SqlWriter& out, const ast::OwnerTo& command, std::string_view) {
  out.keyword("OWNER TO");
  write_role(out, command.role);
}

void write(SqlWriter& out, const ast::RowSecurity& command, std::string_view) {
  switch (command.action) {
    case ast::RowSecurity::Action::enable:
      out.keyword("ENABLE");
      break;
    case ast::RowSecurity::Action::disable:
      out.keyword("DISABLE");
      break;
    case ast::RowSecurity::Action::force:
      out.keyword("FORCE");
      break;
    case ast::RowSecurity::Action::no_force:
      out.keyword("NO FORCE");
      break;
  }
  out.keyword("ROW LEVEL SECURITY");
}

void write(SqlWriter& out, const ast::SetIdentity& command, std::string_view noun) {
  begin_alter_column(out, command.column, noun);
  if (command.sets_always) out.keyword(command.always ? "SET GENERATED ALWAYS" : "SET GENERATED BY DEFAULT");
  write_identity_changes(out, command.options);
}

void write(SqlWriter& out, const ast::DropIdentity& command, std::string_view noun) {
  begin_alter_column(out, command.column, noun);
  out.keyword("DROP IDENTITY");
  if (command.if_exists) out.keyword("IF EXISTS");
}

void write(SqlWriter& out, const ast::DropExpression& command, std::string_view noun) {
  begin_alter_column(out, command.column, noun);
  out.keyword(out.dialect() == Dialect::cockroachdb ? "DROP STORED" : "DROP EXPRESSION");
  if (command.if_exists) out.keyword("IF EXISTS");
}

void write_attach(SqlWriter& out, const ast::AttachPartition& command, bool of_index) {
  out.keyword("ATTACH PARTITION");
  out.name(command.partition);
  if (!of_index) write_partition_bound(out, command.bound);
}

}  // namespace

void write_constraint(SqlWriter& out, const Constraint& constraint, bool on_column) {
  if (!constraint.name.empty()) {
    out.keyword("CONSTRAINT");
    out.ident(constraint.name);
  }
  switch (constraint.kind) {
    case Constraint::Kind::primary_key:
    case Constraint::Kind::unique:
      out.keyword(constraint.kind == Constraint::Kind::unique ? "UNIQUE" : "PRIMARY KEY");
      write_key(out, constraint, on_column);
      write_index_parameters(out, constraint);
      break;
    case Constraint::Kind::check:
      out.keyword("CHECK");
      write_expr_in_parentheses(out, *constraint.check);
      break;
    case Constraint::Kind::foreign_key:
      if (!on_column) {
        out.keyword("FOREIGN KEY");
        write_referring(out, constraint, constraint.columns);
      }
      write_references(out, constraint);
      break;
    case Constraint::Kind::exclude:
      write_exclude(out, constraint);
      break;
    case Constraint::Kind::not_null:
      out.keyword("NOT NULL");
      if (!on_column && !constraint.columns.empty()) out.ident(constraint.columns[0]);
      break;
  }
  if (constraint.deferrable) out.keyword("DEFERRABLE");
  if (constraint.initially_deferred) out.keyword("INITIALLY DEFERRED");
  if (constraint.no_inherit) out.keyword("NO INHERIT");
  if (constraint.not_enforced) out.keyword("NOT ENFORCED");
  if (constraint.not_valid) out.keyword("NOT VALID");
}

void write_column(SqlWriter& out, const Column& column) {
  out.ident(column.name);
  if (!column.type.empty()) write_type(out, column.type);
  if (!column.storage.empty()) {
    out.keyword("STORAGE");
    out.keyword(column.storage);
  }
  if (!column.compression.empty()) {
    out.keyword("COMPRESSION");
    out.keyword(column.compression);
  }
  write_collation(out, column.collation);
  if (column.default_value) {
    out.keyword("DEFAULT");
    // The grammar's b_expr: no AND, IN, AT TIME ZONE ... outside parentheses.
    write_operand(out, *column.default_value, Level::sign);
  }
  if (column.generated) {
    out.keyword("GENERATED ALWAYS AS");
    write_expr_in_parentheses(out, *column.generated->expr);
    out.keyword(column.generated->stored ? "STORED" : "VIRTUAL");
  }
  if (column.not_null) {
    if (!column.not_null_name.empty()) {
      out.keyword("CONSTRAINT");
      out.ident(column.not_null_name);
    }
    out.keyword("NOT NULL");
    if (column.not_null_no_inherit) out.keyword("NO INHERIT");
  }
  if (column.explicit_null) out.keyword("NULL");
  if (column.identity) write_identity(out, *column.identity);
  for (const Constraint& constraint : column.constraints) write_constraint(out, constraint, true);
  if (!column.own_clauses.empty()) out.keyword(column.own_clauses);
}

void write_partition_bound(SqlWriter& out, const ast::PartitionBound& bound) {
  switch (bound.kind) {
    case ast::PartitionBound::Kind::default_:
      out.keyword("DEFAULT");
      return;
    case ast::PartitionBound::Kind::list:
      out.keyword("FOR VALUES IN");
      write_bound_values(out, bound.list);
      return;
    case ast::PartitionBound::Kind::range:
      out.keyword("FOR VALUES FROM");
      write_bound_values(out, bound.from);
      out.keyword("TO");
      write_bound_values(out, bound.to);
      return;
    case ast::PartitionBound::Kind::hash:
      out.keyword("FOR VALUES WITH");
      out.open();
      out.keyword("MODULUS");
      out.keyword(std::to_string(bound.modulus));
      out.comma();
      out.keyword("REMAINDER");
      out.keyword(std::to_string(bound.remainder));
      out.close();
      return;
  }
}

void write_statement(SqlWriter& out, const CreateTable& table) {
  out.keyword("CREATE");
  if (table.persistence != ast::Persistence::permanent) out.keyword(keywords(table.persistence));
  out.keyword("TABLE");
  if (table.if_not_exists) out.keyword("IF NOT EXISTS");
  out.name(table.name);
  const bool derived = !table.of_type.empty() || !table.partition_of.empty();
  if (!table.of_type.empty()) {
    out.keyword("OF");
    write_type(out, table.of_type);
  }
  if (!table.partition_of.empty()) {
    out.keyword("PARTITION OF");
    out.name(table.partition_of);
  }
  if (!derived || !table.columns.empty() || !table.constraints.empty()) write_elements(out, table);
  if (table.bound) write_partition_bound(out, *table.bound);
  if (!table.inherits.empty()) {
    out.keyword("INHERITS");
    out.open();
    out.list(table.inherits, [&out](const ast::Name& parent) { out.name(parent); });
    out.close();
  }
  if (table.partition_by) write_partition_key(out, *table.partition_by);
  if (!table.access_method.empty()) {
    out.keyword("USING");
    out.ident(table.access_method);
  }
  if (!table.options.empty()) {
    out.keyword("WITH");
    write_options(out, table.options);
  }
  if (!table.tablespace.empty()) {
    out.keyword("TABLESPACE");
    out.ident(table.tablespace);
  }
  if (!table.own_clauses.empty()) out.keyword(table.own_clauses);
}

void write_statement(SqlWriter& out, const ast::AlterTable& statement) {
  out.keyword("ALTER");
  out.keyword(ast::keywords(statement.kind));
  if (statement.if_exists) out.keyword("IF EXISTS");
  if (statement.only) out.keyword("ONLY");
  out.name(statement.name);
  const std::string_view noun = statement.kind == ast::ObjectKind::type ? "ATTRIBUTE" : "COLUMN";
  const bool of_index = statement.kind == ast::ObjectKind::index;
  out.list(statement.commands, [&](const ast::AlterCommand& command) {
    std::visit(
        [&](const auto& node) {
          if constexpr (std::is_same_v<std::decay_t<decltype(node)>, ast::AttachPartition>) {
            write_attach(out, node, of_index);
          } else {
            write(out, node, noun);
          }
        },
        command);
  });
}

}  // namespace pg2crdb
