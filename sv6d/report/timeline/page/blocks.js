// A block is one row of the sheet: a heading, and a band of items per document.

const checkMarks = { verified: '✓', contradicted: '✗', not_checkable: '○' };
const checkWords = (check) =>
  ({ verified: 'verified', contradicted: 'contradicted', not_checkable: 'not machine-checkable' })[check?.state] ?? 'not re-measured';

const sourceWords = ({ producer, source }) => (producer === source ? producer : `${producer} ${source}`);
const verdictWords = (check) => {
  if (!check || (check.claimed === null && check.measured === null)) return checkWords(check);
  return `${checkWords(check)}: claimed ${check.claimed ?? 'nothing'}, measured ${check.measured ?? 'nothing'}`;
};
const figureWords = (value) => (typeof value === 'number' ? String(+value.toPrecision(4)) : value);
const evidenceWords = (found) => {
  if (found.text !== null) return `${found.kind} “${found.text}”`;
  const name = found.stat.startsWith(found.kind) ? found.stat : `${found.kind} ${found.stat}`;
  if (found.value === null) return found.frames.length ? name : `${name}: not measured`;
  return `${name} ${figureWords(found.value)}${found.unit === '1' ? '' : ` ${found.unit}`}`.trimEnd();
};

// The first row that is free at an item's start; items come in the order of time.
const packed = (list) => {
  const sorted = [...list].sort((a, b) => a.start - b.start || a.end - b.end || (a.key < b.key ? -1 : 1));
  const ends = [];
  for (const item of sorted) {
    const free = ends.findIndex((end) => end <= item.start + 1e-9);
    item.row = free < 0 ? ends.length : free;
    ends[item.row] = item.until ?? item.end;
  }
  return { sorted, rows: Math.max(1, ends.length) };
};

const spoken = (item) => {
  const span = `${clock(item.start, 2)} to ${clock(item.end, 2)}`;
  const partner = isJudged(item)
    ? item.partner ? `, matched at distance ${item.partner.cost.toFixed(2)}` : ', no partner'
    : '';
  if (item.kind === 'shot') return `Shot ${item.index + 1}, ${span}${partner}`;
  if (item.kind === 'cut') return `${words(item.change)}, ${span}, score ${item.score.toFixed(2)}${partner}`;
  if (item.kind === 'text') return `On screen: ${item.words}, ${span}`;
  if (item.record === 'context') return `${titleOf(item)}: ${item.words}, ${span}`;
  const confidence = `confidence ${item.confidence.toFixed(2)}`;
  if (item.kind === 'record') return [`${titleOf(item)}: ${item.words}`, item.more, paidOff(item), span, confidence].filter(Boolean).join(', ');
  return `${words(item.field)}: ${valueOf(item)}, ${span}, ${confidence}, ${checkWords(item.check)}${partner}`;
};

const option = (item, className, ...children) => {
  const alone = isJudged(item) && !item.partner ? ' alone' : '';
  const element = make('div', {
    class: `item ${className}${alone}`, role: 'option', tabindex: '-1', 'aria-selected': 'false', 'aria-label': spoken(item),
  }, ...children);
  element.item = item;
  item.element = element;
  return place(element, item.start, item.until ?? item.end);
};

const bar = (item) => {
  const mark = item.check && item.check.state !== 'not_checkable' ? make('span', { class: `mark ${item.check.state}` }, checkMarks[item.check.state]) : null;
  const element = option(item, `bar ${item.check?.state ?? ''}`, make('span', { class: 'word' }, mark, valueOf(item)));
  element.style.setProperty('--row', String(item.row));
  if (isSaid(item) && item.confidence !== null) element.style.setProperty('--sure', String(item.confidence));
  return element;
};

const band = (list, side, name, className, build) => {
  const { sorted, rows } = packed(list);
  const attributes = { class: `band ${className} ${two ? SIDES[side] : 'only'}` };
  if (sorted.length) {
    attributes.role = 'listbox';
    attributes['aria-orientation'] = 'horizontal';
    attributes['aria-label'] = `${name}${two ? `, ${SIDES[side]}` : ''}, ${sorted.length}`;
  }
  const element = make('div', attributes, ...sorted.flatMap(build));
  element.style.setProperty('--rows', String(rows));
  element.sorted = sorted;
  return element;
};

const row = (className, head, ...track) =>
  make('div', { class: `row ${className}` }, make('div', { class: 'head' }, ...head), make('div', { class: 'track' }, ...track));

// One band, or the prediction's above the reference's with the judge's matches between them.
const block = (className, name, head, lists, build, links) => {
  const bands = lists.map((list, side) => band(list, side, name, className, build));
  if (!two) return row(className, head, bands[0]);
  const sides = make('div', { class: 'sides', 'aria-hidden': 'true' }, ...bands.map((each, side) => {
    const tag = make('span', {}, SIDES[side].slice(0, 4) === 'pred' ? 'pred.' : 'ref.');
    tag.style.setProperty('--rows', each.style.getPropertyValue('--rows'));
    return tag;
  }));
  return row(className, [...head, sides], bands[0], linksBetween(links), bands[1]);
};
