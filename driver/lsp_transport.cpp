#include "driver/lsp_transport.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "driver/options.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

constexpr size_t longest_header = size_t{64} << 10;
constexpr size_t longest_message = size_t{1} << 30;

/// Of the lines before a message; nothing where none says it.
std::optional<size_t> content_length(std::string_view header) {
  constexpr std::string_view name = "content-length:";
  while (!header.empty()) {
    const size_t size = std::min(header.find("\r\n"), header.size());
    const std::string_view line = header.substr(0, size);
    if (lower(line.substr(0, name.size())) == name) {
      const std::string_view digits =
          line.substr(std::min(line.find_first_not_of(" \t", name.size()), line.size()));
      size_t length = 0;
      const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
      if (problem == std::errc() && end == digits.data() + digits.size()) return length;
      return std::nullopt;
    }
    header.remove_prefix(std::min(size + 2, header.size()));
  }
  return std::nullopt;
}

}  // namespace

bool LspTransport::fill() {
  constexpr size_t piece = size_t{64} << 10;
  const size_t before = buffer_.size();
  buffer_.resize(before + piece);
  ssize_t count = 0;
  do {
    count = ::read(input_, buffer_.data() + before, piece);
  } while (count < 0 && errno == EINTR);
  buffer_.resize(before + static_cast<size_t>(std::max<ssize_t>(count, 0)));
  return count > 0;
}

Result<std::optional<std::string>> LspTransport::read() {
  constexpr std::string_view end_of_header = "\r\n\r\n";
  size_t end = 0;
  while ((end = buffer_.find(end_of_header)) == std::string::npos) {
    if (buffer_.size() > longest_header) return usage_error("what comes in is no message of the protocol");
    if (!fill()) return std::optional<std::string>();
  }
  const std::optional<size_t> length = content_length(std::string_view(buffer_).substr(0, end));
  if (!length || *length > longest_message)
    return usage_error("a message comes without a Content-Length that could be its own");
  const size_t begin = end + end_of_header.size();
  while (buffer_.size() < begin + *length) {
    if (!fill()) return std::optional<std::string>();
  }
  std::string content = buffer_.substr(begin, *length);
  buffer_.erase(0, begin + *length);
  return std::optional(std::move(content));
}

bool LspTransport::has_more() const {
  if (!buffer_.empty()) return true;
  struct pollfd input = {input_, POLLIN, 0};
  return poll(&input, 1, 0) > 0;
}

bool LspTransport::write(std::string_view content) const {
  const std::string message = fmt::format("Content-Length: {}\r\n\r\n{}", content.size(), content);
  std::string_view rest = message;
  while (!rest.empty()) {
    const ssize_t count = ::write(output_, rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    rest.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

}  // namespace pg2crdb
