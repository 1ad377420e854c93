#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "ast/script.h"

namespace pg2crdb::bind {

/// What a script makes that CockroachDB has no statement for, and that expressions use without a name in the
/// tree: conversions between types, operators, and how a text is read for its search.
class Uncreated {
 public:
  explicit Uncreated(const ast::Script& script);

  struct Cast {
    ast::TypeName from, to;
    bool of_text = false;   ///< WITH INOUT, WITHOUT FUNCTION: by what the value reads as
    bool assigns = false;   ///< where a value is stored, too
    bool implicit = false;  ///< everywhere
  };
  const std::vector<Cast>& casts() const { return casts_; }
  /// The text search configuration of the script's own that the call names; empty where it names none.
  std::string configuration(const ast::FunctionCall& call) const;
  /// The same of the first such call in a body; SQL that is made of pieces is not looked into.
  std::string configuration(const std::string& body) const;
  /// The first operator of the script's own in a body that no operator of CockroachDB is called like.
  std::string own_operator(const std::string& body) const;

 private:
  bool is_own(std::string_view configuration) const;

  std::vector<Cast> casts_;
  std::vector<std::string> configurations_, operators_;
};

}  // namespace pg2crdb::bind
