#include "grammar/body_reader.h"

#include <CockroachDBParser.h>
#include <CockroachPlPgSqlParser.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "grammar/describe.h"
#include "grammar/reading.h"

namespace pg2crdb {
namespace {

using Sql = antlr::CockroachDBParser;
using PlPgSql = antlr::CockroachPlPgSqlParser;
using Start = SqlReader::Start;

/// A run of tokens that is SQL of its own.
struct Run {
  Start start = Start::expression;
  bool executed = false;  ///< may have INTO
  size_t begin = 0, end = 0;
};

/// A form that the target does not have.
struct Mark {
  Capability missing{};
  std::string what;
  bool parses = false;
  size_t token = 0;
};

class Parser final : public LimitedParser<PlPgSql> {
 public:
  Parser(antlr4::TokenStream* tokens, const Target& target) : LimitedParser(tokens), target_(target) {}

  void refused(Capability capability, const char* what) override {
    mark(capability, what, false, read() - 1);
  }
  void unmade(Capability capability, const char* what) override { mark(capability, what, true, read() - 1); }
  void refused_here(Capability capability, const char* what) override {
    mark(capability, what, false, getContext()->start->getTokenIndex());
  }
  void type_read() override { add_run(Start::type, false); }
  void expression_read() override { add_run(Start::expression, false); }
  void statement_read() override { add_run(Start::statement, false); }
  void executed_read() override { add_run(Start::statement, true); }
  void unread() override { runs.pop_back(); }

  void start() {
    LimitedParser::start();
    runs.clear();
    marks.clear();
  }

  std::vector<Run> runs;
  std::vector<Mark> marks;

 private:
  size_t read() { return getInputStream()->index(); }
  void mark(Capability capability, const char* what, bool parses, size_t token) {
    if (!target_.has(capability)) marks.push_back({capability, what, parses, token});
  }
  void add_run(Start start, bool executed) {
    runs.push_back({start, executed, getContext()->start->getTokenIndex(), read()});
  }

  const Target& target_;
};

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return out;
}

constexpr const char* keyword_variable = "a variable that is named like a word of PL/pgSQL";
// Words that are no keywords of CockroachDB.g4, or not in this release, are looked up by their text.
constexpr size_t longest_word = 30;

/// First words of the statements that a routine of CockroachDB may run.
constexpr std::string_view statements_of_routines[] = {
    "(", "CALL", "DELETE", "DO", "INSERT", "SELECT", "TABLE", "UPDATE", "UPSERT", "VALUES", "WITH"};

/// The tokens of one body, in both grammars.
struct Body {
  std::string_view text;
  const std::vector<ScannedToken>& sql;
  const std::vector<ScannedToken>& plpgsql;

  std::string_view token(size_t index) const {
    return text.substr(sql[index].begin, sql[index].end - sql[index].begin);
  }
};

}  // namespace

class BodyReader::Parts {
 public:
  Parts(const Target& target, SqlReader& sql)
      : target_(target),
        sql_(sql),
        frame_(body_predictions, target),
        literals_(literals_of(frame_.parser.getVocabulary())) {
    std::unordered_map<std::string_view, uint16_t> known;
    for (size_t type = 0; type < literals_.size(); ++type) {
      if (!literals_[type].empty()) known.emplace(literals_[type], static_cast<uint16_t>(type));
    }
    const std::vector<std::string>& names = sql.literals();
    types_.assign(names.size(), PlPgSql::OTHER);
    for (size_t type = 0; type < names.size(); ++type) {
      if (names[type].empty()) continue;
      const bool word = names[type][0] >= 'A' && names[type][0] <= 'Z';
      if (word) types_[type] = PlPgSql::WORD;
      const auto found = known.find(names[type]);
      if (found == known.end()) continue;
      types_[type] = found->second;
    }
    for (const size_t type : {Sql::IDENT, Sql::NO_TYPE, Sql::LOCALE, Sql::INDEX_DEFINITION})
      types_[type] = PlPgSql::WORD;
    types_[Sql::SCONST] = PlPgSql::STRING;
    types_[Sql::ICONST] = PlPgSql::NUMBER;
    types_[Sql::PLACEHOLDER] = PlPgSql::PARAMETER;
    for (const auto& [literal, type] : known) others_.emplace(literal, type);
  }

  std::vector<BodyProblem> check_plpgsql(std::string_view text) {
    problems_.clear();
    if (!scan(text)) return std::move(problems_);
    const Body body{text, scanned_, mapped_};
    frame_.take(mapped_, text.size());
    const bool parses = read(antlr4::atn::PredictionMode::SLL) ||
                        (!frame_.parser.too_deep && read(antlr4::atn::PredictionMode::LL));
    for (const Mark& mark : frame_.parser.marks) add(body, mark);
    look_for_error(body);
    const std::vector<Run>& runs = frame_.parser.runs;
    for (const Run& run : runs) look_for_forms(body, run);
    if (problems_.empty()) {
      for (const Run& run : runs) check(body, run);
    } else {
      for (const Run& run : runs) {
        if (run.executed) look_for_definition(body, run.begin, run.end);
      }
    }
    if (!parses) explain(body);
    return sorted();
  }

