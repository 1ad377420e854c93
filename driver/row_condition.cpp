#include "driver/row_condition.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "rows/fit.h"
#include "rows/number.h"
#include "scan/written_value.h"
#include "support/ascii.h"
#include "support/utf8.h"

namespace pg2crdb {
namespace {

using Values = std::vector<Field>;
using Text = std::function<std::optional<std::string>(const Values&)>;

/// An expression's value as text; nothing where it is NULL.
struct Scalar {
  enum class Kind { integer, numeric, text, boolean };
  Kind kind = Kind::text;
  Text get;

  bool is_number() const { return kind == Kind::integer || kind == Kind::numeric; }
};

std::optional<Scalar::Kind> kind_of(std::string_view type) {
  if (type == "integer" || type == "bigint" || type == "smallint") return Scalar::Kind::integer;
  if (type == "text" || type == "character varying" ||
      (type.starts_with("character varying(") && type.ends_with(')')))
    return Scalar::Kind::text;
  if (type == "boolean") return Scalar::Kind::boolean;
  if (type == "numeric" || (type.starts_with("numeric(") && type.ends_with(')')))
    return Scalar::Kind::numeric;
  return std::nullopt;
}

Scalar constant(Scalar::Kind kind, std::string text) {
  return {kind, [text = std::move(text)](const Values&) { return std::optional(text); }};
}

std::string_view plain_operator(const std::vector<std::string>& op) {
  return op.empty() ? std::string_view() : std::string_view(op.back());
}

bool is_written_number(std::string_view text, bool with_fraction) {
  if (with_fraction && (text == "NaN" || text == "Infinity" || text == "-Infinity")) return true;
  if (text.starts_with('-')) text.remove_prefix(1);
  const size_t point = with_fraction ? std::min(text.find('.'), text.size()) : text.size();
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  return !whole.empty() && std::all_of(whole.begin(), whole.end(), is_digit) &&
         std::all_of(fraction.begin(), fraction.end(), is_digit);
}

class Compiler {
 public:
  explicit Compiler(const LoadPlan::Table& table) : table_(table) {}

  std::optional<Condition> condition(const ast::Expr& expr) {
    if (const auto* all = std::get_if<ast::BoolExpr>(&expr.node)) return combined(*all);
    if (const auto* test = std::get_if<ast::NullTest>(&expr.node)) {
      const auto tested = scalar(*test->argument);
      if (!tested) return std::nullopt;
      return [get = tested->get, negated = test->negated](const Values& values) -> std::optional<bool> {
        return get(values).has_value() == negated;
      };
    }
    if (const auto* operation = std::get_if<ast::Operation>(&expr.node)) return compared(*operation);
    const auto value = scalar(expr);
    if (!value || value->kind != Scalar::Kind::boolean) return std::nullopt;
    return [get = value->get](const Values& values) -> std::optional<bool> {
      const std::optional<std::string> text = get(values);
      return text ? truth_of(*text) : std::nullopt;
    };
  }

  std::vector<size_t> columns() && { return std::move(columns_); }

  /// Unknown where a value is not understood, or is rounded or cut where it is inserted.
  Condition of_understood(Condition condition) const {
    return [condition = std::move(condition), understood = understood_](const Values& values) {
      for (size_t i = 0; i < understood.size(); ++i) {
        if (!values[i].null && !understood[i].takes(values[i].text)) return std::optional<bool>();
      }
      return condition(values);
    };
  }

 private:
  /// As SQL has it: what is not known makes the whole unknown where it could decide it.
  std::optional<Condition> combined(const ast::BoolExpr& expr) {
    std::vector<Condition> parts;
    for (const ast::Expr& argument : expr.arguments) {
      auto part = condition(argument);
      if (!part) return std::nullopt;
      parts.push_back(std::move(*part));
    }
    if (expr.kind == ast::BoolExpr::Kind::negation)
      return [part = parts[0]](const Values& values) {
        const std::optional<bool> holds = part(values);
        return holds ? std::optional(!*holds) : holds;
      };
    const bool decides = expr.kind == ast::BoolExpr::Kind::disjunction;
    return [parts, decides](const Values& values) {
      std::optional<bool> result = !decides;
      for (const Condition& part : parts) {
        const std::optional<bool> holds = part(values);
        if (holds == decides) return holds;
        if (!holds) result = std::nullopt;
      }
      return result;
    };
  }

