// Geometric values as their output functions write them, and cubes.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <utility>
#include <vector>

#include "rows/canonical_forms.h"
#include "rows/printed_forms.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

/// Whether a number of 64 bits holds what stands there, `d.ddde+xx`, of seventeen digits at the most.
bool is_exact(std::string_view scientific) {
  const size_t e = scientific.find('e');
  uint64_t digits = 0;
  int exponent = std::atoi(std::string(scientific.substr(e + 1)).c_str());
  bool is_behind_point = false;
  for (const char c : scientific.substr(0, e)) {
    if (is_digit(c)) digits = 10 * digits + static_cast<uint64_t>(c - '0');
    if (is_digit(c) && is_behind_point) --exponent;
    is_behind_point = is_behind_point || c == '.';
  }
  while (digits != 0 && digits % 2 == 0) digits /= 2;
  for (; exponent > 0 && digits <= std::numeric_limits<uint64_t>::max() / 5; --exponent) digits *= 5;
  for (; exponent < 0 && digits % 5 == 0; ++exponent) digits /= 5;
  return exponent == 0;
}

/// Whether it reads back as the value, also where halves are not rounded to it.
bool means(std::string_view scientific, double value) {
  double read = 0;
  long double closer = 0;
  const char* const end = scientific.data() + scientific.size();
  std::from_chars(scientific.data(), end, read);
  if (read != value) return false;
  std::from_chars(scientific.data(), end, closer);
  const long double exact = value;
  const long double next = std::nextafter(value, closer < exact ? -HUGE_VAL : HUGE_VAL);
  return closer == exact || closer - exact != next - closer || !is_exact(scientific);
}

/// As float8out() writes it, with the fewest digits that read back as the same number whichever way halves
/// are rounded: 1e23 is 9.999999999999999e+22.
std::string float_text(double value) {
  if (value != value) return "NaN";
  std::array<char, 32> digits{};
  auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::scientific);
  const auto written = [&] {
    return std::string_view(digits.data(), static_cast<size_t>(end.ptr - digits.data()));
  };
  constexpr int most_behind_point = 16;
  for (int behind = 1; std::isfinite(value) && !means(written(), value) && behind <= most_behind_point;
       ++behind)
    end = std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::scientific,
                        behind);
  const std::string_view scientific = written();
  const size_t e = scientific.find('e');
  if (e == std::string_view::npos) return value < 0 ? "-Infinity" : "Infinity";
  constexpr int least = -4, beyond = 15;
  const int exponent = std::atoi(std::string(scientific.substr(e + 1)).c_str());
  if (exponent < least || exponent >= beyond) return std::string(scientific);
  const auto plain =
      std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed);
  return {digits.data(), plain.ptr};
}

struct Point {
  double x = 0, y = 0;
};

std::string point_text(const Point& point) {
  return "(" + float_text(point.x) + "," + float_text(point.y) + ")";
}

std::string list_text(const std::vector<Point>& points) {
  std::string text;
  for (const Point& one : points) text += (text.empty() ? "" : ",") + point_text(one);
  return text;
}

/// Reads as geo_ops.c does, which takes most parentheses or leaves them.
class ShapeReader {
 public:
  explicit ShapeReader(std::string_view text) : text_(text) { blanks(); }

  bool at_end() const { return text_.empty(); }
  bool take(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    blanks();
    return true;
  }

  bool number(double& value) {
    const size_t size = std::min(text_.find_first_of(" \t\n\r\v\f,()[]<>{}"), text_.size());
    std::string_view digits = text_.substr(0, size);
    if (digits.starts_with('+') && !digits.starts_with("+-")) digits.remove_prefix(1);
    const bool is_hex = digits.find_first_of("xX") != std::string_view::npos;  // from_chars would stop there
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (is_hex || error != std::errc() || end != digits.data() + digits.size()) return false;
    text_.remove_prefix(size);
    blanks();
    return true;
  }

  bool point(Point& point) {
    const bool has_parenthesis = take('(');
    return number(point.x) && take(',') && number(point.y) && (!has_parenthesis || take(')'));
  }

  /// So many points, around which one pair of parentheses may stand, or brackets where it `may_be_open`: then
  /// it is open.
  bool points(std::vector<Point>& all, bool may_be_open, bool& open) {
    open = text_.starts_with('[');
    if (open && !may_be_open) return false;
    bool is_inside = open;
    if (open) {
      take('[');
    } else if (text_.starts_with('(')) {
      const size_t next = std::min(text_.find_first_not_of(" \t\n\r\v\f", 1), text_.size());
      is_inside = text_.substr(next).starts_with('(') || text_.rfind('(') == 0;
      if (is_inside) take('(');
    }
    for (Point& one : all) {
      if (!point(one)) return false;
      take(',');
    }
    return !is_inside || take(open ? ']' : ')');
  }

