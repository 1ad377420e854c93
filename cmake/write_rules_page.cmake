# Writes the source that holds docs/rules.md: see pg2crdb_rules_page() in pages.cmake, which calls it.
include(${CMAKE_CURRENT_LIST_DIR}/literals.cmake)
file(READ ${PAGE} text)
pg2crdb_literals(literals "${text}" rules)
file(WRITE ${OUTPUT} "// Made of docs/rules.md.
#include \"driver/rules_page.h\"

namespace pg2crdb {

const std::string_view rules_page =${literals};

}  // namespace pg2crdb
")
