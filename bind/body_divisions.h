#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace pg2crdb {

/// What an operand of a division is, as far as the words of a body tell.
enum class Operand { unknown, integer, other };

struct Division {
  size_t begin = 0;                 ///< of its `/`, bytes into the body
  size_t line = 1;                  ///< from 1
  Operand kind = Operand::unknown;  ///< integer where both of its operands are; other where one of them is
};

/// The divisions of a body in SQL or PL/pgSQL. `name_kind` says what a name is which the body does not
/// declare, by its parts: `n`, `t.n`, `new.n`, `$1`. None where the body cannot be scanned.
std::vector<Division> divisions_of_body(
    const std::string& body, const std::function<Operand(const std::vector<std::string>&)>& name_kind);

/// The type of that name: int4, numeric; unknown where it may be either.
Operand operand_of_type(const std::string& type);

}  // namespace pg2crdb