  std::vector<BodyProblem> check_sql(std::string_view text) {
    problems_.clear();
    if (!scan(text)) return std::move(problems_);
    const Body body{text, scanned_, mapped_};
    for (size_t begin = 0; begin < scanned_.size();) {
      size_t end = begin;
      while (end < scanned_.size() && body.token(end) != ";") ++end;
      if (begin < end) {
        look_for_with(body, begin, end);
        if (check(Start::statement, body, {scanned_.data() + begin, end - begin}))
          look_for_definition(body, begin, end);
      }
      begin = end + 1;
    }
    return sorted();
  }

 private:
  bool read(antlr4::atn::PredictionMode mode) {
    return frame_.parses(mode, [](Parser& parser) { parser.body(); });
  }

  std::vector<BodyProblem> sorted() {
    std::ranges::stable_sort(problems_, {}, &BodyProblem::offset);
    return std::move(problems_);
  }

  bool scan(std::string_view text) {
    if (auto problem = sql_.scanner().scan(text, scanned_)) {
      add(std::move(*problem));
      return false;
    }
    mapped_.clear();
    for (const ScannedToken& token : scanned_)
      mapped_.push_back(
          {type_of(token, text.substr(token.begin, token.end - token.begin)), token.begin, token.end});
    return true;
  }

  uint16_t type_of(const ScannedToken& token, std::string_view text) const {
    const bool open = token.type == Sql::IDENT || token.type == Sql::UNKNOWN || token.type == Sql::LOCALE;
    if (text.starts_with('"')) return PlPgSql::WORD;
    if (open && text.size() <= longest_word) {
      if (const auto found = others_.find(upper(text)); found != others_.end()) return found->second;
    }
    return types_[token.type];
  }

  BodyProblem& add(SyntaxProblem&& problem) {
    BodyProblem& added = problems_.emplace_back();
    static_cast<SyntaxProblem&>(added) = std::move(problem);
    return added;
  }

  void add(const Body& body, const Mark& mark) {
    BodyProblem& problem = problems_.emplace_back();
    problem.offset = body.sql[mark.token].begin;
    problem.length = body.sql[mark.token].end - body.sql[mark.token].begin;
    problem.form = mark.what;
    problem.missing = mark.missing;
    problem.parses = mark.parses;
    problem.message = fmt::format("{} is not in this release of CockroachDB", mark.what);
    const CapabilityInfo& row = info(mark.missing);
    problem.hint = row.since ? fmt::format("Since CockroachDB {}: {}.", to_string(*row.since), row.sentence)
                             : fmt::format("In no release: {}.", row.sentence);
  }

  void mark(const Body& body, Capability capability, std::string what, bool parses, size_t token) {
    if (!target_.has(capability)) add(body, Mark{capability, std::move(what), parses, token});
  }

  void explain(const Body& body) {
    FirstError& errors = *frame_.errors;
    const auto refusal = [&] { return Refusal{body.text, body.sql, literals_, errors.at, errors.expected}; };
    if (frame_.parser.too_deep) {
      errors.at = frame_.stream.index();
      add(describe_depth(refusal()));
      return;
    }
    errors.explaining = true;
    read(antlr4::atn::PredictionMode::LL);
    errors.explaining = false;
    add(describe_in_body(refusal()));
  }

  // Those that show without the SQL being read.
  void look_for_forms(const Body& body, const Run& run) {
    if (run.start == Start::type && is(body, run.end - 1, "RECORD"))
      mark(body, Capability::plpgsql_record, "a RECORD variable", true, run.begin);
    if (run.start != Start::type) look_for_with(body, run.begin, run.end);
    if (run.executed) cut_targets(body, run);
  }

  void check(const Body& body, const Run& run) {
    if (!run.executed) {
      check(run.start, body, {body.sql.data() + run.begin, run.end - run.begin});
    } else {
      cut_targets(body, run);
      if (check(run.start, body, statement_)) look_for_definition(body, run.begin, run.end);
    }
  }

  bool check(Start start, const Body& body, std::span<const ScannedToken> tokens) {
    auto problem = sql_.check(start, body.text, tokens);
    if (!problem) return true;
    const bool from =
        start == Start::expression && upper(body.text.substr(problem->offset, problem->length)) == "FROM";
    if (start == Start::type) {
      problem->offset = tokens.front().begin;
      problem->length = tokens.back().end - tokens.front().begin;
      problem->message =
          fmt::format("`{}` is no type of CockroachDB", body.text.substr(problem->offset, problem->length));
    }
    BodyProblem& added = add(std::move(*problem));
    if (!from) return false;
    added.missing = Capability::plpgsql_value_from;
    added.form = "a value with FROM";
    added.hint = fmt::format("In no release: {}.", info(Capability::plpgsql_value_from).sentence);
    return false;
  }

