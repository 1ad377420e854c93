#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pg2crdb {

/// A psql command as it stands in a script: `\set name value`.
struct PsqlCommand {
  std::string_view name;       ///< without the backslash
  std::string_view arguments;  ///< as they stand
  size_t size = 0;             ///< bytes, from the backslash on; a separator `\\` behind it is part of it

  /// Sends what was written so far to the server, without a semicolon, or throws it away: the statement
  /// before it ends here.
  bool ends_statement() const;
};

/// The command at the beginning of `line`, which holds no line end. More commands may follow it on the line.
PsqlCommand read_psql_command(std::string_view line);

/// What `\connect` names; each empty where it stays: `\connect - alice`.
struct Connected {
  std::string database = {};
  std::string user = {};
};
Connected connected_to(std::string_view arguments);

/// What a script tells psql: variables and conditions. It knows what psql knows without a server and without
/// options of its own command line; where it does not know, it says so.
class PsqlSession {
 public:
  enum class Branch { taken, not_taken, unknown };

  /// Whether what comes next is sent to the server.
  Branch branch() const { return levels_.empty() ? Branch::taken : levels_.back().branch; }

  /// What a command did.
  enum class Effect {
    none,       ///< psql knows more than that; not ours
    done,       ///< conditions and variables, and what stands in a branch that is not taken
    unknown,    ///< a condition whose value only the server, or psql's command line, knows
    unmatched,  ///< \else, \elif or \endif without \if
  };
  Effect run(const PsqlCommand& command);

  /// A statement with what psql does to it: commands in its midst are run and cut out, variables are
  /// replaced.
  struct Expansion {
    std::string text;
    struct Piece {
      size_t begin = 0;         ///< in `text`
      size_t source_begin = 0;  ///< where these bytes, or the variable that they replace, stood
      bool copied = true;
    };
    std::vector<Piece> pieces;
    std::string unknown_variable;    ///< the first one that has a value that is not known
    bool unknown_condition = false;  ///< a branch of \if stands inside, and nobody knows which is taken
    std::string command;             ///< the first one inside that does more than that

    /// The byte of the source that byte `offset` of the text comes from.
    size_t source_of(size_t offset) const;
  };
  /// Nothing where psql would send the statement as it stands. `has_commands`: Segment::has_commands.
  std::optional<Expansion> expand(std::string_view sql, bool has_commands);

  /// `\gset`: variables whose values only the server knows. Without names, any that begins with `prefix`.
  void set_unknown(const std::string& name) { variables_[name] = std::nullopt; }
  void set_unknown_names(std::string prefix) { result_prefixes_.push_back(std::move(prefix)); }

  /// Whether psql begins a transaction where the script has begun none: AUTOCOMMIT is off.
  bool begins_transactions() const;

  /// How many \if have no \endif yet.
  size_t open_conditions() const { return levels_.size(); }
  /// A file ends: psql does not go on in the next one with a branch of this.
  void close_conditions() { levels_.clear(); }

 private:
  struct Level {
    Branch branch = Branch::taken;
    Branch outer = Branch::taken;
    bool decided = false;  ///< a branch was taken, or may have been
    bool has_else = false;
  };
  enum class State { unset, known, unknown };
  struct Value {
    State state = State::unset;
    std::string text;
  };
  /// An argument, or the sum of several. `unset`: it names a variable that the script never sets.
  struct Argument {
    std::string text;
    bool unknown = false;
    bool unset = false;
  };

  Value value(std::string_view name) const;
  std::vector<Argument> arguments(std::string_view text) const;
  size_t append_variable(std::string_view text, size_t colon, Argument& out) const;
  Effect condition(const PsqlCommand& command);
  Effect decide(Level& level, std::string_view expression);
  void set(std::string_view text);
  void expand_variable(std::string_view sql, size_t& i, Expansion& out) const;

  std::map<std::string, std::optional<std::string>, std::less<>> variables_;
  std::vector<std::string> result_prefixes_;
  std::vector<Level> levels_;
};

}  // namespace pg2crdb
