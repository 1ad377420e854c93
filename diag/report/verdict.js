// What a reader wants to know first: does it work, what is lost, what is to be done next.

function verdict(report) {
  const {summary} = report;
  const failed = summary.exit_status !== 0 || summary.errors > 0;
  const open = report.statements.filter(isOpen).length;
  const wrong = report.statements.filter(
    (one) => one.fate !== 'needs_person' && one.fate !== 'dropped' && hasError(one),
  );
  return section(
    'verdict',
    'Verdict',
    make(
      'div',
      {class: `verdict ${failed ? 'failed' : 'passed'}`},
      make('p', {class: 'headline'}, headline(summary, open, failed)),
      report.whole && make('p', null, byItself(summary.statements, wrong.length)),
    ),
    report.whole && fateBar(summary.statements),
    findingCounts(summary),
    report.whole && lost(report, open, wrong),
    nextCommands(report, failed),
  );
}

function headline(summary, open, failed) {
  const errors = summary.errors > 0 ? counted(summary.errors, 'error') : '';
  if (open > 0)
    return `${open === 1 ? '1 statement needs' : `${number(open)} statements need`} a person${errors && `: ${errors}`}`;
  if (failed) return errors === '' ? 'Findings ask for a decision' : `${errors} to be worked down`;
  const waived = summary.statements?.needs_person ?? 0;
  if (waived > 0) return `Ready, without ${counted(waived, 'statement')} that somebody decided to do without`;
  return summary.warnings > 0 ? `Ready to run, with ${counted(summary.warnings, 'warning')} to read` : 'Ready to run';
}

function byItself(statements, wrong) {
  const own = statements.kept + statements.rewritten + statements.merged + statements.moved - wrong;
  const share = statements.read === 0 ? 100 : Math.floor((own * 100) / statements.read);
  const parts = [
    `${number(own)} of ${counted(statements.read, 'statement')} (${share} %) compile by themselves`,
    `${number(statements.dropped)} ${statements.dropped === 1 ? 'is' : 'are'} left out with a reason`,
  ];
  if (wrong > 0) parts.push(`${number(wrong)} ${wrong === 1 ? 'goes' : 'go'} out with errors`);
  parts.push(`${number(statements.needs_person)} ${statements.needs_person === 1 ? 'needs' : 'need'} a person`);
  return `${parts.join(', ')}.`;
}

/** One bar, and the same as a list of counts. */
function fateBar(statements) {
  const shares = Object.keys(fates).filter((fate) => statements[fate] > 0);
  const label = shares.map((fate) => `${number(statements[fate])} ${fates[fate]}`).join(', ');
  const bar = draw('svg', {
    class: 'bar',
    viewBox: '0 0 1000 20',
    preserveAspectRatio: 'none',
    role: 'img',
    'aria-label': `Statements: ${label}`,
  });
  let at = 0;
  for (const fate of shares) {
    const width = (statements[fate] * 1000) / statements.read;
    bar.append(draw('rect', {class: `fate-${fate}`, x: at, y: 0, width: Math.max(width - 1.5, 1), height: 20}));
    at += width;
  }
  return make(
    'div',
    null,
    bar,
    make(
      'ul',
      {class: 'legend', 'aria-label': 'Statements by what became of them'},
      shares.map((fate) =>
        make(
          'li',
          null,
          make('span', {class: `swatch fate-${fate}`, 'aria-hidden': 'true'}),
          ` ${fates[fate]} `,
          make('strong', null, number(statements[fate])),
        ),
      ),
    ),
  );
}

function findingCounts(summary) {
  const counts = [
    ['error', summary.errors],
    ['warning', summary.warnings],
    ['info', summary.infos],
    ['acknowledged', summary.acknowledged],
  ];
  return make(
    'ul',
    {class: 'tiles', 'aria-label': 'Findings'},
    counts
      .filter(([kind, count]) => kind !== 'acknowledged' || count > 0)
      .map(([kind, count]) =>
        make(
          'li',
          {class: `tile ${count === 0 ? 'none' : kind}`},
          make('strong', null, number(count)),
          ' ',
          count === 1 ? kind : severityNames[kind].toLowerCase(),
        ),
      ),
  );
}

