// Names in bodies in PL/pgSQL. libpg_query's own parser of the language wants to know every variable's type
// (it refuses fields of a row variable, for one) and gives no places, so bodies are read here: by
// PostgreSQL's scanner into words, by the words into statements, as far as is needed to find the SQL in them.
// That SQL is then libpg_query's.
#include <algorithm>
#include <initializer_list>
#include <optional>

#include "parser/name_collector.h"
#include "parser/sql_tokens.h"

namespace pg2crdb::transform {
namespace {

/// Blocks, loops and branches inside each other.
constexpr int deepest = 300;

class Reader {
 public:
  Reader(const Piece& body, const std::set<std::string, std::less<>>& variables, NameCollector& names)
      : body_(body), variables_(variables), names_(names) {
    variables_.insert({"new", "old"});
    std::string error;
    if (std::optional<std::vector<Token>> scanned = scan_sql(body.sql, error)) {
      tokens_ = std::move(*scanned);
    } else {
      names_.unread(body.at(0), error);
    }
  }

  void read() {
    if (tokens_.empty()) return;
    rows_of_trigger();
    try {
      options();
      labels();
      block();
      if (is(";")) ++at_;
      if (at_ < tokens_.size()) throw Lost{};
    } catch (const Lost&) {
      const bool end = at_ >= tokens_.size();
      names_.unread(
          place(std::min(at_, tokens_.size() - 1)),
          end ? "the body ends too early"
              : "`" + std::string(tokens_[at_].text) + "` is not expected here: what follows is not read");
    }
  }

 private:
  struct Lost {};

  // --- words

  bool is(std::string_view word) const { return at_ < tokens_.size() && tokens_[at_].is(word); }
  bool is(size_t at, std::string_view word) const { return at < tokens_.size() && tokens_[at].is(word); }
  bool is_one_of(size_t at, std::initializer_list<std::string_view> words) const {
    return std::ranges::any_of(words, [&](std::string_view word) { return is(at, word); });
  }
  bool accept(std::string_view word) {
    if (!is(word)) return false;
    ++at_;
    return true;
  }
  void expect(std::string_view word) {
    if (!accept(word)) throw Lost{};
  }
  int64_t place(size_t at) const { return body_.at(static_cast<int64_t>(tokens_[at].begin)); }

  /// The first of these words outside of parentheses, at `from` or behind it, and before `end`; `end` where
  /// there is none.
  size_t find(std::initializer_list<std::string_view> words, size_t from, size_t end) const {
    int depth = 0;
    for (size_t i = from; i < end; ++i) {
      if (depth == 0 && is_one_of(i, words)) return i;
      if (is(i, "(") || is(i, "[")) ++depth;
      if (is(i, ")") || is(i, "]")) --depth;
    }
    return end;
  }

  /// As above; a statement ends before.
  size_t until(std::initializer_list<std::string_view> words) {
    const size_t semicolon = find({";"}, at_, tokens_.size());
    const size_t found = find(words, at_, semicolon);
    if (found == semicolon) {
      at_ = semicolon;
      throw Lost{};
    }
    return found;
  }
  size_t end_of_statement() const {
    const size_t end = find({";"}, at_, tokens_.size());
    return end;
  }
  /// Behind the semicolon at `end`.
  void leave(size_t end) {
    at_ = end;
    expect(";");
  }

  /// `NEW.c` and `OLD.c`, wherever they stand.
  void rows_of_trigger() {
    for (size_t i = 0; i + 2 < tokens_.size(); ++i) {
      const bool is_field = is_one_of(i, {"new", "old"}) && is(i + 1, ".") && tokens_[i + 2].is_name();
      if (!is_field || (i > 0 && is(i - 1, "."))) continue;
      MemberUse use;
      use.name = tokens_[i + 2].name();
      use.of_row = true;
      if (body_.has_places) {
        use.begin = static_cast<size_t>(body_.shift) + tokens_[i + 2].begin;
        use.end = static_cast<size_t>(body_.shift) + tokens_[i + 2].end;
      }
      names_.add(std::move(use), place(i + 2), false);
    }
  }

  void declare(const Token& name) {
    variables_.insert(name.name());
    names_.variable(name.name());
  }

  // --- SQL in it: tokens [from, end)

  /// The SQL that begins at `from`, behind `prefix`.
  Piece piece(std::string prefix, size_t from, size_t end) const {
    const size_t begin = tokens_[from].begin;
    const int64_t shift = static_cast<int64_t>(begin) - static_cast<int64_t>(prefix.size());
    std::string text = std::move(prefix);
    text.append(body_.sql, begin, tokens_[end - 1].end - begin);
    return piece_of(std::move(text), shift);
  }
  /// What begins `shift` bytes behind the body's beginning.
  Piece piece_of(std::string text, int64_t shift) const {
    return {std::move(text), body_.shift + shift, body_.has_places, body_.place, body_.level};
  }

