#pragma once
#include "ast/catalog.h"
#include "ast/expr.h"
#include "target/target.h"

namespace pg2crdb::adapt {

/// Whether an operator of values that become texts does something else there, or is none: only where it
/// compares texts or appends to them, CockroachDB's does the same. Types are empty where they are not known.
bool means_otherwise_of_texts(const ast::Operation& operation, const ast::TypeName& left,
                              const ast::TypeName& right, const Target& target, const ast::Catalog& catalog);

/// Whether a cast makes something else of the text that one of the two types becomes: `h::jsonb` of an
/// hstore, `b::circle` of a box, `t::int4range` of a text, `a::macaddr[]` of an array of texts.
bool converts_texts_otherwise(const ast::TypeName& from, const ast::TypeName& to, const Target& target,
                              const ast::Catalog& catalog);
/// Whether PostgreSQL makes a value of one of the types one of the other where none says so, which changes
/// it: a macaddr8 of a macaddr, a network of an address.
bool becomes_another(const ast::TypeName& from, const ast::TypeName& to, const Target& target);
/// Whether what is cast or assigned to the type, and is of a type that is not known, may be such a text.
bool may_convert_text(const ast::Expr& value, const ast::TypeName& to, const Target& target);

/// Whether values of the type, or of arrays or rows of it, are equal, or come one behind another, where the
/// texts that they become are not and do not.
bool equals_otherwise_than_texts(const ast::TypeName& type, const ast::Catalog& catalog);
bool sorts_otherwise_than_texts(const ast::TypeName& type, const Target& target, const ast::Catalog& catalog);

}  // namespace pg2crdb::adapt
