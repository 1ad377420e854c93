// Forms of values whose texts differ in letters, signs and digits alone.
#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "rows/canonical_forms.h"
#include "support/ascii.h"
#include "support/byte_block.h"
#include "support/hex.h"

namespace pg2crdb {

bool append_bytea(std::string& out, std::string_view text) {
  if (text.starts_with("\\x")) {
    if (text.size() % 2 != 0) return false;
    for (const char c : text.substr(2)) {
      if (hex_digit(c) < 0) return false;
    }
    out += lower(text);
    return true;
  }
  out += "\\x";
  const auto octal = [&](size_t at, char most) { return text[at] >= '0' && text[at] <= most; };
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      append_hex(out, static_cast<unsigned char>(text[i]));
    } else if (i + 1 < text.size() && text[i + 1] == '\\') {
      append_hex(out, '\\');
      ++i;
    } else if (i + 3 < text.size() && octal(i + 1, '3') && octal(i + 2, '7') && octal(i + 3, '7')) {
      append_hex(out, static_cast<unsigned char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                                                 (text[i + 3] - '0')));
      i += 3;
    } else {
      return false;
    }
  }
  return true;
}

// Words may be cut short.
bool append_boolean(std::string& out, std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  const auto begins = [&](std::string_view word, size_t least) {
    return text.size() >= least && text.size() <= word.size() &&
           equals_word(text, word.substr(0, text.size()));
  };
  if (begins("true", 1) || begins("yes", 1) || equals_word(text, "on") || text == "1") {
    out += 't';
  } else if (begins("false", 1) || begins("no", 1) || begins("off", 2) || text == "0") {
    out += 'f';
  } else {
    return false;
  }
  return true;
}

bool append_inet(std::string& out, std::string_view text) {
  const size_t slash = text.find('/');
  const std::string address(text.substr(0, slash));
  const std::string_view mask = slash == std::string_view::npos ? std::string_view() : text.substr(slash);
  if (mask.starts_with("/0") && mask != "/0") return false;
  if (address.find(':') == std::string::npos) {
    in_addr version_4{};
    if (inet_pton(AF_INET, address.c_str(), &version_4) != 1) return false;
    out += mask == "/32" ? std::string_view(address) : text;
    return true;
  }
  in6_addr bytes{};
  std::array<char, INET6_ADDRSTRLEN> printed{};
  if (inet_pton(AF_INET6, address.c_str(), &bytes) != 1) return false;
  if (address.size() != std::strlen(address.c_str())) return false;
  out += inet_ntop(AF_INET6, &bytes, printed.data(), printed.size());
  if (mask != "/128") out += mask;
  return true;
}

// As the servers write it.
bool is_plain_uuid(std::string_view text) {
  constexpr std::string_view form = "00000000-0000-0000-0000-000000000000";
  if (text.size() != form.size()) return false;
  const auto is_plain_from = [&](size_t place) {
    const ByteBlock bytes = load_block(text.data() + place);
    const auto digit = as_block(bytes >= block_of('0')) & as_block(bytes <= block_of('9'));
    const auto letter = as_block(bytes >= block_of('a')) & as_block(bytes <= block_of('f'));
    const auto hyphen = as_block(load_block(form.data() + place) == block_of('-'));
    return is_true_everywhere((hyphen & as_block(bytes == block_of('-'))) | (~hyphen & (digit | letter)));
  };
  return is_plain_from(0) && is_plain_from(byte_block_size) && is_plain_from(form.size() - byte_block_size);
}

// 32 digits, with or without braces; a hyphen may stand behind each four of them.
bool append_uuid(std::string& out, std::string_view text) {
  if (is_plain_uuid(text)) {
    out += text;
    return true;
  }
  constexpr size_t digits_of_uuid = 32;
  constexpr std::array<size_t, 4> hyphens = {8, 12, 16, 20};
  if (text.starts_with('{')) {
    if (!text.ends_with('}')) return false;
    text = text.substr(1, text.size() - 2);
  }
  size_t digits = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool behind_four = digits > 0 && digits % 4 == 0 && digits < digits_of_uuid;
    if (text[i] == '-' && behind_four && text[i - 1] != '-') continue;
    if (hex_digit(text[i]) < 0 || digits == digits_of_uuid) return false;
    if (std::ranges::find(hyphens, digits) != hyphens.end()) out += '-';
    out += lower(text[i]);
    ++digits;
  }
  return digits == digits_of_uuid && !text.ends_with('-');
}

bool append_integer(std::string& out, std::string_view text) {
  const auto is_plain = [](std::string_view digits) {
    return !digits.empty() && digits.front() >= '1' && digits.front() <= '9' && is_digit(digits.back());
  };
  if (is_plain(text) || text == "0" || (text.starts_with('-') && is_plain(text.substr(1)))) {
    out += text;
    return true;
  }
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || !std::ranges::all_of(text, is_digit)) return false;
  text.remove_prefix(std::min(text.find_first_not_of('0'), text.size() - 1));
  if (negative && text != "0") out += '-';
  out += text;
  return true;
}

}  // namespace pg2crdb
