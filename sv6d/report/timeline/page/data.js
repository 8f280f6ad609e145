// What the page was given, and one item for everything that lies on the timeline.

const byId = (id) => document.getElementById(id);
const page = JSON.parse(byId('data').textContent);
const duration = page.video.duration;
const frameLength = duration / page.video.frames;
const two = page.documents.length === 2;
const SIDES = two ? ['prediction', 'reference'] : [''];
const titles = Object.fromEntries(page.dimensions.map(({ name, title }) => [name, title]));

const fieldOf = new Map(page.fields.map((field) => [field.name, field]));
const recordOf = new Map(page.records.map((kind) => [kind.name, kind]));

const words = (name) => name.replaceAll('_', ' ');

// 83.456 is "1:23.456"; fewer digits for the ruler.
const clock = (seconds, digits = 3) => {
  const scale = 10 ** digits;
  const whole = Math.round(Math.max(0, seconds) * scale);
  const rest = (whole / scale) % 60;
  const minutes = Math.floor(whole / scale / 60);
  return `${minutes}:${rest.toFixed(digits).padStart(digits ? digits + 3 : 2, '0')}`;
};

const between = (value, low, high) => Math.min(high, Math.max(low, value));

const items = [];
const itemOf = new Map();

const addItem = (kind, side, id, given) => {
  const item = { kind, side, id, partner: null, element: null, line: null, ...given };
  item.key = `${side}/${id}`;
  items.push(item);
  itemOf.set(`${kind}:${item.key}`, item);
  return item;
};

const haystack = (...texts) => texts.filter(Boolean).join(' ').toLowerCase();

page.documents.forEach((given, side) => {
  given.shots.forEach((shot, index) => {
    addItem('shot', side, shot.id, { ...shot, index, text: haystack(shot.id) });
    const into = shot.boundary;
    if (into) addItem('cut', side, shot.id, { ...into, index, text: haystack(words(into.change)) });
  });
  for (const [id, found] of Object.entries(given.evidence)) {
    if (found.text !== null) addItem('text', side, id, { ...found, words: found.text, text: haystack(found.text) });
  }
  for (const label of given.labels) {
    const { dimension } = fieldOf.get(label.field);
    const seen = label.evidence.map((id) => given.evidence[id].text);
    const spoken = [label.value, words(label.value), words(label.field), label.other, titles[dimension], ...seen];
    addItem('label', side, label.id, { ...label, dimension, text: haystack(...spoken) });
  }
  for (const record of given.records) {
    const { dimension, title } = recordOf.get(record.record);
    const seen = record.evidence.map((id) => given.evidence[id].text);
    const told = [title, record.words, record.more, ...record.facts.map(([, text]) => text), titles[dimension], ...seen];
    addItem('record', side, record.id, { ...record, dimension, text: haystack(...told) });
  }
});

// The judge's pairs: by part of the document, and at both of their ends.
const pairs = new Map();
for (const [part, found] of Object.entries(page.agreement ?? {})) {
  const kind = { shots: 'shot', boundaries: 'cut' }[part] ?? 'label';
  pairs.set(part, found.map((pair) => {
    const ends = [itemOf.get(`${kind}:0/${pair.pred}`), itemOf.get(`${kind}:1/${pair.ref}`)];
    ends[0].partner = { item: ends[1], ...pair };
    ends[1].partner = { item: ends[0], ...pair };
    return { ...pair, ends };
  }));
}

const cuts = page.documents[0].shots.slice(1).map((shot) => shot.start);
// Whether the judge compares an item at all: `other` is never rewarded, and neither words nor records have partners.
const isJudged = (item) => two && item.kind !== 'text' && item.kind !== 'record' && item.value !== 'other';
const itemsOf = (kind, side) => items.filter((item) => item.kind === kind && item.side === side);
const valueOf = (item) => {
  if (item.kind !== 'label') return item.words;
  return item.other === null ? words(item.value) : `other: ${item.other}`;
};
const titleOf = (item) => (item.kind === 'record' ? recordOf.get(item.record).title : words(item.field));
const isSaid = (item) => item.kind === 'label' || item.kind === 'record';
const paidOff = (item) => ('payoff' in item ? `paid off ${item.payoff === null ? 'never' : `at ${clock(item.payoff)}`}` : '');
