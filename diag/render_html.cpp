#include <cstdint>
#include <vector>

#include "diag/render_parts.h"
#include "diag/report_page.h"
#include "support/sha256.h"

namespace pg2crdb {
namespace {

/// The Base64 of bytes that are written in hexadecimal.
std::string base64_of(std::string_view hexadecimal) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  // Three hexadecimal digits are two of Base64.
  for (size_t at = 0; at < hexadecimal.size(); at += 3) {
    std::string three(hexadecimal.substr(at, 3));
    three.resize(3, '0');
    const auto number = static_cast<size_t>(std::stoul(three, nullptr, 16));
    out += digits[number >> 6];
    out += digits[number & 63];
  }
  const size_t bytes = hexadecimal.size() / 2;
  out.resize((bytes * 4 + 2) / 3);
  return out.append((3 - bytes % 3) % 3, '=');
}

/// What a Content-Security-Policy calls a style or script by: no other one runs.
std::string hash_source(std::string_view text) {
  Sha256 digest;
  digest.add(text);
  return "'sha256-" + base64_of(digest.hexadecimal()) + "'";
}

/// JSON that is the same, and neither ends the element that it stands in nor begins a comment there.
void append_inside_script(std::string& out, std::string_view json) {
  size_t done = 0;
  for (size_t at = json.find('<'); at != std::string_view::npos; at = json.find('<', done)) {
    out.append(json.substr(done, at - done)).append("\\u003c");
    done = at + 1;
  }
  out.append(json.substr(done));
}

}  // namespace

std::string html_page(std::string_view title, std::string_view report) {
  const std::string shown = escape_markup(title);
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src " +
      hash_source(report_js) + "; style-src " + hash_source(report_css) +
      "; base-uri 'none'; form-action 'none'\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
      shown + "</title>\n<style>" + std::string(report_css) +
      "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the report</a>\n<header>\n<h1>" +
      shown +
      "</h1>\n<nav id=\"sections\" aria-label=\"Sections\"></nav>\n</header>\n<main id=\"main\" "
      "tabindex=\"-1\">\n"
      "<noscript><p>This page shows what it holds with a script of its own, which the browser does not run. "
      "The formats <code>text</code> and <code>markdown</code> need none.</p></noscript>\n"
      "</main>\n<script type=\"application/json\" id=\"report\">";
  out.reserve(out.size() + report.size() + report.size() / 64 + report_js.size() + 64);
  append_inside_script(out, report);
  out.append("</script>\n<script>").append(report_js).append("</script>\n</body>\n</html>\n");
  return out;
}

std::string render_html(const Findings& findings, const RenderOptions& options) {
  std::string report =
      "{\"tool\":{\"name\":\"pg2crdb\",\"version\":\"" + options.tool_version + "\"},\"findings\":";
  append_findings_json(report, findings);
  return html_page("pg2crdb: " + count_sentence(findings.diagnostics), report + "}");
}

}  // namespace pg2crdb
