#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ast/object.h"
#include "ast/statement.h"
#include "support/span.h"

namespace pg2crdb::ast {

/// What became of a statement that was read. Each has exactly one; `added` is for those that a pass made.
enum class Fate { kept, rewritten, merged, moved, dropped, needs_person, added };
std::string_view to_string(Fate fate);

/// Where in the output a statement goes. Data is loaded between pre_data and post_data.
enum class Phase { roles, pre_data, post_data, revalidate };
std::string_view to_string(Phase phase);

struct Statement {
  StatementId id = no_statement;  ///< its index in Script::statements
  uint64_t line = 0;              ///< of its first byte in its file, from 1; 0 where nobody counted
  Span span;                      ///< in the dump; of an added statement: that of the statement it comes from
  StatementNode node;
  Fate fate = Fate::kept;
  Phase phase = Phase::pre_data;
  std::vector<std::string_view>
      passes;                  ///< those that touched it, in order; names live as long as the program
  Sparse<std::string> reason;  ///< for merged, moved, dropped, needs_person
  StatementId merged_into = no_statement;
  /// Of a statement that changes rows: its text in the script says what its tree does, and goes out.
  bool as_written = false;
  bool before_rows = false;  ///< rows that stand behind it draw from what it sets
  bool after_rows = false;   ///< rows that stand before it were inserted into what it changes
  /// Objects that its text names where the tree is only text: bodies of routines, what is kept word for word.
  std::vector<ObjectId> text_objects;

  /// Still to be emitted.
  bool live() const {
    return fate == Fate::kept || fate == Fate::rewritten || fate == Fate::added || fate == Fate::moved;
  }
};

/// The rows that a dump holds for one table, in one place. Names are those of the script's end, "" is gone.
struct DataBlock {
  enum class Format { copy_text, insert };
  Format format = Format::copy_text;
  Name table;
  std::vector<std::string> columns;  ///< empty: all of the table's, in order
  Span header;                       ///< the COPY statement, or the first INSERT
  Span data;                ///< copy_text: the rows without the final `\.` line; insert: first to last INSERT
  uint64_t first_line = 0;  ///< line of the first row
  uint64_t rows = 0;
  uint64_t values = 0;  ///< of INSERTs that name no columns: how many a row has
  uint64_t statements =
      1;  ///< 1 for COPY, else the number of INSERTs: they are read statements of the ledger
  StatementId statement = no_statement;  ///< the CopyFrom statement; none for INSERTs, which are only counted
  std::string left_out;  ///< why its rows are not loaded: "rolled back in line 7"; empty: they are
  /// An INSERT says ON CONFLICT DO NOTHING, other than in a dump, whose rows repeat no key.
  bool on_conflict = false;
  std::vector<std::string> inserts = {};  ///< as they are written, so that keys can be compared; few alone
  std::vector<uint64_t> skipped = {};     ///< rows, from 0, that are not loaded: they repeat a key
  /// Values of a row, from 0, that are numbers with a fraction; in the end: those that go into integers,
  /// which PostgreSQL rounds.
  std::set<size_t> fractions = {};
  std::set<size_t> nested = {};  ///< the same, of strings that begin as arrays of arrays do: {{
  std::map<size_t, uint64_t> defaulted =
      {};  ///< the same, of which the word DEFAULT stands: in how many rows
  /// In the end: what it gives, of those for which it stands in some rows only; nothing: NULL.
  std::map<size_t, std::optional<std::string>> defaults = {};
  std::set<size_t> forced_null = {};      ///< values that FORCE_NULL of the COPY names, from 0
  std::set<size_t> forced_not_null = {};  ///< the same, of FORCE_NOT_NULL
};

/// A dump as statements in dump order, and where its rows lie. Statements are never erased, they get a fate;
/// references to them stay good when others are added.
struct Script {
  std::deque<Statement> statements;
  std::vector<DataBlock> data;
  std::vector<StatementId> order;  ///< of what goes out or is held back, phase by phase, once scheduled
  std::deque<Object> objects;      ///< by ObjectId, once bound; the first is none

  Statement& add(StatementNode node, Span span, Phase phase);
};

}  // namespace pg2crdb::ast
