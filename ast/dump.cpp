#include "ast/dump.h"

#include "ast/reflect.h"
#include "support/json.h"

namespace pg2crdb::ast {
namespace {

struct TreeDumper {
  std::string out;
  int depth = 0;

  void line(std::string_view field, std::string_view text) {
    out.append(static_cast<size_t>(depth) * 2, ' ');
    if (!field.empty()) out.append(field).append(": ");
    out.append(text).push_back('\n');
  }

  void value(std::string_view field, const TypeInfo& type, void* v) {
    using Kind = TypeInfo::Kind;
    switch (type.kind) {
      case Kind::box:
        return value(field, *type.element, type.inside(v));
      case Kind::variant:
        return value(field, *type.alternatives[type.index(v)], type.held(v));
      case Kind::structure:
        if (&type == &type_info<Name>()) return line(field, to_string(*static_cast<const Name*>(v)));
        if (type.is_wrapper()) return value(field, *type.fields[0].type, type.fields[0].member(v));
        line(field, type.name);
        ++depth;
        for (const FieldInfo& one : type.fields) {
          if (is_shown(type, one, v)) value(one.name, *one.type, one.member(v));
        }
        --depth;
        return;
      case Kind::vector:
        line(field, std::to_string(type.size(v)) + (type.size(v) == 1 ? " entry" : " entries"));
        ++depth;
        for_each_part(type, v, [&](const TypeInfo& element, void* item) { value("-", element, item); });
        --depth;
        return;
      case Kind::text: {
        std::string quoted;
        append_json_string(quoted, *static_cast<const std::string*>(v));
        return line(field, quoted);
      }
      case Kind::boolean:
        return line(field, type.number(v) != 0 ? "true" : "false");
      case Kind::enumeration:
        return line(field, type.words[static_cast<size_t>(type.number(v))]);
      case Kind::integer:
        return line(field, std::to_string(type.number(v)));
    }
  }
};

}  // namespace

std::string dump_tree(const Statement& statement) {
  TreeDumper dumper;
  dumper.value("", type_info<StatementNode>(), const_cast<StatementNode*>(&statement.node));
  return std::move(dumper.out);
}

}  // namespace pg2crdb::ast
