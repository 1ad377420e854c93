#include "routines/edit.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "ast/body_parts.h"
#include "ast/reflect.h"
#include "emit/plpgsql.h"
#include "parser/sql_tokens.h"
#include "routines/word_changes.h"
#include "support/ascii.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

constexpr Dialect cockroachdb = Dialect::cockroachdb;

struct Range {
  size_t begin = 0;
  size_t end = 0;
};

template <class Part>
Range range_of(const Part& part) {
  return {static_cast<size_t>(part.offset), static_cast<size_t>(part.end)};
}

bool is_blank_line_part(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

/// What an edit of one body needs to know of its text.
class Written {
 public:
  Written(const std::string& text, const Body& read) : text_(text) {
    auto& body = const_cast<Body&>(read);
    each_part(body, [this](Statement& one) {
      if (one.offset >= 0) statements_.emplace(one.offset, &one);
    });
    each_part(body, [this](Value& one) {
      if (one.offset >= 0 && one.end > one.offset) values_.emplace(one.offset, &one);
    });
    const transform::ScannedSql scanned = transform::scan(text);
    tokens_ = scanned.tokens;
    const auto add = [this](const transform::Token& token) {
      if (token.text.find('\n') != std::string_view::npos) in_lines_.push_back({token.begin, token.end});
    };
    for (const transform::Token& token : scanned.tokens) {
      if (token.kind == transform::Token::Kind::string || token.kind == transform::Token::Kind::quoted_word)
        add(token);
      if (token.is("begin") && begin_ == std::string::npos) begin_ = token.begin;
      if (token.is("declare") && begin_ == std::string::npos) declares_ = true;
    }
    for (const transform::Token& comment : scanned.comments) {
      add(comment);
      comments_.push_back({comment.begin, comment.end});
    }
  }

  const std::string& text() const { return text_; }
  const std::vector<transform::Token>& tokens() const { return tokens_; }
  std::string_view slice(Range range) const {
    return std::string_view(text_).substr(range.begin, range.end - range.begin);
  }
  const Statement* statement(int32_t offset) const { return find(statements_, offset); }
  const Value* value(int32_t offset) const { return find(values_, offset); }
  bool has_comments(Range range) const {
    return std::ranges::any_of(
        comments_, [&](const Range& one) { return range.begin <= one.begin && one.end <= range.end; });
  }
  bool is_comment(size_t at) const {
    return std::ranges::any_of(comments_, [&](const Range& one) { return one.begin <= at && at < one.end; });
  }
  /// Whether a line that begins there is one of a string or a comment.
  bool is_inside(size_t line) const {
    return std::ranges::any_of(in_lines_,
                               [&](const Range& one) { return one.begin < line && line < one.end; });
  }
  size_t line_begin(size_t at) const {
    const size_t end = at == 0 ? std::string::npos : text_.rfind('\n', at - 1);
    return end == std::string::npos ? 0 : end + 1;
  }
  /// The blanks that the line of a place begins with.
  std::string_view indentation(size_t at) const {
    const size_t begin = line_begin(at);
    size_t end = begin;
    while (end < at && is_blank_line_part(text_[end])) ++end;
    return slice({begin, end});
  }
  /// Where the first BEGIN stands.
  size_t begin() const { return begin_; }
  /// Whether DECLARE stands before it.
  bool declares() const { return declares_; }

 private:
  template <class Part>
  static const Part* find(const std::map<int32_t, const Part*>& parts, int32_t offset) {
    const auto found = parts.find(offset);
    return found == parts.end() ? nullptr : found->second;
  }

  const std::string& text_;
  std::map<int32_t, const Statement*> statements_;
  std::map<int32_t, const Value*> values_;
  std::vector<transform::Token> tokens_;
  std::vector<Range> in_lines_;  ///< strings and comments of several lines
  std::vector<Range> comments_;
  size_t begin_ = std::string::npos;
  bool declares_ = false;
};

/// What has to be written over a part of a body so that one tree becomes the other.
class Editor {
 public:
  /// `shift`: by how many columns more the part is indented than it was.
  Editor(const Written& written, const std::vector<TextEdit>& words, int shift)
      : written_(written), words_(words), shift_(shift) {
    kept_.statement = [this](const Statement& one, int margin) { return kept(one, margin); };
    kept_.value = [this](const Value& one) { return kept(one); };
  }
  Editor(const Editor&) = delete;
  Editor& operator=(const Editor&) = delete;

  bool body(const Body& read, const Body& now) {
    if (read.block.label != now.block.label) return false;
    options(read.options, now.options);
    if (read.block.declarations.empty() && !now.block.declarations.empty()) {
      if (written_.begin() == std::string::npos) return false;
      std::string text = written_.declares() ? "" : "DECLARE\n";
      for (const Declaration& one : now.block.declarations)
        text += "  " + to_plpgsql(one, cockroachdb, 2, kept_) + "\n";
      edits_.push_back({written_.begin(), written_.begin(), std::move(text)});
    } else if (!list(read.block.declarations, now.block.declarations)) {
      return false;
    }
    return edit(read.block.statements, now.block.statements) && edit(read.block.handlers, now.block.handlers);
  }

  /// What is left of the text between two places.
  std::string applied(Range range) {
    for (const TextEdit& word : words_) {
      const bool is_written = std::ranges::any_of(edits_, [&](const TextEdit& one) {
        return one.begin <= word.begin && word.end <= one.end && one.begin < one.end;
      });
      if (!is_written && range.begin <= word.begin && word.end <= range.end) edits_.push_back(word);
    }
    indent(range);
    std::ranges::stable_sort(edits_, {}, &TextEdit::begin);
    std::string result;
    size_t at = range.begin;
    for (const TextEdit& one : edits_) {
      result += written_.slice({at, one.begin});
      result += one.text;
      at = one.end;
    }
    return result.append(written_.slice({at, range.end}));
  }

  /// Whether the text of one node becomes that of the other by edits inside it.
  template <class Node>
  bool edit(const Node& read, const Node& now) {
    return edit(ast::type_info<Node>(), &read, &now);
  }

 private:
  bool edit(const ast::TypeInfo& type, const void* read, const void* now) {
    const std::optional<bool> edited =
        by_type<Value, StaticSql, VariableType, Statement, Declaration, Handler, Statements,
                std::vector<Declaration>, Comments>(type, read, now);
    return edited ? *edited : parts(type, read, now);
  }
  template <class... Nodes>
  std::optional<bool> by_type(const ast::TypeInfo& type, const void* read, const void* now) {
    std::optional<bool> edited;
    const auto take = [&]<class Node>(const Node* was, const Node* is) {
      if (!edited && &type == &ast::type_info<Node>()) edited = node(*was, *is);
    };
    (take(static_cast<const Nodes*>(read), static_cast<const Nodes*>(now)), ...);
    return edited;
  }
  bool parts(const ast::TypeInfo& type, const void* read, const void* now) {
    using Kind = ast::TypeInfo::Kind;
    void* const was = const_cast<void*>(read);
    void* const is = const_cast<void*>(now);
    if (type.kind == Kind::structure)
      return std::ranges::all_of(type.fields, [&](const ast::FieldInfo& field) {
        return edit(*field.type, field.member(read), field.member(now));
      });
    if (type.kind == Kind::variant)
      return type.index(was) == type.index(is) &&
             edit(*type.alternatives[type.index(was)], type.held(was), type.held(is));
    if (type.kind == Kind::vector) {
      if (type.size(was) != type.size(is)) return false;
      for (size_t i = 0; i < type.size(was); ++i) {
        if (!edit(*type.element, type.at(was, i), type.at(is, i))) return false;
      }
      return true;
    }
    if (type.kind == Kind::box && type.inside(was) != nullptr && type.inside(is) != nullptr)
      return edit(*type.element, type.inside(was), type.inside(is));
    return ast::equal(type, read, now);
  }

  bool node(const Value& read, const Value& now) { return value(read, now); }
  bool node(const StaticSql& read, const StaticSql& now) { return is_same(read, now); }
  bool node(const VariableType& read, const VariableType& now) {
    return equal(read, now) && !differs_in_cockroachdb(now);
  }
  bool node(const Statement& read, const Statement& now) { return part(read, now); }
  bool node(const Declaration& read, const Declaration& now) { return part(read, now); }
  bool node(const Handler& read, const Handler& now) {
    return conditions(read, now) && edit(read.statements, now.statements);
  }
  bool node(const Statements& read, const Statements& now) { return list(read.list, now.list); }
  bool node(const std::vector<Declaration>& read, const std::vector<Declaration>& now) {
    return list(read, now);
  }
  bool node(const Comments&, const Comments&) { return true; }

  /// What stands between WHEN and THEN.
  bool conditions(const Handler& read, const Handler& now) {
    if (edit(read.conditions, now.conditions)) return true;
    const std::vector<transform::Token>& tokens = written_.tokens();
    const auto when = std::ranges::lower_bound(tokens, static_cast<size_t>(std::max(read.offset, 0)), {},
                                               &transform::Token::begin);
    const auto then = std::find_if(when, tokens.end(), [](const auto& one) { return one.is("then"); });
    if (read.offset < 0 || then == tokens.end() || !when->is("when")) return false;
    if (written_.has_comments({when->end, then->begin})) return false;
    edits_.push_back({when->end, then->begin, " " + to_plpgsql(now.conditions, cockroachdb) + " "});
    return true;
  }

  /// The lines that are gone; each begins with a #.
  void options(const std::vector<CompilerOption>& read, const std::vector<CompilerOption>& now) {
    size_t at = 0;
    for (const CompilerOption& option : read) {
      at = written_.text().find('#', at);
      while (written_.is_comment(at)) at = written_.text().find('#', at + 1);
      const size_t end = behind_option(option, at);
      const bool stays = std::ranges::any_of(now, [&](const CompilerOption& one) {
        return one.name == option.name && one.value == option.value;
      });
      if (!stays) take_out({at, end});
      at = end;
    }
  }

  /// Whether the text says what it did, but for words that are edited in it.
  template <class Sql>
  bool is_same(const Sql& read, const Sql& now) {
    if (equal(read, now)) return !differs_in_cockroachdb(now);
    if (differs_in_cockroachdb(read)) return false;
    Sql taken = read;
    WordChanges changes(written_.tokens());
    changes.take_over(taken, now);
    if (!equal(taken, now)) return false;
    edits_.insert(edits_.end(), changes.edits().begin(), changes.edits().end());
    return true;
  }

  /// What follows may stand in the same line.
  size_t behind_option(const CompilerOption& option, size_t at) const {
    const std::string folded = lower(written_.text());
    const size_t name = folded.find(lower(option.name), at);
    const size_t value =
        name == std::string::npos ? name : folded.find(lower(option.value), name + option.name.size());
    const size_t line_end = std::min(written_.text().find('\n', at), written_.text().size());
    return value == std::string::npos || option.value.empty() ? line_end : value + option.value.size();
  }

  bool value(const Value& read, const Value& now) {
    if (is_same(read, now)) return true;
    if (read.offset < 0 || read.end < 0) return false;
    const Range range = range_of(read);
    if (written_.has_comments(range)) return false;
    edits_.push_back(
        {range.begin, range.end, to_plpgsql(now, cockroachdb, margin(range.begin), written_.slice(range))});
    return true;
  }

  /// A statement or a declaration: what differs in it, or else all of it.
  template <class Part>
  bool part(const Part& read, const Part& now) {
    const size_t before = edits_.size();
    bool same = read.comments.behind == now.comments.behind || now.comments.behind.empty();
    if constexpr (std::is_same_v<Part, Declaration>) same = same && read.name == now.name;
    if (same && edit(read.node, now.node)) return true;
    edits_.resize(before);
    if (read.offset < 0) return false;
    write(std::vector{&read}, std::vector{&now}, range_of(read));
    return true;
  }

  /// Those that came from the text stand in the order that they had there.
  template <class Part>
  bool list(const std::vector<Part>& read, const std::vector<Part>& now) {
    std::vector<const Part*> pending;
    size_t at = 0;
    for (const Part& one : now) {
      size_t found = at;
      while (found < read.size() && (one.offset < 0 || read[found].offset != one.offset)) ++found;
      if (found == read.size()) {
        pending.push_back(&one);
        continue;
      }
      if (!between(read, at, found, pending)) return false;
      pending.clear();
      if (!edit(read[found], one)) return false;
      at = found + 1;
    }
    return between(read, at, read.size(), pending);
  }

  /// What stands where the old ones from `first` to before `last` did.
  template <class Part>
  bool between(const std::vector<Part>& read, size_t first, size_t last,
               const std::vector<const Part*>& now) {
    std::vector<const Part*> gone;
    for (size_t i = first; i < last; ++i) gone.push_back(&read[i]);
    if (gone.empty() && now.empty()) return true;
    if (gone.empty() && read.empty()) return false;
    if (gone.empty()) {
      const bool behind = first == read.size();
      const Range next_to = range_of(read[behind ? first - 1 : first]);
      std::string text = all(now, {}, margin(next_to.begin));
      const std::string line_end = "\n" + std::string(static_cast<size_t>(margin(next_to.begin)), ' ');
      const size_t end = behind_comment(next_to.end);
      if (behind) close_line(text, {next_to.begin, end});
      if (behind)
        edits_.push_back({end, end, line_end + text});
      else
        edits_.push_back({next_to.begin, next_to.begin, text + line_end});
      return true;
    }
    for (size_t i = 0; i < gone.size(); ++i) {
      if (gone[i]->offset < 0) return false;
      if (i == 0 && !now.empty())
        write(gone, now, range_of(*gone[0]));
      else
        take_out(range_of(*gone[i]));
    }
    return true;
  }

  /// With its line, where that has nothing else.
  void take_out(Range range) {
    const size_t begin = written_.line_begin(range.begin);
    const std::string& text = written_.text();
    size_t end = range.end;
    while (end < text.size() && is_blank_line_part(text[end])) ++end;
    const bool has_line = begin + written_.indentation(range.begin).size() == range.begin &&
                          end < text.size() && text[end] == '\n';
    edits_.push_back({has_line ? begin : range.begin, has_line ? end + 1 : end, ""});
  }

  template <class Part>
  void write(const std::vector<const Part*>& gone, const std::vector<const Part*>& now, Range range) {
    std::string text = all(now, gone, margin(range.begin));
    close_line(text, range);
    edits_.push_back({range.begin, range.end, std::move(text)});
  }

  /// The end of a line that nothing but a comment stands in behind a place; else the place.
  size_t behind_comment(size_t at) const {
    const std::string& text = written_.text();
    size_t end = at;
    while (end < text.size() && (is_blank_line_part(text[end]) || written_.is_comment(end))) ++end;
    return end > at && (end == text.size() || text[end] == '\n' || text[end - 1] == '\n')
               ? end - (text[end - 1] == '\n' ? 1 : 0)
               : at;
  }

  /// A comment at the end must not take what follows in the line.
  void close_line(std::string& text, Range range) const {
    const size_t last = text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n');
    const size_t next = written_.text().find_first_not_of(" \t\r", range.end);
    const bool ends = next == std::string::npos || written_.text()[next] == '\n';
    if (!ends && text.find("--", last) != std::string::npos)
      text += "\n" + std::string(static_cast<size_t>(margin(range.begin)), ' ');
  }

  template <class Part>
  std::string all(const std::vector<const Part*>& parts, const std::vector<const Part*>& gone, int margin) {
    std::string text;
    for (const Part* part : parts) {
      Part one = *part;
      one.comments = without_those_outside(std::move(one.comments), gone);
      one.after_blank_line = one.after_blank_line && !text.empty();
      if (!text.empty()) text += "\n" + std::string(static_cast<size_t>(margin), ' ');
      text += to_plpgsql(one, cockroachdb, margin, kept_);
    }
    return text;
  }

  /// Comments around what is written over stay where they are.
  template <class Part>
  Comments without_those_outside(Comments comments, const std::vector<const Part*>& gone) const {
    for (const Part* one : gone) {
      if (one->offset < 0) continue;
      const std::string_view inside = written_.slice(range_of(*one));
      std::erase_if(comments.before, [&](const std::string& comment) {
        return std::ranges::find(one->comments.before, comment) != one->comments.before.end() &&
               inside.find(comment) == std::string_view::npos;
      });
      if (comments.behind == one->comments.behind) comments.behind.clear();
    }
    return comments;
  }

  /// Columns of the indentation that the line of a place has now.
  int margin(size_t at) const {
    return std::max(0, static_cast<int>(written_.indentation(at).size()) + shift_);
  }

  std::optional<std::string> kept(const Statement& now, int margin) const {
    const Statement* read = now.offset < 0 ? nullptr : written_.statement(now.offset);
    if (read == nullptr) return std::nullopt;
    const Range range = range_of(*read);
    Editor inside(written_, words_, margin - static_cast<int>(written_.indentation(range.begin).size()));
    if (!inside.edit(read->node, now.node)) return std::nullopt;
    return inside.applied(range);
  }
  std::optional<std::string> kept(const Value& now) const {
    const Value* read = now.offset < 0 ? nullptr : written_.value(now.offset);
    if (read == nullptr) return std::nullopt;
    const Range range = range_of(*read);
    Editor inside(written_, words_, 0);
    if (!inside.is_same(*read, now) || written_.has_comments(range)) return std::nullopt;
    return inside.applied(range);
  }

  /// The lines of a part move with it.
  void indent(Range range) {
    if (shift_ == 0) return;
    const std::string& text = written_.text();
    const size_t was = written_.indentation(range.begin).size();
    for (size_t at = text.find('\n', range.begin); at < range.end; at = text.find('\n', at + 1)) {
      const size_t line = at + 1;
      size_t end = line;
      while (end < text.size() && is_blank_line_part(text[end])) ++end;
      const bool is_written = std::ranges::any_of(
          edits_, [&](const TextEdit& one) { return one.begin <= line && line < one.end; });
      if (is_written || written_.is_inside(line) || end >= range.end || text[end] == '\n') continue;
      if (shift_ > 0)
        edits_.push_back({line, line, std::string(static_cast<size_t>(shift_), ' ')});
      else
        edits_.push_back({line, line + std::min({end - line, was, static_cast<size_t>(-shift_)}), ""});
    }
  }

  const Written& written_;
  const std::vector<TextEdit>& words_;
  int shift_;
  KeptText kept_;
  std::vector<TextEdit> edits_;
};

}  // namespace

std::string edited(const std::string& text, const Body& read, const Body& body,
                   const std::vector<TextEdit>& words) {
  const Written written(text, read);
  Editor editor(written, words, 0);
  if (editor.body(read, body)) return editor.applied({0, text.size()});
  return "\n" + to_plpgsql(body, cockroachdb);
}

}  // namespace pg2crdb::routines
