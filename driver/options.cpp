#include "driver/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <optional>
#include <sstream>
#include <variant>

#include "driver/option_table.h"
#include "runtime/secrets.h"

namespace pg2crdb {
namespace {

namespace po = boost::program_options;

using enum OptionGroup;

bool takes(const Syntax& syntax, OptionGroup group) {
  return group == general ||
         std::find(syntax.groups.begin(), syntax.groups.end(), group) != syntax.groups.end();
}

std::string_view value_of(const OptionSpec& spec, const Syntax& syntax) {
  return spec.group == format ? syntax.formats : spec.value;
}

std::string text_of(const OptionSpec& spec, const Syntax& syntax) {
  if (spec.group != format) return std::string(spec.text);
  return fmt::format("form of what is printed (default: {})",
                     syntax.formats.substr(0, syntax.formats.find('|')));
}

bool is_list_of_choices(std::string_view value) {
  return value.find('|') != std::string_view::npos &&
         std::none_of(value.begin(), value.end(), [](unsigned char c) { return std::isupper(c); });
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t end = std::min(text.find(separator), text.size());
    if (end > 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::optional<Error> wrong_choice(const OptionSpec& spec, const Syntax& syntax, const std::string& given) {
  const std::string_view value = value_of(spec, syntax);
  if (!is_list_of_choices(value) && spec.group != format) return {};
  const std::vector<std::string> permitted = split(value, '|');
  if (std::find(permitted.begin(), permitted.end(), given) != permitted.end()) return {};
  return usage_error(fmt::format("`--{}` cannot be `{}`: it is one of {}", spec.name, redacted(given),
                                 fmt::join(permitted, ", ")));
}

void describe(const OptionSpec& spec, Options& options, po::options_description& description) {
  const std::string name =
      spec.letter ? fmt::format("{},{}", spec.name, spec.letter) : std::string(spec.name);
  auto add = description.add_options();
  if (const auto* member = std::get_if<bool Options::*>(&spec.member)) {
    add(name.c_str(), po::bool_switch(&(options.**member)));
  } else if (const auto* text = std::get_if<std::string Options::*>(&spec.member)) {
    add(name.c_str(), po::value(&(options.**text)));
  } else if (const auto* list = std::get_if<std::vector<std::string> Options::*>(&spec.member)) {
    add(name.c_str(), po::value(&(options.**list))->composing());
  } else {
    // Read as text: lexical_cast would take "-1" for a very large number.
    add(name.c_str(), po::value<std::string>());
  }
}

/// `--source "$URL"` of a variable that nobody set would be no --source at all. Of a decision, texts may be
/// empty.
std::optional<Error> no_value(const OptionSpec& spec, const std::string& given) {
  if (!given.empty() || spec.group == decisions) return {};
  return usage_error(fmt::format("`--{}` is given an empty value", spec.name),
                     "give it one, or leave the option out");
}

std::optional<Error> take_values(const OptionSpec& spec, const Syntax& syntax,
                                 const po::variables_map& values, Options& options) {
  if (const auto* text = std::get_if<std::string Options::*>(&spec.member)) {
    if (!values.count(std::string(spec.name))) return {};
    if (auto error = no_value(spec, options.**text)) return error;
    return wrong_choice(spec, syntax, options.**text);
  } else if (const auto* list = std::get_if<std::vector<std::string> Options::*>(&spec.member)) {
    for (const std::string& value : options.**list) {
      if (auto error = no_value(spec, value)) return error;
      if (auto error = wrong_choice(spec, syntax, value)) return error;
    }
  } else if (const auto* number = std::get_if<uint64_t Options::*>(&spec.member)) {
    const auto& value = values[std::string(spec.name)];
    if (value.empty()) return {};
    const std::string& digits = value.as<std::string>();
    const auto [end, problem] =
        std::from_chars(digits.data(), digits.data() + digits.size(), options.**number);
    if (problem != std::errc() || end != digits.data() + digits.size()) {
      return usage_error(
          fmt::format("`--{}` needs a whole number from 0, not `{}`", spec.name, redacted(digits)));
    }
  }
  return {};
}

std::string without_dashes(std::string name) {
  return name.substr(std::min(name.find_first_not_of('-'), name.size()));
}

/// What is misspelt comes with its value, which may be a URL.
Error unknown_option(const Syntax& syntax, const std::string& word) {
  const std::string given = redacted(word.substr(0, word.find('=')));
  const std::string message = fmt::format("`pg2crdb {}` has no option `{}`", syntax.name, given);
  std::vector<std::string> known;
  for (const OptionSpec& spec : option_table) {
    if (takes(syntax, spec.group)) known.emplace_back(spec.name);
  }
  const std::string near = nearest(without_dashes(given), known);
  if (!near.empty()) return usage_error(fmt::format("{}: did you mean `--{}`?", message, near));
  return usage_error(message, fmt::format("`pg2crdb help {}` lists them", syntax.name));
}

/// An argument that would be taken for a file, and printed as such, though it holds a password.
std::optional<Error> misspelt_url(const std::string& argument) {
  std::error_code ignored;
  if (is_connection_string(argument) || redacted(argument) == argument ||
      std::filesystem::exists(argument, ignored))
    return {};
  return usage_error(fmt::format("`{}` is neither a file nor a URL of a database", redacted(argument)),
                     "a URL begins with postgresql://");
}

// Breaks at blanks; lines after the first are indented.
void append_wrapped(std::string& out, std::string_view text, size_t indent, size_t width) {
  size_t column = indent;
  bool first = true;
  for (const std::string& word : split(text, ' ')) {
    if (!first && column + 1 + word.size() > width) {
      out += '\n';
      out.append(indent, ' ');
      column = indent;
      first = true;
    }
    if (!first) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    first = false;
  }
  out += '\n';
}

void append_option(std::string& out, const OptionText& option) {
  constexpr size_t indent = 26;
  std::string head = option.letter ? fmt::format("  -{}, --{}", option.letter, option.name)
                                   : fmt::format("      --{}", option.name);
  if (!option.value.empty() || !option.permitted.empty()) head += fmt::format(" {}", option.value);
  out += head;
  if (head.size() + 2 > indent) {
    out += '\n';
    out.append(indent, ' ');
  } else {
    out.append(indent - head.size(), ' ');
  }
  append_wrapped(out, option.text, indent, 100);
}

}  // namespace

Error usage_error(std::string message, std::string advice) {
  return Error{Error::Kind::usage, std::move(message), {}, std::move(advice)};
}

Result<Options> parse_options(const Syntax& syntax, std::span<const std::string> words) {
  Options options;
  options.words.assign(words.begin(), words.end());
  po::options_description description;
  for (const OptionSpec& spec : option_table) {
    if (takes(syntax, spec.group)) describe(spec, options, description);
  }
  description.add_options()("argument", po::value(&options.arguments));
  po::positional_options_description positional;
  positional.add("argument", -1);

  po::variables_map values;
  try {
    // Abbreviated options would make every new option a breaking change.
    const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::store(
        po::command_line_parser(options.words).options(description).positional(positional).style(style).run(),
        values);
    po::notify(values);
  } catch (const po::unknown_option& problem) {
    return unknown_option(syntax, problem.get_option_name());
  } catch (const po::multiple_occurrences& problem) {
    return usage_error(
        fmt::format("`--{}` is given more than once", without_dashes(problem.get_option_name())));
  } catch (const po::invalid_command_line_syntax& problem) {
    const std::string name = without_dashes(problem.get_option_name());
    if (problem.kind() == po::invalid_syntax::extra_parameter) {
      return usage_error(fmt::format("`--{}` takes no value", name));
    }
    return usage_error(fmt::format("`--{}` needs a value", name));
  } catch (const po::error& problem) {
    return usage_error(redacted(problem.what()));
  }
  if (options.help) return options;
  for (const OptionSpec& spec : option_table) {
    if (!takes(syntax, spec.group)) continue;
    if (auto error = take_values(spec, syntax, values, options)) return *error;
  }
  if (options.jobs > 1024)
    return usage_error(fmt::format("`--jobs` cannot be {}: at most 1024", options.jobs));
  if (!options.memory.empty()) {
    if (const auto size = parse_size(options.memory); !size) return size.error();
  }
  if (options.arguments.size() < syntax.least_arguments) {
    return usage_error(fmt::format("`pg2crdb {}` needs {}", syntax.name, syntax.arguments),
                       fmt::format("pg2crdb help {}", syntax.name));
  }
  if (options.arguments.size() > syntax.most_arguments) {
    return usage_error(fmt::format("`pg2crdb {}` does not take `{}`", syntax.name,
                                   redacted(options.arguments[syntax.most_arguments])),
                       fmt::format("pg2crdb help {}", syntax.name));
  }
  for (const std::string& argument : options.arguments) {
    if (auto error = misspelt_url(argument)) return *error;
  }
  return options;
}

std::vector<OptionText> options_of(const Syntax& syntax) {
  std::vector<OptionText> all;
  for (const OptionHeading& heading : option_headings) {
    if (!takes(syntax, heading.group)) continue;
    for (const OptionSpec& spec : option_table) {
      if (spec.group != heading.group) continue;
      const std::string_view value = value_of(spec, syntax);
      const bool has_choices = is_list_of_choices(value) || spec.group == format;
      all.push_back({heading.text, spec.name, spec.letter, value, text_of(spec, syntax),
                     has_choices ? split(value, '|') : std::vector<std::string>()});
    }
  }
  return all;
}

std::string help_text(const Syntax& syntax) {
  std::string out =
      fmt::format("pg2crdb {} - {}\n\nusage: pg2crdb {}{}{} [option...]\n\n", syntax.name, syntax.summary,
                  syntax.name, syntax.arguments.empty() ? "" : " ", syntax.arguments);
  std::istringstream paragraphs{std::string(syntax.details)};
  for (std::string paragraph; std::getline(paragraphs, paragraph);) {
    append_wrapped(out, paragraph, 0, 100);
  }
  std::string_view last_heading;
  for (const OptionText& option : options_of(syntax)) {
    if (option.heading != last_heading) out += fmt::format("\n{}:\n", option.heading);
    last_heading = option.heading;
    append_option(out, option);
  }
  if (!syntax.examples.empty()) out += "\nExamples:\n";
  for (std::string_view example : syntax.examples) out += fmt::format("  {}\n", example);
  return out;
}

Result<uint64_t> parse_size(std::string_view text) {
  uint64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  std::string unit(end, text.data() + text.size());
  std::transform(unit.begin(), unit.end(), unit.begin(), [](unsigned char c) { return std::tolower(c); });
  const size_t shift = unit.empty() || unit == "b"                    ? 0
                       : unit == "k" || unit == "kb" || unit == "kib" ? 10
                       : unit == "m" || unit == "mb" || unit == "mib" ? 20
                       : unit == "g" || unit == "gb" || unit == "gib" ? 30
                                                                      : 64;
  if (problem != std::errc() || shift == 64 || number > (UINT64_MAX >> shift)) {
    return usage_error(fmt::format("`{}` is no size", redacted(text)), "write it as 64MB or 1GB");
  }
  return number << shift;
}

std::vector<std::string> split_commas(std::span<const std::string> values) {
  std::vector<std::string> all;
  for (const std::string& value : values) {
    for (std::string& part : split(value, ',')) all.push_back(std::move(part));
  }
  return all;
}

}  // namespace pg2crdb
