#include "console/page.h"

namespace pg2crdb::console {
namespace {

// The icon is asked for by browsers on their own.
constexpr std::string_view page =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<title>pg2crdb console</title>\n<link rel=\"stylesheet\" href=\"/console.css\">\n"
    "<script src=\"/console.js\" defer></script>\n</head>\n<body>\n"
    "<a class=\"skip\" href=\"#main\">Skip to the content</a>\n"
    "<header></header>\n<main id=\"main\" tabindex=\"-1\"><noscript><p>The console needs its script. "
    "<code>pg2crdb lint</code>, <code>decide</code> and <code>apply</code> do the same without a page.</p>"
    "</noscript></main>\n</body>\n</html>\n";

}  // namespace

Response page_file(std::string_view path) {
  if (path == "/") return {200, "text/html; charset=utf-8", std::string(page)};
  if (path == "/console.css") return {200, "text/css; charset=utf-8", std::string(page_css)};
  if (path == "/console.js") return {200, "text/javascript; charset=utf-8", std::string(page_js)};
  if (path == "/favicon.ico") return {204, "image/x-icon", {}};
  return {404, "application/json", "{\"error\":\"there is no such page\"}"};
}

}  // namespace pg2crdb::console
