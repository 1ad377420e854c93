#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ast/catalog.h"
#include "ast/script.h"
#include "diag/diagnostic.h"
#include "support/result.h"
#include "target/target.h"

namespace pg2crdb {

namespace rewrite {
struct RuleFile;
}

/// What becomes of a primary key that a sequence fills.
enum class SequenceKeys { keep, unique_rowid, hash_sharded, uuid };

/// What a column of the extension hstore becomes.
enum class HstoreColumns { text, jsonb };

/// What a person chose on the command line or in pg2crdb.toml that passes look at.
struct PassOptions {
  SequenceKeys sequences = SequenceKeys::keep;
  HstoreColumns hstore = HstoreColumns::text;
  bool in_order = false;       ///< the output keeps the script's statements and their order
  std::string explained_rule;  ///< rewrite rule whose every candidate is told to `explain`; empty for none
  /// `offset` counts from the statement's beginning, -1 where it is about the whole.
  std::function<void(const ast::Statement&, int64_t offset, std::string_view)> explain;
};

/// On which side of its origin an added statement stands where the script's order is kept.
enum class Beside { before, behind };

/// All that a pass may touch. Statements change through it, so that fates, origins and the ledger stay right.
class PassContext {
 public:
  PassContext(std::string_view pass, ast::Script& its_script, ast::Catalog& its_catalog,
              const Target& its_target, const PassOptions& its_options, Diagnostics& diagnostics)
      : script(its_script),
        catalog(its_catalog),
        target(its_target),
        options(its_options),
        pass_(pass),
        diagnostics_(diagnostics) {}

  ast::Script& script;
  ast::Catalog& catalog;
  const Target& target;
  const PassOptions& options;

  /// The same for a part of the pass that has a name of its own, as a rule of a rule file does. The name has
  /// to live as long as the script.
  PassContext named(std::string_view part) const {
    return PassContext(part, script, catalog, target, options, diagnostics_);
  }

  /// The same for another thread: it may look at the script, and changes copies of statements. `findings`
  /// takes what it reports; `take` puts both in their places. Whoever asks the catalog there has had it
  /// filled.
  PassContext apart(Diagnostics& findings) const {
    PassContext context(pass_, script, catalog, target, options, findings);
    context.is_apart_ = true;
    return context;
  }
  /// What a context apart has made of a statement, whose place the copy takes, and has found in it.
  void take(ast::Statement copied, Diagnostics findings);

  /// The statement has been changed in place (the caller did, or is about to).
  void rewritten(ast::Statement& statement);
  /// It leaves the output; `reason` is a short clause for the report: "psql command".
  void drop(ast::Statement& statement, std::string reason);
  /// Its content now stands in `into`, which counts as rewritten.
  void merge(ast::Statement& statement, ast::Statement& into, std::string reason);
  /// It is emitted in another phase, or its content is carried by the load plan. Where the script's order is
  /// kept there are no phases, and nothing happens.
  void move(ast::Statement& statement, ast::Phase phase, std::string reason);
  /// It would be refused and no rewrite is known: emitted as a comment, with an error to go with it.
  void needs_person(ast::Statement& statement, std::string reason);
  /// A new statement because of `origin`, whose span it carries. Several on one side stay in the order in
  /// which they are added.
  ast::Statement& add(ast::StatementNode node, const ast::Statement& origin, ast::Phase phase,
                      Beside beside = Beside::behind);

  /// Where a statement begins, for reasons: "line 120".
  static std::string line_of(const ast::Statement& statement) {
    return "line " + std::to_string(statement.line);
  }

  /// Reports `rule` on a statement. `offset` counts bytes from the statement's beginning (an Expr's, Column's
  /// or Constraint's offset; the latter may lie beyond its end, where another statement was folded in); -1
  /// points at the whole statement. Advice falls back to the rule's.
  void report(const FindingKind& rule, const ast::Statement& statement, std::string object,
              std::string message, int64_t offset = -1, std::string advice = {});

 private:
  void touched(ast::Statement& statement);
  void place(const ast::Statement& added, const ast::Statement& origin, Beside beside);
  std::string_view pass_;
  Diagnostics& diagnostics_;
  bool is_apart_ = false;
};

enum class Fidelity { exact, changes_behaviour, loses };

/// What becomes of a pass where the output keeps the script's order. One that runs translates each statement
/// where it stands: it asks `PassOptions::in_order` where it would else gather or move.
enum class InOrder { runs, skipped };

/// A rewrite: data plus one function, stateless and idempotent. A built-in one lives in `passes/<name>/` as
/// `extern const Pass <name>;` and is listed once in `pipeline.def`, where the order is. It is either a
/// `pass.cpp` or a `pass.rule`, of which the build makes one that has nothing but its name, path and text.
struct Pass {
  std::string_view name;  ///< kebab-case
  std::string_view category;
  Fidelity fidelity = Fidelity::exact;
  std::string_view summary;            ///< one line
  std::span<const FindingKind> rules;  ///< all that it may report
  std::function<void(PassContext&)> run;
  InOrder in_order = InOrder::runs;
  std::string_view rule_path = {};  ///< of a pass.rule that is yet to be read
  std::string_view rule_text = {};
  std::shared_ptr<const rewrite::RuleFile> rule_file = {};  ///< of a pass.rule that was read
};

/// Where a pass that is not built in runs: next to a built-in one.
struct Placement {
  enum class Side { before, after };
  Side side = Side::after;
  std::string pass = "fold-constraints";  ///< names are qualified and each table is one statement there
};

/// A pass from outside (a rule file, a plugin) and its place. Whoever loaded it owns the pass.
struct PlacedPass {
  const Pass* pass = nullptr;
  Placement placement;
};

}  // namespace pg2crdb
