// A run that moved or compared rows: what became of it, and when which table had its turn.

const runEnds = {
  0: 'Ended well',
  2: 'Not begun, or broken off: what its log says has to be put right',
  3: 'Loaded, with rejected rows',
  4: 'Rows or the schema differ',
  5: 'Stopped: as far as it came',
  6: 'A sample is equal; of the other rows it proves nothing',
};
const stageNames = {load: 'Load', verify: 'Verify'};

function runSections(run) {
  const good = run.exit_status === 0 || run.exit_status === 6;
  return [
    section(
      'verdict',
      'Verdict',
      make(
        'div',
        {class: `verdict ${good ? 'passed' : 'failed'}`},
        make('p', {class: 'headline'}, runEnds[run.exit_status] ?? 'Ended with an error'),
        make('p', null, `${run.command}, exit status ${run.exit_status}`),
      ),
    ),
    ...run.stages.map(stage),
  ];
}

function stage(one) {
  const rows = one.tables.reduce((sum, each) => sum + each.rows, 0);
  const bytes = one.tables.reduce((sum, each) => sum + each.bytes, 0);
  const verb = one.stage === 'verify' ? 'compared' : 'loaded';
  const speed = one.seconds > 0 ? `, ${number(Math.round(rows / one.seconds))} rows a second` : '';
  const byStart = [...one.tables].sort((a, b) => a.began - b.began);
  return section(
    one.stage,
    stageNames[one.stage] ?? one.stage,
    make(
      'p',
      null,
      `${counted(rows, 'row')} of ${counted(one.tables.length, 'table')} ${verb} in ${secondsText(one.seconds)}${speed}`,
      bytes > 0 && `, ${megabytes(bytes)}`,
      `. Began at ${one.began.replace('T', ' ').replace('Z', ' UTC')}.`,
    ),
    byStart.length > 0 &&
      table(
        `When each table was ${verb}, of ${secondsText(one.seconds)}`,
        ['Table', 'Rows', 'Rows a second', 'Took', 'When'],
        byStart,
        50,
        (each) => [
          make('code', null, each.name),
          each.rows,
          rowsASecond(each),
          secondsText(each.ended - each.began),
          turn(each, one.seconds),
        ],
      ),
  );
}

function rowsASecond({rows, began, ended}) {
  return ended > began ? Math.round(rows / (ended - began)) : '';
}

/** A table's time within the stage's. */
function turn({began, ended}, seconds) {
  const whole = Math.max(seconds, ended, 0.001);
  const at = (began * 1000) / whole;
  return draw(
    'svg',
    {
      class: 'timeline',
      viewBox: '0 0 1000 20',
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': `from ${secondsText(began)} to ${secondsText(ended)}`,
    },
    draw('rect', {class: 'track', x: 0, y: 0, width: 1000, height: 20}),
    draw('rect', {
      class: 'fate-rewritten',
      x: Math.min(at, 996),
      y: 0,
      width: Math.max(((ended - began) * 1000) / whole, 4),
      height: 20,
    }),
  );
}

function secondsText(seconds) {
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
