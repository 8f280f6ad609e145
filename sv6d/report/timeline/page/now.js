// What the document says about the moment under the playhead, dimension by dimension.

const cells = new Map(page.dimensions.map(({ name, title }) => {
  const values = make('dd', {});
  byId('now').append(make('dt', { 'data-dimension': name }, glyph(name), title), values);
  return [name, { values, said: null }];
}));

player.onTime((time) => {
  const now = items.filter((item) => isSaid(item) && item.record !== 'context' && item.start <= time && time < item.end);
  for (const [name, cell] of cells) {
    const here = now.filter((item) => item.dimension === name);
    const said = here.map((item) => item.key).join(' ');
    if (said === cell.said) continue;
    cell.said = said;
    cell.values.replaceChildren(...here.map((item) => {
      const whose = two ? make('span', { class: 'visually-hidden' }, `${SIDES[item.side]}: `) : null;
      return make('span', { class: `value ${SIDES[item.side]}`, title: titleOf(item) }, whose, item.record === 'tension' ? `tension ${item.words}` : valueOf(item));
    }));
    if (!here.length) cell.values.append(make('span', { class: 'nothing' }, '–'));
  }
});