  static bool is(const Body& body, size_t at, std::string_view word) {
    const std::string_view text = body.token(at);
    return text.size() == word.size() && upper(text) == word;
  }

  // A name of one's own.
  bool is_word(const Body& body, size_t at) const {
    const size_t type = body.plpgsql[at].type;
    return type == PlPgSql::WORD || literals_[type] == "ELSEIF";
  }

  bool is_keyword(const Body& body, size_t at) const {
    const std::string& literal = literals_[body.plpgsql[at].type];
    return !literal.empty() && literal[0] >= 'A' && literal[0] <= 'Z';
  }

  // As CockroachDB does: takes out of the statement what INTO fills, wherever it stands. What is left is
  // `statement_`.
  void cut_targets(const Body& body, const Run& run) {
    statement_.assign(body.sql.begin() + static_cast<ptrdiff_t>(run.begin),
                      body.sql.begin() + static_cast<ptrdiff_t>(run.end));
    bool cut = false;
    for (size_t at = run.begin + 1; at < run.end; ++at) {
      if (!is(body, at, "INTO") || is(body, run.begin, "IMPORT")) continue;
      if (is(body, at - 1, "INSERT") || is(body, at - 1, "UPSERT") || is(body, at - 1, "MERGE")) continue;
      if (cut) {
        refuse(body, at, "INTO stands here a second time");
        return;
      }
      cut = true;
      const size_t begin = at++;
      if (at + 1 < run.end && is(body, at, "STRICT"))
        mark(body, Capability::plpgsql_into_strict, "INTO STRICT", false, at++);
      if (!cut_target(body, at, run.end)) return;
      while (at + 1 < run.end && is(body, at, ",")) {
        if (!cut_target(body, ++at, run.end)) return;
      }
      statement_.erase(statement_.begin() + static_cast<ptrdiff_t>(begin - run.begin),
                       statement_.begin() + static_cast<ptrdiff_t>(at - run.begin));
      --at;
    }
  }

  // `at` goes behind one variable.
  bool cut_target(const Body& body, size_t& at, size_t end) {
    if (at == end) return refuse(body, at - 1, "INTO names no variable");
    if (!is_word(body, at)) {
      if (!is_keyword(body, at)) return refuse(body, at, "INTO fills variables alone");
      mark(body, Capability::plpgsql_keyword_variables, keyword_variable, false, at);
    }
    ++at;
    if (at < end && is(body, at, ".")) mark(body, Capability::plpgsql_into_field, "INTO a field", false, at);
    while (at + 1 < end && is(body, at, ".")) at += 2;
    return true;
  }

  bool refuse(const Body& body, size_t at, std::string message) {
    SyntaxProblem problem;
    problem.offset = body.sql[at].begin;
    problem.length = body.sql[at].end - body.sql[at].begin;
    problem.message = std::move(message);
    add(std::move(problem));
    return false;
  }

  // SET TRANSACTION is about what runs.
  void look_for_definition(const Body& body, size_t begin, size_t end) {
    std::string first = upper(body.token(begin));
    if (std::ranges::find(statements_of_routines, first) != std::end(statements_of_routines)) return;
    for (size_t at = begin + 1; at < std::min(begin + 3, end); ++at) {
      if (first == "SET" && is(body, at, "TRANSACTION")) return;
    }
    mark(body, Capability::plpgsql_ddl, std::move(first), true, begin);
  }

  void look_for_with(const Body& body, size_t begin, size_t end) {
    for (size_t at = begin; at < end; ++at) {
      if (is(body, at, "WITH") && (at == begin || is(body, at - 1, "(")))
        return mark(body, Capability::with_in_bodies, "WITH", false, at);
    }
  }

  // Its scanner marks what it cannot read by a token of the same name as the word's.
  void look_for_error(const Body& body) {
    for (size_t at = 0; at < body.sql.size(); ++at) {
      if (is(body, at, "ERROR"))
        return mark(body, Capability::plpgsql_error_name, "the name error", false, at);
    }
  }

  const Target& target_;
  SqlReader& sql_;
  ParserFrame<Parser, KeptTokens> frame_;
  std::vector<std::string> literals_;
  std::vector<uint16_t> types_;                       // by the token type of CockroachDB.g4
  std::unordered_map<std::string, uint16_t> others_;  // literals that are none there
  std::vector<ScannedToken> scanned_;                 // of CockroachDB.g4
  std::vector<ScannedToken> mapped_;                  // the same, of CockroachPlPgSql.g4
  std::vector<ScannedToken> statement_;
  std::vector<BodyProblem> problems_;
};

BodyReader::BodyReader(const Target& target, SqlReader& sql) : parts_(std::make_unique<Parts>(target, sql)) {}

BodyReader::~BodyReader() = default;

std::vector<BodyProblem> BodyReader::check_plpgsql(std::string_view body) {
  return parts_->check_plpgsql(body);
}

std::vector<BodyProblem> BodyReader::check_sql(std::string_view body) {
  return parts_->check_sql(body);
}

}  // namespace pg2crdb
