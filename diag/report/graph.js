// Which tables refer to which, what is done and what waits: a drawing on request, and the same as a table.

const states = {done: 'done', part: 'done but for a part', waits: 'waits for another', person: 'needs a person'};
const marks = {done: '\u2713', waits: '\u2026', part: '!', person: '\u2717'};
const box = {width: 190, height: 30, across: 80, between: 12};

function tables(report) {
  const all = tablesOf(report);
  if (all.length === 0) return null;
  const linked = all.filter((one) => one.to.length + one.from.length > 0);
  const place = make('div');
  const known = make(
    'datalist',
    {id: 'table-names'},
    linked.map((one) => make('option', {value: one.name})),
  );
  const around = make('input', {list: 'table-names', type: 'text', placeholder: 'all tables'});
  const drawIt = () => {
    const middle = all.find((one) => one.name === around.value.trim());
    const chosen = middle === undefined ? linked : neighbours(middle, 2);
    place.replaceChildren(
      chosen.length === 0 ? make('p', {role: 'status'}, 'No table refers to another.') : drawing(chosen, middle),
    );
  };
  const rank = (one) => -Object.keys(states).indexOf(one.state);
  const listed = [...all].sort((a, b) => rank(a) - rank(b) || b.from.length - a.from.length);
  return section(
    'tables',
    'Tables',
    make(
      'p',
      null,
      `${counted(all.length, 'table')}, ${counted(
        all.reduce((sum, one) => sum + one.to.length, 0),
        'reference',
      )} by foreign keys. `,
      Object.entries(states)
        .map(([state, name]) => [state, name, all.filter((one) => one.state === state).length])
        .filter(([, , count]) => count > 0)
        .map(([state, name, count]) => [badge(`state-${state}`, `${number(count)} ${name}`), ' ']),
    ),
    linked.length > 0 &&
      make(
        'form',
        {
          class: 'filters',
          'aria-label': 'Drawing of references',
          onsubmit: (event) => {
            event.preventDefault();
            drawIt();
          },
        },
        labelled('Tables around', around),
        known,
        make('button', {type: 'submit'}, 'Draw who refers to whom'),
      ),
    place,
    table(
      'Tables, by what is to be done',
      ['Table', 'State', 'Refers to', 'Referred to by', 'Findings'],
      listed,
      20,
      (one) => [
        make('code', null, one.name),
        badge(`state-${one.state}`, states[one.state]),
        names(one.to),
        names(one.from),
        one.findings > 0
          ? make(
              'button',
              {
                type: 'button',
                class: 'link',
                'aria-label': `${counted(one.findings, 'finding')} on ${one.name}`,
                onclick: () => showFindings({text: one.name}),
              },
              number(one.findings),
            )
          : '0',
      ],
    ),
  );
}

function names(list) {
  if (list.length === 0) return '';
  return [
    list
      .slice(0, 6)
      .map((one) => one.name)
      .join(', '),
    list.length > 6 && ` and ${number(list.length - 6)} more`,
  ];
}

/** Tables with those that they refer to, and whether they or a statement about them are held back or have errors, because of something else or of their own. */
function tablesOf(report) {
  const byName = new Map();
  const all = report.tables.map(({name, statement, refers_to}) => {
    const one = {name, statement, refers_to, to: [], from: [], findings: 0, state: 'done'};
    byName.set(name, one);
    return one;
  });
  for (const statement of report.statements) {
    const one = byName.get(statement.object);
    if (one === undefined) continue;
    one.findings += statement.findings.length;
    if (statement.fate !== 'needs_person' && !hasError(statement)) continue;
    if (statement.kind !== 'CREATE TABLE') one.state = one.state === 'done' ? 'part' : one.state;
    else
      one.state = statement.findings.some((finding) => finding.rule === 'object-not-translated') ? 'waits' : 'person';
  }
  for (const one of all) {
    for (const name of one.refers_to) {
      const other = byName.get(name);
      if (other === undefined) continue;
      one.to.push(other);
      if (other !== one) other.from.push(one);
    }
  }
  return all;
}

/** The tables that are at most so many references away. */
function neighbours(middle, distance) {
  let found = new Set([middle]);
  for (let i = 0; i < distance; ++i) found = new Set([...found].flatMap((one) => [one, ...one.to, ...one.from]));
  return [...found];
}

