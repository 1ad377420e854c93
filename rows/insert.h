#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rows/copy_text.h"

namespace pg2crdb {

/// Reads the rows of one `INSERT INTO t [AS a] [(c, ...)] [OVERRIDING SYSTEM VALUE] VALUES (...), (...) [ON
/// CONFLICT [(c, ...) | ON CONSTRAINT k] DO NOTHING] [RETURNING c, ...];` whose values are literals: numbers,
/// 'x', E'x', U&'x', N'x', B'1', X'f', $$x$$, DATE 'x', NULL, TRUE, FALSE, DEFAULT, ARRAY[...] of these; with
/// casts, in parentheses; and what is computed of them with one outcome: +, -, * of integers, || and chr() of
/// texts. Any other INSERT is not `plain` and stays a statement. Values come out as COPY takes them: X'f'
/// as 1111, 1e3 as 1000, ARRAY['a', NULL] as {a,NULL}, TRUE as true, which a boolean column takes as t, and a
/// text gets.
class InsertReader {
 public:
  /// A cast that changes no value only where the value's column is of that type, as `x::date` is.
  struct TypeCast {
    size_t field = 0;
    std::string type;    ///< as pg_catalog has it, without its schema: int4, timestamptz
    bool array = false;  ///< of the column: an element's cast is one to its array
  };

  explicit InsertReader(std::string_view sql);

  bool plain_head() const { return plain_; }  ///< the words up to VALUES are of the form above
  const std::string& schema() const { return schema_; }
  const std::string& table() const { return table_; }
  const std::vector<std::string>& columns() const { return columns_; }
  // Behind the last row:
  bool on_conflict_do_nothing() const { return on_conflict_do_nothing_; }
  const std::vector<std::string>& conflict_columns() const { return conflict_columns_; }
  const std::string& conflict_constraint() const { return conflict_constraint_; }
  bool returning() const { return returning_; }

  /// The next row's values; false at the end, or where `failed()`. Views are good until the next call.
  bool next(std::vector<Field>& fields);
  /// Columns of the last row, from 0, whose value is DEFAULT, as pg_dump writes it for generated columns.
  /// They are NULL in `fields`.
  const std::vector<size_t>& defaults() const { return defaults_; }
  /// Columns of the last row, from 0, whose value is a number with a fraction.
  const std::vector<size_t>& fractions() const { return fractions_; }
  /// Columns of the last row, from 0, that hold the number -0: 0 in PostgreSQL, but pg_dump writes it of a
  /// float that is -0. Of arrays, some of whose elements are.
  const std::vector<size_t>& negative_zeros() const { return negative_zeros_; }
  const std::vector<TypeCast>& casts() const { return casts_; }  ///< of the last row
  /// Something else than a literal was met, at `position()`; also after the last row.
  bool failed() const { return failed_; }
  size_t position() const { return position_; }
  /// Where what was not read begins: a value of the last row, or what follows the last row or the table's
  /// name.
  size_t unread_from() const { return piece_; }

 private:
  struct Decoded {  // a field's place in the scratch, which moves while a row is read
    size_t field;
    size_t begin;
    size_t end;
  };

  void read_head();
  void read_tail();
  bool read_conflict();
  bool read_columns(std::vector<std::string>& columns);
  bool read_row(std::vector<Field>& fields);
  bool read_returning();

  /// What a value is, as far as casts and operators ask.
  enum class Kind { null, default_word, number, boolean, bits, text, other };
  bool read_value(std::vector<Field>& fields, Kind& kind);
  bool read_operand(std::vector<Field>& fields, Kind& kind);
  bool read_literal(std::vector<Field>& fields, Kind& kind);
  bool read_parentheses(std::vector<Field>& fields, Kind& kind);
  bool read_numbers(std::vector<Field>& fields);
  bool read_number(std::vector<Field>& fields);
  bool read_integers(std::vector<Field>& fields);
  bool read_sum(int64_t& value, int depth);
  bool read_product(int64_t& value, int depth);
  bool read_factor(int64_t& value, int depth);
  size_t next_piece() const;
  bool read_string(std::vector<Field>& fields);
  bool trim_blanks(std::vector<Field>& fields);
  bool read_bits(std::vector<Field>& fields);
  bool read_escapes(std::vector<Field>& fields);
  bool read_escape(uint32_t& high);
  bool read_unicode(std::vector<Field>& fields);
  bool read_code_point(size_t digits, uint32_t& high);
  bool read_dollars(std::vector<Field>& fields);
  bool read_character(std::vector<Field>& fields);
  bool read_array(std::vector<Field>& fields);
  bool read_elements(std::vector<Field>& fields, std::string& array);

  struct Type {
    std::string name = {};  ///< as pg_catalog has it, where it is no one's own
    bool own = false;       ///< in a schema other than pg_catalog
    bool array = false;
    std::vector<int> modifiers = {};
    bool keeps(std::string_view value) const;
  };
  bool read_typed(std::vector<Field>& fields, Kind& kind);
  bool read_cast_call(std::vector<Field>& fields, Kind& kind);
  bool read_casts(std::vector<Field>& fields, Kind& kind);
  bool read_type(Type& type);
  bool read_modifiers(Type& type);
  bool cast_last(std::vector<Field>& fields, const Type& type, Kind& kind);
  std::string_view last_text(const std::vector<Field>& fields) const;
  void push_decoded(std::vector<Field>& fields, std::string_view text);
  std::string take_last(std::vector<Field>& fields);
  bool read_name(std::string& name);
  void skip_blanks();
  void skip_comment();
  bool accept(char c);
  bool accept_word(std::string_view word);
  char peek(size_t ahead = 0) const;

  static constexpr int deepest = 50;  ///< of parentheses

  std::string_view sql_;
  int depth_ = 0;
  size_t position_ = 0;
  size_t piece_ = 0;
  bool plain_ = false;
  bool failed_ = false;
  bool done_ = false;
  bool on_conflict_do_nothing_ = false;
  std::vector<std::string> conflict_columns_;
  std::string conflict_constraint_;
  std::string schema_;
  std::string table_;
  std::vector<std::string> columns_;
  std::string scratch_;
  std::vector<Decoded> decoded_;
  std::vector<size_t> defaults_;
  std::vector<size_t> fractions_;
  std::vector<size_t> negative_zeros_;
  std::vector<TypeCast> casts_;
  bool returning_ = false;
  bool in_array_ = false;
};

}  // namespace pg2crdb