  void expression(size_t from, size_t end) {
    if (from >= end || is_variable(from, end)) return;
    const bool is_constant = end == from + 1 && !tokens_[from].is_name();
    if (!is_constant) read_sql(piece("SELECT ", from, end), names_);
  }
  /// `v`, `v.f`: names nothing else.
  bool is_variable(size_t from, size_t end) const { return end - from <= 3 && is_path(from, end); }
  /// Names with dots between them.
  bool is_path(size_t from, size_t end) const {
    for (size_t i = from; i < end; ++i) {
      const bool fits = (i - from) % 2 == 0 ? tokens_[i].is_name() : tokens_[i].is(".");
      if (!fits) return false;
    }
    return (end - from) % 2 == 1;
  }

  /// `a, b := c`: each without the name before it.
  void arguments(size_t from, size_t end) {
    while (from < end) {
      const size_t comma = find({","}, from, end);
      const bool is_named =
          from + 1 < comma && tokens_[from].is_name() && is_one_of(from + 1, {":=", "=>", "="});
      expression(from + (is_named ? 2 : 0), comma);
      from = comma + 1;
    }
  }

  /// A type, up to `end`.
  void type(size_t from, size_t end) {
    const size_t percent = find({"%"}, from, end);
    if (percent == end) {
      const bool has_name = from < end && !is_one_of(from, {"record", "refcursor"});
      if (has_name) read_sql(piece("SELECT NULL::", from, end), names_);
      return;
    }
    // t%ROWTYPE, t.c%TYPE; v%TYPE and v.f%TYPE are variables.
    const size_t parts = (percent - from + 1) / 2;
    const size_t of_table = is(percent + 1, "rowtype") ? parts : parts - 1;
    if (of_table == 0 || of_table > 2 || !is_path(from, percent) || variables_.contains(tokens_[from].name()))
      return;
    NameUse use;
    use.kind = NameUse::Kind::relation;
    const size_t last = from + 2 * (of_table - 1);
    use.name = of_table == 1 ? ast::Name{"", tokens_[from].name()}
                             : ast::Name{tokens_[from].name(), tokens_[last].name()};
    if (body_.has_places) {
      use.begin = static_cast<size_t>(body_.shift) + tokens_[from].begin;
      use.end = static_cast<size_t>(body_.shift) + tokens_[last].end;
    }
    const ast::Name table = use.name;
    names_.add(std::move(use), place(from));
    if (of_table == parts) return;
    MemberUse column;
    column.name = tokens_[percent - 1].name();
    column.relations = {table};
    names_.add(std::move(column), place(percent - 1), false);
  }

  /// A statement of SQL up to `end`. Blanks take the place of PL/pgSQL's INTO, SELECT that of PERFORM.
  void sql(size_t from, size_t end) {
    if (from >= end) return;
    Piece statement = piece("", from, end);
    const size_t begin = tokens_[from].begin;
    if (is(from, "perform")) statement.sql.replace(0, tokens_[from].text.size(), "SELECT ");
    for (size_t i = from + 1; i < end; ++i) {
      if (!is(i, "into") || is_one_of(i - 1, {"insert", "merge"}) || is(from, "import")) continue;
      const size_t size = tokens_[after_targets(i + 1, end) - 1].end - tokens_[i].begin;
      statement.sql.replace(tokens_[i].begin - begin, size, size, ' ');
      break;
    }
    read_sql(statement, names_);
  }

  /// Behind `[STRICT] a, b.c[1]`, which begins at `from`.
  size_t after_targets(size_t from, size_t end) const {
    size_t i = from;
    if (is(i, "strict")) ++i;
    for (bool more = true; more && i < end;) {
      i = after_variable(i, end);
      more = i < end && is(i, ",");
      if (more) ++i;
    }
    return std::max(i, from);
  }
  size_t after_variable(size_t i, size_t end) const {
    if (i < end) ++i;
    while (i < end) {
      if (is(i, ".") && i + 1 < end) {
        i += 2;
      } else if (is(i, "[")) {
        i = std::min(find({"]"}, i + 1, end) + 1, end);
      } else {
        break;
      }
    }
    return i;
  }