/** What is in the input and not in the output, the worst first. */
function lost(report, open, wrong) {
  const entries = [];
  const held = report.statements.filter((one) => one.fate === 'needs_person');
  if (held.length > 0) {
    const kinds = mostFirst(groupedBy(held, (one) => one.kind));
    entries.push(
      unfolding(
        null,
        [
          make('strong', null, counted(held.length, 'statement')),
          ` held back, ${held.length === 1 ? 'a comment' : 'comments'} in the output${open < held.length ? `; ${number(held.length - open)} acknowledged` : ''}`,
        ],
        () =>
          make(
            'ul',
            null,
            kinds.map(([kind, list]) =>
              make(
                'li',
                null,
                `${number(list.length)} `,
                make('code', null, kind),
                firstNames(list),
              ),
            ),
          ),
      ),
    );
  }
  if (wrong.length > 0) {
    entries.push(
      unfolding(
        null,
        [
          make('strong', null, counted(wrong.length, 'statement')),
          ' with errors: what CockroachDB refuses, or what loses something',
        ],
        () =>
          make(
            'ul',
            null,
            wrong
              .slice(0, 100)
              .map((one) =>
                make(
                  'li',
                  null,
                  make('code', null, `${one.kind} ${one.object}`),
                  ', ',
                  one.place,
                  ': ',
                  [
                    ...new Set(
                      one.findings.filter((finding) => finding.shown === 'error').map((finding) => finding.rule),
                    ),
                  ].join(', '),
                ),
              ),
          ),
      ),
    );
  }
  const rows = report.data.filter((block) => block.left_out);
  if (rows.length > 0) {
    entries.push(
      unfolding(
        null,
        [
          make(
            'strong',
            null,
            counted(
              rows.reduce((sum, block) => sum + block.rows, 0),
              'row',
            ),
          ),
          ' not loaded',
        ],
        () =>
          make(
            'ul',
            null,
            rows
              .slice(0, 100)
              .map((block) =>
                make('li', null, `${number(block.rows)} of `, make('code', null, block.table), `: ${block.left_out}`),
              ),
          ),
      ),
    );
  }
  const unread = notRead(report.summary.not_read);
  if (unread.length > 0)
    entries.push(
      unfolding(null, [make('strong', null, 'Not read'), `: ${unread[0]}`], () =>
        make(
          'ul',
          null,
          unread.map((line) => make('li', null, line)),
        ),
      ),
    );
  const dropped = report.statements.filter((one) => one.fate === 'dropped');
  if (dropped.length > 0) {
    entries.push(
      unfolding(
        null,
        [make('strong', null, counted(dropped.length, 'statement')), ' left out, which CockroachDB has no use for'],
        () =>
          make(
            'ul',
            null,
            mostFirst(groupedBy(dropped, (one) => one.reason || 'no reason given')).map(([reason, list]) =>
              make(
                'li',
                null,
                `${number(list.length)} `,
                sentence(reason),
                ': ',
                [...new Set(list.map((one) => `${one.kind}${one.object && ` ${one.object}`}`))].slice(0, 6).join(', '),
                list.length > 6 && ' ...',
              ),
            ),
          ),
      ),
    );
  }
  return make(
    'div',
    null,
    make('h3', null, 'What would be lost'),
    entries.length === 0
      ? make(
          'p',
          null,
          report.summary.errors > 0
            ? 'No statement; the errors below say what else.'
            : 'Nothing: all that was read is in the output.',
        )
      : make('div', {class: 'entries'}, entries),
  );
}

/** ": a, b and 3 more"; nothing of what has no names. */
function firstNames(list) {
  const names = list.map((one) => one.object).filter(Boolean);
  const more = names.length > 8 ? ` and ${number(names.length - 8)} more` : '';
  return names.length > 0 && `: ${names.slice(0, 8).join(', ')}${more}`;
}

function notRead(unread) {
  if (unread === undefined) return [];
  const lines = [];
  const say = (part, what) => {
    if (part.statements + part.rows > 0)
      lines.push(`${counted(part.statements, 'statement')} and ${counted(part.rows, 'row')} ${what}`);
  };
  say(unread.branches, 'in branches that psql does not take');
  say(unread.behind_quit, 'behind \\q');
  if (unread.rows_for_person > 0)
    lines.push(`${counted(unread.rows_for_person, 'row')} behind statements that need a person`);
  for (const database of unread.databases)
    say(database, `of the database ${database.name || 'before the first \\connect'}`);
  say(unread.down_parts, 'of ways down of migrations');
  return lines;
}

/** By the estimate; where there is none, that of the first error. */
function costliestRule(report) {
  const points = new Map();
  for (const {rule, points: more} of report.effort?.objects.flatMap((object) => object.rules) ?? [])
    points.set(rule, (points.get(rule) ?? 0) + more);
  const [most] = [...points].sort((a, b) => b[1] - a[1]);
  return most?.[0] ?? report.findings.find((one) => one.shown === 'error')?.rule;
}

/** Commands that go on from here. */
function nextCommands(report, failed) {
  const input = report.inputs.map((one) => shellWord(one.path)).join(' ') || 'INPUT';
  const steps = [];
  if (failed) {
    const rule = costliestRule(report);
    if (rule !== undefined) {
      steps.push([
        'See what the rule that costs most asks for, and how it is written',
        `pg2crdb rules explain ${rule}`,
      ]);
      steps.push([
        'What you can live without is acknowledged, by rule and by object',
        `pg2crdb decide ${input} --rule ${rule} --reason "..."`,
      ]);
    }
    steps.push([
      'Change the rest where it comes from, or by a rule of your own, and compile again',
      `pg2crdb compile ${input} --out-dir compiled`,
    ]);
  } else {
    steps.push([
      'Create the schema, load, revalidate and verify; it stops and resumes',
      `pg2crdb migrate ${input} --target postgresql://root@localhost:26257/mydb`,
    ]);
  }
  return make(
    'div',
    null,
    make('h3', null, 'Next'),
    make(
      'ol',
      {class: 'next'},
      steps.map(([what, line]) => make('li', null, make('p', null, what, ':'), command(line))),
    ),
  );
}
