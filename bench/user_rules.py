"""Writes the rule file that the cost of user rules is measured with: what a house of 200 rules would hold."""


def rules():
    """Yields the text of each rule. Most never match, as in real houses; a few match everywhere and report."""
    for i in range(50):
        yield f"""rule column-name-{i} info in names 'x'
  match column $table.$column{' text' if i % 2 else ''};
  where $column ~ '^legacy{i}_';
  say '`$table.$column` has an old name';
"""
    for i in range(40):
        yield f"rule company-type-{i}\n  match type company.kind_{i};\n  rewrite as text;\n"
    for i in range(40):
        yield f"rule function-{i}\n  match expression old_function_{i}($x, ...);\n  rewrite as new_function_{i}($x);\n"
    for i in range(30):
        yield f"""rule table-{i} info in tables 'x'
  match statement CREATE TABLE $table (..., tenant_{i} uuid, ...);
  where $table has no primary key;
  say '`$table` has tenants and no key';
"""
    for i in range(20):
        yield f"""rule constraint-{i} info in constraints 'x'
  match constraint on $table FOREIGN KEY (owner_{i}) REFERENCES $other;
  where not $other ~ 'users';
  say '`$table` belongs to `$other`';
"""
    for i in range(15):
        yield f"""rule index-{i} info in indexes 'x'
  match index element on $table col_{i} DESC;
  say 'an index of `$table`';
"""
    yield "rule no-comment info in comments 'x'\n  match statement of kind 'COMMENT ON COLUMN';\n  say '$object';\n"
    yield "rule varchar-limit info in types 'x'\n  match type varchar($n);\n  where $n > 4000;\n  say '$place';\n"
    yield ("rule key-type info in keys 'x'\n  match column $table.id integer;\n  where $table has primary key 'id';\n"
           "  say '`$table` has a short key';\n")
    yield "rule no-now info in functions 'x'\n  match expression now();\n  say '$place';\n"
    yield "rule nullable info in types 'x'\n  match column $t.$c boolean;\n  where not .not_null;\n  say '`$t.$c`';\n"


def write(path):
    texts = list(rules())
    path.write_text("\n".join(texts))
    return len(texts)
