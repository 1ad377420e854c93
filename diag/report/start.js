// Puts the page together. Everything long is made in steps, so that it is there at once however large the schema is.

const mostPrinted = 500;

function start() {
  const report = readReport(document.getElementById('report').textContent);
  const {target, inputs, tool} = report;
  document
    .querySelector('h1')
    .after(
      make(
        'p',
        {class: 'about'},
        [
          inputs.map((one) => one.path).join(', '),
          target && `for CockroachDB ${target.version}`,
          `pg2crdb ${tool.version}`,
        ]
          .filter(Boolean)
          .join(' \u00b7 '),
      ),
    );
  const sections = report.run ? runSections(report.run) : compiledSections(report).filter(Boolean);
  document.getElementById('sections').append(
    make(
      'ul',
      null,
      sections.map((one) => make('li', null, make('a', {href: `#${one.id}`}, one.querySelector('h2').textContent))),
    ),
  );
  document.getElementById('main').append(...sections);
  addEventListener('beforeprint', openAll);
}

function compiledSections(report) {
  return [
    verdict(report),
    effort(report),
    findings(report),
    report.whole && statements(report),
    tables(report),
    keys(report),
    releases(report),
    rowsAsked(report),
  ];
}

/** Paper cannot be opened: what the filters chose is shown, up to a length that somebody would print. */
function openAll() {
  let printed = 0;
  for (;;) {
    const closed = [...document.querySelectorAll('main details:not([open]):not(.again)')];
    const more = [...document.querySelectorAll('main .steps')].filter((one) => one.querySelector(':scope > .more'));
    if ((closed.length === 0 && more.length === 0) || printed > mostPrinted) break;
    for (const one of closed) {
      if (++printed > mostPrinted) break;
      one.fill?.();
      one.open = true;
    }
    for (const one of more) {
      if (++printed > mostPrinted) break;
      one.showMore(50);
    }
  }
  if (printed > mostPrinted && !document.getElementById('cut'))
    document
      .getElementById('main')
      .append(make('p', {id: 'cut'}, 'More is on the page than is printed: choose less with its filters.'));
}

document.addEventListener('DOMContentLoaded', start);
