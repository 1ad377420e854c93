#pragma once
#include <string>
#include <string_view>

/// Numbers as PostgreSQL's scanner takes them; between the sources of this folder only.
namespace pg2crdb::transform {

/// The same number in the digits that CockroachDB and every release of PostgreSQL read: of `0x1F`, `0o17`,
/// `0b11` and `1_000`, which PostgreSQL 16 has, the decimal ones, however many. A sign stays; what is a plain
/// number comes back as it is.
std::string plain_number(std::string_view written);

/// Whether it is one that PostgreSQL makes a bigint of, not a numeric. `plain` is as plain_number() gives it.
bool is_bigint(std::string_view plain);

}  // namespace pg2crdb::transform
