// Advice on keys and sequences, what releases and previews are needed, what the rows were asked.

const aboutKeys = /^(sequence-|hot-spot-|add-column-sequence|identity-|key-|missing-key|duplicate-primary-key|primary-key)/;
const aboutReleases =
  /\bpreview\b|\bCockroachDB \d\d\.\d|\bv?2\d\.[1-4]\b|\b(cluster|session) setting|\bSET CLUSTER SETTING\b/i;

function keys(report) {
  const found = report.findings.filter((finding) => aboutKeys.test(finding.rule));
  return (
    found.length > 0 &&
    section(
      'keys',
      'Keys and sequences',
      make(
        'p',
        null,
        'CockroachDB keeps rows in the order of their key, in ranges on several nodes. Keys that only grow write all new rows to one of them.',
      ),
      byRule('Findings on keys and sequences', found),
    )
  );
}

function releases(report) {
  const {target} = report;
  const found = report.findings.filter((finding) =>
    aboutReleases.test([finding.message, finding.advice, ...finding.notes].join('\n')),
  );
  if (target === undefined && found.length === 0) return null;
  const input = report.inputs.map((one) => shellWord(one.path)).join(' ') || 'INPUT';
  return section(
    'releases',
    'Releases and previews',
    target &&
      make(
        'p',
        null,
        `Compiled for CockroachDB ${target.version}${target.kind ? `, ${target.kind === 'regular' ? 'a regular release' : 'an innovation release'}` : ''}`,
        target.available && `, available since ${target.available}`,
        target.maintenance_ends && `, maintained until ${target.maintenance_ends}`,
        target.assistance_ends && `, with assistance until ${target.assistance_ends}`,
        '.',
      ),
    found.length === 0
      ? make('p', null, 'No finding asks for another release, a preview or a setting.')
      : byRule('Findings that name a release, a preview or a setting', found),
    report.whole && [make('p', null, 'What another release would save, or cost:'), command(`pg2crdb whatif ${input}`)],
  );
}

function byRule(caption, found) {
  return table(
    caption,
    ['Rule', 'Findings', 'Objects', 'What to do'],
    mostFirst(groupedBy(found, (finding) => finding.rule)),
    25,
    ([rule, list]) => {
      const objects = [...new Set(list.map((finding) => finding.object))];
      return [
        make('button', {type: 'button', class: 'link', onclick: () => showFindings({rule})}, rule),
        list.length,
        [objects.slice(0, 8).join(', '), objects.length > 8 && ` and ${number(objects.length - 8)} more`],
        sentence(list[0].advice),
      ];
    },
  );
}

function rowsAsked(report) {
  const asked = report.rows_asked;
  return (
    asked.length > 0 &&
    section(
      'rows',
      'What the rows were asked',
      table(
        'Questions to the rows',
        ['Object', 'Question', 'Looked at', 'Found', 'First'],
        [...asked].sort((a, b) => b.found - a.found),
        20,
        (one) => [
          make('code', null, one.object),
          one.question,
          one.rows,
          one.found,
          one.first.map((row) => `${row.file}:${row.line}${row.key && ` ${row.key}`}`).join(', '),
        ],
      ),
    )
  );
}
