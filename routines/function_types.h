#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "routines/query_columns.h"

/// What functions of PostgreSQL's own give; between the sources of this folder only.
namespace pg2crdb::routines {

/// The type of a value; nothing where it is not known.
using KnownType = std::optional<ast::TypeName>;

KnownType without_modifiers(KnownType type);
bool is_type(const KnownType& type, std::initializer_list<std::string_view> names);

/// What an operator gives with values of those types at its sides.
KnownType type_of_operation(std::string_view op, KnownType left, KnownType right);
/// The one that values of two different types become, which are numbers or texts: in COALESCE, CASE, VALUES.
KnownType type_of_either(const KnownType& left, const KnownType& right);
/// What a sign before a value gives.
KnownType type_of_sign(std::string_view op, KnownType operand);

/// Of a call with arguments of those types.
KnownType type_of_call(const std::string& name, const std::vector<KnownType>& arguments);

/// The columns of one that gives rows in FROM, where it has that alias.
std::optional<std::vector<Field>> rows_of_call(const std::string& name,
                                               const std::vector<KnownType>& arguments,
                                               const std::string& alias);

}  // namespace pg2crdb::routines