  std::optional<Condition> compared(const ast::Operation& operation) {
    using Kind = ast::Operation::Kind;
    if (!operation.left || !operation.right) return std::nullopt;
    const auto left = scalar(*operation.left);
    if (!left) return std::nullopt;
    const std::string_view op = plain_operator(operation.op);
    switch (operation.kind) {
      case Kind::op: {
        const auto right = scalar(*operation.right);
        return right ? comparison(*left, op, *right) : std::nullopt;
      }
      case Kind::any:
      case Kind::all:
      case Kind::in:
        return compared_to_each(*left, op, *operation.right, operation.kind);
      case Kind::between:
      case Kind::not_between: {
        const auto* ends = std::get_if<ast::ExprList>(&operation.right->node);
        if (ends == nullptr || ends->items.size() != 2) return std::nullopt;
        const auto low = scalar(ends->items[0]);
        const auto high = scalar(ends->items[1]);
        if (!low || !high) return std::nullopt;
        const auto above = comparison(*left, ">=", *low);
        const auto below = comparison(*left, "<=", *high);
        if (!above || !below) return std::nullopt;
        return each_of({*above, *below}, false, operation.kind == Kind::not_between);
      }
      default:
        return std::nullopt;
    }
  }

  std::optional<Condition> compared_to_each(const Scalar& left, std::string_view op, const ast::Expr& list,
                                            ast::Operation::Kind kind) {
    const ast::Expr* inner = &list;
    bool as_texts = false;
    while (const auto* cast = std::get_if<ast::Cast>(&inner->node)) {
      if (!is_text(cast->type)) return std::nullopt;
      as_texts = true;
      inner = &*cast->argument;
    }
    const auto* array = std::get_if<ast::ArrayExpr>(&inner->node);
    const auto* items = std::get_if<ast::ExprList>(&inner->node);
    if (array == nullptr && items == nullptr) return std::nullopt;
    std::vector<Condition> parts;
    for (const ast::Expr& element : array != nullptr ? array->elements : items->items) {
      const auto value = scalar(element);
      const auto part = value ? comparison(left, op, *value) : std::nullopt;
      if (!part || (as_texts && value->kind != Scalar::Kind::text)) return std::nullopt;
      parts.push_back(*part);
    }
    const bool all = kind == ast::Operation::Kind::all || (kind == ast::Operation::Kind::in && op == "<>");
    return each_of(std::move(parts), !all, false);
  }

  /// Any, or all, of the parts; or not.
  static Condition each_of(std::vector<Condition> parts, bool any, bool negated) {
    return [parts = std::move(parts), any, negated](const Values& values) {
      std::optional<bool> result = !any;
      for (const Condition& part : parts) {
        const std::optional<bool> holds = part(values);
        if (holds == any) return std::optional(any != negated);
        if (!holds) result = std::nullopt;
      }
      return result ? std::optional(*result != negated) : result;
    };
  }

  /// Texts are equal by their bytes; which is the greater goes by a collation.
  static std::optional<Condition> comparison(const Scalar& left, std::string_view op, const Scalar& right) {
    const bool numbers = left.is_number() && right.is_number();
    const bool texts = left.kind == Scalar::Kind::text && right.kind == Scalar::Kind::text;
    const bool equality = op == "=" || op == "<>" || op == "!=";
    const bool order = op == "<" || op == "<=" || op == ">" || op == ">=";
    if (!(numbers && (equality || order)) && !(texts && equality)) return std::nullopt;
    return [get_left = left.get, get_right = right.get, op = std::string(op),
            numbers](const Values& values) -> std::optional<bool> {
      const std::optional<std::string> one = get_left(values);
      const std::optional<std::string> other = get_right(values);
      if (!one || !other) return std::nullopt;
      const int sign = numbers ? compare_numbers(*one, *other) : one->compare(*other);
      if (op == "=") return sign == 0;
      if (op == "<") return sign < 0;
      if (op == "<=") return sign <= 0;
      if (op == ">") return sign > 0;
      if (op == ">=") return sign >= 0;
      return sign != 0;
    };
  }

