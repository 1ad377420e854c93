#include "rewrite/rule_table.h"

#include <concepts>
#include <type_traits>
#include <utility>

#include "support/result.h"

namespace pg2crdb::rewrite {
namespace {

using ast::TypeInfo;

/// Appends numbers, seven bits a byte, and texts with their length in front.
class Writer {
 public:
  static constexpr bool reads = false;

  /// Findings are pointed to by rules; a table holds their places.
  explicit Writer(std::vector<FindingKind>& findings) : findings_(findings) {}

  void number(uint64_t& value) {
    for (uint64_t rest = value;; rest >>= 7) {
      if (rest < 0x80) {
        bytes_ += static_cast<char>(rest);
        return;
      }
      bytes_ += static_cast<char>((rest & 0x7f) | 0x80);
    }
  }
  void text(std::string_view& value) {
    uint64_t size = value.size();
    number(size);
    bytes_ += value;
  }
  void finding(const FindingKind*& rule) {
    uint64_t place = rule == nullptr ? 0 : static_cast<uint64_t>(rule - findings_.data()) + 1;
    number(place);
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::vector<FindingKind>& findings_;
  std::string bytes_;
};

class Reader {
 public:
  static constexpr bool reads = true;

  Reader(std::vector<FindingKind>& findings, std::string_view bytes) : findings_(findings), bytes_(bytes) {}

  void number(uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(cut(1)[0]);
      value |= uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return;
    }
    throw damaged();
  }
  void text(std::string_view& value) {
    uint64_t size = 0;
    number(size);
    value = cut(size);
  }
  void finding(const FindingKind*& rule) {
    uint64_t place = 0;
    number(place);
    if (place > findings_.size()) throw damaged();
    rule = place == 0 ? nullptr : &findings_[place - 1];
  }
  /// Each element takes a byte at least.
  void expect(uint64_t elements) const {
    if (elements > bytes_.size()) throw damaged();
  }
  void expect_end() const {
    if (!bytes_.empty()) throw damaged();
  }
  static InternalError damaged() { return InternalError("the table of a rule file is damaged"); }

 private:
  std::string_view cut(uint64_t size) {
    if (size > bytes_.size()) throw damaged();
    const std::string_view piece = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return piece;
  }

