// The report as it was written (docs/report.schema.json), and what is looked up in it.

const fates = {
  needs_person: 'needs a person',
  rewritten: 'rewritten',
  merged: 'merged',
  moved: 'moved',
  kept: 'kept',
  dropped: 'left out',
  added: 'added',
};
const severities = ['error', 'warning', 'info'];
const severityNames = {error: 'Errors', warning: 'Warnings', info: 'Infos', acknowledged: 'Acknowledged'};

/** The report with an empty list for each that it does not have, and findings and statements linked to each other. */
function readReport(text) {
  const report = JSON.parse(text);
  for (const list of ['inputs', 'statements', 'data', 'findings', 'rows_asked', 'tables', 'added']) report[list] ??= [];
  report.files = new Set([...report.statements, ...report.findings].map((one) => one.span?.file).filter(Boolean));
  report.rules = new Map((report.rules ?? []).map((rule) => [rule.id, rule]));
  report.whole = report.summary !== undefined;
  linkStatements(report);
  for (const statement of report.added) {
    statement.fate = 'added';
    statement.place = placeText(statement.span, report);
    statement.passes = [];
    statement.reason = '';
    statement.findings = [];
  }
  linkFindings(report);
  report.summary ??= summaryOf(report);
  return report;
}

/** The statement that another was merged into; ids count from 0 in each script. */
function linkStatements(report) {
  let script = [];
  for (const statement of report.statements) {
    if (statement.id <= (script.at(-1)?.id ?? -1)) script = [];
    script.push(statement);
    statement.script = script;
    statement.place = placeText(statement.span, report);
    statement.findings = [];
  }
}

function intoWhichMerged(statement) {
  let into = statement;
  while (into?.merged_into !== undefined) into = byId(into.script, into.merged_into);
  return into === statement ? undefined : into;
}

function byId(script, id) {
  return lastNotBehind(
    script,
    id,
    (one) => one.id,
    (one) => one.id === id,
  );
}

/** Of a sorted list the last whose key is at most `key`, where it fits. */
function lastNotBehind(list, key, keyOf, fits) {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keyOf(list[middle]) <= key) low = middle + 1;
    else high = middle;
  }
  const found = list[low - 1];
  return found !== undefined && fits(found) ? found : undefined;
}

/** Each finding knows the statement that it is in, its place for a person, and what it counts as. */
function linkFindings(report) {
  const byFile = new Map();
  for (const statement of report.statements) {
    const {file} = statement.span;
    if (!byFile.has(file)) byFile.set(file, []);
    byFile.get(file).push(statement);
  }
  for (const list of byFile.values()) list.sort((a, b) => a.span.start.byte - b.span.start.byte);
  report.findings.forEach((finding, index) => {
    finding.index = index;
    finding.shown = finding.acknowledged === undefined ? finding.severity : 'acknowledged';
    finding.place = placeText(finding.span, report);
    finding.summary = report.rules.get(finding.rule)?.summary;
    finding.references = referencesOf(finding, report.rules.get(finding.rule)?.references ?? []);
    if (finding.span === null) return;
    const at = finding.span.start.byte;
    finding.statement = lastNotBehind(
      byFile.get(finding.span.file) ?? [],
      at,
      (one) => one.span.start.byte,
      (one) => at < one.span.end.byte || at === one.span.start.byte,
    );
    finding.statement?.findings.push(finding);
  });
}

/** Where CockroachDB says more of it: what is about the first words that its message has, names aside. */
function referencesOf(finding, references) {
  const said = finding.message.replace(/`[^`]*`/g, '');
  const first = references.find((one) => said.includes(one.words));
  return references.filter((one) => one.words === first?.words);
}

function summaryOf(report) {
  const count = (kind) => report.findings.filter((finding) => finding.shown === kind).length;
  return {
    errors: count('error'),
    warnings: count('warning'),
    infos: count('info'),
    acknowledged: count('acknowledged'),
    exit_status: count('error') > 0 ? 1 : 0,
  };
}

function isOpen(statement) {
  return statement.fate === 'needs_person' && statement.acknowledged !== true;
}

/** Whether it has one that nobody acknowledged. */
function hasError(statement) {
  return statement.findings.some((finding) => finding.shown === 'error');
}

/** "line 120", and the file in front where there are several. */
function placeText(span, report) {
  if (span === null) return 'about the run';
  return report.files.size > 1 ? `${span.file}:${span.start.line}` : `line ${span.start.line}`;
}

/** `[[key, items], ...]` in the order in which keys come. */
function groupedBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(item);
  }
  return [...groups];
}

function mostFirst(groups) {
  return groups.sort((a, b) => b[1].length - a[1].length);
}
