#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ast/script.h"
#include "bind/namespace.h"
#include "parser/sql_tokens.h"

namespace pg2crdb::bind {

/// What a psql session knows that decides what a name means. Begins as a new connection does.
class Session {
 public:
  /// A new session in the same database: it begins with the path that ALTER DATABASE or ROLE gave to it.
  Session next() const;

  /// The statement's effect on the session: SET, RESET and set_config of search_path, SET ROLE, \connect, and
  /// what ALTER DATABASE and ALTER ROLE ... SET search_path do to the sessions that begin after it.
  void take(const ast::StatementNode& node);
  /// The effect of a call of the routine, `surely` where the statement runs it once in any case. Of a body
  /// with branches, or of what it computes, it is not known.
  void run(const ast::CreateFunction& routine, bool surely);

  /// Schemas that names without one are looked for in, the system's left out; never holds "". "$user" is the
  /// session's role, and left out where that is not known. What was set last that is known, where the path is
  /// not.
  Path path() const;
  /// The path that sessions begin with that begin now, without "$user".
  Path later_path() const;
  /// A setting under which values of dates and times are read otherwise than by the load, with its value;
  /// empty where there is none.
  std::string reads_otherwise() const;
  /// The same for one literal of that type. Of a text that says all by itself none does.
  std::string misreads(std::string_view type, std::string_view text) const;
  /// Whether NULL in the text of an array is a text: array_nulls is off.
  bool reads_null_as_text() const;
  /// Whether changes of rows fire no triggers but those that are ENABLE ALWAYS or REPLICA.
  bool is_replica() const { return values_.session_replication_role == "replica"; }
  /// The role that SET ROLE, SET SESSION AUTHORIZATION or \connect chose, which owns what is created; empty:
  /// the one that runs the script.
  const std::string& role() const { return !role_.empty() ? role_ : !user_.empty() ? user_ : login_; }

 private:
  Path path_{"$user", "public"};
  Path initial_path_ = path_;  ///< what RESET goes back to
  Path later_path_ = path_;
  std::string database_;  ///< that \\connect named; empty: the one that the script is run in
  std::string login_;     ///< the same of the user
  std::string user_, role_;
  /// In lower case; empty where they are what a new session has, "(computed)" where nobody knows.
  struct Values {
    static constexpr std::string_view computed = "(computed)";
    std::string timezone, datestyle, intervalstyle, array_nulls, session_replication_role;
    std::string* find(std::string_view name);
  };
  Values values_;
  bool has_other_zone() const;
  bool has_other_order() const;
  bool has_other_sign() const;
  bool in_transaction_ = false;
  /// What SET LOCAL hides until the transaction ends.
  struct Outside {
    Path path;
    std::string role;
    Values values;
  };
  std::optional<Outside> outside_;

  void set_path(Path path, bool local);
  void alter(const std::string& text);
  void run(const ast::DoBlock& block);
  void connect(std::string_view arguments);
  void set(const ast::SetVariable& variable);
  void reset_all();
  void configure(const ast::SelectItem& target);
  void run_body(const std::string& body, bool surely);
  void lose(std::string_view name, bool local);
  void lose(const ast::FunctionCall& set_config);
  void lose_text(const std::vector<transform::Token>& tokens, size_t begin, size_t end);
  void lose_all(const ast::Query& query);
  void lose_computed(const ast::Query& query);
};

/// DISCARD ALL, after which the session is as it began; DISCARD TEMP, which drops temporary tables alone.
bool discards_all(const ast::Opaque& opaque);
bool discards_temporary(const ast::Opaque& opaque);

/// The path that a SET clause of a function sets; nothing where it sets none.
std::optional<Path> path_of(const std::vector<ast::SetVariable>& settings);

/// What a `set_config('search_path', '..', local)` that a query shows sets, word for word; nothing for
/// others.
struct ConfiguredSetting {
  std::string name;  ///< lower case
  std::string text;
  bool local = false;
};
std::optional<ConfiguredSetting> configured_setting(const ast::SelectItem& target);

/// The call of set_config that an expression is; null for others.
const ast::FunctionCall* set_config_of(const ast::Expr& expr);
/// Whether it says so: what nobody knows is taken to last.
bool sets_locally(const ast::FunctionCall& set_config);
/// One that may show no row sets nothing then.
bool runs_once(const ast::Query& query);
/// Of a constant, with casts or without.
const ast::Literal* constant_of(const ast::Expr& expr);

/// Statements that a ROLLBACK undoes: [first, last] as indexes of statements, the transaction's own words
/// included.
struct RolledBack {
  ast::StatementId first;
  ast::StatementId last;
};
std::vector<RolledBack> rolled_back(const ast::Script& script);

}  // namespace pg2crdb::bind
