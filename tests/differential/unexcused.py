"""Rules whose findings excuse no difference by themselves, and why. With _RULES of compare.py, every rule that there is."""

RULES = {
    "the statement is left for a person, and that excuses what it would have changed": (
        "unparsed-statement", "invalid-utf8", "nonstandard-strings", "copy-options", "psql-variable-unknown", "psql-statements-unknown",
        "psql-include", "psql-copy", "psql-inside-statement", "migration-environment", "duplicate-object", "search-path-opaque",
        "body-names-gone", "transaction-refused", "local-setting", "partition-reference", "partition-without-parent",
        "duplicate-default", "duplicate-primary-key", "missing-relation", "missing-column", "missing-key", "object-later", "domain-in-body", "function-language", "function-feature",
        "function-type", "function-body", "context-dependent-cast", "regex-dialect", "key-not-integer", "key-used-as-integer", "foreign-key-set-null-columns",
        "vendor-clause-lost", "vendor-rows", "vendor-aggregate", "cockroachdb-script", "constraint-not-enforced", "temporal-constraint", "temporary-table", "temporary-view", "view-query",
        "type-cast-in-view", "view-calls-function", "trigger-refused", "trigger-function", "trigger-row-values", "trigger-field", "trigger-generated",
        "policy-subquery", "statement-unsupported", "foreign-key-types", "row-type-column",
        "copy-in-order", "statement-unknown", "missing-object", "circular-dependency", "rows-too-early", "cockroachdb-syntax",
        "not-cockroachdb", "internal-error", "capabilities-contradicted", "overload-clash", "retyped-together", "body-names-later", "body-unread", "primary-key-dropped"),
    "the source does not run such a script, or not to its end": (
        "truncated-dump", "dump-end-missing", "empty-input", "client-encoding", "psql-condition-unknown", "psql-condition-unmatched",
        "migration-mark-missing", "migration-mark-unclear", "transaction-unclosed", "object-elsewhere", "guard-assumed"),
    "nothing of it is in a catalog": (
        "psql-result", "psql-quit", "psql-connect", "psql-command", "set-config", "session-setting", "transaction-not-atomic",
        "migration-way-down", "source-database", "source-database-privileges", "rows-with-oids", "database-dropped", "statement-not-needed", "role-setting", "role-setting-lost", "unused-decision",
        "expired-decision", "database-setting", "large-objects", "vendor-dump", "vendor-object", "vendor-clause",
        "rows-too-large", "rows-not-scanned", "workload-refused", "workload-rewritten", "workload-name", "workload-lock", "workload-unread", "workload-unseen", "array-of-arrays", "foreign-key-citext", "add-column-sequence", "foreign-key-index",
        "hot-spot-index", "missing-primary-key", "rows-changed-at-once", "wide-row"),
    "what it is about is not compared: extensions, roles' options, storage": (
        "extension-built-in", "extension-partial", "extension-missing", "extension-schema", "drop-extension", "missing-role", "role-option", "membership-options",
        "storage-parameter", "table-with-oids", "view-storage", "unlogged-table", "like-option-dropped"),
    "it is about rows that no test changes: actions of foreign keys, partitions, releases before": (
        "trigger-cascade", "trigger-key-update", "foreign-key-generated-column", "view-owner", "vector-index-setting", "trigger-upsert", "trigger-table-name", "trigger-generated-row",
        "policy-update", "trigger-drop-cascade", "primary-key-swapped", "retyped-with-setting", "retyped-unchecked"),
    "it keeps the meaning, and what stands in the catalog": (
        "division", "quotient-text", "padded-row", "regex-match", "sequence-primary-key", "key-reference-default", "table-of-type", "reserved-word", "trigger-or-replace", "grant-clause",
        "missing-schema", "unique-dropped", "nulls-order-lost", "common-table-order", "preview-feature", "text-cut", "into-first-row", "table-changed-twice", "overload-choice", "function-alias", "aggregate-replaced", "empty-catalog", "rows-infinite-time"),
}
