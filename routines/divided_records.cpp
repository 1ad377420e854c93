// A record that several queries fill, one after the other: each of them gets one of its own.
#include "routines/divided_records.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "ast/walk.h"
#include "parser/sql_tokens.h"
#include "routines/renames.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

/// A query that fills the record, and where the record has its row: from `begin` on to the end of the
/// statements that it stands among, and inside of a loop.
struct Source {
  std::vector<Variable>* targets = nullptr;
  int32_t place = 0;
  int32_t inside = -1;  ///< of a loop: where its statements begin
  int32_t begin = 0;
  int32_t end = 0;
  std::string name = {};
  bool is_used_behind = false;  ///< a loop's, behind the loop
};

class Divided {
 public:
  Divided(Conversion& conversion, std::string name) : conversion_(conversion), name_(std::move(name)) {}

  std::vector<std::string> run() {
    std::vector<std::string> names;
    read_loops();
    if (!read_sources() || sources_.size() < 2 || !has_sources_alone() || !uses(false)) return names;
    for (Source& source : sources_) {
      source.name = conversion_.new_name(name_);
      names.push_back(source.name);
    }
    uses(true);
    for (Source& source : sources_) {
      (*source.targets)[0].names[0] = source.name;
      ast::TypeName type;
      type.name.name = "record";
      conversion_.declare(source.name, std::move(type));
      if (source.is_used_behind || source.inside < 0) conversion_.made_of[source.name] = name_;
    }
    std::erase_if(conversion_.body.block.declarations,
                  [&](const Declaration& one) { return one.name == name_; });
    return names;
  }

 private:
  bool is_target(const std::vector<Variable>& targets) const {
    return targets.size() == 1 && targets[0].names == std::vector{name_};
  }

  bool read_sources() {
    bool good = true;
    each_part(conversion_.body, [&](Statements& statements) {
      for (Statement& one : statements.list) {
        auto* run = std::get_if<RunSql>(&one.node);
        auto* loop = std::get_if<ForRows>(&one.node);
        Source source;
        if (run != nullptr && is_target(run->into.targets)) source.targets = &run->into.targets;
        if (loop != nullptr && is_target(loop->targets)) source.targets = &loop->targets;
        if (source.targets == nullptr) continue;
        good = good && one.offset >= 0;
        source.place = one.offset;
        source.begin = one.end;
        source.end = statements.list.back().end;
        if (loop != nullptr && !loop->statements.list.empty())
          source.inside = loop->statements.list.front().offset;
        sources_.push_back(std::move(source));
      }
    });
    std::ranges::sort(sources_, {}, &Source::place);
    return good;
  }

  void read_loops() {
    each_part(conversion_.body, [&](Statement& one) {
      const bool is_loop =
          std::holds_alternative<Loop>(one.node) || std::holds_alternative<While>(one.node) ||
          std::holds_alternative<ForRange>(one.node) || std::holds_alternative<ForRows>(one.node) ||
          std::holds_alternative<ForCursor>(one.node) || std::holds_alternative<Foreach>(one.node);
      if (is_loop) loops_.push_back({one.offset, one.end});
    });
  }

  /// Nothing else sets it, or a field of it.
  bool has_sources_alone() const {
    size_t named = 0;
    each_part(conversion_.body, [&](Variable& one) { named += one.names[0] == name_ ? 1 : 0; });
    bool is_looped = false;
    each_part(conversion_.body, [&](ForCursor& one) { is_looped = is_looped || one.variable == name_; });
    return named == sources_.size() && !is_looped;
  }

  /// Whose row is read there; null where that may be one of several.
  Source* owner(int32_t place) {
    Source* found = nullptr;
    for (Source& one : sources_) {
      const bool is_inside = one.inside >= 0 && one.inside <= place && place < one.begin;
      if (is_inside || (one.begin <= place && place < one.end)) found = &one;
    }
    if (place < 0 || found == nullptr) return nullptr;
    // One that stands between may have filled it, or not.
    const bool is_only = std::ranges::none_of(sources_, [&](const Source& one) {
      return &one != found && found->place < one.place && one.begin <= place;
    });
    // In a loop that goes on with what it was filled with in the turn before, it is not the one before the
    // loop.
    const bool is_filled_again = std::ranges::any_of(loops_, [&](const Range& loop) {
      const bool begins_with_it = loop.begin <= found->place && found->place < loop.end;
      return loop.has(place) && !begins_with_it &&
             std::ranges::any_of(sources_, [&](const Source& one) { return loop.has(one.place); });
    });
    if (!is_only || is_filled_again) return nullptr;
    found->is_used_behind = found->is_used_behind || place >= found->begin;
    return found;
  }

  /// Whether each use has one owner; or gives it that one's name.
  bool uses(bool rename) {
    bool good = true;
    ast::Visitor look;
    look.expr = [&](ast::Expr& expr) {
      auto* ref = std::get_if<ast::ColumnRef>(&expr.node);
      if (ref == nullptr || ref->names.empty() || ref->names[0] != name_) return;
      const Source* source = owner(expr.offset);
      good = good && source != nullptr;
      if (rename && source != nullptr) ref->names[0] = source->name;
    };
    walk_part(conversion_.body, look);
    const auto text = [&](ast::Opaque& sql, int32_t place) {
      bool is_named = false;
      for (const transform::Token& token : transform::scan(sql.text).tokens)
        is_named = is_named || (token.is_name() && token.name() == name_);
      if (!is_named) return;
      const Source* source = owner(place);
      good = good && source != nullptr;
      if (rename && source != nullptr) Renaming(conversion_, name_, source->name).rename(sql);
    };
    each_part(conversion_.body, [&](StaticSql& one) {
      if (auto* sql = std::get_if<ast::Opaque>(&one.statement)) text(*sql, one.offset);
    });
    each_part(conversion_.body, [&](Value& one) {
      if (auto* sql = std::get_if<ast::Opaque>(&one.node)) text(*sql, one.offset);
    });
    return good;
  }

  struct Range {
    int32_t begin = 0;
    int32_t end = 0;
    bool has(int32_t place) const { return begin <= place && place < end; }
  };

  Conversion& conversion_;
  const std::string name_;
  std::vector<Source> sources_;
  std::vector<Range> loops_;
};

}  // namespace

std::vector<std::string> divide_record(Conversion& conversion, const std::string& name) {
  if (conversion.names_in_from().contains(name)) return {};
  return Divided(conversion, name).run();
}

}  // namespace pg2crdb::routines
