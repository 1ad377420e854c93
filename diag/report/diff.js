// What differs between two statements, by words. Neither white space nor the case of words is a difference.

const mostComparisons = 3e6;

function wordsOf(sql) {
  return sql.match(/\s+|"(?:[^"]|"")*"|'(?:[^']|'')*'|[\w$.]+|--[^\n]*|[^\s\w]/g) ?? [];
}

function linesOf(sql) {
  return sql.match(/[^\n]*\n|[^\n]+/g) ?? [];
}

/** `[before, after]`, each a list of texts and marked elements. */
function markChanges(source, output) {
  const left = wordsOf(source);
  const right = wordsOf(output);
  const changed = changes(left, right);
  if (changed !== undefined) return changed;
  return changes(linesOf(source), linesOf(output)) ?? [[source], [output]];
}

function changes(left, right) {
  const before = left.map((text, at) => ({text, at, key: keyOf(text)})).filter((one) => one.key !== '');
  const after = right.map((text, at) => ({text, at, key: keyOf(text)})).filter((one) => one.key !== '');
  let begin = 0;
  while (begin < before.length && begin < after.length && before[begin].key === after[begin].key) ++begin;
  let end = 0;
  while (
    end < before.length - begin &&
    end < after.length - begin &&
    before[before.length - 1 - end].key === after[after.length - 1 - end].key
  )
    ++end;
  const common = commonSequence(before.slice(begin, before.length - end), after.slice(begin, after.length - end));
  if (common === undefined) return undefined;
  const keptBefore = new Set(
    [...before.slice(0, begin), ...before.slice(before.length - end), ...common.map(([one]) => one)].map(
      (one) => one.at,
    ),
  );
  const keptAfter = new Set(
    [...after.slice(0, begin), ...after.slice(after.length - end), ...common.map(([, one]) => one)].map(
      (one) => one.at,
    ),
  );
  return [marked(left, keptBefore, 'del'), marked(right, keptAfter, 'ins')];
}

/** Nothing for white space and for a semicolon, which is not part of the output's statement; dollar quotes are all the same. */
function keyOf(text) {
  const plain = text.trim();
  if (plain === ';') return '';
  if (/^\$\w*\$$/.test(plain)) return '$$';
  return /^['"]/.test(plain) ? plain : plain.toLowerCase();
}

/** The longest one, as pairs; nothing where it would take too long. */
function commonSequence(before, after) {
  const rows = before.length;
  const columns = after.length;
  if (rows * columns > mostComparisons) return undefined;
  const lengths = new Uint16Array((rows + 1) * (columns + 1));
  for (let i = rows - 1; i >= 0; --i) {
    for (let j = columns - 1; j >= 0; --j) {
      const at = i * (columns + 1) + j;
      lengths[at] =
        before[i].key === after[j].key
          ? lengths[at + columns + 2] + 1
          : Math.max(lengths[at + 1], lengths[at + columns + 1]);
    }
  }
  const pairs = [];
  for (let i = 0, j = 0; i < rows && j < columns;) {
    const at = i * (columns + 1) + j;
    if (before[i].key === after[j].key) pairs.push([before[i++], after[j++]]);
    else if (lengths[at + 1] >= lengths[at + columns + 1]) ++j;
    else ++i;
  }
  return pairs;
}

/** Neighbours that changed are one mark, with the white space between them. */
function marked(words, kept, tag) {
  const parts = [];
  let plain = '';
  let change = '';
  const flush = () => {
    if (change !== '') {
      const text = change.trimEnd();
      if (plain !== '') parts.push(plain);
      parts.push(make(tag, null, text));
      plain = change.slice(text.length);
      change = '';
    }
  };
  words.forEach((word, at) => {
    if (keyOf(word) !== '' && !kept.has(at)) {
      change += word;
    } else if (change !== '' && keyOf(word) === '' && word.trim() === '') {
      change += word;
    } else {
      flush();
      plain += word;
    }
  });
  flush();
  if (plain !== '') parts.push(plain);
  return parts;
}