  std::optional<Scalar> scalar(const ast::Expr& expr) {
    if (const auto* literal = std::get_if<ast::Literal>(&expr.node)) return literal_value(*literal);
    if (const auto* column = std::get_if<ast::ColumnRef>(&expr.node)) return column_value(*column);
    if (const auto* cast = std::get_if<ast::Cast>(&expr.node)) return cast_value(*cast);
    if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node)) return length(*call);
    const auto* operation = std::get_if<ast::Operation>(&expr.node);
    const bool minus = operation != nullptr && operation->kind == ast::Operation::Kind::op &&
                       !operation->left && plain_operator(operation->op) == "-";
    const auto* literal = minus ? std::get_if<ast::Literal>(&operation->right->node) : nullptr;
    if (literal == nullptr) return std::nullopt;
    const auto value = literal_value(*literal);
    return value && value->is_number() ? std::optional(constant(value->kind, "-" + literal->text))
                                       : std::nullopt;
  }

  static std::optional<Scalar> literal_value(const ast::Literal& literal) {
    const bool is_integer = literal.kind == ast::Literal::Kind::integer;
    switch (literal.kind) {
      case ast::Literal::Kind::integer:
      case ast::Literal::Kind::decimal:
        if (const std::optional<std::string> number = written_number(literal.text))
          return constant(is_integer ? Scalar::Kind::integer : Scalar::Kind::numeric, *number);
        return std::nullopt;
      case ast::Literal::Kind::string:
        return constant(Scalar::Kind::text, literal.text);
      case ast::Literal::Kind::boolean:
        return constant(Scalar::Kind::boolean, literal.text);
      default:
        return std::nullopt;
    }
  }

  std::optional<Scalar> column_value(const ast::ColumnRef& reference) {
    if (reference.star || reference.names.size() != 1) return std::nullopt;
    const auto column =
        std::find_if(table_.columns.begin(), table_.columns.end(),
                     [&](const LoadPlan::Column& one) { return one.name == reference.names[0]; });
    if (column == table_.columns.end() || column->generated ||
        column->conversion != LoadPlan::Conversion::none)
      return std::nullopt;
    const auto kind = kind_of(column->source_type);
    if (!kind) return std::nullopt;
    const auto index = static_cast<size_t>(column - table_.columns.begin());
    const auto found = std::find(columns_.begin(), columns_.end(), index);
    const auto place = static_cast<size_t>(found - columns_.begin());
    if (found == columns_.end()) {
      columns_.push_back(index);
      understood_.push_back({*kind, Fit(column->source_type)});
    }
    return Scalar{*kind,
                  [place, number = *kind == Scalar::Kind::integer || *kind == Scalar::Kind::numeric](
                      const Values& values) -> std::optional<std::string> {
                    if (values[place].null) return std::nullopt;
                    return number ? written_number(values[place].text)
                                  : std::optional(std::string(values[place].text));
                  }};
  }

  /// "text", "character varying[]": of no length.
  static bool is_text(const ast::TypeName& type) {
    return type.modifiers.empty() && (type.name.name == "text" || type.name.name == "varchar");
  }

