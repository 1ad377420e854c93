#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "bind/expression_types.h"
#include "bind/uncreated.h"
#include "grammar/cockroachdb.h"
#include "passes/adapt_expressions/adapter.h"
#include "passes/adapt_functions/body_words.h"
#include "rewrite/pass.h"
#include "routines/raised_errors.h"
#include "routines/routine.h"

/// Between the sources of this pass only.
namespace pg2crdb::functions {

/// Writes bodies in the forms that CockroachDB has, reports what it refuses in the others, and leaves these
/// for a person.
class BodyCheck {
 public:
  /// `offset` is that of the body in its statement, -1 where that is not known.
  BodyCheck(PassContext& context, CockroachGrammar& grammar, ast::Statement& statement, std::string object,
            std::string which, int32_t offset);

  /// In PL/pgSQL. A body of which anything stays refused is left as it is, and what stays so is told. `forms`
  /// as below. `raised`: by the script's bodies.
  void convert(ast::CreateFunction& function, routines::Routine routine, std::vector<BodyRefusal> forms,
               bind::ExpressionTypes& types, const bind::Uncreated& uncreated,
               const routines::Sqlstates& raised);

  /// In SQL: the same. What the passes behind this one do to types is not waited for.
  void write_statements(ast::CreateFunction& function, bind::ExpressionTypes& types,
                        const std::set<ast::ObjectId>* emptied_otherwise);

  /// `forms`: those that are known already; they and what the grammars refuse are told in one finding, what
  /// does not fit into any form in another. `left`: what is refused still where all is written otherwise that
  /// can be; where it has any of them, the others are not told.
  void run(std::string_view language, const std::string& body, std::vector<BodyRefusal> forms,
           const std::vector<BodyRefusal>& left = {});

  void report_calls(const std::vector<BodyRefusal>& calls);

 private:
  void read(std::string_view language, const std::string& body, std::vector<BodyRefusal>& forms,
            std::vector<BodyRefusal>& misfits);

  bind::ExpressionTypes::Visitor body_visitor(adapt::ExpressionAdapter& expressions,
                                              std::vector<adapt::Remark>& refusals) const;
  /// Forms and statements that no body may have, in the trees of one in SQL.
  void write_absent_forms(ast::CreateFunction& function, bind::ExpressionTypes& types,
                          const std::set<ast::ObjectId>* emptied_otherwise);
  void tell_of(const adapt::ExpressionAdapter& expressions);
  int64_t place_of(size_t offset) const;
  void forget_built_in(const std::string& body);
  /// What the body only names since a text was put together: it has to be there before.
  void note_named(const std::vector<ast::Name>& names);
  /// What stands there, up to the next blank: `$1.field`.
  static std::string form_at(const std::string& body, size_t offset);
  void report(size_t rule, const std::string& what, const std::vector<BodyRefusal>& refusals);

  static std::vector<BodyRefusal> first_of_each(std::vector<BodyRefusal> refusals);

  /// What to write instead of each; empty where that is too much for one finding.
  std::string advice(const std::vector<BodyRefusal>& refusals) const;

  PassContext& context_;
  CockroachGrammar& grammar_;
  ast::Statement& statement_;
  std::string object_;
  std::string which_;
  int32_t offset_;
  std::string built_texts_ = {};  ///< what is said of EXECUTE
};

}  // namespace pg2crdb::functions