  /// What EXECUTE runs, up to `end`: readable where it is one string.
  void dynamic(size_t from, size_t end) {
    if (from >= end) throw Lost{};
    const Token& first = tokens_[from];
    if (end != from + 1 || first.kind != Token::Kind::string) {
      names_.unread(place(from), "EXECUTE runs SQL that is put together at run time");
      return expression(from, end);
    }
    const Content content = plain_content(body_.sql, first.begin);
    const size_t delimiter = content.begin - first.begin;
    Piece run = piece_of({}, 0);
    run.place = place(from);
    if (content.begin < content.end && content.end + delimiter == first.end) {
      run.sql = body_.sql.substr(content.begin, content.end - content.begin);
      run.shift += static_cast<int64_t>(content.begin);
    } else if (first.text[0] == '\'' && first.text.find('\n') == std::string_view::npos) {
      run.sql = undoubled(first.text);
      run.has_places = false;
    } else {
      return names_.unread(run.place, "EXECUTE runs a string with escapes");
    }
    read_sql(run, names_);
  }
  static std::string undoubled(std::string_view literal) {
    std::string text;
    for (size_t i = 1; i + 1 < literal.size(); ++i) {
      text.push_back(literal[i]);
      if (literal[i] == '\'') ++i;
    }
    return text;
  }
  /// `EXECUTE ... [INTO target] [USING ...]`, without the first word.
  void execute(size_t end) {
    const size_t first = find({"into", "using"}, at_, end);
    dynamic(at_, first);
    for (size_t i = first; i < end;) {
      const size_t next = find({"into", "using"}, i + 1, end);
      if (is(i, "using")) arguments(i + 1, next);
      i = next;
    }
  }
  /// A query, or EXECUTE.
  void query(size_t end) {
    if (accept("execute")) return execute(end);
    sql(at_, end);
  }

  // --- PL/pgSQL

  /// `#variable_conflict use_column` at the head.
  void options() {
    while (is("#")) {
      const size_t line_end = std::min(body_.sql.find('\n', tokens_[at_].begin), body_.sql.size());
      while (at_ < tokens_.size() && tokens_[at_].begin < line_end) ++at_;
    }
  }
  void labels() {
    while (is("<<") && is(at_ + 2, ">>")) at_ += 3;
  }

  void block() {
    while (accept("declare")) declarations();
    expect("begin");
    statements();
    if (accept("exception")) {
      while (accept("when")) {
        at_ = until({"then"}) + 1;
        statements();
      }
    }
    expect("end");
    if (at_ < tokens_.size() && tokens_[at_].is_name()) ++at_;
  }

  void declarations() {
    while (at_ < tokens_.size() && !is("begin") && !is("declare")) declaration();
  }
  void declaration() {
    if (!tokens_[at_].is_name()) throw Lost{};
    declare(tokens_[at_]);
    ++at_;
    const size_t end = end_of_statement();
    const size_t cursor = find({"cursor"}, at_, std::min(at_ + 3, end));
    if (is("alias")) return leave(end);
    if (cursor < std::min(at_ + 3, end)) {
      at_ = cursor + 1;
      return declared_cursor(end);
    }
    accept("constant");
    const size_t value = find({"default", ":=", "="}, at_, end);
    type(at_, find({"collate", "not"}, at_, value));
    if (value < end) expression(value + 1, end);
    leave(end);
  }
  /// `[(a int, b text)] FOR query`
  void declared_cursor(size_t end) {
    if (is("(")) {
      const size_t close = find({")"}, at_ + 1, end);
      for (size_t i = at_ + 1; i < close;) {
        const size_t comma = find({","}, i, close);
        declare(tokens_[i]);
        type(i + 1, find({"default", ":=", "="}, i + 1, comma));
        i = comma + 1;
      }
      at_ = close + 1;
    }
    if (!accept("for")) expect("is");
    sql(at_, end);
    leave(end);
  }

  /// Up to the word that ends them, which stays.
  void statements() {
    if (++depth_ > deepest) throw Lost{};
    while (at_ < tokens_.size()) {
      if (is_one_of(at_, {"end", "else", "elsif", "elseif", "when", "exception"}) && !is_assignment(at_))
        break;
      statement();
    }
    --depth_;
  }

  /// `a.b[1] :=`
  bool is_assignment(size_t at) const {
    if (at >= tokens_.size()) return false;
    const bool is_parameter = tokens_[at].text[0] == '$' && tokens_[at].kind == Token::Kind::other;
    if (!tokens_[at].is_name() && !is_parameter) return false;
    return is_one_of(after_variable(at, tokens_.size()), {":=", "="});
  }

