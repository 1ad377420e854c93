// Runs while building: predictions_writer OUTPUT.cpp
// Writes what grammar/predictions.h declares: ANTLR's simulation is asked about every decision and every
// token, and behind those that leave several alternatives about every token again.
#include <CockroachDBParser.h>
#include <CockroachPlPgSqlParser.h>

#include <cstdio>
#include <exception>
#include <fstream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

#include "grammar/predictions.h"

namespace pg2crdb {
namespace {

using antlr4::dfa::DFAState;

/// Further ahead only few statements look.
constexpr size_t most_tokens = 3;
constexpr size_t most_states = 200;  // of a decision

class SqlParser final : public antlr::CockroachDBParser {
 public:
  using CockroachDBParser::CockroachDBParser;
  // Releases differ behind words that every release reads: no decision asks.
  bool has(Capability) override { return true; }
  bool until(Capability) override { return true; }
};

using Row = std::vector<uint16_t>;  // by token type, the end of the input at 0

class Explorer final : public antlr4::atn::ParserATNSimulator {
 public:
  Explorer(antlr4::Parser* its_parser, const antlr4::atn::ATN& its_atn,
           std::vector<antlr4::dfa::DFA>& decisions, antlr4::atn::PredictionContextCache& contexts)
      : ParserATNSimulator(its_parser, its_atn, decisions, contexts) {
    setPredictionMode(antlr4::atn::PredictionMode::SLL);
  }

  std::vector<size_t> starts;                           // by decision
  std::vector<Row> rows = {Row(atn.maxTokenType + 1)};  // the first is nobody's

  void explore() {
    for (size_t i = 0; i < decisionToDFA.size(); ++i) explore(i);
    if (rows.size() >= Predictions::decided) throw std::runtime_error("there are too many states");
  }

 private:
  struct Known {
    DFAState* state = nullptr;
    size_t tokens = 0;  // that lead to it
  };

  void explore(size_t decision) {
    _dfa = &decisionToDFA[decision];
    if (_dfa->isPrecedenceDfa())
      throw std::runtime_error("a rule is left-recursive: its decisions have no tables");
    const size_t start = rows.size();
    auto configs = computeStartState(_dfa->atnStartState, &antlr4::ParserRuleContext::EMPTY, false);
    std::vector<Known> known = {{addDFAState(*_dfa, new DFAState(std::move(configs))), 0}};
    std::unordered_map<DFAState*, size_t> row_of = {{known[0].state, start}};
    for (size_t i = 0; i < known.size(); ++i) {
      Row& row = rows.emplace_back(atn.maxTokenType + 1);
      for (size_t type = 0; type <= atn.maxTokenType; ++type) {
        DFAState* next = computeTargetState(*_dfa, known[i].state, type == 0 ? antlr4::Token::EOF : type);
        if (next == ERROR.get()) continue;
        if (next->isAcceptState) {
          if (next->predicates.empty())
            row[type] = static_cast<uint16_t>(Predictions::decided | next->prediction);
          continue;
        }
        auto found = row_of.find(next);
        if (found == row_of.end()) {
          if (known[i].tokens + 1 == most_tokens || known.size() == most_states) continue;
          found = row_of.emplace(next, start + known.size()).first;
          known.push_back({next, known[i].tokens + 1});
        }
        row[type] = static_cast<uint16_t>(found->second);
      }
    }
    starts.push_back(start);
  }
};

template <class Number>
std::string numbers(const std::vector<Number>& values) {
  std::string out;
  for (size_t i = 0; i < values.size(); ++i)
    out += (i % 24 == 0 ? "\n  " : " ") + std::to_string(values[i]) + ",";
  return out;
}

// The tables of one grammar, in a namespace of their own.
std::string tables(antlr4::Parser& parser, const std::string& name) {
  const antlr4::atn::ATN& atn = parser.getATN();
  std::vector<antlr4::dfa::DFA> decisions;
  for (size_t i = 0; i < atn.getNumberOfDecisions(); ++i) decisions.emplace_back(atn.getDecisionState(i), i);
  antlr4::atn::PredictionContextCache contexts;
  Explorer explorer(&parser, atn, decisions, contexts);
  explorer.explore();
  const std::vector<Row>& rows = explorer.rows;

  // Token types with the same column are one class.
  std::map<std::vector<uint16_t>, size_t> known;
  std::vector<size_t> classes;
  std::vector<size_t> examples;  // a token type of each class
  for (size_t type = 0; type <= atn.maxTokenType; ++type) {
    std::vector<uint16_t> column;
    for (const Row& row : rows) column.push_back(row[type]);
    const auto [found, fresh] = known.emplace(std::move(column), examples.size());
    if (fresh) examples.push_back(type);
    classes.push_back(found->second);
  }
  std::vector<uint16_t> entries;
  for (const Row& row : rows) {
    for (const size_t type : examples) entries.push_back(row[type]);
  }
  return "namespace of_" + name + " {\nstatic constexpr uint16_t starts[] = {" + numbers(explorer.starts) +
         "\n};\nstatic constexpr uint16_t classes[] = {" + numbers(classes) +
         "\n};\nstatic constexpr uint16_t rows[] = {" + numbers(entries) + "\n};\n}\nconst Predictions " +
         name + " = {of_" + name + "::starts, " + std::to_string(decisions.size()) + ", of_" + name +
         "::classes, " + std::to_string(examples.size()) + ", of_" + name + "::rows};\n\n";
}

void write(const std::string& output) {
  SqlParser sql(nullptr);  // they read nothing
  antlr::CockroachPlPgSqlParser plpgsql(nullptr);
  std::ofstream stream(output, std::ios::binary);
  stream << "// Made of grammar/CockroachDB.g4 and grammar/CockroachPlPgSql.g4.\n#include "
            "\"grammar/predictions.h\"\n\n"
         << "namespace pg2crdb {\n\n"
         << tables(sql, "predictions") << tables(plpgsql, "body_predictions") << "}  // namespace pg2crdb\n";
  if (!stream.flush()) throw std::runtime_error("cannot write " + output);
}

}  // namespace
}  // namespace pg2crdb

int main(int count, char** words) {
  try {
    if (count != 2) throw std::runtime_error("usage: predictions_writer OUTPUT.cpp");
    pg2crdb::write(words[1]);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "predictions_writer: %s\n", problem.what());
    return 1;
  }
  return 0;
}