  std::vector<FindingKind>& findings_;
  std::string_view bytes_;
};

// What a value consists of, for both directions. The names in brackets are all fields of a struct: one that
// is added does not compile until it is in the table.

template <class Archive, class... Parts>
void all(Archive& archive, Parts&... parts) {
  (transfer(archive, parts), ...);
}

template <class Archive, class T>
requires std::is_integral_v<T> || std::is_enum_v<T>
void transfer(Archive& archive, T& value) {
  // The sign goes to the lowest bit, so that small negative numbers are short too.
  const auto wide = static_cast<int64_t>(value);
  uint64_t bits = (static_cast<uint64_t>(wide) << 1) ^ static_cast<uint64_t>(wide >> 63);
  archive.number(bits);
  if constexpr (Archive::reads)
    value = static_cast<T>(static_cast<int64_t>(bits >> 1) ^ -static_cast<int64_t>(bits & 1));
}
template <class Archive>
void transfer(Archive& archive, std::string_view& text) {
  archive.text(text);
}
template <class Archive>
void transfer(Archive& archive, std::string& text) {
  std::string_view view = text;
  archive.text(view);
  if constexpr (Archive::reads) text = view;
}
template <class Archive, class T>
void transfer(Archive& archive, std::vector<T>& list) {
  uint64_t size = list.size();
  archive.number(size);
  if constexpr (Archive::reads) {
    archive.expect(size);
    list.reserve(size);
    for (uint64_t i = 0; i < size; ++i) transfer(archive, list.emplace_back());
  } else {
    for (T& element : list) transfer(archive, element);
  }
}
template <class Archive, class T>
void transfer(Archive& archive, std::optional<T>& value) {
  bool there = value.has_value();
  transfer(archive, there);
  if (!there) return;
  // Not emplace(), which clang refuses for a class within the class that holds the optional.
  if constexpr (Archive::reads) value = T();
  transfer(archive, *value);
}
template <class Archive>
void transfer(Archive& archive, Regex& regex) {
  std::string text = regex.text();
  transfer(archive, text);
  if constexpr (Archive::reads) regex = Regex(std::move(text));
}

template <class Archive>
void transfer(Archive& archive, const TypeInfo*& type) {
  uint64_t place = type == nullptr ? 0 : type->id + 1;
  archive.number(place);
  if constexpr (Archive::reads) {
    if (place > ast::type_count()) throw Reader::damaged();
    type = place == 0 ? nullptr : &ast::type_with_id(place - 1);
  }
}

/// A node of the tree. One that is read is fresh: empty, as its type makes it.
template <class Archive>
void transfer_tree(Archive& archive, const TypeInfo& type, void* node) {
  using Kind = TypeInfo::Kind;
  switch (type.kind) {
    case Kind::structure:
      for (const ast::FieldInfo& field : type.fields) transfer_tree(archive, *field.type, field.member(node));
      return;
    case Kind::variant: {
      uint64_t index = type.index(node);
      archive.number(index);
      if constexpr (Archive::reads) {
        if (index >= type.alternatives.size()) throw Reader::damaged();
        type.emplace(node, index);
      }
      transfer_tree(archive, *type.alternatives[index], type.held(node));
      return;
    }
    case Kind::vector: {
      uint64_t size = type.size(node);
      archive.number(size);
      for (uint64_t i = 0; i < size; ++i) {
        if constexpr (Archive::reads) type.insert(node, i, type.element->make().get());
        transfer_tree(archive, *type.element, type.at(node, i));
      }
      return;
    }
    case Kind::box: {
      bool there = type.inside(node) != nullptr;
      transfer(archive, there);
      if (there) transfer_tree(archive, *type.element, type.fill(node));
      return;
    }
    case Kind::text:
      transfer(archive, *static_cast<std::string*>(node));
      return;
    case Kind::boolean:
    case Kind::integer:
    case Kind::enumeration: {
      int64_t number = type.number(node);
      transfer(archive, number);
      if constexpr (Archive::reads) type.set_number(node, number);
      return;
    }
  }
}

template <class Archive>
void transfer(Archive& archive, Place& value) {
  auto& [begin, end] = value;
  all(archive, begin, end);
}
template <class Archive>
void transfer(Archive& archive, Fragment& value) {
  auto& [type, node, variables, place] = value;
  all(archive, type, variables, place);
  if (type == nullptr) return;
  if constexpr (Archive::reads) node = type->make();
  transfer_tree(archive, *type, node.get());
}
template <class Archive>
void transfer(Archive& archive, Match& value) {
  auto& [type, pattern, kinds, table, column, place] = value;
  all(archive, type, pattern, kinds, table, column, place);
}
template <class Archive>
void transfer(Archive& archive, Template::Part& value) {
  auto& [text, variable, path] = value;
  all(archive, text, variable, path);
}
template <class Archive>
void transfer(Archive& archive, Template& value) {
  auto& [parts] = value;
  all(archive, parts);
}
template <class Archive>
void transfer(Archive& archive, Value& value) {
  auto& [kind, text, path, argument, place] = value;
  bool has_argument = argument != nullptr;
  all(archive, kind, text, path, has_argument, place);
  if (!has_argument) return;
  if constexpr (Archive::reads) argument = std::make_shared<Value>();
  transfer(archive, *argument);
}
template <class Archive>
void transfer(Archive& archive, Condition& value) {
  auto& [kind, parts, left, right, op, negated, options, regex, needed, captured, place] = value;
  all(archive, kind, parts, left, right, op, negated, options, regex, needed, captured, place);
}
template <class Archive>
void transfer(Archive& archive, Version& value) {
  auto& [major, minor, patch] = value;
  all(archive, major, minor, patch);
}
template <class Archive>
void transfer(Archive& archive, TargetCondition& value) {
  auto& [kind, parts, op, version, capability, lacks] = value;
  all(archive, kind, parts, op, version, capability, lacks);
}
template <class Archive>
void transfer(Archive& archive, Action& value) {
  auto& [kind, path, fragment, text, regex, phase, place] = value;
  all(archive, kind, path, fragment, text, regex, phase, place);
}
template <class Archive>
void transfer(Archive& archive, Placement& value) {
  auto& [side, pass] = value;
  all(archive, side, pass);
}
template <class Archive>
void transfer(Archive& archive, FindingKind& value) {
  auto& [id, severity, category, summary, advice] = value;
  all(archive, id, severity, category, summary, advice);
}
template <class Archive>
void transfer(Archive& archive, RewriteRule& value) {
  // `file` is the path of the rule file, and not its table's to know. Who runs `tests` reads the text.
  auto& [name, touches_as, finding, matches, condition, target, actions, say, about, once, tests, placement,
         file, line, place] = value;
  archive.finding(finding);
  all(archive, name, touches_as, matches, condition, target, actions, say, about, once, placement, line,
      place);
}
template <class Archive>
void transfer(Archive& archive, RuleFile::Header& value) {
  auto& [summary, category, fidelity, in_order] = value;
  all(archive, summary, category, fidelity, in_order);
}
template <class Archive>
void transfer(Archive& archive, RuleFile& value) {
  // `strings` hold what findings point to that were read from a text.
  auto& [path, text, header, findings, rules, strings] = value;
  all(archive, header, findings, rules);
}

}  // namespace

std::string to_table(const RuleFile& file) {
  // Only reading changes what is transferred.
  auto& unchanged = const_cast<RuleFile&>(file);
  Writer writer(unchanged.findings);
  transfer(writer, unchanged);
  return writer.take();
}

std::unique_ptr<RuleFile> from_table(std::string path, std::string_view table) {
  auto file = std::make_unique<RuleFile>();
  file->path = std::move(path);
  Reader reader(file->findings, table);
  transfer(reader, *file);
  reader.expect_end();
  for (RewriteRule& rule : file->rules) rule.file = file->path;
  return file;
}

}  // namespace pg2crdb::rewrite
