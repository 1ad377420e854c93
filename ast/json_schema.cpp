#include <map>
#include <set>
#include <vector>

#include "ast/document.h"
#include "ast/document_fields.h"
#include "ast/enum_words.h"
#include "ast/field_values.h"
#include "support/json.h"

namespace pg2crdb::ast {
namespace {

/// Writes one definition a struct, each once, from the fields that the reader reads.
class SchemaWriter {
 public:
  std::string finish() {
    const std::string root = object<json::Envelope>(false);
    std::string out = R"({
"$schema": "https://json-schema.org/draft/2020-12/schema",
"title": "The syntax tree of pg2crdb",
"description": "What `pg2crdb ast --format json` writes and `pg2crdb compile --ast` reads; docs/ast.md explains it. A member that is left out is empty: false, no text, an empty list, the first word of its enum, or the value under `default`.",
)";
    out += root.substr(1, root.size() - 2) + ",\n\"$defs\": {";
    out += R"(
"text": {"anyOf": [{"type": "string"}, {"type": "object", "description": "bytes that are not UTF-8", "required": ["hex"], "properties": {"hex": {"type": "string", "pattern": "^([0-9a-f]{2})*$"}}, "additionalProperties": false}]})";
    for (const auto& [name, definition] : definitions_) {
      out += ",\n";
      append_json_string(out, name);
      out += ": " + definition;
    }
    return out + "\n}\n}\n";
  }

 private:
  template <class T>
  static std::string name_of() {
    std::string name(Fields<T>::name);
    if (IsRecord<T>) name = "envelope." + name.substr(name.rfind(':') + 1);
    return name;
  }

  static std::string reference(const std::string& name) { return "{\"$ref\": \"#/$defs/" + name + "\"}"; }

  /// The schema of a value of type T; its definitions are noted on the way.
  template <class T>
  std::string value() {
    if constexpr (is_box<T>) {
      return value<std::decay_t<decltype(*std::declval<T&>())>>();
    } else if constexpr (is_optional<T>) {
      return value<typename T::value_type>();
    } else if constexpr (is_vector<T>) {
      return "{\"type\": \"array\", \"items\": " + value<typename T::value_type>() + "}";
    } else if constexpr (is_wrapper<T>) {
      return one_of<decltype(T::node)>(std::string(Fields<T>::name), true);
    } else if constexpr (is_variant<T>) {
      constexpr std::string_view name = std::is_same_v<T, StatementNode>  ? "StatementNode"
                                        : std::is_same_v<T, AlterCommand> ? "AlterCommand"
                                                                          : "RowStatementNode";
      return one_of<T>(std::string(name), false);
    } else if constexpr (Fields<T>::known) {
      define<T>(HasOffset<T>);
      return reference(name_of<T>());
    } else if constexpr (std::is_same_v<T, std::string>) {
      return reference("text");
    } else if constexpr (std::is_same_v<T, bool>) {
      return R"({"type": "boolean"})";
    } else if constexpr (std::is_enum_v<T>) {
      std::string words;
      for (const std::string_view word : all_enum_words<T>()) {
        words += words.empty() ? "" : ", ";
        append_json_string(words, word);
      }
      return "{\"enum\": [" + words + "]}";
    } else {
      return std::is_signed_v<T> ? R"({"type": "integer"})" : R"({"type": "integer", "minimum": 0})";
    }
  }

  template <class T>
  void define(bool with_offset) {
    // A node may stand as one of several, which has an offset, and as a member, which has none.
    const bool first = definitions_.try_emplace(name_of<T>()).second;
    const bool first_with_offset = with_offset && with_offset_.insert(name_of<T>()).second;
    if (first || first_with_offset) definitions_[name_of<T>()] = object<T>(with_offset);
  }

  /// The alternatives of a variant: the member `node` says which.
  template <class Variant>
  std::string one_of(const std::string& name, bool with_offset) {
    const auto [it, inserted] = definitions_.try_emplace(name);
    if (inserted) it->second = alternatives(static_cast<Variant*>(nullptr), with_offset);
    return reference(name);
  }

  template <class... T>
  std::string alternatives(const OneOf<T...>*, bool with_offset) {
    std::string names, branches;
    const auto add = [&](const std::string& name) {
      names += (names.empty() ? "\"" : ", \"") + name + "\"";
      branches += (branches.empty() ? "\n" : ",\n") +
                  std::string(R"({"if": {"properties": {"node": {"const": ")") + name + R"("}}}, "then": )" +
                  reference(name) + "}";
    };
    ((define<T>(with_offset || HasOffset<T>), add(name_of<T>())), ...);
    return R"({"type": "object", "required": ["node"], "properties": {"node": {"enum": [)" + names +
           "]}}, \"allOf\": [" + branches + "\n]}";
  }

  /// The parts of an object's schema. No template, so that it is compiled once and not for each field.
  struct ObjectParts {
    std::string required;
    std::string properties;

    void add(std::string_view name, std::string schema, bool is_required, std::string_view more) {
      if (name == "schema_version") schema = "{\"const\": " + std::to_string(Document::current_version) + "}";
      schema.insert(schema.size() - 1, more);
      if (!properties.empty()) properties += ", ";
      append_json_string(properties, name);
      properties += ": " + schema;
      if (!is_required) return;
      if (!required.empty()) required += ", ";
      append_json_string(required, name);
    }

    std::string text() const {
      return "{\"type\": \"object\", \"required\": [" + required + "], \"properties\": {" + properties +
             "}, \"additionalProperties\": false}";
    }
  };

  /// What a reader could not guess: the value of a member that is left out.
  template <class T>
  static std::string default_of(const T& value) {
    if constexpr (std::is_integral_v<T>) {
      if (value == T{}) return {};
      return ", \"default\": " + (std::is_same_v<T, bool> ? "true" : std::to_string(value));
    } else {
      return {};
    }
  }

  template <class T>
  std::string object(bool with_offset) {
    static const T standard{};
    ObjectParts parts;
    if (!IsRecord<T>) parts.add("node", "{\"const\": \"" + std::string(Fields<T>::name) + "\"}", true, {});
    if (with_offset) {
      parts.add("offset",
                R"({"type": "integer", "description": "bytes from the beginning of the statement"})", false,
                {});
    }
    const auto add = [&](const auto& field) {
      using Member = std::decay_t<decltype(standard.*(field.member))>;
      const bool filled = is_vector<Member> && field.required && !IsRecord<T>;
      parts.add(field.name, value<Member>(), field.required,
                field.required ? (filled ? ", \"minItems\": 1" : "") : default_of(standard.*(field.member)));
    };
    std::apply([&](const auto&... field) { (add(field), ...); }, Fields<T>::list);
    return parts.text();
  }

  std::map<std::string, std::string> definitions_;
  std::set<std::string> with_offset_;
};

}  // namespace

std::string document_schema() {
  return SchemaWriter().finish();
}

}  // namespace pg2crdb::ast
