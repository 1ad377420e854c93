// Addresses of networks and of their devices as PostgreSQL prints them.
#include <algorithm>
#include <charconv>
#include <vector>

#include "rows/printed_forms.h"
#include "support/ascii.h"
#include "support/hex.h"

namespace pg2crdb {
namespace {

constexpr size_t short_address = 6, long_address = 8;

/// Of bytes in one or two digits, with one sign between all, between some or between none; nothing where it
/// is written otherwise.
std::optional<std::vector<unsigned char>> bytes_of(std::string_view text) {
  std::vector<unsigned char> bytes;
  char sign = '\0';
  size_t at = 0;
  while (at < text.size()) {
    const int high = hex_digit(text[at]);
    if (high < 0) return std::nullopt;
    const int second = at + 1 < text.size() ? hex_digit(text[at + 1]) : -1;
    const bool low = second >= 0;
    constexpr int sixteen = 16;
    bytes.push_back(static_cast<unsigned char>(low ? high * sixteen + second : high));
    at += low ? 2 : 1;
    if (at == text.size()) break;
    const bool is_sign = text[at] == ':' || text[at] == '-' || text[at] == '.';
    if (!is_sign && !low) return std::nullopt;
    if (!is_sign) continue;
    if (sign != '\0' && sign != text[at]) return std::nullopt;
    sign = text[at++];
    if (at == text.size()) return std::nullopt;
  }
  return bytes;
}

std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<std::string> printed_mac_address(std::string_view type, std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  std::optional<std::vector<unsigned char>> bytes = bytes_of(text);
  if (!bytes) return std::nullopt;
  const size_t size = type == "macaddr" ? short_address : long_address;
  if (size == long_address && bytes->size() == short_address) bytes->insert(bytes->begin() + 3, {0xff, 0xfe});
  if (bytes->size() != size) return std::nullopt;
  std::string printed;
  for (const unsigned char byte : *bytes) {
    if (!printed.empty()) printed += ':';
    append_hex(printed, byte);
  }
  return printed;
}

std::string printed_network(std::string_view text) {
  const std::string_view address = text.substr(0, text.find('/'));
  const bool has_mask = address.size() < text.size();
  const auto bytes = static_cast<size_t>(std::count(address.begin(), address.end(), '.')) + 1;
  const std::optional<unsigned> first = number(address.substr(0, address.find('.')));
  if (!first || *first >= 224 || bytes > 4 || (bytes == 4 && has_mask)) return std::string(text);
  if (address.find_first_not_of("0123456789.") != std::string_view::npos) return std::string(text);
  std::string all(address);
  for (size_t i = bytes; i < 4; ++i) all += ".0";
  if (has_mask) return all + std::string(text.substr(address.size()));
  const size_t of_class = *first < 128 ? 8 : *first < 192 ? 16 : 24;
  return all + "/" + std::to_string(std::max(of_class, 8 * bytes));
}

}  // namespace pg2crdb
