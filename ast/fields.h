#pragma once
#include <string_view>
#include <tuple>
#include <utility>

#include "ast/statement.h"

/// The fields of every node, once: walk, dump and compare are written over it. Included by those three
/// sources only, since instantiating it is what takes time to compile.
namespace pg2crdb::ast {

template <class T>
struct Fields {
  static constexpr bool known = false;
};

#define PG2CRDB_FIELD(member) std::pair(std::string_view(#member), &T::member)
#define PG2CRDB_NODE(Type, ...)                                \
  template <>                                                  \
  struct Fields<Type> {                                        \
    using T = Type;                                            \
    static constexpr bool known = true;                        \
    static constexpr std::string_view name = #Type;            \
    static constexpr auto list = std::make_tuple(__VA_ARGS__); \
  };
#define F PG2CRDB_FIELD

PG2CRDB_NODE(Name, F(schema), F(name))
PG2CRDB_NODE(TypeName, F(name), F(modifiers), F(interval_fields), F(array_bounds), F(set_of), F(percent_type))

PG2CRDB_NODE(Literal, F(kind), F(text))
PG2CRDB_NODE(ColumnRef, F(names), F(star))
PG2CRDB_NODE(Parameter, F(number))
PG2CRDB_NODE(SortItem, F(expr), F(order), F(nulls), F(using_operator))
PG2CRDB_NODE(Window, F(name), F(references), F(partition_by), F(order_by), F(frame_options), F(start_offset),
             F(end_offset))
PG2CRDB_NODE(CallModifiers, F(order_by), F(within_group), F(filter), F(over))
PG2CRDB_NODE(FunctionCall, F(name), F(arguments), F(star), F(distinct), F(variadic), F(sql_syntax),
             F(modifiers))
PG2CRDB_NODE(Cast, F(argument), F(type))
PG2CRDB_NODE(Operation, F(kind), F(op), F(left), F(right))
PG2CRDB_NODE(ExprList, F(items))
PG2CRDB_NODE(BoolExpr, F(kind), F(arguments))
PG2CRDB_NODE(NullTest, F(argument), F(negated))
PG2CRDB_NODE(BooleanTest, F(argument), F(kind))
PG2CRDB_NODE(CaseWhen, F(condition), F(result))
PG2CRDB_NODE(Case, F(argument), F(whens), F(otherwise))
PG2CRDB_NODE(Coalesce, F(arguments))
PG2CRDB_NODE(MinMax, F(greatest), F(arguments))
PG2CRDB_NODE(ValueFunction, F(keyword), F(precision))
PG2CRDB_NODE(Subquery, F(kind), F(test), F(op), F(query))
PG2CRDB_NODE(ArrayExpr, F(elements))
PG2CRDB_NODE(RowExpr, F(elements), F(explicit_row))
PG2CRDB_NODE(Step, F(kind), F(field), F(lower), F(upper))
PG2CRDB_NODE(Indirection, F(argument), F(steps))
PG2CRDB_NODE(Collate, F(argument), F(collation))
PG2CRDB_NODE(NamedArgument, F(name), F(argument))
PG2CRDB_NODE(GroupingSet, F(kind), F(content))
PG2CRDB_NODE(Expr, F(node))
template <>
struct Fields<DefaultValue> {
  static constexpr bool known = true;
  static constexpr std::string_view name = "DefaultValue";
  static constexpr auto list = std::make_tuple();
};

PG2CRDB_NODE(ColumnDefinition, F(name), F(type), F(collation))
PG2CRDB_NODE(Alias, F(name), F(columns))
PG2CRDB_NODE(TableRef, F(name), F(only), F(alias))
PG2CRDB_NODE(SubqueryRef, F(lateral), F(query), F(alias))
PG2CRDB_NODE(FunctionRef::Function, F(call), F(columns))
PG2CRDB_NODE(FunctionRef, F(lateral), F(rows_from), F(ordinality), F(functions), F(alias), F(columns))
PG2CRDB_NODE(Join, F(kind), F(natural), F(left), F(right), F(using_columns), F(using_alias), F(on), F(alias))
PG2CRDB_NODE(FromItem, F(node))
PG2CRDB_NODE(CommonTable, F(name), F(columns), F(materialized), F(query))
PG2CRDB_NODE(SelectItem, F(expr), F(alias))
PG2CRDB_NODE(Locking, F(strength), F(tables), F(wait))
PG2CRDB_NODE(Query, F(recursive), F(with), F(set_operation), F(set_all), F(left), F(right), F(values),
             F(distinct), F(distinct_on), F(targets), F(from), F(where), F(group_by), F(group_distinct),
             F(having), F(windows), F(order_by), F(limit), F(limit_with_ties), F(offset), F(locking))

PG2CRDB_NODE(ObjectRef, F(kind), F(name), F(member), F(has_arguments), F(arguments))
PG2CRDB_NODE(Option, F(name), F(value), F(has_value), F(string_value))
PG2CRDB_NODE(Role, F(kind), F(name))
PG2CRDB_NODE(SequenceOptions, F(type), F(start), F(increment), F(minimum), F(maximum), F(no_minimum),
             F(no_maximum), F(cache), F(cycle), F(no_cycle), F(restart), F(restart_default), F(sequence_name),
             F(owned_by))
PG2CRDB_NODE(Generated, F(expr), F(stored))
PG2CRDB_NODE(Identity, F(always), F(options))
PG2CRDB_NODE(IndexElement, F(column), F(expr), F(collation), F(operator_class), F(operator_class_options),
             F(order), F(nulls))
PG2CRDB_NODE(Constraint, F(kind), F(name), F(columns), F(including), F(check), F(nulls_not_distinct),
             F(without_overlaps), F(deferrable), F(initially_deferred), F(not_valid), F(no_inherit),
             F(not_enforced), F(using_index), F(options), F(tablespace), F(referenced), F(referenced_columns),
             F(match), F(on_delete), F(on_update), F(on_delete_columns), F(access_method),
             F(exclude_elements), F(exclude_operators), F(where), F(hash_sharded))
PG2CRDB_NODE(Column, F(name), F(type), F(collation), F(storage), F(compression), F(default_value),
             F(not_null), F(explicit_null), F(not_null_name), F(not_null_no_inherit), F(generated),
             F(identity), F(constraints))
PG2CRDB_NODE(PartitionBound, F(kind), F(list), F(from), F(to), F(modulus), F(remainder))
PG2CRDB_NODE(PartitionBy, F(strategy), F(key))
PG2CRDB_NODE(LikeClause, F(table), F(including))
PG2CRDB_NODE(CreateTable, F(name), F(if_not_exists), F(persistence), F(columns), F(constraints), F(likes),
             F(inherits), F(of_type), F(partition_of), F(bound), F(partition_by), F(options), F(with_oids),
             F(access_method), F(tablespace))
PG2CRDB_NODE(AddColumn, F(column), F(if_not_exists))
PG2CRDB_NODE(DropColumn, F(column), F(if_exists), F(cascade))
PG2CRDB_NODE(SetDefault, F(column), F(value))
PG2CRDB_NODE(SetNotNull, F(column), F(not_null))
PG2CRDB_NODE(SetType, F(column), F(type), F(collation), F(using_))
PG2CRDB_NODE(AddConstraint, F(constraint))
PG2CRDB_NODE(DropConstraint, F(name), F(if_exists), F(cascade))
PG2CRDB_NODE(ValidateConstraint, F(name))
PG2CRDB_NODE(AddIdentity, F(column), F(identity))
PG2CRDB_NODE(OwnerTo, F(role))
PG2CRDB_NODE(AttachPartition, F(partition), F(bound))
PG2CRDB_NODE(RowSecurity, F(action))
PG2CRDB_NODE(SetIdentityAlways, F(column))
PG2CRDB_NODE(AlterTable, F(kind), F(name), F(only), F(if_exists), F(commands))
PG2CRDB_NODE(CreateIndex, F(name), F(table), F(only), F(unique), F(concurrently), F(if_not_exists), F(method),
             F(elements), F(including), F(nulls_not_distinct), F(options), F(tablespace), F(where))
PG2CRDB_NODE(CreateSchema, F(name), F(owner), F(has_owner), F(if_not_exists))
PG2CRDB_NODE(CreateDatabase, F(name), F(options))
PG2CRDB_NODE(CreateExtension, F(name), F(schema), F(version), F(if_not_exists), F(cascade))
PG2CRDB_NODE(CreateSequence, F(name), F(if_not_exists), F(persistence), F(options))
PG2CRDB_NODE(AlterSequence, F(name), F(if_exists), F(options))
PG2CRDB_NODE(CreateEnum, F(name), F(labels))
PG2CRDB_NODE(AlterEnum, F(name), F(old_label), F(label), F(if_not_exists), F(neighbor), F(after))
PG2CRDB_NODE(CreateCompositeType, F(name), F(attributes))
PG2CRDB_NODE(CreateDomain, F(name), F(type), F(collation), F(default_value), F(not_null), F(constraints))
PG2CRDB_NODE(CreateView, F(name), F(or_replace), F(persistence), F(columns), F(options), F(query),
             F(check_option))
PG2CRDB_NODE(CreateTableAs, F(materialized_view), F(name), F(if_not_exists), F(columns), F(options),
             F(access_method), F(tablespace), F(query), F(with_data))
PG2CRDB_NODE(RefreshMaterializedView, F(name), F(concurrently), F(with_data))
PG2CRDB_NODE(FunctionParameter, F(name), F(mode), F(mode_written), F(type), F(default_value))
PG2CRDB_NODE(SetVariable, F(kind), F(name), F(values), F(local))
PG2CRDB_NODE(CreateFunction, F(procedure), F(or_replace), F(name), F(parameters), F(returns), F(language),
             F(volatility), F(strict), F(called_on_null_input), F(security_definer), F(security_invoker),
             F(leakproof), F(window), F(cost), F(rows), F(parallel), F(support), F(transforms), F(settings),
             F(body))
PG2CRDB_NODE(CreateTrigger, F(name), F(table), F(or_replace), F(constraint), F(timing), F(on_insert),
             F(on_update), F(on_delete), F(on_truncate), F(update_columns), F(for_each_row),
             F(constraint_from), F(deferrable), F(initially_deferred), F(old_table), F(new_table), F(when),
             F(function), F(arguments))
PG2CRDB_NODE(CreatePolicy, F(name), F(table), F(permissive), F(command), F(roles), F(using_), F(with_check))
PG2CRDB_NODE(CreateRole, F(name), F(login), F(options), F(if_not_exists))
PG2CRDB_NODE(AlterRole, F(role), F(options))
PG2CRDB_NODE(Privilege, F(name), F(columns))
PG2CRDB_NODE(Grant, F(grant), F(grant_option), F(privileges), F(kind), F(all_in_schema), F(objects),
             F(grantees), F(granted_by), F(has_granted_by), F(cascade))
PG2CRDB_NODE(GrantRole, F(grant), F(roles), F(members), F(options), F(granted_by), F(has_granted_by),
             F(cascade))
PG2CRDB_NODE(AlterDefaultPrivileges, F(for_roles), F(schemas), F(grant))
PG2CRDB_NODE(AlterOwner, F(object), F(role))
PG2CRDB_NODE(Comment, F(object), F(text), F(is_null))
PG2CRDB_NODE(Drop, F(kind), F(objects), F(if_exists), F(cascade), F(concurrently))
PG2CRDB_NODE(SelectStatement, F(query))
PG2CRDB_NODE(Transaction, F(command))
PG2CRDB_NODE(CopyFrom, F(table), F(columns))
PG2CRDB_NODE(MetaCommand, F(text))
PG2CRDB_NODE(Opaque, F(kind), F(text))

#undef F
#undef PG2CRDB_NODE
#undef PG2CRDB_FIELD

/// Calls `f(name, member)` for each field, in order. `Node` may be const.
template <class Node, class Function>
void for_each_field(Node& node, Function&& f) {
  std::apply([&](const auto&... field) { (f(field.first, node.*(field.second)), ...); },
             Fields<std::remove_const_t<Node>>::list);
}

}  // namespace pg2crdb::ast
