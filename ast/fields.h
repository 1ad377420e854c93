#pragma once
#include <string_view>
#include <type_traits>

#include "ast/plpgsql.h"
#include "ast/statement.h"

/// The fields of every node, once: walk, compare, dump, the JSON reader and its schema are written over it.
/// Included by those sources only, since instantiating it is what takes time to compile.
namespace pg2crdb::ast {

template <class T>
struct Fields {
  static constexpr bool known = false;
};

template <class Node, class Member>
struct Field {
  std::string_view name;
  Member Node::*member;
  bool required;  ///< never empty in a tree: the emitter and the passes look no further
};

/// A member's name without the underscore that keeps it apart from a keyword.
template <class Node, class Member>
consteval Field<Node, Member> field(std::string_view name, Member Node::*member, bool required) {
  if (name.ends_with('_')) name.remove_suffix(1);
  return {name, member, required};
}

#define PG2CRDB_FIELD(member) field(#member, &T::member, false)
#define PG2CRDB_REQUIRED(member) field(#member, &T::member, true)
/// `with_all(use)` calls `use` with every field, and gives what it gives.
#define PG2CRDB_NODE(Type, ...)                           \
  template <>                                             \
  struct Fields<Type> {                                   \
    using T = Type;                                       \
    static constexpr bool known = true;                   \
    static constexpr std::string_view name = #Type;       \
    template <class Use>                                  \
    static constexpr decltype(auto) with_all(Use&& use) { \
      return use(__VA_ARGS__);                            \
    }                                                     \
  };
#define F PG2CRDB_FIELD
#define R PG2CRDB_REQUIRED

PG2CRDB_NODE(Name, F(schema), F(name))
PG2CRDB_NODE(TypeName, F(name), F(modifiers), F(interval_fields), F(array_bounds), F(set_of), F(percent_type))

PG2CRDB_NODE(Literal, F(kind), F(text))
PG2CRDB_NODE(ColumnRef, F(names), F(star))
PG2CRDB_NODE(Parameter, F(number))
PG2CRDB_NODE(SortItem, R(expr), F(order), F(nulls), F(using_operator))
PG2CRDB_NODE(Window, F(name), F(references), F(partition_by), F(order_by), F(frame_options), F(start_offset),
             F(end_offset))
PG2CRDB_NODE(CallModifiers, F(order_by), F(within_group), F(filter), F(over))
PG2CRDB_NODE(FunctionCall, R(name), F(arguments), F(star), F(distinct), F(variadic), F(sql_syntax),
             F(modifiers))
PG2CRDB_NODE(Cast, R(argument), R(type))
PG2CRDB_NODE(Operation, F(kind), F(op), F(left), R(right))
PG2CRDB_NODE(ExprList, F(items))
PG2CRDB_NODE(BoolExpr, F(kind), R(arguments))
PG2CRDB_NODE(NullTest, R(argument), F(negated))
PG2CRDB_NODE(BooleanTest, R(argument), F(kind))
PG2CRDB_NODE(CaseWhen, R(condition), R(result))
PG2CRDB_NODE(Case, F(argument), R(whens), F(otherwise))
PG2CRDB_NODE(Coalesce, R(arguments))
PG2CRDB_NODE(MinMax, F(greatest), R(arguments))
PG2CRDB_NODE(ValueFunction, R(keyword), F(precision))
PG2CRDB_NODE(Subquery, F(kind), F(test), F(op), R(query))
PG2CRDB_NODE(ArrayExpr, F(elements))
PG2CRDB_NODE(RowExpr, F(elements), F(explicit_row))
PG2CRDB_NODE(Step, F(kind), F(field), F(lower), F(upper))
PG2CRDB_NODE(Indirection, R(argument), R(steps))
PG2CRDB_NODE(Collate, R(argument), R(collation))
PG2CRDB_NODE(NamedArgument, R(name), R(argument))
PG2CRDB_NODE(GroupingSet, F(kind), F(content))
PG2CRDB_NODE(Expr, F(node))
PG2CRDB_NODE(DefaultValue)

PG2CRDB_NODE(ColumnDefinition, R(name), R(type), F(collation))
PG2CRDB_NODE(Alias, F(name), F(columns))
PG2CRDB_NODE(TableRef, R(name), F(only), F(alias))
PG2CRDB_NODE(SubqueryRef, F(lateral), R(query), F(alias))
PG2CRDB_NODE(FunctionRef::Function, R(call), F(columns))
PG2CRDB_NODE(FunctionRef, F(lateral), F(rows_from), F(ordinality), R(functions), F(alias), F(columns))
PG2CRDB_NODE(Join, F(kind), F(natural), R(left), R(right), F(using_columns), F(using_alias), F(on), F(alias))
PG2CRDB_NODE(FromItem, F(node))
PG2CRDB_NODE(CommonTable, R(name), F(columns), F(materialized), F(query), F(change))
PG2CRDB_NODE(SelectItem, R(expr), F(alias))
PG2CRDB_NODE(Locking, R(strength), F(tables), F(wait))
PG2CRDB_NODE(Query, F(recursive), F(with), F(set_operation), F(set_all), F(left), F(right), F(values),
             F(distinct), F(distinct_on), F(targets), F(from), F(where), F(group_by), F(group_distinct),
             F(having), F(windows), F(order_by), F(limit), F(limit_with_ties), F(offset), F(locking))

PG2CRDB_NODE(ObjectRef, F(kind), F(name), F(member), F(has_arguments), F(arguments))
PG2CRDB_NODE(Option, F(name), F(value), F(has_value), F(string_value))
PG2CRDB_NODE(Role, F(kind), F(name))
PG2CRDB_NODE(SequenceOptions, F(type), F(start), F(increment), F(minimum), F(maximum), F(no_minimum),
             F(no_maximum), F(cache), F(cycle), F(no_cycle), F(restart), F(restart_default), F(sequence_name),
             F(owned_by))
PG2CRDB_NODE(Generated, R(expr), F(stored))
PG2CRDB_NODE(Identity, F(always), F(options))
PG2CRDB_NODE(IndexElement, F(column), F(expr), F(collation), F(operator_class), F(operator_class_options),
             F(order), F(nulls))
PG2CRDB_NODE(Constraint, F(kind), F(name), F(columns), F(including), F(check), F(nulls_not_distinct),
             F(without_overlaps), F(deferrable), F(initially_deferred), F(not_valid), F(no_inherit),
             F(not_enforced), F(using_index), F(options), F(tablespace), F(referenced), F(referenced_columns),
             F(match), F(on_delete), F(on_update), F(on_delete_columns), F(access_method),
             F(exclude_elements), F(exclude_operators), F(where), F(hash_sharded), F(if_not_exists))
PG2CRDB_NODE(Column, R(name), F(type), F(collation), F(storage), F(compression), F(default_value),
             F(not_null), F(explicit_null), F(not_null_name), F(not_null_no_inherit), F(generated),
             F(identity), F(constraints), F(own_clauses))
PG2CRDB_NODE(PartitionBound, F(kind), F(list), F(from), F(to), F(modulus), F(remainder))
PG2CRDB_NODE(PartitionBy, R(strategy), R(key))
PG2CRDB_NODE(LikeClause, R(table), F(including), F(columns_before))
PG2CRDB_NODE(CreateTable, R(name), F(if_not_exists), F(persistence), F(columns), F(constraints), F(likes),
             F(inherits), F(of_type), F(partition_of), F(bound), F(partition_by), F(options), F(with_oids),
             F(access_method), F(tablespace), F(own_elements), F(own_clauses))
PG2CRDB_NODE(AddColumn, R(column), F(if_not_exists))
PG2CRDB_NODE(DropColumn, R(column), F(if_exists), F(cascade))
PG2CRDB_NODE(SetDefault, R(column), F(value))
PG2CRDB_NODE(SetNotNull, R(column), F(not_null))
PG2CRDB_NODE(SetType, R(column), R(type), F(collation), F(using_))
PG2CRDB_NODE(AddConstraint, R(constraint))
PG2CRDB_NODE(DropConstraint, R(name), F(if_exists), F(cascade))
PG2CRDB_NODE(ValidateConstraint, R(name))
PG2CRDB_NODE(AddIdentity, R(column), F(identity))
PG2CRDB_NODE(SetIdentity, R(column), F(sets_always), F(always), F(options))
PG2CRDB_NODE(DropIdentity, R(column), F(if_exists))
PG2CRDB_NODE(DropExpression, R(column), F(if_exists))
PG2CRDB_NODE(OwnerTo, F(role))
PG2CRDB_NODE(AttachPartition, R(partition), F(bound))
PG2CRDB_NODE(RowSecurity, F(action))
PG2CRDB_NODE(AlterTable, F(kind), R(name), F(only), F(if_exists), R(commands))
PG2CRDB_NODE(CreateIndex, F(name), R(table), F(only), F(unique), F(concurrently), F(if_not_exists), F(method),
             R(elements), F(including), F(nulls_not_distinct), F(options), F(tablespace), F(where),
             F(hash_sharded), F(own_clauses))
PG2CRDB_NODE(CreateSchema, F(name), F(owner), F(has_owner), F(if_not_exists))
PG2CRDB_NODE(CreateDatabase, R(name), F(options))
PG2CRDB_NODE(CreateExtension, R(name), F(schema), F(version), F(if_not_exists), F(cascade))
PG2CRDB_NODE(CreateSequence, R(name), F(if_not_exists), F(persistence), F(options))
PG2CRDB_NODE(AlterSequence, R(name), F(if_exists), F(options))
PG2CRDB_NODE(CreateEnum, R(name), F(if_not_exists), F(labels))
PG2CRDB_NODE(AlterEnum, R(name), F(old_label), F(label), F(if_not_exists), F(neighbor), F(after))
PG2CRDB_NODE(CreateCompositeType, R(name), F(if_not_exists), F(attributes))
PG2CRDB_NODE(CreateDomain, R(name), R(type), F(collation), F(default_value), F(not_null), F(constraints))
PG2CRDB_NODE(CreateView, R(name), F(or_replace), F(persistence), F(columns), F(options), R(query),
             F(check_option))
PG2CRDB_NODE(CreateTableAs, F(materialized_view), F(persistence), R(name), F(if_not_exists), F(columns),
             F(options), F(access_method), F(tablespace), R(query), F(with_data))
PG2CRDB_NODE(RefreshMaterializedView, R(name), F(concurrently), F(with_data))
PG2CRDB_NODE(FunctionParameter, F(name), F(mode), F(mode_written), R(type), F(default_value))
PG2CRDB_NODE(SetVariable, F(kind), F(name), F(values), F(local))
PG2CRDB_NODE(CreateFunction, F(procedure), F(or_replace), R(name), F(parameters), F(returns), F(language),
             F(volatility), F(strict), F(called_on_null_input), F(security_definer), F(security_invoker),
             F(leakproof), F(window), F(cost), F(rows), F(parallel), F(support), F(transforms), F(settings),
             F(body), F(standard_body), F(statements))
PG2CRDB_NODE(BodyStatement, R(node))
PG2CRDB_NODE(CreateTrigger, R(name), R(table), F(or_replace), F(constraint), F(timing), F(on_insert),
             F(on_update), F(on_delete), F(on_truncate), F(update_columns), F(for_each_row),
             F(constraint_from), F(deferrable), F(initially_deferred), F(old_table), F(new_table), F(when),
             R(function), F(arguments))
PG2CRDB_NODE(CreatePolicy, R(name), R(table), F(permissive), F(command), F(roles), F(using_), F(with_check),
             F(if_not_exists))
PG2CRDB_NODE(CreateRole, R(name), F(login), F(options), F(if_not_exists))
PG2CRDB_NODE(AlterRole, F(role), F(options))
PG2CRDB_NODE(Privilege, R(name), F(columns))
PG2CRDB_NODE(Grant, F(grant), F(grant_option), F(privileges), F(kind), F(all_in_schema), F(objects),
             F(grantees), F(granted_by), F(has_granted_by), F(cascade))
PG2CRDB_NODE(GrantRole, F(grant), R(roles), R(members), F(options), F(granted_by), F(has_granted_by),
             F(cascade))
PG2CRDB_NODE(AlterDefaultPrivileges, F(for_roles), F(schemas), F(grant))
PG2CRDB_NODE(Rename, F(object), F(relation), R(new_name), F(if_exists), F(cascade))
PG2CRDB_NODE(SetSchema, F(object), R(schema), F(if_exists))
PG2CRDB_NODE(AlterOwner, F(object), F(role))
PG2CRDB_NODE(Comment, F(object), F(text), F(is_null))
PG2CRDB_NODE(Drop, F(kind), R(objects), F(if_exists), F(cascade), F(concurrently))
PG2CRDB_NODE(Truncate, R(tables), F(restart_identity), F(cascade))
PG2CRDB_NODE(DoBlock, F(language), F(body))
PG2CRDB_NODE(SelectStatement, R(query))
PG2CRDB_NODE(AssignedColumn, R(column), F(steps))
PG2CRDB_NODE(Assignment, R(columns), F(row), R(value))
PG2CRDB_NODE(Returning, F(old_name), F(new_name), F(targets))
PG2CRDB_NODE(OnConflict, F(elements), F(predicate), F(constraint), F(update), F(set), F(where))
PG2CRDB_NODE(Insert, F(recursive), F(with), R(table), F(columns), F(overriding), F(query), F(rows),
             F(conflict), F(returning))
PG2CRDB_NODE(Update, F(recursive), F(with), R(table), R(set), F(from), F(where), F(current_of), F(returning))
PG2CRDB_NODE(Delete, F(recursive), F(with), R(table), F(using_), F(where), F(current_of), F(returning))
PG2CRDB_NODE(MergeAction, F(when), F(condition), F(kind), F(set), F(columns), F(overriding), F(values))
PG2CRDB_NODE(Merge, F(recursive), F(with), R(table), R(source), R(on), R(actions), F(returning))
PG2CRDB_NODE(RowStatement, F(node))
PG2CRDB_NODE(Transaction, R(command))
PG2CRDB_NODE(CopyFrom, R(table), F(columns))
PG2CRDB_NODE(MetaCommand, R(text))
PG2CRDB_NODE(Opaque, R(kind), R(text))

PG2CRDB_NODE(plpgsql::Value, F(node))
PG2CRDB_NODE(plpgsql::Variable, R(names), F(steps))
PG2CRDB_NODE(plpgsql::Into, F(strict), F(targets))
PG2CRDB_NODE(plpgsql::StaticSql, F(statement))
PG2CRDB_NODE(plpgsql::DynamicSql, R(text), F(parameters))
PG2CRDB_NODE(plpgsql::Statements, F(list), F(comments))
PG2CRDB_NODE(plpgsql::VariableType, F(kind), F(type), F(names), F(array_bounds))
PG2CRDB_NODE(plpgsql::VariableDeclaration, F(constant), R(type), F(collation), F(not_null), F(default_value))
PG2CRDB_NODE(plpgsql::AliasDeclaration, R(of))
PG2CRDB_NODE(plpgsql::CursorParameter, R(name), R(type))
PG2CRDB_NODE(plpgsql::CursorDeclaration, F(scroll), F(parameters), R(query))
PG2CRDB_NODE(plpgsql::Comments, F(before), F(behind))
PG2CRDB_NODE(plpgsql::Declaration, R(name), F(node), F(comments), F(after_blank_line))
PG2CRDB_NODE(plpgsql::Condition, F(name), F(sqlstate))
PG2CRDB_NODE(plpgsql::Handler, R(conditions), F(statements))
PG2CRDB_NODE(plpgsql::Block, F(label), F(declarations), F(comments), F(statements), F(handlers))
PG2CRDB_NODE(plpgsql::Assignment, R(target), R(value))
PG2CRDB_NODE(plpgsql::Branch, R(condition), F(statements))
PG2CRDB_NODE(plpgsql::If, R(branches), F(has_else), F(otherwise))
PG2CRDB_NODE(plpgsql::Case, F(argument), R(branches), F(has_else), F(otherwise))
PG2CRDB_NODE(plpgsql::Loop, F(label), F(statements))
PG2CRDB_NODE(plpgsql::While, F(label), R(condition), F(statements))
PG2CRDB_NODE(plpgsql::ForRange, F(label), R(variable), F(reverse), R(from), R(to), F(by), F(statements))
PG2CRDB_NODE(plpgsql::ForRows, F(label), R(targets), R(rows), F(statements))
PG2CRDB_NODE(plpgsql::Argument, F(name), R(value))
PG2CRDB_NODE(plpgsql::ForCursor, F(label), R(variable), R(cursor), F(arguments), F(statements))
PG2CRDB_NODE(plpgsql::Foreach, F(label), R(targets), F(slice), R(array), F(statements))
PG2CRDB_NODE(plpgsql::Exit, F(continues), F(label), F(condition))
PG2CRDB_NODE(plpgsql::Return, F(value))
PG2CRDB_NODE(plpgsql::ReturnNext, F(value))
PG2CRDB_NODE(plpgsql::ReturnQuery, R(rows))
PG2CRDB_NODE(plpgsql::Raise::Option, R(name), R(value))
PG2CRDB_NODE(plpgsql::Raise, F(level), F(has_format), F(format), F(arguments), F(condition), F(options))
PG2CRDB_NODE(plpgsql::Assert, R(condition), F(message))
PG2CRDB_NODE(plpgsql::GetDiagnostics::Item, R(target), R(item))
PG2CRDB_NODE(plpgsql::GetDiagnostics, F(stacked), R(items))
PG2CRDB_NODE(plpgsql::RunSql, R(sql), F(into))
PG2CRDB_NODE(plpgsql::Perform, R(query))
PG2CRDB_NODE(plpgsql::Execute, R(sql), F(into))
PG2CRDB_NODE(plpgsql::Open, R(cursor), F(scroll), F(rows), F(arguments))
PG2CRDB_NODE(plpgsql::Fetch, F(moves), F(direction), F(count), R(cursor), F(into))
PG2CRDB_NODE(plpgsql::Close, R(cursor))
PG2CRDB_NODE(plpgsql::EndTransaction, F(rollback), F(chain))
PG2CRDB_NODE(plpgsql::Statement, F(node), F(comments), F(after_blank_line))
PG2CRDB_NODE(plpgsql::CompilerOption, R(name), R(value))
PG2CRDB_NODE(plpgsql::Body, F(options), R(block), F(comments), F(comments_behind))
PG2CRDB_NODE(plpgsql::Null)

#undef F
#undef R
#undef PG2CRDB_NODE
#undef PG2CRDB_FIELD
#undef PG2CRDB_REQUIRED

/// Calls `f(name, member)` for each field, in order. `Node` may be const.
template <class Node, class Function>
void for_each_field(Node& node, Function&& f) {
  Fields<std::remove_const_t<Node>>::with_all(
      [&](const auto&... field) { (f(field.name, node.*(field.member)), ...); });
}

}  // namespace pg2crdb::ast
