// INSERT ... ON CONFLICT DO NOTHING: rows that repeat a key of rows before are not loaded.
#include <algorithm>
#include <array>

#include "ast/describe.h"
#include "ast/sequence_call.h"
#include "bind/domain_default.h"
#include "bind/history.h"
#include "bind/image.h"
#include "rows/canonical.h"
#include "rows/insert.h"
#include "support/ascii.h"

namespace pg2crdb::bind {

using Kind = ast::Constraint::Kind;

namespace {

bool is_one_of(const std::string& name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool begins_as_iso_date(std::string_view text) {
  constexpr std::string_view form = "0000-00-00";
  if (text.size() < form.size()) return false;
  for (size_t i = 0; i < form.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (digit != (form[i] == '0') || (!digit && text[i] != form[i])) return false;
  }
  return true;
}

/// A value as text that is the same for all spellings of it.
struct Comparable {
  std::string text;
  bool sure = true;  ///< other texts are other values
};

Comparable comparable(const ast::TypeName& type, bool is_enum, std::string_view value) {
  const std::string& name = type.name.name;
  const bool modified = !type.modifiers.empty();
  Comparable result;
  const auto in_form = [&](CanonicalForm form, bool sure) {
    append_canonical(result.text, {form}, value);
    result.sure = sure;
    return result;
  };
  if (!type.array_bounds.empty()) return {std::string(value), false};
  if (is_enum || is_one_of(name, {"text", "varchar", "name"})) return {std::string(value)};
  if (is_one_of(name, {"int2", "int4", "int8"})) return in_form(CanonicalForm::number, true);
  if (name == "numeric") return in_form(CanonicalForm::number, !modified);
  if (name == "float4") return in_form(CanonicalForm::float4, true);
  if (name == "float8") return in_form(CanonicalForm::float8, true);
  if (name == "bool") return in_form(CanonicalForm::boolean, true);
  if (name == "bpchar") return in_form(CanonicalForm::blank_padded, true);
  if (name == "bytea") return in_form(CanonicalForm::bytea, true);
  if (name == "date") return {std::string(value), begins_as_iso_date(value) && value.size() == 10};
  if (name == "timestamp") return in_form(CanonicalForm::timestamp, !modified && begins_as_iso_date(value));
  if (name == "timestamptz")
    return in_form(CanonicalForm::timestamptz, !modified && begins_as_iso_date(value));
  if (name == "uuid") {
    result.text = lower(value);
    std::erase_if(result.text, [](char c) { return c == '-' || c == '{' || c == '}'; });
    return result;
  }
  if (name == "citext") {
    const bool ascii =
        std::all_of(value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    return {lower(value), ascii};
  }
  return {std::string(value), false};
}

/// Of a default: whether it gives each row another value that nobody writes by hand.
bool gives_random(const ast::Expr& value) {
  const auto* call = std::get_if<ast::FunctionCall>(&value.node);
  return call != nullptr &&
         is_one_of(call->name.name, {"gen_random_uuid", "uuid_generate_v1", "uuid_generate_v1mc",
                                     "uuid_generate_v4", "uuidv4", "uuidv7"});
}

std::vector<std::string> columns_of(const Image::Key& key) {
  if (!key.is_index) return key.constraint.columns;
  std::vector<std::string> columns;
  for (const ast::IndexElement& element : key.index.elements) columns.push_back(element.column);
  return columns;
}

/// Keys that ON CONFLICT DO NOTHING looks at, where it does not say which.
bool counts_for_all(const Image::Key& key) {
  if (key.is_index) return key.index.unique;
  return key.constraint.kind != Kind::exclude && !key.constraint.deferrable;
}

bool is_whole_column_key(const Image::Key& key) {
  return !key.is_index ||
         (!key.index.where && std::none_of(key.index.elements.begin(), key.index.elements.end(),
                                           [](const auto& one) { return one.column.empty(); }));
}

bool same_columns(std::vector<std::string> left, std::vector<std::string> right) {
  std::sort(left.begin(), left.end());
  std::sort(right.begin(), right.end());
  return left == right;
}

bool are_kept(const ast::DataBlock& block) {
  return block.inserts.size() == block.statements;
}

}  // namespace

/// The type of the values: that of a domain is what it is made of.
ast::TypeName History::base_type(const ast::TypeName& type) const {
  const ast::TypeName* base = &type;
  while (base->array_bounds.empty() && base->name.object != ast::no_object &&
         object(base->name.object).made_here()) {
    const ast::StatementNode& made = context_.script.statements[object(base->name.object).created].node;
    const auto* domain = std::get_if<ast::CreateDomain>(&made);
    if (domain == nullptr) break;
    base = &domain->type;
  }
  return *base;
}

/// What a row has in the columns of a key.
History::KeyValue History::key_value(const SeenKey& key, const std::vector<std::string>& given,
                                     const std::vector<Field>& row,
                                     const std::vector<size_t>& defaults) const {
  KeyValue value;
  for (const ast::Column& column : key.columns) {
    const auto place = std::find(given.begin(), given.end(), column.name);
    const auto index = static_cast<size_t>(place - given.begin());
    if (place == given.end() || index >= row.size()) {
      const ast::Expr* standard =
          column.default_value ? &*column.default_value : domain_default(column, context_.script);
      if (column.identity || (standard != nullptr && ast::nextval_sequence(*standard))) {
        value.drawn = true;
      } else if (column.generated || (standard != nullptr && !gives_random(*standard))) {
        value.unknown = column.name;
      } else if (standard != nullptr) {
        value.random = true;
      } else {
        value.null = true;
      }
      continue;
    }
    if (std::find(defaults.begin(), defaults.end(), index) != defaults.end()) {
      value.unknown = column.name;
      continue;
    }
    if (row[index].null) {
      value.null = true;
      value.text += 'n';
      continue;
    }
    const ast::TypeName type = base_type(column.type);
    const bool is_enum = type.name.object != ast::no_object && object(type.name.object).made_here() &&
                         std::holds_alternative<ast::CreateEnum>(
                             context_.script.statements[object(type.name.object).created].node);
    const Comparable one = comparable(type, is_enum, row[index].text);
    value.sure = value.sure && one.sure;
    value.text += 'v' + std::to_string(one.text.size()) + ':' + one.text;
  }
  return value;
}

/// Whether the row with that value repeats the key of one before. Nothing where that is not known.
std::optional<bool> History::repeats(const SeenKey& key, const KeyValue& value) {
  if ((value.null && !key.nulls_equal) || value.random) return false;
  if (!key.unread.empty()) return std::nullopt;
  const bool none_before = key.values.empty() && !key.drawn;
  if (none_before) return false;
  if (!value.unknown.empty()) return std::nullopt;
  if (value.drawn) return key.values.empty() ? std::optional(false) : std::nullopt;
  if (key.values.contains(value.text)) return true;
  return key.drawn || !key.sure || !value.sure ? std::nullopt : std::optional(false);
}

void History::add(SeenKey& key, const KeyValue& value) {
  if ((value.null && !key.nulls_equal) || value.random) return;
  if (!value.unknown.empty()) key.unread = "`" + value.unknown + "` has its default";
  if (value.drawn) key.drawn = true;
  if (value.drawn || !value.unknown.empty()) return;
  key.values.insert(value.text);
  key.sure = key.sure && value.sure;
}

/// All rows of the table and of the tables that it shares its keys with, up to here.
void History::read_rows_before(SeenKey& key, ObjectId table) {
  std::vector<size_t> blocks;
  for (const ObjectId one : with_partitions(whole_of(table)))
    blocks.insert(blocks.end(), rows_[one].begin(), rows_[one].end());
  std::sort(blocks.begin(), blocks.end());
  const bool goes_on =
      key.blocks.size() <= blocks.size() && std::equal(key.blocks.begin(), key.blocks.end(), blocks.begin());
  if (!goes_on) {
    key.values.clear();
    key.unread.clear();
    key.drawn = false;
    key.sure = true;
  }
  for (size_t i = goes_on ? key.blocks.size() : 0; i < blocks.size(); ++i) {
    const ast::DataBlock& block = context_.script.data[blocks[i]];
    if (!are_kept(block) && block.rows > 0) {
      key.unread = "those in line " + std::to_string(block.first_line) + " are not looked at";
      continue;
    }
    each_row(block, [&](uint64_t, const std::vector<Field>& row, const std::vector<size_t>& defaults) {
      add(key, key_value(key, given_columns(block), row, defaults));
    });
  }
  key.blocks = std::move(blocks);
}

std::vector<std::string> History::given_columns(const ast::DataBlock& block) const {
  if (!block.columns.empty()) return block.columns;
  std::vector<std::string> columns;
  for (const ObjectId id : binder_.names.columns(block.table.object)) columns.push_back(object(id).name.name);
  return columns;
}

/// Those that are loaded.
void History::each_row(
    const ast::DataBlock& block,
    const std::function<void(uint64_t, const std::vector<Field>&, const std::vector<size_t>&)>& look) {
  uint64_t index = 0;
  std::vector<Field> row;
  for (const std::string& insert : block.inserts) {
    InsertReader reader(insert);
    for (; reader.next(row); ++index) {
      if (!std::binary_search(block.skipped.begin(), block.skipped.end(), index))
        look(index, row, reader.defaults());
    }
  }
}

void History::skip_repeated(ObjectId table, ast::DataBlock& block) {
  const std::string name = to_string(object(table).name);
  const auto tell = [&](const std::string& why) {
    report(rows_of_conflict, statement(object(table).created), name,
           "whether rows of `" + name + "` in line " + std::to_string(block.first_line) +
               " repeat a key, and are not inserted, is not known: " + why);
  };
  if (!are_kept(block)) return tell("they are too many");
  const std::optional<Image> image = read_image(context_.script, binder_, table);
  if (!image) return tell("what its keys are is not known");
  InsertReader reader(block.inserts.front());
  std::vector<Field> row;
  while (reader.next(row)) {
  }
  const std::vector<std::string>& target = reader.conflict_columns();
  const std::string& constraint = reader.conflict_constraint();
  std::vector<SeenKey*> keys;
  for (const Image::Key& key : image->keys) {
    const std::vector<std::string> columns = columns_of(key);
    const bool chosen = !constraint.empty() ? !key.is_index && key.constraint.name == constraint
                        : !target.empty()   ? is_whole_column_key(key) && same_columns(columns, target)
                                            : true;
    if (!chosen || !counts_for_all(key)) continue;
    if (!is_whole_column_key(key) && block.rows == 1 && !holds_rows(whole_of(table))) continue;
    if (!is_whole_column_key(key))
      return tell("the index `" + key.index.name + "` is of some rows, or of what is computed");
    SeenKey seen;
    seen.nulls_equal = key.is_index ? key.index.nulls_not_distinct : key.constraint.nulls_not_distinct;
    std::string id = std::to_string(whole_of(table));
    for (const std::string& one : columns) {
      const auto column = std::find_if(image->columns.begin(), image->columns.end(),
                                       [&](const ast::Column& other) { return other.name == one; });
      if (column == image->columns.end()) return tell("what its columns are is not known");
      id += '\0' + one + '\0' + to_string(column->type.name);
      seen.columns.push_back(*column);
    }
    SeenKey& kept = seen_keys_[id];
    seen.values.swap(kept.values);
    seen.blocks.swap(kept.blocks);
    seen.unread.swap(kept.unread);
    seen.drawn = kept.drawn;
    seen.sure = kept.sure;
    kept = std::move(seen);
    read_rows_before(kept, table);
    keys.push_back(&kept);
  }
  if (keys.empty() && (!target.empty() || !constraint.empty())) return tell("it has no such key");
  const std::vector<std::string> given = given_columns(block);
  std::string unknown;
  std::vector<uint64_t> skipped;
  each_row(block, [&](uint64_t index, const std::vector<Field>& one, const std::vector<size_t>& defaults) {
    std::vector<KeyValue> values;
    bool repeated = false;
    for (const SeenKey* key : keys) {
      values.push_back(key_value(*key, given, one, defaults));
      const std::optional<bool> again = repeats(*key, values.back());
      repeated = repeated || again.value_or(false);
      if (again) continue;
      unknown = key->unread.empty() ? "`" + key->columns.front().name +
                                          "` of some of them is computed, or can be written in several ways"
                                    : key->unread;
    }
    if (repeated) return skipped.push_back(index);
    for (size_t i = 0; i < keys.size(); ++i) add(*keys[i], values[i]);
  });
  if (!unknown.empty()) return tell(unknown);
  if (skipped.size() == block.rows) {
    block.left_out = "they repeat keys of rows before";
    return;
  }
  block.skipped = std::move(skipped);
  const auto index = static_cast<size_t>(&block - context_.script.data.data());
  for (SeenKey* key : keys) key->blocks.push_back(index);
  if (block.skipped.empty()) return;
  for (const ast::Column& column : image->columns) {
    const ast::Expr* standard =
        column.default_value ? &*column.default_value : domain_default(column, context_.script);
    const bool draws = column.identity || (standard != nullptr && ast::nextval_sequence(*standard));
    if (!draws || gives(block, column.name)) continue;
    report(sequence_gap, statement(object(table).created), name,
           "rows of `" + name + "` in line " + std::to_string(block.first_line) +
               " repeat a key and are not inserted, but take numbers for `" + column.name + "`");
  }
}

}  // namespace pg2crdb::bind
