#include <map>
#include <set>
#include <vector>

#include "ast/document.h"
#include "ast/document_fields.h"
#include "ast/reflect.h"
#include "support/json.h"

namespace pg2crdb::ast {
namespace {

/// Writes one definition a struct, each once, from the fields that the reader reads.
class SchemaWriter {
 public:
  std::string finish() {
    const std::string root = object(type_info<json::Envelope>(), false);
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
  static std::string name_of(const TypeInfo& type) {
    const std::string name(type.name);
    return type.is_record ? "envelope." + name.substr(name.rfind(':') + 1) : name;
  }

  static std::string reference(const std::string& name) { return "{\"$ref\": \"#/$defs/" + name + "\"}"; }

  /// The schema of a value; its definitions are noted on the way.
  std::string value(const TypeInfo& type) {
    using Kind = TypeInfo::Kind;
    switch (type.kind) {
      case Kind::box:
        return value(*type.element);
      case Kind::vector:
        return "{\"type\": \"array\", \"items\": " + value(*type.element) + "}";
      case Kind::variant:
        return one_of(type, &type == &type_info<StatementNode>() ? "StatementNode" : "AlterCommand", false);
      case Kind::structure:
        if (type.is_wrapper())
          return one_of(*type.fields[0].type, name_of(type), type.offset_field.type != nullptr);
        define(type, type.offset_field.type != nullptr);
        return reference(name_of(type));
      case Kind::text:
        return reference("text");
      case Kind::boolean:
        return R"({"type": "boolean"})";
      case Kind::integer:
        return type.is_signed ? R"({"type": "integer"})" : R"({"type": "integer", "minimum": 0})";
      case Kind::enumeration:
        break;
    }
    std::string words;
    for (const std::string_view word : type.words) {
      words += words.empty() ? "" : ", ";
      append_json_string(words, word);
    }
    return "{\"enum\": [" + words + "]}";
  }

  void define(const TypeInfo& type, bool with_offset) {
    // A node may stand as one of several, which has an offset, and as a member, which has none.
    const bool first = definitions_.try_emplace(name_of(type)).second;
    const bool first_with_offset = with_offset && with_offset_.insert(name_of(type)).second;
    if (first || first_with_offset) definitions_[name_of(type)] = object(type, with_offset);
  }

  /// The alternatives of a variant: the member `node` says which.
  std::string one_of(const TypeInfo& variant, const std::string& name, bool with_offset) {
    if (!definitions_.try_emplace(name).second) return reference(name);
    std::string names, branches;
    for (const TypeInfo* type : variant.alternatives) {
      define(*type, with_offset || type->offset_field.type != nullptr);
      const std::string one = name_of(*type);
      names += (names.empty() ? "\"" : ", \"") + one + "\"";
      branches += (branches.empty() ? "\n" : ",\n") +
                  std::string(R"({"if": {"properties": {"node": {"const": ")") + one + R"("}}}, "then": )" +
                  reference(one) + "}";
    }
    definitions_[name] = R"({"type": "object", "required": ["node"], "properties": {"node": {"enum": [)" +
                         names + "]}}, \"allOf\": [" + branches + "\n]}";
    return reference(name);
  }

  /// The parts of an object's schema.
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
  static std::string default_of(const TypeInfo& type, const void* value) {
    const bool is_boolean = type.kind == TypeInfo::Kind::boolean;
    if ((!is_boolean && type.kind != TypeInfo::Kind::integer) || type.number(value) == 0) return {};
    return ", \"default\": " + (is_boolean ? "true" : std::to_string(type.number(value)));
  }

  std::string object(const TypeInfo& type, bool with_offset) {
    ObjectParts parts;
    if (!type.is_record) parts.add("node", "{\"const\": \"" + std::string(type.name) + "\"}", true, {});
    if (with_offset) {
      parts.add("offset",
                R"({"type": "integer", "description": "bytes from the beginning of the statement"})", false,
                {});
    }
    for (const FieldInfo& field : type.fields) {
      const bool filled = field.type->kind == TypeInfo::Kind::vector && !type.is_record;
      parts.add(field.name, value(*field.type), field.required,
                field.required ? (filled ? ", \"minItems\": 1" : "")
                               : default_of(*field.type, field.member(type.fresh)));
    }
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