 private:
  void blanks() {
    while (!text_.empty() && is_blank(text_.front())) text_.remove_prefix(1);
  }
  std::string_view text_;
};

/// Half the numbers; 0 where they are none of points.
size_t count_points(std::string_view text) {
  const auto commas = static_cast<size_t>(std::count(text.begin(), text.end(), ','));
  return commas % 2 == 0 ? 0 : (commas + 1) / 2;
}

std::optional<std::string> printed_line(std::string_view text) {
  ShapeReader reader(text);
  double a = 0, b = 0, c = 0;
  // Of two points it is computed.
  const bool is_read = reader.take('{') && reader.number(a) && reader.take(',') && reader.number(b) &&
                       reader.take(',') && reader.number(c) && reader.take('}') && reader.at_end();
  if (!is_read) return std::nullopt;
  return "{" + float_text(a) + "," + float_text(b) + "," + float_text(c) + "}";
}

std::optional<std::string> printed_circle(std::string_view text) {
  ShapeReader reader(text);
  const bool is_angle = reader.take('<');
  bool is_inside = is_angle;
  if (!is_angle && text.find('(') != std::string_view::npos) {
    const size_t first = text.find('(');
    const size_t next = std::min(text.find_first_not_of(" \t\n\r\v\f", first + 1), text.size());
    is_inside = text.substr(next).starts_with('(');
    if (is_inside) reader.take('(');
  }
  Point center;
  double radius = 0;
  if (!reader.point(center)) return std::nullopt;
  reader.take(',');
  const bool is_read =
      reader.number(radius) && (!is_inside || reader.take(is_angle ? '>' : ')')) && reader.at_end();
  if (!is_read) return std::nullopt;
  return "<" + point_text(center) + "," + float_text(radius) + ">";
}

/// `(1, 2),(3, 4)`; one point where both corners are one.
std::optional<std::string> printed_cube(std::string_view text) {
  if (text == "()") return std::string(text);
  ShapeReader reader(text);
  const bool is_inside = reader.take('[');
  std::vector<std::vector<double>> corners;
  do {
    const bool has_parenthesis = reader.take('(');
    if (!has_parenthesis && !corners.empty()) return std::nullopt;
    std::vector<double>& corner = corners.emplace_back();
    do {
      if (!reader.number(corner.emplace_back())) return std::nullopt;
    } while (reader.take(','));
    if (has_parenthesis && !reader.take(')')) return std::nullopt;
  } while (reader.take(','));
  if ((is_inside && !reader.take(']')) || !reader.at_end() || corners.size() > 2 ||
      corners.front().size() != corners.back().size())
    return std::nullopt;
  if (corners.size() == 2 && corners[0] == corners[1]) corners.pop_back();
  std::string printed;
  for (const std::vector<double>& corner : corners) {
    printed += printed.empty() ? "(" : ",(";
    for (size_t i = 0; i < corner.size(); ++i) printed += (i == 0 ? "" : ", ") + float_text(corner[i]);
    printed += ')';
  }
  return printed;
}

}  // namespace

std::optional<std::string> printed_shape(std::string_view type, std::string_view text) {
  if (type == "line") return printed_line(text);
  if (type == "circle") return printed_circle(text);
  if (type == "cube") return printed_cube(text);
  ShapeReader reader(text);
  if (type == "point") {
    Point point;
    if (!reader.point(point) || !reader.at_end()) return std::nullopt;
    return point_text(point);
  }
  const bool has_two = type == "lseg" || type == "box";
  std::vector<Point> points(count_points(text));
  bool is_open = false;
  if (points.empty() || (has_two && points.size() != 2) ||
      !reader.points(points, type == "path" || type == "lseg", is_open) || !reader.at_end())
    return std::nullopt;
  if (type == "lseg") return "[" + list_text(points) + "]";
  if (type == "path") return is_open ? "[" + list_text(points) + "]" : "(" + list_text(points) + ")";
  if (type == "polygon") return "(" + list_text(points) + ")";
  // The upper right corner first; what is no number comes behind all others.
  const auto is_less = [](double left, double right) {
    return left < right || (std::isnan(right) && !std::isnan(left));
  };
  if (is_less(points[0].x, points[1].x)) std::swap(points[0].x, points[1].x);
  if (is_less(points[0].y, points[1].y)) std::swap(points[0].y, points[1].y);
  return list_text(points);
}

}  // namespace pg2crdb