/** By columns: a table stands to the right of all that it refers to. Circles are cut where they are met. */
function columnsOf(chosen) {
  const within = new Set(chosen);
  const levels = new Map();
  for (const first of chosen) {
    const path = [[first, 0]];
    const on = new Set([first]);
    while (path.length > 0) {
      const step = path.at(-1);
      const [one, next] = step;
      const other = levels.has(one) ? undefined : one.to[next];
      if (other !== undefined) {
        ++step[1];
        if (within.has(other) && !levels.has(other) && !on.has(other)) {
          path.push([other, 0]);
          on.add(other);
        }
        continue;
      }
      if (!levels.has(one))
        levels.set(one, Math.max(-1, ...one.to.filter((to) => levels.has(to)).map((to) => levels.get(to))) + 1);
      on.delete(one);
      path.pop();
    }
  }
  const columns = [];
  for (const one of chosen) (columns[levels.get(one)] ??= []).push(one);
  const places = new Map();
  const settle = (column) => column.forEach((one, i) => places.set(one, i));
  columns.forEach(settle);
  for (let round = 0; round < 4; ++round) {
    for (const column of columns) {
      const wanted = new Map(
        column.map((one) => {
          const near = [...one.to, ...one.from].filter((other) => other !== one && within.has(other));
          return [
            one,
            near.length === 0 ? places.get(one) : near.reduce((sum, other) => sum + places.get(other), 0) / near.length,
          ];
        }),
      );
      column.sort((a, b) => wanted.get(a) - wanted.get(b));
      settle(column);
    }
  }
  return columns;
}

function drawing(chosen, middle) {
  const columns = columnsOf(chosen);
  const at = new Map();
  columns.forEach((column, i) =>
    column.forEach((one, j) => at.set(one, [i * (box.width + box.across), j * (box.height + box.between)])),
  );
  const width = columns.length * (box.width + box.across) - box.across;
  const height = Math.max(...columns.map((column) => column.length)) * (box.height + box.between);
  const waiting = chosen.filter((one) => one.state !== 'done').length;
  const schema = commonSchema(chosen);
  const picture = draw('svg', {
    class: 'graph',
    viewBox: `-2 -2 ${width + 24} ${height + 4}`,
    width: width + 24,
    height: height + 4,
    role: 'img',
    'aria-label': `${counted(chosen.length, 'table')}, each to the right of those that it refers to; ${number(waiting)} not done. The table below says the same.`,
  });
  for (const one of chosen) {
    for (const other of one.to) if (at.has(other)) picture.append(arrow(at.get(one), at.get(other), one === other));
  }
  for (const one of chosen) {
    const [x, y] = at.get(one);
    const name = one.name.slice(schema.length);
    const shown = name.length > 23 ? `${name.slice(0, 22)}\u2026` : name;
    picture.append(
      draw(
        'g',
        {class: `node state-${one.state}${one === middle ? ' middle' : ''}`},
        draw('title', null, `${one.name}: ${states[one.state]}`),
        draw('rect', {x, y, width: box.width, height: box.height, rx: 5}),
        draw('text', {x: x + 8, y: y + 20}, `${marks[one.state]} ${shown}`),
      ),
    );
  }
  const legend = Object.keys(states)
    .filter((state) => chosen.some((one) => one.state === state))
    .map((state) => `${marks[state]} ${states[state]}`);
  return make(
    'figure',
    null,
    make('figcaption', null, `Each table stands to the right of those that it refers to. ${legend.join(', ')}.`),
    make('div', {class: 'wide picture', role: 'group', tabindex: '0', 'aria-label': 'Drawing of references'}, picture),
  );
}

/** "public." where all are of that schema: it would only take room. */
function commonSchema(chosen) {
  const first = chosen[0].name.slice(0, chosen[0].name.indexOf('.') + 1);
  return chosen.every((one) => one.name.startsWith(first)) ? first : '';
}

/** From the left side of a table to the right side of what it refers to. */
function arrow([x, y], [otherX, otherY], self) {
  const half = box.height / 2;
  const begin = `${x} ${y + half}`;
  const end = `${otherX + box.width} ${otherY + half}`;
  const path = self
    ? `M ${x + box.width} ${y + 8} c 22 -4 22 18 0 14`
    : `M ${begin} C ${x - box.across / 2} ${y + half} ${otherX + box.width + box.across / 2} ${otherY + half} ${end}`;
  return draw('path', {class: 'arrow', d: path});
}
