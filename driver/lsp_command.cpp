#include <unistd.h>

#include <limits>

#include "driver/command.h"
#include "driver/lsp_server.h"

namespace pg2crdb {
namespace {

int run(const Options& options) {
  LspTransport transport(STDIN_FILENO, STDOUT_FILENO);
  const Result<bool> ended = LspServer(options, transport).run();
  if (!ended) return fail(ended.error());
  return *ended ? exit_clean : exit_findings;
}

}  // namespace

const Command lsp_command = {
    {.name = "lsp",
     .arguments = "[INPUT...]",
     .summary = "findings, fixes and what is emitted in an editor: a language server on stdin and stdout",
     .details = "Speaks the language server protocol 3.17. A document that is one of the INPUTs, as a "
                "migration of a "
                "folder, is looked at together with all of them, another one by itself, as `lint --in-order` "
                "does: docs/editors.md. The exit status is 0 where the editor said `shutdown`.",
     .groups = {OptionGroup::reading, OptionGroup::release, OptionGroup::answers, OptionGroup::choices,
                OptionGroup::outside, OptionGroup::findings, OptionGroup::settings, OptionGroup::jobs},
     .formats = {},
     .least_arguments = 0,
     .most_arguments = std::numeric_limits<size_t>::max(),
     .examples = {"pg2crdb lsp", "pg2crdb lsp db/migrations --crdb 25.2"}},
    run,
};

}  // namespace pg2crdb
