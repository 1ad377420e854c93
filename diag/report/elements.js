'use strict';

// Elements are made here alone, and what they say is always text: nothing of the report is ever read as markup.

/** `make('p', {class: 'x', onclick: f}, 'text', element, ...)`; children that are null or false are left out. */
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  add(element, children);
  return element;
}

/** The same for SVG. */
function draw(tag, attributes, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes ?? {})) element.setAttribute(name, value);
  add(element, children);
  return element;
}

function add(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
}

/** A message of the report: what stands between backticks is code. */
function sentence(text) {
  const parts = text.split('`');
  if (parts.length % 2 === 0) parts.push(parts.splice(-2).join('`'));
  return parts.map((part, i) => (i % 2 === 1 ? make('code', null, part) : part));
}

function capitalized(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function number(value) {
  return value.toLocaleString('en');
}

/** "1 statement", "2,290 statements". */
function counted(count, one, many) {
  return `${number(count)} ${count === 1 ? one : (many ?? one + 's')}`;
}

function badge(kind, text) {
  return make('span', {class: `badge ${kind}`}, text);
}

/** A text with its title. */
function pane(title, parts) {
  return make(
    'figure',
    null,
    make('figcaption', null, title),
    make('pre', {tabindex: '0', role: 'group', 'aria-label': title}, make('code', null, parts)),
  );
}

/** What is said of the text of a statement that needs a person. */
const heldBack = 'Held back: a comment in the output';

/** CockroachDB's own pages about a finding. */
function references(list) {
  return list.length > 0 && make('p', {class: 'note'}, 'CockroachDB itself: ', list.map(referenceLink));
}

/** Opened by who follows it alone; nothing is fetched from there. */
function referenceLink({text, url}, i) {
  return [i > 0 ? ', ' : '', make('a', {href: url, target: '_blank', rel: 'noopener noreferrer'}, text)];
}

/** A section with its heading; `id` is what the navigation goes to. */
function section(id, title, ...children) {
  return make(
    'section',
    {id, 'aria-labelledby': `${id}-title`},
    make('h2', {id: `${id}-title`, tabindex: '-1'}, title),
    ...children,
  );
}

/** What is looked at on request: `content` is called when it is opened for the first time. */
function unfolding(attributes, summary, content) {
  const details = make('details', attributes, make('summary', null, summary));
  details.fill = () => {
    if (details.filled) return;
    details.filled = true;
    add(details, [content()]);
  };
  details.addEventListener('toggle', () => {
    if (details.open) details.fill();
  });
  return details;
}

/** Appends `items` to `list`, `step` at a time, and behind it a button for more of them. */
function inSteps(list, items, step, render) {
  const area = make('div', {class: 'steps'}, list);
  let shown = 0;
  const more = make('button', {type: 'button', class: 'more'});
  area.showMore = (count) => {
    const first = items.slice(shown, shown + count).map(render);
    list.append(...first);
    shown += first.length;
    if (shown < items.length) {
      const left = items.length - shown;
      more.textContent =
        left <= step ? `Show the other ${number(left)}` : `Show ${number(step)} of the other ${number(left)}`;
      area.append(more);
    } else {
      more.remove();
    }
    return first[0];
  };
  more.addEventListener('click', () => {
    const first = area.showMore(step);
    const place = first?.querySelector('summary, button, a, [tabindex]') ?? first;
    if (place === first) place?.setAttribute('tabindex', '-1');
    place?.focus();
  });
  area.showMore(step);
  return area;
}

/** A table that can be scrolled sideways by keyboard. The first cell of a row is its head. The roles are for narrow pages, where cells are blocks. */
function table(caption, heads, rows, step = 25, cellsOf = (row) => row) {
  const body = make('tbody', {role: 'rowgroup'});
  const cell = (value, i) =>
    make(
      i === 0 ? 'th' : 'td',
      {
        scope: i === 0 && 'row',
        role: i === 0 ? 'rowheader' : 'cell',
        class: typeof value === 'number' && 'number',
        'data-label': heads[i],
      },
      typeof value === 'number' ? number(value) : value,
    );
  const area = inSteps(body, rows, step, (row) => make('tr', {role: 'row'}, cellsOf(row).map(cell)));
  const head = make(
    'tr',
    {role: 'row'},
    heads.map((text) => make('th', {scope: 'col', role: 'columnheader'}, text)),
  );
  const whole = make(
    'table',
    {role: 'table'},
    make('caption', null, caption),
    make('thead', {role: 'rowgroup'}, head),
    body,
  );
  area.prepend(make('div', {class: 'wide', role: 'group', tabindex: '0', 'aria-label': caption}, whole));
  return area;
}

/** A label in front of a control. */
function labelled(text, control) {
  return make('label', {class: 'field'}, make('span', null, text), control);
}

function choice(options, value, onchange) {
  const select = make(
    'select',
    {onchange},
    options.map(([key, text]) => make('option', {value: key}, text)),
  );
  select.value = value;
  return select;
}

/** Calls `f` once typing has paused. */
function whenQuiet(f) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(f, 150);
  };
}

/** A command as it is typed, which can be copied. */
function command(text) {
  const done = make('span', {role: 'status', class: 'copied'});
  const copy = make(
    'button',
    {
      type: 'button',
      class: 'copy',
      'aria-label': `Copy: ${text}`,
      onclick: async () => {
        try {
          await navigator.clipboard.writeText(text);
          done.textContent = 'copied';
        } catch {
          getSelection().selectAllChildren(code);
          done.textContent = 'selected';
        }
      },
    },
    'Copy',
  );
  // Its words break where they are too long for a line alone, not behind the hyphens of an option.
  const words = text.split(' ').flatMap((word) => [' ', make('span', null, word)]);
  const code = make('code', null, words.slice(1));
  return make('div', {class: 'command'}, make('pre', null, code), copy, done);
}

/** A word of a shell. */
function shellWord(text) {
  return /^[\w./:@%+=,-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