  void statement() {
    labels();
    if (at_ == tokens_.size()) throw Lost{};
    if (is_assignment(at_)) return assignment();
    const std::string word = tokens_[at_].kind == Token::Kind::word ? tokens_[at_].name() : "";
    if (word == "declare" || word == "begin") {
      block();
      return expect(";");
    }
    if (word == "if") return branches();
    if (word == "case") return cases();
    if (word == "loop") return loop(at_ + 1);
    if (word == "while") {
      ++at_;
      const size_t end = until({"loop"});
      expression(at_, end);
      return loop(end + 1);
    }
    if (word == "for") return for_loop();
    if (word == "foreach") return foreach_loop();

    const size_t first = at_;
    const size_t end = end_of_statement();
    if (word == "return") {
      returned(end);
    } else if (word == "raise") {
      raised(end);
    } else if (word == "execute") {
      ++at_;
      execute(end);
    } else if (word == "assert") {
      arguments(first + 1, end);
    } else if (word == "exit" || word == "continue") {
      const size_t condition = find({"when"}, first, end);
      if (condition < end) expression(condition + 1, end);
    } else if (word == "open") {
      open_cursor(end);
    } else if (word != "null" && word != "get" && word != "fetch" && word != "move" && word != "close" &&
               word != "commit" && word != "rollback") {
      sql(first, end);
    }
    leave(end);
  }

  void assignment() {
    const size_t end = end_of_statement();
    const size_t sign = after_variable(at_, end);
    for (size_t i = at_; i < sign; ++i) {
      if (is(i, "[")) {
        const size_t close = find({"]"}, i + 1, sign);
        const size_t colon = find({":"}, i + 1, close);
        expression(i + 1, colon);
        expression(std::min(colon + 1, close), close);
        i = close;
      }
    }
    expression(sign + 1, end);
    leave(end);
  }

  void branches() {
    do {
      ++at_;
      const size_t end = until({"then"});
      expression(at_, end);
      at_ = end + 1;
      statements();
    } while (is("elsif") || is("elseif"));
    if (accept("else")) statements();
    expect("end");
    expect("if");
    expect(";");
  }

  void cases() {
    ++at_;
    const size_t first = until({"when"});
    expression(at_, first);
    at_ = first;
    while (accept("when")) {
      const size_t end = until({"then"});
      arguments(at_, end);
      at_ = end + 1;
      statements();
    }
    if (accept("else")) statements();
    expect("end");
    expect("case");
    expect(";");
  }

  void loop(size_t body) {
    at_ = body;
    statements();
    expect("end");
    expect("loop");
    leave(end_of_statement());
  }

  void for_loop() {
    ++at_;
    const size_t in = until({"in"});
    for (size_t i = at_; i < in; ++i) {
      if (tokens_[i].is_name()) declare(tokens_[i]);
    }
    at_ = in + 1;
    accept("reverse");
    const size_t end = until({"loop"});
    const size_t dots = find({".."}, at_, end);
    if (dots < end) {
      const size_t by = find({"by"}, dots + 1, end);
      expression(at_, dots);
      expression(dots + 1, by);
      expression(std::min(by + 1, end), end);
    } else if (tokens_[at_].is_name() && (at_ + 1 == end || is(at_ + 1, "(")) && !is("execute")) {
      if (at_ + 1 < end) arguments(at_ + 2, end - 1);  // an open cursor's
    } else {
      query(end);
    }
    loop(end + 1);
  }

  void foreach_loop() {
    ++at_;
    at_ = until({"in"}) + 1;
    expect("array");
    const size_t end = until({"loop"});
    expression(at_, end);
    loop(end + 1);
  }

  void returned(size_t end) {
    ++at_;
    if (accept("next")) return expression(at_, end);
    if (accept("query")) return query(end);
    expression(at_, end);
  }

  /// `RAISE [level] ['format' [, value]...] [USING name = value, ...]`
  void raised(size_t end) {
    const size_t using_ = find({"using"}, at_, end);
    const size_t values = find({","}, at_, using_);
    if (values < using_) arguments(values + 1, using_);
    if (using_ < end) arguments(using_ + 1, end);
  }

  void open_cursor(size_t end) {
    const size_t for_ = find({"for"}, at_, end);
    if (for_ < end) {
      at_ = for_ + 1;
      return query(end);
    }
    const size_t open = std::min(find({"("}, at_, end), end);
    if (open < end) arguments(open + 1, end - 1);
  }

  Piece body_;
  std::set<std::string, std::less<>> variables_;
  NameCollector& names_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

void read_plpgsql(const Piece& body, const std::set<std::string, std::less<>>& variables,
                  NameCollector& names) {
  Reader(body, variables, names).read();
}

}  // namespace pg2crdb::transform
