#pragma once
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "routines/conversion.h"

/// Between the sources of what queries give only.
namespace pg2crdb::routines {

/// The columns of common tables, by their names.
using CommonTables = std::vector<std::pair<std::string, std::vector<Field>>>;

/// Those of a query that stands below such tables; nothing where not all are known.
std::optional<std::vector<Field>> columns_below(const Conversion& conversion, const ast::Query& query,
                                                CommonTables common_tables);

/// Of one that is one or the other.
ast::TypeName type_of_both(const ast::TypeName& one, const ast::TypeName& other);

/// What the tables, queries and functions in FROM bring.
class From {
 public:
  From(const Conversion& conversion, const ast::Query& query, CommonTables common_tables);
  bool known() const { return known_; }

  /// `*`, or `t.*`.
  std::vector<Field> all(const std::string& table) const;
  const Field* find(const std::vector<std::string>& names) const;
  bool has(const std::string& column) const;

 private:
  using Columns = std::vector<size_t>;  ///< places in `fields_`
  using Fields = std::optional<std::vector<Field>>;

  Fields of_common_table(const ast::Query& query, bool recursive) const;
  Columns add_all(Fields fields, const ast::Alias& alias, const std::string& name);
  Columns add(const ast::FromItem& item);
  Columns add(const ast::Join& join);
  Columns add(const ast::FunctionRef& item);
  std::optional<size_t> place_of(const Columns& columns, const std::string& name) const;
  Fields of_built_in(const ast::FunctionCall& call, const std::string& alias) const;
  Fields of_relation(const ast::Name& name) const;
  Fields of_view(const ast::Statement& statement) const;
  Fields of_function(const ast::FunctionCall& call, const std::string& called) const;
  Fields of_function(const ast::CreateFunction& function, const std::string& called) const;

  const Conversion& conversion_;
  CommonTables common_tables_;
  std::vector<Field> fields_;
  Columns star_;
  std::set<size_t> merged_;  ///< those of which a join shows another one
  bool known_ = true;
};

/// The type of what a query computes that reads `from`; nothing where it is not known.
std::optional<ast::TypeName> computed_type(const Conversion& conversion, const From& from,
                                           const ast::Expr& expr);
/// The type that all of them have; a string or NULL takes that of the others.
std::optional<ast::TypeName> common_type(const Conversion& conversion, const From& from,
                                         const std::vector<const ast::Expr*>& all);

}  // namespace pg2crdb::routines