  /// Those that change no value.
  std::optional<Scalar> cast_value(const ast::Cast& cast) {
    if (!cast.type.modifiers.empty() || !cast.type.array_bounds.empty()) return std::nullopt;
    auto value = scalar(*cast.argument);
    if (!value) return std::nullopt;
    const std::string& type = cast.type.name.name;
    if (is_text(cast.type)) return value->kind == Scalar::Kind::text ? value : std::nullopt;
    const bool to_integer = type == "int2" || type == "int4" || type == "int8";
    const auto* literal = std::get_if<ast::Literal>(&cast.argument->node);
    const bool digits = literal != nullptr && is_written_number(literal->text, false);
    const bool number = literal != nullptr && is_written_number(literal->text, true);
    if (to_integer && (value->kind == Scalar::Kind::integer || digits))
      return Scalar{Scalar::Kind::integer, value->get};
    if (type == "numeric" && (value->is_number() || number)) return Scalar{Scalar::Kind::numeric, value->get};
    return std::nullopt;
  }

  std::optional<Scalar> length(const ast::FunctionCall& call) {
    const std::string& name = call.name.name;
    const bool counts = name == "length" || name == "char_length" || name == "character_length";
    if (!counts || call.arguments.size() != 1 || call.modifiers) return std::nullopt;
    const auto text = scalar(call.arguments[0]);
    if (!text || text->kind != Scalar::Kind::text) return std::nullopt;
    return Scalar{Scalar::Kind::integer, [get = text->get](const Values& values) {
                    const std::optional<std::string> counted = get(values);
                    return counted ? std::optional(std::to_string(count_characters(*counted))) : std::nullopt;
                  }};
  }

  /// Values of a column.
  struct Understood {
    Scalar::Kind kind = Scalar::Kind::text;
    Fit fit;

    bool takes(std::string_view value) const {
      if (kind == Scalar::Kind::text) return fit.takes(value);
      if (kind == Scalar::Kind::boolean) return truth_of(value).has_value();
      const std::optional<std::string> number = written_number(value);
      return number && fit.takes(*number);
    }
  };

  const LoadPlan::Table& table_;
  std::vector<size_t> columns_;
  std::vector<Understood> understood_;  ///< one a column
};

/// A number's sign, its digits before and behind the point, without zeros that say nothing.
struct Digits {
  bool negative = false;
  std::string_view whole, fraction;

  explicit Digits(std::string_view number) {
    if (number.starts_with('-') || number.starts_with('+')) {
      negative = number.front() == '-';
      number.remove_prefix(1);
    }
    const size_t point = std::min(number.find('.'), number.size());
    whole = number.substr(0, point);
    fraction = number.substr(std::min(point + 1, number.size()));
    whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size()));
    fraction = fraction.substr(0, fraction.find_last_not_of('0') + 1);
    if (whole.empty() && fraction.empty()) negative = false;
  }
};

/// -Infinity, a number, Infinity, NaN: as PostgreSQL sorts them.
int rank_of(std::string_view number) {
  if (number == "NaN") return 2;
  if (number == "Infinity") return 1;
  return number == "-Infinity" ? -1 : 0;
}

}  // namespace

int compare_numbers(std::string_view left, std::string_view right) {
  if (const int ranks = rank_of(left) - rank_of(right); ranks != 0 || rank_of(left) != 0) return ranks;
  const std::optional<std::string> plain_left =
      left.find_first_of("eE") == std::string_view::npos ? std::nullopt : printed_number(left);
  const std::optional<std::string> plain_right =
      right.find_first_of("eE") == std::string_view::npos ? std::nullopt : printed_number(right);
  const Digits one(plain_left ? *plain_left : left);
  const Digits other(plain_right ? *plain_right : right);
  if (one.negative != other.negative) return one.negative ? -1 : 1;
  int sign = one.whole.size() != other.whole.size() ? (one.whole.size() < other.whole.size() ? -1 : 1)
                                                    : one.whole.compare(other.whole);
  if (sign == 0) sign = one.fraction.compare(other.fraction);
  return one.negative ? -sign : sign;
}

std::optional<RowCondition> row_condition(const ast::Expr& check, const LoadPlan::Table& table) {
  Compiler compiler(table);
  auto condition = compiler.condition(check);
  if (!condition) return std::nullopt;
  RowCondition result;
  result.holds = compiler.of_understood(std::move(*condition));
  result.columns = std::move(compiler).columns();
  return result;
}

}  // namespace pg2crdb
